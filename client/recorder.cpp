// SPDX-License-Identifier: MIT
#include "recorder.h"

#include "websocket.h"

using namespace Qt::Literals::StringLiterals;

namespace {

Entry::Kind kindOf(ReceivedMessage::Kind kind)
{
    return kind == ReceivedMessage::Text ? Entry::Text : Entry::Binary;
}

} // namespace

Recorder::Recorder(QObject *parent)
    : QObject(parent)
{
}

Recorder::~Recorder() = default;

WebSocket *Recorder::socket() const
{
    return m_socket;
}

void Recorder::setSocket(WebSocket *socket)
{
    if (m_socket)
        m_socket->disconnect(this);
    m_socket = socket;
    if (!socket)
        return;
    connect(socket, &WebSocket::statusChanged, this, &Recorder::onStatusChanged);
    connect(socket, &WebSocket::messagesReceived, this,
            [this](const QList<ReceivedMessage> &messages) {
                for (const ReceivedMessage &message : messages) {
                    Q_EMIT recorded({Entry::Received, kindOf(message.kind),
                                     QDateTime::fromMSecsSinceEpoch(message.time, Qt::UTC),
                                     message.payload, message.roundTrip});
                }
            });
    connect(socket, &WebSocket::messageSent, this,
            [this](quint64, ReceivedMessage::Kind kind, const QByteArray &payload) {
                record(Entry::Sent, kindOf(kind), payload);
            });
}

void Recorder::onStatusChanged()
{
    switch (m_socket->status()) {
    case WebSocket::Open:
        record(Entry::Local, Entry::Opened, "socket open"_ba);
        break;
    case WebSocket::Closed:
        record(Entry::Local, Entry::Closed, "socket "_ba + m_socket->ending().toUtf8());
        break;
    case WebSocket::Error:
        record(Entry::Local, Entry::Failed, "socket error: "_ba + m_socket->ending().toUtf8());
        break;
    case WebSocket::Connecting:
    case WebSocket::Closing:
        break;
    }
}

void Recorder::record(Entry::Direction direction, Entry::Kind kind, const QByteArray &payload)
{
    Q_EMIT recorded({direction, kind, QDateTime::currentDateTimeUtc(), payload});
}
