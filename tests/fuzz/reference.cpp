// SPDX-License-Identifier: MIT
#include "reference.h"

#include "fuzzing.h"

#include <QByteArrayList>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int protocolError = 1002;
constexpr int invalidPayload = 1007;
constexpr int policyViolation = 1008;
constexpr int messageTooBig = 1009;

int byteAt(QByteArrayView bytes, qsizetype at)
{
    return quint8(bytes[at]);
}

quint64 bigEndian(QByteArrayView bytes)
{
    quint64 number = 0;
    for (const char byte : bytes)
        number = number << 8 | quint8(byte);
    return number;
}

bool isKnown(int opcode)
{
    return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}

/// Of the length behind the second byte.
qsizetype extendedSize(int length)
{
    return length == 126 ? 2 : length == 127 ? 8 : 0;
}

int checkClose(QByteArrayView payload)
{
    if (payload.size() == 1
        || (payload.size() > 1 && !Reference::mayBeSent(int(bigEndian(payload.first(2))))))
        return protocolError;
    return payload.size() > 2
            && Reference::checkUtf8(payload.sliced(2)) != Reference::Utf8::Complete
        ? invalidPayload
        : 0;
}

} // namespace

Reference::Reading Reference::readClient(QByteArrayView stream, quint64 maxMessageSize,
                                         int maxFragments)
{
    Reading reading;
    Message message;
    int fragments = 0;
    const auto end = [&reading](int code) {
        reading.endsInsideMessage = false;
        reading.closeCode = code;
        return reading;
    };
    while (!stream.isEmpty()) {
        const int opcode = byteAt(stream, 0) & 0x0f;
        const bool isFinal = byteAt(stream, 0) & 0x80;
        const bool isControl = opcode >= 8;
        const bool isMisplaced = !isControl && (opcode == Continuation) != (fragments > 0);
        if ((byteAt(stream, 0) & 0x70) || !isKnown(opcode) || (isControl && !isFinal)
            || isMisplaced)
            return end(protocolError);

        reading.endsInsideMessage = true;
        if (stream.size() < 2)
            return reading;
        const int shortLength = byteAt(stream, 1) & 0x7f;
        if (!(byteAt(stream, 1) & 0x80) || (isControl && shortLength > 125))
            return end(protocolError);
        const qsizetype lengthEnd = 2 + extendedSize(shortLength);
        if (stream.size() < lengthEnd)
            return reading;
        const quint64 length =
            shortLength < 126 ? quint64(shortLength) : bigEndian(stream.first(lengthEnd).sliced(2));
        if ((shortLength == 126 && length < 126)
            || (shortLength == 127 && (length < 65'536 || length >> 63)))
            return end(protocolError);
        if (!isControl && fragments == maxFragments)
            return end(policyViolation);
        if (!isControl && quint64(message.payload.size()) + length > maxMessageSize)
            return end(messageTooBig);
        if (!isControl && fragments++ == 0)
            message.opcode = opcode;

        if (stream.size() < lengthEnd + 4)
            return reading;
        const QByteArrayView mask = stream.sliced(lengthEnd).first(4);
        const QByteArrayView behind = stream.sliced(lengthEnd + 4);
        const qsizetype present = qsizetype(qMin(length, quint64(behind.size())));
        QByteArray payload = behind.first(present).toByteArray();
        for (qsizetype i = 0; i < present; ++i)
            payload[i] = char(payload.at(i) ^ mask[i % 4]);
        const bool isComplete = quint64(present) == length;
        if (!isControl) {
            message.payload += payload;
            const Utf8 utf8 = message.opcode == Text ? checkUtf8(message.payload) : Utf8::Complete;
            if (utf8 == Utf8::Wrong || (utf8 == Utf8::Cut && isComplete && isFinal))
                return end(invalidPayload);
        }
        if (!isComplete)
            return reading;

        stream = behind.sliced(present);
        if (opcode == Close) {
            const int code = checkClose(payload);
            if (code == 0)
                reading.messages.append({opcode, payload});
            return end(code);
        }
        if (isControl) {
            reading.messages.append({opcode, payload});
        } else if (isFinal) {
            reading.messages.append(std::exchange(message, {}));
            fragments = 0;
        }
        reading.endsInsideMessage = fragments > 0;
    }
    return reading;
}

QList<Reference::Message> Reference::readServer(QByteArrayView stream, bool mayFragment,
                                                bool mayCloseWithAnyCode)
{
    QList<Message> messages;
    Message message;
    bool isInside = false;
    while (!stream.isEmpty()) {
        const QByteArray detail =
            stream.first(qMin<qsizetype>(stream.size(), 64)).toByteArray().toHex(' ');
        expect(messages.isEmpty() || messages.last().opcode != Close,
               "nothing is sent after a Close frame", detail);
        expect(stream.size() >= 2, "every frame is sent whole", detail);
        const int opcode = byteAt(stream, 0) & 0x0f;
        const bool isFinal = byteAt(stream, 0) & 0x80;
        const bool isControl = opcode >= 8;
        const int shortLength = byteAt(stream, 1);
        expect(isKnown(opcode) && !(byteAt(stream, 0) & 0x70), "reserved things are not sent",
               detail);
        expect(!(shortLength & 0x80), "a server does not mask", detail);
        expect(!isControl || (isFinal && shortLength <= 125), "a control frame is small and whole",
               detail);
        expect(isControl || (opcode == Continuation) == isInside, "fragments follow each other",
               detail);
        expect(isControl || isFinal || mayFragment, "a message is sent as one frame", detail);

        const qsizetype headerSize = 2 + extendedSize(shortLength);
        expect(stream.size() >= headerSize, "every frame is sent whole", detail);
        const quint64 length = shortLength < 126 ? quint64(shortLength)
                                                 : bigEndian(stream.first(headerSize).sliced(2));
        expect((shortLength != 126 || length >= 126) && (shortLength != 127 || length >= 65'536),
               "a length is sent in its shortest form", detail);
        expect(quint64(stream.size() - headerSize) >= length, "every frame is sent whole", detail);
        const QByteArrayView payload = stream.sliced(headerSize).first(qsizetype(length));
        stream = stream.sliced(headerSize + qsizetype(length));

        if (isControl) {
            expect(opcode != Close || mayCloseWithAnyCode || checkClose(payload) == 0,
                   "a Close frame has a code that may be sent, and a reason in UTF-8", detail);
            messages.append({opcode, payload.toByteArray()});
            continue;
        }
        if (opcode != Continuation)
            message.opcode = opcode;
        message.payload += payload;
        isInside = !isFinal;
        if (isInside)
            continue;
        expect(message.opcode != Text || checkUtf8(message.payload) == Utf8::Complete,
               "a text is UTF-8", detail);
        messages.append(std::exchange(message, {}));
    }
    expect(!isInside, "a message is sent whole");
    return messages;
}

/// Instead of the table of RFC 3629 4: a character that is cut is right while there is one that
/// begins so, of those between all zeros and all ones in the place of what is missing.
Reference::Utf8 Reference::checkUtf8(QByteArrayView text)
{
    while (!text.isEmpty()) {
        const int lead = byteAt(text, 0);
        const int size = lead < 0x80 ? 1
            : lead < 0xc0            ? 0
            : lead < 0xe0            ? 2
            : lead < 0xf0            ? 3
            : lead < 0xf8            ? 4
                                     : 0;
        if (size == 0)
            return Utf8::Wrong;
        if (size == 1) {
            text = text.sliced(1);
            continue;
        }
        quint32 lowest = quint32(lead & (0x7f >> size));
        quint32 highest = lowest;
        const qsizetype present = qMin<qsizetype>(size, text.size());
        for (qsizetype i = 1; i < size; ++i) {
            const int byte = i < present ? byteAt(text, i) : 0x80;
            if ((byte & 0xc0) != 0x80)
                return Utf8::Wrong;
            lowest = lowest << 6 | quint32(byte & 0x3f);
            highest = highest << 6 | quint32(i < present ? byte & 0x3f : 0x3f);
        }
        const quint32 smallest = size == 2 ? 0x80 : size == 3 ? 0x800 : 0x10000;
        const bool isSurrogate = lowest >= 0xd800 && highest <= 0xdfff;
        if (highest < smallest || lowest > 0x10ffff || isSurrogate)
            return Utf8::Wrong;
        if (present < size)
            return Utf8::Cut;
        text = text.sliced(size);
    }
    return Utf8::Complete;
}

bool Reference::mayBeSent(int closeCode)
{
    switch (closeCode) {
    case 1004:
    case 1005:
    case 1006:
        return false;
    default:
        return (closeCode >= 1000 && closeCode <= 1014) || (closeCode >= 3000 && closeCode <= 4999);
    }
}

int Reference::closeCode(QByteArrayView payload)
{
    return payload.size() < 2 ? 1005 : int(bigEndian(payload.first(2)));
}

int Reference::takeAnswer(QByteArrayView &stream)
{
    const QByteArray detail = stream.first(qMin<qsizetype>(stream.size(), 1024)).toByteArray();
    const qsizetype headSize = stream.indexOf("\r\n\r\n");
    expect(headSize != -1, "an HTTP answer has a complete head", detail);
    const QByteArrayView head = stream.first(headSize);
    stream = stream.sliced(headSize + 4);
    const QByteArrayList lines = head.toByteArray().split('\n');
    const QByteArray statusLine = lines.first().trimmed();
    const int status = statusLine.mid(9, 3).toInt();
    expect(statusLine.startsWith("HTTP/1.1 ") && status >= 100 && status <= 599,
           "an HTTP answer begins with its status", detail);
    qsizetype length = 0;
    for (qsizetype i = 0; i < lines.size(); ++i) {
        const QByteArray line = i + 1 < lines.size() ? lines.at(i).chopped(1) : lines.at(i);
        for (const char c : line)
            expect(quint8(c) >= ' ' && c != '\x7f', "a head has no control characters", detail);
        const qsizetype colon = line.indexOf(": ");
        expect(i == 0 || colon > 0, "a header has a name and a value", detail);
        if (line.startsWith("Content-Length: "))
            length = line.mid(colon + 2).toLongLong();
    }
    if (status != 101) {
        // That to HEAD has a length, but no body.
        expect(length == stream.size() || (status == 405 && stream.isEmpty()),
               "an HTTP answer is as long as it says", detail);
        stream = {};
    }
    return status;
}
