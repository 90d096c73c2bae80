// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

/*!
    The bytes with which QWebSocketServer answers a \a head that Handshake has accepted: 101, and
    \a subprotocol in it, where the client has offered that and it is not empty. Empty when
    QWebSocketServer does not take the head after all.
*/
[[nodiscard]] QByteArray upgradeAnswer(const QByteArray &head, const QByteArray &subprotocol);
