// SPDX-License-Identifier: MIT
#include "message.h"

Message::Message(std::size_t size, bool isBinary)
    : payload(size)
    , opcode(isBinary ? 2 : 1)
{
    // Any bytes, or letters; no period of 2^n bytes, which would hide it if pieces were swapped.
    constexpr std::size_t byteValues = 251;
    constexpr std::size_t letters = 23;
    for (std::size_t i = 0; i < size; ++i)
        payload[i] = static_cast<char>(isBinary ? i % byteValues : 'a' + i % letters);
}
