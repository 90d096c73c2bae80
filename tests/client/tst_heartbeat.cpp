// SPDX-License-Identifier: MIT
#include "heartbeat.h"
#include "outbox.h"
#include "peers.h"
#include "reconnector.h"
#include "statuslog.h"
#include "websocket.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

class tst_Heartbeat : public QObject
{
    Q_OBJECT

    static constexpr int interval = 100; // ms

    /// An open connection with a heartbeat.
    struct Talk
    {
        WebSocket socket;
        Heartbeat heartbeat;
        QSignalSpy pongs{&socket, &WebSocket::pongReceived};

        explicit Talk(const QUrl &url, int interval = tst_Heartbeat::interval)
        {
            heartbeat.setInterval(interval);
            heartbeat.setSocket(&socket);
            socket.setUrl(url);
            socket.open();
        }
    };

    /// How many frames with that first byte are among the masked \a frames, none of them long.
    [[nodiscard]] static int count(const QByteArray &frames, char first)
    {
        int number = 0;
        qsizetype at = 0;
        while (at + 1 < frames.size()) {
            number += frames[at] == first ? 1 : 0;
            at += 2 + 4 + (frames[at + 1] & 0x7f);
        }
        return number;
    }

private Q_SLOTS:
    void defaults()
    {
        const Heartbeat heartbeat;
        QCOMPARE(heartbeat.interval(), 20'000);
        QCOMPARE(ConnectionSettings().pingInterval, heartbeat.interval());
    }

    void pingsWhileOpen()
    {
        WebSocketPeer peer;
        Talk talk(peer.url());
        QTRY_COMPARE(talk.socket.status(), WebSocket::Open);
        QTRY_VERIFY(talk.pongs.count() > Heartbeat::maxMissed + 2);
        QCOMPARE(talk.socket.status(), WebSocket::Open);
        QVERIFY(talk.socket.roundTripTime() >= 0);
        talk.socket.close();
        QTRY_COMPARE(talk.socket.status(), WebSocket::Closed);
        QCOMPARE(talk.socket.roundTripTime(), -1);
    }

    void theFirstPingIsAtOnce()
    {
        WebSocketPeer peer;
        Talk talk(peer.url(), 60 * 60 * 1000);
        QTRY_COMPARE(talk.pongs.count(), 1);
    }

    void noInterval()
    {
        const RawPeer peer({}, RawPeer::Accept);
        Talk talk(peer.url(), 0);
        QTRY_COMPARE(talk.socket.status(), WebSocket::Open);
        // What was to be sent before is there by now.
        talk.socket.sendTextMessage(u"x"_s);
        QTRY_COMPARE(count(peer.frames(), '\x81'), 1);
        QCOMPARE(count(peer.frames(), '\x89'), 0);
        talk.heartbeat.setInterval(interval);
        QTRY_VERIFY(count(peer.frames(), '\x89') > 0);
    }

    void aServerThatHasGoneIsFound()
    {
        const RawPeer peer({}, RawPeer::Accept); // which answers nothing
        Talk talk(peer.url());
        StatusLog statuses(talk.socket);
        QElapsedTimer clock;
        clock.start();
        QTRY_COMPARE(talk.socket.status(), WebSocket::Error);
        QVERIFY(clock.elapsed() >= Heartbeat::maxMissed * interval);
        QVERIFY2(talk.socket.errorString().contains("has not answered 2 pings in 0.2 s"_L1),
                 qPrintable(talk.socket.errorString()));
        QCOMPARE(talk.socket.closeCode(), 1006);
        QCOMPARE(talk.socket.failureCause(), FailureCause::Other);
        QCOMPARE(talk.socket.isActive(), true);
        QTRY_COMPARE(count(peer.frames(), '\x89'), 2);
        QCOMPARE(statuses.take(), QList<WebSocket::Status>({WebSocket::Open, WebSocket::Error}));
    }

    void itIsConnectedToAgain()
    {
        const RawPeer peer({}, RawPeer::Accept);
        QSignalSpy connected(&peer, &RawPeer::connected);
        Talk talk(peer.url());
        Reconnector reconnector;
        reconnector.setSocket(&talk.socket);
        QTRY_COMPARE(connected.count(), 2);
    }

    void aServerThatSendsIsThere()
    {
        // Without answering a ping.
        RawPeer peer({}, RawPeer::Accept);
        Talk talk(peer.url());
        QSignalSpy messages(&talk.socket, &WebSocket::messagesReceived);
        QTRY_COMPARE(talk.socket.status(), WebSocket::Open);
        QTimer timer;
        connect(&timer, &QTimer::timeout, &peer, [&peer] { peer.last()->write("\x81\x01x"_ba); });
        timer.start(interval / 4);
        QTRY_VERIFY(count(peer.frames(), '\x89') > Heartbeat::maxMissed + 2);
        QCOMPARE(talk.socket.status(), WebSocket::Open);
        QVERIFY(messages.count() > 0);
    }

    void whileReadingIsPausedNoneIsMissed()
    {
        RawPeer peer({}, RawPeer::Accept);
        Talk talk(peer.url());
        QTRY_COMPARE(talk.socket.status(), WebSocket::Open);
        talk.socket.setReadPaused(true);
        QTRY_VERIFY(count(peer.frames(), '\x89') > Heartbeat::maxMissed + 2);
        QCOMPARE(talk.socket.status(), WebSocket::Open);
        talk.socket.setReadPaused(false);
        QTRY_COMPARE(talk.socket.status(), WebSocket::Error);
    }

    void aServerThatTakesALongMessageIsThere()
    {
        // A ping waits behind the message, which is slow.
        constexpr int slowInterval = 500; // ms
        constexpr qint64 portion = 256 * 1024;
        RawPeer peer({}, RawPeer::Accept);
        Talk talk(peer.url(), slowInterval);
        QTRY_VERIFY(count(peer.frames(), '\x89') > 0);
        peer.last()->disconnect(peer.last());
        peer.last()->setReadBufferSize(portion);
        talk.socket.sendBinaryMessage(QByteArray(24 << 20, 'x'));
        QElapsedTimer clock;
        clock.start();
        QTimer timer;
        connect(&timer, &QTimer::timeout, &peer, [&peer] { peer.last()->read(portion); });
        timer.start(slowInterval / 10);
        QTRY_COMPARE_WITH_TIMEOUT(talk.socket.bytesToWrite(), 0, 30'000);
        QVERIFY2(talk.socket.status() == WebSocket::Open, qPrintable(talk.socket.errorString()));
        QVERIFY(clock.elapsed() > (Heartbeat::maxMissed + 2) * slowInterval);
    }

    void theOutboxAsksToo()
    {
        // Each of both hears its own answers: lines without an echo are confirmed.
        WebSocketPeer peer;
        Talk talk(peer.url());
        Outbox outbox;
        QSignalSpy states(&outbox, &Outbox::stateChanged);
        outbox.setSocket(&talk.socket);
        QTRY_COMPARE(talk.socket.status(), WebSocket::Open);
        QVERIFY(outbox.append(u"no echo"_s));
        QTRY_COMPARE(outbox.rowCount(), 0);
        QCOMPARE(states.last().at(1).value<Outbox::State>(), Outbox::Confirmed);
        QCOMPARE(talk.socket.status(), WebSocket::Open);
    }
};

QTEST_GUILESS_MAIN(tst_Heartbeat)
#include "tst_heartbeat.moc"
