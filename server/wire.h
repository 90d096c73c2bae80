// SPDX-License-Identifier: MIT
#pragma once

#include "behaviour.h"
#include "frameheader.h"
#include "framereader.h"
#include "handshake.h"
#include "servercontext.h"
#include "tokenbucket.h"
#include "transport.h"

#include <QElapsedTimer>
#include <QTcpSocket>

#include <memory>
#include <optional>

/*!
    The edge between TCP and QWebSocket: what QWebSocketServer takes for a TCP socket.

    Under it is the Transport. The wire checks what comes before QWebSocket sees it, and hands it
    on in the one form that QWebSocket gets right: the head of a request, then whole messages, each
    as one unmasked binary frame, whatever its type (see messageType()). It reads no more than the
    peer reads, and gathers what is written into one write a turn.
*/
class Wire : public QTcpSocket
{
    Q_OBJECT

public:
    /// RFC 6455 7.1.5: stands for a Close frame without a code.
    static constexpr int noStatusReceived = 1005;

    /// Takes over \a transport, which is connected; \a context outlives the wire.
    Wire(std::unique_ptr<Transport> transport, ServerContext &context, QObject *parent = nullptr);
    ~Wire() override;

    /// From now on frames are read: QWebSocket is there, and somebody listens to it.
    void startFrames();
    /// The type of the message that is being handed on: Text, Binary.
    [[nodiscard]] Opcode messageType() const { return m_messageType; }
    /// The next binary frame that is written goes out as a text frame.
    void markNextAsText() { m_nextIsText = true; }
    /// The next Close frame that is written goes out without code and reason.
    void markNextAsBareClose() { m_nextIsBareClose = true; }
    /// From now on no ping is answered.
    void ignorePings() { m_ignoresPings = true; }
    /// What the request asked for, unless it is the plain echo. It is there when upgraded() comes.
    [[nodiscard]] const std::optional<Behaviour> &behaviour() const { return m_behaviour; }
    /// Answers the request with \a refusal, and closes. Until then it is not answered otherwise.
    void refuse(const Handshake::Refusal &refusal);
    /// Ends the TCP connection at once.
    void drop();
    /// From now on disconnectFromHost() ends with a TCP reset, as soon as the peer has received
    /// what was written, or Limits::closeTimeout after.
    void endWithReset() { m_endsWithReset = true; }

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
    /// Path and query of a request that is not accepted yet, as far as they have come.
    [[nodiscard]] QByteArray target() const;
    /// Of such a request, the Origin header.
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

    [[nodiscard]] qint64 bytesAvailable() const override;
    [[nodiscard]] qint64 bytesToWrite() const override;
    void setReadBufferSize(qint64) override { }
    void disconnectFromHost() override;

Q_SIGNALS:
    /// The request was refused with an HTTP \a status.
    void requestRefused(int status);
    /// 101 is being written: QWebSocketServer has made a QWebSocket of this.
    void upgraded();
    /// The peer wants to close, with \a code (noStatusReceived: none) and \a reason.
    void closeReceived(int code, const QString &reason);
    /// The peer broke the rules; nothing more is read from it.
    void violated(int code, const QString &reason);
    /// The backlog has gone down to the low mark, or below; may come more than once.
    void drained();
    /// The peer will send nothing more, not even a Close frame, but it may read on.
    void inputEnded();

protected:
    qint64 readData(char *data, qint64 maxSize) override;
    qint64 skipData(qint64 maxSize) override;
    qint64 writeData(const char *data, qint64 size) override;

private:
    enum class Phase { Request, Answer, Frames, Deaf, Closing, Ended };

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
    void handOn(const FrameHeader &header, const QByteArray &payload);
    void flushSoon();
    void flushOutput();
    void onBytesWritten(qint64 bytes);
    void shutDownWhenWritten();
    void resetWhenReceived();
    void end();

    ServerContext &m_context;
    const std::unique_ptr<Transport> m_transport;
    std::optional<Handshake> m_handshake; // until its request is answered
    std::optional<Behaviour> m_behaviour;
    QByteArray m_subprotocol; // of our answer
    FrameReader m_reader;
    std::optional<TokenBucket> m_messageRate;
    FrameHeader m_inputHeader; // what QWebSocket reads next, then the payload
    QByteArray m_inputPayload;
    qsizetype m_inputPosition = 0; // in both together
    QByteArray m_early; // what came behind the request
    QByteArray m_output; // of this turn
    QElapsedTimer m_lastInput;
    QElapsedTimer m_lastOutput;
    QElapsedTimer m_shutdown;
    Opcode m_messageType = Opcode::Binary;
    Phase m_phase = Phase::Request;
    qint64 m_heldBytes = 0;
    qint64 m_bytesInFlight = 0; // when stall() last looked
    bool m_nextIsText = false;
    bool m_nextIsBareClose = false;
    bool m_ignoresPings = false;
    bool m_endsWithReset = false;
    bool m_isReading = false; // a turn is on: output is gathered until its end
    bool m_isFlushPosted = false;
    bool m_isPaused = false; // the peer does not read: neither do we
};
