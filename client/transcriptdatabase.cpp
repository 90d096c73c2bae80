// SPDX-License-Identifier: MIT
#include "transcriptdatabase.h"

#include <atomic>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto driver = "QSQLITE"_L1;

// The primary result codes of https://www.sqlite.org/rescode.html that mean something to us.
TranscriptDatabase::Failure failureOf(int code)
{
    using Failure = TranscriptDatabase::Failure;
    switch (code & 0xff) {
    case 5: // SQLITE_BUSY
    case 6: // SQLITE_LOCKED
        return Failure::Busy;
    case 13: // SQLITE_FULL
        return Failure::Full;
    case 3: // SQLITE_PERM
    case 8: // SQLITE_READONLY
    case 14: // SQLITE_CANTOPEN
        return Failure::Denied;
    case 1: // SQLITE_ERROR: such as a table that is missing
    case 11: // SQLITE_CORRUPT
    case 26: // SQLITE_NOTADB
        return Failure::Broken;
    default:
        return Failure::Faulty;
    }
}

} // namespace

TranscriptDatabase::TranscriptDatabase() = default;

TranscriptDatabase::~TranscriptDatabase()
{
    close();
}

bool TranscriptDatabase::isAvailable()
{
    return QSqlDatabase::isDriverAvailable(driver);
}

bool TranscriptDatabase::open(const QString &fileName, std::chrono::milliseconds patience)
{
    // Qt keeps connections by name, for all threads.
    static std::atomic<int> number = 0;
    m_database = QSqlDatabase::addDatabase(driver, u"transcripts-%1"_s.arg(++number));
    m_database.setDatabaseName(fileName);
    m_database.setConnectOptions(u"QSQLITE_BUSY_TIMEOUT=%1"_s.arg(patience.count()));
    if (!m_database.open())
        return failed(m_database.lastError());
    // NORMAL: a commit waits for no disk, only a checkpoint does; after a power cut the file is
    // whole and the last moments are missing. FAST: what is deleted is not written over with
    // zeros where that would cost more writing; the room is given back to the disk anyway.
    return run(u"PRAGMA synchronous=NORMAL"_s) && run(u"PRAGMA secure_delete=FAST"_s)
        && run(u"PRAGMA journal_size_limit=16777216"_s);
}

void TranscriptDatabase::close()
{
    if (!m_database.isValid())
        return;
    m_statements.clear();
    const QString name = m_database.connectionName();
    m_database = {};
    QSqlDatabase::removeDatabase(name);
}

QSqlQuery &TranscriptDatabase::statement(const QString &sql)
{
    const auto [place, isNew] = m_statements.try_emplace(sql, m_database);
    QSqlQuery &query = place->second;
    // One that failed may not even have been prepared; another time it may.
    if (isNew || query.lastError().isValid()) {
        query.setForwardOnly(true); // else Qt keeps every row that was read
        query.prepare(sql);
    }
    return query;
}

bool TranscriptDatabase::run(QSqlQuery &statement)
{
    return statement.exec() || failed(statement.lastError());
}

bool TranscriptDatabase::run(const QString &sql)
{
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    if (!query.exec(sql))
        return failed(query.lastError());
    while (query.next()) { // "PRAGMA incremental_vacuum" does a page a row
    }
    return !query.lastError().isValid() || failed(query.lastError());
}

qint64 TranscriptDatabase::number(const QString &sql, qint64 otherwise)
{
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    if (!query.exec(sql)) {
        failed(query.lastError());
        return otherwise;
    }
    return query.next() ? query.value(0).toLongLong() : otherwise;
}

bool TranscriptDatabase::emptyLog()
{
    // With a busy handler, SQLite would keep all writers waiting for the last reader.
    const qint64 patience = number(u"PRAGMA busy_timeout"_s);
    constexpr qint64 done = 0;
    const bool isEmpty = run(u"PRAGMA busy_timeout=0"_s)
        && number(u"PRAGMA wal_checkpoint(TRUNCATE)"_s, done + 1) == done;
    return run(u"PRAGMA busy_timeout=%1"_s.arg(patience)) && isEmpty;
}

void TranscriptDatabase::rollback()
{
    // SQLite has ended the transaction itself after some errors; then this one fails, harmlessly.
    QSqlQuery(m_database).exec(u"ROLLBACK"_s);
}

bool TranscriptDatabase::failed(const QSqlError &error)
{
    m_failure = failureOf(error.nativeErrorCode().toInt());
    m_failureText = error.databaseText().isEmpty() ? error.driverText() : error.databaseText();
    return false;
}
