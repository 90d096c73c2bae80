// SPDX-License-Identifier: MIT
#pragma once

#include "framereader.h"

#include <QByteArray>
#include <QtGlobal>

#include <array>
#include <chrono>

/// Why a connection did not become a WebSocket: the HTTP status it was answered with, and where
/// one status has several reasons, which.
enum class Refusal {
    BadRequest, ///< 400
    Forbidden, ///< 403
    MethodNotAllowed, ///< 405
    RequestTimeout, ///< 408
    UpgradeRequired, ///< 426
    HeadTooLarge, ///< 431
    Full, ///< 503, at Limits::maxConnections
    AddressFull, ///< 503, at Limits::maxConnectionsPerAddress
    OutOfFiles, ///< 503, at the limit of the system
    VersionNotSupported, ///< 505
};

/// The refusal with an HTTP \a status of Handshake's; of 503 the first reason. Any other status
/// counts as 400.
[[nodiscard]] Refusal refusalWithStatus(int status);

/*!
    What one event loop has done and is doing. Plain numbers: every event loop has its own, and
    those of several are added up.
*/
struct Metrics
{
    static constexpr size_t refusalCount = size_t(Refusal::VersionNotSupported) + 1;
    /// What received and sent are indexed by.
    static constexpr std::array messageTypes = {Opcode::Text, Opcode::Binary, Opcode::Ping,
                                                Opcode::Pong};
    /// 1000 to 1015 each, then 3000 to 3999, 4000 to 4999, and all others.
    static constexpr size_t closeCodeCount = 16 + 3;

    struct MessageCount
    {
        quint64 messages = 0;
        quint64 payloadBytes = 0;
    };
    using MessageCounts = std::array<MessageCount, messageTypes.size()>;

    /// TCP connections, those that were refused too.
    quint64 accepted = 0;
    /// Of them, those that became WebSockets.
    quint64 upgraded = 0;
    /// WebSockets that are open or closing now: upgraded less all of closes.
    qint64 open = 0;
    /// By Refusal.
    std::array<quint64, refusalCount> refusals = {};
    /// Whole messages and control frames, by type; see countReceived() and countSent().
    MessageCounts received = {};
    MessageCounts sent = {};
    /// What went through TCP, or with TLS, what is in it.
    quint64 networkBytesReceived = 0;
    quint64 networkBytesSent = 0;
    /// WebSockets that have ended, by code; see countClose().
    std::array<quint64, closeCodeCount> closes = {};
    /// Bytes that wait for peers to read them now.
    qint64 backlogBytes = 0;
    /// How late the event loop was; see LoopLag.
    std::chrono::nanoseconds loopLag{0};
    std::chrono::nanoseconds largestLoopLag{0};

    void countRefusal(Refusal refusal) { ++refusals[size_t(refusal)]; }
    /// \a payloadSize is in bytes. A Close frame is counted by countClose() alone.
    void countReceived(Opcode type, qsizetype payloadSize) { count(received, type, payloadSize); }
    void countSent(Opcode type, qsizetype payloadSize) { count(sent, type, payloadSize); }
    /// Once for each WebSocket, at its end: \a code is that of the first Close frame of either
    /// side, 1005 when it had none, 1006 when there was no such frame (RFC 6455 7.1.5).
    void countClose(int code) { ++closes[closeIndex(code)]; }

    /// Adds what another event loop has counted; the lags become those of the one that lags more.
    Metrics &operator+=(const Metrics &other);

private:
    static constexpr size_t closeIndex(int code)
    {
        if (code >= 1000 && code <= 1015)
            return size_t(code - 1000);
        return code / 1000 == 3 ? 16 : code / 1000 == 4 ? 17 : 18;
    }

    static void count(MessageCounts &counts, Opcode type, qsizetype payloadSize)
    {
        for (size_t i = 0; i < counts.size(); ++i) {
            if (messageTypes[i] == type) {
                ++counts[i].messages;
                counts[i].payloadBytes += quint64(payloadSize);
            }
        }
    }
};

/*!
    \a metrics as Prometheus reads them: its text format, version 0.0.4. Every series is there from
    the start, with 0, so that the first event is an increase.
*/
[[nodiscard]] QByteArray prometheusText(const Metrics &metrics);
