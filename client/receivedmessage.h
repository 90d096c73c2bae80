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
};
Q_DECLARE_TYPEINFO(ReceivedMessage, Q_RELOCATABLE_TYPE);
