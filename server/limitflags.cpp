// SPDX-License-Identifier: MIT
#include "limitflags.h"

#include <array>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 mostPeers = 1'000'000;
constexpr qint64 mostMessages = 10'000'000;
constexpr qint64 smallestBuffer = 1024;
constexpr qint64 largestQuantum = 16 * 1024 * 1024;
constexpr qint64 largestBacklog = 1024 * 1024 * 1024;
constexpr qint64 shortest = 10; // ms, as sweepInterval()
constexpr qint64 longest = 24 * 60 * 60 * 1000; // ms, a day

// To add a limit: a member of Limits, a line here, one in the README; tst_options.cpp wants one
// too.
constexpr auto flags = std::to_array<LimitFlag>({
    {"max-message-size"_L1, &Limits::maxMessageSize, Limits::smallestMaxMessageSize,
     Limits::largestMaxMessageSize, "BYTES"_L1, "close with 1009 on a larger message"_L1},
    {"max-fragments"_L1, &Limits::maxFragments, 1, 1'000'000, "N"_L1,
     "close with 1008 on a message in more frames"_L1},
    {"max-connections"_L1, &Limits::maxConnections, 1, mostPeers, "N"_L1,
     "answer 503 when more clients come"_L1},
    {"max-connections-per-address"_L1, &Limits::maxConnectionsPerAddress, 1, mostPeers, "N"_L1,
     "the same for clients of one address"_L1},
    {"listen-backlog"_L1, &Limits::listenBacklog, 1, 65'535, "N"_L1,
     "connections that the system keeps until they are accepted"_L1},
    {"read-quantum"_L1, &Limits::readQuantum, smallestBuffer, largestQuantum, "BYTES"_L1,
     "how much of one client's input is read before it is the others' turn"_L1},
    {"high-mark"_L1, &Limits::highMark, smallestBuffer, largestBacklog, "BYTES"_L1,
     "stop reading from a client when more than this waits for it"_L1},
    {"low-mark"_L1, &Limits::lowMark, 0, largestBacklog, "BYTES"_L1,
     "go on when no more than this is left"_L1},
    {"handshake-timeout"_L1, &Limits::handshakeTimeout, shortest, longest, "MS"_L1,
     "answer 408 when the request is not there by then"_L1},
    {"ping-after"_L1, &Limits::pingAfter, shortest, longest / 2, "MS"_L1,
     "ping a client after this much silence"_L1},
    {"max-silence"_L1, &Limits::maxSilence, 2 * shortest, longest, "MS"_L1,
     "drop a client after this much silence, with no pong either"_L1},
    {"max-stall"_L1, &Limits::maxStall, shortest, longest, "MS"_L1,
     "drop a client that reads nothing of what waits for it for so long"_L1},
    {"close-timeout"_L1, &Limits::closeTimeout, shortest, longest, "MS"_L1,
     "drop a client that has been sent all, a Close frame last, and does not close"_L1},
    {"max-closing"_L1, &Limits::maxClosing, shortest, longest, "MS"_L1,
     "drop a client that takes longer to read all that, however steadily"_L1},
    {"drain-timeout"_L1, &Limits::drainTimeout, 0, longest, "MS"_L1,
     "drop the clients that are left so long after SIGTERM"_L1},
    {"message-rate"_L1, &Limits::messageRate, 1, mostMessages, "N"_L1,
     "close with 1008 on more messages and pings a second"_L1, "no limit"_L1},
    {"message-burst"_L1, &Limits::messageBurst, 1, mostMessages, "N"_L1,
     "how many of them may come at once; needs --message-rate"_L1, "five times the rate"_L1},
});

} // namespace

qint64 LimitFlag::value(const Limits &limits) const
{
    return std::visit(
        [&limits](auto held) {
            if constexpr (std::is_same_v<decltype(held), std::chrono::milliseconds Limits::*>)
                return qint64((limits.*held).count());
            else
                return qint64(limits.*held);
        },
        member);
}

void LimitFlag::setValue(Limits &limits, qint64 value) const
{
    std::visit(
        [&limits, value](auto held) {
            using Type = std::remove_reference_t<decltype(limits.*held)>;
            limits.*held = Type(value);
        },
        member);
}

std::span<const LimitFlag> limitFlags()
{
    return flags;
}

std::optional<QString> conflictIn(const Limits &limits)
{
    if (limits.lowMark > limits.highMark) {
        return u"--low-mark (%1) may not be above --high-mark (%2)"_s.arg(
            QString::number(limits.lowMark), QString::number(limits.highMark));
    }
    if (limits.pingAfter >= limits.maxSilence) {
        return u"--ping-after (%1) must be shorter than --max-silence (%2)"_s.arg(
            QString::number(limits.pingAfter.count()), QString::number(limits.maxSilence.count()));
    }
    if (limits.messageBurst > 0 && limits.messageRate == 0)
        return u"--message-burst needs --message-rate"_s;
    return std::nullopt;
}
