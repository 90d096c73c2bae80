// SPDX-License-Identifier: MIT
#include "wire.h"

#include "frameheader.h"

#include <QScopedValueRollback>
#include <QTimer>
#include <QtEndian>

#include <algorithm>
#include <chrono>

using namespace Qt::Literals::StringLiterals;

namespace {

/// RFC 6455 7.4.1.
constexpr quint16 policyViolation = 1008;
/// What a Close frame has room for beside its code (RFC 6455 5.5).
constexpr qsizetype maxCloseReasonSize = 123;
/// A turn's output that needs no second allocation.
constexpr qsizetype usualOutputSize = 512;
/// How often to ask the kernel whether the peer has received all.
constexpr auto deliveryPollInterval = std::chrono::milliseconds(5);

} // namespace

Wire::Wire(std::unique_ptr<Transport> transport, ServerContext &context, QObject *parent)
    : QObject(parent)
    , m_context(context)
    , m_transport(std::move(transport))
    , m_handshake(std::make_unique<Handshake>(context.policy))
    , m_reader(context.sparePayload, context.limits.maxMessageSize, context.limits.maxFragments)
{
    m_lastInput.start();
    m_lastOutput.start();
    if (context.limits.messageRate > 0)
        m_messageRate.emplace(context.limits.messageRate, messageBurst(context.limits));
    connect(m_transport.get(), &Transport::readyRead, this, &Wire::readTransport);
    connect(m_transport.get(), &Transport::bytesWritten, this, &Wire::onBytesWritten);
    connect(m_transport.get(), &Transport::closed, this, &Wire::end);
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
            close(); // it did not ask for anything
        else
            refuse(Handshake::endedEarly());
        break;
    case Phase::Frames:
    case Phase::Deaf: // a Close frame has come, but is not answered yet
        m_phase = Phase::Deaf;
        Q_EMIT inputEnded();
        break;
    case Phase::Closing:
    case Phase::Ended:
        break;
    }
}

bool Wire::hasRoom() const
{
    return !isOver() && backlog() <= m_context.limits.highMark;
}

/// The mark is on what waits for the peer, echoes and pongs alike.
void Wire::updateReading()
{
    if (m_phase != Phase::Closing && !hasRoom())
        m_isPaused = true;
    m_transport->setReading(!m_isPaused);
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
    const auto &wanted = std::get<Behaviour>(behaviour);
    if (!wanted.isPlain())
        m_behaviour = std::make_unique<const Behaviour>(wanted);
    m_output = m_context.upgrader.answer(m_handshake->head(),
                                         wanted.takesSubprotocol ? m_handshake->firstSubprotocol()
                                                                 : QByteArray());
    if (m_output.isEmpty())
        return refuse(Handshake::refusalOf(400, "The request cannot be answered with 101."));
    m_phase = Phase::Frames;
    Q_EMIT upgraded();
    m_handshake.reset();
    if (!early.isEmpty())
        readFrames(early);
}

void Wire::readFrames(QByteArrayView input)
{
    m_reader.feed(input);
    while (m_phase == Phase::Frames) {
        const FrameReader::Message *message = m_reader.next();
        if (!message)
            break;
        m_context.metrics.countReceived(message->opcode, message->payload.size());
        if (isTooFast(message->opcode))
            violate({policyViolation, u"Too many messages a second"_s});
        else
            readMessage(*message);
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
        Q_EMIT messageReceived(message.payload, message.opcode);
        break;
    case Opcode::Ping:
        if (!m_ignoresPings)
            send(Opcode::Pong, message.payload);
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

void Wire::send(Opcode type, const QByteArray &payload, qint64 frameSize)
{
    if (isOver())
        return; // nobody is there to take it
    m_context.metrics.countSent(type, payload.size());
    if (payload.size() <= frameSize) {
        putFrame(type, payload);
    } else {
        for (qint64 begin = 0; begin < payload.size(); begin += frameSize) {
            putFrame(begin == 0 ? type : Opcode::Continuation, payload.mid(begin, frameSize),
                     payload.size() - begin <= frameSize);
        }
    }
    flushSoon();
}

void Wire::sendClose(std::optional<int> code, const QString &reason)
{
    if (isOver())
        return;
    QByteArray body;
    if (code) {
        body.resize(sizeof(quint16));
        qToBigEndian(quint16(*code), body.data());
        body += reason.toUtf8().left(maxCloseReasonSize);
    }
    putFrame(Opcode::Close, body);
    close();
}

void Wire::putFrame(Opcode opcode, const QByteArray &payload, bool isFinal)
{
    const FrameHeader header(opcode, payload.size(), isFinal);
    if (payload.size() < Transport::largePartSize) {
        putSmall(header.bytes(), payload);
        return;
    }
    m_largeOutputSize += m_output.size() + header.bytes().size() + payload.size();
    if (!m_output.isEmpty())
        m_largeOutput << std::exchange(m_output, {});
    m_largeOutput << header.bytes().toByteArray() << payload;
}

void Wire::putSmall(QByteArrayView header, QByteArrayView payload)
{
    if (m_output.isEmpty()) {
        m_output = m_context.spareOutput.take();
        if (m_output.capacity() < usualOutputSize)
            m_output.reserve(usualOutputSize);
    }
    const qsizetype begin = m_output.size();
    m_output.resize(begin + header.size() + payload.size());
    char *const end = std::copy(header.begin(), header.end(), m_output.data() + begin);
    std::copy(payload.begin(), payload.end(), end);
}

qint64 Wire::bytesToWrite() const
{
    return m_largeOutputSize + m_output.size() + m_transport->bytesToWrite();
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
    const qint64 size = m_largeOutputSize + m_output.size();
    if (size == 0)
        return;
    if (m_transport->bytesToWrite() == 0)
        m_lastOutput.start();
    m_context.metrics.networkBytesSent += quint64(size);
    const bool wasAboveLowMark = backlog() > m_context.limits.lowMark;
    m_largeOutputSize = 0;
    QByteArray output = std::exchange(m_output, {});
    if (m_largeOutput.isEmpty()) {
        m_transport->write({&output, 1});
    } else {
        if (!output.isEmpty())
            m_largeOutput << output;
        m_transport->write(std::exchange(m_largeOutput, {}));
    }
    // A transport that has kept some of it has a share of its memory, which is not taken then.
    m_context.spareOutput.giveBack(std::move(output));
    if (wasAboveLowMark) // if the kernel has taken it, it will not say so
        resumeWhenDrained();
    shutDownWhenWritten();
}

void Wire::onBytesWritten()
{
    m_lastOutput.start();
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
    close();
}

void Wire::close()
{
    if (isOver())
        return;
    m_phase = Phase::Closing;
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
    m_largeOutput.clear();
    m_largeOutputSize = 0;
    Q_EMIT closed();
}
