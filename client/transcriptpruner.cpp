// SPDX-License-Identifier: MIT
#include "transcriptpruner.h"

#include "transcriptdatabase.h"
#include "transcriptlocks.h"
#include "transcriptschema.h"

#include <algorithm>
#include <limits>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int pieceEntries = 2000;
constexpr qint64 pieceBytes = 4 * 1024 * 1024;
constexpr int piecePages = 256; // of 4 KiB
constexpr qint64 failed = std::numeric_limits<qint64>::min();
/// Pruning goes on to so much below the limit, a part of it: not to begin again at once.
constexpr qint64 slack = 64;

} // namespace

TranscriptPruner::TranscriptPruner(TranscriptDatabase &database, const TranscriptLocks &locks)
    : m_database(database)
    , m_locks(locks)
{
}

qint64 TranscriptPruner::excess()
{
    // What is free in the file will be given back, or written over.
    const qint64 pages = m_database.number(u"PRAGMA page_count"_s, failed);
    const qint64 freePages = m_database.number(u"PRAGMA freelist_count"_s, failed);
    const qint64 pageSize = m_database.number(u"PRAGMA page_size"_s, failed);
    if (pages == failed || freePages == failed || pageSize == failed)
        return failed;
    return (pages - freePages) * pageSize - m_maxBytes;
}

UpkeepStep TranscriptPruner::step(Pruned *pruned)
{
    const qint64 over = excess();
    if (over == failed)
        return UpkeepStep::Failed;
    m_isPruning = over > (m_isPruning ? -m_maxBytes / slack : 0);
    Piece piece;
    if (!findRemoved(&piece))
        return UpkeepStep::Failed;
    const bool isRemoved = piece.conversation != 0;
    if (m_isPruning && !isRemoved && !findOldest(&piece))
        return UpkeepStep::Failed;
    if (piece.conversation == 0)
        return UpkeepStep::Done;
    if (!m_database.begin() || !remove(piece, pruned) || !m_database.commit()) {
        m_database.rollback();
        *pruned = {};
        return UpkeepStep::Failed;
    }
    if (isRemoved) {
        *pruned = {}; // nobody needs to be told
        m_mustEmptyLog = true;
    }
    return UpkeepStep::More;
}

bool TranscriptPruner::findRemoved(Piece *piece)
{
    QSqlQuery &query = m_database.statement(
        u"SELECT id, first, last FROM conversations WHERE removed <> 0 LIMIT 1"_s);
    if (!m_database.run(query))
        return false;
    if (query.next())
        *piece = {query.value(0).toLongLong(), query.value(1).toLongLong(),
                  query.value(2).toLongLong(), true};
    query.finish();
    return true;
}

bool TranscriptPruner::findOldest(Piece *piece)
{
    QSqlQuery &query = m_database.statement(u"SELECT id, first, last FROM conversations "
                                            "WHERE removed = 0 ORDER BY used, id"_s);
    if (!m_database.run(query))
        return false;
    Piece held;
    while (piece->conversation == 0 && query.next()) {
        const qint64 id = query.value(0).toLongLong();
        const qint64 first = query.value(1).toLongLong();
        const qint64 last = query.value(2).toLongLong();
        if (m_held.contains(id)) {
            if (held.conversation == 0 && first <= last - keptEntries)
                held = {id, first, last - keptEntries, false};
        } else if (!m_locks.isTaken(id)) {
            *piece = {id, first, last, true};
        }
    }
    query.finish();
    if (piece->conversation == 0)
        *piece = held;
    return true;
}

bool TranscriptPruner::remove(const Piece &piece, Pruned *pruned)
{
    using TranscriptSchema::rowId, TranscriptSchema::seqOf;
    QSqlQuery &sizes =
        m_database.statement(u"SELECT id, coalesce(size, length(payload)) FROM entries "
                             "WHERE id >= ? AND id <= ? ORDER BY id LIMIT %1"_s.arg(pieceEntries));
    sizes.bindValue(0, rowId(piece.conversation, piece.first));
    sizes.bindValue(1, rowId(piece.conversation, piece.last));
    if (!m_database.run(sizes))
        return false;
    qint64 last = piece.last;
    *pruned = {piece.conversation, 0, 0, 0};
    while (pruned->bytes < pieceBytes && sizes.next()) {
        last = seqOf(sizes.value(0).toLongLong());
        pruned->bytes += sizes.value(1).toLongLong();
        ++pruned->entries;
    }
    sizes.finish();
    if (pruned->entries < pieceEntries && pruned->bytes < pieceBytes)
        last = piece.last; // there are no more
    pruned->firstSeq = last + 1;

    for (const auto table : {"entries WHERE id"_L1, "parts WHERE entry"_L1}) {
        QSqlQuery &query = m_database.statement("DELETE FROM "_L1 + table + " BETWEEN ? AND ?"_L1);
        query.bindValue(0, rowId(piece.conversation, piece.first));
        query.bindValue(1, rowId(piece.conversation, last));
        if (!m_database.run(query))
            return false;
    }
    QSqlQuery &stale = m_database.statement(
        u"UPDATE upkeep SET stale = stale + coalesce((SELECT max(0, min(indexed, ?) - first + 1) "
        "FROM conversations WHERE id = ? AND removed = 0), 0)"_s);
    stale.bindValue(0, last);
    stale.bindValue(1, piece.conversation);
    if (!m_database.run(stale))
        return false;
    if (piece.goes && last == piece.last) {
        QSqlQuery &gone = m_database.statement(u"DELETE FROM conversations WHERE id = ?"_s);
        gone.bindValue(0, piece.conversation);
        return m_database.run(gone);
    }
    QSqlQuery &shorter = m_database.statement(
        u"UPDATE conversations SET first = ?, bytes = bytes - ? WHERE id = ?"_s);
    shorter.bindValue(0, last + 1);
    shorter.bindValue(1, pruned->bytes);
    shorter.bindValue(2, piece.conversation);
    return m_database.run(shorter);
}

UpkeepStep TranscriptPruner::tidy()
{
    const qint64 freePages = m_database.number(u"PRAGMA freelist_count"_s, failed);
    if (freePages == failed)
        return UpkeepStep::Failed;
    if (freePages > 0) {
        m_mustEmptyLog = true;
        return m_database.run(u"PRAGMA incremental_vacuum(%1)"_s.arg(piecePages))
            ? UpkeepStep::More
            : UpkeepStep::Failed;
    }
    // The file gets shorter when the log has been written back to it, and until then the log may
    // hold what was removed.
    if (m_mustEmptyLog && !m_database.emptyLog())
        return UpkeepStep::Failed;
    m_mustEmptyLog = false;
    return UpkeepStep::Done;
}
