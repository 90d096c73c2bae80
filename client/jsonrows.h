// SPDX-License-Identifier: MIT
#pragma once

#include "jsonlines.h"
#include "payloaddiff.h"

#include <QList>

#include <optional>

/*!
    A JSON text as rows: its lines, each in as many rows as it takes, objects and arrays to be
    folded, and beside it, when there is one to compare with, what differs from the message before.
*/
class JsonRows
{
public:
    /// A piece of a line: the bytes from \c from to before \c to. An empty piece holds what a
    /// changed value was, where there was no room for it.
    struct Row
    {
        int line;
        quint32 from;
        quint32 to;
    };
    using Rows = QList<Row>;

    /// How much of a former value is shown.
    static constexpr int formerColumns = 40;

    /// Lays out \a json, which is valid, in rows of \a columns.
    JsonRows(const JsonLines &json, int columns);
    /// Lays out \a json with its differences to \a before, which is of the same shape.
    JsonRows(const JsonLines &json, const JsonLines &before, int columns);

    /// Lays the lines out anew; what is folded stays so.
    void setColumns(int columns);

    [[nodiscard]] const JsonLines &json() const { return m_json; }
    [[nodiscard]] int count() const { return static_cast<int>(m_rows.size()); }
    [[nodiscard]] PayloadRow row(int row) const;
    /// Where the bytes of \a row begin in the text.
    [[nodiscard]] qsizetype offsetAt(int row) const;
    /// The row that shows the byte at \a offset, or what it is folded into.
    [[nodiscard]] int rowAt(qsizetype offset) const;
    /// The row of the object or array that \a row is in; -1 for the outermost.
    [[nodiscard]] int parentOf(int row) const;
    /// How many values differ from the message before.
    [[nodiscard]] int changeCount() const { return m_diff ? m_diff->changeCount() : 0; }

    [[nodiscard]] bool isFoldable(int row) const;
    [[nodiscard]] bool isFolded(int row) const;
    /// The rows that fold() takes away.
    struct Range
    {
        int first;
        int end;
    };
    [[nodiscard]] Range rowsToFold(int row) const;
    /// Hides what the object or array of \a row holds.
    void fold(int row);
    /// The rows that unfold() brings back, after \a row.
    [[nodiscard]] Rows rowsToUnfold(int row) const;
    /// Shows what the object or array of \a row holds: \a rows.
    void unfold(int row, const Rows &rows);

private:
    using Line = PayloadDiff::Line;

    void layOut();
    void appendRows(Rows &rows, int line) const;
    void appendLines(Rows &rows, int first, int end) const;
    [[nodiscard]] int lineCount() const;
    [[nodiscard]] Line line(int line) const;
    [[nodiscard]] const JsonLines &source(const Line &line) const;
    [[nodiscard]] const JsonLines::Line &words(const Line &line) const;
    [[nodiscard]] int steps(int depth) const;
    [[nodiscard]] QString former(const Line &line) const;
    [[nodiscard]] bool formerIsBelow(int row) const;
    [[nodiscard]] QList<PayloadSpan> foldedSpans(const Line &line) const;
    [[nodiscard]] PayloadType::Change changeOf(int line) const;
    [[nodiscard]] bool isFirst(const Row &row) const;
    [[nodiscard]] int rowAfter(int line) const;

    JsonLines m_json;
    JsonLines m_before;
    std::optional<PayloadDiff> m_diff;
    QList<int> m_changesUntil; // how many lines differ before each
    QList<bool> m_folded; // by line
    Rows m_rows;
    int m_columns;
};
