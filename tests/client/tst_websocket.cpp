// SPDX-License-Identifier: MIT
#include "peers.h"
#include "websocket.h"

#include <QQmlComponent>
#include <QQmlEngine>
#include <QSignalSpy>
#include <QTest>

#include <functional>

using namespace Qt::Literals::StringLiterals;

/// A slot for a signal that is known by its name only.
class SlotCaller : public QObject
{
    Q_OBJECT

public:
    explicit SlotCaller(std::function<void()> action)
        : m_action(std::move(action))
    {
    }

public Q_SLOTS:
    void call() { m_action(); }

private:
    std::function<void()> m_action;
};

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
        QVERIFY2(socket.errorString().contains("within 0.2 s"_L1),
                 qPrintable(socket.errorString()));
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
            QTRY_COMPARE(socket.status(), WebSocket::Error);
            QCOMPARE(socket.closeCode(), 1009);
            QVERIFY2(socket.errorString().contains("larger than is accepted"_L1),
                     qPrintable(socket.errorString()));
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
        QTRY_COMPARE(socket.status(), WebSocket::Closed);
        QCOMPARE(socket.isActive(), false);
    }

    void anythingIsAllowedInASlot_data()
    {
        QTest::addColumn<QByteArray>("signal");
        QTest::addColumn<QByteArray>("action");
        const QByteArrayList signalNames{"statusChanged",      "errorStringChanged",
                                         "closeCodeChanged",   "closeReasonChanged",
                                         "activeChanged",      "negotiatedSubprotocolChanged",
                                         "bytesToWriteChanged"};
        for (const QByteArray &signal : signalNames) {
            for (const auto *action : {"close", "open", "again", "url", "no url", "send", "ping"})
                QTest::addRow("%s, %s", signal.constData(), action) << signal << QByteArray(action);
        }
    }

    /// Each signal, while connecting, talking, closing, being dropped and being refused.
    void anythingIsAllowedInASlot()
    {
        QFETCH(QByteArray, signal);
        QFETCH(QByteArray, action);
        WebSocketPeer peer;
        peer.server().setSupportedSubprotocols({u"chat"_s});
        WebSocketPeer other;
        WebSocket socket;
        socket.setRequestedSubprotocols({u"chat"_s});
        int calls = 0;
        const std::function<void()> act = [&] {
            if (++calls > 20) // open() in a slot goes on for ever, by its own wish
                return;
            if (action == "close")
                socket.close(3000, u"in a slot"_s);
            else if (action == "open")
                socket.open();
            else if (action == "again")
                socket.setActive(!socket.isActive());
            else if (action == "url")
                socket.setUrl(calls % 2 == 1 ? other.url() : peer.url());
            else if (action == "no url")
                socket.setUrl(QUrl());
            else if (action == "send")
                socket.sendTextMessage(u"in a slot"_s);
            else
                socket.ping();
        };
        const int index = socket.metaObject()->indexOfSignal(
            signal == "statusChanged"            ? "statusChanged(WebSocket::Status)"
                : signal == "errorStringChanged" ? "errorStringChanged(QString)"
                : signal == "activeChanged"      ? "activeChanged(bool)"
                                                 : (signal + "()").constData());
        QVERIFY(index != -1);
        SlotCaller caller(act);
        connect(&socket, socket.metaObject()->method(index), &caller,
                caller.metaObject()->method(caller.metaObject()->indexOfSlot("call()")));

        // The statuses, as somebody who listens later than the slot hears them.
        QList<WebSocket::Status> heard;
        connect(&socket, &WebSocket::statusChanged, this, [&](WebSocket::Status status) {
            QCOMPARE(socket.status(), status);
            QVERIFY(heard.isEmpty() || heard.last() != status);
            heard += status;
        });

        QTest::failOnWarning(QRegularExpression(u".?"_s));
        for (const char *step : {"open", "send", "drop", "open", "close", "refused", "open"}) {
            if (qstrcmp(step, "open") == 0) {
                socket.setUrl(peer.url());
                socket.open();
            } else if (qstrcmp(step, "send") == 0) {
                socket.sendTextMessage(u"hello"_s);
            } else if (qstrcmp(step, "drop") == 0 && peer.connections() > 0) {
                peer.last()->abort();
            } else if (qstrcmp(step, "close") == 0 && peer.connections() > 0
                       && peer.last()->isValid()) {
                peer.last()->close(QWebSocketProtocol::CloseCodeGoingAway, u"bye"_s);
            } else if (qstrcmp(step, "refused") == 0) {
                socket.setUrl(deadUrl());
            }
            // Until nothing happens any more, or what goes on for ever has gone on for long.
            QTRY_VERIFY(socket.status() != WebSocket::Connecting
                        && socket.status() != WebSocket::Closing);
        }
        // It can still be told what to do.
        calls = 100;
        socket.close();
        QTRY_COMPARE(socket.status() == WebSocket::Closed || socket.status() == WebSocket::Error,
                     true);
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QVERIFY(socket.sendTextMessage(u"still here"_s) > 0);
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
        QTest::newRow("1013") << "\x88\x02\x03\xf5"_ba << 1002 << u"not known here"_s;
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
