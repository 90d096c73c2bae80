// SPDX-License-Identifier: MIT
#include "socketworker.h"

#include "maskedframe.h"
#include "socketconnection.h"

#include <utility>

using namespace Qt::Literals::StringLiterals;

SocketWorker::SocketWorker(const SocketRequest &request, QObject *parent)
    : QThread(parent)
    , m_request(request)
{
    setObjectName(u"WebSocket"_s); // which debuggers show
}

SocketWorker::~SocketWorker()
{
    leave();
    wait();
}

void SocketWorker::run()
{
    SocketConnection connection(m_request, m_channel);
    connect(&connection, &SocketConnection::eventsWaiting, this, &SocketWorker::eventsWaiting);
    connect(this, &SocketWorker::commandsWaiting, &connection, &SocketConnection::runCommands);
    connection.open();
    connection.runCommands(); // those that were here before
    exec();
    connection.leave();
}

void SocketWorker::leave()
{
    if (isRunning())
        connect(this, &QThread::finished, this, &QObject::deleteLater, Qt::UniqueConnection);
    else
        deleteLater();
    m_channel.stop();
    quit();
}

qint64 SocketWorker::sendText(const QString &text)
{
    const qint64 size = text.toUtf8().size();
    post([text](SocketConnection &connection) { connection.sendText(text); },
         maskedFrameSize(size));
    return size;
}

qint64 SocketWorker::sendBinary(const QByteArray &bytes)
{
    post([bytes](SocketConnection &connection) { connection.sendBinary(bytes); },
         maskedFrameSize(bytes.size()));
    return bytes.size();
}

void SocketWorker::ping(quint64 number)
{
    post([number](SocketConnection &connection) { connection.ping(number); });
}

void SocketWorker::close(int code, const QString &reason)
{
    post([code, reason](SocketConnection &connection) { connection.close(code, reason); });
}

void SocketWorker::setLimits(const SocketLimits &limits)
{
    post([limits](SocketConnection &connection) { connection.setLimits(limits); });
}

void SocketWorker::post(std::function<void(SocketConnection &)> run, qint64 bytes)
{
    if (m_channel.post({std::move(run), bytes}))
        Q_EMIT commandsWaiting(QPrivateSignal());
}
