// SPDX-License-Identifier: MIT
#pragma once

#include <QtGlobal>

/// The size of a masked frame, as a client sends them, with \a payload bytes (RFC 6455
/// section 5.2).
[[nodiscard]] constexpr qint64 maskedFrameSize(qint64 payload)
{
    constexpr qint64 maskSize = 4;
    return payload + maskSize + (payload < 126 ? 2 : payload <= 0xffff ? 4 : 10);
}
