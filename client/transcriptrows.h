// SPDX-License-Identifier: MIT
#pragma once

#include <QtGlobal>

#include <deque>
#include <vector>

/*!
    Which entries of a conversation the rows of a view show, the newest first. A row is one entry,
    or a run of equal neighbours that is folded into one.

    Entries are named by their number in the conversation; see TranscriptStore.
*/
class TranscriptRows
{
public:
    struct Row
    {
        /// The newest entry of the run.
        qint64 seq = 0;
        /// How many entries it stands for, 1 or more.
        qint64 count = 1;

        /// The oldest entry of the run.
        [[nodiscard]] qint64 first() const { return seq - count + 1; }
    };

    [[nodiscard]] int size() const { return int(m_rows.size()); }
    [[nodiscard]] bool isEmpty() const { return m_rows.empty(); }
    /// Row 0 is the newest.
    [[nodiscard]] const Row &at(int row) const { return m_rows.at(std::size_t(row)); }
    /// How many entries all rows stand for.
    [[nodiscard]] qint64 entryCount() const { return m_entryCount; }
    /// The row that stands for \a seq, or -1.
    [[nodiscard]] int rowOf(qint64 seq) const;
    /// How many rows have no entry from \a firstSeq on: they are the last ones.
    [[nodiscard]] int countBefore(qint64 firstSeq) const;

    void clear();
    /// Puts \a rows, the oldest first, in front of all others.
    void prepend(const std::vector<Row> &rows);
    /// Makes the newest row stand for \a count entries more, up to \a seq.
    void extendNewest(qint64 seq, qint64 count);
    /// Puts \a rows, the newest first, behind all others.
    void append(const std::vector<Row> &rows);
    /// Puts a row for each entry down to \a seq behind the rows there are.
    void appendDownTo(qint64 seq);
    void removeLast(int count);

private:
    std::deque<Row> m_rows;
    qint64 m_entryCount = 0;
};
