// SPDX-License-Identifier: MIT
#include "peers.h"
#include "websocket.h"

#include <QQmlComponent>
#include <QQmlEngine>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

class tst_WebSocket : public QObject
{
    Q_OBJECT

    /// The statuses that a socket goes through.
    class StatusLog
    {
    public:
        explicit StatusLog(WebSocket &socket)
        {
            connect(&socket, &WebSocket::statusChanged, &socket,
                    [this, &socket] { m_statuses += socket.status(); });
        }
        [[nodiscard]] QList<WebSocket::Status> take() { return std::exchange(m_statuses, {}); }

    private:
        QList<WebSocket::Status> m_statuses;
    };

    using Statuses = QList<WebSocket::Status>;

private Q_SLOTS:
    void defaults()
    {
        const WebSocket socket;
        QCOMPARE(socket.status(), WebSocket::Closed);
        QCOMPARE(socket.isActive(), false);
        QCOMPARE(socket.errorString(), QString());
        QCOMPARE(socket.closeCode(), 0);
        QCOMPARE(socket.handshakeTimeout(), 10'000);
        QCOMPARE(socket.closeTimeout(), 2'000);
        QCOMPARE(socket.maxMessageSize(), 16 * 1024 * 1024);
        QCOMPARE(socket.bytesToWrite(), 0);
    }

    void talks()
    {
        WebSocketPeer peer(true);
        WebSocket socket;
        StatusLog statuses(socket);
        QSignalSpy texts(&socket, &WebSocket::textMessageReceived);
        QSignalSpy binaries(&socket, &WebSocket::binaryMessageReceived);
        QSignalSpy sent(&socket, &WebSocket::textMessageSent);
        socket.setUrl(peer.url());
        QCOMPARE(socket.status(), WebSocket::Closed);
        socket.setActive(true);
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QCOMPARE(statuses.take(), Statuses({WebSocket::Connecting, WebSocket::Open}));

        const QString text = u"aé€😀"_s + QChar(0) + u"\n"_s;
        const QByteArray bytes("\x00\xff", 2);
        QCOMPARE(socket.sendTextMessage(text), text.toUtf8().size());
        QCOMPARE(socket.sendBinaryMessage(bytes), bytes.size());
        socket.sendTextMessage(QString());
        QTRY_COMPARE(texts.count(), 2);
        QCOMPARE(texts.at(0).at(0).toString(), text);
        QCOMPARE(texts.at(1).at(0).toString(), QString());
        QCOMPARE(binaries.count(), 1);
        QCOMPARE(binaries.at(0).at(0).toByteArray(), bytes);
        QCOMPARE(sent.count(), 2);
        QTRY_COMPARE(socket.bytesToWrite(), 0);
    }

    void largeTextGoesOutInOneFrame()
    {
        // Cut in two inside a code point it would be refused by a peer on Qt.
        WebSocketPeer peer;
        QSignalSpy received(&peer, &WebSocketPeer::received);
        WebSocket socket;
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        const QString text = u'a' + u"€"_s.repeated(400'000);
        socket.sendTextMessage(text);
        QTRY_COMPARE(received.count(), 1);
        QVERIFY(received.at(0).at(0).toString() == text);
    }

    void aConnectionThatFails_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<bool>("hangUp");
        QTest::addColumn<QString>("error"); // a part of the sentence

        QTest::newRow("no HTTP") << "220 mail ready\r\n\r\n"_ba << false << u"handshake"_s;
        QTest::newRow("404") << "HTTP/1.1 404 Not Found\r\n\r\n"_ba << false << u"HTTP 404"_s;
        QTest::newRow("200") << "HTTP/1.1 200 OK\r\n\r\n"_ba << true << u"HTTP 200 OK"_s;
        QTest::newRow("wrong key")
            << "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
               "Upgrade\r\nSec-WebSocket-Accept: d3Jvbmc=\r\n\r\n"_ba
            << false << u"Accept-Key"_s;
        QTest::newRow("hangs up") << QByteArray() << true << u"closed the connection instead"_s;
    }

    void aConnectionThatFails()
    {
        QFETCH(QByteArray, answer);
        QFETCH(bool, hangUp);
        QFETCH(QString, error);

        const RawPeer peer(answer, hangUp);
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

    void refused()
    {
        WebSocket socket;
        StatusLog statuses(socket);
        socket.setUrl(deadUrl());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Error);
        QVERIFY2(socket.errorString().contains("Nothing listens at 127.0.0.1:"_L1),
                 qPrintable(socket.errorString()));

        // A second try fails as audibly as the first.
        socket.open();
        QCOMPARE(socket.status(), WebSocket::Connecting);
        QCOMPARE(socket.errorString(), QString());
        QTRY_COMPARE(socket.status(), WebSocket::Error);
        QCOMPARE(statuses.take(),
                 Statuses({WebSocket::Connecting, WebSocket::Error, WebSocket::Connecting,
                           WebSocket::Error}));
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

    void endlessAnswerTimesOut()
    {
        // A header that never ends fills the read buffer, not the memory.
        const RawPeer peer("HTTP/1.1 101 Switching Protocols\r\nX: "_ba + QByteArray(1 << 20, 'x'));
        WebSocket socket;
        socket.setMaxMessageSize(1);
        socket.setHandshakeTimeout(200);
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Error);
    }

    void badAddresses_data()
    {
        QTest::addColumn<QString>("url");
        QTest::newRow("a word") << u"foo"_s;
        QTest::newRow("http") << u"http://localhost:3000"_s;
        QTest::newRow("port") << u"ws://localhost:99999"_s;
        QTest::newRow("no host") << u"ws://"_s;
        QTest::newRow("line break in the path") << u"ws://localhost/%0D%0AX: y"_s;
    }

    void badAddresses()
    {
        QFETCH(QString, url);
        WebSocket socket;
        StatusLog statuses(socket);
        socket.setActive(true);
        socket.setUrl(QUrl(url));
        QCOMPARE(socket.status(), WebSocket::Error);
        QVERIFY(!socket.errorString().isEmpty());
        QCOMPARE(statuses.take(), Statuses({WebSocket::Connecting, WebSocket::Error}));
    }

    void queryWithoutPath()
    {
        const RawPeer peer;
        QSignalSpy connected(&peer, &RawPeer::connected);
        WebSocket socket;
        socket.setUrl(peer.url(u"?room=1"_s));
        socket.open();
        QTRY_VERIFY(peer.request().startsWith("GET /?room=1 HTTP/1.1\r\n"));
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
        QCOMPARE(socket.errorString(), QString());
        QCOMPARE(socket.isActive(), true);
        QCOMPARE(texts.count(), 1);
        QCOMPARE(statuses.take(),
                 Statuses({WebSocket::Connecting, WebSocket::Open, WebSocket::Closed}));
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

    void weClose()
    {
        WebSocketPeer peer;
        WebSocket socket;
        StatusLog statuses(socket);
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QTRY_COMPARE(peer.connections(), 1U);
        QSignalSpy disconnected(peer.last(), &QWebSocket::disconnected);
        socket.close(4001, u"bye"_s);
        QCOMPARE(socket.isActive(), false);
        QTRY_COMPARE(socket.status(), WebSocket::Closed);
        QCOMPARE(socket.closeCode(), 4001);
        QCOMPARE(socket.closeReason(), u"bye"_s);
        QTRY_COMPARE(disconnected.count(), 1);
        QCOMPARE(int(peer.last()->closeCode()), 4001);
        QCOMPARE(statuses.take(),
                 Statuses({WebSocket::Connecting, WebSocket::Open, WebSocket::Closing,
                           WebSocket::Closed}));
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

    void givingUpWhileConnecting()
    {
        const RawPeer peer;
        QSignalSpy disconnected(&peer, &RawPeer::disconnected);
        QSignalSpy connected(&peer, &RawPeer::connected);
        WebSocket socket;
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(connected.count(), 1);
        socket.setActive(false);
        QCOMPARE(socket.status(), WebSocket::Closed);
        QCOMPARE(socket.errorString(), QString());
        QTRY_COMPARE(disconnected.count(), 1);
        QCOMPARE(socket.status(), WebSocket::Closed);
    }

    void sendingWhileNotOpenIsRefused()
    {
        const RawPeer silent;
        WebSocket socket;
        QSignalSpy sent(&socket, &WebSocket::textMessageSent);
        QCOMPARE(socket.sendTextMessage(u"x"_s), 0);
        QCOMPARE(socket.status(), WebSocket::Closed);
        socket.setUrl(silent.url());
        socket.open();
        QCOMPARE(socket.sendTextMessage(u"x"_s), 0);
        QCOMPARE(socket.sendBinaryMessage("x"_ba), 0);
        QCOMPARE(socket.status(), WebSocket::Connecting);
        socket.setUrl(QUrl(u"foo"_s));
        QCOMPARE(socket.sendTextMessage(u"x"_s), 0);
        QCOMPARE(socket.status(), WebSocket::Error);
        QVERIFY(!socket.errorString().isEmpty());
        QCOMPARE(sent.count(), 0);
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
            QTRY_COMPARE(socket.status(), WebSocket::Closed);
            QCOMPARE(socket.closeCode(), 1009);
            QCOMPARE(binaries.count(), 0);
        }
    }

    void subprotocolIsKnownWhenOpen()
    {
        WebSocketPeer peer;
        peer.server().setSupportedSubprotocols({u"chat.v2"_s});
        WebSocket socket;
        QString atOpen;
        connect(&socket, &WebSocket::statusChanged, this, [&] {
            if (socket.status() == WebSocket::Open)
                atOpen = socket.negotiatedSubprotocol();
        });
        socket.setRequestedSubprotocols({u"chat.v1"_s, u"chat.v2"_s});
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QCOMPARE(atOpen, u"chat.v2"_s);
        socket.close();
        QTRY_COMPARE(socket.status(), WebSocket::Closed);
        QCOMPARE(socket.negotiatedSubprotocol(), QString());
    }

    void headersAndOrigin()
    {
        const RawPeer peer;
        WebSocket socket;
        socket.setOrigin(u"https://example.org"_s);
        socket.setRequestHeaders(
            {{u"Authorization"_s, u"Bearer x=y"_s}, {u"X-Empty"_s, QString()}});
        socket.setUrl(peer.url());
        socket.open();
        QTRY_VERIFY(peer.request().endsWith("\r\n\r\n"));
        QVERIFY(peer.request().contains("\r\nOrigin: https://example.org\r\n"));
        QVERIFY(peer.request().contains("\r\nAuthorization: Bearer x=y\r\n"));
        QVERIFY(peer.request().contains("\r\nX-Empty: \r\n"));
    }

    void badHeaders_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        QTest::newRow("blank in the name") << u"X Y"_s << u"z"_s;
        QTest::newRow("no name") << QString() << u"z"_s;
        QTest::newRow("line break in the name") << u"X\r\nY"_s << u"z"_s;
        QTest::newRow("line break in the value") << u"X"_s << u"a\r\nY: b"_s;
        QTest::newRow("line feed at the end") << u"X"_s << u"a\n"_s;
        QTest::newRow("NUL") << u"X"_s << (u"a"_s + QChar(0));
        QTest::newRow("not ASCII") << u"X"_s << u"€"_s;
        QTest::newRow("the handshake's own") << u"sec-websocket-KEY"_s << u"a"_s;
        QTest::newRow("hop by hop") << u"Connection"_s << u"close"_s;
    }

    void badHeaders()
    {
        QFETCH(QString, name);
        QFETCH(QString, value);
        const RawPeer peer;
        WebSocket socket;
        socket.setRequestHeaders({{name, value}});
        socket.setUrl(peer.url());
        socket.open();
        QCOMPARE(socket.status(), WebSocket::Error);
        QVERIFY2(socket.errorString().contains("header"_L1), qPrintable(socket.errorString()));
    }

    void ping()
    {
        WebSocketPeer peer;
        WebSocket socket;
        QSignalSpy pongs(&socket, &WebSocket::pongReceived);
        QCOMPARE(socket.roundTripTime(), -1);
        socket.ping();
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        socket.ping();
        QTRY_COMPARE(pongs.count(), 1);
        QVERIFY(socket.roundTripTime() >= 0);
        // The answer to the first of two says nothing of the second.
        socket.ping();
        socket.ping();
        QTRY_COMPARE(pongs.count(), 2);
    }

    void reopens()
    {
        WebSocketPeer peer;
        const quint16 port = peer.server().serverPort();
        WebSocket socket;
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QTRY_COMPARE(peer.connections(), 1U);
        peer.kill();
        QTRY_COMPARE(socket.status(), WebSocket::Error);
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Error);
        peer.listen(port);
        // As one does it with Qt's element.
        socket.setActive(false);
        socket.setActive(true);
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QCOMPARE(socket.errorString(), QString());
        QCOMPARE(socket.closeCode(), 0);
        // Asked twice it stays one connection.
        socket.open();
        QCOMPARE(socket.status(), WebSocket::Open);
        QTRY_COMPARE(peer.connections(), 2U);
    }

    void reopenInsideStatusChanged()
    {
        WebSocketPeer peer;
        WebSocket socket;
        connect(&socket, &WebSocket::statusChanged, this, [&] {
            if (socket.status() == WebSocket::Closed || socket.status() == WebSocket::Error)
                socket.open();
        });
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QTRY_COMPARE(peer.connections(), 1U);
        peer.last()->close();
        QTRY_COMPARE(peer.connections(), 2U);
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        peer.last()->abort();
        QTRY_COMPARE(peer.connections(), 3U);
        QTRY_COMPARE(socket.status(), WebSocket::Open);
    }

    void closeInsideStatusChanged()
    {
        WebSocketPeer peer;
        WebSocket socket;
        connect(&socket, &WebSocket::statusChanged, this, [&] {
            if (socket.status() == WebSocket::Connecting)
                socket.close();
        });
        socket.setUrl(peer.url());
        socket.open();
        QCOMPARE(socket.status(), WebSocket::Closed);
    }

    void anotherUrlWhileOpen()
    {
        WebSocketPeer first;
        WebSocketPeer second;
        WebSocket socket;
        StatusLog statuses(socket);
        socket.setUrl(first.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QTRY_COMPARE(first.connections(), 1U);
        QSignalSpy left(first.last(), &QWebSocket::disconnected);
        socket.setUrl(second.url());
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QTRY_COMPARE(second.connections(), 1U);
        QTRY_COMPARE(left.count(), 1);
        QCOMPARE(statuses.take(),
                 Statuses({WebSocket::Connecting, WebSocket::Open, WebSocket::Closed,
                           WebSocket::Connecting, WebSocket::Open}));
    }

    void destroyedInEveryStatus_data()
    {
        QTest::addColumn<WebSocket::Status>("status");
        QTest::newRow("connecting") << WebSocket::Connecting;
        QTest::newRow("open") << WebSocket::Open;
        QTest::newRow("closing") << WebSocket::Closing;
        QTest::newRow("closed") << WebSocket::Closed;
        QTest::newRow("error") << WebSocket::Error;
    }

    void destroyedInEveryStatus()
    {
        QFETCH(WebSocket::Status, status);
        WebSocketPeer peer;
        peer.server().setSupportedSubprotocols({u"chat"_s});
        const RawPeer silent;
        for (int i = 0; i < 20; ++i) {
            auto socket = std::make_unique<WebSocket>();
            socket->setRequestedSubprotocols({u"chat"_s});
            socket->setUrl(status == WebSocket::Connecting  ? silent.url()
                               : status == WebSocket::Error ? QUrl(u"foo"_s)
                                                            : peer.url());
            socket->open();
            if (status == WebSocket::Open || status == WebSocket::Closing) {
                QTRY_COMPARE(socket->status(), WebSocket::Open);
                QCOMPARE(socket->negotiatedSubprotocol(), u"chat"_s);
            }
            if (status == WebSocket::Closing) {
                socket->sendBinaryMessage(QByteArray(8 << 20, 'x'));
                socket->close();
            }
            if (status == WebSocket::Closed)
                socket->close();
            QCOMPARE(socket->status(), status);
            socket.reset();
        }
    }

    void inQmlItIsADropIn()
    {
        WebSocketPeer peer(true);
        QQmlEngine engine;
        engine.addImportPath(u"qrc:/qt/qml"_s);
        QQmlComponent component(&engine);
        component.setData(R"(
            import QtQml
            import AwesomeChat

            WebSocket {
                id: root

                property list<string> log
                property int binaryLength: -1

                onTextMessageReceived: message => {
                    log.push("< " + message);
                    sendBinaryMessage(new ArrayBuffer(3));
                }
                onBinaryMessageReceived: message => {
                    binaryLength = message.byteLength;
                    active = false;
                }
                onStatusChanged: {
                    if (status === WebSocket.Open)
                        sendTextMessage("from QML");
                    else if (status === WebSocket.Closed)
                        log.push("closed");
                    else if (status === WebSocket.Error)
                        log.push("error " + errorString);
                }
            }
        )"_ba,
                          QUrl(u"qrc:/test.qml"_s));
        const std::unique_ptr<QObject> object(
            component.createWithInitialProperties({{u"url"_s, peer.url()}, {u"active"_s, true}}));
        QVERIFY2(object, qPrintable(component.errorString()));
        QTRY_COMPARE(object->property("log").toStringList(),
                     QStringList({u"< from QML"_s, u"closed"_s}));
        QCOMPARE(object->property("binaryLength").toInt(), 3);
    }
};

QTEST_GUILESS_MAIN(tst_WebSocket)
#include "tst_websocket.moc"
