// SPDX-License-Identifier: MIT
#include "transcriptreader.h"

#include "transcriptschema.h"

#include <QSqlError>

#include <utility>

using namespace Qt::Literals::StringLiterals;
using TranscriptSchema::rowId;

namespace {

const auto conversationColumns =
    "SELECT id, server, name, created, used, first, last, bytes FROM conversations "
    "WHERE removed = 0 "_L1;

} // namespace

bool TranscriptReader::takeFailed()
{
    return std::exchange(m_hasFailed, false);
}

void TranscriptReader::finish(QSqlQuery &query)
{
    if (query.lastError().isValid()) {
        m_database.noteFailure(query);
        m_hasFailed = true;
    }
    query.finish();
}

QList<ConversationRow> TranscriptReader::rows(QSqlQuery &query)
{
    QList<ConversationRow> result;
    query.exec();
    while (query.next()) {
        ConversationRow row;
        row.info.id = query.value(0).toLongLong();
        row.info.server = query.value(1).toString();
        row.info.name = query.value(2).toString();
        row.info.created = QDateTime::fromMSecsSinceEpoch(query.value(3).toLongLong());
        row.info.lastUsed = QDateTime::fromMSecsSinceEpoch(query.value(4).toLongLong());
        row.first = query.value(5).toLongLong();
        row.last = query.value(6).toLongLong();
        row.info.entries = row.last - row.first + 1;
        row.info.bytes = query.value(7).toLongLong();
        result += row;
    }
    finish(query);
    return result;
}

QList<ConversationRow> TranscriptReader::conversations(const QString &server)
{
    QSqlQuery &query = m_database.statement(
        conversationColumns
        + "AND (:server = '' OR server = :server) ORDER BY used DESC, id DESC"_L1);
    query.bindValue(u":server"_s, server + ""_L1); // a null QString would be NULL
    return rows(query);
}

std::optional<ConversationRow> TranscriptReader::conversation(qint64 id)
{
    QSqlQuery &query = m_database.statement(conversationColumns + "AND id = ?"_L1);
    query.bindValue(0, id);
    const QList<ConversationRow> result = rows(query);
    return result.isEmpty() ? std::nullopt : std::optional(result.first());
}

qint64 TranscriptReader::lastConversation()
{
    QSqlQuery &query =
        m_database.statement(u"SELECT seq FROM sqlite_sequence WHERE name = 'conversations'"_s);
    query.exec();
    const qint64 result = query.next() ? query.value(0).toLongLong() : 0;
    finish(query);
    return result;
}

QList<StoredEntry> TranscriptReader::read(qint64 conversation, qint64 first, qint64 last,
                                          qsizetype maxPayload)
{
    QSqlQuery &query = m_database.statement(
        u"SELECT id, time, direction, kind, roundTrip, size, payload FROM entries "
        "WHERE id BETWEEN ? AND ? ORDER BY id"_s);
    query.bindValue(0, rowId(conversation, first));
    query.bindValue(1, rowId(conversation, last));
    query.exec();
    QList<StoredEntry> result;
    while (query.next()) {
        StoredEntry entry;
        entry.seq = TranscriptSchema::seqOf(query.value(0).toLongLong());
        if (const qint64 time = query.value(1).toLongLong(); time != TranscriptSchema::unknownTime)
            entry.time = QDateTime::fromMSecsSinceEpoch(time, Qt::UTC);
        entry.direction = static_cast<Entry::Direction>(query.value(2).toInt());
        entry.kind = static_cast<Entry::Kind>(query.value(3).toInt());
        entry.roundTrip = query.isNull(4) ? -1 : query.value(4).toLongLong();
        entry.payload = query.value(6).toByteArray();
        entry.size = query.isNull(5) ? entry.payload.size() : query.value(5).toLongLong();
        entry.payload.truncate(maxPayload);
        result += entry;
    }
    finish(query);
    return result;
}

QByteArray TranscriptReader::payload(qint64 conversation, qint64 seq)
{
    QSqlQuery &query = m_database.statement(u"SELECT size, payload FROM entries WHERE id = ?"_s);
    query.bindValue(0, rowId(conversation, seq));
    query.exec();
    QByteArray result;
    bool isLong = false;
    if (query.next()) {
        result = query.value(1).toByteArray();
        isLong = !query.isNull(0);
        if (result.isNull()) // so SQLite gives back one of no bytes
            result = ""_ba;
    }
    finish(query);
    if (!isLong)
        return result;
    QSqlQuery &parts =
        m_database.statement(u"SELECT bytes FROM parts WHERE entry = ? ORDER BY id"_s);
    parts.bindValue(0, rowId(conversation, seq));
    parts.exec();
    while (parts.next())
        result += parts.value(0).toByteArray();
    finish(parts);
    return result;
}
