// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

/// A line of an Outbox, as it is kept.
struct OutboxLine
{
    int id = 0; ///< 1 or more, never given twice
    qint64 place = 0; ///< lines are in the order of their places
    bool isBinary = false;
    bool isHandedOver = false; ///< to a socket, or nearly so
    QByteArray payload = {};
};
