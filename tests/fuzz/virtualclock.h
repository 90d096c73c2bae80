// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

/*!
    The monotonic clock of this program, Qt's timers and std::chrono::steady_clock alike. It stands
    still but for advance(): so every input does the same each time, and a minute takes no time.
*/
namespace VirtualClock {

void advance(std::chrono::nanoseconds time);

} // namespace VirtualClock
