// SPDX-License-Identifier: MIT
#pragma once

#include "tlsfiles.h"

#include <QString>
#include <QStringList>
#include <QUrl>
#include <QVariantMap>

/// What a connection has to keep to; see the properties of WebSocket.
struct SocketLimits
{
    int handshakeTimeout = 10'000; ///< ms
    int closeTimeout = 2'000; ///< ms
    /// How long the server may take to end TCP when both have said Close, in ms.
    static constexpr int tcpCloseTimeout = 500;
    qint64 maxMessageSize = 16 * 1024 * 1024; ///< bytes
    /// Bytes of pongs.
    static constexpr qint64 maxPongBacklog = 16 * 1024 * 1024;
};

/// What a connection is opened with; see the properties of WebSocket.
struct SocketRequest
{
    QUrl url;
    QString origin;
    QStringList subprotocols;
    QVariantMap headers;
    TlsFiles tlsFiles; ///< for wss:// alone
    /// As normalizedFingerprint() writes it: of the one certificate that the server may show, valid
    /// or not; empty: any that is valid. For wss:// alone.
    QString pinnedFingerprint;
    SocketLimits limits;
};
