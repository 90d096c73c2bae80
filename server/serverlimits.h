// SPDX-License-Identifier: MIT
#pragma once

#include <QtGlobal>

#include <chrono>

/*!
    What one server may cost at most. Sizes are in bytes. Each has a flag, but for sweepInterval;
    see limitflags.h.
*/
struct Limits
{
    /// As much as a control frame may have (RFC 6455 5.5).
    static constexpr qint64 smallestMaxMessageSize = 125;
    /// Below 2^31 - 1, which clients that count in int, as QWebSocket, can still take in one frame.
    static constexpr qint64 largestMaxMessageSize = 1024 * 1024 * 1024;
    /// Files that are not connections: listeners, logs, the event loop.
    static constexpr int reservedFiles = 32;
    /// However short the times are, what is held to them is looked at no more often.
    static constexpr std::chrono::milliseconds shortestSweepInterval =
        std::chrono::milliseconds(10);
    /// A burst that nobody has asked for, in seconds of the rate.
    static constexpr int defaultBurstSeconds = 5;

    /// The largest message a peer may send, inclusive; a larger one closes with 1009.
    qint64 maxMessageSize = 16 * 1024 * 1024;
    /// Frames that a message may be cut into; more close with 1008.
    int maxFragments = 1024;
    /// Peers at a time; one more is answered with 503.
    int maxConnections = 10'000;
    /// Of them, from one address.
    int maxConnectionsPerAddress = 1'000;
    /// Connections that the kernel keeps until they are accepted.
    int listenBacklog = 4096;
    /// How much of one peer's input is read before it is the others' turn.
    qint64 readQuantum = 64 * 1024;
    /// Bytes that wait for a peer to read them: above the high mark nothing more is read from it,
    /// until they are below the low mark.
    qint64 highMark = 1024 * 1024;
    qint64 lowMark = 256 * 1024;

    /// From TCP connection to the end of the request; then 408.
    std::chrono::milliseconds handshakeTimeout = std::chrono::seconds(3);
    /// After this much silence a ping is sent.
    std::chrono::milliseconds pingAfter = std::chrono::seconds(30);
    /// After this much silence, with no pong either, the connection is aborted.
    std::chrono::milliseconds maxSilence = std::chrono::seconds(75);
    /// How long a peer may read nothing of what waits for it; then the connection is aborted.
    std::chrono::milliseconds maxStall = std::chrono::seconds(60);
    /// From when all that is owed, our Close frame last, is written to the end of the TCP
    /// connection; then it is aborted.
    std::chrono::milliseconds closeTimeout = std::chrono::seconds(2);
    /// From the first Close frame to that end, however slowly the peer reads what it is owed.
    std::chrono::milliseconds maxClosing = std::chrono::minutes(5);
    /// From EchoServer::stop() to the abortion of what is still there.
    std::chrono::milliseconds drainTimeout = std::chrono::seconds(5);
    /// How often at least each peer is held to these times, by one timer for all; see
    /// sweepInterval().
    std::chrono::milliseconds sweepInterval = std::chrono::milliseconds(250);

    /// Messages and pings a second that one peer may send on average; more close with 1008. 0: any
    /// number.
    int messageRate = 0;
    /// How many of them it may send at once after a quiet time. 0: what messageBurst() makes of it.
    int messageBurst = 0;
};

/// How often to hold each peer to the times of \a limits: no less than four times in the shortest
/// of them, within reason. The drain timeout is not one of them, as it has a timer of its own.
[[nodiscard]] std::chrono::milliseconds sweepInterval(const Limits &limits);

/// The burst that goes with the message rate of \a limits; 0 where there is none.
[[nodiscard]] int messageBurst(const Limits &limits);
