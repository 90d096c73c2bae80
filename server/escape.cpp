// SPDX-License-Identifier: MIT
#include "escape.h"

using namespace Qt::Literals::StringLiterals;

namespace {

enum class Backslash { Escaped, Kept };

bool isHarmless(char32_t character)
{
    if (character >= 0x20 && character < 0x7f)
        return true; // by far the most
    switch (QChar::category(character)) {
    case QChar::Other_Control: // C0, DEL, C1
    case QChar::Other_Format: // bidirectional controls, zero width characters, the byte order mark
    case QChar::Other_Surrogate:
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        return false;
    default:
        return true;
    }
}

QString escapeSequence(char32_t character)
{
    switch (character) {
    case U'\\':
        return u"\\\\"_s;
    case U'\n':
        return u"\\n"_s;
    case U'\r':
        return u"\\r"_s;
    case U'\t':
        return u"\\t"_s;
    default:
        break;
    }
    if (character <= 0xff)
        return u"\\x%1"_s.arg(uint(character), 2, 16, '0'_L1);
    return u"\\u{%1}"_s.arg(uint(character), 4, 16, '0'_L1);
}

QString escapedIn(QStringView text, qsizetype maxLength, Backslash backslash)
{
    QString result;
    for (qsizetype length = 0; !text.isEmpty(); ++length) {
        if (length == maxLength)
            return result + u'…';
        const bool isPair =
            text.size() > 1 && text[0].isHighSurrogate() && text[1].isLowSurrogate();
        const char32_t character =
            isPair ? QChar::surrogateToUcs4(text[0], text[1]) : char32_t(text[0].unicode());
        const QStringView unchanged = text.first(isPair ? 2 : 1);
        const bool isEscaped =
            character == U'\\' ? backslash == Backslash::Escaped : !isHarmless(character);
        if (isEscaped)
            result += escapeSequence(character);
        else
            result += unchanged;
        text = text.sliced(unchanged.size());
    }
    return result;
}

} // namespace

QString escaped(QStringView text, qsizetype maxLength)
{
    return escapedIn(text, maxLength, Backslash::Escaped);
}

QString withoutControls(QStringView text)
{
    return escapedIn(text, text.size(), Backslash::Kept);
}
