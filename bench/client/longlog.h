// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

/// What is in the log that the benchmarks of long logs use: messages of about 100 bytes, as
/// programs send them.
namespace LongLog {

/// In every message, in ten, and in none.
inline const QByteArray frequentWord = QByteArrayLiteral("price");
inline const QByteArray rareWord = QByteArrayLiteral("zanzibar");
inline const QByteArray missingWord = QByteArrayLiteral("quixotry");

/// The payload of the \a number'th of \a count messages.
inline QByteArray payload(int number, int count)
{
    const char *const sides[] = {"buy", "sell", "hold"};
    const char *const places[] = {"london", "tokyo", "lisbon", "berlin", "lima"};
    const int tenth = qMax(1, count / 10);
    const QByteArray note =
        number % tenth == tenth / 2 ? rareWord : QByteArray(places[number / 7 % 5]);
    return "{\"id\":" + QByteArray::number(number) + ",\"type\":\"tick\",\"side\":\""
        + sides[number % 3] + "\",\"price\":" + QByteArray::number(number * 7919LL % 100'003)
        + ",\"volume\":" + QByteArray::number(number * 104'729LL % 9'973) + ",\"note\":\"" + note
        + "\",\"ok\":true}";
}

} // namespace LongLog
