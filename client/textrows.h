// SPDX-License-Identifier: MIT
#pragma once

#include "payloadrow.h"

#include <QByteArray>
#include <QList>

/*!
    A payload as text: its lines, each in as many rows as it takes.
*/
class TextRows
{
public:
    /// How many rows are made at most; those beyond are left out.
    static constexpr int defaultMaxRows = 1'000'000;

    /// Lays out \a text, less than 4 GiB of UTF-8, in rows of \a columns.
    TextRows(const QByteArray &text, int columns, int maxRows = defaultMaxRows);

    [[nodiscard]] int count() const { return static_cast<int>(m_rows.size()); }
    [[nodiscard]] PayloadRow row(int row) const;
    /// Where the bytes of \a row begin.
    [[nodiscard]] qsizetype offsetAt(int row) const;
    /// The row that shows the byte at \a offset.
    [[nodiscard]] int rowAt(qsizetype offset) const;
    /// Whether rows were left out.
    [[nodiscard]] bool isCut() const { return m_cut; }
    /// How many lines there are, left out or not.
    [[nodiscard]] qsizetype lineCount() const { return m_lineCount; }
    /// How many lines are in the rows.
    [[nodiscard]] qsizetype shownLineCount() const;

private:
    struct Row
    {
        int line;
        quint32 from;
        quint32 to;
    };

    QByteArray m_text;
    QList<Row> m_rows;
    qsizetype m_lineCount = 1;
    bool m_cut = false;
};
