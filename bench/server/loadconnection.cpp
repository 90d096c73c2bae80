// SPDX-License-Identifier: MIT
#include "loadconnection.h"

#include "fail.h"
#include "handshake.h"

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

namespace {

/// Nanoseconds.
std::uint64_t now()
{
    timespec time = {};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000
        + static_cast<std::uint64_t>(time.tv_nsec);
}

sockaddr_in loopback(std::uint8_t host, std::uint16_t port)
{
    sockaddr_in result = {};
    result.sin_family = AF_INET;
    result.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + host);
    result.sin_port = htons(port);
    return result;
}

[[noreturn]] void failWithErrno(const char *what)
{
    fail(std::string(what) + ": " + std::strerror(errno));
}

} // namespace

LoadConnection::LoadConnection(const Message &message, int inFlight, std::uint8_t host,
                               std::uint16_t port, Load &load)
    : m_load(load)
    , m_socket(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0))
    , m_ring(message, inFlight)
    , m_reader(message)
{
    const int on = 1;
    // A port is needed for each pair of addresses only, so it is chosen when both are known.
    if (m_socket < 0 || setsockopt(m_socket, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) != 0
        || setsockopt(m_socket, SOL_TCP, TCP_NODELAY, &on, sizeof on) != 0) {
        failWithErrno("cannot make a socket");
    }
    const sockaddr_in from = loopback(host, 0);
    if (bind(m_socket, reinterpret_cast<const sockaddr *>(&from), sizeof from) != 0)
        failWithErrno("cannot bind");
    epoll_event event = {.events = EPOLLOUT, .data = {.ptr = this}};
    if (epoll_ctl(m_load.epoll, EPOLL_CTL_ADD, m_socket, &event) != 0)
        failWithErrno("cannot watch a socket");
    const sockaddr_in to = loopback(1, port);
    if (connect(m_socket, reinterpret_cast<const sockaddr *>(&to), sizeof to) != 0
        && errno != EINPROGRESS) {
        failWithErrno("cannot connect");
    }
}

LoadConnection::~LoadConnection()
{
    close(m_socket);
}

void LoadConnection::handle(std::uint32_t events)
{
    if (!m_isConnected) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(m_socket, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0)
            fail(std::string("cannot connect: ") + std::strerror(error));
        m_isConnected = true;
        sendRequest();
        return;
    }
    if (events & EPOLLOUT)
        flush();
    if (events & ~EPOLLOUT)
        receive();
}

void LoadConnection::sendRequest()
{
    m_key = randomKey();
    const std::string request = "GET / HTTP/1.1\r\n"
                                "Host: 127.0.0.1\r\n"
                                "Connection: Upgrade\r\n"
                                "Upgrade: websocket\r\n"
                                "Sec-WebSocket-Version: 13\r\n"
                                "Sec-WebSocket-Key: "
        + m_key + "\r\n\r\n";
    if (::send(m_socket, request.data(), request.size(), MSG_NOSIGNAL)
        != static_cast<ssize_t>(request.size())) {
        failWithErrno("cannot send a request");
    }
    watch(EPOLLIN);
}

void LoadConnection::receive()
{
    const ssize_t size = recv(m_socket, m_load.input.data(), m_load.input.size(), 0);
    if (size == 0)
        fail("the server has ended a connection");
    if (size < 0) {
        if (errno == EAGAIN)
            return;
        failWithErrno("a connection is lost");
    }
    std::span<const char> input(m_load.input.data(), static_cast<std::size_t>(size));
    if (!m_isUpgraded)
        input = input.subspan(readAnswer(input));
    readFrames(input);
}

/// Returns how many bytes belong to it.
std::size_t LoadConnection::readAnswer(std::span<const char> input)
{
    const std::size_t before = m_answer.size();
    m_answer.append(input.data(), input.size());
    const std::size_t end = m_answer.find("\r\n\r\n");
    if (end == std::string::npos)
        return input.size();
    const std::size_t size = end + 4;
    m_answer.resize(size);
    checkAnswer(m_answer, m_key);
    m_answer = {};
    m_isUpgraded = true;
    ++m_load.upgraded;
    return size - before;
}

void LoadConnection::readFrames(std::span<const char> input)
{
    const std::uint64_t time = now();
    for (;;) {
        switch (m_reader.read(input)) {
        case ReplyReader::Event::Nothing:
            flush();
            return;
        case ReplyReader::Event::Ping:
            sendPong();
            break;
        case ReplyReader::Event::Reply:
            ++m_load.answered;
            m_load.roundTrips.add(time - m_ring.firstTime());
            m_ring.pop();
            if (m_load.isOn)
                push(time);
            expectNext();
            break;
        }
    }
}

void LoadConnection::send(int count)
{
    for (int i = 0; i < count; ++i)
        push(now());
    expectNext();
    flush();
}

void LoadConnection::push(std::uint64_t time)
{
    m_ring.push(m_load.sent++, time);
}

void LoadConnection::expectNext()
{
    if (m_ring.isEmpty())
        m_reader.expectNothing();
    else
        m_reader.expect(stampOf(m_ring.firstStamp()));
}

void LoadConnection::flush()
{
    while (m_ring.unsentBytes() > 0) {
        std::array<iovec, 2> pieces = m_ring.unsent();
        msghdr message = {};
        message.msg_iov = pieces.data();
        message.msg_iovlen = pieces[1].iov_len > 0 ? 2 : 1;
        const ssize_t size = sendmsg(m_socket, &message, MSG_NOSIGNAL);
        if (size < 0) {
            if (errno != EAGAIN)
                failWithErrno("a connection is lost");
            if (!m_isBlocked)
                watch(EPOLLIN | EPOLLOUT);
            m_isBlocked = true;
            return;
        }
        m_ring.addSent(static_cast<std::uint64_t>(size));
    }
    if (m_isBlocked)
        watch(EPOLLIN);
    m_isBlocked = false;
}

void LoadConnection::sendPong()
{
    // It may not come in the middle of a frame. A ping that is not answered is only that: servers
    // wait for longer than this load takes, while messages are on their way.
    if (m_isBlocked)
        return;
    flush();
    if (m_isBlocked)
        return;
    const std::string &payload = m_reader.controlPayload();
    std::string pong = {'\x8a', static_cast<char>(0x80 | payload.size()), 0, 0, 0, 0};
    pong += payload; // masked with zeros
    if (::send(m_socket, pong.data(), pong.size(), MSG_NOSIGNAL)
        != static_cast<ssize_t>(pong.size())) {
        failWithErrno("cannot send a pong");
    }
}

void LoadConnection::watch(std::uint32_t events)
{
    epoll_event event = {.events = events, .data = {.ptr = this}};
    if (epoll_ctl(m_load.epoll, EPOLL_CTL_MOD, m_socket, &event) != 0)
        failWithErrno("cannot watch a socket");
}
