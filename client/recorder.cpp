// SPDX-License-Identifier: MIT
#include "recorder.h"

#include "websocket.h"

using namespace Qt::Literals::StringLiterals;

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
    m_roundTrips.clear();
    if (!socket)
        return;
    connect(socket, &WebSocket::statusChanged, this, &Recorder::onStatusChanged);
    connect(socket, &WebSocket::messagesReceived, this,
            [this](const QList<ReceivedMessage> &messages) {
                for (const ReceivedMessage &message : messages) {
                    Q_EMIT recorded(
                        {Entry::Received,
                         message.kind == ReceivedMessage::Text ? Entry::Text : Entry::Binary,
                         QDateTime::fromMSecsSinceEpoch(message.time, Qt::UTC), message.payload,
                         m_roundTrips.received(message.payload)});
                }
            });
    connect(socket, &WebSocket::textMessageSent, this,
            [this](const QString &message) { record(Entry::Sent, Entry::Text, message.toUtf8()); });
    connect(socket, &WebSocket::binaryMessageSent, this,
            [this](const QByteArray &message) { record(Entry::Sent, Entry::Binary, message); });
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
        return;
    }
    m_roundTrips.clear();
}

void Recorder::record(Entry::Direction direction, Entry::Kind kind, const QByteArray &payload)
{
    if (direction == Entry::Sent)
        m_roundTrips.sent(payload);
    Q_EMIT recorded({direction, kind, QDateTime::currentDateTimeUtc(), payload});
}
