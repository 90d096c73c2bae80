// SPDX-License-Identifier: MIT
#include "echoserver.h"
#include "epollmain.h"
#include "testclients.h"

#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

#include <memory>
#include <vector>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

using End = RawClient::End;
using Frames = QList<RawClient::Frame>;

RawClient::Frame text(const QByteArray &payload)
{
    return {true, RawClient::Text, payload};
}

RawClient::Frame binary(const QByteArray &payload)
{
    return {true, RawClient::Binary, payload};
}

RawClient::Frame closing(int code, const QByteArray &reason = {})
{
    return {true, RawClient::Close, QByteArray(1, char(code >> 8)) + char(code) + reason};
}

QByteArrayList bytesOf(const Frames &frames)
{
    QByteArrayList bytes;
    for (const RawClient::Frame &frame : frames)
        bytes += RawClient::bytesOf(frame);
    return bytes;
}

void send(RawClient &client, const Frames &frames)
{
    for (const RawClient::Frame &frame : frames)
        client.send(RawClient::Opcode(frame.opcode), frame.payload, frame.isFinal);
}

/// Some of what may be asked for, in any order, but nothing that is refused.
QString anyQuery(QRandomGenerator &random)
{
    QStringList all = {u"greeting=%E2%82%AC"_s, u"silent"_s, u"every=1"_s, u"ping=1"_s,
                       u"subprotocol"_s};
    const auto number = [&random](const QString &name, QList<int> values) {
        return name + QString::number(values.at(random.bounded(int(values.size()))));
    };
    all += number(u"delay="_s, {0, 1, 20, 200});
    all += number(u"close-after="_s, {0, 1, 5}) + number(u"&code="_s, {0, 1000, 1005, 65'535});
    all += number(u"drop-after="_s, {0, 1, 5});
    all += number(u"flood="_s, {1, 1000, 1'000'000}) + number(u"&size="_s, {0, 100, 20'000});
    all += number(u"fragment="_s, {1, 100});
    QStringList some;
    for (int i = random.bounded(1, 6); i > 0; --i)
        some += all.takeAt(random.bounded(int(all.size())));
    return some.join(u'&');
}

/// What a client may do, and much that it may not.
void doAnything(RawClient &client, QRandomGenerator &random)
{
    for (int i = random.bounded(12); i > 0; --i) {
        switch (random.bounded(12)) {
        case 0:
            client.send(RawClient::Close, "\x03\xe8"_ba);
            break;
        case 1:
            client.sendRaw("\x81\x01x"_ba); // not masked
            break;
        case 2:
            client.endInput();
            break;
        case 3:
            client.abort();
            return;
        case 4:
            client.stopReading();
            break;
        case 5:
            client.resumeReading();
            break;
        case 6:
            client.send(RawClient::Ping, "ping"_ba);
            break;
        default:
            client.send(RawClient::Binary, QByteArray(random.bounded(30'000), 'x'));
        }
    }
}

} // namespace

/// What a peer gets that asks for several things at once, or ends the connection meanwhile.
class PerformerTogetherTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void together_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<Frames>("sent");
        QTest::addColumn<Frames>("received");
        QTest::addColumn<End>("end");
        const Frames three = {text("1"_ba), binary("2"_ba), text("3"_ba)};
        const RawClient::Frame bare = {true, RawClient::Close, {}};

        QTest::newRow("delay, close") << u"delay=50&close-after=2&code=none"_s << three
                                      << three.first(2) + Frames{bare} << End::Fin;
        QTest::newRow("delay, drop")
            << u"delay=50&drop-after=2"_s << three << three.first(2) << End::Reset;
        QTest::newRow("close and drop") << u"close-after=2&drop-after=2"_s << three
                                        << three.first(2) + Frames{closing(1000)} << End::Reset;
        QTest::newRow("close, then drop") << u"close-after=1&drop-after=2"_s << three
                                          << three.first(1) + Frames{closing(1000)} << End::Fin;
        QTest::newRow("drop, then close")
            << u"close-after=2&drop-after=1"_s << three << three.first(1) << End::Reset;
        QTest::newRow("close and drop at once") << u"close-after=0&drop-after=0&code=999"_s
                                                << Frames{} << Frames{closing(999)} << End::Reset;
        QTest::newRow("close before a flood")
            << u"close-after=0&flood=100&greeting=hi"_s << Frames{}
            << Frames{text("hi"_ba), closing(1000)} << End::Fin;
        QTest::newRow("drop before a flood")
            << u"drop-after=0&flood=100"_s << Frames{} << Frames{} << End::Reset;
        QTest::newRow("silent, close")
            << u"silent&close-after=3&delay=50"_s << three << Frames{closing(1000)} << End::Fin;
        QTest::newRow("silent, drop")
            << u"silent&drop-after=3&greeting=hi"_s << three << Frames{text("hi"_ba)} << End::Reset;
        QTest::newRow("flood, fragment, delay, close")
            << u"flood=2&size=3&fragment=2&delay=50&close-after=1"_s << Frames{text("abc"_ba)}
            << Frames{{false, RawClient::Text, "1."_ba},
                      {true, RawClient::Continuation, "."_ba},
                      {false, RawClient::Text, "2."_ba},
                      {true, RawClient::Continuation, "."_ba},
                      {false, RawClient::Text, "ab"_ba},
                      {true, RawClient::Continuation, "c"_ba},
                      closing(1000)}
            << End::Fin;
        QTest::newRow("fragments are not cut between others")
            << u"fragment=1&close-after=2"_s
            << Frames{text("ab"_ba), {true, RawClient::Ping, "p"_ba}, binary("cd"_ba)}
            << Frames{{false, RawClient::Text, "a"_ba},
                      {true, RawClient::Continuation, "b"_ba},
                      {true, RawClient::Pong, "p"_ba},
                      {false, RawClient::Binary, "c"_ba},
                      {true, RawClient::Continuation, "d"_ba},
                      closing(1000)}
            << End::Fin;
        QTest::newRow("its Close frame comes before ours")
            << u"delay=50&close-after=2"_s << Frames{text("1"_ba), closing(4000, "bye"_ba)}
            << Frames{text("1"_ba), closing(4000, "bye"_ba)} << End::Fin;
        QTest::newRow("its Close frame comes after ours")
            << u"delay=50&close-after=1"_s << Frames{text("1"_ba), closing(4000, "bye"_ba)}
            << Frames{text("1"_ba), closing(1000)} << End::Fin;
    }

    void together()
    {
        QFETCH(const QString, query);
        QFETCH(const Frames, sent);
        QFETCH(const Frames, received);
        QFETCH(const End, end);
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient client;
        client.open(withQuery(server.urls().first(), query));
        QTRY_VERIFY(client.isUpgraded());
        send(client, sent);
        QTRY_COMPARE(client.end(), end);
        QCOMPARE(client.received(), bytesOf(received));
        QTRY_COMPARE(server.connectionCount(), 0);
    }

    void silentBut()
    {
        // It answers nothing, not even while it has something of its own to say.
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient client;
        client.open(withQuery(server.urls().first(), u"silent&every=10&ping=10&flood=1"_s));
        QTRY_VERIFY(client.isUpgraded());
        send(client, {text("text"_ba), {true, RawClient::Ping, "ping"_ba}, closing(1000)});
        QTRY_VERIFY(client.frames().size() > 10);
        int pushed = 0;
        int pings = 0;
        const QByteArrayList received = client.received();
        QVERIFY(received.first().startsWith("\x81"
                                            "1."));
        for (const QByteArray &frame : received.sliced(1)) {
            if (frame == RawClient::bytesOf({true, RawClient::Ping, {}}))
                ++pings;
            else
                QCOMPARE(frame, RawClient::bytesOf(text(QByteArray::number(++pushed))));
        }
        QVERIFY(pushed > 0 && pings > 0);
        QVERIFY(client.isConnected());
    }

    void halfClosed_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<Frames>("sent");
        QTest::addColumn<Frames>("received");
        QTest::addColumn<End>("end");
        const Frames two = {text("1"_ba), binary("2"_ba)};
        QTest::newRow("delay") << u"delay=50"_s << two << two << End::Fin;
        QTest::newRow("delay, close")
            << u"delay=50&close-after=2"_s << two << two + Frames{closing(1000)} << End::Fin;
        QTest::newRow("delay, drop")
            << u"delay=50&drop-after=1"_s << two << two.first(1) << End::Reset;
        QTest::newRow("behind a Close frame") << u"delay=50"_s << two + Frames{closing(4000)}
                                              << two + Frames{closing(4000)} << End::Fin;
        QTest::newRow("silent") << u"silent"_s << two + Frames{closing(1000)} << Frames{}
                                << End::Fin;
        // There is no end to them.
        QTest::newRow("numbers") << u"every=3600000&ping=3600000"_s << two << two << End::Fin;
        QTest::newRow("inside a message")
            << u"delay=50"_s << two + Frames{{false, RawClient::Text, "3"_ba}} << two << End::Fin;
    }

    void halfClosed()
    {
        QFETCH(const QString, query);
        QFETCH(const Frames, sent);
        QFETCH(const Frames, received);
        QFETCH(const End, end);
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient client;
        client.open(withQuery(server.urls().first(), query));
        QTRY_VERIFY(client.isUpgraded());
        send(client, sent);
        QTRY_COMPARE(client.bytesToWrite(), 0);
        client.endInput();
        QTRY_COMPARE(client.end(), end);
        QCOMPARE(client.received(), bytesOf(received));
        QTRY_COMPARE(server.connectionCount(), 0);
    }

    void halfClosedInAFlood_data()
    {
        QTest::addColumn<QString>("query");
        QTest::newRow("flood") << u"flood=60&size=200000"_s;
        QTest::newRow("flood, delay") << u"flood=60&size=200000&delay=50"_s;
    }

    void halfClosedInAFlood()
    {
        QFETCH(const QString, query);
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient client;
        client.bindWithSmallBuffer();
        client.stopReadingOnceUpgraded();
        client.open(withQuery(server.urls().first(), query));
        QTRY_VERIFY(client.isUpgraded());
        client.send(RawClient::Binary, "echo"_ba);
        QTRY_COMPARE(client.bytesToWrite(), 0);
        client.endInput();
        QTRY_COMPARE(server.metrics().received.at(1).messages, 1U);
        client.resumeReading();
        QTRY_COMPARE(client.end(), End::Fin);
        QByteArrayList received = client.received();
        QCOMPARE(received.removeAll(RawClient::bytesOf(binary("echo"_ba))), 1);
        QCOMPARE(received.size(), 60);
        for (int i = 0; i < received.size(); ++i)
            QVERIFY(received.at(i).startsWith("\x81"_ba + QByteArray::number(i + 1) + '.'));
    }

    void serverStops_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<Frames>("sent");
        QTest::addColumn<Frames>("received");
        QTest::addColumn<End>("end");
        const Frames two = {text("1"_ba), binary("2"_ba)};
        const RawClient::Frame stopping = closing(1001, "Server stopping"_ba);
        QTest::newRow("delay") << u"delay=60000"_s << two << two + Frames{stopping} << End::Fin;
        // Each in one frame: in all there may be a million bytes.
        QTest::newRow("delay, fragment")
            << u"delay=60000&fragment=1"_s << Frames{text("12"_ba), binary("34"_ba)}
            << Frames{text("12"_ba), binary("34"_ba), stopping} << End::Fin;
        QTest::newRow("silent") << u"silent"_s << two << Frames{stopping} << End::Fin;
        QTest::newRow("its Close frame is held back")
            << u"delay=60000"_s << two + Frames{closing(4000)} << two + Frames{closing(4000)}
            << End::Fin;
        QTest::newRow("it would close in between")
            << u"delay=60000&close-after=1&code=4001"_s << two
            << two.first(1) + Frames{closing(4001)} << End::Fin;
        QTest::newRow("it would drop in between")
            << u"delay=60000&drop-after=1"_s << two << two.first(1) << End::Reset;
        QTest::newRow("it would close and drop at the end")
            << u"delay=60000&close-after=2&drop-after=2"_s << two << two + Frames{closing(1000)}
            << End::Reset;
    }

    void serverStops()
    {
        QFETCH(const QString, query);
        QFETCH(const Frames, sent);
        QFETCH(const Frames, received);
        QFETCH(const End, end);
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        QSignalSpy stopped(&server, &EchoServer::stopped);
        RawClient client;
        client.open(withQuery(server.urls().first(), query));
        QTRY_VERIFY(client.isUpgraded());
        send(client, sent);
        QTRY_COMPARE(server.metrics().received.at(1).messages, 1U);
        server.stop();
        QTRY_COMPARE(client.end(), end);
        QCOMPARE(client.received(), bytesOf(received));
        QTRY_COMPARE(stopped.count(), 1);
        if (client.closeCode() == 0)
            QCOMPARE(server.metrics().closes[1006 - 1000], 1U);
    }

    void peerBreaksTheRulesMeanwhile()
    {
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient client;
        client.open(withQuery(server.urls().first(), u"delay=60000"_s));
        QTRY_VERIFY(client.isUpgraded());
        send(client, {text("1"_ba), {true, RawClient::Continuation, "stray"_ba}});
        QTRY_COMPARE(client.end(), End::Fin);
        QCOMPARE(client.received().first(), RawClient::bytesOf(text("1"_ba)));
        QCOMPARE(client.frames().size(), 2);
        QCOMPARE(client.closeCode(), 1002);
    }

    void anything()
    {
        // No combination harms the others, or stays behind.
        ServerOptions options = quietLoopbackOptions();
        options.limits.highMark = 10'000;
        options.limits.lowMark = 2'000;
        auto server = std::make_unique<EchoServer>(options);
        QVERIFY(!server->start());
        TestClient honest;
        honest.open(server->urls().first());
        QTRY_VERIFY(honest.isOpen());

        constexpr quint32 seed = 20240229; // what fails once fails again
        QRandomGenerator random(seed);
        std::vector<std::unique_ptr<RawClient>> clients;
        const auto openMany = [&] {
            clients.clear();
            for (int i = 0; i < 40; ++i) {
                clients.push_back(std::make_unique<RawClient>());
                clients.back()->bindWithSmallBuffer();
                if (random.bounded(3) == 0)
                    clients.back()->stopReadingOnceUpgraded();
                clients.back()->open(withQuery(server->urls().first(), anyQuery(random)));
            }
            for (const auto &client : clients)
                QTRY_VERIFY(client->isUpgraded());
            for (const auto &client : clients) {
                doAnything(*client, random);
                if (random.bounded(10) == 0)
                    QCoreApplication::processEvents();
            }
        };
        for (int round = 1; round <= 3; ++round) {
            openMany();
            honest.sendTextMessage(QString::number(round));
            QTRY_COMPARE(honest.received().size(), round);
            clients.clear();
            QTRY_COMPARE(server->connectionCount(), 1);
            QCOMPARE(server->metrics().backlogBytes, 0);
        }
        openMany();
        QSignalSpy stopped(server.get(), &EchoServer::stopped);
        server->stop();
        QCoreApplication::processEvents();
        clients.clear();
        QTRY_COMPARE(stopped.count(), 1);

        server = std::make_unique<EchoServer>(options);
        QVERIFY(!server->start());
        openMany();
        server.reset();
    }
};

EPOLL_TEST_MAIN(PerformerTogetherTest)
#include "tst_performertogether.moc"
