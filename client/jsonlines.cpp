// SPDX-License-Identifier: MIT
#include "jsonlines.h"

#include "codepoint.h"
#include "textwrap.h"

#include <QCoreApplication>

#include <algorithm>
#include <vector>

using namespace Qt::Literals::StringLiterals;

namespace {

using Kind = JsonLines::Kind;
using Line = JsonLines::Line;

struct Reasons
{
    Q_DECLARE_TR_FUNCTIONS(JsonLines)
};

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isHexDigit(char c)
{
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Reads a JSON text from its first byte to its last. Each function reads on from m_at, and is
/// false where the text is not JSON.
class Reader
{
public:
    Reader(QByteArrayView text, int maxLines)
        : m_text(text)
        , m_maxLines(maxLines)
    {
    }

    bool read();

    QList<Line> lines;
    int lineCount = 0;
    qsizetype at() const { return m_at; }
    QString reason;

private:
    struct Container
    {
        int line;
        int members;
        char closing;
    };

    bool readKey();
    bool readValue();
    bool readOpening(Kind kind, char closing);
    bool readString();
    bool readEscape();
    bool readNumber();
    bool readDigits();
    bool readKeyword(QByteArrayView keyword);
    bool readWhatFollows();
    void close(const Container &container);

    bool fail(const QString &why)
    {
        reason = why;
        return false;
    }
    bool atEnd() const { return m_at >= m_text.size(); }
    char peek() const { return atEnd() ? '\0' : m_text.at(m_at); }
    void skipBlanks()
    {
        while (!atEnd() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r'))
            ++m_at;
    }
    void add(const Line &line)
    {
        if (lineCount < m_maxLines)
            lines.push_back(line);
        ++lineCount;
    }

    QByteArrayView m_text;
    int m_maxLines;
    qsizetype m_at = 0;
    std::vector<Container> m_open;
    Line m_line; // the one that is being read
    bool m_valueIsDue = true;
};

bool Reader::read()
{
    skipBlanks();
    for (;;) {
        m_line = {};
        m_line.depth = static_cast<quint16>(m_open.size());
        if (!m_open.empty()) {
            ++m_open.back().members;
            if (m_open.back().closing == '}' && !readKey())
                return false;
        }
        m_valueIsDue = false;
        if (!readValue())
            return false;
        if (!m_valueIsDue && !readWhatFollows())
            return false;
        if (!m_valueIsDue)
            return true;
        skipBlanks();
    }
}

bool Reader::readKey()
{
    if (peek() != '"')
        return fail(Reasons::tr("a key in double quotes is expected"));
    m_line.keyAt = static_cast<quint32>(m_at);
    if (!readString())
        return false;
    m_line.keySize = static_cast<quint32>(m_at) - m_line.keyAt;
    skipBlanks();
    if (peek() != ':')
        return fail(Reasons::tr("a colon is expected"));
    ++m_at;
    skipBlanks();
    return true;
}

bool Reader::readValue()
{
    m_line.valueAt = static_cast<quint32>(m_at);
    m_line.last = lineCount;
    const char c = peek();
    if (c == '{')
        return readOpening(Kind::Object, '}');
    if (c == '[')
        return readOpening(Kind::Array, ']');

    bool ok = false;
    if (c == '"') {
        m_line.kind = Kind::String;
        ok = readString();
    } else if (c == '-' || isDigit(c)) {
        m_line.kind = Kind::Number;
        ok = readNumber();
    } else {
        m_line.kind = Kind::Keyword;
        ok = readKeyword("true") || readKeyword("false") || readKeyword("null")
            || fail(Reasons::tr("a value is expected"));
    }
    if (!ok)
        return false;
    m_line.valueSize = static_cast<quint32>(m_at) - m_line.valueAt;
    add(m_line);
    return true;
}

bool Reader::readOpening(Kind kind, char closing)
{
    if (m_open.size() == JsonLines::maxDepth)
        return fail(Reasons::tr("it nests deeper than %1 levels").arg(JsonLines::maxDepth));
    ++m_at;
    m_line.kind = kind;
    m_line.valueSize = 1;
    const int line = lineCount;
    add(m_line);
    skipBlanks();
    if (peek() == closing) {
        ++m_at;
        return true;
    }
    m_open.push_back({line, 0, closing});
    m_valueIsDue = true;
    return true;
}

/// Reads what may come after a value: the ends of what it is in, and a comma.
bool Reader::readWhatFollows()
{
    for (;;) {
        skipBlanks();
        if (m_open.empty())
            return atEnd() || fail(Reasons::tr("nothing more is expected"));
        if (peek() == ',') {
            ++m_at;
            if (lineCount <= m_maxLines)
                lines.back().comma = true;
            m_valueIsDue = true;
            return true;
        }
        const Container container = m_open.back();
        if (peek() != container.closing) {
            return fail(container.closing == '}' ? Reasons::tr("a comma or } is expected")
                                                 : Reasons::tr("a comma or ] is expected"));
        }
        m_open.pop_back();
        close(container);
        ++m_at;
    }
}

void Reader::close(const Container &container)
{
    if (container.line < m_maxLines) {
        Line &opening = lines[container.line];
        opening.last = lineCount;
        opening.members = container.members;
    }
    Line line;
    line.kind = Kind::End;
    line.valueAt = static_cast<quint32>(m_at);
    line.valueSize = 1;
    line.last = lineCount;
    line.depth = static_cast<quint16>(m_open.size());
    add(line);
}

bool Reader::readString()
{
    ++m_at;
    while (!atEnd()) {
        const auto c = static_cast<uchar>(m_text.at(m_at));
        if (c == '"') {
            ++m_at;
            return true;
        }
        if (c < 0x20)
            return fail(Reasons::tr("a control character is to be escaped"));
        if (c == '\\') {
            if (!readEscape())
                return false;
        } else if (c < 0x80) {
            ++m_at;
        } else {
            const CodePoint character = CodePoint::at(m_text, m_at);
            if (!character.valid)
                return fail(Reasons::tr("this is not UTF-8"));
            m_at += character.bytes;
        }
    }
    return fail(Reasons::tr("the string does not end"));
}

bool Reader::readEscape()
{
    constexpr qsizetype hexDigits = 4;
    const QByteArrayView rest = m_text.sliced(m_at + 1);
    if (!rest.isEmpty() && QByteArrayView("\"\\/bfnrt").contains(rest.front())) {
        m_at += 2;
        return true;
    }
    if (rest.size() > hexDigits && rest.front() == 'u'
        && std::all_of(rest.begin() + 1, rest.begin() + 1 + hexDigits, isHexDigit)) {
        m_at += 2 + hexDigits;
        return true;
    }
    return fail(Reasons::tr("this is not an escape of JSON"));
}

bool Reader::readNumber()
{
    if (peek() == '-')
        ++m_at;
    if (peek() == '0')
        ++m_at;
    else if (!readDigits())
        return false;
    if (peek() == '.') {
        ++m_at;
        if (!readDigits())
            return false;
    }
    if (peek() == 'e' || peek() == 'E') {
        ++m_at;
        if (peek() == '+' || peek() == '-')
            ++m_at;
        return readDigits();
    }
    return true;
}

bool Reader::readDigits()
{
    if (!isDigit(peek()))
        return fail(Reasons::tr("a digit is expected"));
    while (isDigit(peek()))
        ++m_at;
    return true;
}

bool Reader::readKeyword(QByteArrayView keyword)
{
    if (!m_text.sliced(m_at).startsWith(keyword))
        return false;
    m_at += keyword.size();
    return true;
}

JsonLines::Problem problemAt(QByteArrayView text, qsizetype at, const QString &reason)
{
    JsonLines::Problem problem;
    problem.reason = reason;
    const QByteArrayView before = text.first(at);
    problem.line += std::count(before.begin(), before.end(), '\n');
    for (qsizetype i = before.lastIndexOf('\n') + 1; i < at; i += CodePoint::at(text, i).bytes)
        ++problem.column;
    return problem;
}

PayloadType::Kind spanKind(Kind kind)
{
    switch (kind) {
    case Kind::String:
        return PayloadType::String;
    case Kind::Number:
        return PayloadType::Number;
    case Kind::Keyword:
        return PayloadType::Keyword;
    case Kind::Object:
    case Kind::Array:
    case Kind::End:
        break;
    }
    return PayloadType::Punctuation;
}

} // namespace

JsonLines::JsonLines(const QByteArray &text, int maxLines)
    : m_text(text)
{
    Reader reader(text, maxLines);
    if (!reader.read()) {
        m_problem = problemAt(text, reader.at(), reader.reason);
        return;
    }
    m_lines = std::move(reader.lines);
    m_lineCount = reader.lineCount;
}

QList<PayloadSpan> JsonLines::spans(int line, quint32 from, quint32 to) const
{
    const Line &words = m_lines.at(line);
    const auto part = [&](quint32 begin, quint32 end) {
        const quint32 first = std::max(begin, from);
        const quint32 last = std::min(end, to);
        if (first >= last)
            return QString();
        return TextWrap::shown(QByteArrayView(m_text).sliced(first, last - first));
    };

    QList<PayloadSpan> spans;
    if (words.keySize > 0 && from < words.keyEnd()) {
        spans += {part(words.keyAt, words.keyEnd()), PayloadType::Key};
        if (to >= words.keyEnd())
            spans += {u": "_s, PayloadType::Punctuation};
    }
    if (const QString value = part(words.valueAt, words.valueEnd()); !value.isEmpty()) {
        spans += {value, spanKind(words.kind)};
        if ((words.kind == Kind::Object || words.kind == Kind::Array) && words.members == 0)
            spans.back().text += closingBracket(line);
    }
    if (words.comma && to >= words.valueEnd())
        spans += {u","_s, PayloadType::Punctuation};
    return spans;
}

QChar JsonLines::closingBracket(int line) const
{
    return m_lines.at(line).kind == Kind::Object ? u'}' : u']';
}
