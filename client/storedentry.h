// SPDX-License-Identifier: MIT
#pragma once

#include "entry.h"

#include <QDateTime>
#include <QMetaType>
#include <QString>

/*!
    An entry as the transcript store gives it back: maybe with the beginning of its payload only.
*/
struct StoredEntry : Entry
{
    /// Its number in its conversation; the first is 1.
    qint64 seq = 0;
    /// Bytes of the whole payload.
    qint64 size = 0;

    /// Whether payload is only the beginning; TranscriptStore::payload() has the whole.
    [[nodiscard]] bool cut() const { return payload.size() < size; }
};

/*!
    A conversation as it is listed.
*/
struct ConversationInfo
{
    qint64 id = 0;
    /// The server's address, without password.
    QString server;
    /// What the person calls it; empty until it is renamed.
    QString name;
    QDateTime created;
    QDateTime lastUsed;
    /// How many entries there are, and how many bytes of payload.
    qint64 entries = 0;
    qint64 bytes = 0;
    /// Whether another window has it, and writes to it.
    bool isHeldElsewhere = false;

    /// What it is called, its name or else its server, as it may be shown: the beginning, in one
    /// line.
    [[nodiscard]] QString shownName() const;
    /// The same of the server.
    [[nodiscard]] QString shownServer() const;
};
Q_DECLARE_METATYPE(ConversationInfo)
