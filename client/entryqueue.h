// SPDX-License-Identifier: MIT
#pragma once

#include "entry.h"

#include <QHash>
#include <QMutex>
#include <QString>

#include <deque>
#include <memory>
#include <vector>

/*!
    What is said about a conversation before its first entry is stored.
*/
struct ConversationHead
{
    qint64 id = 0;
    QString server;
    QString name;
    QDateTime created;
};

/*!
    Entries of one conversation that follow each other. Once it has been taken out of the queue, or
    another one has been begun, nobody changes it.
*/
struct EntryBatch
{
    std::shared_ptr<const ConversationHead> conversation;
    qint64 firstSeq = 0;
    qint64 bytes = 0; // of payload
    std::vector<Entry> entries;

    [[nodiscard]] qint64 lastSeq() const
    {
        return firstSeq + static_cast<qint64>(entries.size()) - 1;
    }
};
using BatchPointer = std::shared_ptr<const EntryBatch>;

/*!
    The way of the entries from the thread that appends them to the one that writes them, and of
    the news that they are written back. No end of it ever waits for more than a moment.
*/
class EntryQueue
{
public:
    /// A batch becomes no longer than this: it goes from memory as a whole.
    static constexpr std::size_t batchEntries = 1024;
    static constexpr qint64 batchBytes = 1024 * 1024;

    struct Appended
    {
        BatchPointer begun; ///< the new batch, if one was begun
        bool wake = false; ///< whether there was nothing in the queue before
    };
    Appended append(const std::shared_ptr<const ConversationHead> &conversation, qint64 seq,
                    const Entry &entry);
    /// Lets the next entry begin a batch, so that the ones there are do not change any more.
    void seal();
    /// From now on nobody takes batches out.
    void stop();

    /// How many entries wait.
    [[nodiscard]] std::size_t size();
    /// The writer's end: the oldest batches, no more than so many entries and bytes, but one.
    std::deque<BatchPointer> take(std::size_t entries, qint64 bytes);
    /// Forgets the batches of a conversation that is being removed.
    void drop(qint64 conversation);
    /// Says up to which entry a conversation is on the disk.
    void confirm(qint64 conversation, qint64 seq);

    /// What has been confirmed since the last call, by conversation.
    QHash<qint64, qint64> takeConfirmed();

private:
    QMutex m_mutex;
    std::deque<std::shared_ptr<EntryBatch>> m_waiting;
    std::size_t m_size = 0;
    std::shared_ptr<EntryBatch> m_open; // the one that still grows
    QHash<qint64, qint64> m_confirmed;
    bool m_stopped = false;
};
