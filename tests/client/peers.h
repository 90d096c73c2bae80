// SPDX-License-Identifier: MIT
#pragma once

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

/// A TCP server that says \a answer (nothing: is silent) to each request, then hangs up if asked
/// to.
class RawPeer : public QObject
{
    Q_OBJECT

public:
    explicit RawPeer(const QByteArray &answer = {}, bool hangUp = false)
    {
        connect(&m_server, &QTcpServer::newConnection, this, [=, this] {
            QTcpSocket *socket = m_server.nextPendingConnection();
            Q_EMIT connected();
            connect(socket, &QTcpSocket::disconnected, this, &RawPeer::disconnected);
            connect(socket, &QTcpSocket::readyRead, socket, [=, this] {
                m_request += socket->readAll();
                if (!m_request.contains("\r\n\r\n"))
                    return;
                if (!answer.isEmpty())
                    socket->write(answer);
                if (hangUp)
                    socket->disconnectFromHost();
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

Q_SIGNALS:
    void connected();
    void disconnected();

private:
    QTcpServer m_server;
    QByteArray m_request;
};

/// An address of the loopback where nothing listens.
[[nodiscard]] inline QUrl deadUrl()
{
    QTcpServer server;
    if (!server.listen(QHostAddress::LocalHost))
        qFatal("cannot listen");
    return QUrl(QStringLiteral("ws://127.0.0.1:%1").arg(server.serverPort()));
}
