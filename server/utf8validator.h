// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArrayView>

/*!
    Says of a text that comes in pieces, cut anywhere, whether it is UTF-8 (RFC 3629), at the first
    byte that cannot be.
*/
class Utf8Validator
{
public:
    /// Takes the next bytes. False when some byte up to here is wrong, and then until reset().
    [[nodiscard]] bool feed(QByteArrayView input);
    /// Whether the text may end here: it is valid, and no character lacks bytes.
    [[nodiscard]] bool isComplete() const { return m_isValid && m_missing == 0; }
    /// Starts a new text.
    void reset() { *this = {}; }

private:
    [[nodiscard]] bool feedByte(quint8 byte);

    bool m_isValid = true;
    /// Bytes that the present character lacks, and between which values the next one must be.
    quint8 m_missing = 0;
    quint8 m_lowest = 0;
    quint8 m_highest = 0;
};
