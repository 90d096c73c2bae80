// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QPointer>
#include <QTcpSocket>

#include <optional>

/*!
    What QWebSocket reads from its socket and keeps to itself: the server's answer to the handshake,
    and the frames that end a connection or break a rule that QWebSocket does not know.

    The socket keeps what has been read, in a transaction (QIODevice::startTransaction()), until
    this has looked at it. So somebody has to call takeFrames() for each message, and after each
    readyRead(): what is not looked at stays in memory.
*/
class WireTap
{
public:
    /// Looks at what \a socket reads from now on.
    void start(QTcpSocket *socket);
    /// What was read so far and what is there to be read, which is an answer that QWebSocket did
    /// not take. At most \a maxSize bytes.
    [[nodiscard]] QByteArray peekAnswer(qint64 maxSize) const;
    /// What was read so far, which is an answer that QWebSocket took.
    [[nodiscard]] QByteArray takeAnswer();
    /// Looks at the frames that were read so far.
    void takeFrames();
    /// Looks at nothing more.
    void stop();
    /// What the close frame holds, if there was one.
    [[nodiscard]] const std::optional<QByteArray> &closeFrame() const { return m_closeFrame; }
    /// Whether a frame was masked, as only those of clients may be (RFC 6455 section 5.1).
    [[nodiscard]] bool hasMaskedFrame() const { return m_hasMaskedFrame; }

private:
    bool takeFrame(qint64 &read);

    QPointer<QTcpSocket> m_socket;
    std::optional<QByteArray> m_closeFrame;
    bool m_hasMaskedFrame = false;
};
