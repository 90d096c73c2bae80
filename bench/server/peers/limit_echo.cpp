// SPDX-License-Identifier: MIT
// What no server can do with less: one recv and one send for all that a connection has to say. It
// checks nothing, keeps no limit, and waits for a peer that does not read: it is to measure by, not
// to use.
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
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

struct Peer
{
    bool isUpgraded = false;
    Bytes unread; // of a frame that has not come as a whole
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

/// RFC 6455 4.2.2
void upgrade(int descriptor, std::string_view request)
{
    constexpr std::string_view header = "Sec-WebSocket-Key: ";
    constexpr std::size_t keySize = 24;
    const std::string key =
        std::string(request.substr(request.find(header) + header.size(), keySize))
        + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, SHA_DIGEST_LENGTH> hash;
    SHA1(reinterpret_cast<const unsigned char *>(key.data()), key.size(), hash.data());
    std::array<unsigned char, 32> accept = {};
    const int size = EVP_EncodeBlock(accept.data(), hash.data(), int(hash.size()));
    std::string answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                         "Connection: Upgrade\r\nSec-WebSocket-Accept: ";
    answer.append(reinterpret_cast<const char *>(accept.data()), std::size_t(size));
    answer += "\r\n\r\n";
    send(descriptor, {reinterpret_cast<const unsigned char *>(answer.data()), answer.size()});
}

/// Puts the echoes of the whole frames of \a input behind \a output. Returns what is left.
std::span<const unsigned char> echo(std::span<const unsigned char> input, Bytes &output)
{
    constexpr std::size_t keySize = 4;
    output.resize(input.size()); // a frame without its key is shorter
    unsigned char *end = output.data();
    while (input.size() >= 2) {
        std::size_t size = input[1] & 0x7f;
        const std::size_t extended = size == 126 ? 2 : size == 127 ? 8 : 0;
        const std::size_t headerSize = 2 + extended;
        if (input.size() < headerSize + keySize)
            break;
        if (extended > 0) {
            size = 0;
            for (const unsigned char byte : input.subspan(2, extended))
                size = size << 8 | byte;
        }
        if (input.size() < headerSize + keySize + size)
            break;
        const auto begin = end;
        end = std::copy_n(input.data(), headerSize, end);
        begin[1] &= 0x7f;
        std::array<unsigned char, keySize> key;
        std::copy_n(input.data() + headerSize, keySize, key.begin());
        const unsigned char *const masked = input.data() + headerSize + keySize;
        for (std::size_t i = 0; i < size; ++i)
            end[i] = masked[i] ^ key[i % keySize];
        end += size;
        input = input.subspan(headerSize + keySize + size);
    }
    output.resize(std::size_t(end - output.data()));
    return input;
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
        const auto kept = peer.unread.size();
        if (m_input.size() < kept + readSize)
            m_input.resize(kept + readSize);
        std::copy(peer.unread.begin(), peer.unread.end(), m_input.begin());
        const ssize_t count = ::recv(descriptor, m_input.data() + kept, readSize, 0);
        if (count <= 0) {
            ::close(descriptor);
            return;
        }
        const auto input = std::span<const unsigned char>(m_input).first(kept + std::size_t(count));
        if (!peer.isUpgraded) { // a request comes as a whole, and alone
            upgrade(descriptor, {reinterpret_cast<const char *>(input.data()), input.size()});
            peer.isUpgraded = true;
            return;
        }
        const auto rest = echo(input, m_output);
        peer.unread.assign(rest.begin(), rest.end());
        if (!m_output.empty())
            send(descriptor, m_output);
    }

    static constexpr std::size_t readSize = 128 * 1024;

    const int m_listener;
    const int m_epoll = ::epoll_create1(0);
    std::vector<Peer> m_peers; // by descriptor
    Bytes m_input;
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
