// SPDX-License-Identifier: MIT
#include "codepoint.h"

#include <QChar>

#include <algorithm>
#include <array>

using namespace Qt::Literals::StringLiterals;

namespace {

struct Range
{
    char32_t first;
    char32_t last;
};

// Unicode's East Asian Width W and F, in rough strokes, and emoji.
constexpr std::array wideRanges{
    Range{0x1100, 0x115f},   Range{0x2e80, 0x303e},   Range{0x3041, 0xa4cf},
    Range{0xac00, 0xd7a3},   Range{0xf900, 0xfaff},   Range{0xfe30, 0xfe4f},
    Range{0xff00, 0xff60},   Range{0xffe0, 0xffe6},   Range{0x1f300, 0x1f64f},
    Range{0x1f680, 0x1f6ff}, Range{0x1f900, 0x1faff}, Range{0x20000, 0x3fffd},
};

} // namespace

char32_t codePointAt(QStringView utf16, qsizetype at)
{
    const QChar first = utf16.at(at);
    if (first.isHighSurrogate() && at + 1 < utf16.size() && utf16.at(at + 1).isLowSurrogate())
        return QChar::surrogateToUcs4(first, utf16.at(at + 1));
    return first.unicode();
}

QString codePointName(char32_t c)
{
    return u"U+%1"_s.arg(QString::number(c, 16).toUpper(), 4, u'0');
}

CodePoint CodePoint::at(QByteArrayView utf8, qsizetype at)
{
    const auto byte = [&](qsizetype offset) { return static_cast<uchar>(utf8.at(at + offset)); };
    const uchar lead = byte(0);
    if (lead < 0x80)
        return {lead, 1, true};

    const int bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || utf8.size() - at < bytes)
        return {};
    char32_t value = lead & (0xff >> (bytes + 1));
    for (int i = 1; i < bytes; ++i) {
        if ((byte(i) & 0xc0) != 0x80)
            return {};
        value = value << 6 | (byte(i) & 0x3f);
    }
    const bool overlong = (bytes == 3 && value < 0x800) || (bytes == 4 && value < 0x10000);
    if (overlong || QChar::isSurrogate(value) || value > QChar::LastValidCodePoint)
        return {};
    return {value, bytes, true};
}

int CodePoint::columns() const
{
    constexpr int columnsOfMark = 9; // ⟨U+E0041⟩
    constexpr char32_t firstWide = wideRanges.front().first;
    if (value <= 0x7f)
        return 1;
    switch (QChar::category(value)) {
    case QChar::Mark_NonSpacing:
    case QChar::Mark_Enclosing:
        return 0;
    case QChar::Other_Format:
        return value == 0x200c || value == 0x200d ? 0 : columnsOfMark;
    case QChar::Other_Control:
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        return columnsOfMark;
    default:
        break;
    }
    const bool isWide = value >= firstWide
        && std::any_of(wideRanges.begin(), wideRanges.end(),
                       [&](Range range) { return value >= range.first && value <= range.last; });
    return isWide ? 2 : 1;
}
