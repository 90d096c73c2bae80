// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QString>

/*!
    Bytes as lines of hexadecimal digits and ASCII, each line made when it is asked for: a message
    of 16 MiB has a million of them.

        00000010  77 6f 72 6c 64 21 0a 00  01 02 03 ff              world!......
*/
class HexDump
{
public:
    static constexpr int bytesPerGroup = 8;
    /// How many bytes a line has where there is room.
    static constexpr int defaultBytesPerLine = 16;

    HexDump() = default;
    explicit HexDump(const QByteArray &bytes, int bytesPerLine = defaultBytesPerLine);

    [[nodiscard]] int bytesPerLine() const { return m_bytesPerLine; }
    [[nodiscard]] qsizetype lineCount() const;
    /// The offset of the first byte of \a line, in at least eight digits.
    [[nodiscard]] QString offset(qsizetype line) const;
    /// The digits of \a line in groups of eight bytes, as long as those of a full line.
    [[nodiscard]] QString hex(qsizetype line) const;
    /// The bytes of \a line as ASCII, a full stop for what cannot be printed.
    [[nodiscard]] QString ascii(qsizetype line) const;

    /// How many columns hex() takes, for lines of \a bytesPerLine bytes.
    [[nodiscard]] static int hexColumns(int bytesPerLine);

private:
    [[nodiscard]] QByteArrayView bytesOf(qsizetype line) const;

    QByteArray m_bytes;
    int m_bytesPerLine = defaultBytesPerLine;
};
