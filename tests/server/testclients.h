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

/// \a url, asking for \a query.
[[nodiscard]] QUrl withQuery(QUrl url, const QString &query);

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

/// The request for an upgrade of RFC 6455 1.3, as short as it may be, with more \a headers, each
/// with its CRLF.
[[nodiscard]] QByteArray upgradeRequest(const QByteArray &target = QByteArrayLiteral("/"),
                                        const QByteArray &headers = {});

/*!
    A WebSocket client one level down, which can do what QWebSocket does not: fragment as it
    likes, stop reading, and leave a Close frame unanswered.
*/
class RawClient : public QObject
{
    Q_OBJECT

public:
    enum Opcode { Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };
    /// How the peer has ended the TCP connection.
    enum class End { None, Fin, Reset };

    struct Frame
    {
        bool isFinal;
        int opcode;
        QByteArray payload;
    };

    RawClient() = default;
    ~RawClient() override;

    /// \a frame in short: its first byte and its payload.
    [[nodiscard]] static QByteArray bytesOf(const Frame &frame);

    /// Connects to \a url and asks for an upgrade, with more \a headers, each with its CRLF.
    void open(const QUrl &url, const QByteArray &headers = {});
    /// Will connect from \a port of the loopback (0: a free one), which another client may use too.
    void bind(quint16 port)
    {
        m_socket.bind(QHostAddress::LocalHost, port, QTcpSocket::ReuseAddressHint);
    }
    /// Will connect with a small buffer in the kernel, which is full soon when nothing is read.
    void bindWithSmallBuffer();
    /// Will do as stopReading() once it is upgraded.
    void stopReadingOnceUpgraded() { m_isToStopReading = true; }
    /// Asks for the upgrade that openTcp() has not asked for.
    void upgrade();
    /// Connects to \a url and says nothing.
    void openTcp(const QUrl &url);
    void send(Opcode opcode, const QByteArray &payload, bool isFinal = true);
    void sendRaw(const QByteArray &bytes) { m_socket.write(bytes); }
    /// From now on nothing is read, not even the end of the connection.
    void stopReading();
    void resumeReading();
    /// The head of the answer that has upgraded the connection.
    [[nodiscard]] QByteArray head() const { return m_head; }
    /// What has come that is no frame, as the answer to a request that was refused.
    [[nodiscard]] QByteArray input() const { return m_input; }
    void abort();
    /// Ends its direction of TCP, once all is written, and reads on.
    void endInput();

    [[nodiscard]] qint64 bytesToWrite() const { return m_socket.bytesToWrite(); }
    [[nodiscard]] quint16 localPort() const { return m_socket.localPort(); }
    [[nodiscard]] bool isUpgraded() const { return m_isUpgraded; }
    [[nodiscard]] bool isConnected() const
    {
        return m_socket.state() == QAbstractSocket::ConnectedState;
    }
    [[nodiscard]] End end() const { return m_end; }
    [[nodiscard]] const QList<Frame> &frames() const { return m_frames; }
    /// All of frames(), each in short.
    [[nodiscard]] QByteArrayList received() const;
    /// Of the Close frame received, 1005 when it has none (RFC 6455 7.1.5), or 0.
    [[nodiscard]] int closeCode() const;
    [[nodiscard]] QByteArray closeReason() const;

private:
    void parse();
    void findOutHowItEnded();
    void closeDuplicate();

    QTcpSocket m_socket;
    int m_duplicate = -1; // of its descriptor, which tells how the connection has ended
    quint64 m_bytesRead = 0;
    QByteArray m_target;
    QByteArray m_headers;
    QByteArray m_head;
    QByteArray m_input;
    QList<Frame> m_frames;
    End m_end = End::None;
    bool m_isUpgraded = false;
    bool m_isReading = true;
    bool m_isToStopReading = false;
};
