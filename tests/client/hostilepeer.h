// SPDX-License-Identifier: MIT
#pragma once

#include "peers.h"

#include <QTimer>

#include <sys/socket.h>

/// A server that does to whoever connects what no honest one does.
class HostilePeer : public QObject
{
public:
    /// One thing that it does, and what a client should make of it.
    struct Deed
    {
        enum Manner { Answer, Accept, Endless, AcceptEndless, Reset };

        const char *name;
        Manner manner; ///< whether it accepts the handshake, goes on for ever, or ends with a reset
        QByteArray bytes; ///< that it sends then
        bool isClosed; ///< it has closed the connection, as is its right
        int code;
        QString sentence; ///< a part of it
    };

    [[nodiscard]] static QList<Deed> deeds()
    {
        using D = Deed;
        using namespace Qt::Literals::StringLiterals;
        return {
            {"200", D::Answer, "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n<img src=http:/>"_ba,
             false, 1006, u"answered with a page (HTTP 200 OK)"_s},
            {"302", D::Answer,
             "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/elsewhere\r\n\r\n"_ba, false, 1006,
             u"sends you to ws://127.0.0.1:1/elsewhere (HTTP 302 Found)"_s},
            {"bad accept key", D::Answer,
             "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Accept: d3Jvbmc=\r\n\r\n"_ba,
             false, 1006, u"a wrong key"_s},
            {"silent", D::Answer, {}, false, 1006, u"did not answer the WebSocket handshake"_s},
            {"header bomb", D::Endless, "HTTP/1.1 101 Switching Protocols\r\nX: "_ba, false, 1006,
             u"does not come to an end"_s},
            {"endless small headers", D::Endless, "HTTP/1.1 101 Switching Protocols\r\n"_ba, false,
             1006, u"does not come to an end"_s},
            {"huge frame announced", D::AcceptEndless, "\x82\x7f\0\0\1\0\0\0\0\0"_ba, false, 1009,
             u"larger than is accepted"_s},
            {"huge message of small frames", D::AcceptEndless, "\x02\x01x"_ba, false, 1009,
             u"larger than is accepted"_s},
            {"masked frame", D::Accept, "\x81\x81mask\x15"_ba, false, 1002, u"must not mask"_s},
            {"bad UTF-8", D::Accept, "\x81\x02\xc3\x28"_ba, false, 1007, u"not UTF-8"_s},
            {"close 1012", D::Accept, "\x88\x07\x03\xf4later"_ba, true, 1012,
             u"closed cleanly by the server: 1012, service restart, “later”"_s},
            {"close without a code", D::Accept, "\x88\0"_ba, true, 1005,
             u"closed cleanly by the server: 1005, no status received"_s},
            {"reset", D::Reset, {}, false, 1006, u"without a close frame (1006)"_s},
            {"stalled frame", D::Accept, "\x82\x7e\x10\0begun"_ba, false, 1001,
             u"stopped in the middle of a message"_s},
            {"unasked extension", D::Answer, "extension"_ba, false, 1006,
             u"turned on the extension “permessage-deflate”"_s},
            {"unasked subprotocol", D::Answer, "subprotocol"_ba, false, 1006,
             u"chose the subprotocol “unasked”"_s},
        };
    }

    explicit HostilePeer(Deed deed)
        : m_deed(std::move(deed))
    {
        connect(&m_server, &QTcpServer::newConnection, this, [this] {
            ++m_connections;
            QTcpSocket *socket = m_server.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [this, socket] {
                m_request += socket->readAll();
                if (m_request.contains("\r\n\r\n"))
                    perform(*socket, std::exchange(m_request, {}));
            });
        });
        if (!m_server.listen(QHostAddress::LocalHost))
            qFatal("the peer cannot listen");
    }

    [[nodiscard]] QUrl url() const
    {
        return QUrl(QStringLiteral("ws://127.0.0.1:%1").arg(m_server.serverPort()));
    }
    [[nodiscard]] int connections() const { return m_connections; }
    /// Bytes that it has sent.
    [[nodiscard]] qint64 sent() const { return m_sent; }

private:
    void perform(QTcpSocket &socket, const QByteArray &request)
    {
        QByteArray accepted = upgradeAnswer(request);
        switch (m_deed.manner) {
        case Deed::Answer:
            if (m_deed.bytes == "extension")
                write(socket, with(accepted, "Sec-WebSocket-Extensions: permessage-deflate"));
            else if (m_deed.bytes == "subprotocol")
                write(socket, with(accepted, "Sec-WebSocket-Protocol: unasked"));
            else
                write(socket, m_deed.bytes);
            break;
        case Deed::Accept:
            write(socket, accepted + m_deed.bytes);
            break;
        case Deed::Endless:
        case Deed::AcceptEndless: {
            write(socket, m_deed.manner == Deed::Endless ? m_deed.bytes : accepted + m_deed.bytes);
            const bool isSmall = QByteArrayView(m_deed.name).contains("small");
            const QByteArray more = !isSmall ? QByteArray(1 << 20, 'x')
                : m_deed.manner == Deed::Endless
                ? QByteArray("X: y\r\n").repeated(100'000)
                : (QByteArray("\0\x7e\x10\0", 4) + QByteArray(4096, 'x')).repeated(256);
            // No more than the other end takes.
            connect(&socket, &QTcpSocket::bytesWritten, &socket, [this, &socket, more] {
                if (socket.bytesToWrite() < more.size())
                    write(socket, more);
            });
            break;
        }
        case Deed::Reset:
            write(socket, accepted);
            connect(&socket, &QTcpSocket::bytesWritten, &socket, [&socket] {
                const linger now{1, 0};
                ::setsockopt(int(socket.socketDescriptor()), SOL_SOCKET, SO_LINGER, &now,
                             sizeof now);
                socket.abort();
            });
            break;
        }
    }

    void write(QTcpSocket &socket, const QByteArray &bytes)
    {
        m_sent += bytes.size();
        socket.write(bytes);
    }

    [[nodiscard]] static QByteArray with(QByteArray answer, const QByteArray &header)
    {
        return answer.insert(answer.size() - 2, header + "\r\n");
    }

    Deed m_deed;
    QTcpServer m_server;
    QByteArray m_request;
    qint64 m_sent = 0;
    int m_connections = 0;
};
