// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QObject>
#include <QString>
#include <QtQml/qqmlregistration.h>

/*!
    What kinds of entries there are; in QML as \c EntryType.Sent and so on.
*/
namespace EntryType {
Q_NAMESPACE
QML_ELEMENT

/// Who said it: the person, the peer, or this program itself.
enum Direction { Sent, Received, Local };
Q_ENUM_NS(Direction)

/// What it is: a message by its frame type, or a status row by what happened to the socket.
enum Kind { Text, Binary, Opened, Closed, Failed };
Q_ENUM_NS(Kind)
} // namespace EntryType

/*!
    One row of a transcript: something sent, something received, or a change of the socket's status.
*/
struct Entry
{
    using Direction = EntryType::Direction;
    using enum EntryType::Direction;
    using Kind = EntryType::Kind;
    using enum EntryType::Kind;

    Direction direction = Local;
    Kind kind = Text;
    /// Best in UTC: with local time, each conversion looks at the time zone's file.
    QDateTime time;
    /// The message byte for byte; text is UTF-8. For a status row, its sentence in UTF-8.
    QByteArray payload;
    /// How long the answer that this is took, in microseconds; -1 where it is no answer.
    qint64 roundTrip = -1;

    /// ">" for what was sent, "<" for what was received, "#" for status.
    [[nodiscard]] QString prefix() const;
};
