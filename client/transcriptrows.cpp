// SPDX-License-Identifier: MIT
#include "transcriptrows.h"

#include <algorithm>

int TranscriptRows::rowOf(qint64 seq) const
{
    // The rows go down: the first one that begins at seq or before is the only one that can have
    // it.
    const auto found = std::partition_point(m_rows.begin(), m_rows.end(),
                                            [seq](const Row &row) { return row.first() > seq; });
    return found != m_rows.end() && found->seq >= seq ? int(found - m_rows.begin()) : -1;
}

int TranscriptRows::countBefore(qint64 firstSeq) const
{
    const auto found = std::partition_point(
        m_rows.begin(), m_rows.end(), [firstSeq](const Row &row) { return row.seq >= firstSeq; });
    return int(m_rows.end() - found);
}

void TranscriptRows::clear()
{
    m_rows.clear();
    m_entryCount = 0;
}

void TranscriptRows::prepend(const std::vector<Row> &rows)
{
    for (const Row &row : rows) {
        m_rows.push_front(row);
        m_entryCount += row.count;
    }
}

void TranscriptRows::extendNewest(qint64 seq, qint64 count)
{
    m_rows.front().seq = seq;
    m_rows.front().count += count;
    m_entryCount += count;
}

void TranscriptRows::append(const std::vector<Row> &rows)
{
    for (const Row &row : rows) {
        m_rows.push_back(row);
        m_entryCount += row.count;
    }
}

void TranscriptRows::appendDownTo(qint64 seq)
{
    for (qint64 next = m_rows.back().first() - 1; next >= seq; --next) {
        m_rows.push_back({next, 1});
        ++m_entryCount;
    }
}

void TranscriptRows::removeLast(int count)
{
    for (; count > 0; --count) {
        m_entryCount -= m_rows.back().count;
        m_rows.pop_back();
    }
}
