// SPDX-License-Identifier: MIT
#include "framereader.h"

#include <QQueue>
#include <QRandomGenerator>
#include <QStringDecoder>
#include <QTest>
#include <QtEndian>

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 limit = 100'000;
constexpr quint32 seed = 6455;

constexpr int finalBit = 0x80;
constexpr int maskBit = 0x80;
constexpr std::array<char, 4> maskingKey = {'\x37', '\xfa', '\x21', '\x3d'}; // RFC 6455 5.7

QByteArray bigEndian(auto number)
{
    QByteArray result(sizeof number, Qt::Uninitialized);
    qToBigEndian(number, result.data());
    return result;
}

/// The bytes before the masking key, with the length in its shortest form.
QByteArray announcement(int firstByte, quint64 size)
{
    const QByteArray first(1, char(firstByte));
    if (size < 126)
        return first + char(maskBit | int(size));
    if (size < 65'536)
        return first + char(maskBit | 126) + bigEndian(quint16(size));
    return first + char(maskBit | 127) + bigEndian(size);
}

/// The masking key, and \a payload masked with it byte by byte.
QByteArray masked(const QByteArray &payload)
{
    QByteArray result(maskingKey.data(), maskingKey.size());
    for (qsizetype i = 0; i < payload.size(); ++i)
        result += char(payload[i] ^ maskingKey[std::size_t(i) % maskingKey.size()]);
    return result;
}

QByteArray rawFrame(int firstByte, const QByteArray &payload)
{
    return announcement(firstByte, quint64(payload.size())) + masked(payload);
}

QByteArray frame(Opcode opcode, const QByteArray &payload)
{
    return rawFrame(finalBit | int(opcode), payload);
}

QByteArray notLast(Opcode opcode, const QByteArray &payload)
{
    return rawFrame(int(opcode), payload);
}

QByteArray closeFrame(quint16 code, const QByteArray &reason = {})
{
    return frame(Opcode::Close, bigEndian(code) + reason);
}

QByteArray textFrame(const QByteArray &payload)
{
    return frame(Opcode::Text, payload);
}

/// Bytes that differ from their neighbours, and are ASCII.
QByteArray pattern(qint64 size)
{
    QByteArray result(qsizetype(size), Qt::Uninitialized);
    for (qsizetype i = 0; i < result.size(); ++i)
        result[i] = char('0' + i % 73);
    return result;
}

/// A FrameReader, and the messages that it has found until they are taken.
class QueuedReader
{
public:
    explicit QueuedReader(qint64 maxMessageSize,
                          int maxFragments = FrameReader::defaultMaxFragments)
        : m_reader(m_spare, maxMessageSize, maxFragments)
    {
    }

    void feed(QByteArrayView input)
    {
        m_reader.feed(input);
        while (const FrameReader::Message *message = m_reader.next())
            m_messages.enqueue(*message);
    }
    [[nodiscard]] bool hasMessage() const { return !m_messages.isEmpty(); }
    [[nodiscard]] FrameReader::Message takeMessage() { return m_messages.dequeue(); }
    [[nodiscard]] const auto &violation() const { return m_reader.violation(); }
    [[nodiscard]] bool isInsideMessage() const { return m_reader.isInsideMessage(); }
    [[nodiscard]] qsizetype capacity() const { return m_reader.capacity(); }

private:
    SpareBuffer m_spare;
    FrameReader m_reader;
    QQueue<FrameReader::Message> m_messages;
};

using Messages = QList<std::pair<Opcode, QByteArray>>;

/// What a FrameReader made of its input.
struct Outcome
{
    Messages messages;
    /// 0 when there was no violation.
    int closeCode = 0;
    QString reason;
    bool isInsideMessage = false;

    bool operator==(const Outcome &) const = default;
};

/// When there is nothing wrong and nothing missing.
Outcome complete(const Messages &messages)
{
    return {messages, 0, {}, false};
}

/// For QCOMPARE.
char *toString(const Outcome &outcome)
{
    QString text;
    for (const auto &[opcode, payload] : outcome.messages) {
        text += u"[opcode %1, %2 bytes: %3] "_s.arg(
            QString::number(int(opcode)), QString::number(payload.size()),
            QString::fromLatin1(payload.first(qMin(payload.size(), 40)).toHex()));
    }
    text += u"%1 %2"_s.arg(outcome.closeCode).arg(outcome.reason);
    if (outcome.isInsideMessage)
        text += u" inside a message"_s;
    return qstrdup(qPrintable(text));
}

/// Reads \a input in pieces as large as \a nextSize says; the messages are taken at the end.
Outcome read(QueuedReader reader, QByteArrayView input, const std::function<qsizetype()> &nextSize)
{
    while (!input.isEmpty()) {
        const QByteArrayView piece = input.first(qMin(nextSize(), input.size()));
        reader.feed(piece);
        input = input.sliced(piece.size());
    }
    Outcome outcome;
    outcome.isInsideMessage = reader.isInsideMessage();
    while (reader.hasMessage()) {
        const FrameReader::Message message = reader.takeMessage();
        outcome.messages.emplaceBack(message.opcode, message.payload);
    }
    if (reader.violation()) {
        outcome.closeCode = reader.violation()->closeCode;
        outcome.reason = reader.violation()->reason;
    }
    return outcome;
}

Outcome readWhole(const QueuedReader &reader, const QByteArray &input)
{
    return read(reader, input, [&] { return input.size(); });
}

/// Whole, in pieces of equal size, in every two parts, and in random pieces.
QList<Outcome> readInEveryCut(const QueuedReader &reader, const QByteArray &input)
{
    QList<Outcome> outcomes = {readWhole(reader, input)};
    for (const qsizetype size : {1, 2, 3, 5, 8, 13, 1000})
        outcomes += read(reader, input, [&] { return size; });

    const qsizetype step = 1 + input.size() / 500;
    for (qsizetype cut = 1; cut < input.size(); cut += step) {
        qsizetype next = cut;
        outcomes += read(reader, input, [&] { return std::exchange(next, input.size()); });
    }
    QRandomGenerator random(seed);
    for (int i = 0; i < 10; ++i)
        outcomes += read(reader, input, [&] { return 1 + random.bounded(1 + input.size() / 4); });
    return outcomes;
}

/// Encodes also what must not be: surrogates, and up to U+1FFFFF.
QByteArray utf8(char32_t character)
{
    const auto continuation = [&](int shift) { return char(0x80 | ((character >> shift) & 0x3f)); };
    QByteArray result;
    if (character < 0x80)
        return result += char(character);
    if (character < 0x800)
        return (result += char(0xc0 | (character >> 6))) += continuation(0);
    if (character < 0x10000)
        return ((result += char(0xe0 | (character >> 12))) += continuation(6)) += continuation(0);
    result += char(0xf0 | (character >> 18));
    return ((result += continuation(12)) += continuation(6)) += continuation(0);
}

/// The reference: Qt's decoder, on the whole.
bool isUtf8(QByteArrayView bytes)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString text = decoder(bytes);
    return text.isNull() ? bytes.isEmpty() : !decoder.hasError();
}

/// Whether \a bytes can become UTF-8 by bytes that follow.
bool canBecomeUtf8(const QByteArray &bytes)
{
    static const std::array rests = {
        ""_ba,         "\x80"_ba,         "\xbf"_ba,        "\x80\x80"_ba,
        "\xbf\x80"_ba, "\x80\x80\x80"_ba, "\xbf\x80\x80"_ba};
    return std::any_of(rests.begin(), rests.end(),
                       [&](const QByteArray &rest) { return isUtf8(bytes + rest); });
}

/// The number of bytes up to the first one that is wrong; -1 when none is.
qsizetype expectedFailure(const QByteArray &bytes)
{
    for (qsizetype length = 1; length <= bytes.size(); ++length) {
        if (!canBecomeUtf8(bytes.first(length)))
            return length;
    }
    return -1;
}

/// The same as the validator finds it, byte by byte.
qsizetype actualFailure(QByteArrayView bytes)
{
    Utf8Validator validator;
    for (qsizetype length = 1; length <= bytes.size(); ++length) {
        if (!validator.feed(bytes.sliced(length - 1, 1)))
            return length;
    }
    return -1;
}

bool validates(QByteArrayView bytes)
{
    Utf8Validator validator;
    return validator.feed(bytes) && validator.isComplete();
}

} // namespace

class FrameReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void messages_data();
    void messages();
    void violations_data();
    void violations();
    void badText_data();
    void badText();
    void fragmentsInEveryCut();
    void closeCodes();
    void sizeLimit_data();
    void sizeLimit();
    void fragmentLimit();
    void endlessEmptyFragments();
    void nothingAfterTheEnd_data();
    void nothingAfterTheEnd();
    void messagesAreTakenOneByOne();
    void memoryIsUsedAgain();
    void halfAMessageBorrowsNothing_data();
    void halfAMessageBorrowsNothing();
    void announcedLengthCostsNothing_data();
    void announcedLengthCostsNothing();
    void memoryFollowsTheData();
    void costIsLinear_data();
    void costIsLinear();
    void randomInput();

    void everyCodePointAtEverySplit();
    void everySequenceAsTheReference();
    void asciiFastPath();
    void validatorStaysInvalidUntilReset();
};

void FrameReaderTest::messages_data()
{
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<Messages>("messages");
    QTest::addColumn<bool>("isInsideMessage");

    const auto whole = [](const QString &name, const QByteArray &input, const Messages &expected) {
        QTest::newRow(qPrintable(name)) << input << expected << false;
    };
    const auto open = [](const char *name, const QByteArray &input, const Messages &expected) {
        QTest::newRow(name) << input << expected << true;
    };

    whole(u"nothing"_s, {}, {});
    whole(u"RFC 6455 5.7: text"_s, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"_ba,
          {{Opcode::Text, "Hello"_ba}});
    whole(u"RFC 6455 5.7: pong"_s, "\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"_ba,
          {{Opcode::Pong, "Hello"_ba}});
    whole(u"masked with zeros"_s, "\x81\x82\0\0\0\0ab"_ba, {{Opcode::Text, "ab"_ba}});
    for (const qint64 size : {qint64(0), qint64(1), qint64(125), qint64(126), qint64(127),
                              qint64(128), qint64(65'535), qint64(65'536), limit}) {
        const QByteArray payload = pattern(size);
        whole(u"text of %1"_s.arg(size), textFrame(payload), {{Opcode::Text, payload}});
        whole(u"binary of %1"_s.arg(size), frame(Opcode::Binary, payload),
              {{Opcode::Binary, payload}});
    }
    for (const Opcode opcode : {Opcode::Ping, Opcode::Pong}) {
        for (const QByteArray &payload :
             {""_ba, "x"_ba, "\x00\xff\xfe\xfd\xfc\xfb\x00\xff"_ba, pattern(125)}) {
            whole(u"opcode %1 with %2 bytes"_s.arg(int(opcode)).arg(payload.size()),
                  frame(opcode, payload), {{opcode, payload}});
        }
    }
    const Messages pings = {{Opcode::Ping, "1"_ba}, {Opcode::Ping, "2"_ba}, {Opcode::Pong, ""_ba}};
    whole(u"several control frames"_s,
          frame(Opcode::Ping, "1"_ba) + frame(Opcode::Ping, "2"_ba) + frame(Opcode::Pong, {}),
          pings);
    const QByteArray everyByte = [] {
        QByteArray bytes;
        for (int byte = 0; byte < 256; ++byte)
            bytes += char(byte);
        return bytes;
    }();
    whole(u"binary of every byte"_s, frame(Opcode::Binary, everyByte),
          {{Opcode::Binary, everyByte}});
    whole(u"text with NUL"_s, textFrame("a\0b"_ba), {{Opcode::Text, "a\0b"_ba}});
    whole(u"text with byte order mark"_s, textFrame("\xef\xbb\xbfx"_ba),
          {{Opcode::Text, "\xef\xbb\xbfx"_ba}});

    whole(u"two fragments"_s, notLast(Opcode::Text, "ab"_ba) + frame(Opcode::Continuation, "cd"_ba),
          {{Opcode::Text, "abcd"_ba}});
    whole(u"empty fragments"_s,
          notLast(Opcode::Text, {}) + notLast(Opcode::Continuation, {})
              + frame(Opcode::Continuation, {}),
          {{Opcode::Text, {}}});
    whole(u"only the middle is not empty"_s,
          notLast(Opcode::Binary, {}) + notLast(Opcode::Continuation, "\xff"_ba)
              + frame(Opcode::Continuation, {}),
          {{Opcode::Binary, "\xff"_ba}});
    whole(u"control frames between fragments"_s,
          notLast(Opcode::Text, "\xc3"_ba) + frame(Opcode::Ping, "\xff"_ba)
              + notLast(Opcode::Continuation, "\xa4-"_ba) + frame(Opcode::Pong, {})
              + frame(Opcode::Continuation, "z"_ba) + textFrame("next"_ba),
          {{Opcode::Ping, "\xff"_ba},
           {Opcode::Pong, {}},
           {Opcode::Text, "\xc3\xa4-z"_ba},
           {Opcode::Text, "next"_ba}});
    whole(
        u"text after binary"_s,
        frame(Opcode::Binary, "\xc3"_ba) + textFrame("\xc3\xa4"_ba)
            + frame(Opcode::Binary, "\xa4"_ba),
        {{Opcode::Binary, "\xc3"_ba}, {Opcode::Text, "\xc3\xa4"_ba}, {Opcode::Binary, "\xa4"_ba}});
    whole(u"fragments of the largest message"_s,
          notLast(Opcode::Binary, pattern(limit)) + frame(Opcode::Continuation, {}),
          {{Opcode::Binary, pattern(limit)}});

    whole(u"close"_s, frame(Opcode::Close, {}), {{Opcode::Close, {}}});
    whole(u"close with code"_s, closeFrame(1000), {{Opcode::Close, "\x03\xe8"_ba}});
    whole(u"close with reason"_s, closeFrame(1000, "b\xc3\xa4h"_ba),
          {{Opcode::Close,
            "\x03\xe8"
            "b\xc3\xa4h"_ba}});
    whole(u"close with longest reason"_s, closeFrame(4999, pattern(123)),
          {{Opcode::Close, "\x13\x87"_ba + pattern(123)}});
    whole(u"close inside a message"_s,
          notLast(Opcode::Text, "a"_ba) + closeFrame(1001) + frame(Opcode::Continuation, "b"_ba),
          {{Opcode::Close, "\x03\xe9"_ba}});
    whole(u"frames and rubbish after close"_s,
          closeFrame(1000) + textFrame("x"_ba) + frame(Opcode::Ping, {}) + "\xff\x00\x00"_ba,
          {{Opcode::Close, "\x03\xe8"_ba}});

    open("first byte only", "\x81"_ba, {});
    open("no masking key", "\x81\x80"_ba, {});
    open("half a masking key", "\x81\x80\x01\x02"_ba, {});
    open("half a length", "\x82\xfe\x01"_ba, {});
    open("half a payload", textFrame("abcd"_ba).chopped(1), {});
    open("half a ping", frame(Opcode::Ping, "abcd"_ba).chopped(1), {});
    open("no second fragment", notLast(Opcode::Text, "a"_ba), {});
    open("no second fragment, which was empty", notLast(Opcode::Text, {}), {});
    open("ping, no second fragment", notLast(Opcode::Text, "a"_ba) + frame(Opcode::Ping, {}),
         {{Opcode::Ping, {}}});
    open("text, then a first byte", textFrame("a"_ba) + "\x89"_ba, {{Opcode::Text, "a"_ba}});
}

void FrameReaderTest::messages()
{
    QFETCH(const QByteArray, input);
    QFETCH(const Messages, messages);
    QFETCH(const bool, isInsideMessage);

    const Outcome expected = {messages, 0, {}, isInsideMessage};
    for (const Outcome &outcome : readInEveryCut(QueuedReader(limit), input))
        QCOMPARE(outcome, expected);
}

void FrameReaderTest::violations_data()
{
    QTest::addColumn<QByteArray>("input");
    // Up to and with the byte that is wrong.
    QTest::addColumn<qsizetype>("length");
    QTest::addColumn<int>("closeCode");

    const auto row = [](const QString &name, const QByteArray &input, qsizetype length,
                        int closeCode) {
        QTest::newRow(qPrintable(name)) << input << length << closeCode;
    };
    const auto lastByte = [&](const QString &name, const QByteArray &input, int closeCode) {
        row(name, input, input.size(), closeCode);
    };
    const QByteArray opened = notLast(Opcode::Text, "a"_ba);

    for (const int opcode : {1, 2, 8, 9, 10}) {
        row(u"not masked, opcode %1"_s.arg(opcode),
            QByteArray(1, char(finalBit | opcode)) + "\x02\x03\xe8"_ba, 2, 1002);
        for (int reserved = 0x10; reserved <= 0x70; reserved += 0x10) {
            row(u"reserved bits %1, opcode %2"_s.arg(reserved, 0, 16).arg(opcode),
                rawFrame(finalBit | reserved | opcode, "ab"_ba), 1, 1002);
        }
    }
    row(u"not masked, empty"_s, "\x81\x00"_ba, 2, 1002);
    row(u"not masked, continuation"_s, opened + "\x80\x01z"_ba, opened.size() + 2, 1002);
    row(u"reserved bit, continuation"_s, opened + rawFrame(0xc0, "b"_ba), opened.size() + 1, 1002);
    for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
        for (const int fin : {0, finalBit}) {
            row(u"reserved opcode %1, FIN %2"_s.arg(opcode).arg(fin), rawFrame(fin | opcode, {}), 1,
                1002);
        }
        row(u"reserved opcode %1 inside a message"_s.arg(opcode),
            opened + rawFrame(finalBit | opcode, {}), opened.size() + 1, 1002);
    }
    for (const Opcode opcode : {Opcode::Close, Opcode::Ping, Opcode::Pong}) {
        const int code = int(opcode);
        row(u"fragmented, opcode %1"_s.arg(code), notLast(opcode, {}), 1, 1002);
        row(u"of 126 bytes, opcode %1"_s.arg(code), frame(opcode, pattern(126)), 2, 1002);
        row(u"of 65536 bytes, opcode %1"_s.arg(code), frame(opcode, pattern(65'536)), 2, 1002);
        row(u"too large inside a message, opcode %1"_s.arg(code),
            opened + frame(opcode, pattern(126)), opened.size() + 2, 1002);
    }

    for (const int size : {0, 1, 125})
        lastByte(u"%1 in 16 bits"_s.arg(size), "\x82\xfe"_ba + bigEndian(quint16(size)), 1002);
    for (const int size : {0, 125, 126, 65'535})
        lastByte(u"%1 in 64 bits"_s.arg(size), "\x82\xff"_ba + bigEndian(quint64(size)), 1002);
    lastByte(u"highest bit of the length"_s, "\x82\xff"_ba + bigEndian(quint64(1) << 63), 1002);
    lastByte(u"all bits of the length"_s, "\x82\xff"_ba + bigEndian(~quint64(0)), 1002);

    row(u"stray continuation"_s, frame(Opcode::Continuation, "a"_ba), 1, 1002);
    row(u"stray continuation, not the last"_s, notLast(Opcode::Continuation, {}), 1, 1002);
    const QByteArray finished = opened + frame(Opcode::Continuation, "b"_ba);
    row(u"stray continuation after a message"_s, finished + frame(Opcode::Continuation, {}),
        finished.size() + 1, 1002);
    for (const Opcode opcode : {Opcode::Text, Opcode::Binary}) {
        row(u"opcode %1 inside a message"_s.arg(int(opcode)), opened + frame(opcode, "b"_ba),
            opened.size() + 1, 1002);
        row(u"opcode %1 inside a message, not the last"_s.arg(int(opcode)),
            opened + notLast(opcode, "b"_ba), opened.size() + 1, 1002);
        const QByteArray withPing = opened + frame(Opcode::Ping, {});
        row(u"opcode %1 inside a message, after a ping"_s.arg(int(opcode)),
            withPing + frame(opcode, "b"_ba), withPing.size() + 1, 1002);
    }

    for (const quint64 size : {quint64(limit) + 1, quint64(1) << 31, quint64(1) << 32,
                               quint64(1) << 62, (quint64(1) << 63) - 1}) {
        lastByte(u"announces %1 bytes"_s.arg(size), announcement(0x82, size), 1009);
        lastByte(u"announces %1 bytes after a fragment"_s.arg(size),
                 opened + announcement(0x80, size), 1009);
    }
    lastByte(u"second fragment is one byte too large"_s,
             notLast(Opcode::Binary, pattern(60'000)) + announcement(0x80, limit - 60'000 + 1),
             1009);
    lastByte(u"third fragment, after a full second"_s,
             notLast(Opcode::Binary, pattern(60'000))
                 + notLast(Opcode::Continuation, pattern(limit - 60'000)) + frame(Opcode::Pong, {})
                 + announcement(0x80, 1),
             1009);

    lastByte(u"close with one byte"_s, frame(Opcode::Close, "\x03"_ba), 1002);
    lastByte(u"close 1005"_s, closeFrame(1005, "bye"_ba), 1002);
    lastByte(u"close 1005, bad reason"_s, closeFrame(1005, "\xff"_ba), 1002);
    lastByte(u"close reason with a bad byte"_s, closeFrame(1000, "a\xff"_ba), 1007);
    lastByte(u"close reason, surrogate"_s, closeFrame(1000, "\xed\xa0\x80"_ba), 1007);
    lastByte(u"close reason, not complete"_s, closeFrame(1000, "a\xc3"_ba), 1007);
    lastByte(u"close reason, bad and longest"_s, closeFrame(1000, pattern(122) + '\xff'), 1007);
}

void FrameReaderTest::violations()
{
    QFETCH(const QByteArray, input);
    QFETCH(const qsizetype, length);
    QFETCH(const int, closeCode);

    const QByteArray before = textFrame("before"_ba);
    QueuedReader reader(limit);
    reader.feed(before + input.first(length - 1));
    QVERIFY(!reader.violation());
    reader.feed(QByteArrayView(input).sliced(length - 1, 1));
    QVERIFY(reader.violation());
    QCOMPARE(reader.violation()->closeCode, closeCode);
    const QString reason = reader.violation()->reason;
    QVERIFY(!reason.isEmpty());
    QVERIFY(reason.toUtf8().size() <= 123); // RFC 6455 5.5

    // Control frames inside the message come all the same.
    Outcome expected = readWhole(QueuedReader(limit), before + input.first(length - 1));
    QVERIFY(!expected.messages.isEmpty());
    QCOMPARE(expected.messages.first(), std::pair(Opcode::Text, "before"_ba));
    expected.closeCode = closeCode;
    expected.reason = reason;
    expected.isInsideMessage = false;
    const QByteArray stream = before + input + textFrame("after"_ba) + frame(Opcode::Ping, {});
    for (const Outcome &outcome : readInEveryCut(QueuedReader(limit), stream))
        QCOMPARE(outcome, expected);
}

void FrameReaderTest::badText_data()
{
    QTest::addColumn<QByteArray>("text");
    // Up to and with the byte that is wrong; one more than there are when something is missing.
    QTest::addColumn<qsizetype>("length");

    const auto row = [](const char *name, const QByteArray &text, qsizetype length) {
        QTest::newRow(name) << text << length;
    };
    const QByteArray kosme = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5"_ba;
    row("continuation alone", "\x80"_ba, 1);
    row("continuation after text", "abc\xbf"_ba, 4);
    row("FE", "\xfe"_ba, 1);
    row("FF", "\xff"_ba, 1);
    row("overlong, 2 bytes", "\xc0\xaf"_ba, 1);
    row("overlong, 2 bytes, highest", "\xc1\xbf"_ba, 1);
    row("overlong, 3 bytes", "\xe0\x9f\xbf"_ba, 2);
    row("overlong, 4 bytes", "\xf0\x8f\xbf\xbf"_ba, 2);
    row("overlong, 5 bytes", "\xf8\x80\x80\x80\xaf"_ba, 1);
    row("overlong, 6 bytes", "\xfc\x80\x80\x80\x80\xaf"_ba, 1);
    row("first surrogate", "\xed\xa0\x80"_ba, 2);
    row("last surrogate", "\xed\xbf\xbf"_ba, 2);
    row("surrogate pair", kosme + "\xed\xa0\x80\xed\xb0\x80"_ba + "edited"_ba, 13);
    row("above U+10FFFF", kosme + "\xf4\x90\x80\x80"_ba + "edited"_ba, 13);
    row("F5", "\xf5\x80\x80\x80"_ba, 1);
    row("second of 2 missing", "\xc3("_ba, 2);
    row("third of 3 missing", "\xe2\x82("_ba, 3);
    row("fourth of 4 missing", "\xf0\x9f\x98("_ba, 4);
    row("second of 2 behind ASCII",
        "\xc3"
        "12345678\xa4"_ba,
        2);
    row("lead byte instead of the last", "\xe2\x82\xc3\xa4"_ba, 3);
    row("behind 64 ASCII bytes", pattern(64) + "\xff"_ba + pattern(20), 65);
    row("ends after 1 of 2", "a\xc3"_ba, 3);
    row("ends after 1 of 3", "\xe2"_ba, 2);
    row("ends after 2 of 3", "\xe2\x82"_ba, 3);
    row("ends after 3 of 4", kosme + "\xf0\x9f\x98"_ba, 15);
}

void FrameReaderTest::badText()
{
    QFETCH(const QByteArray, text);
    QFETCH(const qsizetype, length);

    // In two frames, with the cut at each place; the ping would be read if it came before the end.
    for (qsizetype cut = 0; cut <= text.size(); ++cut) {
        const QByteArray first = notLast(Opcode::Text, text.first(cut));
        const QByteArray second = frame(Opcode::Continuation, text.sliced(cut));
        const QByteArray input = first + second + frame(Opcode::Ping, {});
        for (const Outcome &outcome : readInEveryCut(QueuedReader(limit), input)) {
            QCOMPARE(outcome.closeCode, 1007);
            QVERIFY(outcome.messages.isEmpty());
        }

        constexpr qsizetype headerSize = 6;
        qsizetype expected = length + (length <= cut ? headerSize : 2 * headerSize);
        if (length > text.size())
            expected = first.size() + second.size();
        QueuedReader reader(limit);
        reader.feed(QByteArrayView(input).first(expected - 1));
        QVERIFY(!reader.violation());
        reader.feed(QByteArrayView(input).sliced(expected - 1, 1));
        QVERIFY(reader.violation());
    }
    const QByteArray oneFrame = textFrame(text) + frame(Opcode::Ping, {});
    for (const Outcome &outcome : readInEveryCut(QueuedReader(limit), oneFrame)) {
        QCOMPARE(outcome.closeCode, 1007);
        QVERIFY(outcome.messages.isEmpty());
    }
    // The same bytes are no text.
    const Messages binary = {{Opcode::Binary, text}};
    QCOMPARE(readWhole(QueuedReader(limit), frame(Opcode::Binary, text)), complete(binary));
}

void FrameReaderTest::fragmentsInEveryCut()
{
    const QByteArray text = u"a\u00e4\u20ac\U0001f600z"_s.toUtf8();
    const QByteArray ping = frame(Opcode::Ping, "p"_ba);
    const Messages expected = {
        {Opcode::Ping, "p"_ba}, {Opcode::Ping, "p"_ba}, {Opcode::Text, text}};
    for (qsizetype first = 0; first <= text.size(); ++first) {
        for (qsizetype second = first; second <= text.size(); ++second) {
            const QByteArray input = notLast(Opcode::Text, text.first(first)) + ping
                + notLast(Opcode::Continuation, text.sliced(first, second - first)) + ping
                + frame(Opcode::Continuation, text.sliced(second));
            for (const Outcome &outcome : readInEveryCut(QueuedReader(limit), input))
                QCOMPARE(outcome, complete(expected));
        }
    }

    QByteArray byteByByte = notLast(Opcode::Text, {});
    for (const char byte : text)
        byteByByte += notLast(Opcode::Continuation, QByteArray(1, byte));
    byteByByte += frame(Opcode::Continuation, {});
    const Messages whole = {{Opcode::Text, text}};
    for (const Outcome &outcome : readInEveryCut(QueuedReader(limit), byteByByte))
        QCOMPARE(outcome, complete(whole));
}

void FrameReaderTest::closeCodes()
{
    for (int byte = 0; byte < 256; ++byte) {
        const QByteArray half = frame(Opcode::Close, QByteArray(1, char(byte)));
        QCOMPARE(readWhole(QueuedReader(limit), half).closeCode, 1002);
    }

    QList<int> codes = {65'535};
    for (int code = 0; code <= 5000; ++code)
        codes += code;
    for (const int code : codes) {
        const bool isAllowed = (code >= 1000 && code <= 1014 && (code < 1004 || code > 1006))
            || (code >= 3000 && code <= 4999);
        for (const QByteArray &reason : {""_ba, "why"_ba}) {
            const Outcome outcome =
                readWhole(QueuedReader(limit), closeFrame(quint16(code), reason));
            QVERIFY2(outcome.closeCode == (isAllowed ? 0 : 1002),
                     qPrintable(QString::number(code)));
            const Messages expected = {{Opcode::Close, bigEndian(quint16(code)) + reason}};
            QCOMPARE(outcome.messages, isAllowed ? expected : Messages());
        }
    }
}

void FrameReaderTest::sizeLimit_data()
{
    QTest::addColumn<qint64>("maxMessageSize");
    for (const int size : {0, 1, 125, 126, 65'535, 65'536, 100'000})
        QTest::addRow("%d", size) << qint64(size);
}

void FrameReaderTest::sizeLimit()
{
    QFETCH(const qint64, maxMessageSize);

    const QueuedReader reader(maxMessageSize);
    const QByteArray payload = pattern(maxMessageSize);
    const Messages expected = {{Opcode::Text, payload}};
    QCOMPARE(readWhole(reader, textFrame(payload)), complete(expected));

    const Outcome tooLarge = readWhole(reader, announcement(0x81, quint64(maxMessageSize) + 1));
    QCOMPARE(tooLarge.closeCode, 1009);
    QVERIFY(tooLarge.reason.contains(QString::number(maxMessageSize)));

    // It is for messages only, and for each one anew.
    const QByteArray ping = frame(Opcode::Ping, pattern(125));
    const Messages several = {{Opcode::Text, payload},
                              {Opcode::Ping, pattern(125)},
                              {Opcode::Ping, pattern(125)},
                              {Opcode::Text, payload}};
    QCOMPARE(readWhole(reader,
                       textFrame(payload) + ping + notLast(Opcode::Text, payload) + ping
                           + frame(Opcode::Continuation, {})),
             complete(several));
}

void FrameReaderTest::fragmentLimit()
{
    const QByteArray ping = frame(Opcode::Ping, {});
    const auto fragments = [&](int count) {
        QByteArray input = notLast(Opcode::Text, "x"_ba);
        for (int i = 2; i < count; ++i)
            input += ping + notLast(Opcode::Continuation, "x"_ba);
        return input + ping + frame(Opcode::Continuation, "x"_ba);
    };
    QCOMPARE(FrameReader::defaultMaxFragments, 1024);
    const QByteArray most = fragments(1024);
    const QByteArray text(1024, 'x');
    for (const qsizetype size : {qsizetype(1), qsizetype(7), most.size()}) {
        const Outcome outcome = read(QueuedReader(limit), most + most, [&] { return size; });
        QCOMPARE(outcome.closeCode, 0);
        QCOMPARE(outcome.messages.size(), 2 * (1023 + 1));
        QCOMPARE(outcome.messages.last(), std::pair(Opcode::Text, text));
        QVERIFY(!outcome.isInsideMessage);

        const Outcome tooMany = read(QueuedReader(limit), fragments(1025), [&] { return size; });
        QCOMPARE(tooMany.closeCode, 1008);
        QVERIFY(tooMany.reason.contains(u"1024"_s));
        QCOMPARE(tooMany.messages, Messages(1024, {Opcode::Ping, {}}));
    }

    const QueuedReader whole(limit, 1);
    const Messages expected = {{Opcode::Text, "x"_ba}, {Opcode::Text, "x"_ba}};
    QCOMPARE(readWhole(whole, textFrame("x"_ba) + textFrame("x"_ba)), complete(expected));
    QCOMPARE(readWhole(whole, fragments(2)).closeCode, 1008);
}

void FrameReaderTest::endlessEmptyFragments()
{
    QueuedReader reader(limit);
    reader.feed(notLast(Opcode::Binary, {}));
    const QByteArray empty = notLast(Opcode::Continuation, {});
    for (int count = 2; count <= 1024; ++count) {
        reader.feed(empty);
        QVERIFY(!reader.violation());
        QVERIFY(reader.isInsideMessage());
    }
    QCOMPARE(reader.capacity(), 0);
    reader.feed(empty);
    QVERIFY(reader.violation());
    QCOMPARE(reader.violation()->closeCode, 1008);
    QVERIFY(!reader.hasMessage());
}

void FrameReaderTest::nothingAfterTheEnd_data()
{
    QTest::addColumn<QByteArray>("end");
    QTest::addColumn<bool>("isViolation");
    QTest::newRow("violation") << "\xff"_ba << true;
    QTest::newRow("violation in a text") << textFrame("\xff"_ba) << true;
    QTest::newRow("close") << closeFrame(1000) << false;
}

void FrameReaderTest::nothingAfterTheEnd()
{
    QFETCH(const QByteArray, end);
    QFETCH(const bool, isViolation);

    QueuedReader reader(limit);
    reader.feed(frame(Opcode::Ping, "1"_ba) + end);
    QVERIFY(reader.hasMessage());
    QCOMPARE(reader.takeMessage().payload, "1"_ba);
    QCOMPARE(reader.hasMessage(), !isViolation);
    if (!isViolation)
        QCOMPARE(reader.takeMessage().opcode, Opcode::Close);
    const std::optional<FrameReader::Violation> violation = reader.violation();
    QCOMPARE(violation.has_value(), isViolation);

    for (const QByteArray &input : {textFrame("x"_ba), closeFrame(1001), "\x00\x00\x00"_ba,
                                    announcement(0x82, quint64(1) << 62), "\x81"_ba}) {
        reader.feed(input);
        QVERIFY(!reader.hasMessage());
        QVERIFY(!reader.isInsideMessage());
        QCOMPARE(reader.capacity(), 0);
        QCOMPARE(reader.violation().has_value(), isViolation);
        if (isViolation)
            QCOMPARE(reader.violation()->closeCode, violation->closeCode);
    }
}

void FrameReaderTest::messagesAreTakenOneByOne()
{
    constexpr int count = 100'000;
    QByteArray input;
    for (int i = 0; i < count; ++i)
        input += frame(Opcode::Ping, bigEndian(qint32(i)));
    QueuedReader reader(limit);
    reader.feed(input);
    for (int i = 0; i < count; ++i) {
        QVERIFY(reader.hasMessage());
        QCOMPARE(reader.takeMessage().payload, bigEndian(qint32(i)));
    }
    QVERIFY(!reader.hasMessage());
}

void FrameReaderTest::memoryIsUsedAgain()
{
    SpareBuffer spare;
    FrameReader reader(spare, limit);
    const QByteArray input = textFrame("one"_ba) + textFrame("two"_ba) + textFrame("six"_ba);
    reader.feed(input);
    const QByteArray first = reader.next()->payload; // shares it
    const char *const second = reader.next()->payload.constData();
    QVERIFY(second != first.constData());
    QCOMPARE(reader.next()->payload.constData(), second);
    QCOMPARE(first, "one"_ba);
    QVERIFY(!reader.next());
    QCOMPARE(reader.capacity(), 0);

    // But not one that is much larger than the next message.
    const QByteArray large = textFrame(pattern(50'000)) + textFrame("x"_ba) + "\x81"_ba;
    reader.feed(large);
    QVERIFY(reader.next()->payload.capacity() >= 50'000);
    QVERIFY(reader.next()->payload.capacity() < 1000);
    QVERIFY(!reader.next());
    QCOMPARE(reader.capacity(), 0);
}

void FrameReaderTest::halfAMessageBorrowsNothing_data()
{
    QTest::addColumn<QByteArray>("input");
    const QByteArray half = textFrame("half"_ba).chopped(2);
    const QByteArray fragment = notLast(Opcode::Binary, "x"_ba);
    const QByteArray halfAPing = frame(Opcode::Ping, "ping"_ba).chopped(2);
    QTest::newRow("half a frame") << half;
    QTest::newRow("half a frame behind a whole one") << textFrame("whole"_ba) + half;
    QTest::newRow("a fragment") << fragment;
    QTest::newRow("a fragment behind a whole message") << textFrame("whole"_ba) + fragment;
    QTest::newRow("half a ping") << halfAPing;
    QTest::newRow("half a ping behind a whole one") << frame(Opcode::Ping, "ping"_ba) + halfAPing;
    QTest::newRow("half a ping in a message") << fragment + halfAPing;
}

/// However many peers leave it at that: the memory of larger messages is not theirs to keep.
void FrameReaderTest::halfAMessageBorrowsNothing()
{
    QFETCH(const QByteArray, input);
    SpareBuffer spare;
    QByteArray lent;
    lent.reserve(SpareBuffer::maxCapacity);
    spare.giveBack(std::move(lent));
    FrameReader reader(spare, limit);
    reader.feed(input);
    while (reader.next()) { }
    QVERIFY(reader.isInsideMessage());
    QVERIFY2(reader.capacity() < 100, qPrintable(QString::number(reader.capacity())));
    QCOMPARE(spare.take().capacity(), SpareBuffer::maxCapacity);
}

void FrameReaderTest::announcedLengthCostsNothing_data()
{
    QTest::addColumn<QByteArray>("opening");
    constexpr quint64 gibibyte = 1024 * 1024 * 1024;
    QTest::newRow("a frame") << announcement(0x82, gibibyte) + masked({});
    QTest::newRow("a text") << announcement(0x81, gibibyte) + masked({});
    QTest::newRow("not the last frame") << announcement(0x02, gibibyte) + masked({});
    QTest::newRow("a second frame")
        << notLast(Opcode::Binary, {}) + announcement(0x80, gibibyte) + masked({});
}

void FrameReaderTest::announcedLengthCostsNothing()
{
    QFETCH(const QByteArray, opening);

    QueuedReader reader(1024 * 1024 * 1024);
    reader.feed(opening);
    QVERIFY(!reader.violation());
    QVERIFY(reader.isInsideMessage());
    QCOMPARE(reader.capacity(), 0);
    const QByteArray piece = masked(pattern(1000)).sliced(maskingKey.size());
    for (int count = 1; count <= 100; ++count) {
        reader.feed(piece);
        QVERIFY(reader.capacity() >= count * piece.size());
        QVERIFY(reader.capacity() <= 2 * count * piece.size());
    }
}

void FrameReaderTest::memoryFollowsTheData()
{
    // A message that is there holds not one byte more than it has.
    const QByteArray payload = pattern(limit);
    for (const qsizetype size : {qsizetype(1000), 2 * payload.size()}) {
        const QByteArray input = textFrame(payload);
        QueuedReader reader(limit);
        for (QByteArrayView rest = input; !rest.isEmpty();) {
            const QByteArrayView piece = rest.first(qMin(size, rest.size()));
            reader.feed(piece);
            QVERIFY(reader.capacity() <= limit);
            rest = rest.sliced(piece.size());
        }
        QCOMPARE(reader.capacity(), 0);
        QVERIFY(reader.hasMessage());
        QCOMPARE(reader.takeMessage().payload.capacity(), limit);
    }

    // Nor do fragments go beyond the limit, and a violation frees what was there.
    QueuedReader reader(limit);
    reader.feed(notLast(Opcode::Binary, pattern(60'000)));
    reader.feed(notLast(Opcode::Continuation, pattern(39'999)));
    QVERIFY(reader.capacity() >= limit - 1);
    QVERIFY(reader.capacity() <= limit);
    reader.feed("\xff"_ba);
    QVERIFY(reader.violation());
    QCOMPARE(reader.capacity(), 0);
}

void FrameReaderTest::costIsLinear_data()
{
    QTest::addColumn<int>("frameSize");
    QTest::newRow("one frame") << 0;
    QTest::newRow("frames of 4 KiB") << 4096;
}

void FrameReaderTest::costIsLinear()
{
    QFETCH(const int, frameSize);

    // Bytes written, and those that moved because their memory grew. To look at all that is there
    // again for each new byte would take minutes, and run into the time limit of the test.
    constexpr qsizetype size = 1024 * 1024;
    const auto cost = [&](qsizetype messageSize) {
        const QByteArray payload = pattern(messageSize);
        QByteArray input = notLast(Opcode::Text, {});
        const qsizetype step = frameSize > 0 ? frameSize : messageSize;
        for (qsizetype position = 0; position < messageSize; position += step)
            input += notLast(Opcode::Continuation, payload.sliced(position, step));
        input += frame(Opcode::Continuation, {});

        QueuedReader reader(4 * size, 2000);
        qsizetype capacity = 0;
        qsizetype copied = 0;
        for (const char &byte : std::as_const(input)) {
            reader.feed(QByteArrayView(&byte, 1));
            ++copied;
            if (reader.capacity() != capacity) {
                copied += capacity;
                capacity = reader.capacity();
            }
        }
        const bool isRight = reader.hasMessage() && reader.takeMessage().payload == payload;
        return isRight ? double(copied) : 0;
    };
    const double small = cost(size);
    const double large = cost(4 * size);
    QVERIFY(small > 0);
    QVERIFY(large > 0);
    QVERIFY2(large / small < 8, qPrintable(QString::number(large / small)));
}

void FrameReaderTest::randomInput()
{
    // Streams of mostly good frames with a few bytes changed: the cut makes no difference, and what
    // comes out holds the promises.
    constexpr qint64 smallLimit = 300;
    constexpr int fewFragments = 5;
    const QueuedReader reader(smallLimit, fewFragments);
    const QByteArray text = u"a\u00e4\u20ac\U0001f600z-0123456789-0123456789"_s.toUtf8();
    QRandomGenerator random(seed);
    int violations = 0;
    for (int round = 0; round < 2000; ++round) {
        QByteArray input;
        while (input.size() < 200) {
            const std::array<int, 8> firstBytes = {0x81, 0x01, 0x80, 0x00, 0x82, 0x89, 0x8a, 0x88};
            const int firstByte = firstBytes[random.bounded(7u + (random.bounded(8u) == 0))];
            input += rawFrame(firstByte, text.first(random.bounded(text.size())));
        }
        for (quint32 i = random.bounded(3u); i > 0; --i)
            input[random.bounded(input.size())] = char(random.bounded(256));

        const QList<Outcome> outcomes = readInEveryCut(reader, input);
        for (const Outcome &outcome : outcomes)
            QCOMPARE(outcome, outcomes.first());
        violations += outcomes.first().closeCode != 0;
        for (const auto &[opcode, payload] : outcomes.first().messages) {
            QVERIFY(opcode != Opcode::Continuation);
            QVERIFY(payload.size() <= (opcode >= Opcode::Close ? 125 : smallLimit));
            QVERIFY(opcode != Opcode::Text || isUtf8(payload));
        }
    }
    QVERIFY(violations > 1000);
    QVERIFY(violations < 2000);
}

void FrameReaderTest::everyCodePointAtEverySplit()
{
    for (char32_t character = 0; character < 0x120000; ++character) {
        const bool isValid = character <= 0x10ffff && (character < 0xd800 || character > 0xdfff);
        const QByteArray bytes = utf8(character);
        const QByteArrayView view(bytes);
        const QByteArray name = QByteArray::number(uint(character), 16);
        QVERIFY2(isUtf8(view) == isValid, name.constData());
        QVERIFY2(validates(view) == isValid, name.constData());
        for (qsizetype split = 1; split < view.size(); ++split) {
            Utf8Validator validator;
            const bool isFirstValid = validator.feed(view.first(split));
            QVERIFY2(!isValid || isFirstValid, name.constData());
            QVERIFY2(!validator.isComplete(), name.constData());
            QVERIFY2(validator.feed(view.sliced(split)) == isValid, name.constData());
            QVERIFY2(validator.isComplete() == isValid, name.constData());
        }
    }
}

void FrameReaderTest::everySequenceAsTheReference()
{
    const std::array<int, 12> edges = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f,
                                       0xa0, 0xbf, 0xc0, 0xc2, 0xf4, 0xff};
    const auto compare = [](const QByteArray &bytes) {
        return validates(bytes) == isUtf8(bytes) && actualFailure(bytes) == expectedFailure(bytes);
    };
    for (int first = 0; first < 256; ++first) {
        const QByteArray one(1, char(first));
        QVERIFY2(compare(one), one.toHex().constData());
        for (int second = 0; second < 256; ++second) {
            const QByteArray two = one + char(second);
            QVERIFY2(compare(two), two.toHex().constData());
            // What cannot be made good any more stays so; see validatorStaysInvalidUntilReset().
            if (first < 0xe0 || expectedFailure(two) >= 0)
                continue;
            for (const int third : edges) {
                const QByteArray three = two + char(third);
                QVERIFY2(compare(three), three.toHex().constData());
                for (const int fourth : edges) {
                    const QByteArray four = three + char(fourth);
                    QVERIFY2(compare(four), four.toHex().constData());
                }
            }
        }
    }
}

void FrameReaderTest::asciiFastPath()
{
    for (qsizetype before = 0; before <= 40; ++before) {
        for (qsizetype after = 0; after <= 20; ++after) {
            for (const QByteArray &middle :
                 {""_ba, "\xc3\xa4"_ba, "\xe2\x82\xac"_ba, "\xf0\x9f\x98\x80"_ba, "\x80"_ba,
                  "\xc3"_ba, "\xed\xa0\x80"_ba, "\xf0\x9f\x98"_ba, "\xff"_ba}) {
                const QByteArray bytes = pattern(before) + middle + pattern(after);
                QVERIFY2(validates(bytes) == isUtf8(bytes), bytes.toHex().constData());
                for (const qsizetype cut : {before / 2, before, before + 1, bytes.size() - after}) {
                    const QByteArrayView head =
                        QByteArrayView(bytes).first(qMin(cut, bytes.size()));
                    const QByteArrayView tail = QByteArrayView(bytes).sliced(head.size());
                    Utf8Validator validator;
                    const bool isValid =
                        validator.feed(head) && validator.feed(tail) && validator.isComplete();
                    QVERIFY2(isValid == isUtf8(bytes), bytes.toHex().constData());
                }
            }
        }
    }
}

void FrameReaderTest::validatorStaysInvalidUntilReset()
{
    Utf8Validator validator;
    QVERIFY(validator.isComplete());
    QVERIFY(validator.feed({}));
    QVERIFY(validator.feed("a\xe2"_ba));
    QVERIFY(!validator.isComplete());
    QVERIFY(validator.feed({}));
    QVERIFY(!validator.isComplete());
    QVERIFY(!validator.feed("a"_ba));
    for (const QByteArray &bytes : {"a"_ba, ""_ba, "\x82\xac"_ba}) {
        QVERIFY(!validator.feed(bytes));
        QVERIFY(!validator.isComplete());
    }
    validator.reset();
    QVERIFY(validator.isComplete());
    QVERIFY(!validator.feed("\x82"_ba));
    validator.reset();
    QVERIFY(validator.feed("\xe2\x82\xac"_ba));
    QVERIFY(validator.isComplete());
    QVERIFY(validator.feed("\xe2"_ba));
    validator.reset();
    QVERIFY(validator.feed("a"_ba));
    QVERIFY(validator.isComplete());
}

QTEST_GUILESS_MAIN(FrameReaderTest)
#include "tst_framereader.moc"
