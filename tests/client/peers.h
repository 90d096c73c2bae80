// SPDX-License-Identifier: MIT
#pragma once

#include <QCryptographicHash>
#include <QObject>
#include <QTcpServer>
#include <QTcpSocket>
#include <QUrl>
#include <QWebSocket>
#include <QWebSocketServer>

#include <memory>
#include <vector>

/// A WebSocket server for one test, on a free port of the loopback.
class WebSocketPeer : public QObject
{
    Q_OBJECT

public:
    explicit WebSocketPeer(bool echo = false)
        : m_server(QStringLiteral("peer"), QWebSocketServer::NonSecureMode)
    {
        connect(&m_server, &QWebSocketServer::newConnection, this, [this, echo] {
            while (QWebSocket *socket = m_server.nextPendingConnection()) {
                m_sockets.emplace_back(socket);
                connect(socket, &QWebSocket::textMessageReceived, this,
                        [=, this](const QString &text) {
                            Q_EMIT received(text);
                            if (echo)
                                socket->sendTextMessage(text);
                        });
                connect(socket, &QWebSocket::binaryMessageReceived, this,
                        [=, this](const QByteArray &bytes) {
                            Q_EMIT receivedBinary(bytes);
                            if (echo)
                                socket->sendBinaryMessage(bytes);
                        });
                Q_EMIT connected(socket);
            }
        });
        listen();
    }

    void listen(quint16 port = 0)
    {
        if (!m_server.listen(QHostAddress::LocalHost, port))
            qFatal("the peer cannot listen");
    }
    /// Stops listening, and drops everybody without a close frame.
    void kill()
    {
        m_server.close();
        for (const auto &socket : m_sockets)
            socket->abort();
    }
    [[nodiscard]] QWebSocketServer &server() { return m_server; }
    [[nodiscard]] QUrl url() const { return m_server.serverUrl(); }
    [[nodiscard]] QWebSocket *last() const { return m_sockets.back().get(); }
    [[nodiscard]] std::size_t connections() const { return m_sockets.size(); }

Q_SIGNALS:
    void connected(QWebSocket *socket);
    void received(const QString &text);
    void receivedBinary(const QByteArray &bytes);

private:
    QWebSocketServer m_server;
    std::vector<std::unique_ptr<QWebSocket>> m_sockets;
};

/// The answer that accepts the WebSocket handshake \a request (RFC 6455 section 4.2.2).
[[nodiscard]] inline QByteArray upgradeAnswer(const QByteArray &request)
{
    const qsizetype begin = request.indexOf("Sec-WebSocket-Key: ") + 19;
    const QByteArray key = request.sliced(begin, request.indexOf('\r', begin) - begin);
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: "
        + QCryptographicHash::hash(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
                                   QCryptographicHash::Sha1)
              .toBase64()
        + "\r\n\r\n";
}

/// A TCP server that says what it is told to each request, byte by byte.
class RawPeer : public QObject
{
    Q_OBJECT

public:
    enum Manner { Stay, HangUp, Accept };

    /// Says \a answer to a request; then it stays or hangs up. With Accept the answer comes after
    /// one that accepts the handshake.
    explicit RawPeer(const QByteArray &answer = {}, Manner manner = Stay)
    {
        connect(&m_server, &QTcpServer::newConnection, this, [=, this] {
            m_socket = m_server.nextPendingConnection();
            m_request.clear();
            Q_EMIT connected();
            connect(m_socket, &QTcpSocket::disconnected, this, &RawPeer::disconnected);
            connect(m_socket, &QTcpSocket::readyRead, m_socket, [=, this] {
                if (m_request.contains("\r\n\r\n")) {
                    m_frames += m_socket->readAll();
                    return;
                }
                m_request += m_socket->readAll();
                if (!m_request.contains("\r\n\r\n"))
                    return;
                m_socket->write(manner == Accept ? upgradeAnswer(m_request) + answer : answer);
                if (manner == HangUp)
                    m_socket->disconnectFromHost();
            });
        });
        if (!m_server.listen(QHostAddress::LocalHost))
            qFatal("the peer cannot listen");
    }

    [[nodiscard]] quint16 port() const { return m_server.serverPort(); }
    [[nodiscard]] QUrl url(const QString &rest = {}) const
    {
        return QUrl(QStringLiteral("ws://127.0.0.1:%1%2").arg(port()).arg(rest));
    }
    [[nodiscard]] QByteArray request() const { return m_request; }
    /// What came after the request.
    [[nodiscard]] QByteArray frames() const { return m_frames; }
    [[nodiscard]] QTcpSocket *last() const { return m_socket; }

Q_SIGNALS:
    void connected();
    void disconnected();

private:
    QTcpServer m_server;
    QTcpSocket *m_socket = nullptr;
    QByteArray m_request;
    QByteArray m_frames;
};

/// An address of the loopback where nothing listens.
[[nodiscard]] inline QUrl deadUrl()
{
    QTcpServer server;
    if (!server.listen(QHostAddress::LocalHost))
        qFatal("cannot listen");
    return QUrl(QStringLiteral("ws://127.0.0.1:%1").arg(server.serverPort()));
}
