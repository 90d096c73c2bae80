// SPDX-License-Identifier: MIT
#include "utf8validator.h"

#include <array>
#include <cstring>

namespace {

/// What may come next. Each is where its 6 bits are in a row of the table.
enum State : quint8 {
    Start = 0, ///< a character
    Error = 6, ///< nothing any more
    One = 12, ///< the last byte of a character
    Two = 18, ///< the last two
    Three = 24, ///< the last three
    // RFC 3629 4: without overlong forms, surrogates and what is above U+10FFFF.
    AfterE0 = 30,
    AfterED = 36,
    AfterF0 = 42,
    AfterF4 = 48,
};
constexpr int stateBits = 63;

constexpr State firstByte(int byte)
{
    if (byte < 0x80)
        return Start;
    if (byte < 0xc2 || byte > 0xf4)
        return Error;
    switch (byte) {
    case 0xe0:
        return AfterE0;
    case 0xed:
        return AfterED;
    case 0xf0:
        return AfterF0;
    case 0xf4:
        return AfterF4;
    default:
        return byte < 0xe0 ? One : byte < 0xf0 ? Two : Three;
    }
}

/// The state behind \a byte, for each state before it: to look up a byte does not have to wait for
/// the byte before.
constexpr quint64 rowOf(int byte)
{
    const auto when = [byte](State before, int lowest, int highest, State after) {
        return quint64(byte >= lowest && byte <= highest ? after : Error) << before;
    };
    return quint64(firstByte(byte)) << Start | quint64(Error) << Error
        | when(One, 0x80, 0xbf, Start) | when(Two, 0x80, 0xbf, One) | when(Three, 0x80, 0xbf, Two)
        | when(AfterE0, 0xa0, 0xbf, One) | when(AfterED, 0x80, 0x9f, One)
        | when(AfterF0, 0x90, 0xbf, Two) | when(AfterF4, 0x80, 0x8f, Two);
}

constexpr std::array<quint64, 256> table = [] {
    std::array<quint64, 256> rows = {};
    for (int byte = 0; byte < 256; ++byte)
        rows[std::size_t(byte)] = rowOf(byte);
    return rows;
}();

/// Bytes that are taken without a look at whether they are ASCII.
constexpr qsizetype blockSize = 32;

/// How many bytes at the start of \a input are ASCII, in whole pieces of so many words.
template<std::size_t wordCount>
qsizetype asciiSize(QByteArrayView input)
{
    constexpr quint64 highBits = 0x8080'8080'8080'8080;
    std::array<quint64, wordCount> words;
    qsizetype size = 0;
    for (; input.size() - size >= qsizetype(sizeof words); size += qsizetype(sizeof words)) {
        std::memcpy(words.data(), input.data() + size, sizeof words);
        quint64 all = 0;
        for (const quint64 word : words)
            all |= word;
        if (all & highBits)
            break;
    }
    return size;
}

} // namespace

bool Utf8Validator::feed(QByteArrayView input)
{
    while (m_state != Error && !input.isEmpty()) {
        if (m_state == Start) {
            input = input.sliced(asciiSize<blockSize / sizeof(quint64)>(input));
            if (input.size() < blockSize) // the end of a text, or all of a short one
                input = input.sliced(asciiSize<1>(input));
        }
        const QByteArrayView block = input.first(qMin(blockSize, input.size()));
        quint64 state = m_state;
        for (const char byte : block)
            state = table[quint8(byte)] >> (state & stateBits);
        m_state = quint8(state & stateBits);
        input = input.sliced(block.size());
    }
    return m_state != Error;
}
