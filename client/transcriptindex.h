// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QString>

class TranscriptDatabase;

/// What came of a small piece of work that can wait.
enum class UpkeepStep { Done, More, Failed };

/*!
    The index that searching uses: for every three characters, which entries hold them.

    Indexing an entry takes three times as long as writing it. So it is done afterwards, in pieces
    of a few milliseconds; up to where, is written down with each conversation. The rest is
    searched without the index. Entries with parts are not in it, and always looked at.
*/
class TranscriptIndex
{
public:
    explicit TranscriptIndex(TranscriptDatabase &database);

    /// Does a piece of the work, if there is any.
    [[nodiscard]] UpkeepStep step();

    /// An FTS5 expression that finds the entries with all the trigrams of \a folded text; empty
    /// when it is shorter than one.
    [[nodiscard]] static QString expression(const QByteArray &folded);

private:
    [[nodiscard]] UpkeepStep discard();
    [[nodiscard]] bool beginAnew();
    [[nodiscard]] UpkeepStep add();
    [[nodiscard]] bool addPiece(bool *found);

    TranscriptDatabase &m_database;
};
