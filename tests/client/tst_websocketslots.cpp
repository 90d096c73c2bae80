// SPDX-License-Identifier: MIT
#include "peers.h"
#include "websocket.h"

#include <QRegularExpression>
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

/// What may be done to a socket while it speaks, and when it may go.
class tst_WebSocketSlots : public QObject
{
    Q_OBJECT

private Q_SLOTS:
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
};

QTEST_GUILESS_MAIN(tst_WebSocketSlots)
#include "tst_websocketslots.moc"
