// SPDX-License-Identifier: MIT
#include "textrows.h"

#include "textwrap.h"

#include <algorithm>

TextRows::TextRows(const QByteArray &text, int columns, int maxRows)
    : m_text(text)
{
    if (text.isEmpty())
        return;
    m_lineCount = text.count('\n') + 1;
    int line = 0;
    for (qsizetype from = 0; from <= text.size() && !m_cut; ++line) {
        const qsizetype lineFeed = text.indexOf('\n', from);
        const qsizetype end = lineFeed < 0 ? text.size() : lineFeed;
        do {
            if (count() == maxRows) {
                m_cut = true;
                break;
            }
            const qsizetype to = TextWrap::next(text, from, end, columns).end;
            m_rows.push_back({line, static_cast<quint32>(from), static_cast<quint32>(to)});
            from = to;
        } while (from < end);
        ++from;
    }
}

PayloadRow TextRows::row(int row) const
{
    const Row &place = m_rows.at(row);
    PayloadRow result;
    if (row == 0 || m_rows.at(row - 1).line != place.line)
        result.number = QString::number(place.line + 1);
    result.spans +=
        {TextWrap::shown(QByteArrayView(m_text).sliced(place.from, place.to - place.from)),
         PayloadType::Plain};
    return result;
}

qsizetype TextRows::offsetAt(int row) const
{
    return m_rows.at(row).from;
}

int TextRows::rowAt(qsizetype offset) const
{
    const auto next = std::partition_point(m_rows.begin(), m_rows.end(),
                                           [offset](Row row) { return row.from <= offset; });
    return std::max(0, static_cast<int>(next - m_rows.begin()) - 1);
}

qsizetype TextRows::shownLineCount() const
{
    return m_rows.isEmpty() ? 0 : m_rows.back().line + 1;
}
