// SPDX-License-Identifier: MIT
#pragma once

#include "metrics.h"

#include <QHash>
#include <QHostAddress>
#include <QMutex>

#include <atomic>
#include <optional>

/*!
    How many peers a server has, and from where: what its threads share. They ask when a peer comes
    and when it goes, and never in between.
*/
class Admission
{
public:
    /// Both are inclusive; see Limits.
    Admission(int maxConnections, int maxConnectionsPerAddress)
        : m_maxConnections(maxConnections)
        , m_maxConnectionsPerAddress(maxConnectionsPerAddress)
    {
    }

    /// Lets a peer from \a address in, which is counted until leave(); or says why not.
    [[nodiscard]] std::optional<Refusal> enter(const QHostAddress &address)
    {
        const QMutexLocker locker(&m_mutex);
        if (m_count >= m_maxConnections)
            return Refusal::Full;
        int &count = m_countFrom[address];
        if (count >= m_maxConnectionsPerAddress)
            return Refusal::AddressFull;
        ++count;
        ++m_count;
        return std::nullopt;
    }

    void leave(const QHostAddress &address)
    {
        const QMutexLocker locker(&m_mutex);
        --m_count;
        if (--m_countFrom[address] == 0)
            m_countFrom.remove(address);
    }

    /// A number for each peer, from 1.
    [[nodiscard]] quint64 nextId() { return ++m_lastId; }

private:
    const int m_maxConnections;
    const int m_maxConnectionsPerAddress;
    QMutex m_mutex;
    int m_count = 0;
    QHash<QHostAddress, int> m_countFrom;
    std::atomic<quint64> m_lastId = 0;
};
