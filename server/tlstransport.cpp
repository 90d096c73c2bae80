// SPDX-License-Identifier: MIT
#include "tlstransport.h"

#include <algorithm>
#include <utility>

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

TlsTransport::TlsTransport(int descriptor, const QHostAddress &peerAddress, quint16 peerPort,
                           const QSslConfiguration &configuration, qint64 readBufferSize)
    : Transport(peerAddress, peerPort)
    , m_configuration(configuration)
    , m_readBufferSize(readBufferSize)
    , m_descriptor(descriptor)
    , m_firstByte(descriptor, QSocketNotifier::Read)
{
    connect(&m_firstByte, &QSocketNotifier::activated, this, &TlsTransport::startTls);
}

TlsTransport::~TlsTransport()
{
    TlsTransport::close();
}

void TlsTransport::startTls()
{
    m_firstByte.setEnabled(false);
    char firstByte = 0;
    if (::recv(m_descriptor, &firstByte, 1, MSG_PEEK) <= 0) {
        end(); // it has gone without a word
        return;
    }
    m_socket = std::make_unique<QSslSocket>();
    if (!m_socket->setSocketDescriptor(m_descriptor)) {
        m_socket.reset();
        end();
        return;
    }
    m_descriptor = -1;
    m_socket->setReadBufferSize(m_readBufferSize);
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_socket->setSocketOption(QAbstractSocket::KeepAliveOption, 1);
    m_socket->setSslConfiguration(m_configuration);
    connect(m_socket.get(), &QSslSocket::readyRead, this, &TlsTransport::announceInput);
    // Of the bytes of TLS itself: only those have left.
    connect(m_socket.get(), &QSslSocket::encryptedBytesWritten, this, &TlsTransport::bytesWritten);
    connect(m_socket.get(), &QSslSocket::disconnected, this, &TlsTransport::onDisconnected);
    m_socket->startServerEncryption();
}

qint64 TlsTransport::read(char *data, qint64 maxSize)
{
    if (!m_socket)
        return 0;
    const qint64 count = m_socket->read(data, maxSize);
    if (m_socket->bytesAvailable() > 0)
        QMetaObject::invokeMethod(this, &TlsTransport::announceInputAgain, Qt::QueuedConnection);
    return std::max<qint64>(count, 0);
}

void TlsTransport::setReading(bool isReading)
{
    m_isReading = isReading;
    // QSslSocket tells of each byte once only.
    if (isReading && m_socket && m_socket->bytesAvailable() > 0)
        QMetaObject::invokeMethod(this, &TlsTransport::announceInputAgain, Qt::QueuedConnection);
}

void TlsTransport::announceInput()
{
    if (m_isReading)
        Q_EMIT readyRead();
}

void TlsTransport::announceInputAgain()
{
    if (m_socket && m_socket->bytesAvailable() > 0)
        announceInput();
}

void TlsTransport::write(std::span<const QByteArray> parts)
{
    if (!m_socket || !m_socket->isEncrypted())
        return;
    for (const QByteArray &part : parts)
        m_socket->write(part);
    m_socket->flush();
}

qint64 TlsTransport::bytesToWrite() const
{
    return m_socket ? m_socket->bytesToWrite() + m_socket->encryptedBytesToWrite() : 0;
}

qint64 TlsTransport::bytesInFlight() const
{
    int bytes = 0;
    return m_socket && ::ioctl(int(m_socket->socketDescriptor()), SIOCOUTQ, &bytes) == 0 ? bytes
                                                                                         : 0;
}

void TlsTransport::shutDown()
{
    if (m_socket)
        m_socket->disconnectFromHost();
    else
        end();
}

void TlsTransport::onDisconnected()
{
    // Its last words, a Close frame maybe.
    qint64 before = 0;
    do {
        before = m_socket->bytesAvailable();
        announceInput();
    } while (m_socket && m_socket->bytesAvailable() < before);
    end();
}

/// For all that ends the connection from outside: closed() follows.
void TlsTransport::end()
{
    close();
    QMetaObject::invokeMethod(this, &TlsTransport::closed, Qt::QueuedConnection);
}

void TlsTransport::close()
{
    m_firstByte.setEnabled(false);
    if (m_descriptor != -1)
        ::close(std::exchange(m_descriptor, -1));
    if (!m_socket)
        return;
    m_socket->disconnect(this);
    m_socket->abort();
    m_socket.release()->deleteLater(); // it may be what calls this
}

void TlsTransport::reset()
{
    const linger atOnce = {.l_onoff = 1, .l_linger = 0};
    const int descriptor = m_socket ? int(m_socket->socketDescriptor()) : m_descriptor;
    ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &atOnce, sizeof atOnce);
    close();
}
