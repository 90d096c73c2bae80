// SPDX-License-Identifier: MIT
#include "looplag.h"

#include <algorithm>
#include <utility>

LoopLag::LoopLag(std::chrono::milliseconds interval, std::chrono::milliseconds window,
                 QObject *parent)
    : QObject(parent)
    , m_timer(this)
    , m_window(window)
{
    m_timer.setInterval(interval);
    m_timer.setTimerType(Qt::PreciseTimer);
    // A repeated timer that comes late makes up for it the next time, which would then seem early.
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &LoopLag::measure);
}

void LoopLag::start()
{
    m_sinceWindow.start();
    m_sinceTimer.start();
    m_timer.start();
}

std::chrono::nanoseconds LoopLag::largest() const
{
    return std::max(m_largest, m_largestBefore);
}

void LoopLag::measure()
{
    if (m_sinceWindow.hasExpired(m_window.count())) {
        m_sinceWindow.start();
        m_largestBefore = std::exchange(m_largest, {});
    }
    const std::chrono::nanoseconds waited(m_sinceTimer.nsecsElapsed());
    m_last = std::max(waited - m_timer.intervalAsDuration(), std::chrono::nanoseconds::zero());
    m_largest = std::max(m_largest, m_last);
    m_sinceTimer.start();
    m_timer.start();
}
