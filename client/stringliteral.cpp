// SPDX-License-Identifier: MIT
#include "stringliteral.h"

#include <QList>

using namespace Qt::Literals::StringLiterals;

namespace {

bool isUnseen(char32_t c)
{
    switch (QChar::category(c)) {
    case QChar::Other_Control:
    case QChar::Other_Format:
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        return true;
    default:
        return false;
    }
}

QString hexadecimal(QLatin1StringView prefix, char32_t number, int digits)
{
    return prefix
        + QString::number(static_cast<uint>(number), 16).rightJustified(digits, QLatin1Char('0'));
}

QString escape(char32_t c, Language language)
{
    switch (language) {
    case Language::JavaScript: // code units
        return QChar::requiresSurrogates(c) ? hexadecimal("\\u"_L1, QChar::highSurrogate(c), 4)
                + hexadecimal("\\u"_L1, QChar::lowSurrogate(c), 4)
                                            : hexadecimal("\\u"_L1, c, 4);
    case Language::Cpp:
        // C++20 has no \u for control characters; an octal escape ends after three digits.
        if (c < 0x100) {
            return u'\\'
                + QString::number(static_cast<uint>(c), 8).rightJustified(3, QLatin1Char('0'));
        }
        [[fallthrough]];
    case Language::Python:
        break;
    }
    return c < 0x10000 ? hexadecimal("\\u"_L1, c, 4) : hexadecimal("\\U"_L1, c, 8);
}

} // namespace

QString stringLiteral(const QString &text, Language language)
{
    QString literal = u"\""_s;
    const QString unicode = QString::fromUtf8(text.toUtf8());
    for (const char32_t c : unicode.toUcs4()) {
        if (c == U'"' || c == U'\\')
            literal += u'\\' + QString::fromUcs4(&c, 1);
        else if (c == U'\n')
            literal += "\\n"_L1;
        else if (c == U'\r')
            literal += "\\r"_L1;
        else if (c == U'\t')
            literal += "\\t"_L1;
        else if (c == U'?' && language == Language::Cpp && literal.endsWith(u'?'))
            literal += "\\?"_L1; // no trigraph
        else if (isUnseen(c) || (c == U'<' && language == Language::JavaScript)) // as in </script>
            literal += escape(c, language);
        else
            literal += QString::fromUcs4(&c, 1);
    }
    return literal + u'"';
}
