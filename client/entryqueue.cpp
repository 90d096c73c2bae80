// SPDX-License-Identifier: MIT
#include "entryqueue.h"

#include <QMutexLocker>

#include <utility>

EntryQueue::Appended EntryQueue::append(const std::shared_ptr<const ConversationHead> &conversation,
                                        qint64 seq, const Entry &entry)
{
    const QMutexLocker locker(&m_mutex);
    Appended result;
    if (!m_open || m_open->conversation->id != conversation->id
        || m_open->entries.size() >= batchEntries || m_open->bytes >= batchBytes) {
        m_open = std::make_shared<EntryBatch>();
        m_open->conversation = conversation;
        m_open->firstSeq = seq;
        result.begun = m_open;
        if (!m_stopped) {
            result.wake = m_waiting.empty();
            m_waiting.push_back(m_open);
        }
    }
    if (!m_stopped)
        ++m_size;
    m_open->bytes += entry.payload.size();
    m_open->entries.push_back(entry);
    return result;
}

void EntryQueue::seal()
{
    const QMutexLocker locker(&m_mutex);
    m_open.reset();
}

void EntryQueue::stop()
{
    const QMutexLocker locker(&m_mutex);
    m_stopped = true;
    m_waiting.clear();
    m_size = 0;
}

std::size_t EntryQueue::size()
{
    const QMutexLocker locker(&m_mutex);
    return m_size;
}

std::deque<BatchPointer> EntryQueue::take(std::size_t entries, qint64 bytes)
{
    const QMutexLocker locker(&m_mutex);
    std::deque<BatchPointer> result;
    std::size_t takenEntries = 0;
    qint64 takenBytes = 0;
    while (!m_waiting.empty()) {
        const std::shared_ptr<EntryBatch> &next = m_waiting.front();
        takenEntries += next->entries.size();
        takenBytes += next->bytes;
        if (!result.empty() && (takenEntries > entries || takenBytes > bytes))
            break;
        if (next == m_open)
            m_open.reset();
        m_size -= next->entries.size();
        result.push_back(next);
        m_waiting.pop_front();
    }
    return result;
}

void EntryQueue::drop(qint64 conversation)
{
    const QMutexLocker locker(&m_mutex);
    if (m_open && m_open->conversation->id == conversation)
        m_open.reset();
    std::erase_if(m_waiting, [&](const auto &batch) {
        const bool isOfIt = batch->conversation->id == conversation;
        if (isOfIt)
            m_size -= batch->entries.size();
        return isOfIt;
    });
}

void EntryQueue::confirm(qint64 conversation, qint64 seq)
{
    const QMutexLocker locker(&m_mutex);
    m_confirmed.insert(conversation, seq);
}

QHash<qint64, qint64> EntryQueue::takeConfirmed()
{
    const QMutexLocker locker(&m_mutex);
    return std::exchange(m_confirmed, {});
}
