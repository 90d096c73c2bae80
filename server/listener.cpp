// SPDX-License-Identifier: MIT
#include "listener.h"

#include "logging.h"

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

} // namespace

Listener::Listener(QObject *parent)
    : QTcpServer(parent)
{
    m_retryTimer.setSingleShot(true);
    m_retryTimer.setInterval(retryInterval);
    connect(&m_retryTimer, &QTimer::timeout, this, [this] {
        if (m_notifier)
            m_notifier->setEnabled(true);
    });
}

Listener::~Listener()
{
    stop();
}

void Listener::startAccepting()
{
    pauseAccepting(); // QTcpServer's own
    openSpareFile();
    m_notifier = std::make_unique<QSocketNotifier>(socketDescriptor(), QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &Listener::acceptTurn);
}

void Listener::stop()
{
    m_retryTimer.stop();
    if (m_notifier) {
        m_notifier->setEnabled(false);
        m_notifier.release()->deleteLater(); // it may be what calls this
    }
    close();
    if (m_spareFile != -1)
        ::close(std::exchange(m_spareFile, -1));
}

void Listener::acceptTurn()
{
    for (int i = 0; i < maxAcceptsPerTurn && isListening(); ++i) {
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
            m_notifier->setEnabled(false);
            m_retryTimer.start();
            return;
        }
    }
}

Listener::Accepted Listener::acceptOne(void (Listener::*announce)(int, const QHostAddress &,
                                                                  quint16))
{
    sockaddr_storage peer = {};
    socklen_t size = sizeof peer;
    const int descriptor = ::accept4(int(socketDescriptor()), reinterpret_cast<sockaddr *>(&peer),
                                     &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
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
    if (m_spareFile == -1) {
        openSpareFile();
        return false;
    }
    ::close(std::exchange(m_spareFile, -1));
    const Accepted accepted = acceptOne(&Listener::acceptedTooMany);
    openSpareFile();
    return accepted == Accepted::Yes;
}

void Listener::openSpareFile()
{
    m_spareFile = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}
