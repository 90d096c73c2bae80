// SPDX-License-Identifier: MIT
#include "listener.h"

#include <QMutex>

#include <cerrno>
#include <chrono>
#include <utility>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// Then it is the turn of those who are there already.
constexpr int maxAcceptsPerTurn = 64;
/// When not even a refusal is possible.
constexpr auto retryInterval = 100ms;

/// A peer that came over IPv4 to a socket for both is one of IPv4.
QHostAddress toAddress(const sockaddr_storage &storage)
{
    const QHostAddress address(reinterpret_cast<const sockaddr *>(&storage));
    bool isIPv4 = false;
    const quint32 ipv4 = address.toIPv4Address(&isIPv4);
    return isIPv4 ? QHostAddress(ipv4) : address;
}

quint16 toPort(const sockaddr_storage &storage)
{
    // At the same place for both families.
    return ntohs(reinterpret_cast<const sockaddr_in &>(storage).sin_port);
}

/// For accepting: the place of one thread's spare file is not to be taken by another, as all have
/// the process's files.
QRecursiveMutex &acceptMutex()
{
    static QRecursiveMutex mutex;
    return mutex;
}

int acceptFrom(int socket, sockaddr_storage &peer)
{
    const QMutexLocker locker(&acceptMutex());
    socklen_t size = sizeof peer;
    return ::accept4(socket, reinterpret_cast<sockaddr *>(&peer), &size,
                     SOCK_NONBLOCK | SOCK_CLOEXEC);
}

} // namespace

Listener::Listener(FileDescriptor socket, QObject *parent)
    : QObject(parent)
    , m_socket(std::move(socket))
    , m_notifier(m_socket.number(), QSocketNotifier::Read)
{
    // Whoever is first in the queue may have gone again when we come.
    ::fcntl(m_socket.number(), F_SETFL, ::fcntl(m_socket.number(), F_GETFL) | O_NONBLOCK);
    openSpareFile();
    connect(&m_notifier, &QSocketNotifier::activated, this, &Listener::acceptTurn);
    m_retryTimer.setSingleShot(true);
    m_retryTimer.setInterval(retryInterval);
    connect(&m_retryTimer, &QTimer::timeout, this, [this] { m_notifier.setEnabled(true); });
}

Listener::~Listener()
{
    stop();
}

void Listener::stop()
{
    m_retryTimer.stop();
    m_notifier.setEnabled(false);
    m_socket.close();
    m_spareFile.close();
}

void Listener::acceptTurn()
{
    for (int i = 0; i < maxAcceptsPerTurn && m_socket.isOpen(); ++i) {
        switch (acceptOne(&Listener::accepted)) {
        case Accepted::Yes:
            break;
        case Accepted::NoneLeft:
            return;
        case Accepted::NoFiles:
            if (acceptWithSpareFile())
                break;
            [[fallthrough]];
        case Accepted::Broken:
            m_notifier.setEnabled(false);
            m_retryTimer.start();
            return;
        }
    }
}

Listener::Accepted Listener::acceptOne(void (Listener::*announce)(int, const QHostAddress &,
                                                                  quint16))
{
    sockaddr_storage peer = {};
    const int descriptor = acceptFrom(m_socket.number(), peer);
    if (descriptor != -1) {
        Q_EMIT(this->*announce)(descriptor, toAddress(peer), toPort(peer));
        return Accepted::Yes;
    }
    switch (errno) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        return Accepted::NoFiles;
    case EAGAIN:
        return Accepted::NoneLeft;
    case EBADF:
    case EINVAL: // shut down by whoever has handed it over
    case ENOTSOCK:
        return Accepted::Broken;
    default:
        // accept(2): errors of the network are those of one peer, which has gone.
        return Accepted::Yes;
    }
}

/// So that a peer too many hears that it is one, and does not wait in the kernel's queue.
bool Listener::acceptWithSpareFile()
{
    if (!m_spareFile.isOpen()) {
        openSpareFile();
        return false;
    }
    const QMutexLocker locker(&acceptMutex());
    m_spareFile.close();
    const Accepted accepted = acceptOne(&Listener::acceptedTooMany);
    openSpareFile();
    return accepted == Accepted::Yes;
}

void Listener::openSpareFile()
{
    m_spareFile = FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}
