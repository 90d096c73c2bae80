// SPDX-License-Identifier: MIT
#include "shellwords.h"

#include "displaytext.h"
#include "utf8.h"

#include <QByteArray>
#include <QRegularExpression>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace {

/// Reads a command byte by byte; every character that means something to a shell is ASCII.
class Reader
{
public:
    explicit Reader(const QString &command)
        : m_text(command.toUtf8())
    {
    }

    ShellWords read()
    {
        while (m_result.problem.isEmpty() && !atEnd())
            readUnquoted();
        endWord();
        if (!m_result.problem.isEmpty())
            m_result.words.clear();
        return m_result;
    }

private:
    [[nodiscard]] bool atEnd() const { return m_at >= m_text.size(); }
    [[nodiscard]] char peek(qsizetype ahead = 0) const
    {
        return m_at + ahead < m_text.size() ? m_text[m_at + ahead] : '\0';
    }
    char next() { return m_text[m_at++]; }

    void fail(const QString &problem)
    {
        if (m_result.problem.isEmpty())
            m_result.problem = problem;
        m_at = m_text.size();
    }

    void failForShell(const QString &what)
    {
        fail(u"“%1” is for a shell, and nothing is run here: paste the command alone, with its "
             "words in quotes."_s.arg(what));
    }

    void add(char c)
    {
        if (c == '\0')
            return fail(u"The command holds a NUL character, which no word can hold."_s);
        m_word += c;
        m_inWord = true;
    }

    void endWord()
    {
        if (!m_inWord)
            return;
        const std::optional<QString> word = decodedUtf8(m_word);
        if (!word)
            return fail(u"A word of the command is not UTF-8."_s);
        m_result.words += *word;
        m_word.clear();
        m_inWord = false;
    }

    void readUnquoted()
    {
        const char c = next();
        switch (c) {
        case ' ':
        case '\t':
            return endWord();
        case '\n':
            if (m_text.sliced(m_at).trimmed().isEmpty())
                return endWord();
            return fail(u"Only one command can be read, on one line; a line that goes on ends with "
                        "a backslash."_s);
        case '\'':
            return readSingleQuoted();
        case '"':
            return readDoubleQuoted();
        case '\\':
            return readEscaped();
        case '$':
            return readDollar(false);
        case '#':
            if (m_inWord)
                return add(c);
            while (!atEnd() && peek() != '\n')
                next();
            return;
        case '`':
        case '|':
        case '&':
        case ';':
        case '<':
        case '>':
        case '(':
        case ')':
            return failForShell(QString(QLatin1Char(c)));
        default:
            return add(c);
        }
    }

    void readEscaped()
    {
        if (atEnd())
            return fail(u"The command ends with a backslash: a part of it is missing."_s);
        if (const char c = next(); c != '\n') // else the line goes on
            add(c);
    }

    void readSingleQuoted()
    {
        m_inWord = true;
        while (!atEnd()) {
            const char c = next();
            if (c == '\'')
                return;
            add(c);
        }
        failUnclosed(u"'"_s);
    }

    void readDoubleQuoted()
    {
        m_inWord = true;
        while (!atEnd()) {
            const char c = next();
            if (c == '"')
                return;
            if (c == '`')
                return failForShell(u"`"_s);
            if (c == '$') {
                readDollar(true);
            } else if (c == '\\' && peek() == '\n') {
                next();
            } else if (c == '\\' && !atEnd() && QByteArrayView("$`\"\\").contains(peek())) {
                add(next());
            } else {
                add(c);
            }
        }
        failUnclosed(u"\""_s);
    }

    void readDollar(bool quoted)
    {
        const char c = peek();
        if (!quoted && c == '\'') {
            next();
            return readAnsiQuoted();
        }
        const bool isName = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
            || (c >= '0' && c <= '9') || QByteArrayView("_{(*@#?$!-").contains(c);
        if (c != '\0' && (isName || (!quoted && c == '"')))
            return failForShell(u'$' + QString(QLatin1Char(c)));
        add('$');
    }

    /// $'…': ANSI-C quoting.
    void readAnsiQuoted()
    {
        m_inWord = true;
        while (!atEnd()) {
            const char c = next();
            if (c == '\'')
                return;
            if (c != '\\' || atEnd())
                add(c);
            else
                readAnsiEscape();
        }
        failUnclosed(u"$'"_s);
    }

    void readAnsiEscape()
    {
        static constexpr QByteArrayView names = "abeEfnrtv\\'\"?";
        static constexpr QByteArrayView values = "\a\b\033\033\f\n\r\t\v\\'\"?";
        const char c = next();
        if (const qsizetype index = names.indexOf(c); index != -1) {
            add(values[index]);
        } else if (c >= '0' && c <= '7') {
            --m_at;
            add(static_cast<char>(readNumber(3, 8)));
        } else if (c == 'x' && isDigit(peek(), 16)) {
            add(static_cast<char>(readNumber(2, 16)));
        } else if ((c == 'u' || c == 'U') && isDigit(peek(), 16)) {
            readCodePoint(c == 'u' ? 4 : 8);
        } else if (c == 'c' && !atEnd()) {
            add(static_cast<char>(next() & 0x1f));
        } else { // no escape: both stay
            add('\\');
            add(c);
        }
    }

    void readCodePoint(int digits)
    {
        const char32_t codePoint = readNumber(digits, 16);
        if (codePoint > QChar::LastValidCodePoint || QChar::isSurrogate(codePoint))
            return fail(u"The command names a character that there is not."_s);
        for (const char byte : QString::fromUcs4(&codePoint, 1).toUtf8())
            add(byte);
    }

    [[nodiscard]] static bool isDigit(char c, int base)
    {
        bool ok = false;
        QByteArray(1, c).toInt(&ok, base);
        return ok;
    }

    quint32 readNumber(int maxDigits, int base)
    {
        QByteArray digits;
        while (digits.size() < maxDigits && !atEnd() && isDigit(peek(), base))
            digits += next();
        return digits.toUInt(nullptr, base);
    }

    void failUnclosed(const QString &quote)
    {
        fail(u"The command ends inside quotes: a closing “%1” is missing."_s.arg(quote.right(1)));
    }

    QByteArray m_text;
    QByteArray m_word;
    ShellWords m_result;
    qsizetype m_at = 0;
    bool m_inWord = false;
};

} // namespace

ShellWords ShellWords::of(const QString &command)
{
    return Reader(command).read();
}

QString shellQuoted(const QString &word)
{
    static const QRegularExpression harmless(u"\\A[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*\\z"_s);
    // What moves a terminal's cursor, or hides from the eye.
    static const QRegularExpression unseen(u"[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\x{ad}]"_s);
    if (harmless.match(word).hasMatch())
        return word;
    if (!unseen.match(word).hasMatch()) {
        QString quoted = word;
        return u'\'' + quoted.replace(u'\'', u"'\\''"_s) + u'\'';
    }
    QString quoted = u"$'"_s;
    for (const char32_t c : word.toUcs4()) {
        const QString character = QString::fromUcs4(&c, 1);
        if (c == U'\n')
            quoted += u"\\n"_s;
        else if (c == U'\t')
            quoted += u"\\t"_s;
        else if (c == U'\\' || c == U'\'')
            quoted += u'\\' + character;
        else if (!unseen.match(character).hasMatch())
            quoted += character;
        else if (c != 0)
            for (const char byte : character.toUtf8()) // three digits, so that none is added
                quoted += u"\\%1"_s.arg(static_cast<uchar>(byte), 3, 8, QLatin1Char('0'));
    }
    return quoted + u'\'';
}
