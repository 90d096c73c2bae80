// SPDX-License-Identifier: MIT
#include "binaryinput.h"

using namespace Qt::Literals::StringLiterals;

namespace {

/// "sentence, at 1:3": where in \a text it is.
QString at(QStringView text, qsizetype place, const QString &sentence)
{
    const QStringView before = text.first(place);
    const qsizetype line = before.count(u'\n') + 1;
    const qsizetype column = place - before.lastIndexOf(u'\n');
    return BinaryInput::tr("%1, at %2:%3").arg(sentence).arg(line).arg(column);
}

int hexDigit(QChar c)
{
    if (c >= u'0' && c <= u'9')
        return c.unicode() - u'0';
    const char16_t lower = c.unicode() | 0x20;
    return lower >= u'a' && lower <= u'f' && c.unicode() < 0x80 ? lower - u'a' + 10 : -1;
}

int base64Digit(QChar c)
{
    if (c >= u'A' && c <= u'Z')
        return c.unicode() - u'A';
    if (c >= u'a' && c <= u'z')
        return c.unicode() - u'a' + 26;
    if (c >= u'0' && c <= u'9')
        return c.unicode() - u'0' + 52;
    return c == u'+' || c == u'-' ? 62 : c == u'/' || c == u'_' ? 63 : -1;
}

bool isBlank(QChar c)
{
    return c == u' ' || c == u'\n' || c == u'\t' || c == u'\r';
}

BinaryInput::Decoded fromHex(QStringView text)
{
    BinaryInput::Decoded result;
    for (qsizetype i = 0; i < text.size();) {
        const QChar c = text.at(i);
        if (isBlank(c) || c == u':' || c == u',' || c == u'-' || c == u';') {
            ++i;
            continue;
        }
        const QChar next = i + 1 < text.size() ? text.at(i + 1) : QChar();
        if ((c == u'0' && (next == u'x' || next == u'X')) || (c == u'\\' && next == u'x')) {
            i += 2;
            if (i >= text.size() || hexDigit(text.at(i)) < 0) {
                result.problem = at(text, i, BinaryInput::tr("A hexadecimal digit is missing"));
                break;
            }
            continue;
        }
        const int high = hexDigit(c);
        const int low = hexDigit(next);
        if (high < 0)
            result.problem = at(text, i, BinaryInput::tr("This is no hexadecimal digit"));
        else if (low < 0)
            result.problem =
                at(text, i + 1, BinaryInput::tr("The second digit of a byte is missing"));
        if (!result.problem.isEmpty())
            break;
        result.bytes += static_cast<char>(high << 4 | low);
        i += 2;
    }
    return result;
}

BinaryInput::Decoded fromBase64(QStringView text)
{
    constexpr int digitsOfGroup = 4;
    BinaryInput::Decoded result;
    quint32 group = 0;
    int digits = 0;
    int padding = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text.at(i);
        if (isBlank(c))
            continue;
        const int digit = base64Digit(c);
        if (c == u'=' && digits >= 2 && digits + padding < digitsOfGroup) {
            ++padding;
            continue;
        }
        if (digit < 0 || padding > 0) {
            const QString why = digit >= 0 ? BinaryInput::tr("Nothing may follow the padding")
                : c == u'='                ? BinaryInput::tr("There is no place for padding")
                                           : BinaryInput::tr("This is no character of Base64");
            result.problem = at(text, i, why);
            return result;
        }
        group = group << 6 | static_cast<quint32>(digit);
        if (++digits < digitsOfGroup)
            continue;
        for (const int shift : {16, 8, 0})
            result.bytes += static_cast<char>(group >> shift & 0xff);
        group = 0;
        digits = 0;
    }
    if (digits == 1 || (padding > 0 && digits + padding < digitsOfGroup)) {
        result.problem = at(text, text.size(), BinaryInput::tr("A character is missing"));
        return result;
    }
    if (digits >= 2)
        result.bytes += static_cast<char>(group >> (digits == 2 ? 4 : 10) & 0xff);
    if (digits == 3)
        result.bytes += static_cast<char>(group >> 2 & 0xff);
    return result;
}

} // namespace

BinaryInput::Decoded BinaryInput::decoded(QStringView text, Encoding encoding)
{
    return encoding == Hex ? fromHex(text) : fromBase64(text);
}

void BinaryInput::setText(const QString &text)
{
    if (m_text == text)
        return;
    m_text = text;
    m_decoded = decoded(m_text, m_encoding);
    Q_EMIT changed();
}

void BinaryInput::setEncoding(Encoding encoding)
{
    if (m_encoding == encoding)
        return;
    m_encoding = encoding;
    m_decoded = decoded(m_text, m_encoding);
    Q_EMIT changed();
}
