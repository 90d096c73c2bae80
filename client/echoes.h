// SPDX-License-Identifier: MIT
#pragma once

#include "receivedmessage.h"

#include <QByteArray>
#include <QElapsedTimer>
#include <QHash>
#include <QQueue>

/*!
    Tells which message that was sent a received one is the echo of: the first with the same bytes
    that has none yet, be it text or binary.

    Of those that wait for their echo it keeps maxWaiting, and maxBytes of payload; then it forgets
    them all.
*/
class Echoes
{
public:
    static constexpr qsizetype maxWaiting = 100'000;
    static constexpr qint64 maxBytes = 32 * 1024 * 1024;

    Echoes() { m_clock.start(); }

    void sent(quint64 number, const QByteArray &payload)
    {
        if (m_count >= maxWaiting || m_bytes + payload.size() > maxBytes)
            clear();
        if (payload.size() > maxBytes)
            return;
        m_waiting[payload].enqueue({number, m_clock.nsecsElapsed()});
        ++m_count;
        m_bytes += payload.size();
    }

    /// Notes in \a message what it is the echo of, and how long that took.
    void match(ReceivedMessage &message)
    {
        if (m_count == 0)
            return;
        const auto found = m_waiting.find(message.payload);
        if (found == m_waiting.end())
            return;
        const auto [number, time] = found->dequeue();
        if (found->isEmpty())
            m_waiting.erase(found);
        --m_count;
        m_bytes -= message.payload.size();
        message.echoOf = number;
        constexpr qint64 nanosecondsInMicrosecond = 1000;
        message.roundTrip = (m_clock.nsecsElapsed() - time) / nanosecondsInMicrosecond;
    }

    /// What was sent over a connection that has ended gets no echo any more.
    void clear()
    {
        m_waiting.clear();
        m_count = 0;
        m_bytes = 0;
    }

private:
    struct Waiting
    {
        quint64 number;
        qint64 time; // when it was sent, in ns
    };

    QElapsedTimer m_clock;
    QHash<QByteArray, QQueue<Waiting>> m_waiting; // by payload
    qsizetype m_count = 0;
    qint64 m_bytes = 0;
};
