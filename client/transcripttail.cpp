// SPDX-License-Identifier: MIT
#include "transcripttail.h"

#include <algorithm>

TranscriptTail::Dropped TranscriptTail::dropThrough(qint64 seq)
{
    Dropped result;
    while (!m_batches.empty() && m_batches.front()->lastSeq() <= seq) {
        result.entries += static_cast<qint64>(m_batches.front()->entries.size());
        result.bytes += m_batches.front()->bytes;
        m_batches.pop_front();
    }
    return result;
}

const Entry *TranscriptTail::entry(qint64 seq) const
{
    const auto after = std::upper_bound(
        m_batches.begin(), m_batches.end(), seq,
        [](qint64 value, const BatchPointer &batch) { return value < batch->firstSeq; });
    if (after == m_batches.begin())
        return nullptr;
    const EntryBatch &batch = **std::prev(after);
    const auto place = static_cast<std::size_t>(seq - batch.firstSeq);
    return place < batch.entries.size() ? &batch.entries[place] : nullptr;
}
