// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

/// Counts durations in nanoseconds, each kept with an error of at most 1/64; the longest exactly.
class Histogram
{
public:
    void add(std::uint64_t value)
    {
        ++m_counts.at(bucket(value));
        ++m_total;
        m_longest = std::max(m_longest, value);
    }

    [[nodiscard]] std::uint64_t longest() const { return m_longest; }

    /// What \a share (0 to 1) of the values do not exceed.
    [[nodiscard]] std::uint64_t quantile(double share) const
    {
        std::uint64_t left = static_cast<std::uint64_t>(static_cast<double>(m_total) * share);
        for (std::size_t i = 0; i < m_counts.size(); ++i) {
            if (m_counts.at(i) > left)
                return std::min(upperEdge(i), m_longest);
            left -= m_counts.at(i);
        }
        return m_longest;
    }

private:
    /// Each power of two is cut into 2^precision buckets.
    static constexpr std::size_t precision = 6;
    static constexpr std::size_t steps = std::size_t(1) << precision;

    static std::size_t bucket(std::uint64_t value)
    {
        const auto width = static_cast<std::size_t>(std::bit_width(value));
        const std::size_t shift = width > precision + 1 ? width - precision - 1 : 0;
        return shift * steps + static_cast<std::size_t>(value >> shift);
    }
    static std::uint64_t upperEdge(std::size_t bucket)
    {
        if (bucket < 2 * steps)
            return bucket;
        const std::size_t shift = bucket / steps - 1;
        return ((bucket - shift * steps + 1) << shift) - 1;
    }

    std::array<std::uint64_t, (64 - precision + 1) *steps> m_counts = {};
    std::uint64_t m_total = 0;
    std::uint64_t m_longest = 0;
};
