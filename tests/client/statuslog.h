// SPDX-License-Identifier: MIT
#pragma once

#include "websocket.h"

#include <QList>

#include <utility>

/// The statuses that a socket goes through.
class StatusLog
{
public:
    explicit StatusLog(WebSocket &socket)
    {
        QObject::connect(&socket, &WebSocket::statusChanged, &socket,
                         [this, &socket] { m_statuses += socket.status(); });
    }
    [[nodiscard]] QList<WebSocket::Status> take() { return std::exchange(m_statuses, {}); }

private:
    QList<WebSocket::Status> m_statuses;
};
