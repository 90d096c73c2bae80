// SPDX-License-Identifier: MIT
#pragma once

#include "filedescriptor.h"

#include <QAbstractSocket>
#include <QHostAddress>
#include <QString>

#include <utility>
#include <variant>
#include <vector>

/*!
    An address and a port where a server listens, with a socket for each of its threads, among which
    the kernel shares out the peers.
*/
struct ListeningPlace
{
    /// Why a place cannot be had; \a description is the system's.
    struct Error
    {
        QAbstractSocket::SocketError code = QAbstractSocket::UnknownSocketError;
        QString description;
    };

    ListeningPlace(const QHostAddress &address_, quint16 port_,
                   std::vector<FileDescriptor> sockets_ = {})
        : address(address_)
        , port(port_)
        , sockets(std::move(sockets_))
    {
    }
    // Only moved, as its sockets are.
    ListeningPlace(ListeningPlace &&) noexcept = default;
    ListeningPlace &operator=(ListeningPlace &&) noexcept = default;

    QHostAddress address;
    quint16 port = 0;
    std::vector<FileDescriptor> sockets;

    /// Listens on \a address with \a count sockets, each of which keeps up to \a backlog
    /// connections that are not accepted yet. \a port 0 is any free port. A place that another
    /// server has is taken, even if that one would share it.
    [[nodiscard]] static std::variant<ListeningPlace, Error>
    open(const QHostAddress &address, quint16 port, int backlog, int count);
    /// Takes over \a descriptor, a socket that listens: all \a count sockets are this one, as we
    /// may not be allowed to open another.
    [[nodiscard]] static std::variant<ListeningPlace, Error> adopt(int descriptor, int count);
};
