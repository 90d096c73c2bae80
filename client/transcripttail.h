// SPDX-License-Identifier: MIT
#pragma once

#include "entryqueue.h"

/*!
    The entries of one conversation that are in memory: those that are not on the disk yet, or all.
*/
class TranscriptTail
{
public:
    /// A batch that follows the last one, and may still grow while entries are appended.
    void add(BatchPointer batch) { m_batches.push_back(std::move(batch)); }
    /// Forgets whole batches: those with no entry after \a seq. What they held.
    struct Dropped
    {
        qint64 entries = 0;
        qint64 bytes = 0;
    };
    Dropped dropThrough(qint64 seq);

    [[nodiscard]] bool isEmpty() const { return m_batches.empty(); }
    [[nodiscard]] const std::deque<BatchPointer> &batches() const { return m_batches; }
    /// The entry of that number; null when it is not in memory.
    [[nodiscard]] const Entry *entry(qint64 seq) const;

private:
    std::deque<BatchPointer> m_batches;
};
