// SPDX-License-Identifier: MIT
#pragma once

#include "serverlimits.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <chrono>
#include <optional>
#include <variant>

/*!
    How the server is to misbehave on one connection, as the query of its URL asks for; by default
    not at all. Any of it goes together. Messages that are counted are the peer's.
*/
struct Behaviour
{
    /// The longest delay of an answer.
    static constexpr std::chrono::milliseconds maxDelay = std::chrono::minutes(1);
    /// Between two messages, or two pings, that the server sends unasked.
    static constexpr std::chrono::milliseconds minInterval = std::chrono::milliseconds(1);
    static constexpr std::chrono::milliseconds maxInterval = std::chrono::hours(1);
    /// The most messages that a count may be of.
    static constexpr int maxCount = 1'000'000;
    /// The largest number that the two bytes of a close code hold (RFC 6455 5.5.1).
    static constexpr int maxCloseCode = 0xffff;
    /// What a control frame has room for beside a close code, in bytes of UTF-8 (RFC 6455 5.5).
    static constexpr qsizetype maxCloseReasonSize = 123;
    /// Of the messages of a flood, in bytes.
    static constexpr qint64 defaultFloodSize = 100;
    /// A message cannot be cut into frames of nothing.
    static constexpr qint64 minFragmentSize = 1;

    /// Unset: the server's own greeting. Set: this text, or, when there is none in it, no greeting.
    std::optional<std::optional<QString>> greeting = std::nullopt;
    /// Every echo, and the answer to a Close frame, goes out so much later, in order.
    std::chrono::milliseconds delay = std::chrono::milliseconds::zero();
    /// A Close frame goes out after so many messages; 0: right after the greeting.
    std::optional<int> closeAfter = std::nullopt;
    /// Of that frame, sent as it is: also the codes that RFC 6455 7.4 forbids. Without one the
    /// frame has no body.
    std::optional<int> closeCode = 1000;
    /// Of that frame, at most maxCloseReasonSize in UTF-8.
    QString closeReason = {};
    /// The TCP connection is reset after so many messages, without a Close frame.
    std::optional<int> dropAfter = std::nullopt;
    /// No echo, no pong, no answer to a Close frame; and no greeting but the text asked for.
    bool isSilent = false;
    /// A numbered message is pushed so often.
    std::optional<std::chrono::milliseconds> pushInterval = std::nullopt;
    /// So many messages are pushed at once, each of floodSize bytes.
    std::optional<int> floodCount = std::nullopt;
    qint64 floodSize = defaultFloodSize;
    /// Every message is cut into frames of at most so many bytes of payload; into fewer and larger
    /// ones where those would be more than 65,536.
    std::optional<qint64> fragmentSize = std::nullopt;
    /// A ping is sent so often.
    std::optional<std::chrono::milliseconds> pingInterval = std::nullopt;
    /// The first subprotocol that the client offers is negotiated.
    bool takesSubprotocol = false;

    bool operator==(const Behaviour &) const = default;

    /// Whether nothing is asked for: the peer gets the plain echo.
    [[nodiscard]] bool isPlain() const { return *this == Behaviour(); }
    /// What is sent first, if anything, where \a greetingOfServer is what other peers get.
    [[nodiscard]] std::optional<QString>
    greetingInsteadOf(const std::optional<QString> &greetingOfServer) const;
};

/*!
    Reads \a query, the bytes behind the question mark of a request's target: pairs of name and
    value as application/x-www-form-urlencoded has them, in any order.

    Of what is wrong the first is returned, in a sentence for people that says what is right: one
    line of printable ASCII, under 1 KiB.
*/
[[nodiscard]] std::variant<Behaviour, QString> parseBehaviour(QByteArrayView query,
                                                              const Limits &limits);

/// What --help prints about the query: the names in one column, what they do in the other, with a
/// line feed at its end.
[[nodiscard]] QString behaviourHelp();

/*!
    A message of \a size bytes that begins with \a number in decimal and goes on with dots. Where
    the digits do not fit it has the last of them. \a size may be 0.
*/
[[nodiscard]] QByteArray numberedPayload(int number, qint64 size);
