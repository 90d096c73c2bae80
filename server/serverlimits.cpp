// SPDX-License-Identifier: MIT
#include "serverlimits.h"

#include <algorithm>

std::chrono::milliseconds sweepInterval(const Limits &limits)
{
    const auto shortest = std::min({limits.handshakeTimeout, limits.pingAfter, limits.maxSilence,
                                    limits.maxStall, limits.closeTimeout, limits.maxClosing});
    return std::max(std::min(limits.sweepInterval, shortest / 4), Limits::shortestSweepInterval);
}

int messageBurst(const Limits &limits)
{
    return limits.messageBurst > 0 ? limits.messageBurst
                                   : limits.messageRate * Limits::defaultBurstSeconds;
}
