// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QString>

/// A line of an Outbox, as it is kept.
struct OutboxLine
{
    int id = 0; ///< 1 or more, never given twice
    qint64 place = 0; ///< lines are in the order of their places
    bool isBinary = false;
    bool isHandedOver = false; ///< to a socket, or nearly so
    QByteArray payload = {};
};

/// What is being typed, in each of the ways in which it can be.
struct OutboxDraft
{
    QString text = {};
    QString hex = {}; ///< bytes in hexadecimal, as they were typed
    QString base64 = {}; ///< bytes in Base64, as they were typed
    int encoding = 0; ///< which one is seen: 0 is text, 1 hexadecimal, 2 Base64

    friend bool operator==(const OutboxDraft &, const OutboxDraft &) = default;
};
