// SPDX-License-Identifier: MIT
#include "tcptransport.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

/// As many as a call of the kernel takes at least (POSIX: _XOPEN_IOV_MAX).
constexpr std::size_t maxPartsAtOnce = 16;

bool isTransient(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

/// As sendmsg(2), which costs more than send(2) where there is one part.
ssize_t sendAtOnce(int descriptor, iovec *parts, std::size_t count)
{
    if (count == 1)
        return ::send(descriptor, parts->iov_base, parts->iov_len, MSG_NOSIGNAL);
    msghdr message = {};
    message.msg_iov = parts;
    message.msg_iovlen = count;
    return ::sendmsg(descriptor, &message, MSG_NOSIGNAL);
}

void setOption(int descriptor, int level, int option)
{
    const int on = 1;
    ::setsockopt(descriptor, level, option, &on, sizeof on);
}

} // namespace

TcpTransport::TcpTransport(int descriptor, const QHostAddress &peerAddress, quint16 peerPort)
    : Transport(peerAddress, peerPort)
    , m_descriptor(descriptor)
    , m_readNotifier(descriptor, QSocketNotifier::Read)
{
    setOption(m_descriptor, IPPROTO_TCP, TCP_NODELAY);
    setOption(m_descriptor, SOL_SOCKET, SO_KEEPALIVE);
    connect(&m_readNotifier, &QSocketNotifier::activated, this, &TcpTransport::readyRead);
}

TcpTransport::~TcpTransport()
{
    TcpTransport::close();
}

qint64 TcpTransport::read(char *data, qint64 maxSize)
{
    if (m_descriptor == -1 || m_isInputAtEnd)
        return m_isInputAtEnd ? endOfInput : 0;
    const ssize_t count = ::recv(m_descriptor, data, std::size_t(maxSize), 0);
    if (count > 0)
        return count;
    if (count == 0) {
        m_isInputAtEnd = true;
        m_readNotifier.setEnabled(false);
        closeIfBothEnded();
        return endOfInput;
    }
    if (!isTransient(errno))
        fail();
    return 0;
}

void TcpTransport::setReading(bool isReading)
{
    m_readNotifier.setEnabled(isReading && m_descriptor != -1 && !m_isInputAtEnd);
}

void TcpTransport::write(std::span<const QByteArray> parts)
{
    if (m_descriptor == -1)
        return;
    for (const QByteArray &part : parts)
        m_bytesToWrite += part.size();
    if (m_pending.isEmpty()) {
        const Position sent = send(parts, Position());
        if (m_bytesToWrite == 0)
            return; // all is sent, or the connection has failed
        m_pendingBegin = sent.byte;
        parts = parts.subspan(sent.part);
        waitForKernel();
    }
    for (const QByteArray &part : parts)
        keep(part);
}

/// Small parts are put together: each may be in memory many times its size.
void TcpTransport::keep(const QByteArray &part)
{
    const auto isSmall = [](const QByteArray &bytes) { return bytes.size() < largePartSize; };
    if (!isSmall(part))
        m_pending << part;
    else if (m_pending.isEmpty() || !isSmall(m_pending.constLast()))
        m_pending << QByteArray(part.constData(), part.size());
    else
        m_pending.last() += part;
}

void TcpTransport::waitForKernel()
{
    if (!m_writeNotifier) {
        m_writeNotifier = std::make_unique<QSocketNotifier>(m_descriptor, QSocketNotifier::Write);
        connect(m_writeNotifier.get(), &QSocketNotifier::activated, this,
                &TcpTransport::writePending);
    }
    m_writeNotifier->setEnabled(true);
}

void TcpTransport::writePending()
{
    const qint64 before = m_bytesToWrite;
    const Position sent = send(m_pending, {.byte = m_pendingBegin});
    if (m_descriptor == -1)
        return; // it has failed
    m_pending.remove(0, qsizetype(sent.part));
    m_pendingBegin = sent.byte;
    if (m_pending.isEmpty()) {
        m_writeNotifier->setEnabled(false);
        m_pending = {}; // gives back what it has grown to for a slow reader
    }
    if (m_bytesToWrite < before)
        Q_EMIT bytesWritten(before - m_bytesToWrite);
}

/// Sends \a parts from \a position on, until the kernel is full. Returns how far it has come.
TcpTransport::Position TcpTransport::send(std::span<const QByteArray> parts, Position position)
{
    bool isKernelFull = false;
    while (position.part < parts.size() && !isKernelFull) {
        std::array<iovec, maxPartsAtOnce> vectors;
        const auto count = std::min(vectors.size(), parts.size() - position.part);
        ssize_t size = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const QByteArray &part = parts[position.part + i];
            const qsizetype begin = i == 0 ? position.byte : 0;
            vectors[i] = {const_cast<char *>(part.constData()) + begin,
                          std::size_t(part.size() - begin)};
            size += part.size() - begin;
        }
        const ssize_t sent = sendAtOnce(m_descriptor, vectors.data(), count);
        if (sent == -1) {
            if (!isTransient(errno))
                fail();
            break;
        }
        m_bytesToWrite -= sent;
        isKernelFull = sent < size;
        position.byte += sent;
        while (position.part < parts.size() && position.byte >= parts[position.part].size())
            position.byte -= parts[position.part++].size();
    }
    return position;
}

qint64 TcpTransport::bytesInFlight() const
{
    int bytes = 0;
    return ::ioctl(m_descriptor, SIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

void TcpTransport::shutDown()
{
    if (m_descriptor == -1 || std::exchange(m_isShutDown, true))
        return;
    ::shutdown(m_descriptor, SHUT_WR);
    closeIfBothEnded();
}

void TcpTransport::closeIfBothEnded()
{
    if (m_isInputAtEnd && m_isShutDown)
        fail();
}

/// For all that ends the connection from outside: closed() follows.
void TcpTransport::fail()
{
    if (m_descriptor == -1)
        return;
    close();
    QMetaObject::invokeMethod(this, &TcpTransport::closed, Qt::QueuedConnection);
}

void TcpTransport::close()
{
    if (m_descriptor == -1)
        return;
    // Before the descriptor is closed: its number may be somebody else's soon.
    m_readNotifier.setEnabled(false);
    if (m_writeNotifier)
        m_writeNotifier->setEnabled(false);
    m_pending.clear();
    m_pendingBegin = 0;
    m_bytesToWrite = 0;
    ::close(std::exchange(m_descriptor, -1));
}

void TcpTransport::reset()
{
    if (m_descriptor == -1)
        return;
    const linger atOnce = {.l_onoff = 1, .l_linger = 0};
    ::setsockopt(m_descriptor, SOL_SOCKET, SO_LINGER, &atOnce, sizeof atOnce);
    close();
}
