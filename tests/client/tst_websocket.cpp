// SPDX-License-Identifier: MIT
#include "peers.h"
#include "statuslog.h"
#include "websocket.h"

#include <QQmlComponent>
#include <QQmlEngine>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

class tst_WebSocket : public QObject
{
    Q_OBJECT

    using Statuses = QList<WebSocket::Status>;

    /// What a client says of itself in QML, written for Qt's element and for ours alike.
    static constexpr auto dropIn = R"(
        WebSocket {
            id: root

            property list<string> log

            onTextMessageReceived: message => {
                log.push("< " + message);
                sendBinaryMessage(new ArrayBuffer(3));
            }
            onBinaryMessageReceived: message => {
                log.push("< " + message.byteLength + " bytes");
                active = false;
            }
            onStatusChanged: status => {
                if (status === WebSocket.Open)
                    sendTextMessage("from QML");
                log.push("status " + status + " " + root.status);
            }
            onActiveChanged: isActive => log.push("active " + isActive)
            onErrorStringChanged: errorString => log.push("error " + (errorString.length > 0))
        }
    )";

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
        // Whoever asks knows which answer is whose.
        const quint64 first = socket.ping();
        const quint64 second = socket.ping();
        QTRY_COMPARE(pongs.count(), 3);
        QCOMPARE(pongs.at(1).at(0).toULongLong(), first);
        QCOMPARE(pongs.at(2).at(0).toULongLong(), second);
        QVERIFY(first < second);
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

    void noUrlIsNoConnection()
    {
        const RawPeer silent;
        WebSocket socket;
        socket.setUrl(silent.url());
        socket.open();
        QCOMPARE(socket.status(), WebSocket::Connecting);
        socket.setUrl(QUrl());
        QCOMPARE(socket.status(), WebSocket::Closed);
    }

    void closeCodesThatCannotBeSent()
    {
        WebSocketPeer peer;
        WebSocket socket;
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"close code 1006 cannot be sent"_s));
        socket.close(1006, u"€"_s.repeated(100));
        QTRY_COMPARE(socket.status(), WebSocket::Closed);
        QCOMPARE(socket.closeCode(), 1000);
        QCOMPARE(socket.closeReason(), u"€"_s.repeated(41)); // 3 bytes each, of 123
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

    void inQmlItIsADropIn_data()
    {
        QTest::addColumn<QByteArray>("import");
        QTest::newRow("Qt's element") << "import QtWebSockets"_ba;
        QTest::newRow("ours") << "import AwesomeChat"_ba;
    }

    void inQmlItIsADropIn()
    {
        QFETCH(QByteArray, import);
        WebSocketPeer peer(true);
        QQmlEngine engine;
        engine.addImportPath(u"qrc:/qt/qml"_s);
        QQmlComponent component(&engine);
        component.setData("import QtQml\n" + import + dropIn, QUrl(u"qrc:/test.qml"_s));
        QVERIFY2(component.isReady(), qPrintable(component.errorString()));
        const std::unique_ptr<QObject> object(
            component.createWithInitialProperties({{u"url"_s, peer.url()}, {u"active"_s, true}}));
        QTRY_VERIFY(object->property("log").toStringList().endsWith(u"status 3 3"_s));
        QStringList log = object->property("log").toStringList();
        log.removeAll(u"error false"_s); // Qt's begins with an error that is none
        QCOMPARE(
            log,
            QStringList({u"active true"_s, u"status 0 0"_s, u"status 1 1"_s, u"< from QML"_s,
                         u"< 3 bytes"_s, u"active false"_s, u"status 2 2"_s, u"status 3 3"_s}));
    }
};

QTEST_GUILESS_MAIN(tst_WebSocket)
#include "tst_websocket.moc"
