// SPDX-License-Identifier: MIT
#pragma once

#include "entryqueue.h"
#include "transcriptlocks.h"
#include "transcriptreader.h"
#include "transcriptsearch.h"
#include "transcriptstore.h"
#include "transcripttail.h"
#include "transcriptwriter.h"

#include <QHash>
#include <QSet>
#include <QThread>

#include <map>
#include <optional>

/*!
    The inside of TranscriptStore: what it knows, and its threads.
*/
class TranscriptStore::Private
{
public:
    /// A conversation of which something is held or in memory.
    struct Conversation
    {
        std::shared_ptr<const ConversationHead> head;
        QDateTime lastUsed;
        qint64 first = 1;
        qint64 last = 0;
        qint64 stored = 0; ///< the last that is known to be on the disk
        qint64 bytes = 0;
        bool isHeld = false;
        TranscriptTail tail;

        [[nodiscard]] ConversationInfo info() const;
    };

    Private(TranscriptStore *store, const QString &file);
    ~Private();

    void openFile();
    void startWriter();
    /// One of those who search, in their thread.
    struct Searcher
    {
        TranscriptSearch *search = nullptr; ///< goes with its thread
        quint64 number = 0;
        int ticket = 0;
    };
    /// Begins to look for something in a conversation, instead of what was looked for before.
    void startSearch(Searcher &one, TranscriptSearch::Task task);
    /// Asks the writer for something, by way of its event loop.
    template<typename Function>
    void askWriter(Function function)
    {
        if (writer)
            QMetaObject::invokeMethod(writer, std::move(function), Qt::QueuedConnection);
    }

    /// Entries can be read from the file. / They are written to it.
    [[nodiscard]] bool hasFile() const { return writer != nullptr; }
    [[nodiscard]] bool isOnDisk() const { return hasFile() && !isInTrouble; }

    [[nodiscard]] Conversation *find(qint64 id);
    /// Makes one of those known, held by this store.
    Conversation &adopt(const ConversationRow &row);
    /// Takes one from the file, if it is there and free.
    [[nodiscard]] bool takeFromFile(qint64 id);
    [[nodiscard]] qint64 newId();
    /// Forgets a conversation when there is no need to know it any more.
    void settle(qint64 id);
    void forgetTail(Conversation &conversation, qint64 throughSeq);
    void heldChanged();

    void checkBacklog();
    void pruneMemory();
    void onWritten();
    void onPruned(qint64 id, qint64 firstSeq, qint64 bytes);
    void onWriterFailed(TranscriptDatabase::Failure failure, const QString &text);
    void onReadingFailed(TranscriptDatabase::Failure failure, const QString &text);
    void checkReader();
    void onBroken(const QString &text);

    TranscriptStore *const q;
    QString fileName;
    quint64 fileIdentity = 0;
    TranscriptReader reader;
    TranscriptLocks locks;
    EntryQueue queue;
    std::map<qint64, Conversation> conversations;
    qint64 lastId = 0;
    Place newest;
    QHash<qint64, QString> names; // new ones of conversations that may not be in the file yet
    QSet<qint64> removed;
    qint64 tailBytes = 0;
    qint64 tailEntries = 0;
    qint64 maxBytes = defaultMaxBytes;
    bool isInTrouble = false;
    bool hasGivenUp = false; // nothing is written to the file any more
    bool isBacklogged = false;
    bool hasSaidReading = false;
    bool hasSaidMemory = false;

    QThread writerThread;
    TranscriptWriter *writer = nullptr; // lives in its thread and goes with it
    QThread searchThread;
    Searcher searcher;
    Searcher backwardSearcher;
    int lastTicket = 0;
};
