// SPDX-License-Identifier: MIT
#include "conformancetables.h"
#include "conversation.h"
#include "epollmain.h"
#include "serverundertest.h"

#include <QRegularExpression>
#include <QTest>

#include <chrono>
#include <limits>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr qsizetype whole = std::numeric_limits<qsizetype>::max();

QByteArray sent(int firstByte, const QByteArray &payload = {})
{
    return clientFrame(firstByte, payload);
}

QByteArray echo(const QByteArray &payload)
{
    return serverFrame(Fin | Text, payload);
}

QByteArray pongFor(const QByteArray &payload)
{
    return serverFrame(Fin | Pong, payload);
}

QByteArray letters(qsizetype size)
{
    return QByteArray(size, '*');
}

/// \a request whole, byte by byte, and in two pieces with the cut in each place; a long one in not
/// so many.
QList<Script> requestInEveryCut(const QByteArray &request)
{
    constexpr qsizetype maxCuts = 400;
    QList<Script> scripts = {requestScript({request}),
                             requestScript(cut(request, 1 + request.size() / maxCuts))};
    for (qsizetype size = 1; size < request.size() && request.size() <= maxCuts; ++size)
        scripts += requestScript({request.first(size), request.sliced(size)});
    return scripts;
}

/// What is wrong with an HTTP answer that refuses a request; empty when nothing is.
QString flaw(const QByteArray &response, int status, bool isHead)
{
    const qsizetype headSize = response.indexOf("\r\n\r\n") + 4;
    const QByteArray head = response.first(headSize);
    const QByteArray body = response.sliced(headSize);
    static const QRegularExpression lines(uR"(\AHTTP/1\.1 \d{3} [A-Z][A-Za-z ]+\r\n)"
                                          uR"(([A-Za-z-]+: [ -~]+\r\n)+\r\n\z)"_s);
    if (!lines.match(QString::fromLatin1(head)).hasMatch())
        return u"its head"_s;
    static const QRegularExpression sentence(uR"(\A[A-Z][ -~]+\n\z)"_s);
    if (isHead ? !body.isEmpty() : !sentence.match(QString::fromLatin1(body)).hasMatch())
        return u"its sentence"_s;
    const QByteArray length = QByteArray::number(body.size());
    if (!isHead && !head.contains("\r\nContent-Length: "_ba + length + "\r\n"_ba))
        return u"its length"_s;
    if (!head.contains(status == 426 ? "\r\nConnection: Upgrade, close\r\n"
                                     : "\r\nConnection: close\r\n"))
        return u"its connection"_s;
    if (status == 405 && !head.contains("\r\nAllow: GET\r\n"))
        return u"the method it allows"_s;
    if (status == 426
        && (!head.contains("\r\nUpgrade: websocket\r\n")
            || !head.contains("\r\nSec-WebSocket-Version: 13\r\n")))
        return u"the protocol it wants"_s;
    return {};
}

/// Waits longer for a request than it may take.
Limits patience()
{
    Limits limits;
    limits.handshakeTimeout = 1min;
    return limits;
}

} // namespace

/*!
    The tables of docs/conformance.md, and the Autobahn suite's groups 2 to 5 and 7, told from
    RFC 6455. Group 6 is in tst_conformance_text.cpp, 1, 9 and 10 are in tst_conformance_limits.cpp.
*/
class ConformanceTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void frames_data();
    void frames();
    void requests_data();
    void requests();
    void browsersAreToldWhatThisIs();

    void pings_data();
    void pings() { playInEveryCut(); }
    void reservedBits_data();
    void reservedBits() { playInEveryCut(); }
    void reservedOpcodes_data();
    void reservedOpcodes() { playInEveryCut(); }
    void fragments_data();
    void fragments() { playInEveryCut(); }
    void closeCodes_data();
    void closeCodes();
    void closing_data();
    void closing() { playInEveryCut(); }

private:
    static void addColumns();
    void playInEveryCut() const;

    const ServerUnderTest m_server;
    /// For requests that take long because this machine is busy.
    const ServerUnderTest m_patientServer{patience()};
};

void ConformanceTest::frames_data()
{
    QTest::addColumn<ConformanceRow>("row");
    const QList<ConformanceRow> rows = frameRows();
    QVERIFY(rows.size() >= 70);
    for (const ConformanceRow &row : rows)
        QTest::newRow(qPrintable(row.name)) << row;
}

void ConformanceTest::frames()
{
    QFETCH(const ConformanceRow, row);
    QList<Script> scripts;
    for (const qsizetype size : {whole, qsizetype(1), qsizetype(2), qsizetype(7)})
        scripts += frameScript(row, size);
    const QList<Outcome> outcomes = converse(m_server.url(), scripts);
    for (const Outcome &outcome : outcomes) {
        QCOMPARE(outcome.answer, row.answer);
        const bool isViolation = row.answer.closeCode >= 1002 && row.answer.closeCode <= 1009;
        QCOMPARE(!outcome.closeReason.isEmpty(), isViolation);
    }
}

void ConformanceTest::requests_data()
{
    QTest::addColumn<ConformanceRow>("row");
    const QList<ConformanceRow> rows = requestRows();
    QVERIFY(rows.size() >= 70);
    for (const ConformanceRow &row : rows)
        QTest::newRow(qPrintable(row.name)) << row;
}

void ConformanceTest::requests()
{
    QFETCH(const ConformanceRow, row);
    const bool isTimed = row.answer.status == 408;
    const QList<Outcome> outcomes =
        converse((isTimed ? m_server : m_patientServer).url(), requestInEveryCut(row.bytes));
    for (const Outcome &outcome : outcomes) {
        QCOMPARE(outcome.answer, row.answer);
        if (row.answer.status != 101)
            QCOMPARE(flaw(outcome.response, row.answer.status, row.bytes.startsWith("HEAD ")),
                     QString());
    }
}

void ConformanceTest::browsersAreToldWhatThisIs()
{
    const QByteArray request =
        "GET / HTTP/1.1\r\nHost: localhost:3000\r\nAccept: text/html\r\n\r\n"_ba;
    const Outcome outcome = converse(m_server.url(), requestScript({request}));
    QCOMPARE(outcome.answer.status, 426);
    QVERIFY(outcome.response.contains("\r\n\r\nThis is the Awesome Chat echo server: "));
    QVERIFY(outcome.response.contains("ws://localhost:3000/"));
}

void ConformanceTest::addColumns()
{
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<Answer>("answer");
}

void ConformanceTest::playInEveryCut() const
{
    QFETCH(const QByteArray, input);
    QFETCH(const Answer, answer);
    const QByteArray all = input + lastPing();
    QList<Script> scripts;
    for (const qsizetype size : {whole, qsizetype(1), qsizetype(3), qsizetype(50)})
        scripts += Script{cut(all, size)};
    const QList<Outcome> outcomes = converse(m_server.url(), scripts);
    for (const Outcome &outcome : outcomes)
        QCOMPARE(outcome.answer, answer);
}

// Group 2.
void ConformanceTest::pings_data()
{
    addColumns();
    const QByteArray bytes = "\x00\xff\xfe\xfd\xfc\xfb\x00\xff"_ba;
    for (const QByteArray &payload : {""_ba, "Hello, world!"_ba, bytes, letters(125)})
        QTest::addRow("%lld bytes", qlonglong(payload.size()))
            << sent(Fin | Ping, payload) << answeredWith(pongFor(payload));
    QTest::newRow("126 bytes") << sent(Fin | Ping, letters(126)) << closedWith(1002);
    QTest::newRow("65,536 bytes") << sent(Fin | Ping, letters(65536)) << closedWith(1002);
    QTest::newRow("Pong, empty") << sent(Fin | Pong) << answeredWith({});
    QTest::newRow("Pong") << sent(Fin | Pong, "unasked"_ba) << answeredWith({});
    QTest::newRow("Pong, then Ping")
        << sent(Fin | Pong, "unasked"_ba) + sent(Fin | Ping, "asked"_ba)
        << answeredWith(pongFor("asked"_ba));
    QByteArray tenPings;
    QByteArray tenPongs;
    for (int i = 0; i < 10; ++i) {
        const QByteArray payload = "payload-"_ba + QByteArray::number(i);
        tenPings += sent(Fin | Ping, payload);
        tenPongs += pongFor(payload);
    }
    QTest::newRow("ten") << tenPings << answeredWith(tenPongs);
}

// Group 3.
void ConformanceTest::reservedBits_data()
{
    addColumns();
    for (int bits = 0x10; bits <= 0x70; bits += 0x10) {
        const auto row = [bits](const char *what, const QByteArray &input,
                                const QByteArray &frames) {
            QTest::addRow("%02x, %s", bits, what) << input << closedWith(1002, frames);
        };
        row("text", sent(Fin | bits | Text, "Hello"_ba), {});
        row("binary", sent(Fin | bits | Binary, "Hello"_ba), {});
        row("Ping", sent(Fin | bits | Ping), {});
        row("Pong", sent(Fin | bits | Pong), {});
        row("Close", sent(Fin | bits | Close, closePayload(1000)), {});
        row("between texts and a Ping",
            sent(Fin | Text, "one"_ba) + sent(Fin | bits | Text, "two"_ba) + sent(Fin | Ping),
            echo("one"_ba));
        row("first fragment", sent(bits | Text, "a"_ba) + sent(Fin | Continuation, "b"_ba), {});
        row("second fragment", sent(Text, "a"_ba) + sent(Fin | bits | Continuation, "b"_ba), {});
    }
}

// Group 4.
void ConformanceTest::reservedOpcodes_data()
{
    addColumns();
    for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
        const auto row = [opcode](const char *what, const QByteArray &input,
                                  const QByteArray &frames) {
            QTest::addRow("%d, %s", opcode, what) << input << closedWith(1002, frames);
        };
        row("empty", sent(Fin | opcode), {});
        row("with payload", sent(Fin | opcode, "reserved"_ba), {});
        row("not final", sent(opcode), {});
        row("between texts", sent(Fin | Text, "one"_ba) + sent(Fin | opcode) + sent(Fin | Text),
            echo("one"_ba));
        row("inside a message", sent(Text, "a"_ba) + sent(Fin | opcode), {});
    }
}

// Group 5, by its numbers.
void ConformanceTest::fragments_data()
{
    addColumns();
    const auto ok = [](const char *name, const QByteArray &input, const QByteArray &frames) {
        QTest::newRow(name) << input << answeredWith(frames);
    };
    const auto fails = [](const char *name, const QByteArray &input,
                          const QByteArray &frames = {}) {
        QTest::newRow(name) << input << closedWith(1002, frames);
    };
    const QByteArray one = sent(Text, "one,"_ba);
    const QByteArray more = sent(Continuation, "more,"_ba);
    const QByteArray last = sent(Fin | Continuation, "last"_ba);
    const QByteArray alone = sent(Fin | Text, "alone"_ba);
    const QByteArray question = sent(Fin | Ping, "?"_ba);

    fails("1: Ping", sent(Ping, "a"_ba) + last);
    fails("2: Pong", sent(Pong, "a"_ba) + last);
    fails("Close", sent(Close, closePayload(1000)) + last);
    ok("3 to 5: text in two", one + last, echo("one,last"_ba));
    ok("binary in three", sent(Binary, "\xff"_ba) + sent(Continuation, "\xc3"_ba) + last,
       serverFrame(Fin | Binary, "\xff\xc3last"_ba));
    ok("6 to 8: Ping inside", one + question + last, pongFor("?"_ba) + echo("one,last"_ba));
    fails("9 to 11: last of nothing, then text", last + alone);
    fails("12 to 14: more of nothing, then text", more + alone);
    fails("15: more of nothing after a text", one + last + more + alone, echo("one,last"_ba));
    fails("16: more of nothing, text, twice", (more + one + last).repeated(2));
    fails("17: last of nothing, text, twice", (last + one + last).repeated(2));
    fails("18: text inside a text", one + alone);
    fails("binary inside a text", one + sent(Fin | Binary, "x"_ba));
    fails("text inside a binary message", sent(Binary, "x"_ba) + alone);
    fails("fragmented text inside a text", one + one);
    fails("text inside a text, after a Ping", one + question + alone, pongFor("?"_ba));
    ok("19, 20: Pings between five", one + more + question + more + more + question + last,
       pongFor("?"_ba) + pongFor("?"_ba) + echo("one,more,more,more,last"_ba));
    ok("Pong inside", one + sent(Fin | Pong, "!"_ba) + last, echo("one,last"_ba));
    ok("empty ones", sent(Text) + sent(Continuation) + sent(Fin | Continuation), echo({}));
    ok("only the middle is not empty", sent(Text) + more + sent(Fin | Continuation),
       echo("more,"_ba));
    ok("two messages", one + last + one + more + last,
       echo("one,last"_ba) + echo("one,more,last"_ba));
}

// Group 7.
void ConformanceTest::closeCodes_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<bool>("isLegal");
    for (const int code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
                           3000, 3001, 3999, 4000, 4001, 4999})
        QTest::addRow("%d", code) << code << true;
    for (const int code : {0, 1, 125, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999,
                           5000, 10000, 32768, 65535})
        QTest::addRow("%d", code) << code << false;
}

void ConformanceTest::closeCodes()
{
    QFETCH(const int, code);
    QFETCH(const bool, isLegal);
    const QByteArrayList reasons = {""_ba, "Going home."_ba, u"ä€😀"_s.toUtf8(), letters(123)};
    QList<Script> scripts;
    for (const QByteArray &reason : reasons)
        scripts += Script{{sent(Fin | Close, closePayload(code, reason)) + lastPing()}};
    const QList<Outcome> outcomes = converse(m_server.url(), scripts);
    for (qsizetype i = 0; i < reasons.size(); ++i) {
        QCOMPARE(outcomes.at(i).answer, closedWith(isLegal ? code : 1002));
        if (isLegal)
            QCOMPARE(outcomes.at(i).closeReason, reasons.at(i));
    }
}

void ConformanceTest::closing_data()
{
    addColumns();
    const auto row = [](const char *name, const QByteArray &input, int code,
                        const QByteArray &frames = {}) {
        QTest::newRow(name) << input << closedWith(code, frames);
    };
    const QByteArray closeFrame = sent(Fin | Close, closePayload(1000));
    const QByteArray hello = sent(Fin | Text, "Hello"_ba);
    const auto withPayload = [](const QByteArray &payload) { return sent(Fin | Close, payload); };

    row("7.1.1: text, then Close", hello + closeFrame, 1000, echo("Hello"_ba));
    row("7.1.2: Close twice", closeFrame + closeFrame, 1000);
    row("7.1.3: Close, then Ping", closeFrame + sent(Fin | Ping), 1000);
    row("7.1.4: Close, then text", closeFrame + hello, 1000);
    row("7.1.5: Close inside a text", sent(Text, "a"_ba) + closeFrame + sent(Fin | Continuation),
        1000);
    row("7.1.6: 256 KiB, then Close and Ping",
        sent(Fin | Text, letters(256 * 1024)) + closeFrame + sent(Fin | Ping), 1000,
        echo(letters(256 * 1024)));
    row("Close, then what is no frame", closeFrame + "\xff\xff\xff\xff"_ba, 1000);
    row("7.3.1: no code", withPayload({}), 1000);
    row("7.3.2: one byte", withPayload("a"_ba), 1002);
    row("7.3.3: a code", withPayload(closePayload(1000)), 1000);
    row("7.3.5: longest reason", withPayload(closePayload(1000, letters(123))), 1000);
    row("7.3.6: one byte longer", withPayload(closePayload(1000, letters(124))), 1002);
    row("7.5.1: reason is not UTF-8",
        withPayload(closePayload(1000, "\xce\xba\xed\xa0\x80\x65"_ba)), 1007);
    row("reason ends too early", withPayload(closePayload(1000, "a\xf0\x9f\x98"_ba)), 1007);
    row("reason begins with a continuation byte", withPayload(closePayload(1000, "\x80"_ba)), 1007);
}

EPOLL_TEST_MAIN(ConformanceTest)
#include "tst_conformance.moc"
