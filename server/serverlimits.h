// SPDX-License-Identifier: MIT
#pragma once

#include <QtGlobal>

#include <chrono>

/*!
    What one server may cost at most. Sizes are in bytes.
*/
struct Limits
{
    /// RFC 6455 5.2: 2 bytes, 8 of extended length, 4 of masking key.
    static constexpr qint64 maxFrameHeaderSize = 14;
    /// RFC 6455 5.5: the largest control frame, which Qt measures with the same limit.
    static constexpr qint64 smallestMaxMessageSize = 125;
    /// Stays below what Qt can hold in one frame (2^31 - 2).
    static constexpr qint64 largestMaxMessageSize = 1024 * 1024 * 1024;
    /// How many of the largest echoes may wait for a slow peer.
    static constexpr qint64 messagesInBacklog = 4;

    /// The largest message a peer may send, inclusive; a larger one closes with 1009.
    qint64 maxMessageSize = 16 * 1024 * 1024;
    /// Peers at a time; one more is closed with 1013.
    int maxConnections = 10'000;
    /// Bytes accepted for a peer but not yet written to it; beyond, the connection is aborted.
    qint64 maxBacklog = messagesInBacklog * maxMessageSize;
    /// How often peers are held to maxBacklog that only send pings, which Qt answers itself.
    std::chrono::milliseconds backlogCheckInterval = std::chrono::seconds(1);
    /// From TCP connection to finished HTTP upgrade.
    std::chrono::milliseconds handshakeTimeout = std::chrono::seconds(10);
    /// From the first Close frame to the end of the TCP connection; then it is aborted.
    std::chrono::milliseconds closeTimeout = std::chrono::seconds(2);
    /// From EchoServer::stop() to the abortion of what is still there.
    std::chrono::milliseconds drainTimeout = std::chrono::seconds(5);

    /// Room for one frame: QWebSocket takes only complete ones, so with less it waits for ever.
    [[nodiscard]] constexpr qint64 readBufferSize() const
    {
        return maxMessageSize + maxFrameHeaderSize;
    }
};
