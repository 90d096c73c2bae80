// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QList>
#include <QObject>
#include <QTcpSocket>
#include <QTimer>
#include <QUrl>

#include <chrono>

/// What the first byte of a frame is made of (RFC 6455 5.2), with the reserved bits.
enum FirstByte {
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
    Fin = 0x80,
};

/// A frame as a client sends it, masked.
[[nodiscard]] QByteArray clientFrame(int firstByte, const QByteArray &payload);
/// The same frame as a server sends it.
[[nodiscard]] QByteArray serverFrame(int firstByte, const QByteArray &payload);
/// The payload of a Close frame.
[[nodiscard]] QByteArray closePayload(int code, const QByteArray &reason = {});

/*!
    What one client sends, and when it has heard enough.
*/
struct Script
{
    static constexpr qsizetype untilLastPong = -1;

    /// Each is written in a turn of the event loop of its own, which keeps it apart from the others
    /// on the way.
    QByteArrayList pieces;
    /// Whether an upgrade is asked for first; the pieces are sent when it is there.
    bool isWebSocket = true;
    /// From one piece to the next.
    std::chrono::milliseconds pause = std::chrono::milliseconds(0);
    /// Bytes of frames that are a complete answer. Without them it is the answer to lastPing().
    qsizetype answerSize = untilLastPong;
    std::chrono::milliseconds timeout = std::chrono::seconds(20);
};

/// At the end of a script: when it is answered, so is all that was sent before it.
[[nodiscard]] QByteArray lastPing();
/// \a input in pieces of \a size bytes; of a long one, in no more than 20,000.
[[nodiscard]] QByteArrayList cut(const QByteArray &input, qsizetype size);

/*!
    What came back.
*/
struct Answer
{
    /// HTTP; 0 when there was none.
    int status = 0;
    /// As they came, without the Close frame and the answer to lastPing().
    QByteArray frames;
    /// 0 when there was no Close frame, 1005 when it had none (RFC 6455 7.1.5).
    int closeCode = 0;
    /// Whether the server has closed the TCP connection.
    bool isClosed = false;
    /// Whether it was complete, or the connection closed, before the time was over.
    bool isInTime = true;

    bool operator==(const Answer &) const = default;
};

/// For QCOMPARE, in the notation of docs/conformance.md.
[[nodiscard]] char *toString(const Answer &answer);

/// When the connection stays open.
[[nodiscard]] Answer answeredWith(const QByteArray &frames);
/// When \a frames are followed by a Close frame with \a code, and the end of the connection.
[[nodiscard]] Answer closedWith(int code, const QByteArray &frames = {});

struct Outcome
{
    Answer answer;
    QByteArray closeReason;
    /// All of an HTTP answer that was no upgrade.
    QByteArray response;
};

/*!
    Plays \a scripts, each on a connection of its own to the server at \a url, many side by side.
*/
[[nodiscard]] QList<Outcome> converse(const QUrl &url, const QList<Script> &scripts);
/// Plays one.
[[nodiscard]] Outcome converse(const QUrl &url, const Script &script);

/*!
    One script being played.
*/
class Conversation : public QObject
{
    Q_OBJECT

public:
    explicit Conversation(const Script &script);

    void start(const QUrl &url);
    [[nodiscard]] Outcome outcome() const;

Q_SIGNALS:
    /// The answer is complete, the connection closed, or the time over. Comes once.
    void finished();

private:
    void sendNext();
    void read();
    void readHead();
    [[nodiscard]] bool isComplete() const;
    void finish();

    const Script m_script;
    qsizetype m_sent = 0; // pieces
    QTcpSocket m_socket;
    QTimer m_nextPiece;
    QTimer m_timeout;
    QByteArray m_input; // behind the head of a 101
    Answer m_answer;
    bool m_isFinished = false;
};
