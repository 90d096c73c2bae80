// SPDX-License-Identifier: MIT
#pragma once

#include "transcriptindex.h"

#include <QSet>
#include <QString>

class TranscriptDatabase;
class TranscriptLocks;

/*!
    Keeps the file of transcripts within its limit, takes out what was removed, and gives the room
    back to the disk: in pieces of some milliseconds.

    The oldest entries of the conversation that was used longest ago go first; what another window
    holds is left to that window; what this one holds goes last, and never its newest entries.
*/
class TranscriptPruner
{
public:
    /// How many of its newest entries a conversation that is held keeps in any case.
    static constexpr qint64 keptEntries = 100;

    /// What a step took away: entries of \c conversation before \c firstSeq.
    struct Pruned
    {
        qint64 conversation = 0; ///< 0: none
        qint64 firstSeq = 0;
        qint64 entries = 0;
        qint64 bytes = 0;
    };

    TranscriptPruner(TranscriptDatabase &database, const TranscriptLocks &locks);

    void setMaxBytes(qint64 maxBytes) { m_maxBytes = maxBytes; }
    [[nodiscard]] qint64 maxBytes() const { return m_maxBytes; }
    /// Which conversations this window holds.
    void setHeld(const QSet<qint64> &held) { m_held = held; }

    /// How far the file is over its limit, in bytes; negative when it is not.
    [[nodiscard]] qint64 excess();
    /// Does a piece of the work, if there is any.
    [[nodiscard]] UpkeepStep step(Pruned *pruned);
    /// When all else is done: gives a piece of what is free back to the disk, and lets nothing that
    /// was removed lie about.
    [[nodiscard]] UpkeepStep tidy();

private:
    struct Piece
    {
        qint64 conversation = 0;
        qint64 first = 0;
        qint64 last = 0; ///< the last that may go
        bool goes = false; ///< whether the conversation goes with its last entry
    };
    [[nodiscard]] bool findRemoved(Piece *piece);
    [[nodiscard]] bool findOldest(Piece *piece);
    [[nodiscard]] bool remove(const Piece &piece, Pruned *pruned);

    TranscriptDatabase &m_database;
    const TranscriptLocks &m_locks;
    QSet<qint64> m_held;
    qint64 m_maxBytes = 0;
    bool m_isPruning = false; // down to somewhat below the limit
    bool m_mustEmptyLog = true; // it may hold what was removed, maybe by an earlier run
};
