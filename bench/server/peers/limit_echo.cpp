// SPDX-License-Identifier: MIT
// What no server can do with less: one recv and one send for all that a connection has to say. It
// checks nothing, keeps no limit, and waits for a peer that does not read: it is to measure by, not
// to use.
#include "../handshake.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using Bytes = std::vector<unsigned char>;

constexpr std::size_t keySize = 4;

struct Peer
{
    bool isUpgraded = false;
    // Of the present frame (RFC 6455 5.2).
    std::array<unsigned char, 14> header = {};
    std::size_t headerSize = 0;
    std::uint64_t missing = 0; // of its payload
    std::uint64_t keys = 0; // two of the masking key, turned to where the payload goes on
};

void send(int descriptor, std::span<const unsigned char> bytes)
{
    while (!bytes.empty()) {
        const ssize_t count = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count > 0) {
            bytes = bytes.subspan(std::size_t(count));
        } else {
            pollfd kernel = {.fd = descriptor, .events = POLLOUT, .revents = 0};
            ::poll(&kernel, 1, -1);
            if (kernel.revents & (POLLERR | POLLHUP))
                return;
        }
    }
}

void upgrade(int descriptor, const std::string &request)
{
    constexpr std::string_view header = "Sec-WebSocket-Key: ";
    constexpr std::size_t keyLength = 24;
    const std::string key = request.substr(request.find(header) + header.size(), keyLength);
    const std::string answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                               "Connection: Upgrade\r\nSec-WebSocket-Accept: "
        + acceptKey(key) + "\r\n\r\n";
    send(descriptor, {reinterpret_cast<const unsigned char *>(answer.data()), answer.size()});
}

/// Once the header is there: puts the echo's behind \a output.
void takeHeaderByte(Peer &peer, unsigned char byte, Bytes &output)
{
    peer.header[peer.headerSize++] = byte;
    if (peer.headerSize < 2)
        return;
    const std::size_t length = peer.header[1] & 0x7f;
    const std::size_t end = length == 126 ? 4 : length == 127 ? 10 : 2;
    if (peer.headerSize < end + keySize)
        return;
    peer.missing = length;
    if (end > 2) {
        peer.missing = 0;
        for (std::size_t i = 2; i < end; ++i)
            peer.missing = peer.missing << 8 | peer.header[i];
    }
    std::uint32_t key;
    std::memcpy(&key, &peer.header[end], keySize);
    peer.keys = std::uint64_t(key) << 32 | key;
    peer.header[1] &= 0x7f;
    output.insert(output.end(), peer.header.begin(), peer.header.begin() + std::ptrdiff_t(end));
    peer.headerSize = 0;
}

/// Puts what is unmasked of \a masked behind \a output.
void unmask(Peer &peer, std::span<const unsigned char> masked, Bytes &output)
{
    const std::size_t begin = output.size();
    output.insert(output.end(), masked.begin(), masked.end());
    std::span<unsigned char> rest = std::span(output).subspan(begin);
    for (; rest.size() >= sizeof peer.keys; rest = rest.subspan(sizeof peer.keys)) {
        std::uint64_t word;
        std::memcpy(&word, rest.data(), sizeof word);
        word ^= peer.keys;
        std::memcpy(rest.data(), &word, sizeof word);
    }
    for (unsigned char &byte : rest) {
        byte ^= static_cast<unsigned char>(peer.keys);
        peer.keys = std::rotr(peer.keys, 8);
    }
    peer.missing -= masked.size();
}

/// Puts the echo of \a input behind \a output.
void echo(Peer &peer, std::span<const unsigned char> input, Bytes &output)
{
    while (!input.empty()) {
        if (peer.missing == 0) {
            takeHeaderByte(peer, input.front(), output);
            input = input.subspan(1);
        } else {
            const auto part = input.first(std::min<std::size_t>(input.size(), peer.missing));
            unmask(peer, part, output);
            input = input.subspan(part.size());
        }
    }
}

class Server
{
public:
    explicit Server(int listener)
        : m_listener(listener)
    {
        watch(listener);
    }

    void run()
    {
        std::array<epoll_event, 256> events;
        for (;;) {
            const int count = ::epoll_wait(m_epoll, events.data(), int(events.size()), -1);
            for (int i = 0; i < count; ++i) {
                const int descriptor = events[std::size_t(i)].data.fd;
                if (descriptor == m_listener)
                    accept();
                else
                    read(descriptor);
            }
        }
    }

private:
    void watch(int descriptor)
    {
        epoll_event event = {.events = EPOLLIN, .data = {.fd = descriptor}};
        ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, descriptor, &event);
    }

    void accept()
    {
        const int descriptor = ::accept4(m_listener, nullptr, nullptr, SOCK_NONBLOCK);
        if (descriptor == -1)
            return;
        const int on = 1;
        ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (m_peers.size() <= std::size_t(descriptor))
            m_peers.resize(std::size_t(descriptor) + 1);
        m_peers[std::size_t(descriptor)] = {};
        watch(descriptor);
    }

    void read(int descriptor)
    {
        Peer &peer = m_peers[std::size_t(descriptor)];
        const ssize_t count = ::recv(descriptor, m_input.data(), m_input.size(), 0);
        if (count <= 0) {
            ::close(descriptor);
            return;
        }
        const auto input = std::span(std::as_const(m_input)).first(std::size_t(count));
        if (!peer.isUpgraded) { // a request comes as a whole, and alone
            upgrade(descriptor, std::string(input.begin(), input.end()));
            peer.isUpgraded = true;
            return;
        }
        m_output.clear();
        echo(peer, input, m_output);
        send(descriptor, m_output);
    }

    const int m_listener;
    const int m_epoll = ::epoll_create1(0);
    std::vector<Peer> m_peers; // by descriptor
    Bytes m_input = Bytes(128 * 1024);
    Bytes m_output;
};

} // namespace

int main()
{
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto *const generic = reinterpret_cast<sockaddr *>(&address);
    socklen_t size = sizeof address;
    if (::bind(listener, generic, size) != 0 || ::listen(listener, SOMAXCONN) != 0
        || ::getsockname(listener, generic, &size) != 0) {
        std::perror("bench_limit");
        return 1;
    }
    std::printf("listening on port %d: one recv, one send, nothing checked\n",
                ntohs(address.sin_port));
    std::fflush(stdout);
    Server(listener).run();
}
