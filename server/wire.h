// SPDX-License-Identifier: MIT
#pragma once

#include "behaviour.h"
#include "framereader.h"
#include "handshake.h"
#include "servercontext.h"
#include "tokenbucket.h"
#include "transport.h"

#include <QByteArrayList>
#include <QElapsedTimer>
#include <QObject>

#include <limits>
#include <memory>
#include <optional>

/*!
    WebSocket over one Transport, on the server's side: the request and its answer, then messages
    from frames and frames of messages.

    It reads no more than the peer reads, and gathers what is sent into one write a turn.
*/
class Wire : public QObject
{
    Q_OBJECT

public:
    /// RFC 6455 7.1.5: stands for a Close frame without a code.
    static constexpr int noStatusReceived = 1005;
    /// Of a message that goes out as it is.
    static constexpr qint64 oneFrame = std::numeric_limits<qint64>::max();

    /// Takes over \a transport, which is connected; \a context outlives the wire.
    Wire(std::unique_ptr<Transport> transport, ServerContext &context, QObject *parent = nullptr);

    /// Sends a \a payload as a message of \a type, or as a Ping. A message is cut into frames of
    /// at most \a frameSize bytes.
    void send(Opcode type, const QByteArray &payload, qint64 frameSize = oneFrame);
    /// Sends a Close frame, which has no body where there is no \a code, and then close()s. What
    /// is beyond the 123 bytes that the \a reason has room for is cut off.
    void sendClose(std::optional<int> code, const QString &reason);
    /// From now on no ping is answered.
    void ignorePings() { m_ignoresPings = true; }
    /// What the request asked for, unless it is the plain echo. It is there when upgraded() comes.
    [[nodiscard]] const Behaviour *behaviour() const { return m_behaviour.get(); }
    /// Answers the request with \a refusal, and closes. Until then it is not answered otherwise.
    void refuse(const Handshake::Refusal &refusal);
    /// Ends our direction once all is written; closed() comes when the peer has ended its own.
    void close();
    /// Ends the TCP connection at once.
    void drop();
    /// From now on close() ends with a TCP reset, as soon as the peer has received what was
    /// written, or Limits::closeTimeout after.
    void endWithReset() { m_endsWithReset = true; }

    [[nodiscard]] const QHostAddress &peerAddress() const { return m_transport->peerAddress(); }
    [[nodiscard]] quint16 peerPort() const { return m_transport->peerPort(); }
    /// Whether the peer is waited for: the kernel takes no more until it reads.
    [[nodiscard]] bool hasBacklog() const { return m_transport->bytesToWrite() > 0; }
    /// Whether the peer waits: bytes are held back for it.
    [[nodiscard]] bool isHoldingBack() const { return m_heldBytes > 0; }
    /// All bytes that wait, for the peer or for their time.
    [[nodiscard]] qint64 backlog() const { return bytesToWrite() + m_heldBytes; }
    /// \a bytes are kept elsewhere and will be written later.
    void setHeldBytes(qint64 bytes);
    /// Whether more may be written: the backlog is not above the high mark. Else drained() comes.
    [[nodiscard]] bool hasRoom() const;
    /// Bytes of a peer's turn.
    [[nodiscard]] qint64 readQuantum() const { return m_context.limits.readQuantum; }
    /// Path and query of the request as far as they have come, until upgraded() has come.
    [[nodiscard]] QByteArray target() const;
    /// The Origin header; see target().
    [[nodiscard]] QByteArray origin() const;
    /// Milliseconds since the peer last sent something, or since restartSilence().
    [[nodiscard]] qint64 silence() const { return m_lastInput.elapsed(); }
    /// The peer's silence until now says nothing.
    void restartSilence() { m_lastInput.start(); }
    /// Milliseconds since the peer last read something, as far as can be told now and then.
    [[nodiscard]] qint64 stall();
    /// Milliseconds since all was written and our side of TCP was closed; 0 before.
    [[nodiscard]] qint64 sinceShutdown() const
    {
        return m_shutdown.isValid() ? m_shutdown.elapsed() : 0;
    }

Q_SIGNALS:
    /// The request was refused with an HTTP \a status.
    void requestRefused(int status);
    /// The request was answered with 101, and frames follow: of the peer's once this has returned.
    void upgraded();
    /// A whole \a message of \a type, Text or Binary, has come. A text is UTF-8.
    void messageReceived(const QByteArray &message, Opcode type);
    /// The peer wants to close, with \a code (noStatusReceived: none) and \a reason.
    void closeReceived(int code, const QString &reason);
    /// The peer broke the rules; nothing more is read from it.
    void violated(int code, const QString &reason);
    /// The backlog has gone down to the low mark, or below; may come more than once.
    void drained();
    /// The peer will send nothing more, not even a Close frame, but it may read on.
    void inputEnded();
    /// The connection has ended. Comes once.
    void closed();

private:
    enum class Phase { Request, Frames, Deaf, Closing, Ended };

    void readTransport();
    void readRequest(QByteArrayView input);
    void readFrames(QByteArrayView input);
    [[nodiscard]] bool isTooFast(Opcode opcode);
    void readMessage(const FrameReader::Message &message);
    void readEnd();
    void violate(const FrameReader::Violation &violation);
    void resumeWhenDrained();
    void acceptRequest(QByteArrayView early);
    void updateReading();
    [[nodiscard]] bool isOver() const { return m_phase >= Phase::Closing; }
    void putFrame(Opcode opcode, const QByteArray &payload, bool isFinal = true);
    void putSmall(QByteArrayView header, QByteArrayView payload);
    [[nodiscard]] qint64 bytesToWrite() const;
    void flushSoon();
    void flushOutput();
    void onBytesWritten();
    void shutDownWhenWritten();
    void resetWhenReceived();
    void end();

    ServerContext &m_context;
    const std::unique_ptr<Transport> m_transport;
    std::unique_ptr<Handshake> m_handshake; // until its request is answered
    std::unique_ptr<const Behaviour> m_behaviour;
    FrameReader m_reader;
    std::optional<TokenBucket> m_messageRate;
    QByteArray m_output; // of this turn, behind m_largeOutput
    QByteArrayList m_largeOutput; // which is not copied
    QElapsedTimer m_lastInput;
    QElapsedTimer m_lastOutput;
    QElapsedTimer m_shutdown;
    Phase m_phase = Phase::Request;
    qint64 m_largeOutputSize = 0; // in bytes
    qint64 m_heldBytes = 0;
    qint64 m_bytesInFlight = 0; // when stall() last looked
    bool m_ignoresPings = false;
    bool m_endsWithReset = false;
    bool m_isReading = false; // a turn is on: output is gathered until its end
    bool m_isFlushPosted = false;
    bool m_isPaused = false; // the peer does not read: neither do we
};
