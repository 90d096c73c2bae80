// SPDX-License-Identifier: MIT
#include "upgrader.h"

#include <QCoreApplication>
#include <QTcpSocket>
#include <QWebSocket>
#include <QWebSocketServer>

#include <algorithm>
#include <memory>

using namespace Qt::Literals::StringLiterals;

namespace {

/// What QWebSocketServer takes for a peer that sends the head and reads the answer.
class MemorySocket : public QTcpSocket
{
public:
    explicit MemorySocket(const QByteArray &head)
        : m_unread(head)
    {
        setOpenMode(QIODevice::ReadWrite | QIODevice::Unbuffered);
        setSocketState(QAbstractSocket::ConnectedState);
    }
    ~MemorySocket() override
    {
        // ~QAbstractSocket would call virtual functions of what is no longer there.
        setOpenMode(QIODevice::NotOpen);
        setSocketState(QAbstractSocket::UnconnectedState);
    }

    [[nodiscard]] const QByteArray &written() const { return m_written; }

    [[nodiscard]] qint64 bytesAvailable() const override
    {
        return m_unread.size() + QTcpSocket::bytesAvailable();
    }
    void disconnectFromHost() override { }

protected:
    qint64 readData(char *data, qint64 maxSize) override
    {
        const qsizetype count = std::min<qsizetype>(maxSize, m_unread.size());
        std::copy_n(m_unread.begin(), count, data);
        m_unread = m_unread.sliced(count);
        return count;
    }
    qint64 writeData(const char *data, qint64 size) override
    {
        m_written.append(data, size);
        return size;
    }

private:
    QByteArrayView m_unread;
    QByteArray m_written;
};

} // namespace

Upgrader::Upgrader() = default;
Upgrader::~Upgrader() = default;

QByteArray Upgrader::answer(const QByteArray &head, const QByteArray &subprotocol)
{
    if (!m_server) {
        m_server = std::make_unique<QWebSocketServer>(u"awesome-chat-server"_s,
                                                      QWebSocketServer::NonSecureMode);
        m_server->setHandshakeTimeout(-1); // all of the head is here: no timer for each
    }
    m_server->setSupportedSubprotocols(
        subprotocol.isEmpty() ? QStringList() : QStringList(QString::fromLatin1(subprotocol)));
    MemorySocket socket(head);
    m_server->handleConnection(&socket);
    // It would read from the event loop.
    QCoreApplication::sendPostedEvents(m_server.get(), QEvent::MetaCall);
    const QByteArray answer = socket.written();
    const std::unique_ptr<QWebSocket> webSocket(m_server->nextPendingConnection());
    return webSocket ? answer : QByteArray();
}
