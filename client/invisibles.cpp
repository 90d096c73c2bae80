// SPDX-License-Identifier: MIT
#include "invisibles.h"

#include "codepoint.h"
#include "displaytext.h"

#include <QCoreApplication>
#include <QMap>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace {

/// As many kinds are named; the others are counted.
constexpr qsizetype maxKinds = 4;

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Invisibles)

public:
    static QString nameOf(char32_t c)
    {
        switch (c) {
        case U'\0':
            return tr("NUL");
        case U'\r':
            return tr("carriage return");
        case 0x1b:
            return tr("escape");
        case 0xa0:
            return tr("no-break space");
        case 0xad:
            return tr("soft hyphen");
        case 0x200b:
            return tr("zero-width space");
        case 0x2028:
            return tr("line separator");
        case 0x2029:
            return tr("paragraph separator");
        case 0x202f:
            return tr("narrow no-break space");
        case 0x2060:
            return tr("word joiner");
        case 0x3000:
            return tr("ideographic space");
        case 0xfeff:
            return tr("byte order mark");
        default:
            break;
        }
        if (QChar::isSurrogate(c))
            return tr("half a character");
        if ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e
            || c == 0x200f || c == 0x61c)
            return tr("direction mark");
        switch (QChar::category(c)) {
        case QChar::Other_Control:
            return tr("control character");
        case QChar::Separator_Space:
            return tr("special space");
        default:
            return tr("invisible character");
        }
    }
};

bool isInvisible(char32_t c)
{
    if (c == U' ' || c == U'\n' || c == U'\t')
        return false;
    return QChar::isSurrogate(c) || QChar::category(c) == QChar::Separator_Space
        || QChar::category(c) == QChar::Other_Control || DisplayText::needsMark(c);
}

struct Kind
{
    char32_t first;
    qsizetype line;
    qsizetype column;
    qsizetype count;
};

QString wordsOf(const Kind &kind)
{
    const QString code = codePointName(kind.first);
    const QString name = Words::nameOf(kind.first);
    const QString place = u"%1:%2"_s.arg(kind.line).arg(kind.column);
    return kind.count == 1
        ? Words::tr("%1 (%2) at %3").arg(name, code, place)
        : Words::tr("%L1 × %2 (%3), the first at %4").arg(kind.count).arg(name, code, place);
}

} // namespace

QStringList invisiblesIn(QStringView text)
{
    QList<Kind> kinds;
    QMap<char32_t, qsizetype> places; // in kinds
    qsizetype line = 1;
    qsizetype column = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char32_t c = codePointAt(text, i);
        i += QChar::requiresSurrogates(c) ? 1 : 0;
        ++column;
        if (c == U'\n') {
            ++line;
            column = 0;
        }
        if (!isInvisible(c))
            continue;
        const auto place = places.constFind(c);
        if (place != places.cend()) {
            ++kinds[*place].count;
        } else {
            places.insert(c, kinds.size());
            kinds.append({c, line, column, 1});
        }
    }

    QStringList words;
    if (text.startsWith(u' ') || text.startsWith(u'\t'))
        words += Words::tr("a blank at the beginning");
    if (text.startsWith(u'\n'))
        words += Words::tr("a line feed at the beginning");
    if (const int blanks = trailingBlanks(text); blanks == 1)
        words += Words::tr("a blank at the end");
    else if (blanks > 1)
        words += Words::tr("%L1 blanks at the end").arg(blanks);
    if (text.endsWith(u'\n'))
        words += Words::tr("a line feed at the end");
    for (const Kind &kind : kinds.first(std::min(kinds.size(), maxKinds)))
        words += wordsOf(kind);
    if (kinds.size() > maxKinds)
        words += Words::tr("%L1 other invisible characters").arg(kinds.size() - maxKinds);
    return words;
}

int trailingBlanks(QStringView text)
{
    qsizetype end = text.size();
    while (end > 0 && (text.at(end - 1) == u' ' || text.at(end - 1) == u'\t'))
        --end;
    return static_cast<int>(text.size() - end);
}
