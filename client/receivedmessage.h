// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

/// A message of a peer.
struct ReceivedMessage
{
    enum Kind { Text, Binary };

    Kind kind = Text;
    /// When the socket had it, in ms since 1970-01-01 UTC, however much later it is heard of here.
    qint64 time = 0;
    /// Byte for byte; text is UTF-8.
    QByteArray payload;
    /// Which message that was sent this is the echo of, see WebSocket::messageSent(); 0: of none.
    quint64 echoOf = 0;
    /// How long that took, in microseconds; -1 where it is none.
    qint64 roundTrip = -1;
};
Q_DECLARE_TYPEINFO(ReceivedMessage, Q_RELOCATABLE_TYPE);
