// SPDX-License-Identifier: MIT
#pragma once

#include "message.h"

#include <sys/uio.h>

#include <array>
#include <cstdint>
#include <vector>

/*!
    The frames of one connection that are sent, or on their way, in a row: made and masked once
    (RFC 6455 5.3), and sent again with another stamp each time. Those that wait can be sent with
    one system call.
*/
class FrameRing
{
public:
    /// For at most \a capacity messages on their way.
    FrameRing(const Message &message, int capacity);

    /// Adds a message with that stamp; there must be room. \a now is kept for firstTime().
    void push(std::uint32_t stamp, std::uint64_t now);
    /// The oldest message has been answered.
    void pop() { ++m_popped; }
    [[nodiscard]] bool isEmpty() const { return m_popped == m_pushed; }
    /// Of the oldest message.
    [[nodiscard]] std::uint32_t firstStamp() const { return slot(m_popped).stamp; }
    [[nodiscard]] std::uint64_t firstTime() const { return slot(m_popped).time; }

    /// Bytes that are still to be sent.
    [[nodiscard]] std::uint64_t unsentBytes() const { return m_pushed * m_frameSize - m_sentBytes; }
    /// Where they are.
    [[nodiscard]] std::array<iovec, 2> unsent();
    void addSent(std::uint64_t bytes) { m_sentBytes += bytes; }

private:
    struct Slot
    {
        std::uint32_t stamp = 0;
        std::uint64_t time = 0;
    };

    [[nodiscard]] const Slot &slot(std::uint64_t number) const
    {
        return m_slots[number % m_slots.size()];
    }

    std::vector<char> m_bytes;
    std::vector<Slot> m_slots;
    std::size_t m_headerSize;
    std::size_t m_frameSize;
    // Since the beginning.
    std::uint64_t m_pushed = 0;
    std::uint64_t m_popped = 0;
    std::uint64_t m_sentBytes = 0;
};
