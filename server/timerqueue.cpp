// SPDX-License-Identifier: MIT
#include "timerqueue.h"

#include <QCoreApplication>
#include <QTimerEvent>

#include <algorithm>
#include <bit>

using namespace std::chrono_literals;

namespace {

/// To what a deadline is rounded, so that timers of about the same time need one wake-up: Qt's
/// coarse ones may be 5 % off, very coarse ones keep full seconds.
std::chrono::milliseconds granularity(std::chrono::milliseconds interval, Qt::TimerType type)
{
    switch (type) {
    case Qt::PreciseTimer:
        break;
    case Qt::CoarseTimer:
        return std::chrono::milliseconds(std::bit_floor(quint64(interval.count()) / 10));
    case Qt::VeryCoarseTimer:
        return 1s;
    }
    return 0ms;
}

} // namespace

void TimerQueue::add(int id, Interval interval, Qt::TimerType type, QObject &receiver,
                     TimePoint now)
{
    if (type == Qt::VeryCoarseTimer)
        interval = std::chrono::round<std::chrono::seconds>(interval);
    Timer &timer = m_timers[id];
    timer = {&receiver, interval, type, now + interval, {}};
    schedule(id, timer);
}

void TimerQueue::schedule(int id, Timer &timer)
{
    const Interval step = granularity(timer.interval, timer.type);
    TimePoint when = timer.nominal;
    if (step > 0ms) {
        const auto half = step / 2;
        when = TimePoint((when.time_since_epoch() + half) / step * step);
    }
    timer.due = {when, ++m_lastOrder, id};
    m_queue.insert(timer.due);
}

bool TimerQueue::remove(int id)
{
    const auto timer = m_timers.find(id);
    if (timer == m_timers.end())
        return false;
    m_queue.erase(timer->second.due);
    m_timers.erase(timer);
    return true;
}

bool TimerQueue::removeAll(const QObject &receiver)
{
    return std::erase_if(m_timers,
                         [&](const auto &entry) {
                             const bool isItsOwn = entry.second.receiver == &receiver;
                             if (isItsOwn)
                                 m_queue.erase(entry.second.due);
                             return isItsOwn;
                         })
        > 0;
}

QList<QAbstractEventDispatcher::TimerInfo> TimerQueue::of(const QObject &receiver) const
{
    QList<QAbstractEventDispatcher::TimerInfo> timers;
    for (const auto &[id, timer] : m_timers) {
        if (timer.receiver == &receiver)
            timers.emplaceBack(id, int(timer.interval.count()), timer.type);
    }
    return timers;
}

std::optional<TimerQueue::Interval> TimerQueue::remaining(int id, TimePoint now) const
{
    const auto timer = m_timers.find(id);
    if (timer == m_timers.end())
        return std::nullopt;
    return std::max(std::chrono::ceil<Interval>(timer->second.due.when - now), Interval::zero());
}

std::optional<TimerQueue::TimePoint> TimerQueue::nextDue() const
{
    return m_queue.empty() ? std::nullopt : std::optional(m_queue.begin()->when);
}

int TimerQueue::fire(TimePoint now)
{
    int count = 0;
    // What is scheduled from now on waits for the next turn, however soon it is due.
    const quint64 lastOrder = m_lastOrder;
    while (!m_queue.empty()) {
        const Due due = *m_queue.begin();
        if (due.when > now || due.order > lastOrder)
            break;
        // Not in the queue while its event is handled: a nested event loop does not fire it again.
        m_queue.erase(m_queue.begin());
        Timer &timer = m_timers.at(due.id);
        timer.nominal += timer.interval;
        if (timer.nominal < now)
            timer.nominal = now + timer.interval;
        timer.due.when = timer.nominal; // for remaining()

        QTimerEvent event(due.id);
        QCoreApplication::sendEvent(timer.receiver, &event);
        ++count;

        // It may be gone, and its id another's.
        const auto fired = m_timers.find(due.id);
        if (fired != m_timers.end() && fired->second.due.order == due.order)
            schedule(due.id, fired->second);
    }
    return count;
}
