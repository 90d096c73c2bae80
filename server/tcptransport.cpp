// SPDX-License-Identifier: MIT
#include "tcptransport.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

bool isTransient(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
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
    , m_writeNotifier(descriptor, QSocketNotifier::Write)
{
    setOption(m_descriptor, IPPROTO_TCP, TCP_NODELAY);
    setOption(m_descriptor, SOL_SOCKET, SO_KEEPALIVE);
    m_writeNotifier.setEnabled(false);
    connect(&m_readNotifier, &QSocketNotifier::activated, this, &TcpTransport::readyRead);
    connect(&m_writeNotifier, &QSocketNotifier::activated, this, &TcpTransport::writePending);
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

void TcpTransport::write(const QByteArray &bytes)
{
    if (m_descriptor == -1 || bytes.isEmpty())
        return;
    ssize_t sent = 0;
    if (m_pending.empty()) {
        sent = ::send(m_descriptor, bytes.constData(), std::size_t(bytes.size()), MSG_NOSIGNAL);
        if (sent == -1 && !isTransient(errno))
            return fail();
        sent = std::max<ssize_t>(sent, 0);
        if (sent == bytes.size())
            return;
        m_written = sent;
        m_writeNotifier.setEnabled(true);
    }
    m_pending.push_back(bytes);
    m_bytesToWrite += bytes.size() - sent;
}

void TcpTransport::writePending()
{
    qint64 total = 0;
    while (!m_pending.empty()) {
        const QByteArrayView rest = QByteArrayView(m_pending.front()).sliced(m_written);
        const ssize_t sent =
            ::send(m_descriptor, rest.data(), std::size_t(rest.size()), MSG_NOSIGNAL);
        if (sent == -1) {
            if (!isTransient(errno))
                return fail();
            break;
        }
        total += sent;
        m_bytesToWrite -= sent;
        m_written += sent;
        if (sent < rest.size())
            break;
        m_pending.pop_front();
        m_written = 0;
    }
    if (m_pending.empty())
        m_writeNotifier.setEnabled(false);
    if (total > 0)
        Q_EMIT bytesWritten(total);
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
    m_writeNotifier.setEnabled(false);
    m_pending.clear();
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
