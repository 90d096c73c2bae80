// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

/*!
    What is sent: all messages are the same but for a stamp at their beginning, eight hexadecimal
    digits. So a frame need not be made anew, nor masked, for every message.
*/
struct Message
{
    static constexpr std::size_t stampSize = 8;
    static constexpr std::size_t smallestSize = stampSize;
    using Stamp = std::array<char, stampSize>;

    /// \a size is in bytes.
    Message(std::size_t size, bool isBinary);

    /// With no stamp yet.
    std::vector<char> payload;
    /// Of RFC 6455 5.2.
    std::uint8_t opcode;
};

/// The digits of \a number.
[[nodiscard]] inline Message::Stamp stampOf(std::uint32_t number)
{
    constexpr char digits[] = "0123456789abcdef";
    Message::Stamp result;
    for (auto digit = result.rbegin(); digit != result.rend(); ++digit, number >>= 4)
        *digit = digits[number & 0xf];
    return result;
}
