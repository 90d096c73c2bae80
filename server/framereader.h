// SPDX-License-Identifier: MIT
#pragma once

#include "sparebuffer.h"
#include "utf8validator.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <array>
#include <optional>

/// What a frame is (RFC 6455 5.2). A message has that of its first frame.
enum class Opcode : quint8 {
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
};

/*!
    Reads what a client sends after the handshake: takes frames in pieces, cut anywhere, and puts
    messages together (RFC 6455 5).

    It ends with the first Close frame or violation, and ignores what comes after. What a frame
    announces costs no memory until it is there.
*/
class FrameReader
{
public:
    /// Frames in one message; without a limit, empty ones may go on for ever.
    static constexpr int defaultMaxFragments = 1024;
    /// RFC 6455 5.2: 2 bytes, 8 of extended length, 4 of masking key.
    static constexpr std::size_t maxHeaderSize = 14;

    /// Complete, unmasked; a text or the reason of a Close is UTF-8.
    struct Message
    {
        Opcode opcode = Opcode::Binary;
        QByteArray payload;
    };

    /// What to close the connection with: the reason fits into a Close frame.
    struct Violation
    {
        quint16 closeCode = 0;
        QString reason;
    };

    /// \a maxMessageSize is in bytes of payload; both limits are inclusive. \a spare outlives the
    /// reader, which borrows it for a message that is there as a whole.
    explicit FrameReader(SpareBuffer &spare, qint64 maxMessageSize,
                         int maxFragments = defaultMaxFragments);

    /// Takes the next bytes, once there is no next() in those before. They stay where they are
    /// until there is none in them either.
    void feed(QByteArrayView input) { m_input = input; }
    /// The next message, or control frame, in the order in which they ended; null when the input
    /// has no more. It is there until the next call, which uses its memory again unless the
    /// payload has been copied.
    [[nodiscard]] const Message *next();
    /// What the client did wrong, after the last message.
    [[nodiscard]] const std::optional<Violation> &violation() const { return m_violation; }
    /// Whether the rest of a frame or of a fragmented message is yet to come.
    [[nodiscard]] bool isInsideMessage() const { return m_headerSize > 0 || m_fragmentCount > 0; }
    /// Bytes of memory held for messages that are not complete.
    [[nodiscard]] qsizetype capacity() const
    {
        return m_data.payload.capacity() + m_control.payload.capacity();
    }

private:
    static constexpr std::size_t fixedHeaderSize = 2;
    static constexpr std::size_t maskingKeySize = 4;

    [[nodiscard]] bool isFinal() const;
    [[nodiscard]] bool isControl() const;
    [[nodiscard]] std::size_t lengthEnd() const;

    void readHeader();
    void checkFirstByte();
    void checkSecondByte();
    void readLength();
    void startPayload();
    void readPayload(QByteArrayView masked);
    void finishFrame();
    void finishMessage();
    void finishControl();
    void finishClose();
    void fail(quint16 closeCode, const QString &reason);
    void end();
    [[nodiscard]] char *extend(QByteArray &payload, qsizetype count, qsizetype maxSize);
    static void clear(QByteArray &payload);
    void giveBack(QByteArray &payload);

    SpareBuffer &m_spare;
    const qint64 m_maxMessageSize;
    const int m_maxFragments;

    QByteArrayView m_input; // what is not read yet
    Message FrameReader::*m_ready = nullptr; // what next() returns, or has returned
    std::optional<Violation> m_violation;
    bool m_isEnded = false;

    /// The present frame's.
    std::array<quint8, maxHeaderSize> m_header = {};
    std::size_t m_headerSize = 0;
    Opcode m_opcode = Opcode::Continuation;
    bool m_isInPayload = false;
    quint32 m_maskingKey = 0; // little-endian: its first byte is the lowest
    quint64 m_payloadOffset = 0;
    qsizetype m_missing = 0;
    Message m_control;

    /// The present message's, which goes on while control frames come in between.
    Message m_data;
    int m_fragmentCount = 0;
    Utf8Validator m_utf8;
};
