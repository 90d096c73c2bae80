// SPDX-License-Identifier: MIT
#pragma once

#include "socketchannel.h"
#include "socketrequest.h"

#include <QThread>

/*!
    A WebSocket connection on a thread of its own; this is how its owner, in another thread, has it.

    It connects when it is started. What happens waits to be taken, in order, bounded as
    SocketChannel says. None of the functions waits for the socket, but the destructor: until the
    thread is through with the message that it is in the middle of.
*/
class SocketWorker : public QThread
{
    Q_OBJECT

public:
    SocketWorker(const SocketRequest &request, QObject *parent);
    ~SocketWorker() override;

    /// Sends \a text if the connection is open. Returns how many bytes of payload that is.
    qint64 sendText(const QString &text);
    /// Sends \a bytes if the connection is open. Returns how many that is.
    qint64 sendBinary(const QByteArray &bytes);
    /// Sends a ping; an event has its \a number when its pong has come, unless another was sent.
    void ping(quint64 number);
    /// Closes an open connection. It ends with an event, however the peer behaves.
    void close(int code, const QString &reason);
    void setLimits(const SocketLimits &limits);
    /// Parts with the connection, and deletes this when that is done. What was sent before goes
    /// out as far as the system takes it at once; there are no further events.
    void leave();

    /// See SocketChannel.
    [[nodiscard]] bool beginTaking() { return m_channel.beginTaking(); }
    [[nodiscard]] std::unique_ptr<SocketEvent::Any> take(bool withMessages)
    {
        return m_channel.take(withMessages);
    }
    [[nodiscard]] bool isOpen() const { return m_channel.isOpen(); }
    [[nodiscard]] qint64 bytesToWrite() const { return m_channel.bytesToWrite(); }

Q_SIGNALS:
    /// There are events to take, or bytesToWrite() has changed. Said once until beginTaking().
    void eventsWaiting();
    /// There are commands to do.
    void commandsWaiting(QPrivateSignal);

protected:
    void run() override;

private:
    void post(std::function<void(SocketConnection &)> run, qint64 bytes = 0);

    SocketRequest m_request;
    SocketChannel m_channel;
};
