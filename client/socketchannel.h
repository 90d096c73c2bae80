// SPDX-License-Identifier: MIT
#pragma once

#include "closecode.h"
#include "connectionstage.h"
#include "failure.h"
#include "peercertificate.h"
#include "receivedmessage.h"

#include <QList>
#include <QString>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

class SocketConnection;

/// What a connection tells of itself.
namespace SocketEvent {
/// How far connecting has come.
struct Progress
{
    QList<ConnectionStage> stages;
};
struct Opened
{
    QString subprotocol;
    PeerCertificate certificate = {}; ///< null without TLS; one with a problem is pinned
};
/// One after the other, as they came.
using Messages = QList<ReceivedMessage>;
struct Pong
{
    quint64 number = 0; ///< of our ping
    qreal roundTripTime = 0; ///< ms
};
struct Closing
{
};
/// Nothing comes after it. The errorString is empty when a close frame ended it.
struct Ended
{
    int closeCode = 0;
    QString closeReason = {};
    CloseSide closeSide = CloseSide::Nobody; ///< whose these two are
    /// Why a connection that ended with a close frame did not end cleanly, in words; empty: it did.
    QString unclean = {};
    QString errorString = {};
    FailureCause cause = FailureCause::None;
    PeerCertificate certificate = {}; ///< that ended it; null where something else did
};
using Any = std::variant<Progress, Opened, Messages, Pong, Closing, Ended>;
} // namespace SocketEvent

/*!
    What the thread of a socket and the thread of its owner say to each other: events come from the
    socket, commands go to it, each in order.

    Messages are bounded: while too many wait to be taken, the socket's thread waits too. A message
    may always go in as long as the bound is not reached, however large it is.

    Any of the functions may be called in either thread; none waits but waitForRoom().
*/
class SocketChannel
{
public:
    /// So many messages, or bytes of payload, may wait; then the socket waits until half of them
    /// are taken.
    static constexpr qsizetype maxMessages = 16'384;
    static constexpr qint64 maxBytes = 4 * 1024 * 1024;
    /// Messages come in batches of no more than that; but a single one may have any size.
    static constexpr qsizetype maxBatchMessages = 1'000;
    static constexpr qint64 maxBatchBytes = 256 * 1024;

    struct Command
    {
        std::function<void(SocketConnection &)> run;
        qint64 bytes = 0; ///< that it will write
    };

    /// \name For the owner
    /// @{
    /// Returns whether the socket's thread has to be told that there are commands.
    [[nodiscard]] bool post(Command command);
    /// The owner will take nothing more: the socket need not wait, and its events are dropped.
    void stop();
    /// The owner is about to take what there is. Returns whether bytesToWrite() has changed since
    /// the last time.
    [[nodiscard]] bool beginTaking();
    /// The next event; nothing when there is none, or when it is messages, not \a withMessages.
    [[nodiscard]] std::unique_ptr<SocketEvent::Any> take(bool withMessages);
    /// Whether the connection is open, by the last event that went in.
    [[nodiscard]] bool isOpen() const;
    /// Bytes of commands that are waiting, and of the socket.
    [[nodiscard]] qint64 bytesToWrite() const;
    /// @}

    /// \name For the socket
    /// @{
    struct Told
    {
        bool first = false; ///< the owner has to be told that there are events
        bool attention = false; ///< there are commands, no more room, or a stop()
    };
    Told push(ReceivedMessage message);
    Told push(SocketEvent::Any event);
    /// Waits until there is room, which is what it returns, or commands, or a stop(), or for
    /// \a timeout.
    [[nodiscard]] bool waitForRoom(std::optional<std::chrono::milliseconds> timeout);
    [[nodiscard]] bool isStopped() const;
    [[nodiscard]] std::vector<Command> takeCommands();
    /// Commands that wanted to write \a done bytes are through; the socket has \a left to write.
    /// Returns whether the owner has to be told.
    [[nodiscard]] bool setWritten(qint64 done, qint64 left);
    /// @}

private:
    struct Item
    {
        std::unique_ptr<SocketEvent::Any> event;
        qint64 bytes = 0; // of messages
    };

    [[nodiscard]] Told told();

    mutable std::mutex m_mutex;
    std::condition_variable m_wake; // of the socket's thread
    std::deque<Item> m_items;
    std::vector<Command> m_commands;
    qint64 m_bytes = 0; // of the messages that are waiting
    qsizetype m_messages = 0;
    qint64 m_commandBytes = 0;
    qint64 m_socketBytes = 0;
    bool m_full = false;
    bool m_stopped = false;
    bool m_open = false;
    bool m_ownerTold = false;
    bool m_bytesToWriteChanged = false;
};
