// SPDX-License-Identifier: MIT
#pragma once

#include "framering.h"
#include "histogram.h"
#include "replyreader.h"

#include <netinet/in.h>

#include <cstdint>
#include <string>
#include <vector>

/// What all connections of a load have in common.
struct Load
{
    int epoll = -1;
    /// Answered connections, and messages.
    std::uint64_t upgraded = 0;
    std::uint64_t answered = 0;
    /// For the next message's stamp.
    std::uint32_t sent = 0;
    /// Whether a reply is followed by the next message.
    bool isOn = false;
    /// In nanoseconds.
    Histogram roundTrips;
    /// What is received, before it is looked at.
    std::vector<char> input;
};

/// One client of the server: its handshake, then its messages. It ends the program when it fails.
class LoadConnection
{
public:
    /// Connects from 127.0.0.\a host to \a port. \a message and \a load outlive the connection.
    LoadConnection(const Message &message, int inFlight, std::uint8_t host, std::uint16_t port,
                   Load &load);
    LoadConnection(const LoadConnection &) = delete;
    LoadConnection &operator=(const LoadConnection &) = delete;
    ~LoadConnection();

    /// Takes what epoll says of it.
    void handle(std::uint32_t events);
    /// Sends \a count messages, at most as many as may be in flight.
    void send(int count);
    /// Whether replies are still to come.
    [[nodiscard]] bool isWaiting() const { return !m_ring.isEmpty(); }

private:
    void sendRequest();
    void receive();
    [[nodiscard]] std::size_t readAnswer(std::span<const char> input);
    void readFrames(std::span<const char> input);
    void push(std::uint64_t now);
    void expectNext();
    void flush();
    void sendPong();
    void watch(std::uint32_t events);

    Load &m_load;
    const int m_socket;
    FrameRing m_ring;
    ReplyReader m_reader;
    std::string m_key;
    std::string m_answer; // until it is complete
    bool m_isConnected = false;
    bool m_isUpgraded = false;
    bool m_isBlocked = false; // the kernel takes no more
};
