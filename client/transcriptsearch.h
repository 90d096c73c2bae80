// SPDX-License-Identifier: MIT
#pragma once

#include "entryqueue.h"
#include "transcriptdatabase.h"
#include "transcriptquery.h"

#include <QElapsedTimer>
#include <QList>
#include <QObject>

#include <atomic>
#include <deque>
#include <limits>
#include <optional>

/*!
    Looks through a conversation, in memory and on the disk; lives in a thread of its own.
*/
class TranscriptSearch : public QObject
{
    Q_OBJECT

public:
    /// What a search is about; the entries in memory follow those on the disk.
    struct Task
    {
        int ticket = 0;
        quint64 number = 0; ///< see setCurrent()
        TranscriptQuery query;
        qint64 conversation = 0;
        qint64 lastStored = 0; ///< the last entry that is on the disk
        qint64 before = std::numeric_limits<qint64>::max(); ///< only entries before that one
        qint64 limit = std::numeric_limits<qint64>::max(); ///< how many are enough
        std::deque<BatchPointer> tail;
    };

    /// With an empty \a fileName there is nothing on the disk.
    explicit TranscriptSearch(const QString &fileName);

    /// From now on only the task of that number is of interest. For any thread.
    void setCurrent(quint64 number) { m_current = number; }
    /// Does a task; by way of the event loop.
    void start(const Task &task);

Q_SIGNALS:
    void found(quint64 number, const QList<qint64> &seqs);
    void finished(quint64 number, qint64 total);
    void failed(TranscriptDatabase::Failure failure, const QString &text);

private:
    struct Range
    {
        qint64 first = 0;
        qint64 last = 0;
    };
    [[nodiscard]] bool isWanted() const { return m_current == m_task.number; }
    /// Whether there is anything left to look for.
    [[nodiscard]] bool goesOn() const { return isWanted() && m_total < m_task.limit; }
    void searchTail();
    [[nodiscard]] bool searchFile();
    [[nodiscard]] bool searchRange(Range range, const QString &candidates);
    [[nodiscard]] bool searchPiece(Range piece, const QString &sql, bool usesIndex);
    /// Nothing when the parts cannot be read.
    [[nodiscard]] std::optional<bool> isInParts(qint64 id, const QByteArray &beginning);
    void add(qint64 seq);
    void report();

    QString m_fileName;
    TranscriptDatabase m_database;
    Task m_task;
    EntryMatcher m_matcher{{}};
    QString m_expression; // for the index
    QList<qint64> m_found; // not reported yet
    qint64 m_total = 0;
    QElapsedTimer m_sinceReport;
    std::atomic<quint64> m_current = 0;
};
