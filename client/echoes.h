// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QElapsedTimer>
#include <QHash>
#include <QQueue>

#include <optional>
#include <utility>

/*!
    Tells which message that was sent a received one is the echo of: the first with the same bytes
    that has none yet.

    Of those that wait for their echo it keeps maxWaiting, and maxBytes of payload; then it forgets
    them all.
*/
class Echoes
{
public:
    static constexpr qsizetype maxWaiting = 100'000;
    static constexpr qint64 maxBytes = 32 * 1024 * 1024;

    struct Echo
    {
        int id; ///< what sent() was told
        double roundTrip; ///< ms
    };

    Echoes() { m_clock.start(); }

    void sent(int id, bool isBinary, const QByteArray &payload)
    {
        if (m_count >= maxWaiting || m_bytes + payload.size() > maxBytes)
            clear();
        if (payload.size() > maxBytes)
            return;
        m_waiting[{isBinary, payload}].enqueue({id, m_clock.nsecsElapsed()});
        ++m_count;
        m_bytes += payload.size();
    }

    [[nodiscard]] std::optional<Echo> received(bool isBinary, const QByteArray &payload)
    {
        constexpr double nanosecondsInMillisecond = 1e6;
        const auto found = m_waiting.find({isBinary, payload});
        if (found == m_waiting.end())
            return {};
        const auto [id, time] = found->dequeue();
        if (found->isEmpty())
            m_waiting.erase(found);
        --m_count;
        m_bytes -= payload.size();
        return Echo{id,
                    static_cast<double>(m_clock.nsecsElapsed() - time) / nanosecondsInMillisecond};
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
        int id;
        qint64 time; // when it was sent, in ns
    };

    QElapsedTimer m_clock;
    QHash<std::pair<bool, QByteArray>, QQueue<Waiting>> m_waiting;
    qsizetype m_count = 0;
    qint64 m_bytes = 0;
};
