// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

/*!
    RFC 6455 once more, as plainly as it can be said and without any of the server's code: what the
    server is held against.
*/
namespace Reference {

/// RFC 6455 5.2.
enum Opcode { Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };

/// A message, or a control frame.
struct Message
{
    int opcode = 0;
    QByteArray payload;

    bool operator==(const Message &) const = default;
};

/// What a stream holds.
struct Reading
{
    QList<Message> messages;
    /// What the connection is to be closed with for what comes after them; 0: nothing is wrong.
    int closeCode = 0;
    bool endsInsideMessage = false;
};

/// What a client sends after the handshake, up to the first Close frame or violation. A message
/// may have \a maxMessageSize bytes and \a maxFragments frames.
[[nodiscard]] Reading readClient(QByteArrayView stream, quint64 maxMessageSize, int maxFragments);

/// What a server sends after the handshake: all of it has to be right, or the program ends. Only
/// where \a mayFragment may a message have several frames, and only where \a mayCloseWithAnyCode
/// may a Close frame have a code that RFC 6455 7.4 forbids.
[[nodiscard]] QList<Message> readServer(QByteArrayView stream, bool mayFragment,
                                        bool mayCloseWithAnyCode);

enum class Utf8 { Complete, Cut, Wrong };
/// Whether \a text is UTF-8, or the beginning of it.
[[nodiscard]] Utf8 checkUtf8(QByteArrayView text);

/// RFC 6455 7.4.1, 7.4.2 and IANA's registry.
[[nodiscard]] bool mayBeSent(int closeCode);

/// Of a Close frame's payload; 1005 when it has none.
[[nodiscard]] int closeCode(QByteArrayView payload);

/// As its server's HTTP answer has to be: a status line, headers and a body of the length that the
/// headers say; of a 101 only the head. Returns its status, and takes it off \a stream.
[[nodiscard]] int takeAnswer(QByteArrayView &stream);

} // namespace Reference
