// SPDX-License-Identifier: MIT
#include "escape.h"

using namespace Qt::Literals::StringLiterals;

namespace {

bool isHarmless(char32_t character)
{
    if (character == U'\\')
        return false;
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

} // namespace

QString escaped(QStringView text, qsizetype maxLength)
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
        if (isHarmless(character))
            result += unchanged;
        else
            result += escapeSequence(character);
        text = text.sliced(unchanged.size());
    }
    return result;
}
