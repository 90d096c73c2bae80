// SPDX-License-Identifier: MIT
#include "heartbeat.h"

#include "address.h"
#include "websocket.h"

#include <algorithm>
#include <utility>

using namespace Qt::Literals::StringLiterals;

Heartbeat::Heartbeat(QObject *parent)
    : QObject(parent)
{
    connect(&m_timer, &QTimer::timeout, this, &Heartbeat::onTimeout);
}

Heartbeat::~Heartbeat() = default;

WebSocket *Heartbeat::socket() const
{
    return m_socket;
}

void Heartbeat::setSocket(WebSocket *socket)
{
    if (m_socket == socket)
        return;
    if (m_socket)
        m_socket->disconnect(this);
    m_socket = socket;
    if (socket) {
        const auto hear = [this] { m_hasHeard = true; };
        connect(socket, &WebSocket::statusChanged, this, &Heartbeat::restart);
        connect(socket, &WebSocket::pongReceived, this, hear);
        connect(socket, &WebSocket::messagesReceived, this, hear);
    }
    restart();
    Q_EMIT socketChanged();
}

void Heartbeat::setInterval(int interval)
{
    if (m_interval == std::max(interval, 0))
        return;
    m_interval = std::max(interval, 0);
    restart();
    Q_EMIT intervalChanged();
}

/// Begins with the connection that is there, if it is open.
void Heartbeat::restart()
{
    m_missed = 0;
    m_timer.stop();
    if (m_interval == 0 || !m_socket || m_socket->status() != WebSocket::Open)
        return;
    m_timer.start(m_interval);
    ping();
}

void Heartbeat::ping()
{
    m_hasHeard = false;
    m_bytesToWrite = m_socket->bytesToWrite();
    m_socket->ping();
}

void Heartbeat::onTimeout()
{
    if (!m_socket)
        return;
    // A ping waits behind what was sent before it: a server that takes that is there.
    const bool isTaking = m_socket->bytesToWrite() < m_bytesToWrite;
    m_missed = m_hasHeard || isTaking || m_socket->isReadPaused() ? 0 : m_missed + 1;
    if (m_missed < maxMissed) {
        ping();
        return;
    }
    const QString seconds = QString::number(maxMissed * m_interval / 1000.0);
    m_socket->drop(u"%1 has not answered %2 pings in %3 s; the connection was dropped: is the "
                   "network still there, and the server?"_s.arg(authorityText(m_socket->url()))
                       .arg(maxMissed)
                       .arg(seconds));
}
