// SPDX-License-Identifier: MIT
#pragma once

#include "framereader.h"

#include <QtEndian>

#include <array>

/*!
    The header of a final, unmasked frame (RFC 6455 5.2).
*/
struct FrameHeader
{
    /// 2, and 8 of extended length at most.
    std::array<char, 10> bytes = {};
    qsizetype size = 0;

    FrameHeader() = default;
    FrameHeader(Opcode opcode, qsizetype payloadSize)
    {
        constexpr int finalBit = 0x80;
        bytes[0] = char(finalBit | int(opcode));
        if (payloadSize <= 125) {
            bytes[1] = char(payloadSize);
            size = 2;
        } else if (payloadSize <= 0xffff) {
            bytes[1] = 126;
            qToBigEndian(quint16(payloadSize), &bytes[2]);
            size = 4;
        } else {
            bytes[1] = 127;
            qToBigEndian(quint64(payloadSize), &bytes[2]);
            size = 10;
        }
    }
};
