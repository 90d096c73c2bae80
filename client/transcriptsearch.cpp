// SPDX-License-Identifier: MIT
#include "transcriptsearch.h"

#include "transcriptindex.h"
#include "transcriptschema.h"

#include <QSqlError>
#include <QStringList>

#include <algorithm>
#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace {

/// How many entries are looked at before asking whether somebody still wants to know. The first
/// piece is small, so that the first hits come soon.
constexpr qint64 firstPiece = 2'048;
constexpr qint64 largestPiece = 65'536;
/// How many hits go out together at most, and how long one waits for others.
constexpr qsizetype reportHits = 1'000;
constexpr qint64 reportInterval = 50; // ms
constexpr std::chrono::milliseconds patience{1000};

template<typename Values>
QString numbers(const Values &values)
{
    QStringList result;
    for (const auto value : values)
        result += QString::number(static_cast<int>(value));
    return result.join(u',');
}

} // namespace

TranscriptSearch::TranscriptSearch(const QString &fileName)
    : m_fileName(fileName)
{
}

void TranscriptSearch::start(const Task &task)
{
    m_task = task;
    if (!isWanted())
        return;
    m_matcher = EntryMatcher(task.query);
    m_expression = TranscriptIndex::expression(m_matcher.foldedText());
    m_found.clear();
    m_total = 0;
    m_sinceReport.invalidate();

    searchTail();
    if (!m_fileName.isEmpty() && goesOn() && !searchFile())
        Q_EMIT failed(m_database.failure(), m_database.failureText());
    report();
    if (isWanted())
        Q_EMIT finished(task.number, m_total);
    m_task = {}; // and the memory of its tail
}

void TranscriptSearch::searchTail()
{
    for (auto batch = m_task.tail.crbegin(); batch != m_task.tail.crend() && goesOn(); ++batch) {
        qint64 seq = (*batch)->lastSeq();
        for (auto entry = (*batch)->entries.crbegin();
             entry != (*batch)->entries.crend() && seq > m_task.lastStored; ++entry, --seq) {
            if (seq < m_task.before && goesOn() && m_matcher.matches(*entry))
                add(seq);
        }
    }
}

bool TranscriptSearch::searchFile()
{
    if (!m_database.isOpen() && !m_database.open(m_fileName, patience))
        return false;
    QSqlQuery &query =
        m_database.statement(u"SELECT first, last, indexed FROM conversations WHERE id = ?"_s);
    query.bindValue(0, m_task.conversation);
    if (!m_database.run(query))
        return false;
    if (!query.next())
        return !query.lastError().isValid();
    const qint64 first = query.value(0).toLongLong();
    const qint64 last =
        std::min({query.value(1).toLongLong(), m_task.lastStored, m_task.before - 1});
    const qint64 indexed = m_expression.isEmpty() ? 0 : std::min(query.value(2).toLongLong(), last);
    query.finish();

    // The latest, which are not in the index, then those that it gives, and those that are too
    // long to be in it.
    return searchRange({std::max(first, indexed + 1), last}, {})
        && searchRange({first, indexed},
                       u"id IN (SELECT rowid FROM trigrams WHERE trigrams MATCH :trigrams "
                       "AND rowid BETWEEN :first AND :last "
                       "UNION ALL SELECT DISTINCT entry FROM parts "
                       "WHERE entry BETWEEN :first AND :last) AND "_s);
}

bool TranscriptSearch::searchRange(Range range, const QString &candidates)
{
    const TranscriptQuery &query = m_task.query;
    QString sql = query.text.isEmpty() ? u"SELECT id FROM entries WHERE "_s
                                       : u"SELECT id, size, payload FROM entries WHERE "_s;
    sql += candidates + "id BETWEEN :first AND :last"_L1;
    if (!query.directions.isEmpty())
        sql += " AND direction IN ("_L1 + numbers(query.directions) + u')';
    if (!query.kinds.isEmpty())
        sql += " AND kind IN ("_L1 + numbers(query.kinds) + u')';
    sql += " ORDER BY id DESC"_L1;

    qint64 size = firstPiece;
    for (qint64 last = range.last; last >= range.first && goesOn(); last -= size) {
        if (last != range.last)
            size = std::min(2 * size, largestPiece);
        const Range piece = {std::max(range.first, last - size + 1), last};
        if (!searchPiece(piece, sql, !candidates.isEmpty()))
            return false;
        report();
    }
    return true;
}

bool TranscriptSearch::searchPiece(Range piece, const QString &sql, bool usesIndex)
{
    QSqlQuery &query = m_database.statement(sql);
    query.bindValue(u":first"_s, TranscriptSchema::rowId(m_task.conversation, piece.first));
    query.bindValue(u":last"_s, TranscriptSchema::rowId(m_task.conversation, piece.last));
    if (usesIndex)
        query.bindValue(u":trigrams"_s, m_expression);
    if (!m_database.run(query))
        return false;
    while (goesOn() && query.next()) {
        const qint64 id = query.value(0).toLongLong();
        bool isHit = m_task.query.text.isEmpty();
        if (!isHit) {
            const QByteArray payload = query.value(2).toByteArray();
            const bool isWhole = query.isNull(1);
            const std::optional<bool> result =
                isWhole ? m_matcher.contains(payload) : isInParts(id, payload);
            if (!result)
                return false;
            isHit = *result;
        }
        if (isHit)
            add(TranscriptSchema::seqOf(id));
    }
    const bool isRead = !query.lastError().isValid();
    query.finish();
    return isRead;
}

std::optional<bool> TranscriptSearch::isInParts(qint64 id, const QByteArray &beginning)
{
    QSqlQuery &query =
        m_database.statement(u"SELECT bytes FROM parts WHERE entry = ? ORDER BY id"_s);
    query.bindValue(0, id);
    if (!m_database.run(query))
        return std::nullopt;
    EntryMatcher::Pieces pieces(m_matcher);
    bool isHit = pieces.contains(beginning, false);
    while (!isHit && isWanted() && query.next())
        isHit = pieces.contains(query.value(0).toByteArray(), false);
    isHit = isHit || pieces.contains({}, true);
    query.finish();
    return isHit;
}

void TranscriptSearch::add(qint64 seq)
{
    m_found += seq;
    ++m_total;
    if (m_found.size() >= reportHits || !m_sinceReport.isValid()
        || m_sinceReport.elapsed() >= reportInterval)
        report();
}

void TranscriptSearch::report()
{
    if (!m_found.isEmpty() && isWanted())
        Q_EMIT found(m_task.number, m_found);
    m_found.clear();
    m_sinceReport.start();
}
