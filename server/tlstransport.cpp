// SPDX-License-Identifier: MIT
#include "tlstransport.h"

#include <sys/socket.h>
#include <unistd.h>

TlsTransport::TlsTransport(int descriptor, const QHostAddress &peerAddress, quint16 peerPort,
                           const QSslConfiguration &configuration, qint64 readBufferSize)
    : Transport(peerAddress, peerPort)
{
    if (!m_socket.setSocketDescriptor(descriptor)) {
        ::close(descriptor);
        QMetaObject::invokeMethod(this, &TlsTransport::closed, Qt::QueuedConnection);
        return;
    }
    m_socket.setReadBufferSize(readBufferSize);
    m_socket.setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_socket.setSocketOption(QAbstractSocket::KeepAliveOption, 1);
    m_socket.setSslConfiguration(configuration);
    connect(&m_socket, &QSslSocket::readyRead, this, &TlsTransport::announceInput);
    // Of the bytes of TLS itself: only those have left.
    connect(&m_socket, &QSslSocket::encryptedBytesWritten, this, &TlsTransport::bytesWritten);
    connect(&m_socket, &QSslSocket::disconnected, this, &TlsTransport::onDisconnected);
    m_socket.startServerEncryption();
}

TlsTransport::~TlsTransport()
{
    m_socket.disconnect(this);
}

qint64 TlsTransport::read(char *data, qint64 maxSize)
{
    const qint64 count = m_socket.read(data, maxSize);
    if (m_socket.bytesAvailable() > 0)
        QMetaObject::invokeMethod(this, &TlsTransport::announceInputAgain, Qt::QueuedConnection);
    return std::max<qint64>(count, 0);
}

void TlsTransport::setReading(bool isReading)
{
    m_isReading = isReading;
    // QSslSocket tells of each byte once only.
    if (isReading && m_socket.bytesAvailable() > 0)
        QMetaObject::invokeMethod(this, &TlsTransport::announceInputAgain, Qt::QueuedConnection);
}

void TlsTransport::announceInput()
{
    if (m_isReading)
        Q_EMIT readyRead();
}

void TlsTransport::announceInputAgain()
{
    if (m_socket.bytesAvailable() > 0)
        announceInput();
}

void TlsTransport::write(const QByteArray &bytes)
{
    m_socket.write(bytes);
    m_socket.flush();
}

qint64 TlsTransport::bytesToWrite() const
{
    return m_socket.bytesToWrite() + m_socket.encryptedBytesToWrite();
}

void TlsTransport::shutDown()
{
    m_socket.disconnectFromHost();
}

void TlsTransport::onDisconnected()
{
    // Its last words, a Close frame maybe.
    qint64 before = 0;
    do {
        before = m_socket.bytesAvailable();
        announceInput();
    } while (m_socket.bytesAvailable() < before);
    QMetaObject::invokeMethod(this, &TlsTransport::closed, Qt::QueuedConnection);
}

void TlsTransport::close()
{
    m_socket.disconnect(this);
    m_socket.abort();
}

void TlsTransport::reset()
{
    const linger atOnce = {.l_onoff = 1, .l_linger = 0};
    ::setsockopt(int(m_socket.socketDescriptor()), SOL_SOCKET, SO_LINGER, &atOnce, sizeof atOnce);
    close();
}
