// SPDX-License-Identifier: MIT
#include "conversation.h"
#include "epollmain.h"
#include "serverundertest.h"

#include <QTest>

#include <algorithm>
#include <limits>
#include <utility>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr qsizetype kibibyte = 1024;
constexpr qsizetype mebibyte = 1024 * kibibyte;
constexpr qsizetype maxMessageSize = 16 * mebibyte; // by default

/// ASCII that is not the same when a piece of it is lost or in another place.
QByteArray pattern(qsizetype size)
{
    static const QByteArray all = [] {
        QByteArray bytes;
        bytes.reserve(maxMessageSize + 1);
        for (qsizetype i = 0; i <= maxMessageSize; ++i)
            bytes += char('!' + (i + i / 94) % 94);
        return bytes;
    }();
    return all.first(size);
}

/// A message in frames of \a size bytes.
QByteArray message(int opcode, const QByteArray &payload, qsizetype size)
{
    QByteArray frames;
    for (qsizetype position = 0; position < payload.size(); position += size) {
        const bool isLast = position + size >= payload.size();
        frames += clientFrame((isLast ? Fin : 0) | (position == 0 ? opcode : int(Continuation)),
                              payload.mid(position, size));
    }
    return frames;
}

} // namespace

/*!
    How much, how small and how slow: groups 1, 9 and 10 of the Autobahn suite, and the limits.
*/
class ConformanceLimitsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everySize_data() { addOpcodes(); }
    void everySize();
    void sizesInPieces_data() { addOpcodes(); }
    void sizesInPieces();
    void largeMessages_data() { addOpcodes(); }
    void largeMessages();
    void largeMessagesInFragments_data() { addOpcodes(); }
    void largeMessagesInFragments();
    void moreFragmentsWhereTheyAreAllowed();
    void largeMessagesInPieces_data() { addOpcodes(); }
    void largeMessagesInPieces();
    void manyMessages_data() { addOpcodes(); }
    void manyMessages();
    void fragmentsThatDoNotDivideTheMessage();
    void tooLarge_data();
    void tooLarge();
    void framesAroundTheReadQuantum();
    void aPauseDoesNotEndAMessage();

private:
    static void addOpcodes();
    void compareAll(const QList<Script> &scripts, const QByteArrayList &frames) const;

    const ServerUnderTest m_server;
};

void ConformanceLimitsTest::addOpcodes()
{
    QTest::addColumn<int>("opcode");
    QTest::newRow("text") << int(Text);
    QTest::newRow("binary") << int(Binary);
}

void ConformanceLimitsTest::compareAll(const QList<Script> &scripts,
                                       const QByteArrayList &frames) const
{
    const QList<Outcome> outcomes = converse(m_server.url(), scripts);
    for (qsizetype i = 0; i < outcomes.size(); ++i)
        QCOMPARE(outcomes.at(i).answer, answeredWith(frames.at(i)));
}

// Group 1: every size up to 1,024, then each 509th, and both sides of where the length takes more
// bytes.
void ConformanceLimitsTest::everySize()
{
    QFETCH(const int, opcode);
    QByteArray input;
    QByteArray expected;
    for (qsizetype size = 0; size <= 65536;) {
        input += clientFrame(Fin | opcode, pattern(size));
        expected += serverFrame(Fin | opcode, pattern(size));
        const bool isEdge = size < 1024 || size >= 65530;
        size = isEdge ? size + 1 : std::min<qsizetype>(size + 509, 65530);
    }
    compareAll({{{input + lastPing()}}}, {expected});
}

void ConformanceLimitsTest::sizesInPieces()
{
    QFETCH(const int, opcode);
    QList<Script> scripts;
    QByteArrayList expected;
    for (const qsizetype size : {0, 1, 125, 126, 127, 128, 65535, 65536}) {
        const QByteArray input = clientFrame(Fin | opcode, pattern(size)) + lastPing();
        for (const qsizetype pieceSize : {1, 2, 997}) {
            scripts += Script{cut(input, pieceSize)};
            expected += serverFrame(Fin | opcode, pattern(size));
        }
    }
    compareAll(scripts, expected);
}

// 9.1, 9.2
void ConformanceLimitsTest::largeMessages()
{
    QFETCH(const int, opcode);
    for (const qsizetype size :
         {64 * kibibyte, 256 * kibibyte, mebibyte, 4 * mebibyte, 8 * mebibyte, maxMessageSize}) {
        const QByteArray input = clientFrame(Fin | opcode, pattern(size)) + lastPing();
        compareAll({{{input}}}, {serverFrame(Fin | opcode, pattern(size))});
    }
}

// 9.3, 9.4
void ConformanceLimitsTest::largeMessagesInFragments()
{
    QFETCH(const int, opcode);
    const QByteArray payload = pattern(4 * mebibyte);
    for (const qsizetype size :
         {4 * kibibyte, 16 * kibibyte, 64 * kibibyte, 256 * kibibyte, mebibyte, 4 * mebibyte}) {
        compareAll({{{message(opcode, payload, size) + lastPing()}}},
                   {serverFrame(Fin | opcode, payload)});
    }
}

// 9.3.1 to 9.3.3: 65,536 fragments and less, of which a message may have 1,024 by default.
void ConformanceLimitsTest::moreFragmentsWhereTheyAreAllowed()
{
    if (ServerUnderTest::isForeign())
        QSKIP("The server must be one of ours, with another limit.");
    Limits limits;
    limits.maxFragments = 65536;
    const ServerUnderTest server(limits);
    const QByteArray payload = pattern(4 * mebibyte);
    for (const qsizetype size : {64, 256, 1024}) {
        const Script script{{message(Text, payload, size) + lastPing()}};
        QCOMPARE(converse(server.url(), script).answer,
                 answeredWith(serverFrame(Fin | Text, payload)));
        QCOMPARE(converse(m_server.url(), script).answer, closedWith(1008));
    }
}

// 9.5, 9.6
void ConformanceLimitsTest::largeMessagesInPieces()
{
    QFETCH(const int, opcode);
    const QByteArray payload = pattern(mebibyte);
    const QByteArray input = clientFrame(Fin | opcode, payload) + lastPing();
    QList<Script> scripts;
    for (const qsizetype size : {64, 128, 256, 512, 1024, 2048})
        scripts += Script{cut(input, size)};
    compareAll(scripts, QByteArrayList(scripts.size(), serverFrame(Fin | opcode, payload)));
}

// 9.7, 9.8
void ConformanceLimitsTest::manyMessages()
{
    QFETCH(const int, opcode);
    QList<Script> scripts;
    QByteArrayList expected;
    for (const qsizetype size : {0, 16, 64, 256, 1024, 4096}) {
        scripts += Script{{clientFrame(Fin | opcode, pattern(size)).repeated(1000) + lastPing()}};
        expected += serverFrame(Fin | opcode, pattern(size)).repeated(1000);
    }
    compareAll(scripts, expected);
}

// Group 10, and down to fragments of one byte.
void ConformanceLimitsTest::fragmentsThatDoNotDivideTheMessage()
{
    QList<Script> scripts = {{{message(Text, pattern(65536), 1300) + lastPing()}}};
    QByteArrayList expected = {serverFrame(Fin | Text, pattern(65536))};
    for (qsizetype size = 1; size <= 1024; size = size * 2 + 1) {
        scripts += Script{{message(Binary, pattern(1024), size) + lastPing()}};
        expected += serverFrame(Fin | Binary, pattern(1024));
    }
    compareAll(scripts, expected);
}

void ConformanceLimitsTest::tooLarge_data()
{
    QTest::addColumn<qsizetype>("fragmentSize");
    QTest::newRow("one frame") << maxMessageSize + 1;
    QTest::newRow("last of two by one byte") << maxMessageSize;
    QTest::newRow("in fragments of 64 KiB") << 64 * kibibyte;
}

void ConformanceLimitsTest::tooLarge()
{
    QFETCH(const qsizetype, fragmentSize);
    const QByteArray input = message(Binary, pattern(maxMessageSize + 1), fragmentSize);
    // What the client is still sending is read, so that no RST takes the Close frame away.
    QCOMPARE(converse(m_server.url(), Script{{input}}).answer, closedWith(1009));
}

// A frame that fills what is read in one turn, to the byte: nothing comes behind it that would wake
// a reader that waits for more.
void ConformanceLimitsTest::framesAroundTheReadQuantum()
{
    const qsizetype quantum = Limits().readQuantum;
    QList<Script> scripts;
    QByteArrayList expected;
    for (const qsizetype count : {1, 2}) {
        for (qsizetype size = count * quantum - 20; size <= count * quantum + 20; ++size) {
            const QByteArray echo = serverFrame(Fin | Binary, pattern(size));
            scripts += Script{{clientFrame(Fin | Binary, pattern(size))}};
            scripts.last().answerSize = echo.size();
            expected += echo;
        }
    }
    compareAll(scripts, expected);
}

void ConformanceLimitsTest::aPauseDoesNotEndAMessage()
{
    // Qt's own server waits 5 s for the rest of a message.
    const QByteArray text = u"a€b"_s.toUtf8();
    const QByteArray frame = clientFrame(Fin | Text, text);
    const QByteArray fragments = clientFrame(Text, text.first(2)) + clientFrame(Continuation, {})
        + clientFrame(Fin | Continuation, text.sliced(2));
    QList<Script> scripts;
    const auto add = [&scripts](const QByteArray &input, qsizetype cutAt) {
        scripts += Script{{input.first(cutAt), input.sliced(cutAt) + lastPing()}};
        scripts.last().pause = 5500ms;
    };
    for (qsizetype cutAt = 1; cutAt < frame.size(); ++cutAt)
        add(frame, cutAt);
    for (qsizetype cutAt = 1; cutAt < fragments.size(); ++cutAt)
        add(fragments, cutAt);
    compareAll(scripts, QByteArrayList(scripts.size(), serverFrame(Fin | Text, text)));
}

EPOLL_TEST_MAIN(ConformanceLimitsTest)
#include "tst_conformance_limits.moc"
