// SPDX-License-Identifier: MIT
#include "peers.h"
#include "statuslog.h"
#include "websocket.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

/// Peers that fail, break the rules, or do not read.
class tst_WebSocketPeers : public QObject
{
    Q_OBJECT

    using Statuses = QList<WebSocket::Status>;

private Q_SLOTS:
    void aConnectionThatFails_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<bool>("hangUp");
        QTest::addColumn<QString>("error"); // a part of the sentence

        QTest::newRow("no HTTP") << "220 mail ready\r\n\r\n"_ba << false
                                 << u"does not speak HTTP, it says “220 mail ready"_s;
        QTest::newRow("404") << "HTTP/1.1 404 Not Found\r\n\r\n"_ba << false << u"HTTP 404"_s;
        QTest::newRow("200") << "HTTP/1.1 200 OK\r\n\r\n"_ba << true << u"HTTP 200 OK"_s;
        QTest::newRow("wrong key")
            << "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
               "Upgrade\r\nSec-WebSocket-Accept: d3Jvbmc=\r\n\r\n"_ba
            << false << u"a wrong key (Sec-WebSocket-Accept)"_s;
        QTest::newRow("hangs up") << QByteArray() << true << u"closed the connection instead"_s;
    }

    void aConnectionThatFails()
    {
        QFETCH(QByteArray, answer);
        QFETCH(bool, hangUp);
        QFETCH(QString, error);

        const RawPeer peer(answer, hangUp ? RawPeer::HangUp : RawPeer::Stay);
        QSignalSpy disconnected(&peer, &RawPeer::disconnected);
        WebSocket socket;
        StatusLog statuses(socket);
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Error);
        QVERIFY2(socket.errorString().contains(error), qPrintable(socket.errorString()));
        QVERIFY(!socket.errorString().contains("QWebSocket"_L1));
        QCOMPARE(socket.closeCode(), 1006);
        QCOMPARE(socket.isActive(), true);
        // The TCP connection does not linger, and nothing erases the error after it.
        QTRY_COMPARE(disconnected.count(), 1);
        QCOMPARE(statuses.take(), Statuses({WebSocket::Connecting, WebSocket::Error}));
        QVERIFY(!socket.errorString().isEmpty());
    }

    void silentServerTimesOut()
    {
        const RawPeer peer;
        QSignalSpy disconnected(&peer, &RawPeer::disconnected);
        WebSocket socket;
        socket.setHandshakeTimeout(50);
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Error);
        QVERIFY2(
            socket.errorString().contains("did not answer the WebSocket handshake within 0.05"_L1),
            qPrintable(socket.errorString()));
        QTRY_COMPARE(disconnected.count(), 1);
    }

    void endlessAnswer()
    {
        const RawPeer peer("HTTP/1.1 101 Switching Protocols\r\nX: "_ba + QByteArray(1 << 20, 'x'));
        WebSocket socket;
        socket.setMaxMessageSize(1);
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Error);
        QVERIFY2(socket.errorString().contains("does not come to an end"_L1),
                 qPrintable(socket.errorString()));
    }

    void peerCloses_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("reason");
        QTest::newRow("1000") << 1000 << QString();
        QTest::newRow("1001") << 1001 << u"Server stopping"_s;
        QTest::newRow("4000") << 4000 << u"<b>€</b>"_s;
    }

    void peerCloses()
    {
        QFETCH(int, code);
        QFETCH(QString, reason);

        WebSocketPeer peer;
        WebSocket socket;
        StatusLog statuses(socket);
        QSignalSpy texts(&socket, &WebSocket::textMessageReceived);
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QTRY_COMPARE(peer.connections(), 1U);
        peer.last()->sendTextMessage(u"last words"_s);
        peer.last()->close(static_cast<QWebSocketProtocol::CloseCode>(code), reason);
        QTRY_COMPARE(socket.status(), WebSocket::Closed);
        QCOMPARE(socket.closeCode(), code);
        QCOMPARE(socket.closeReason(), reason);
        QCOMPARE(socket.closeSide(), CloseSide::Server);
        QCOMPARE(socket.errorString(), QString());
        QCOMPARE(socket.isActive(), true);
        QCOMPARE(texts.count(), 1);
        QCOMPARE(statuses.take(),
                 Statuses({WebSocket::Connecting, WebSocket::Open, WebSocket::Closing,
                           WebSocket::Closed}));
    }

    void peerDrops()
    {
        WebSocketPeer peer;
        WebSocket socket;
        StatusLog statuses(socket);
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QTRY_COMPARE(peer.connections(), 1U);
        peer.last()->abort();
        QTRY_COMPARE(socket.status(), WebSocket::Error);
        QCOMPARE(socket.closeCode(), 1006);
        QVERIFY2(socket.errorString().contains("was lost"_L1), qPrintable(socket.errorString()));
        QCOMPARE(statuses.take(),
                 Statuses({WebSocket::Connecting, WebSocket::Open, WebSocket::Error}));
    }

    void peerDropsWhileWeSend()
    {
        WebSocketPeer peer;
        WebSocket socket;
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QTRY_COMPARE(peer.connections(), 1U);
        connect(&socket, &WebSocket::bytesToWriteChanged, peer.last(), &QWebSocket::abort);
        socket.sendBinaryMessage(QByteArray(64 << 20, 'x'));
        QTRY_COMPARE(socket.status(), WebSocket::Error);
        QCOMPARE(socket.closeCode(), 1006);
    }

    void weCloseButThePeerDoesNotRead()
    {
        WebSocketPeer peer;
        WebSocket socket;
        socket.setCloseTimeout(50);
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QTRY_COMPARE(peer.connections(), 1U);
        peer.last()->setReadBufferSize(1);
        socket.sendBinaryMessage(QByteArray(64 << 20, 'x'));
        socket.close();
        QCOMPARE(socket.status(), WebSocket::Closing);
        QTRY_COMPARE(socket.status(), WebSocket::Error);
        QVERIFY2(socket.errorString().contains("did not finish closing"_L1),
                 qPrintable(socket.errorString()));
    }

    void messageSizeLimit_data()
    {
        QTest::addColumn<qint64>("excess");
        QTest::newRow("at the limit") << qint64(0);
        QTest::newRow("beyond") << qint64(1);
    }

    void messageSizeLimit()
    {
        QFETCH(qint64, excess);
        constexpr qint64 limit = 100'000;
        WebSocketPeer peer;
        WebSocket socket;
        socket.setMaxMessageSize(limit);
        QSignalSpy binaries(&socket, &WebSocket::binaryMessageReceived);
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QTRY_COMPARE(peer.connections(), 1U);
        peer.last()->sendBinaryMessage(QByteArray(limit + excess, 'x'));
        if (excess == 0) {
            QTRY_COMPARE(binaries.count(), 1);
        } else {
            QTRY_COMPARE(socket.status(), WebSocket::Error);
            QCOMPARE(socket.closeCode(), 1009);
            QVERIFY2(socket.errorString().contains("larger than is accepted"_L1),
                     qPrintable(socket.errorString()));
            QCOMPARE(binaries.count(), 0);
        }
    }

    void oneCloseFrame()
    {
        const RawPeer peer({}, RawPeer::Accept);
        QSignalSpy disconnected(&peer, &RawPeer::disconnected);
        WebSocket socket;
        connect(&socket, &WebSocket::bytesToWriteChanged, &socket, [&] {
            if (socket.status() == WebSocket::Open)
                socket.close();
        });
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        socket.sendTextMessage(u"x"_s);
        QTRY_COMPARE(disconnected.count(), 1);
        // A text frame of 1 byte, a close frame of 2, each with its header of 2 and its mask of 4.
        QCOMPARE(peer.frames().size(), 7 + 8);
    }

    void closeFrameThenReset()
    {
        // As from a server that closes with unread input: the answer to its close frame fails.
        RawPeer peer({}, RawPeer::Accept);
        WebSocket socket;
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        peer.last()->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        peer.last()->write("\x88\x05\x03\xe8"
                           "bye"_ba);
        peer.last()->flush();
        peer.last()->abort();
        QTRY_COMPARE(socket.status(), WebSocket::Closed);
        QCOMPARE(socket.closeCode(), 1000);
        QCOMPARE(socket.closeReason(), u"bye"_s);
    }

    void brokenRulesAreSaidToBe_data()
    {
        QTest::addColumn<QByteArray>("frame");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("error");
        QTest::newRow("not UTF-8") << "\x81\x02\xc3\x28"_ba << 1007 << u"not UTF-8 (1007)"_s;
        QTest::newRow("reserved bit")
            << "\xc1\x01x"_ba << 1002 << u"broke the WebSocket protocol"_s;
        QTest::newRow("no close code")
            << "\x88\x02\x03\xe7"_ba << 1002 << u"with 999, which is no close code"_s;
        QTest::newRow("half a close code") << "\x88\x01\x03"_ba << 1002 << u"half a close code"_s;
        QTest::newRow("a reason that is not UTF-8")
            << "\x88\x04\x03\xe8\xc3\x28"_ba << 1007 << u"a reason that is not UTF-8"_s;
        QTest::newRow("masked") << "\x81\x81mask\x15"_ba << 1002 << u"must not mask"_s;
        QTest::newRow("masked ping") << "\x89\x80mask"_ba << 1002 << u"must not mask"_s;
    }

    void brokenRulesAreSaidToBe()
    {
        QFETCH(QByteArray, frame);
        QFETCH(int, code);
        QFETCH(QString, error);
        const RawPeer peer(frame, RawPeer::Accept);
        WebSocket socket;
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Error);
        QCOMPARE(socket.closeCode(), code);
        QVERIFY2(socket.errorString().contains(error), qPrintable(socket.errorString()));
    }

    /// Codes and ends that QWebSocket tells wrongly, or not at all.
    void peerClosesInOtherWays_data()
    {
        QTest::addColumn<QByteArray>("frames");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("ending");
        QTest::newRow("no code") << "\x88\x00"_ba.first(2) << 1005
                                 << u"closed cleanly by the server: 1005, no status received"_s;
        QTest::newRow("1012") << "\x88\x02\x03\xf4"_ba << 1012
                              << u"closed cleanly by the server: 1012, service restart"_s;
        QTest::newRow("1013 after messages and pings")
            << "\x81\x01x\x89\x01p\x82\x01y\x89\x01p\x88\x05\x03\xf5"
               "bye"_ba
            << 1013 << u"closed cleanly by the server: 1013, try again later, “bye”"_s;
        // As QWebSocket puts it when the peer has broken a rule.
        QTest::newRow("words of QWebSocket")
            << "\x88\x17\x03\xea"
               "Rsv field is non-zero"_ba
            << 1002
            << u"closed cleanly by the server: 1002, protocol error, “Rsv field is non-zero”"_s;
    }

    void peerClosesInOtherWays()
    {
        QFETCH(QByteArray, frames);
        QFETCH(int, code);
        QFETCH(QString, ending);
        const RawPeer peer(frames, RawPeer::Accept);
        WebSocket socket;
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Closed);
        QCOMPARE(socket.closeCode(), code);
        QCOMPARE(socket.closeSide(), CloseSide::Server);
        QCOMPARE(socket.ending(), ending);
    }

    void weCloseButThePeerDropsBeforeItIsSaid()
    {
        WebSocketPeer peer;
        WebSocket socket;
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QTRY_COMPARE(peer.connections(), 1U);
        peer.last()->setReadBufferSize(1);
        socket.sendBinaryMessage(QByteArray(64 << 20, 'x'));
        socket.close();
        peer.last()->abort();
        QTRY_COMPARE(socket.status(), WebSocket::Error);
        QCOMPARE(socket.closeCode(), 1006);
        QVERIFY2(socket.errorString().contains("without a close frame"_L1),
                 qPrintable(socket.errorString()));
    }

    void aPeersWordsInAnErrorAreHarmless()
    {
        const RawPeer peer("HTTP/1.1 404 Not\x1b[31mRED"_ba + QByteArray(20'000, 'x') + "\r\n\r\n");
        WebSocket socket;
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Error);
        QVERIFY2(socket.errorString().contains(u"Not␛[31mRED"_s), qPrintable(socket.errorString()));
        QVERIFY(socket.errorString().size() < 400);
    }

    void aFloodOfPingsIsBounded()
    {
        RawPeer peer({}, RawPeer::Accept);
        WebSocket socket;
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        peer.last()->setReadBufferSize(1);
        // 125 bytes each, more than the limit and what the kernel holds for both.
        const QByteArray pings = ("\x89\x7d"_ba + QByteArray(125, 'p')).repeated(500'000);
        peer.last()->write(pings);
        QTRY_COMPARE_WITH_TIMEOUT(socket.status(), WebSocket::Error, 30'000);
        QVERIFY2(socket.errorString().contains("does not read"_L1),
                 qPrintable(socket.errorString()));
    }

    void aLongMessageOfOursIsNoFlood()
    {
        WebSocketPeer peer;
        WebSocket socket;
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QTRY_COMPARE(peer.connections(), 1U);
        peer.last()->setReadBufferSize(1);
        socket.sendBinaryMessage(QByteArray(WebSocket::maxPongBacklog * 2, 'x'));
        // Longer than it takes to look.
        QVERIFY(!QTest::qWaitFor([&] { return socket.status() != WebSocket::Open; }, 1500));
    }
};

QTEST_GUILESS_MAIN(tst_WebSocketPeers)
#include "tst_websocketpeers.moc"
