// SPDX-License-Identifier: MIT
#include "floodpeer.h"
#include "serverprocess.h"
#include "statuslog.h"
#include "websocket.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QSignalSpy>
#include <QSslConfiguration>
#include <QSslKey>
#include <QTemporaryDir>
#include <QTest>

#include <random>

#include <time.h>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype size = 100; // of a message, where nothing else is said

/// How long the main thread is away from its event loop, at worst: as time goes by, and as it works
/// (the former holds what else the machine does).
class Heartbeat
{
public:
    Heartbeat()
    {
        m_timer.setTimerType(Qt::PreciseTimer);
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] {
            const qint64 now = clock(CLOCK_MONOTONIC);
            const qint64 work = clock(CLOCK_THREAD_CPUTIME_ID);
            m_longest = std::max(m_longest, now - std::exchange(m_last, now));
            m_longestWork = std::max(m_longestWork, work - std::exchange(m_lastWork, work));
        });
        m_timer.start(1);
    }
    /// In ms.
    [[nodiscard]] qreal longest() const { return static_cast<qreal>(m_longest) / 1e6; }
    /// In ms.
    [[nodiscard]] qreal longestWork() const { return static_cast<qreal>(m_longestWork) / 1e6; }

private:
    static qint64 clock(clockid_t id)
    {
        timespec now{};
        ::clock_gettime(id, &now);
        return now.tv_sec * qint64(1'000'000'000) + now.tv_nsec;
    }

    QTimer m_timer;
    qint64 m_last = clock(CLOCK_MONOTONIC);
    qint64 m_lastWork = clock(CLOCK_THREAD_CPUTIME_ID);
    qint64 m_longest = 0;
    qint64 m_longestWork = 0;
};

/// Sends the main thread an event every few milliseconds, as a keyboard does by way of the window
/// system, and sees how long each waits.
class Typist
{
public:
    Typist()
    {
        m_clock.start();
        m_timer.moveToThread(&m_thread);
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] {
            const qint64 typed = m_clock.nsecsElapsed();
            QMetaObject::invokeMethod(
                &m_here,
                [this, typed] {
                    ++m_keys;
                    m_longest = std::max(m_longest, m_clock.nsecsElapsed() - typed);
                },
                Qt::QueuedConnection);
        });
        m_thread.start();
        QMetaObject::invokeMethod(&m_timer, [this] { m_timer.start(5); });
    }
    ~Typist()
    {
        QMetaObject::invokeMethod(
            &m_timer, [this] { m_timer.stop(); }, Qt::BlockingQueuedConnection);
        m_thread.quit();
        m_thread.wait();
    }
    Q_DISABLE_COPY_MOVE(Typist)
    [[nodiscard]] int keys() const { return m_keys; }
    /// In ms.
    [[nodiscard]] qreal longest() const { return static_cast<qreal>(m_longest) / 1e6; }

private:
    QElapsedTimer m_clock;
    QThread m_thread;
    QTimer m_timer;
    QObject m_here;
    qint64 m_longest = 0;
    int m_keys = 0;
};

/// Whether what \a value returns stays the same for a while.
bool isStill(const std::function<qint64()> &value)
{
    constexpr int while_ = 300; // ms
    QElapsedTimer still;
    still.start();
    qint64 last = value();
    return QTest::qWaitFor(
        [&] {
            if (const qint64 now = value(); now != last) {
                last = now;
                still.restart();
            }
            return still.hasExpired(while_);
        },
        30'000);
}

} // namespace

/// Servers that send faster than anybody can read.
class tst_WebSocketFlood : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    QSslConfiguration m_tls;

    static FloodPeer::Script script(qint64 count)
    {
        return {.count = count,
                .payload = [](qint64 number) { return FloodPeer::numbered(number, size); }};
    }

private Q_SLOTS:
    /// A certificate that clients trust from here on.
    void initTestCase()
    {
        const QString certificate = m_dir.filePath(u"certificate"_s);
        const QString key = m_dir.filePath(u"key"_s);
        QProcess openssl;
        openssl.start(QStringLiteral(OPENSSL_PROGRAM),
                      {u"req"_s, u"-x509"_s, u"-nodes"_s, u"-subj"_s, u"/CN=localhost"_s,
                       u"-addext"_s, u"subjectAltName=DNS:localhost"_s, u"-days"_s, u"1"_s,
                       u"-keyout"_s, key, u"-out"_s, certificate, u"-newkey"_s, u"ec"_s,
                       u"-pkeyopt"_s, u"ec_paramgen_curve:prime256v1"_s});
        QVERIFY(openssl.waitForFinished());
        QVERIFY2(openssl.exitCode() == 0, openssl.readAllStandardError().constData());
        QFile keyFile(key);
        QVERIFY(keyFile.open(QIODevice::ReadOnly));
        m_tls.setLocalCertificateChain(QSslCertificate::fromPath(certificate));
        m_tls.setPrivateKey(QSslKey(&keyFile, QSsl::Ec));
        QSslConfiguration trusting = QSslConfiguration::defaultConfiguration();
        trusting.setCaCertificates(m_tls.localCertificateChain());
        QSslConfiguration::setDefaultConfiguration(trusting);
    }

    void aMillionMessages_data()
    {
        QTest::addColumn<bool>("batches");
        QTest::newRow("in batches") << true;
        QTest::newRow("one by one") << false;
    }

    void aMillionMessages()
    {
        QFETCH(bool, batches);
        constexpr qint64 count = 1'000'000;
        ServerProcess server;
        QVERIFY(server.startEchoServer(AWESOMECHAT_SERVER));
        QUrl url = server.url();
        url.setQuery(u"greeting=off&flood=%1&size=%2"_s.arg(count).arg(size));

        WebSocket socket;
        qint64 heard = 0; // which is the number of the last one
        qint64 wrong = 0;
        qint64 calls = 0;
        const auto hear = [&](const QByteArray &message) {
            if (message != FloodPeer::numbered(++heard, size))
                ++wrong;
        };
        if (batches) {
            connect(&socket, &WebSocket::messagesReceived, this, [&](const auto &messages) {
                ++calls;
                for (const ReceivedMessage &message : messages)
                    hear(message.payload);
            });
        } else {
            connect(&socket, &WebSocket::textMessageReceived, this, [&](const QString &message) {
                ++calls;
                hear(message.toUtf8());
            });
        }
        socket.setUrl(url);
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QElapsedTimer time;
        time.start();
        const Typist typist;
        const Heartbeat heartbeat;
        QTRY_COMPARE_WITH_TIMEOUT(heard, count, 100'000);
        qInfo("%lld messages a second in %lld calls; longest stall %.1f ms, of which work %.1f ms; "
              "longest wait of %d keys %.1f ms",
              count * 1000 / std::max<qint64>(time.elapsed(), 1), calls, heartbeat.longest(),
              heartbeat.longestWork(), typist.keys(), typist.longest());
        QCOMPARE(wrong, 0);
        QVERIFY(typist.keys() > 0);
        QVERIFY(heartbeat.longestWork() < 100);
    }

    void readPausedSlowsTheServerDown_data()
    {
        QTest::addColumn<bool>("tls");
        QTest::newRow("ws") << false;
        QTest::newRow("wss") << true;
    }

    void readPausedSlowsTheServerDown()
    {
        QFETCH(bool, tls);
        constexpr qint64 count = 25'000;
        constexpr qsizetype large = 10'000;
        FloodPeer peer({.count = count,
                        .payload = [](qint64 number) { return FloodPeer::numbered(number, large); },
                        .tls = tls ? m_tls : QSslConfiguration()});
        WebSocket socket;
        qint64 heard = 0;
        qint64 wrong = 0;
        qint64 lastTime = 0;
        std::optional<qint64> firstTimeAfterPause;
        bool wasPaused = false;
        connect(&socket, &WebSocket::messagesReceived, this, [&](const auto &messages) {
            for (const ReceivedMessage &message : messages) {
                wrong += message.payload != FloodPeer::numbered(heard++, large)
                    || message.kind != ReceivedMessage::Text || message.time < lastTime;
                lastTime = message.time;
            }
            if (wasPaused && !firstTimeAfterPause)
                firstTimeAfterPause = messages.first().time;
            if (!std::exchange(wasPaused, true))
                socket.setReadPaused(true);
        });
        socket.setUrl(peer.url());
        socket.open();
        QTRY_VERIFY(wasPaused);
        QVERIFY(isStill([&] { return peer.sent(); }));
        const qint64 heardBefore = heard;
        qInfo("%lld messages heard, %lld bytes sent until the server could send no more", heard,
              peer.sent());
        QVERIFY(peer.sent() < count * large);

        // What one types goes out all the same.
        QVERIFY(socket.sendTextMessage(u"hello"_s) > 0);
        constexpr qsizetype much = 16 * 1024 * 1024; // more than the system takes at once
        socket.sendBinaryMessage(QByteArray(much, 'x'));
        QTRY_COMPARE_WITH_TIMEOUT(peer.frames().size(), (6 + 5) + (14 + much), 30'000);
        QTRY_COMPARE(socket.bytesToWrite(), 0);
        QCOMPARE(heard, heardBefore);

        const qint64 resumed = QDateTime::currentMSecsSinceEpoch();
        socket.setReadPaused(false);
        QTRY_COMPARE_WITH_TIMEOUT(heard, count, 60'000);
        QCOMPARE(wrong, 0);
        QVERIFY2(firstTimeAfterPause.value_or(resumed) < resumed,
                 "the time of a message is when it came");
        QCOMPARE(socket.status(), WebSocket::Open);
    }

    void aLargeMessageAmongSmallOnes_data() { readPausedSlowsTheServerDown_data(); }

    void aLargeMessageAmongSmallOnes()
    {
        QFETCH(bool, tls);
        constexpr qint64 count = 60'000;
        constexpr qsizetype large = 16 * 1024 * 1024;
        const auto payload = [](qint64 number) {
            return FloodPeer::numbered(number, number % 20'000 == 10'000 ? large : size);
        };
        FloodPeer peer(
            {.count = count, .payload = payload, .tls = tls ? m_tls : QSslConfiguration()});
        WebSocket socket;
        qint64 heard = 0;
        qint64 wrong = 0;
        connect(&socket, &WebSocket::textMessageReceived, this,
                [&](const QString &message) { wrong += message.toUtf8() != payload(heard++); });
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE_WITH_TIMEOUT(heard, count, 60'000);
        QCOMPARE(wrong, 0);
        QCOMPARE(socket.status(), WebSocket::Open);
    }

    void allIsHeardBeforeTheEnd_data()
    {
        QTest::addColumn<QByteArray>("end");
        QTest::addColumn<WebSocket::Status>("status");
        QTest::addColumn<int>("code");
        QTest::newRow("a close frame") << FloodPeer::frame(8,
                                                           "\x0f\xa1"
                                                           "bye"_ba)
                                       << WebSocket::Closed << 4001;
        // A pong that was not asked for means nothing.
        QTest::newRow("hanging up") << FloodPeer::frame(10, {}) << WebSocket::Error << 1006;
        QTest::newRow("a broken rule") << "\xc1\x01x"_ba << WebSocket::Error << 1002;
    }

    void allIsHeardBeforeTheEnd()
    {
        QFETCH(QByteArray, end);
        QFETCH(WebSocket::Status, status);
        QFETCH(int, code);
        constexpr qint64 count = 50'000;
        FloodPeer::Script flood = script(count);
        flood.end = end;
        FloodPeer peer(flood);
        WebSocket socket;
        qint64 heard = 0;
        qint64 heardAtTheEnd = -1;
        connect(&socket, &WebSocket::textMessageReceived, this, [&] {
            if (++heard % 5'000 == 0) // like a disk that does not keep up
                socket.setReadPaused(true);
        });
        QTimer disk;
        connect(&disk, &QTimer::timeout, &socket, [&] { socket.setReadPaused(false); });
        disk.start(20);
        connect(&socket, &WebSocket::statusChanged, this, [&] {
            if (socket.status() == WebSocket::Closed || socket.status() == WebSocket::Error)
                heardAtTheEnd = heard;
        });
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE_WITH_TIMEOUT(socket.status(), status, 60'000);
        QCOMPARE(heardAtTheEnd, count);
        QCOMPARE(heard, count);
        QCOMPARE(socket.closeCode(), code);
        QCOMPARE(socket.closeReason(), status == WebSocket::Closed ? u"bye"_s : QString());
    }

    void closingEndsAPause()
    {
        FloodPeer peer(script(10'000'000));
        WebSocket socket;
        socket.setCloseTimeout(100);
        StatusLog statuses(socket);
        qint64 heard = 0;
        qint64 wrong = 0;
        connect(&socket, &WebSocket::messagesReceived, this, [&](const auto &messages) {
            for (const ReceivedMessage &message : messages)
                wrong += message.payload != FloodPeer::numbered(heard++, size);
            socket.setReadPaused(true);
        });
        socket.setUrl(peer.url());
        socket.open();
        QTRY_VERIFY(socket.isReadPaused());
        QVERIFY(isStill([&] { return peer.sent(); }));
        const qint64 heardBefore = heard;
        socket.close(4000, u"enough"_s);
        QCOMPARE(socket.status(), WebSocket::Closing);
        QCOMPARE(heard, heardBefore);
        QTRY_COMPARE(socket.status(), WebSocket::Closed);
        QCOMPARE(socket.closeCode(), 4000);
        QVERIFY(!socket.wasClean()); // it does not listen
        // What had been received is not thrown away.
        QVERIFY(heard > heardBefore);
        QCOMPARE(wrong, 0);
        QCOMPARE(statuses.take(),
                 QList<WebSocket::Status>({WebSocket::Connecting, WebSocket::Open,
                                           WebSocket::Closing, WebSocket::Closed}));
        QTRY_COMPARE(peer.frames().size(), 6 + 2 + 6); // one close frame
    }

    void anotherUrlInMidFlood()
    {
        FloodPeer first(script(10'000'000));
        FloodPeer second(script(1'000));
        WebSocket socket;
        qint64 heard = 0; // of the present connection
        qint64 wrong = 0;
        connect(&socket, &WebSocket::statusChanged, this, [&] {
            if (socket.status() == WebSocket::Open)
                heard = 0;
        });
        connect(&socket, &WebSocket::textMessageReceived, this, [&](const QString &message) {
            wrong += message.toUtf8() != FloodPeer::numbered(heard++, size);
            if (heard == 12'345)
                socket.setUrl(second.url());
        });
        socket.setUrl(first.url());
        socket.open();
        QTRY_VERIFY(socket.url() == second.url() && heard == 1'000);
        QCOMPARE(wrong, 0);
        QCOMPARE(socket.status(), WebSocket::Open);
    }

    void overTlsALongMessageIsOwedUntilItIsTaken()
    {
        QWebSocketServer server(u"peer"_s, QWebSocketServer::SecureMode);
        server.setSslConfiguration(m_tls);
        QVERIFY(server.listen(QHostAddress::LocalHost));
        WebSocket socket;
        socket.setUrl(QUrl(u"wss://localhost:%1"_s.arg(server.serverPort())));
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QTRY_VERIFY(server.hasPendingConnections());
        const std::unique_ptr<QWebSocket> peer(server.nextPendingConnection());
        QSignalSpy received(peer.get(), &QWebSocket::binaryMessageReceived);
        peer->setReadBufferSize(1);
        const QByteArray message(WebSocket::maxPongBacklog * 2, 'x');
        socket.sendBinaryMessage(message);
        // Longer than it takes to look whether pongs pile up: it is not pongs that do.
        QVERIFY(!QTest::qWaitFor([&] { return socket.status() != WebSocket::Open; }, 1500));
        QVERIFY(socket.bytesToWrite() > WebSocket::maxPongBacklog);
        peer->setReadBufferSize(0);
        QTRY_COMPARE_WITH_TIMEOUT(socket.bytesToWrite(), 0, 30'000);
        QTRY_COMPARE(received.count(), 1);
        QCOMPARE(received[0][0].toByteArray(), message);
        QCOMPARE(socket.status(), WebSocket::Open);
    }

    void overTlsItClosesCleanlyToo_data()
    {
        QTest::addColumn<bool>("isOurWish");
        QTest::newRow("from here") << true;
        QTest::newRow("by the server") << false;
    }

    void overTlsItClosesCleanlyToo()
    {
        QFETCH(bool, isOurWish);
        QWebSocketServer server(u"peer"_s, QWebSocketServer::SecureMode);
        server.setSslConfiguration(m_tls);
        QVERIFY(server.listen(QHostAddress::LocalHost));
        WebSocket socket;
        socket.setUrl(QUrl(u"wss://localhost:%1"_s.arg(server.serverPort())));
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QTRY_VERIFY(server.hasPendingConnections());
        const std::unique_ptr<QWebSocket> peer(server.nextPendingConnection());
        if (isOurWish)
            socket.close(4001, u"bye"_s);
        else
            peer->close(QWebSocketProtocol::CloseCodeGoingAway, u"bye"_s);
        QTRY_COMPARE(socket.status(), WebSocket::Closed);
        QCOMPARE(socket.ending(),
                 isOurWish ? u"closed cleanly from here: 4001, “bye”"_s
                           : u"closed cleanly by the server: 1001, going away, “bye”"_s);
        if (isOurWish)
            QTRY_COMPARE(static_cast<int>(peer->closeCode()), 4001);
    }

    void aPauseIsNoPartOfARoundTrip()
    {
        WebSocketPeer peer;
        WebSocket socket;
        QSignalSpy pongs(&socket, &WebSocket::pongReceived);
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QTRY_COMPARE(peer.connections(), 1U);
        socket.setReadPaused(true);
        peer.last()->sendTextMessage(u"before the pong"_s);
        peer.last()->flush();
        constexpr int pause = 1'000; // ms
        socket.ping();
        QVERIFY(!QTest::qWaitFor([&] { return !pongs.isEmpty(); }, pause));
        socket.setReadPaused(false);
        QTRY_COMPARE(pongs.count(), 1);
        QVERIFY2(socket.roundTripTime() < pause,
                 qPrintable(QString::number(socket.roundTripTime())));
    }

    void itGoesAtOnce_data()
    {
        QTest::addColumn<QString>("url");
        QTest::newRow("no room") << u"flood"_s;
        QTest::newRow("TLS handshake") << u"wss"_s;
        QTest::newRow("handshake") << u"ws"_s;
        QTest::newRow("looking up a name") << u"ws://awesome-chat.invalid"_s;
    }

    /// Destroying it takes no longer than it may, whatever its thread waits for.
    void itGoesAtOnce()
    {
        QFETCH(QString, url);
        FloodPeer flood(script(10'000'000));
        const RawPeer silent;
        QSignalSpy connected(&silent, &RawPeer::connected);
        auto socket = std::make_unique<WebSocket>();
        socket->setReadPaused(true);
        if (url == "flood"_L1)
            socket->setUrl(flood.url());
        else if (url.size() <= 3)
            socket->setUrl(QUrl(url + u"://127.0.0.1:"_s + QString::number(silent.port())));
        else
            socket->setUrl(QUrl(url));
        socket->open();
        if (url == "flood"_L1) {
            QTRY_COMPARE(socket->status(), WebSocket::Open);
            QVERIFY(isStill([&] { return flood.sent(); }));
        } else if (url.size() <= 3) {
            QTRY_COMPARE(connected.count(), 1);
        }
        QElapsedTimer time;
        time.start();
        socket.reset();
        qInfo("%.1f ms", static_cast<qreal>(time.nsecsElapsed()) / 1e6);
        QVERIFY(time.elapsed() < 1'000);
    }

    /// Two hundred floods that are broken off at some time, in some way.
    void chaos()
    {
        constexpr int rounds = 200;
        FloodPeer peer(script(10'000'000));
        std::mt19937 random(4); // the same each time
        auto socket = std::make_unique<WebSocket>();
        qint64 heard = 0;
        qint64 allHeard = 0;
        qint64 wrong = 0;
        const auto start = [&] {
            socket->setCloseTimeout(50); // the peer does not listen
            connect(socket.get(), &WebSocket::statusChanged, this, [&] {
                if (socket->status() == WebSocket::Open)
                    heard = 0;
            });
            connect(socket.get(), &WebSocket::textMessageReceived, this,
                    [&](const QString &message) {
                        wrong += message.toUtf8() != FloodPeer::numbered(heard++, size);
                        ++allHeard;
                    });
            socket->setUrl(peer.url());
            socket->open();
        };
        start();
        for (int i = 0; i < rounds; ++i) {
            const qint64 enough = allHeard + static_cast<qint64>(random() % 5'000);
            const bool opened = QTest::qWaitFor(
                [&] { return allHeard >= enough || socket->status() != WebSocket::Open; }, 30'000);
            QVERIFY(opened);
            switch (random() % 7) {
            case 0:
                socket = std::make_unique<WebSocket>();
                start();
                break;
            case 1:
                socket->close();
                socket->open();
                break;
            case 2:
                socket->setUrl(QUrl(peer.url().toString() + u"/%1"_s.arg(i)));
                break;
            case 3:
                socket->setReadPaused(true);
                break;
            case 4:
                socket->setReadPaused(false);
                socket->sendTextMessage(
                    u"x"_s.repeated(static_cast<qsizetype>(random() % 100'000)));
                break;
            case 5:
                socket->close(4000, u"enough"_s);
                QTRY_VERIFY(socket->status() == WebSocket::Closed
                            || socket->status() == WebSocket::Error);
                socket->open();
                break;
            default:
                socket->ping();
                break;
            }
            if (socket->status() == WebSocket::Error)
                socket->open();
            if (random() % 2 == 0)
                QTRY_VERIFY(socket->status() == WebSocket::Open
                            || socket->status() == WebSocket::Closing);
            socket->setReadPaused(false);
        }
        socket.reset();
        qInfo("%lld messages over %d connections", allHeard, peer.connections());
        QCOMPARE(wrong, 0);
        QVERIFY(peer.connections() > rounds / 4);
    }
};

QTEST_GUILESS_MAIN(tst_WebSocketFlood)
#include "tst_websocketflood.moc"
