// SPDX-License-Identifier: MIT
#pragma once

#include "peers.h"

#include <QSslServer>
#include <QThread>
#include <QtEndian>

#include <atomic>
#include <functional>
#include <mutex>

/// A WebSocket server on a thread of its own that sends messages as fast as they are taken, and
/// reads what it is sent meanwhile.
class FloodPeer
{
public:
    struct Script
    {
        /// How many messages each client is sent.
        qint64 count = 0;
        /// The payload of the message of that number, from 0.
        std::function<QByteArray(qint64 number)> payload;
        /// A close frame or other bytes that come after them; then it hangs up.
        QByteArray end = {};
        /// With a certificate it speaks TLS.
        QSslConfiguration tls = {};
    };

    explicit FloodPeer(const Script &script)
        : m_script(script)
    {
        m_context.moveToThread(&m_thread);
        m_thread.start();
        QMetaObject::invokeMethod(
            &m_context, [this] { listen(); }, Qt::BlockingQueuedConnection);
    }
    ~FloodPeer()
    {
        QMetaObject::invokeMethod(
            &m_context, [this] { m_server.reset(); }, Qt::BlockingQueuedConnection);
        m_thread.quit();
        m_thread.wait();
    }
    Q_DISABLE_COPY_MOVE(FloodPeer)

    [[nodiscard]] QUrl url() const
    {
        return QUrl(
            (isTls() ? QStringLiteral("wss://localhost:") : QStringLiteral("ws://127.0.0.1:"))
            + QString::number(m_port));
    }
    /// How many bytes the system has taken, of all connections.
    [[nodiscard]] qint64 sent() const { return m_sent; }
    [[nodiscard]] int connections() const { return m_connections; }
    /// What came after the requests, as it came.
    [[nodiscard]] QByteArray frames() const
    {
        const std::lock_guard lock(m_mutex);
        return m_frames;
    }
    /// A number, and dots up to \a size.
    [[nodiscard]] static QByteArray numbered(qint64 number, qsizetype size)
    {
        return QByteArray::number(number).leftJustified(size, '.');
    }
    /// An unmasked frame (RFC 6455 section 5.2).
    [[nodiscard]] static QByteArray frame(char opcode, const QByteArray &payload)
    {
        QByteArray result(1, static_cast<char>(0x80 | opcode));
        if (payload.size() < 126) {
            result += static_cast<char>(payload.size());
        } else if (payload.size() <= 0xffff) {
            char length[2];
            qToBigEndian(static_cast<quint16>(payload.size()), length);
            result += char(126) + QByteArray(length, sizeof length);
        } else {
            char length[8];
            qToBigEndian(static_cast<quint64>(payload.size()), length);
            result += char(127) + QByteArray(length, sizeof length);
        }
        return result + payload;
    }

private:
    static constexpr qint64 blockSize = 256 * 1024;

    struct Client
    {
        QByteArray request;
        qint64 next = 0; // message
        bool accepted = false;
    };

    [[nodiscard]] bool isTls() const { return !m_script.tls.localCertificate().isNull(); }

    void listen()
    {
        if (isTls()) {
            auto server = std::make_unique<QSslServer>();
            server->setSslConfiguration(m_script.tls);
            m_server = std::move(server);
        } else {
            m_server = std::make_unique<QTcpServer>();
        }
        QObject::connect(m_server.get(), &QTcpServer::pendingConnectionAvailable, m_server.get(),
                         [this] { welcome(m_server->nextPendingConnection()); });
        if (!m_server->listen(QHostAddress::LocalHost))
            qFatal("the peer cannot listen");
        m_port = m_server->serverPort();
    }

    void welcome(QTcpSocket *socket)
    {
        ++m_connections;
        auto client = std::make_shared<Client>();
        QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        const auto onWritten = [=, this](qint64 bytes) {
            m_sent += bytes;
            flood(socket, *client);
        };
        if (auto *tls = qobject_cast<QSslSocket *>(socket))
            QObject::connect(tls, &QSslSocket::encryptedBytesWritten, tls, onWritten);
        else
            QObject::connect(socket, &QTcpSocket::bytesWritten, socket, onWritten);
        QObject::connect(socket, &QTcpSocket::readyRead, socket, [=, this] {
            if (client->accepted) {
                const std::lock_guard lock(m_mutex);
                m_frames += socket->readAll();
                return;
            }
            client->request += socket->readAll();
            if (!client->request.contains("\r\n\r\n"))
                return;
            client->accepted = true;
            socket->write(upgradeAnswer(client->request));
        });
    }

    void flood(QTcpSocket *socket, Client &client)
    {
        const auto waiting = [socket] {
            const auto *tls = qobject_cast<QSslSocket *>(socket);
            return socket->bytesToWrite() + (tls ? tls->encryptedBytesToWrite() : 0);
        };
        if (!client.accepted || waiting() > blockSize)
            return;
        QByteArray block;
        while (client.next < m_script.count && block.size() < blockSize)
            block += frame(1, m_script.payload(client.next++));
        if (client.next == m_script.count && !m_script.end.isEmpty()) {
            ++client.next; // only once
            block += m_script.end;
        }
        if (!block.isEmpty())
            socket->write(block);
        else if (client.next > m_script.count && waiting() == 0)
            socket->disconnectFromHost();
    }

    const Script m_script;
    QThread m_thread;
    QObject m_context;
    std::unique_ptr<QTcpServer> m_server; // in the thread, as its sockets are
    std::atomic<qint64> m_sent = 0;
    std::atomic<int> m_connections = 0;
    std::atomic<quint16> m_port = 0;
    mutable std::mutex m_mutex;
    QByteArray m_frames;
};
