// SPDX-License-Identifier: MIT
#include "replyreader.h"

#include "fail.h"

#include <algorithm>
#include <cstring>

namespace {

// RFC 6455 5.2
constexpr std::uint8_t finalBit = 0x80;
constexpr std::uint8_t reservedBits = 0x70;
constexpr std::uint8_t continuation = 0;
constexpr std::uint8_t closing = 8;
constexpr std::uint8_t ping = 9;
constexpr std::uint8_t in2Bytes = 126;
constexpr std::uint8_t in8Bytes = 127;

} // namespace

ReplyReader::Event ReplyReader::read(std::span<const char> &input)
{
    while (!input.empty() || (m_isInPayload && m_missing == 0)) {
        if (!m_isInPayload && !readHeader(input))
            continue;
        const std::size_t size = std::min<std::uint64_t>(m_missing, input.size());
        readPayload(input.first(size));
        input = input.subspan(size);
        m_missing -= size;
        if (m_missing == 0) {
            const Event event = finishFrame();
            if (event != Event::Nothing)
                return event;
        }
    }
    return Event::Nothing;
}

bool ReplyReader::readHeader(std::span<const char> &input)
{
    m_header[m_headerSize++] = static_cast<std::uint8_t>(input.front());
    input = input.subspan(1);
    if (m_headerSize < 2)
        return false;
    const std::size_t lengthSize = m_header[1] < in2Bytes ? 0 : m_header[1] == in2Bytes ? 2 : 8;
    if (m_header[1] > in8Bytes)
        fail("a frame is masked, which a server's must not be");
    if (m_headerSize < 2 + lengthSize)
        return false;
    m_missing = lengthSize == 0 ? m_header[1] : 0;
    for (std::size_t i = 0; i < lengthSize; ++i)
        m_missing = m_missing << 8 | m_header[2 + i];
    startFrame();
    return true;
}

void ReplyReader::startFrame()
{
    m_isInPayload = true;
    m_opcode = m_header[0] & 0xf;
    if (m_header[0] & reservedBits)
        fail("a frame has a reserved bit: is there an extension?");
    if (m_opcode == closing)
        fail("the server has closed a connection");
    if (isControl()) {
        m_control.clear();
        return;
    }
    if (m_opcode == m_message.opcode || (m_opcode == continuation && m_position > 0))
        return;
    if (!m_mayGreet)
        fail("a reply has the wrong type");
    m_isGreeting = true;
}

void ReplyReader::readPayload(std::span<const char> piece)
{
    if (isControl()) {
        m_control.append(piece.data(), piece.size());
        return;
    }
    const std::uint64_t begin = m_position;
    std::uint64_t at = begin;
    m_position += piece.size();
    const std::uint64_t size = m_message.payload.size();
    bool isEqual = m_stamp && m_position <= size;
    if (isEqual) {
        while (at < m_stamp->size() && !piece.empty()) {
            isEqual = isEqual && piece.front() == (*m_stamp)[at++];
            piece = piece.subspan(1);
        }
        // The rest is the same in each message.
        isEqual =
            isEqual && std::memcmp(piece.data(), m_message.payload.data() + at, piece.size()) == 0;
    }
    if (isEqual)
        return;
    if (!m_mayGreet)
        fail("a reply differs from what was sent, between bytes " + std::to_string(begin) + " and "
             + std::to_string(m_position));
    m_isGreeting = true;
}

ReplyReader::Event ReplyReader::finishFrame()
{
    m_headerSize = 0;
    m_isInPayload = false;
    if (isControl())
        return m_opcode == ping ? Event::Ping : Event::Nothing;
    if (!(m_header[0] & finalBit))
        return Event::Nothing;
    const bool isComplete = m_position == m_message.payload.size();
    m_position = 0;
    m_mayGreet = false;
    if (m_isGreeting || !isComplete) {
        if (!m_isGreeting)
            fail("a reply is too short");
        m_isGreeting = false;
        return Event::Nothing;
    }
    return Event::Reply;
}
