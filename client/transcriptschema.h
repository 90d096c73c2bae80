// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <limits>

class TranscriptDatabase;

/*!
    How transcripts lie in their file.

    An entry's row is found by one number, conversation and seq in one: so that each conversation's
    entries lie together in order, and appending touches one page only. A long payload's first
    inlineBytes are in its row, the rest in rows of \c parts: so that reading rows never reads
    megabytes.
*/
namespace TranscriptSchema {

/// The file's application_id ("AwCh") and user_version.
constexpr qint64 applicationId = 0x41774368;
constexpr qint64 version = 1;

/// 2^40 entries a conversation, 2^23 conversations: neither is ever numbered again.
constexpr int seqBits = 40;
[[nodiscard]] constexpr qint64 rowId(qint64 conversation, qint64 seq)
{
    return (conversation << seqBits) | seq;
}
[[nodiscard]] constexpr qint64 seqOf(qint64 rowId)
{
    return rowId & ((1LL << seqBits) - 1);
}

/// What an entry has as its time when that is not known.
constexpr qint64 unknownTime = std::numeric_limits<qint64>::min();

/// How much of a payload is in its entry's row.
constexpr qsizetype inlineBytes = 16 * 1024;
/// How much of the rest is in a row of its own; SQLite takes no more than 10^9 bytes in one.
constexpr qsizetype partBytes = 1024 * 1024;

/// What came of opening: whether the file can be used, and what a person should know of it.
struct Opened
{
    bool isUsable = false;
    QString trouble;
};
/// Opens \a fileName, made for its owner only, with its folder, where it is not there; brings it up
/// to this version. A file that cannot be read is moved aside for a new one.
[[nodiscard]] Opened open(TranscriptDatabase &database, const QString &fileName);

/// The statement that makes the index.
[[nodiscard]] QString createIndex();

/// Which file it is that has the name now.
[[nodiscard]] quint64 identity(const QString &fileName);
/// Gives a file that cannot be read, and what belongs to it, another name. The new name; empty
/// when that failed, or another file has the name by now.
[[nodiscard]] QString moveAside(const QString &fileName, quint64 identityOfFile);

} // namespace TranscriptSchema
