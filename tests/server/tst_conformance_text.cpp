// SPDX-License-Identifier: MIT
#include "conversation.h"
#include "epollmain.h"
#include "serverundertest.h"

#include <QTest>
#include <QWebSocket>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int maxFragments = 1024;

QByteArray echo(const QByteArray &payload)
{
    return serverFrame(Fin | Text, payload);
}

/// A text message in frames with these payloads.
QByteArray textMessage(const QByteArrayList &fragments)
{
    QByteArray frames;
    for (qsizetype i = 0; i < fragments.size(); ++i) {
        const bool isLast = i == fragments.size() - 1;
        frames += clientFrame((isLast ? Fin : 0) | (i == 0 ? Text : Continuation), fragments.at(i));
    }
    return frames;
}

QByteArrayList bytesOf(const QByteArray &text)
{
    return text.isEmpty() ? QByteArrayList{text} : cut(text, 1);
}

/// Every way to send \a text as a message: whole, cut into two fragments in each place, and in
/// fragments of one byte.
QByteArrayList everyMessage(const QByteArray &text)
{
    QByteArrayList messages = {textMessage({text}), textMessage(bytesOf(text))};
    for (qsizetype size = 0; size <= text.size(); ++size)
        messages += textMessage({text.first(size), text.sliced(size)});
    return messages;
}

/// A character of Unicode in UTF-8.
QByteArray utf8(char32_t character)
{
    // Not QString::fromUcs4(), which takes U+FEFF for a byte order mark.
    return QStringView(QChar::fromUcs4(character)).toUtf8();
}

} // namespace

/*!
    What of a text message is UTF-8 and what is not (RFC 6455 5.6, 8.1, RFC 3629): group 6 of the
    Autobahn suite, with the sequences that Markus Kuhn has collected, and bytes that get lost
    elsewhere.
*/
class ConformanceTextTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void valid_data();
    void valid();
    void invalid_data();
    void invalid();
    void pingInsideACharacter();
    void everyCharacterCutEverywhere_data();
    void everyCharacterCutEverywhere();
    void largeTextOfQtsOwnClient_data();
    void largeTextOfQtsOwnClient();

private:
    const ServerUnderTest m_server;
};

void ConformanceTextTest::valid_data()
{
    QTest::addColumn<QByteArray>("text");
    const auto row = [](const char *name, const char *hex) {
        QTest::newRow(name) << QByteArray::fromHex(hex);
    };
    QTest::newRow("6.1: empty") << ""_ba;
    QTest::newRow("6.2.1 to 6.2.3") << u"Hello-µ@ßöäüàá-UTF-8!!"_s.toUtf8();
    row("6.2.4, 6.5: kosme", "ce ba e1 bd b9 cf 83 ce bc ce b5");
    row("6.6: first of 1 byte", "00");
    row("first of 2 bytes", "c2 80");
    row("first of 3 bytes", "e0 a0 80");
    row("first of 4 bytes", "f0 90 80 80");
    row("6.7: last of 1 byte", "7f");
    row("last of 2 bytes", "df bf");
    row("last of 3 bytes", "ef bf bf");
    row("6.9: last of all", "f4 8f bf bf");
    row("before the surrogates", "ed 9f bf");
    row("behind the surrogates", "ee 80 80");
    row("replacement character", "ef bf bd");
    row("6.22: U+FFFE", "ef bf be");
    row("U+FFFF", "ef bf bf");
    row("U+FDD0 to U+FDD3", "ef b7 90 ef b7 91 ef b7 92 ef b7 93");
    for (char32_t plane = 1; plane <= 16; ++plane) {
        for (const char32_t last : {0xfffeU, 0xffffU})
            QTest::addRow("U+%X", uint(plane * 0x10000 + last)) << utf8(plane * 0x10000 + last);
    }
    row("byte order mark", "ef bb bf");
    row("byte order mark, then text", "ef bb bf 61");
    row("two byte order marks", "ef bb bf ef bb bf");
    row("byte order mark inside", "61 ef bb bf 62");
    row("byte order mark of the other order", "ef bf be 61");
    row("NUL inside and at the end", "61 00 62 00");
    row("controls", "1b 5b 33 31 6d 0d 0a 09 7f c2 85");
    row("line separators", "e2 80 a8 e2 80 a9 0d 0a 0a 0d");
    row("combining, joined, right to left",
        "65 cc 81 f0 9f 91 a9 e2 80 8d f0 9f 92 bb e2 80 ae d7 a9");
}

void ConformanceTextTest::valid()
{
    QFETCH(const QByteArray, text);
    const QByteArrayList messages = everyMessage(text);
    const QByteArray all = messages.join() + lastPing();
    // All on one connection, in pieces of several sizes; each is one frame when it comes back.
    QList<Script> scripts;
    for (const qsizetype size : {all.size(), qsizetype(1), qsizetype(5)})
        scripts += Script{cut(all, size)};
    // And the text in one frame, with the cut on the way in each place.
    const QByteArray frame = textMessage({text}) + lastPing();
    for (qsizetype size = 1; size < frame.size(); ++size)
        scripts += Script{{frame.first(size), frame.sliced(size)}};

    const QList<Outcome> outcomes = converse(m_server.url(), scripts);
    for (qsizetype i = 0; i < outcomes.size(); ++i)
        QCOMPARE(outcomes.at(i).answer,
                 answeredWith(echo(text).repeated(i < 3 ? messages.size() : 1)));
}

void ConformanceTextTest::invalid_data()
{
    QTest::addColumn<QByteArray>("text");
    // Up to and with the byte that is wrong; 0 when only the end is.
    QTest::addColumn<qsizetype>("badSize");
    // A bar is behind that byte.
    const auto row = [](const char *name, const QByteArray &hex) {
        QTest::newRow(name)
            << QByteArray::fromHex(QByteArray(hex).replace('|', ' '))
            << QByteArray::fromHex(hex.first(std::max<qsizetype>(hex.indexOf('|'), 0))).size();
    };
    row("6.3", "ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0| 80 65 64 69 74 65 64");
    row("6.4", "ce ba e1 bd b9 cf 83 ce bc ce b5 f4 90| 80 80 65 64 69 74 65 64");
    row("6.5: kosme, cut after 1", "ce");
    row("kosme, cut after 3", "ce ba e1");
    row("kosme, cut after 4", "ce ba e1 bd");
    row("kosme, cut after 10", "ce ba e1 bd b9 cf 83 ce bc ce");
    row("6.6: first of 5 bytes", "f8| 88 80 80 80");
    row("first of 6 bytes", "fc| 84 80 80 80 80");
    row("6.8: last of 4 bytes", "f7| bf bf bf");
    row("last of 5 bytes", "fb| bf bf bf bf");
    row("last of 6 bytes", "fd| bf bf bf bf bf");
    row("6.9: one above the last", "f4 90| 80 80");
    row("far above the last", "f5| 80 80 80");
    row("6.10: first continuation byte", "80|");
    row("last continuation byte", "bf|");
    row("two of them", "80| bf");
    row("seven of them", "80| bf 80 bf 80 bf 80");
    row("one behind ASCII", "61 62 63 64 65 66 67 68 80|");
    row("6.12: lonely start of 2", "c3 20| c4 20");
    row("lonely start of 3", "e2 20| e3 20");
    row("lonely start of 4", "f1 20| f2 20");
    row("lonely starts that none may be", "c0| 20 c1 20");
    row("6.13: end of 2 is missing", "c3");
    row("end of 3 is missing", "e1 80");
    row("end of 4 is missing", "f1 80 80");
    row("ends of overlong ones are missing", "e0 80|");
    row("end of the last of 2", "df");
    row("end of the last of 3", "ef bf");
    row("end of the last of 4", "f4 8f bf");
    row("end of 3, then ASCII", "e2 82 41|");
    row("end of 4, then a start", "f0 9f 98 c3| a4");
    row("6.14: ends missing in a row", "c3 e1| 80 f1 80 80");
    row("6.15: FE", "fe|");
    row("FF", "ff|");
    row("all four", "fe| fe ff ff");
    row("6.16: overlong slash of 2", "c0| af");
    row("overlong slash of 3", "e0 80| af");
    row("overlong slash of 4", "f0 80| 80 af");
    row("overlong slash of 5", "f8| 80 80 80 af");
    row("overlong slash of 6", "fc| 80 80 80 80 af");
    row("6.17: highest overlong of 2", "c1| bf");
    row("highest overlong of 3", "e0 9f| bf");
    row("highest overlong of 4", "f0 8f| bf bf");
    row("highest overlong of 5", "f8| 87 bf bf bf");
    row("highest overlong of 6", "fc| 83 bf bf bf bf");
    row("6.18: overlong NUL of 2", "c0| 80");
    row("overlong NUL of 3", "e0 80| 80");
    row("overlong NUL of 4", "f0 80| 80 80");
    row("6.19: U+D800", "ed a0| 80");
    row("U+DB7F", "ed ad| bf");
    row("U+DB80", "ed ae| 80");
    row("U+DBFF", "ed af| bf");
    row("U+DC00", "ed b0| 80");
    row("U+DF80", "ed be| 80");
    row("U+DFFF", "ed bf| bf");
    row("6.20: pair D800 DC00", "ed a0| 80 ed b0 80");
    row("pair D800 DFFF", "ed a0| 80 ed bf bf");
    row("pair DB7F DC00", "ed ad| bf ed b0 80");
    row("pair DB7F DFFF", "ed ad| bf ed bf bf");
    row("pair DB80 DC00", "ed ae| 80 ed b0 80");
    row("pair DB80 DFFF", "ed ae| 80 ed bf bf");
    row("pair DBFF DC00", "ed af| bf ed b0 80");
    row("pair DBFF DFFF", "ed af| bf ed bf bf");
    row("ISO 8859-1", "4d fc| 6c 6c 65 72");
    row("byte order mark of UTF-16", "ff| fe 61 00");
}

void ConformanceTextTest::invalid()
{
    QFETCH(const QByteArray, text);
    QFETCH(const qsizetype, badSize);
    QList<Script> scripts;
    const QByteArrayList messages = everyMessage(text);
    for (const QByteArray &message : messages)
        scripts += Script{{message + lastPing()}};
    const QByteArray frame = textMessage({text}) + lastPing();
    for (qsizetype size = 1; size < frame.size(); ++size)
        scripts += Script{{frame.first(size), frame.sliced(size)}};
    if (badSize > 0) {
        // Nothing comes behind that byte: neither the rest of the frame, nor of the message. This
        // is what 6.4 calls failing fast.
        constexpr qsizetype headerSize = 6;
        const QByteArray longFrame = textMessage({text + "and so on"_ba});
        scripts += Script{{longFrame.first(headerSize + badSize)}};
        scripts += Script{{clientFrame(Text, text.first(badSize))}};
    }
    const QList<Outcome> outcomes = converse(m_server.url(), scripts);
    for (const Outcome &outcome : outcomes)
        QCOMPARE(outcome.answer, closedWith(1007));

    // The byte before was not wrong: a Ping behind it is still answered. And as a binary message
    // all of it comes back.
    const QByteArray good = text.first(badSize > 0 ? badSize - 1 : text.size());
    QCOMPARE(converse(m_server.url(), Script{{clientFrame(Text, good) + lastPing()}}).answer,
             answeredWith({}));
    QCOMPARE(
        converse(m_server.url(), Script{{clientFrame(Fin | Binary, text) + lastPing()}}).answer,
        answeredWith(serverFrame(Fin | Binary, text)));
}

void ConformanceTextTest::pingInsideACharacter()
{
    const QByteArray text = u"κόσμε 😀"_s.toUtf8();
    const QByteArray ping = clientFrame(Fin | Ping, "\xff"_ba);
    QByteArray input;
    const QByteArrayList bytes = bytesOf(text);
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        const bool isLast = i == bytes.size() - 1;
        input += clientFrame((isLast ? Fin : 0) | (i == 0 ? Text : Continuation), bytes.at(i));
        if (!isLast)
            input += ping;
    }
    const QByteArray pongs = serverFrame(Fin | Pong, "\xff"_ba).repeated(bytes.size() - 1);
    for (const qsizetype size : {input.size(), qsizetype(1), qsizetype(4)})
        QCOMPARE(converse(m_server.url(), Script{cut(input + lastPing(), size)}).answer,
                 answeredWith(pongs + echo(text)));
}

void ConformanceTextTest::everyCharacterCutEverywhere_data()
{
    QTest::addColumn<uint>("first");
    QTest::addColumn<uint>("last");
    QTest::addColumn<uint>("step");
    QTest::newRow("2 bytes") << 0x80U << 0x7ffU << 1U;
    QTest::newRow("3 bytes") << 0x800U << 0xffffU << 1U;
    QTest::newRow("4 bytes, each 31st") << 0x10000U << 0x10ffffU << 31U;
}

void ConformanceTextTest::everyCharacterCutEverywhere()
{
    QFETCH(const uint, first);
    QFETCH(const uint, last);
    QFETCH(const uint, step);
    const qsizetype size = utf8(first).size();
    // Each fragment ends inside a character; there may be only so many in a message.
    QList<Script> scripts;
    QByteArrayList expected;
    for (qsizetype offset = 1; offset < size; ++offset) {
        QByteArray input;
        QByteArray echoes;
        QByteArray text;
        QByteArrayList fragments = {{}};
        for (uint character = first; character <= last; character += step) {
            if (!QChar::isSurrogate(character)) {
                const QByteArray bytes = utf8(character);
                text += bytes;
                fragments.last() += bytes.first(offset);
                fragments += bytes.sliced(offset);
            }
            if (fragments.size() == maxFragments || last - character < step) {
                input += textMessage(fragments);
                echoes += echo(text);
                fragments = {{}};
                text.clear();
            }
        }
        scripts += Script{cut(input + lastPing(), 100'000)};
        expected += echoes;
    }
    const QList<Outcome> outcomes = converse(m_server.url(), scripts);
    for (qsizetype i = 0; i < outcomes.size(); ++i)
        QCOMPARE(outcomes.at(i).answer, answeredWith(expected.at(i)));
}

void ConformanceTextTest::largeTextOfQtsOwnClient_data()
{
    QTest::addColumn<QString>("character");
    QTest::newRow("2 bytes") << u"é"_s;
    QTest::newRow("3 bytes") << u"€"_s;
    QTest::newRow("4 bytes") << u"😀"_s;
}

void ConformanceTextTest::largeTextOfQtsOwnClient()
{
    QFETCH(const QString, character);
    // QWebSocket cuts what it sends here, inside a character or not.
    constexpr qsizetype qtsFrameSize = 512 * 1024;
    QList<Script> scripts;
    QByteArrayList expected;
    for (qsizetype before = 0; before <= 3; ++before) {
        const QString text = QString(before, u'.')
            + character.repeated(qtsFrameSize / character.toUtf8().size() + 10);
        const QByteArray bytes = text.toUtf8();
        scripts += {{textMessage({bytes}) + lastPing()}};
        scripts += {{textMessage(cut(bytes, qtsFrameSize)) + lastPing()}};
        expected += QByteArrayList(2, echo(bytes));

        QWebSocket client;
        QString received;
        connect(&client, &QWebSocket::connected, &client, [&] { client.sendTextMessage(text); });
        connect(&client, &QWebSocket::textMessageReceived, &client,
                [&received](const QString &message) { received = message; });
        client.open(m_server.url());
        QTRY_VERIFY(!received.isEmpty()
                    || client.closeCode() != QWebSocketProtocol::CloseCodeNormal);
        QVERIFY2(received == text, qPrintable(client.closeReason()));
        client.disconnect();
    }
    const QList<Outcome> outcomes = converse(m_server.url(), scripts);
    for (qsizetype i = 0; i < outcomes.size(); ++i)
        QCOMPARE(outcomes.at(i).answer, answeredWith(expected.at(i)));
}

EPOLL_TEST_MAIN(ConformanceTextTest)
#include "tst_conformance_text.moc"
