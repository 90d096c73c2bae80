// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QElapsedTimer>
#include <QHash>
#include <QQueue>

/*!
    Tells which of the messages received is the echo of one that was sent, and how long it took.

    Each message sent has one echo, and equal ones have theirs in order. It remembers the hashes of
    at most maxWaiting messages that wait for theirs; then it forgets them all.
*/
class RoundTrips
{
public:
    static constexpr qsizetype maxWaiting = 100'000;

    RoundTrips() { m_clock.start(); }

    void sent(const QByteArray &payload)
    {
        if (m_waiting.size() >= maxWaiting)
            clear();
        m_waiting[qHash(payload)].enqueue(m_clock.nsecsElapsed());
    }

    /// How long the echo that \a payload is took, in microseconds; -1 where it is none.
    [[nodiscard]] qint64 received(const QByteArray &payload)
    {
        if (m_waiting.isEmpty())
            return -1;
        const auto found = m_waiting.find(qHash(payload));
        if (found == m_waiting.end())
            return -1;
        const qint64 took = m_clock.nsecsElapsed() - found->dequeue();
        if (found->isEmpty())
            m_waiting.erase(found);
        return took / 1000;
    }

    /// What was sent over a connection that has ended gets no echo any more.
    void clear() { m_waiting.clear(); }

private:
    QElapsedTimer m_clock;
    QHash<size_t, QQueue<qint64>> m_waiting; // when each was sent, by its hash
};
