// SPDX-License-Identifier: MIT
#pragma once

#include <QAbstractEventDispatcher>
#include <QList>

#include <chrono>
#include <optional>
#include <set>
#include <unordered_map>

class QObject;

/*!
    The timers of one thread, in the order in which they are due.

    Adding, firing and removing one costs the logarithm of how many there are. The clock is the
    caller's.
*/
class TimerQueue
{
public:
    using TimePoint = std::chrono::steady_clock::time_point;
    using Interval = std::chrono::milliseconds;

    /// \a receiver gets a QTimerEvent each \a interval, which may be 0. \a id is not in use.
    void add(int id, Interval interval, Qt::TimerType type, QObject &receiver, TimePoint now);
    /// Returns whether it was there.
    bool remove(int id);
    /// Removes those of \a receiver. Returns whether there were any.
    bool removeAll(const QObject &receiver);

    [[nodiscard]] QList<QAbstractEventDispatcher::TimerInfo> of(const QObject &receiver) const;
    /// Until \a id is due, rounded up, and 0 when it is late; nothing when there is no such timer.
    [[nodiscard]] std::optional<Interval> remaining(int id, TimePoint now) const;
    /// When the first is due of those whose event is not being handled.
    [[nodiscard]] std::optional<TimePoint> nextDue() const;

    /// Sends its event to each that is due at \a now, once, and returns how many that were. A timer
    /// that comes late skips what it has missed. Handlers may do what they like.
    int fire(TimePoint now);

private:
    struct Due
    {
        TimePoint when;
        quint64 order = 0; // of those with the same time
        int id = 0;

        auto operator<=>(const Due &) const = default;
    };

    struct Timer
    {
        QObject *receiver = nullptr;
        Interval interval;
        Qt::TimerType type = Qt::CoarseTimer;
        TimePoint nominal; // before it is rounded
        Due due; // in m_queue, unless its event is being handled
    };

    void schedule(int id, Timer &timer);

    std::unordered_map<int, Timer> m_timers;
    std::set<Due> m_queue;
    quint64 m_lastOrder = 0;
};
