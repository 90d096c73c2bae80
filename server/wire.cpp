// SPDX-License-Identifier: MIT
#include "wire.h"

#include <QScopedValueRollback>
#include <QTimer>
#include <QWebSocketProtocol>
#include <QtEndian>

#include <algorithm>
#include <chrono>
#include <cstring>

using namespace Qt::Literals::StringLiterals;

namespace {

/// The first byte of a Close frame.
constexpr char closeByte = char(0x80 | int(Opcode::Close));
/// How often to ask the kernel whether the peer has received all.
constexpr auto deliveryPollInterval = std::chrono::milliseconds(5);

} // namespace

Wire::Wire(std::unique_ptr<Transport> transport, ServerContext &context, QObject *parent)
    : QTcpSocket(parent)
    , m_context(context)
    , m_transport(std::move(transport))
    , m_handshake(std::in_place, context.policy)
    , m_reader(context.limits.maxMessageSize, context.limits.maxFragments)
{
    m_lastInput.start();
    m_lastOutput.start();
    if (context.limits.messageRate > 0)
        m_messageRate.emplace(context.limits.messageRate, messageBurst(context.limits));
    connect(m_transport.get(), &Transport::readyRead, this, &Wire::readTransport);
    connect(m_transport.get(), &Transport::bytesWritten, this, &Wire::onBytesWritten);
    connect(m_transport.get(), &Transport::closed, this, &Wire::end);

    // Unbuffered: what QWebSocket reads comes straight from here.
    setOpenMode(QIODevice::ReadWrite | QIODevice::Unbuffered);
    setPeerAddress(m_transport->peerAddress());
    setPeerPort(m_transport->peerPort());
    setSocketState(QAbstractSocket::ConnectedState);
}

Wire::~Wire()
{
    // ~QAbstractSocket would call virtual functions of what is no longer there.
    m_phase = Phase::Ended;
    setOpenMode(QIODevice::NotOpen);
    setSocketState(QAbstractSocket::UnconnectedState);
}

void Wire::startFrames()
{
    if (m_phase != Phase::Answer)
        return; // it is closing already
    m_phase = Phase::Frames;
    const QByteArray early = std::exchange(m_early, {});
    if (!early.isEmpty())
        readFrames(early);
    updateReading();
}

void Wire::readTransport()
{
    // One peer's turn; what is left waits for the others' turns.
    QByteArray &buffer = m_context.readBuffer;
    const qint64 count = m_transport->read(buffer.data(), buffer.size());
    if (count == Transport::endOfInput) {
        readEnd();
    } else if (count > 0) {
        m_lastInput.start();
        m_context.metrics.networkBytesReceived += quint64(count);
        const QScopedValueRollback reading(m_isReading, true);
        const auto input = QByteArrayView(buffer).first(count);
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
    updateReading();
}

void Wire::readEnd()
{
    switch (m_phase) {
    case Phase::Request:
        if (m_handshake->head().isEmpty())
            disconnectFromHost(); // it did not ask for anything
        else
            refuse(Handshake::endedEarly());
        break;
    case Phase::Frames:
    case Phase::Deaf: // a Close frame has come, but is not answered yet
        m_phase = Phase::Deaf;
        Q_EMIT inputEnded();
        break;
    case Phase::Answer:
    case Phase::Closing:
    case Phase::Ended:
        break;
    }
}

bool Wire::hasRoom() const
{
    return m_phase != Phase::Closing && m_phase != Phase::Ended
        && backlog() <= m_context.limits.highMark;
}

/// The mark is on what waits for the peer, echoes and pongs alike.
void Wire::updateReading()
{
    if (m_phase != Phase::Closing && !hasRoom())
        m_isPaused = true;
    // While the request is being answered what comes has to wait: see startFrames().
    m_transport->setReading(!m_isPaused && m_phase != Phase::Answer);
}

void Wire::readRequest(QByteArrayView input)
{
    const qsizetype consumed = m_handshake->feed(input);
    switch (m_handshake->state()) {
    case Handshake::State::NeedsMore:
        break;
    case Handshake::State::Refused:
        refuse(m_handshake->refusal());
        break;
    case Handshake::State::Accepted:
        acceptRequest(input.sliced(consumed));
        break;
    }
}

/// \a early is what came behind the request.
void Wire::acceptRequest(QByteArrayView early)
{
    const auto behaviour = parseBehaviour(m_handshake->query(), m_context.limits);
    if (const auto *problem = std::get_if<QString>(&behaviour))
        return refuse(Handshake::refusalOf(400, problem->toUtf8()));
    m_behaviour = std::get<Behaviour>(behaviour);
    if (m_behaviour->takesSubprotocol)
        m_subprotocol = m_handshake->firstSubprotocol();
    if (m_behaviour->isPlain())
        m_behaviour.reset();
    m_early = early.toByteArray();
    m_phase = Phase::Answer;
    handOn({}, m_handshake->head());
    m_handshake.reset();
}

void Wire::readFrames(QByteArrayView input)
{
    m_reader.feed(input);
    while (m_phase == Phase::Frames && m_reader.hasMessage()) {
        const FrameReader::Message message = m_reader.takeMessage();
        m_context.metrics.countReceived(message.opcode, message.payload.size());
        if (isTooFast(message.opcode))
            violate({QWebSocketProtocol::CloseCodePolicyViolated, u"Too many messages a second"_s});
        else
            readMessage(message);
    }
    if (m_phase == Phase::Frames && m_reader.violation())
        violate(*m_reader.violation());
}

bool Wire::isTooFast(Opcode opcode)
{
    // When a pong is due is for us to say, and a Close frame ends it all anyway.
    const bool isCounted = opcode != Opcode::Pong && opcode != Opcode::Close;
    return isCounted && m_messageRate
        && !m_messageRate->take(std::chrono::steady_clock::now().time_since_epoch());
}

void Wire::readMessage(const FrameReader::Message &message)
{
    switch (message.opcode) {
    case Opcode::Text:
    case Opcode::Binary:
        m_messageType = message.opcode;
        handOn(FrameHeader(Opcode::Binary, message.payload.size()), message.payload);
        break;
    case Opcode::Ping:
        if (m_ignoresPings)
            break;
        m_context.metrics.countSent(Opcode::Pong, message.payload.size());
        handOn(FrameHeader(Opcode::Ping, message.payload.size()), message.payload);
        break;
    case Opcode::Close: {
        m_phase = Phase::Deaf;
        const bool hasCode = message.payload.size() >= 2;
        Q_EMIT closeReceived(hasCode ? qFromBigEndian<quint16>(message.payload.constData())
                                     : noStatusReceived,
                             QString::fromUtf8(message.payload.sliced(hasCode ? 2 : 0)));
        break;
    }
    case Opcode::Pong: // that something came is all it says
    case Opcode::Continuation:
        break;
    }
}

void Wire::violate(const FrameReader::Violation &violation)
{
    m_phase = Phase::Deaf;
    Q_EMIT violated(violation.closeCode, violation.reason);
}

/// Lets QWebSocket read \a header and \a payload; it does so before this returns, or, for the
/// request, from the event loop.
void Wire::handOn(const FrameHeader &header, const QByteArray &payload)
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
    return m_inputHeader.size + m_inputPayload.size() - m_inputPosition
        + QTcpSocket::bytesAvailable();
}

qint64 Wire::readData(char *data, qint64 maxSize)
{
    qint64 done = 0;
    const auto take = [&](QByteArrayView source, qsizetype offset) {
        const qsizetype from = m_inputPosition - offset;
        const qsizetype count = std::min<qsizetype>(maxSize - done, source.size() - from);
        if (from < 0 || count <= 0)
            return;
        std::memcpy(data + done, source.data() + from, std::size_t(count));
        done += count;
        m_inputPosition += count;
    };
    take({m_inputHeader.bytes.data(), m_inputHeader.size}, 0);
    take(m_inputPayload, m_inputHeader.size);
    if (m_inputPosition == m_inputHeader.size + m_inputPayload.size()) {
        m_inputHeader.size = 0;
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
    if (m_nextIsBareClose && size > 0 && m_output.at(begin) == closeByte) {
        m_nextIsBareClose = false;
        m_output.resize(begin);
        m_output.append(closeByte).append('\0');
    }
    if (m_phase == Phase::Answer && begin == 0) { // what goes on is the same answer
        if (!m_subprotocol.isEmpty())
            m_output.insert(m_output.indexOf('\n') + 1,
                            "Sec-WebSocket-Protocol: "_ba + m_subprotocol + "\r\n"_ba);
        Q_EMIT upgraded();
    }
    flushSoon();
    return size;
}

qint64 Wire::bytesToWrite() const
{
    return m_output.size() + m_transport->bytesToWrite();
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
    if (m_transport->bytesToWrite() == 0)
        m_lastOutput.start();
    m_context.metrics.networkBytesSent += quint64(m_output.size());
    const bool wasAboveLowMark = backlog() > m_context.limits.lowMark;
    m_transport->write(std::exchange(m_output, {}));
    if (wasAboveLowMark) // if the kernel has taken it, it will not say so
        resumeWhenDrained();
    shutDownWhenWritten();
}

void Wire::onBytesWritten(qint64 bytes)
{
    m_lastOutput.start();
    Q_EMIT bytesWritten(bytes);
    resumeWhenDrained();
    shutDownWhenWritten();
}

qint64 Wire::stall()
{
    // Of a slow reader's progress the kernel says nothing until there is room for much more.
    const qint64 inFlight = m_transport->bytesInFlight();
    if (inFlight < std::exchange(m_bytesInFlight, inFlight))
        m_lastOutput.start();
    return m_lastOutput.elapsed();
}

void Wire::resumeWhenDrained()
{
    if (backlog() > m_context.limits.lowMark)
        return;
    if (std::exchange(m_isPaused, false))
        updateReading();
    Q_EMIT drained();
}

void Wire::setHeldBytes(qint64 bytes)
{
    const bool isLess = bytes < m_heldBytes;
    m_heldBytes = bytes;
    if (isLess)
        resumeWhenDrained();
}

QByteArray Wire::target() const
{
    return m_handshake ? m_handshake->target() : QByteArray();
}

QByteArray Wire::origin() const
{
    return m_handshake ? m_handshake->origin() : QByteArray();
}

void Wire::refuse(const Handshake::Refusal &refusal)
{
    Q_EMIT requestRefused(refusal.status);
    m_output = refusal.response;
    disconnectFromHost();
}

void Wire::disconnectFromHost()
{
    if (m_phase == Phase::Closing || m_phase == Phase::Ended)
        return;
    m_phase = Phase::Closing;
    setSocketState(QAbstractSocket::ClosingState);
    Q_EMIT stateChanged(QAbstractSocket::ClosingState);
    flushOutput();
    shutDownWhenWritten();
    // What is unread would reset the connection, and take our last words with it.
    m_isPaused = false;
    updateReading();
}

/// RFC 6455 7.1.1: our side of TCP is closed first, and the connection ends when the peer closes
/// too.
void Wire::shutDownWhenWritten()
{
    if (m_phase != Phase::Closing || m_shutdown.isValid() || bytesToWrite() > 0)
        return;
    m_shutdown.start();
    if (m_endsWithReset)
        QTimer::singleShot(deliveryPollInterval, this, &Wire::resetWhenReceived);
    else
        m_transport->shutDown();
}

/// A reset would overtake what is on its way.
void Wire::resetWhenReceived()
{
    if (m_phase == Phase::Ended)
        return;
    if (m_transport->bytesInFlight() > 0
        && !m_shutdown.hasExpired(m_context.limits.closeTimeout.count())) {
        QTimer::singleShot(deliveryPollInterval, this, &Wire::resetWhenReceived);
        return;
    }
    m_transport->reset();
    end();
}

void Wire::drop()
{
    m_transport->close();
    end();
}

void Wire::end()
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
