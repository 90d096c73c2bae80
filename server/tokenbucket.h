// SPDX-License-Identifier: MIT
#pragma once

#include <QtGlobal>

#include <chrono>

/*!
    How often something may happen: \a ratePerSecond times a second on average, and \a burst times
    at once after a quiet time. Both are from 1 to 1,000,000,000.

    It counts in integers, of which each nanosecond adds as many as the rate and a token takes as
    many as a second has nanoseconds: nothing is lost or gained, however long it runs.
*/
class TokenBucket
{
public:
    /// Full at first.
    TokenBucket(int ratePerSecond, int burst)
        : m_rate(ratePerSecond)
        , m_capacity(burst * token)
        , m_level(m_capacity)
    {
    }

    /// Whether it may happen once more at \a now, a time since whenever, 0 or more; it has then
    /// taken a token. A time before the last one counts as that one.
    [[nodiscard]] bool take(std::chrono::nanoseconds now)
    {
        if (now > m_last) {
            const qint64 elapsed = (now - m_last).count();
            // Compared first, as the product may be more than 64 bits hold.
            const bool isFull = elapsed > (m_capacity - m_level) / m_rate;
            m_level = isFull ? m_capacity : m_level + elapsed * m_rate;
            m_last = now;
        }
        if (m_level < token)
            return false;
        m_level -= token;
        return true;
    }

private:
    static constexpr qint64 token = 1'000'000'000;

    qint64 m_rate;
    qint64 m_capacity;
    qint64 m_level;
    std::chrono::nanoseconds m_last = {};
};
