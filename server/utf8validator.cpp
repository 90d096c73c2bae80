// SPDX-License-Identifier: MIT
#include "utf8validator.h"

#include <cstring>

namespace {

constexpr quint8 firstContinuation = 0x80;
constexpr quint8 lastContinuation = 0xbf;

/// How many bytes at the start of \a input are ASCII; it may stop up to seven early.
qsizetype asciiPrefix(QByteArrayView input)
{
    constexpr quint64 highBits = 0x8080'8080'8080'8080;
    qsizetype length = 0;
    while (input.size() - length >= qsizetype(sizeof(quint64))) {
        quint64 word;
        std::memcpy(&word, input.data() + length, sizeof word);
        if (word & highBits)
            break;
        length += qsizetype(sizeof word);
    }
    return length;
}

} // namespace

bool Utf8Validator::feed(QByteArrayView input)
{
    qsizetype position = 0;
    while (m_isValid && position < input.size()) {
        if (m_missing == 0)
            position += asciiPrefix(input.sliced(position));
        // Then up to eight bytes one by one: looking ahead at each would cost more than it saves.
        const qsizetype end = qMin(position + qsizetype(sizeof(quint64)), input.size());
        while (m_isValid && position < end)
            m_isValid = feedByte(quint8(input[position++]));
    }
    return m_isValid;
}

/// The table of RFC 3629 4, which leaves out surrogates, overlong forms and what is above U+10FFFF.
bool Utf8Validator::feedByte(quint8 byte)
{
    if (m_missing > 0) {
        const bool isInRange = byte >= m_lowest && byte <= m_highest;
        --m_missing;
        m_lowest = firstContinuation;
        m_highest = lastContinuation;
        return isInRange;
    }
    if (byte < 0x80)
        return true;
    if (byte < 0xc2 || byte > 0xf4)
        return false;
    m_missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    m_lowest = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : firstContinuation;
    m_highest = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : lastContinuation;
    return true;
}
