// SPDX-License-Identifier: MIT
#pragma once

#include "message.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

/*!
    Compares what a server sends with what it should, byte for byte; in pieces, cut anywhere.

    A first message that is not the expected one is taken for a greeting. Were it a wrong reply, one
    reply would be missing in the end.
*/
class ReplyReader
{
public:
    enum class Event {
        Nothing, ///< all input is used up
        Reply, ///< the expected message is complete
        Ping, ///< controlPayload() is to be sent back
    };

    /// \a message outlives the reader.
    explicit ReplyReader(const Message &message)
        : m_message(message)
    {
    }

    /// What the next reply has to begin with; there is none when nothing was sent.
    void expect(Message::Stamp stamp) { m_stamp = stamp; }
    void expectNothing() { m_stamp.reset(); }

    /// Takes bytes off \a input until something has happened. Ends the program at a wrong byte.
    [[nodiscard]] Event read(std::span<const char> &input);
    [[nodiscard]] const std::string &controlPayload() const { return m_control; }

private:
    [[nodiscard]] bool readHeader(std::span<const char> &input);
    void startFrame();
    void readPayload(std::span<const char> piece);
    [[nodiscard]] Event finishFrame();
    [[nodiscard]] bool isControl() const { return m_opcode >= 8; }

    const Message &m_message;
    std::optional<Message::Stamp> m_stamp;
    bool m_mayGreet = true;
    bool m_isGreeting = false;

    std::array<std::uint8_t, 10> m_header = {};
    std::size_t m_headerSize = 0;
    bool m_isInPayload = false;
    std::uint8_t m_opcode = 0;
    std::uint64_t m_missing = 0; // of the frame's payload
    std::uint64_t m_position = 0; // in the message
    std::string m_control;
};
