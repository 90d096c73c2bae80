// SPDX-License-Identifier: MIT
#pragma once

#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QString>

#include <chrono>
#include <unordered_map>

/*!
    One connection to a file of transcripts, for the thread that made it; closed when it goes.

    Its functions return false when SQLite says no: then failure() has the reason.
*/
class TranscriptDatabase
{
public:
    /// Why SQLite said no, by what helps.
    enum class Failure {
        None,
        Busy, ///< another program holds the file
        Full, ///< no room on the disk
        Denied, ///< it must not be written
        Broken, ///< what it holds makes no sense
        Faulty, ///< the disk does not do what it should
    };

    TranscriptDatabase();
    ~TranscriptDatabase();
    TranscriptDatabase(const TranscriptDatabase &) = delete;
    TranscriptDatabase &operator=(const TranscriptDatabase &) = delete;

    /// Whether Qt's driver for SQLite is installed.
    [[nodiscard]] static bool isAvailable();

    /// Opens \a fileName, which is there. Waits at most \a patience for other connections.
    [[nodiscard]] bool open(const QString &fileName, std::chrono::milliseconds patience);
    void close();
    [[nodiscard]] bool isOpen() const { return m_database.isOpen(); }

    /// The statement \a sql, prepared once. finish() it when its rows have been read: an open one
    /// keeps the write-ahead log from being emptied.
    [[nodiscard]] QSqlQuery &statement(const QString &sql);
    /// Runs a statement that has been bound.
    [[nodiscard]] bool run(QSqlQuery &statement);
    /// Runs \a sql to its end.
    [[nodiscard]] bool run(const QString &sql);
    /// The number that \a sql gives, or \a otherwise.
    [[nodiscard]] qint64 number(const QString &sql, qint64 otherwise = 0);

    /// A transaction that is going to write.
    [[nodiscard]] bool begin() { return run(QStringLiteral("BEGIN IMMEDIATE")); }
    [[nodiscard]] bool commit() { return run(QStringLiteral("COMMIT")); }
    /// Writes the log back to the file and empties it. False too when another connection is just
    /// reading or writing: it does not wait for that.
    [[nodiscard]] bool emptyLog();
    /// Makes what went wrong with \a statement the failure().
    void noteFailure(const QSqlQuery &statement) { failed(statement.lastError()); }
    /// Ends the transaction where there is one, and keeps failure() as it is.
    void rollback();

    [[nodiscard]] Failure failure() const { return m_failure; }
    /// What SQLite says about it.
    [[nodiscard]] QString failureText() const { return m_failureText; }

private:
    bool failed(const QSqlError &error);

    QSqlDatabase m_database;
    std::unordered_map<QString, QSqlQuery> m_statements;
    QString m_failureText;
    Failure m_failure = Failure::None;
};
