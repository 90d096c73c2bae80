// SPDX-License-Identifier: MIT
#include "textwrap.h"

#include "codepoint.h"
#include "displaytext.h"

#include <QStringDecoder>

#include <algorithm>
#include <optional>

namespace {

int tabFrom(int column)
{
    return TextWrap::tabColumns - column % TextWrap::tabColumns;
}

/// Counts the columns of characters, one after the other.
class Columns
{
public:
    /// How many \a character takes after those before.
    int of(CodePoint character)
    {
        int columns = character.value == U'\t' ? tabFrom(m_column) : character.columns();
        m_marks = columns == 0 ? m_marks + 1 : 0;
        if (m_marks > TextWrap::maxMarks)
            columns = 1;
        m_column += columns;
        return columns;
    }
    int column() const { return m_column; }

private:
    int m_column = 0;
    int m_marks = 0;
};

/// What next() is, for letters of ASCII only: these are most of what there is.
std::optional<TextWrap> nextOfAscii(QByteArrayView utf8, qsizetype from, qsizetype to, int columns)
{
    const qsizetype end = std::min<qsizetype>(to, from + columns);
    const QByteArrayView piece = utf8.sliced(from, end - from);
    const bool isAscii =
        std::all_of(piece.begin(), piece.end(), [](char c) { return c >= ' ' && c <= '~'; });
    // What comes after may be a combining mark.
    if (!isAscii || (end < to && static_cast<signed char>(utf8.at(end)) < 0))
        return std::nullopt;
    if (end == to)
        return TextWrap{end, static_cast<int>(piece.size())};
    const auto afterBlank = static_cast<int>(piece.lastIndexOf(' ') + 1);
    return afterBlank > columns / 2 ? TextWrap{from + afterBlank, afterBlank}
                                    : TextWrap{end, columns};
}

QString decoded(QByteArrayView utf8)
{
    using Flag = QStringDecoder::Flag;
    // QString::fromUtf8() would drop a byte order mark.
    QStringDecoder decoder(QStringDecoder::Utf8, Flag::ConvertInitialBom | Flag::Stateless);
    return decoder(utf8);
}

} // namespace

TextWrap TextWrap::next(QByteArrayView utf8, qsizetype from, qsizetype to, int columns)
{
    if (columns > 0) {
        if (const std::optional<TextWrap> piece = nextOfAscii(utf8, from, to, columns))
            return *piece;
    }
    Columns counter;
    TextWrap afterBlank;
    TextWrap piece{from, 0};
    while (piece.end < to) {
        const CodePoint character = CodePoint::at(utf8.first(to), piece.end);
        counter.of(character);
        if (counter.column() > columns && piece.end > from)
            return afterBlank.columns > columns / 2 ? afterBlank : piece;
        piece = {piece.end + character.bytes, counter.column()};
        if (character.value == U' ' || character.value == U'\t')
            afterBlank = piece;
    }
    return piece;
}

QString TextWrap::shown(QByteArrayView utf8)
{
    const QString text = decoded(utf8);
    if (!utf8.contains('\t'))
        return DisplayText::visible(text, text.size(), text.size() + 1).text;

    QString blanks;
    Columns counter;
    for (qsizetype at = 0; at < utf8.size();) {
        const CodePoint character = CodePoint::at(utf8, at);
        const int columns = counter.of(character);
        if (character.value == U'\t')
            blanks += QString(columns, u' ');
        else
            blanks += decoded(utf8.sliced(at, character.bytes));
        at += character.bytes;
    }
    return DisplayText::visible(blanks, blanks.size(), blanks.size() + 1).text;
}
