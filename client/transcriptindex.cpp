// SPDX-License-Identifier: MIT
#include "transcriptindex.h"

#include "transcriptdatabase.h"
#include "transcriptquery.h"
#include "transcriptschema.h"

#include <QElapsedTimer>
#include <QSqlError>
#include <QStringList>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 pieceTime = 8; // ms
constexpr int pieceEntries = 500;
constexpr int discardPages = 250; // of 4 KiB
constexpr int trigramLength = 3;
// The most that are looked up for one search; what they find is looked at again anyway.
constexpr qsizetype maxTrigrams = 16;

/// FTS5 stops at a NUL.
QByteArray indexable(QByteArray folded)
{
    return folded.replace('\0', '\1');
}

} // namespace

TranscriptIndex::TranscriptIndex(TranscriptDatabase &database)
    : m_database(database)
{
}

UpkeepStep TranscriptIndex::step()
{
    constexpr qint64 failed = -1;
    const qint64 discarding = m_database.number(
        u"SELECT count(*) FROM sqlite_master WHERE name = 'trigramsOld'"_s, failed);
    if (discarding == failed)
        return UpkeepStep::Failed;
    if (discarding > 0)
        return discard();

    const qint64 stale = m_database.number(u"SELECT stale FROM upkeep"_s, failed);
    const qint64 live = m_database.number(u"SELECT coalesce(sum(max(indexed - first + 1, 0)), 0) "
                                          "FROM conversations WHERE removed = 0"_s,
                                          failed);
    if (stale == failed || live == failed)
        return UpkeepStep::Failed;
    if (stale > live)
        return beginAnew() ? UpkeepStep::More : UpkeepStep::Failed;
    return add();
}

bool TranscriptIndex::beginAnew()
{
    // To take single entries out of an FTS5 index makes it larger, and costs as much as to put
    // them in. So it is begun anew once half of it is stale, or something was to be forgotten.
    // The old one is renamed, which takes no time, and goes in pieces.
    if (m_database.begin() && m_database.run(u"ALTER TABLE trigrams RENAME TO trigramsOld"_s)
        && m_database.run(TranscriptSchema::createIndex())
        && m_database.run(u"UPDATE conversations SET indexed = first - 1"_s)
        && m_database.run(u"UPDATE upkeep SET stale = 0"_s) && m_database.commit())
        return true;
    m_database.rollback();
    return false;
}

UpkeepStep TranscriptIndex::discard()
{
    // FTS5 keeps the index in the table NAME_data; its rows up to 10 say how the others hang
    // together, and go with the table itself.
    QSqlQuery &remove = m_database.statement(
        u"DELETE FROM trigramsOld_data WHERE id IN "
        "(SELECT id FROM trigramsOld_data WHERE id > 10 LIMIT %1)"_s.arg(discardPages));
    if (!m_database.run(remove))
        return UpkeepStep::Failed;
    if (remove.numRowsAffected() < discardPages && !m_database.run(u"DROP TABLE trigramsOld"_s))
        return UpkeepStep::Failed;
    return UpkeepStep::More;
}

UpkeepStep TranscriptIndex::add()
{
    constexpr qint64 failed = -1;
    const qint64 waiting = m_database.number(
        u"SELECT count(*) FROM conversations WHERE removed = 0 AND indexed < last"_s, failed);
    if (waiting <= 0)
        return waiting == failed ? UpkeepStep::Failed : UpkeepStep::Done;
    bool found = false;
    if (m_database.begin() && addPiece(&found) && m_database.commit())
        return found ? UpkeepStep::More : UpkeepStep::Done;
    m_database.rollback();
    return UpkeepStep::Failed;
}

bool TranscriptIndex::addPiece(bool *found)
{
    // Inside the transaction: another window may have done it in the meantime.
    QSqlQuery &next =
        m_database.statement(u"SELECT id, last, max(indexed, first - 1) FROM conversations "
                             "WHERE removed = 0 AND indexed < last ORDER BY used DESC LIMIT 1"_s);
    if (!m_database.run(next))
        return false;
    *found = next.next();
    if (!*found)
        return true;
    const qint64 conversation = next.value(0).toLongLong();
    const qint64 last = next.value(1).toLongLong();
    qint64 indexed = next.value(2).toLongLong();
    next.finish();

    QElapsedTimer timer;
    timer.start();
    QSqlQuery &entries = m_database.statement(
        u"SELECT id, size IS NULL, payload FROM entries WHERE id > ? AND id <= ? "
        "ORDER BY id LIMIT %1"_s.arg(pieceEntries));
    entries.bindValue(0, TranscriptSchema::rowId(conversation, indexed));
    entries.bindValue(1, TranscriptSchema::rowId(conversation, last));
    QSqlQuery &insert = m_database.statement(u"INSERT INTO trigrams (rowid, text) VALUES (?, ?)"_s);
    if (!m_database.run(entries))
        return false;
    bool isWhole = true;
    int count = 0;
    while (isWhole && entries.next()) {
        const qint64 id = entries.value(0).toLongLong();
        if (entries.value(1).toBool()) {
            insert.bindValue(0, id);
            insert.bindValue(1, indexable(EntryMatcher::folded(entries.value(2).toByteArray())));
            if (!m_database.run(insert))
                return false;
        }
        indexed = TranscriptSchema::seqOf(id);
        ++count;
        isWhole = timer.elapsed() < pieceTime;
    }
    entries.finish();
    if (isWhole && count < pieceEntries)
        indexed = last;

    QSqlQuery &update =
        m_database.statement(u"UPDATE conversations SET indexed = ? WHERE id = ?"_s);
    update.bindValue(0, indexed);
    update.bindValue(1, conversation);
    return m_database.run(update);
}

QString TranscriptIndex::expression(const QByteArray &folded)
{
    const std::u32string text = QString::fromUtf8(indexable(folded)).toStdU32String();
    QStringList trigrams;
    for (std::size_t i = 0; i + trigramLength <= text.size(); ++i) {
        QString trigram = QString::fromStdU32String(text.substr(i, trigramLength));
        trigrams += u'"' + trigram.replace(u'"', "\"\""_L1) + u'"';
    }
    trigrams.removeDuplicates();
    QStringList chosen;
    const qsizetype count = qMin(trigrams.size(), maxTrigrams);
    for (qsizetype i = 0; i < count; ++i)
        chosen += trigrams.at(i * trigrams.size() / count);
    return chosen.join(" AND "_L1);
}
