// SPDX-License-Identifier: MIT
#pragma once

#include "entryqueue.h"
#include "transcriptdatabase.h"
#include "transcriptindex.h"
#include "transcriptlocks.h"
#include "transcriptpruner.h"

#include <QElapsedTimer>
#include <QHash>
#include <QObject>
#include <QSet>
#include <QTimer>

#include <chrono>
#include <deque>

/*!
    Brings the entries of a queue to the file of transcripts; lives in a thread of its own, and does
    the upkeep of the file while nothing is to be written.

    When writing fails it keeps what it has and tries again every retryInterval, unless the file is
    broken.
*/
class TranscriptWriter : public QObject
{
    Q_OBJECT

public:
    /// How long entries wait for others, to go to the file together.
    static constexpr std::chrono::milliseconds batchInterval{50};
    static constexpr std::chrono::milliseconds retryInterval{1000};
    /// How long another program may keep the file locked before it is trouble.
    static constexpr std::chrono::milliseconds patience{2000};
    /// How often it is said that old entries go.
    static constexpr std::chrono::milliseconds pruneNoticeInterval{60'000};

    /// For the file \a fileName, which is there and ready. \a queue outlives it.
    TranscriptWriter(const QString &fileName, EntryQueue &queue);

    /// \name What the store asks for, by way of the event loop
    /// @{
    void start();
    /// There is something in the queue.
    void wake();
    /// Writes what is in the queue, as much as goes into one transaction, without waiting for more.
    void write();
    void rename(qint64 conversation, const QString &name);
    void remove(qint64 conversation);
    void setMaxBytes(qint64 maxBytes);
    void setHeld(const QSet<qint64> &held);
    /// Writes all there is.
    void flush();
    /// The file was found to be broken: it is not touched any more.
    void giveUp();
    /// @}

Q_SIGNALS:
    /// The queue has confirmations.
    void written();
    /// Writing failed; unless the file is broken, it is tried again.
    void failed(TranscriptDatabase::Failure failure, const QString &text);
    void recovered();
    void pruned(qint64 conversation, qint64 firstSeq, qint64 bytes);
    void notice(const QString &sentence);

private:
    [[nodiscard]] bool writeBatches();
    [[nodiscard]] bool writeConversation(const EntryBatch &batch);
    [[nodiscard]] bool writeEntry(QSqlQuery &query, qint64 id, const Entry &entry);
    [[nodiscard]] bool writeParts(qint64 id, const QByteArray &payload);
    [[nodiscard]] bool writeChanges();
    void onWritten();
    void onFailed();
    void upkeep();
    [[nodiscard]] UpkeepStep prune();
    void keepWithinLimit(qint64 newBytes);

    QString m_fileName;
    EntryQueue &m_queue;
    TranscriptDatabase m_database;
    TranscriptLocks m_locks;
    TranscriptIndex m_index;
    TranscriptPruner m_pruner;
    std::deque<BatchPointer> m_batches; // taken, and not written yet
    QHash<qint64, QString> m_names; // new names, not written yet
    QSet<qint64> m_removed; // conversations to be marked as removed
    QTimer m_writeTimer;
    QTimer m_upkeepTimer;
    QElapsedTimer m_sinceNotice;
    bool m_isInTrouble = false;
    bool m_hasGivenUp = false;
};
