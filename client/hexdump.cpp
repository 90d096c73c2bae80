// SPDX-License-Identifier: MIT
#include "hexdump.h"

#include <algorithm>

HexDump::HexDump(const QByteArray &bytes, int bytesPerLine)
    : m_bytes(bytes)
    , m_bytesPerLine(bytesPerLine)
{
}

qsizetype HexDump::lineCount() const
{
    return m_bytes.size() / m_bytesPerLine + (m_bytes.size() % m_bytesPerLine == 0 ? 0 : 1);
}

QString HexDump::offset(qsizetype line) const
{
    constexpr int digits = 8;
    return QString::number(line * m_bytesPerLine, 16).rightJustified(digits, u'0');
}

QString HexDump::hex(qsizetype line) const
{
    constexpr char digits[] = "0123456789abcdef";
    const QByteArrayView bytes = bytesOf(line);
    QString text;
    text.reserve(hexColumns(m_bytesPerLine));
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        if (i > 0)
            text += i % bytesPerGroup == 0 ? QStringView(u"  ") : QStringView(u" ");
        const auto byte = static_cast<uchar>(bytes.at(i));
        text += QLatin1Char(digits[byte >> 4]);
        text += QLatin1Char(digits[byte & 0xf]);
    }
    return text.leftJustified(hexColumns(m_bytesPerLine));
}

QString HexDump::ascii(qsizetype line) const
{
    QString text;
    for (const char byte : bytesOf(line))
        text += byte >= ' ' && byte <= '~' ? QLatin1Char(byte) : QLatin1Char('.');
    return text;
}

int HexDump::hexColumns(int bytesPerLine)
{
    return 3 * bytesPerLine - 1 + (bytesPerLine - 1) / bytesPerGroup;
}

QByteArrayView HexDump::bytesOf(qsizetype line) const
{
    const qsizetype from = line * m_bytesPerLine;
    return QByteArrayView(m_bytes).sliced(
        from, std::min<qsizetype>(m_bytesPerLine, m_bytes.size() - from));
}
