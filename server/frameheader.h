// SPDX-License-Identifier: MIT
#pragma once

#include "framereader.h"

#include <QByteArrayView>
#include <QtEndian>

#include <array>

/*!
    The header of an unmasked frame (RFC 6455 5.2).
*/
class FrameHeader
{
public:
    explicit FrameHeader(Opcode opcode, qsizetype payloadSize, bool isFinal = true)
    {
        constexpr int finalBit = 0x80;
        m_bytes[0] = char((isFinal ? finalBit : 0) | int(opcode));
        if (payloadSize <= 125) {
            m_bytes[1] = char(payloadSize);
            m_size = 2;
        } else if (payloadSize <= 0xffff) {
            m_bytes[1] = 126;
            qToBigEndian(quint16(payloadSize), &m_bytes[2]);
            m_size = 4;
        } else {
            m_bytes[1] = 127;
            qToBigEndian(quint64(payloadSize), &m_bytes[2]);
            m_size = 10;
        }
    }

    [[nodiscard]] QByteArrayView bytes() const { return {m_bytes.data(), m_size}; }

private:
    /// 2, and 8 of extended length at most.
    std::array<char, 10> m_bytes = {};
    qsizetype m_size = 0;
};
