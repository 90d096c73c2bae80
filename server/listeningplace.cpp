// SPDX-License-Identifier: MIT
#include "listeningplace.h"

#include <QTcpServer>

#include <cerrno>
#include <utility>

#include <netinet/in.h>
#include <sys/socket.h>

namespace {

bool switchOn(int socket, int level, int option)
{
    const int on = 1;
    return ::setsockopt(socket, level, option, &on, sizeof on) == 0;
}

/// Another socket where \a first listens; none where that is not possible, and errno says why.
FileDescriptor openTwin(int first, int backlog)
{
    sockaddr_storage address = {};
    socklen_t size = sizeof address;
    if (::getsockname(first, reinterpret_cast<sockaddr *>(&address), &size) != 0)
        return {};
    FileDescriptor twin(::socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    int isIPv6Only = 0;
    socklen_t optionSize = sizeof isIPv6Only;
    const bool isIPv6 = address.ss_family == AF_INET6;
    if (isIPv6)
        ::getsockopt(first, IPPROTO_IPV6, IPV6_V6ONLY, &isIPv6Only, &optionSize);
    const bool isListening = twin.isOpen()
        && (!isIPv6Only || switchOn(twin.number(), IPPROTO_IPV6, IPV6_V6ONLY))
        && switchOn(twin.number(), SOL_SOCKET, SO_REUSEADDR)
        && switchOn(twin.number(), SOL_SOCKET, SO_REUSEPORT)
        && ::bind(twin.number(), reinterpret_cast<const sockaddr *>(&address), size) == 0
        && ::listen(twin.number(), backlog) == 0;
    return isListening ? std::move(twin) : FileDescriptor();
}

ListeningPlace::Error lastError()
{
    return {errno == EADDRINUSE ? QAbstractSocket::AddressInUseError
                                : QAbstractSocket::UnknownSocketError,
            qt_error_string()};
}

} // namespace

std::variant<ListeningPlace, ListeningPlace::Error>
ListeningPlace::open(const QHostAddress &address, quint16 port, int backlog, int count)
{
    // The first is opened without SO_REUSEPORT, so that a place that is taken is found to be. When
    // it goes, its duplicate listens on.
    QTcpServer server;
    server.setListenBacklogSize(backlog);
    if (!server.listen(address, port))
        return Error{server.serverError(), server.errorString()};
    const auto first = int(server.socketDescriptor());
    if (count > 1 && !switchOn(first, SOL_SOCKET, SO_REUSEPORT))
        return lastError();
    ListeningPlace place(server.serverAddress(), server.serverPort());
    for (int i = 0; i < count; ++i) {
        place.sockets.push_back(i == 0 ? FileDescriptor::duplicateOf(first)
                                       : openTwin(first, backlog));
        if (!place.sockets.back().isOpen())
            return lastError();
    }
    return place;
}

std::variant<ListeningPlace, ListeningPlace::Error> ListeningPlace::adopt(int descriptor, int count)
{
    std::vector<FileDescriptor> sockets;
    sockets.emplace_back(descriptor);
    while (sockets.size() < std::size_t(count)) {
        sockets.push_back(FileDescriptor::duplicateOf(descriptor));
        if (!sockets.back().isOpen())
            return lastError();
    }
    QTcpServer reader; // of a copy, as it will close it
    FileDescriptor copy = FileDescriptor::duplicateOf(descriptor);
    if (!reader.setSocketDescriptor(copy.number()))
        return Error{reader.serverError(), reader.errorString()};
    copy.release();
    return ListeningPlace(reader.serverAddress(), reader.serverPort(), std::move(sockets));
}
