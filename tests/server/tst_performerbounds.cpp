// SPDX-License-Identifier: MIT
#include "behaviour.h"
#include "echoserver.h"
#include "epollmain.h"
#include "testclients.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

#include <memory>
#include <vector>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

using End = RawClient::End;

constexpr int mebibyte = 1024 * 1024;

/// Looks at \a server once in each round of the event loop.
class Probe : public QTimer
{
public:
    explicit Probe(const EchoServer &server)
    {
        m_sent = sentBy(server);
        callOnTimeout(this, [this, &server] {
            const quint64 sent = sentBy(server);
            m_largestBacklog = std::max(m_largestBacklog, server.metrics().backlogBytes);
            m_largestStep = std::max(m_largestStep, sent - m_sent);
            m_sent = sent;
            m_longestRound = std::max(m_longestRound, m_round.restart());
        });
        m_round.start();
        start(0);
    }

    [[nodiscard]] qint64 largestBacklog() const { return m_largestBacklog; }
    /// Bytes of payload that all peers were sent within one round.
    [[nodiscard]] quint64 largestStep() const { return m_largestStep; }
    /// In milliseconds.
    [[nodiscard]] qint64 longestRound() const { return m_longestRound; }

private:
    [[nodiscard]] static quint64 sentBy(const EchoServer &server)
    {
        quint64 sent = 0;
        const Metrics metrics = server.metrics();
        for (const Metrics::MessageCount &count : metrics.sent)
            sent += count.payloadBytes;
        return sent;
    }

    QElapsedTimer m_round;
    qint64 m_largestBacklog = 0;
    qint64 m_longestRound = 0;
    quint64 m_largestStep = 0;
    quint64 m_sent = 0;
};

} // namespace

/// What it costs a server to misbehave, and what becomes of the others meanwhile.
class PerformerBoundsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void heldBackAboveTheHighMark()
    {
        // Nothing more is read until it is out, and the kernel takes it at once.
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient client;
        client.open(withQuery(server.urls().first(), u"delay=20"_s));
        QTRY_VERIFY(client.isUpgraded());
        for (int i = 0; i < 3; ++i)
            client.send(RawClient::Binary, QByteArray(mebibyte, char(i)));
        QTRY_COMPARE(client.frames().size(), 3);
        for (int i = 0; i < 3; ++i)
            QVERIFY(client.frames().at(i).payload == QByteArray(mebibyte, char(i)));
    }

    void tinyMessagesHeldBack()
    {
        const ServerOptions options = quietLoopbackOptions();
        EchoServer server(options);
        QVERIFY(!server.start());
        QSignalSpy stopped(&server, &EchoServer::stopped);
        TestClient other;
        other.open(server.urls().first());
        RawClient client;
        client.open(withQuery(server.urls().first(), u"delay=60000"_s));
        QTRY_VERIFY(client.isUpgraded() && other.isOpen());
        constexpr int count = 200'000;
        for (int i = 0; i < count; ++i)
            client.send(RawClient::Binary, {});
        const auto received = [&server] { return server.metrics().received.at(1).messages; };
        QTRY_VERIFY(server.metrics().backlogBytes > options.limits.highMark);
        // It is read no further than that and the turn's end, however cheap each one may seem.
        QVERIFY(!QTest::qWaitFor([&] { return received() > 20'000; }, 200));
        other.sendTextMessage(u"still here"_s);
        QTRY_COMPARE(other.received(), QVariantList{u"still here"_s});

        const auto owed = qsizetype(received());
        server.stop();
        QTRY_COMPARE(client.closeCode(), 1001);
        QCOMPARE(client.frames().size(), owed + 1);
        QTRY_COMPARE(stopped.count(), 1);
    }

    void heldBackIsNotSilent_data()
    {
        QTest::addColumn<RawClient::Opcode>("opcode");
        QTest::addColumn<QByteArray>("payload");
        QTest::newRow("what it is not read from for") << RawClient::Text << QByteArray(2000, 'x');
        QTest::newRow("an answer to its Close frame") << RawClient::Close << "\x03\xe8"_ba;
    }

    void heldBackIsNotSilent()
    {
        QFETCH(const RawClient::Opcode, opcode);
        QFETCH(const QByteArray, payload);
        ServerOptions options = quietLoopbackOptions();
        options.limits.highMark = 1000;
        options.limits.lowMark = 100;
        options.limits.pingAfter = 1h;
        options.limits.maxSilence = 100ms;
        EchoServer server(options);
        QVERIFY(!server.start());
        RawClient client;
        client.open(withQuery(server.urls().first(), u"delay=300"_s));
        QTRY_VERIFY(client.isUpgraded());
        client.send(opcode, payload);
        QTRY_VERIFY(!client.isConnected());
        QCOMPARE(client.received(), QByteArrayList{RawClient::bytesOf({true, opcode, payload})});
    }

    void heldBackIsNotStalled_data()
    {
        QTest::addColumn<QString>("query");
        QTest::newRow("echoes") << u"delay=60"_s;
        QTest::newRow("numbers") << u"every=60"_s;
    }

    void heldBackIsNotStalled()
    {
        QFETCH(const QString, query);
        ServerOptions options = quietLoopbackOptions();
        options.limits.maxStall = 20ms;
        EchoServer server(options);
        QVERIFY(!server.start());
        // The server looks at some of them right when it is their time, as both are late.
        QTimer busy;
        busy.callOnTimeout([] {
            QElapsedTimer timer;
            timer.start();
            while (!timer.hasExpired(15)) { }
        });
        busy.start(0);
        std::vector<std::unique_ptr<RawClient>> clients;
        for (int i = 0; i < 20; ++i) {
            clients.push_back(std::make_unique<RawClient>());
            clients.back()->open(withQuery(server.urls().first(), query));
        }
        for (const auto &client : clients) {
            QTRY_VERIFY(client->isUpgraded());
            client->send(RawClient::Text, "1"_ba);
        }
        for (int number = 1; number <= 3; ++number) {
            for (const auto &client : clients) {
                QTRY_VERIFY(client->frames().size() >= number);
                client->send(RawClient::Text, "1"_ba);
            }
        }
        QCOMPARE(server.connectionCount(), 20);
    }

    void slowReaderIsNotSilent()
    {
        ServerOptions options = quietLoopbackOptions();
        options.limits.pingAfter = 50ms;
        options.limits.maxSilence = 400ms;
        EchoServer server(options);
        QVERIFY(!server.start());
        RawClient client;
        client.bindWithSmallBuffer();
        client.stopReadingOnceUpgraded();
        client.open(withQuery(server.urls().first(), u"flood=20&size=1048576"_s));
        QTRY_VERIFY(client.isUpgraded());
        QVERIFY(!QTest::qWaitFor([&] { return server.connectionCount() == 0; }, 600));
        client.resumeReading();
        // It has said nothing, but read: only now it is asked whether it is still there.
        QTRY_COMPARE(client.frames().size(), 21);
        QCOMPARE(client.frames().last().opcode, int(RawClient::Ping));
        client.send(RawClient::Text, "I am"_ba);
        QTRY_COMPARE(client.frames().size(), 22);
    }

    void flood_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("size");
        QTest::newRow("none") << u"flood=0"_s << 0 << 0;
        QTest::newRow("of the default size") << u"flood=1"_s << 1 << 100;
        QTest::newRow("empty") << u"flood=1000&size=0"_s << 1000 << 0;
        QTest::newRow("smaller than its number") << u"flood=1000&size=1"_s << 1000 << 1;
        QTest::newRow("many") << u"flood=100000&size=20"_s << 100'000 << 20;
        QTest::newRow("larger than a turn") << u"flood=50&size=70000"_s << 50 << 70'000;
        // The kernel takes such a one at once.
        QTest::newRow("larger than the high mark") << u"flood=5&size=1200000"_s << 5 << 1'200'000;
        QTest::newRow("as large as may be") << u"flood=2&size=16777216"_s << 2 << 16'777'216;
    }

    void flood()
    {
        QFETCH(const QString, query);
        QFETCH(const int, count);
        QFETCH(const int, size);
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient client;
        client.open(withQuery(server.urls().first(), query));
        QTRY_VERIFY(client.isUpgraded());
        QTRY_COMPARE(client.frames().size(), count);
        client.send(RawClient::Text, "the last one"_ba);
        QTRY_COMPARE(client.frames().size(), count + 1);
        QCOMPARE(client.frames().last().payload, "the last one"_ba);
        for (int i = 0; i < count; ++i) {
            const RawClient::Frame &received = client.frames().at(i);
            QCOMPARE(received.opcode, int(RawClient::Text));
            QVERIFY(received.isFinal);
            QVERIFY(received.payload == numberedPayload(i + 1, size));
        }
    }

    void slowReaderOfAFlood()
    {
        const ServerOptions options = quietLoopbackOptions();
        EchoServer server(options);
        QVERIFY(!server.start());
        const Probe probe(server);
        RawClient client;
        client.bindWithSmallBuffer();
        client.stopReadingOnceUpgraded();
        client.open(withQuery(server.urls().first(), u"flood=60&size=500000&every=5"_s));
        QTRY_VERIFY(client.isUpgraded());
        TestClient other;
        other.open(server.urls().first());
        QTRY_VERIFY(other.isOpen());
        other.sendTextMessage(u"and I?"_s);
        QTRY_COMPARE(other.received(), QVariantList{u"and I?"_s});
        QTRY_VERIFY(probe.largestBacklog() > options.limits.highMark);
        QVERIFY(!QTest::qWaitFor([&] { return server.metrics().backlogBytes == 0; }, 100));

        client.resumeReading();
        const auto isNumber = [](const RawClient::Frame &frame) {
            return frame.payload.size() < 9;
        };
        QTRY_VERIFY(client.frames().size() > 70);
        int flooded = 0;
        int pushed = 0;
        for (const RawClient::Frame &frame : client.frames()) {
            int &last = isNumber(frame) ? pushed : flooded;
            QCOMPARE(frame.payload.left(8).split('.').first().toInt(), ++last);
        }
        QCOMPARE(flooded, 60);
        // Above the mark by what made it go above it: one message, and the header of its frame.
        QVERIFY2(probe.largestBacklog() <= options.limits.highMark + 500'000 + 10,
                 qPrintable(QString::number(probe.largestBacklog())));
    }

    void everyTurnIsBounded_data()
    {
        QTest::addColumn<QString>("query");
        QTest::newRow("flood") << u"flood=1000&size=10000"_s;
        QTest::newRow("flood in fragments") << u"flood=30&size=10000&fragment=1"_s;
        // All of it is due at the same time.
        QTest::newRow("echoes that were held back") << u"delay=100"_s;
        QTest::newRow("echoes that were held back, in fragments") << u"delay=100&fragment=1"_s;
    }

    void everyTurnIsBounded()
    {
        QFETCH(const QString, query);
        const ServerOptions options = quietLoopbackOptions();
        EchoServer server(options);
        QVERIFY(!server.start());
        RawClient client;
        client.open(withQuery(server.urls().first(), query));
        QTRY_VERIFY(client.isUpgraded());
        const Probe probe(server);
        for (int i = 0; i < 30; ++i)
            client.send(RawClient::Binary, QByteArray(10'000, 'x'));
        const auto echoes = [&server] { return server.metrics().sent.at(1).messages; };
        QTRY_COMPARE(echoes(), 30U);
        QVERIFY2(probe.largestStep() <= quint64(2 * (options.limits.readQuantum + 10'000)),
                 qPrintable(QString::number(probe.largestStep())));
    }

    void mostFragments()
    {
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient client;
        client.open(withQuery(server.urls().first(), u"fragment=1"_s));
        QTRY_VERIFY(client.isUpgraded());
        constexpr int size = 16 * mebibyte;
        client.send(RawClient::Binary, QByteArray(size, 'x'));
        const Probe probe(server);
        QTRY_COMPARE(server.metrics().sent.at(1).messages, 1U);
        QTRY_VERIFY(!client.frames().isEmpty() && client.frames().last().isFinal);
        qInfo("16 MiB in frames: the longest round of the event loop took %lld ms",
              probe.longestRound());
        QVERIFY(probe.longestRound() < 1000);
        QCOMPARE(client.frames().size(), 65'536);
        for (const RawClient::Frame &frame : client.frames())
            QCOMPARE(frame.payload.size(), size / 65'536);
    }

    void resetBehindABacklog()
    {
        // What it is owed comes first, however late it reads.
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient client;
        client.bindWithSmallBuffer();
        client.stopReadingOnceUpgraded();
        client.open(withQuery(server.urls().first(), u"drop-after=3"_s));
        QTRY_VERIFY(client.isUpgraded());
        for (int i = 0; i < 4; ++i)
            client.send(RawClient::Binary, QByteArray(mebibyte, char(i)));
        QTRY_COMPARE(server.metrics().sent.at(1).messages, 3U);
        QVERIFY(!QTest::qWaitFor([&] { return server.connectionCount() == 0; }, 100));
        client.resumeReading();
        QTRY_COMPARE(client.end(), End::Reset);
        QCOMPARE(client.frames().size(), 3);
        for (int i = 0; i < 3; ++i)
            QVERIFY(client.frames().at(i).payload == QByteArray(mebibyte, char(i)));
    }

    void resetOfWhoReadsNothing_data()
    {
        QTest::addColumn<int>("size");
        QTest::addColumn<QString>("why");
        QTest::newRow("the kernel holds it") << mebibyte << u"reset, as it has asked"_s;
        QTest::newRow("the server holds it") << 8 * mebibyte << u"read nothing for 100 ms"_s;
    }

    void resetOfWhoReadsNothing()
    {
        QFETCH(const int, size);
        QFETCH(const QString, why);
        ServerOptions options = quietLoopbackOptions();
        options.limits.closeTimeout = 100ms;
        options.limits.maxStall = 100ms;
        EchoServer server(options);
        QVERIFY(!server.start());
        RawClient client;
        client.bindWithSmallBuffer();
        client.stopReadingOnceUpgraded();
        client.open(withQuery(server.urls().first(), u"drop-after=1"_s));
        QTRY_VERIFY(client.isUpgraded());
        QTest::ignoreMessage(QtInfoMsg, QRegularExpression(u"#1 disconnected: aborted, "_s + why));
        client.send(RawClient::Binary, QByteArray(size, 'x'));
        QTRY_COMPARE(server.connectionCount(), 0);
    }
};

EPOLL_TEST_MAIN(PerformerBoundsTest)
#include "tst_performerbounds.moc"
