// SPDX-License-Identifier: MIT
#pragma once

#include "serveroptions.h"

#include <QByteArray>
#include <QList>
#include <QTcpSocket>
#include <QUrl>
#include <QVariant>
#include <QWebSocket>

/// Listens on 127.0.0.1 at any free port and does not greet.
[[nodiscard]] ServerOptions quietLoopbackOptions();

/// Whether this machine has ::1, so that a test knows which behaviour to expect.
[[nodiscard]] bool hasIPv6Loopback();

/*!
    A QWebSocket that keeps what it receives.
*/
class TestClient : public QWebSocket
{
    Q_OBJECT

public:
    TestClient();
    ~TestClient() override;

    [[nodiscard]] bool isOpen() const { return state() == QAbstractSocket::ConnectedState; }
    [[nodiscard]] bool isClosed() const { return m_isClosed; }
    /// Messages in their order: a QString is text, a QByteArray is binary.
    [[nodiscard]] const QVariantList &received() const { return m_received; }

private:
    QVariantList m_received;
    bool m_isClosed = false;
};

/// The request for an upgrade of RFC 6455 1.3, as short as it may be.
[[nodiscard]] QByteArray upgradeRequest();

/*!
    A WebSocket client one level down, which can do what QWebSocket does not: fragment as it
    likes, stop reading, and leave a Close frame unanswered.
*/
class RawClient : public QObject
{
    Q_OBJECT

public:
    enum Opcode { Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };

    struct Frame
    {
        bool isFinal;
        int opcode;
        QByteArray payload;
    };

    /// Connects to \a url and asks for an upgrade.
    void open(const QUrl &url);
    /// Will connect from \a port of the loopback (0: a free one), which another client may use too.
    void bind(quint16 port)
    {
        m_socket.bind(QHostAddress::LocalHost, port, QTcpSocket::ReuseAddressHint);
    }
    /// Asks for the upgrade that openTcp() has not asked for.
    void upgrade();
    /// Connects to \a url and says nothing.
    void openTcp(const QUrl &url);
    void send(Opcode opcode, const QByteArray &payload, bool isFinal = true);
    void sendRaw(const QByteArray &bytes) { m_socket.write(bytes); }
    /// From now on nothing is read, not even the end of the connection.
    void stopReading();
    void resumeReading();
    /// What has come that is no frame, as the answer to a request that was refused.
    [[nodiscard]] QByteArray input() const { return m_input; }
    void abort() { m_socket.abort(); }
    /// Ends its direction of TCP, once all is written, and reads on.
    void endInput();

    [[nodiscard]] qint64 bytesToWrite() const { return m_socket.bytesToWrite(); }
    [[nodiscard]] quint16 localPort() const { return m_socket.localPort(); }
    [[nodiscard]] bool isUpgraded() const { return m_isUpgraded; }
    [[nodiscard]] bool isConnected() const
    {
        return m_socket.state() == QAbstractSocket::ConnectedState;
    }
    [[nodiscard]] const QList<Frame> &frames() const { return m_frames; }
    /// Of the Close frame received, or 0.
    [[nodiscard]] int closeCode() const;
    [[nodiscard]] QByteArray closeReason() const;

private:
    void parse();

    QTcpSocket m_socket;
    QByteArray m_input;
    QList<Frame> m_frames;
    bool m_isUpgraded = false;
    bool m_isReading = true;
};
