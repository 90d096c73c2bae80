// SPDX-License-Identifier: MIT
#include "framering.h"

#include <algorithm>
#include <cstring>
#include <random>

namespace {

constexpr std::size_t keySize = 4;

/// RFC 6455 5.2, up to where the masking key begins.
std::vector<char> frameHeader(std::uint8_t opcode, std::size_t size)
{
    constexpr unsigned final = 0x80;
    constexpr unsigned masked = 0x80;
    constexpr unsigned in2Bytes = 126;
    constexpr unsigned in8Bytes = 127;
    const std::size_t lengthSize = size < in2Bytes ? 0 : size <= UINT16_MAX ? 2 : 8;
    const std::size_t length = lengthSize == 0 ? size : lengthSize == 2 ? in2Bytes : in8Bytes;
    std::vector<char> result = {static_cast<char>(final | opcode),
                                static_cast<char>(masked | length)};
    for (std::size_t i = lengthSize; i > 0; --i)
        result.push_back(static_cast<char>(size >> (8 * (i - 1))));
    return result;
}

} // namespace

FrameRing::FrameRing(const Message &message, int capacity)
    : m_slots(static_cast<std::size_t>(capacity))
{
    static std::minstd_rand random; // the peers are our own: nobody is to be kept from guessing
    const std::vector<char> header = frameHeader(message.opcode, message.payload.size());
    m_headerSize = header.size() + keySize;
    m_frameSize = m_headerSize + message.payload.size();
    m_bytes.reserve(m_frameSize * m_slots.size());
    for (std::size_t i = 0; i < m_slots.size(); ++i) {
        std::array<char, keySize> key;
        std::generate(key.begin(), key.end(), [] { return static_cast<char>(random()); });
        m_bytes.insert(m_bytes.end(), header.begin(), header.end());
        m_bytes.insert(m_bytes.end(), key.begin(), key.end());
        for (std::size_t j = 0; j < message.payload.size(); ++j)
            m_bytes.push_back(static_cast<char>(message.payload[j] ^ key[j % keySize]));
    }
}

void FrameRing::push(std::uint32_t stamp, std::uint64_t now)
{
    const std::size_t index = m_pushed % m_slots.size();
    m_slots[index] = {stamp, now};
    char *payload = m_bytes.data() + index * m_frameSize + m_headerSize;
    const char *key = payload - keySize;
    const Message::Stamp digits = stampOf(stamp);
    for (std::size_t i = 0; i < digits.size(); ++i)
        payload[i] = static_cast<char>(digits[i] ^ key[i % keySize]);
    ++m_pushed;
}

std::array<iovec, 2> FrameRing::unsent()
{
    const std::size_t begin = m_sentBytes % m_bytes.size();
    const std::size_t size = unsentBytes();
    const std::size_t untilEnd = std::min(size, m_bytes.size() - begin);
    return {iovec{m_bytes.data() + begin, untilEnd}, iovec{m_bytes.data(), size - untilEnd}};
}
