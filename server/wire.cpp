// SPDX-License-Identifier: MIT
#include "wire.h"

#include <QScopedValueRollback>
#include <QSslSocket>
#include <QtEndian>

#include <algorithm>
#include <cstring>

#include <sys/socket.h>

using namespace Qt::Literals::StringLiterals;

namespace {

/// The header of a final, unmasked frame (RFC 6455 5.2).
QByteArray frameHeader(Opcode opcode, qsizetype size)
{
    constexpr char finalBit = char(0x80);
    QByteArray header(1, char(finalBit | char(opcode)));
    if (size <= 125) {
        header += char(size);
    } else if (size <= 0xffff) {
        const auto length = qToBigEndian(quint16(size));
        header += char(126);
        header.append(reinterpret_cast<const char *>(&length), sizeof length);
    } else {
        const auto length = qToBigEndian(quint64(size));
        header += char(127);
        header.append(reinterpret_cast<const char *>(&length), sizeof length);
    }
    return header;
}

} // namespace

Wire::Wire(std::unique_ptr<QTcpSocket> transport, const HandshakePolicy &policy,
           const Limits &limits, QObject *parent)
    : QTcpSocket(parent)
    , m_limits(limits)
    , m_transport(std::move(transport))
    , m_handshake(std::in_place, policy)
    , m_reader(limits.maxMessageSize, limits.maxFragments)
{
    m_lastInput.start();
    m_lastOutput.start();
    // What is not read stays with the kernel, and then with the peer: that is flow control.
    m_transport->setReadBufferSize(m_limits.readQuantum);
    m_transport->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_transport->setSocketOption(QAbstractSocket::KeepAliveOption, 1);

    connect(m_transport.get(), &QTcpSocket::readyRead, this, &Wire::readTransport);
    connect(m_transport.get(), &QTcpSocket::bytesWritten, this, &Wire::onBytesWritten);
    if (auto *secure = qobject_cast<QSslSocket *>(m_transport.get()))
        connect(secure, &QSslSocket::encryptedBytesWritten, this, &Wire::onBytesWritten);
    connect(m_transport.get(), &QTcpSocket::disconnected, this, &Wire::onTransportDisconnected);

    // Unbuffered: what QWebSocket reads comes straight from here.
    setOpenMode(QIODevice::ReadWrite | QIODevice::Unbuffered);
    setPeerAddress(m_transport->peerAddress());
    setPeerPort(m_transport->peerPort());
    setLocalAddress(m_transport->localAddress());
    setLocalPort(m_transport->localPort());
    setSocketState(QAbstractSocket::ConnectedState);
}

Wire::~Wire()
{
    m_transport->disconnect(this);
    // ~QAbstractSocket would call virtual functions of what is no longer there.
    m_phase = Phase::Ended;
    setOpenMode(QIODevice::NotOpen);
    setSocketState(QAbstractSocket::UnconnectedState);
}

void Wire::startFrames()
{
    m_phase = Phase::Frames;
    const QByteArray early = std::exchange(m_early, {});
    if (!early.isEmpty())
        readFrames(early);
    readTransport();
}

void Wire::readTransport()
{
    // While the request is being answered what comes has to wait: see startFrames().
    if (m_isReading || m_isPaused || m_phase == Phase::Answer || m_phase == Phase::Ended)
        return;
    // One peer's turn; what is left waits for the others' turns.
    const QByteArray input = m_transport->read(m_limits.readQuantum);
    if (input.isEmpty())
        return;
    m_lastInput.start();
    {
        const QScopedValueRollback reading(m_isReading, true);
        switch (m_phase) {
        case Phase::Request:
            readRequest(input);
            break;
        case Phase::Frames:
            readFrames(input);
            break;
        case Phase::Answer:
        case Phase::Deaf:
        case Phase::Closing:
        case Phase::Ended:
            break; // discarded
        }
    }
    if (m_phase == Phase::Ended)
        return;
    flushOutput();
    if (m_transport->bytesAvailable() > 0)
        QMetaObject::invokeMethod(this, &Wire::readTransport, Qt::QueuedConnection);
}

void Wire::readRequest(QByteArrayView input)
{
    const qsizetype consumed = m_handshake->feed(input);
    switch (m_handshake->state()) {
    case Handshake::State::NeedsMore:
        break;
    case Handshake::State::Refused:
        Q_EMIT requestRefused(m_handshake->refusal().status);
        refuse(m_handshake->refusal().response);
        break;
    case Handshake::State::Accepted:
        m_early = input.sliced(consumed).toByteArray();
        m_phase = Phase::Answer;
        handOn(m_handshake->head(), {});
        m_handshake.reset();
        break;
    }
}

void Wire::readFrames(QByteArrayView input)
{
    m_reader.feed(input);
    while (m_phase == Phase::Frames && m_reader.hasMessage()) {
        const FrameReader::Message message = m_reader.takeMessage();
        if (message.opcode == Opcode::Close) {
            m_phase = Phase::Deaf;
            const bool hasCode = message.payload.size() >= 2;
            Q_EMIT closeReceived(hasCode ? qFromBigEndian<quint16>(message.payload.constData())
                                         : noStatusReceived,
                                 QString::fromUtf8(message.payload.sliced(hasCode ? 2 : 0)));
        } else if (message.opcode == Opcode::Pong) {
            continue; // that something came is all it says
        } else {
            m_messageType = message.opcode;
            const Opcode as = message.opcode == Opcode::Text ? Opcode::Binary : message.opcode;
            handOn(frameHeader(as, message.payload.size()), message.payload);
        }
    }
    if (m_phase == Phase::Frames && m_reader.violation()) {
        m_phase = Phase::Deaf;
        Q_EMIT violated(m_reader.violation()->closeCode, m_reader.violation()->reason);
    }
    // The mark is on what waits for the peer, echoes and pongs alike.
    if (bytesToWrite() > m_limits.highMark)
        m_isPaused = true;
}

/// Lets QWebSocket read \a header and \a payload; it does so before this returns, or, for the
/// request, from the event loop.
void Wire::handOn(const QByteArray &header, const QByteArray &payload)
{
    m_inputHeader = header;
    m_inputPayload = payload;
    m_inputPosition = 0;
    Q_EMIT readyRead();
}

qint64 Wire::bytesAvailable() const
{
    // QWebSocket reads on for as long as there is something, even once it is closed.
    if (!isOpen())
        return 0;
    return m_inputHeader.size() + m_inputPayload.size() - m_inputPosition
        + QTcpSocket::bytesAvailable();
}

qint64 Wire::readData(char *data, qint64 maxSize)
{
    qint64 done = 0;
    const auto take = [&](const QByteArray &source, qsizetype offset) {
        const qsizetype from = m_inputPosition - offset;
        const qsizetype count = std::min<qsizetype>(maxSize - done, source.size() - from);
        if (from < 0 || count <= 0)
            return;
        std::memcpy(data + done, source.constData() + from, std::size_t(count));
        done += count;
        m_inputPosition += count;
    };
    take(m_inputHeader, 0);
    take(m_inputPayload, m_inputHeader.size());
    if (m_inputPosition == m_inputHeader.size() + m_inputPayload.size()) {
        m_inputHeader.clear();
        m_inputPayload.clear();
        m_inputPosition = 0;
    }
    return done;
}

qint64 Wire::skipData(qint64 maxSize)
{
    QByteArray skipped(maxSize, Qt::Uninitialized);
    return readData(skipped.data(), maxSize);
}

qint64 Wire::writeData(const char *data, qint64 size)
{
    if (m_phase == Phase::Closing || m_phase == Phase::Ended)
        return size; // nobody is there to take it
    const qsizetype begin = m_output.size();
    m_output.append(data, size);
    if (m_nextIsText && size > 0) {
        m_nextIsText = false;
        m_output[begin] = char((m_output.at(begin) & 0xf0) | char(Opcode::Text));
    }
    if (m_phase == Phase::Answer && begin == 0) // what goes on is the same answer
        Q_EMIT upgraded();
    flushSoon();
    return size;
}

qint64 Wire::bytesToWrite() const
{
    return m_output.size() + transportBytesToWrite();
}

qint64 Wire::transportBytesToWrite() const
{
    const auto *secure = qobject_cast<const QSslSocket *>(m_transport.get());
    return m_transport->bytesToWrite() + (secure ? secure->encryptedBytesToWrite() : 0);
}

void Wire::flushSoon()
{
    if (m_isReading || std::exchange(m_isFlushPosted, true))
        return;
    QMetaObject::invokeMethod(this, &Wire::flushOutput, Qt::QueuedConnection);
}

void Wire::flushOutput()
{
    m_isFlushPosted = false;
    if (m_output.isEmpty())
        return;
    if (transportBytesToWrite() == 0)
        m_lastOutput.start();
    m_transport->write(std::exchange(m_output, {}));
    m_transport->flush();
}

void Wire::onBytesWritten(qint64 bytes)
{
    m_lastOutput.start();
    Q_EMIT bytesWritten(bytes);
    if (m_isPaused && bytesToWrite() <= m_limits.lowMark) {
        m_isPaused = false;
        // From the event loop: this may be inside a flush.
        QMetaObject::invokeMethod(this, &Wire::readTransport, Qt::QueuedConnection);
    }
    shutDownWhenWritten();
}

void Wire::refuse(const QByteArray &response)
{
    m_output = response;
    disconnectFromHost();
}

void Wire::disconnectFromHost()
{
    if (m_phase == Phase::Closing || m_phase == Phase::Ended)
        return;
    m_phase = Phase::Closing;
    m_isPaused = false;
    setSocketState(QAbstractSocket::ClosingState);
    Q_EMIT stateChanged(QAbstractSocket::ClosingState);
    flushOutput();
    shutDownWhenWritten();
    // What is unread would reset the connection, and take our last words with it.
    QMetaObject::invokeMethod(this, &Wire::readTransport, Qt::QueuedConnection);
}

/// RFC 6455 7.1.1: our side of TCP is closed first, and the connection ends when the peer closes
/// too.
void Wire::shutDownWhenWritten()
{
    if (m_phase != Phase::Closing || m_shutdown.isValid() || bytesToWrite() > 0)
        return;
    m_shutdown.start();
    if (qobject_cast<QSslSocket *>(m_transport.get()))
        m_transport->disconnectFromHost(); // TLS has words of its own for this
    else
        ::shutdown(int(m_transport->socketDescriptor()), SHUT_WR);
}

void Wire::drop()
{
    if (m_phase == Phase::Ended)
        return;
    m_output.clear();
    if (m_transport->state() == QAbstractSocket::UnconnectedState)
        onTransportDisconnected();
    else
        m_transport->abort();
}

void Wire::onTransportDisconnected()
{
    if (m_phase == Phase::Ended)
        return;
    m_phase = Phase::Ended;
    m_output.clear();
    setOpenMode(QIODevice::NotOpen);
    setSocketState(QAbstractSocket::UnconnectedState);
    Q_EMIT stateChanged(QAbstractSocket::UnconnectedState);
    Q_EMIT disconnected();
}
