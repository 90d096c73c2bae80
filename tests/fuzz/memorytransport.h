// SPDX-License-Identifier: MIT
#pragma once

#include "fuzzing.h"
#include "transport.h"

#include <QByteArray>
#include <QByteArrayList>

#include <algorithm>
#include <limits>
#include <utility>

/*!
    A peer and the connection to it, in memory: sends the given pieces, reads at its own pace, and
    may end its input or vanish.

    The server owns it; Trace stays with whoever made it.
*/
class MemoryTransport : public Transport
{
public:
    /// Reads whatever comes.
    static constexpr qint64 everything = std::numeric_limits<qint64>::max();

    struct Trace
    {
        QByteArray written; ///< by the server, whether or not the peer has read it
        qint64 bytesLost = 0; ///< written once the peer had vanished
        qint64 bytesRead = 0; ///< by the server
        bool isShutDown = false;
        bool isAlive = true; ///< the server has neither closed nor destroyed it
    };

    /// Sends \a pieces, and then, where \a endsInput, the end of the input. Reads \a bytesPerTurn,
    /// which may be 0. The connection breaks with the first write after \a breaksAfter bytes.
    MemoryTransport(const QByteArrayList &pieces, bool endsInput, qint64 bytesPerTurn,
                    qint64 breaksAfter, Trace &trace)
        : Transport(QHostAddress(QHostAddress::LocalHost), 40'000)
        , m_pieces(pieces)
        , m_endsInput(endsInput)
        , m_bytesPerTurn(bytesPerTurn)
        , m_breaksAfter(breaksAfter)
        , m_trace(trace)
    {
    }

    ~MemoryTransport() override { m_trace.isAlive = false; }

    /// One turn of the peer's, who sends something only where \a mayTalk. Returns whether anything
    /// happened.
    bool turn(bool mayTalk)
    {
        const bool hasTaken = takeOutput();
        const bool hasInput = !m_pieces.isEmpty() || (m_endsInput && !m_isInputAtEnd);
        if (!mayTalk || !m_isOpen || !m_isReading || !hasInput)
            return hasTaken;
        Q_EMIT readyRead();
        return true;
    }

    /// Whether the server has read all that there was.
    [[nodiscard]] bool isReadOut() const { return m_pieces.isEmpty(); }

    /// The connection is gone, with all that is on the way.
    void vanish()
    {
        if (!m_isOpen)
            return;
        shut();
        QMetaObject::invokeMethod(this, &MemoryTransport::closed, Qt::QueuedConnection);
    }

    [[nodiscard]] qint64 read(char *data, qint64 maxSize) override
    {
        if (!m_isOpen)
            return m_isInputAtEnd ? endOfInput : 0;
        if (m_pieces.isEmpty() && m_endsInput) {
            m_isInputAtEnd = true;
            vanishIfBothEnded();
            return endOfInput;
        }
        if (m_pieces.isEmpty())
            return 0;
        QByteArray &piece = m_pieces.front();
        const qsizetype count = std::min<qsizetype>(maxSize, piece.size());
        std::copy_n(piece.cbegin(), count, data);
        piece.remove(0, count);
        if (piece.isEmpty())
            m_pieces.pop_front();
        m_trace.bytesRead += count;
        return count;
    }

    void setReading(bool isReading) override { m_isReading = isReading; }

    void write(std::span<const QByteArray> parts) override
    {
        QByteArray bytes;
        for (const QByteArray &part : parts)
            bytes += part;
        expect(!m_trace.isShutDown, "nothing is written after the server's side is shut down");
        if (m_trace.written.size() >= m_breaksAfter)
            vanish();
        if (!m_isOpen) {
            m_trace.bytesLost += bytes.size();
            return;
        }
        m_trace.written += bytes;
        if (m_bytesPerTurn != everything)
            m_pending += bytes.size();
    }

    [[nodiscard]] qint64 bytesToWrite() const override { return m_pending; }
    [[nodiscard]] qint64 bytesInFlight() const override { return 0; }

    void shutDown() override
    {
        expect(m_pending == 0, "the server's side is shut down once nothing is left to write");
        m_trace.isShutDown = true;
        vanishIfBothEnded();
    }

    void close() override
    {
        shut();
        m_trace.isAlive = false;
    }

    void reset() override { close(); }

private:
    bool takeOutput()
    {
        const qint64 taken = std::min(m_pending, m_bytesPerTurn);
        if (taken == 0)
            return false;
        m_pending -= taken;
        Q_EMIT bytesWritten(taken);
        return true;
    }

    void vanishIfBothEnded()
    {
        if (m_isInputAtEnd && m_trace.isShutDown)
            vanish();
    }

    void shut()
    {
        m_isOpen = false;
        m_pending = 0;
    }

    QByteArrayList m_pieces;
    const bool m_endsInput;
    const qint64 m_bytesPerTurn;
    const qint64 m_breaksAfter;
    Trace &m_trace;
    qint64 m_pending = 0;
    bool m_isOpen = true;
    bool m_isReading = true;
    bool m_isInputAtEnd = false;
};
