// SPDX-License-Identifier: MIT
#include "echoserver.h"
#include "epollmain.h"
#include "testclients.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype sixteenMiB = 16 * 1024 * 1024;
constexpr int slowTimeout = 60'000; // ms, for large messages under a sanitizer

QByteArray bytePattern(qsizetype size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    for (qsizetype i = 0; i < size; ++i)
        bytes[i] = char(i * 31 + i / 251);
    return bytes;
}

QString textPattern(qsizetype size)
{
    QString text(size, Qt::Uninitialized);
    for (qsizetype i = 0; i < size; ++i)
        text[i] = QChar(u' ' + char16_t(i % 95));
    return text;
}

} // namespace

class EchoTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void greeting_data();
    void greeting();
    void sizes_data();
    void sizes();
    void everyByte();
    void unicode_data();
    void unicode();
    void characterAcrossQtsFrameBoundary_data();
    void characterAcrossQtsFrameBoundary();
    void fragments();
    void ping();
    void order();
    void clientsAreApart();
};

void EchoTest::greeting_data()
{
    QTest::addColumn<std::optional<QString>>("greeting");

    QTest::newRow("default") << ServerOptions().greeting;
    QTest::newRow("custom") << std::optional(u"Grüß Gott 👋"_s);
    QTest::newRow("empty") << std::optional(u""_s);
    QTest::newRow("none") << std::optional<QString>();
}

void EchoTest::greeting()
{
    QFETCH(const std::optional<QString>, greeting);
    ServerOptions options = quietLoopbackOptions();
    options.greeting = greeting;
    EchoServer server(options);
    QVERIFY(!server.start());
    TestClient client;
    client.open(server.urls().first());
    QTRY_VERIFY(client.isOpen());
    client.sendTextMessage(u"first"_s);

    QVariantList expected{u"first"_s};
    if (greeting)
        expected.prepend(*greeting);
    QTRY_COMPARE(client.received(), expected);
}

void EchoTest::sizes_data()
{
    QTest::addColumn<qsizetype>("size");
    // On both sides of where a frame's length takes more bytes (RFC 6455 5.2), and the largest
    // allowed.
    for (const qsizetype size : {0, 1, 125, 126, 65535, 65536, 524288, 524289})
        QTest::addRow("%lld", qlonglong(size)) << size;
    QTest::newRow("16 MiB") << sixteenMiB;
}

void EchoTest::sizes()
{
    QFETCH(const qsizetype, size);
    EchoServer server(quietLoopbackOptions());
    QVERIFY(!server.start());
    TestClient client;
    client.open(server.urls().first());
    QTRY_VERIFY(client.isOpen());

    const QVariantList messages{textPattern(size), bytePattern(size)};
    client.sendTextMessage(messages.first().toString());
    client.sendBinaryMessage(messages.last().toByteArray());
    QTRY_COMPARE_WITH_TIMEOUT(client.received().size(), 2, slowTimeout);
    // Not QCOMPARE, which would print 16 MiB. Equal QVariants are also of the same type.
    QVERIFY(client.received() == messages);
    QVERIFY(client.isOpen());
}

void EchoTest::everyByte()
{
    EchoServer server(quietLoopbackOptions());
    QVERIFY(!server.start());
    TestClient client;
    client.open(server.urls().first());
    QTRY_VERIFY(client.isOpen());

    QByteArray bytes;
    for (int byte = 0; byte <= 255; ++byte)
        bytes.append(char(byte));
    client.sendBinaryMessage(bytes);
    QTRY_COMPARE(client.received(), QVariantList{bytes});
    QCOMPARE(client.received().first().typeId(), QMetaType::QByteArray);
}

void EchoTest::unicode_data()
{
    QTest::addColumn<QString>("text");

    QString allPlanes;
    for (char32_t plane = 0; plane <= 16; ++plane) {
        const char32_t character = (plane << 16) + 0x100;
        allPlanes += QString::fromUcs4(&character, 1);
    }
    QTest::newRow("a character of every plane") << allPlanes;
    QTest::newRow("1, 2, 3 and 4 bytes") << u"a\u00e9\u20ac\U0001f600"_s;
    QTest::newRow("ends of the ranges")
        << QString::fromUcs4(U"\x7f\x80\u07ff\u0800\ud7ff\ue000\U00010000\U0010ffff");
    QTest::newRow("noncharacters") << QString::fromUcs4(U"\ufdd0\ufffe\uffff\U0001fffe\U0010ffff");
    QTest::newRow("NUL") << u"a"_s + QChar(u'\0') + u"b"_s + QChar(u'\0');
    QTest::newRow("only NUL") << QString(QChar(u'\0'));
    QTest::newRow("controls") << u"\x1b[31m\r\n\t\x7f"_s;
    QTest::newRow("combining, joined, right to left")
        << u"e\u0301 👩‍👩‍👧‍👦 \u202eabc שלום"_s;
    QTest::newRow("replacement character") << u"\ufffd"_s;
}

void EchoTest::unicode()
{
    QFETCH(const QString, text);
    EchoServer server(quietLoopbackOptions());
    QVERIFY(!server.start());
    TestClient client;
    client.open(server.urls().first());
    QTRY_VERIFY(client.isOpen());
    client.sendTextMessage(text);
    QTRY_COMPARE(client.received(), QVariantList{text});
}

void EchoTest::characterAcrossQtsFrameBoundary_data()
{
    QTest::addColumn<QString>("character");
    QTest::newRow("1 byte") << u"x"_s;
    QTest::newRow("2 bytes") << u"é"_s;
    QTest::newRow("3 bytes") << u"€"_s;
    QTest::newRow("4 bytes") << u"😀"_s;
}

void EchoTest::characterAcrossQtsFrameBoundary()
{
    // Where Qt cuts an outgoing message unless told otherwise; it then refuses the half character
    // itself.
    constexpr qsizetype boundary = 512 * 1024;
    QFETCH(const QString, character);
    EchoServer server(quietLoopbackOptions());
    QVERIFY(!server.start());
    for (qsizetype before = 0; before < character.toUtf8().size(); ++before) {
        TestClient client;
        client.open(server.urls().first());
        QTRY_VERIFY(client.isOpen());
        const QString text = QString(boundary - before, u'.') + character + u"end"_s;
        client.sendTextMessage(text);
        QTRY_VERIFY2(client.received() == QVariantList{text}, qPrintable(client.closeReason()));
    }
}

void EchoTest::fragments()
{
    EchoServer server(quietLoopbackOptions());
    QVERIFY(!server.start());
    RawClient client;
    client.open(server.urls().first());
    QTRY_VERIFY(client.isUpgraded());

    client.send(RawClient::Binary, "\0\1"_ba, false);
    client.send(RawClient::Continuation, {}, false);
    client.send(RawClient::Ping, "between"_ba);
    client.send(RawClient::Continuation, "\xfe\xff"_ba);
    client.send(RawClient::Text, "né"_ba, false);
    client.send(RawClient::Continuation, "€"_ba);

    QTRY_COMPARE(client.frames().size(), 3);
    QCOMPARE(client.frames().at(0).opcode, int(RawClient::Pong));
    QCOMPARE(client.frames().at(0).payload, "between"_ba);
    QCOMPARE(client.frames().at(1).opcode, int(RawClient::Binary));
    QCOMPARE(client.frames().at(1).payload, "\0\1\xfe\xff"_ba);
    QCOMPARE(client.frames().at(2).opcode, int(RawClient::Text));
    QCOMPARE(client.frames().at(2).payload, "né€"_ba);
}

void EchoTest::ping()
{
    EchoServer server(quietLoopbackOptions());
    QVERIFY(!server.start());
    TestClient client;
    client.open(server.urls().first());
    QTRY_VERIFY(client.isOpen());
    QByteArray pong;
    connect(&client, &QWebSocket::pong, this,
            [&pong](quint64, const QByteArray &payload) { pong = payload; });
    client.ping("are you there?"_ba);
    QTRY_COMPARE(pong, "are you there?"_ba);
    QVERIFY(client.received().isEmpty());
}

void EchoTest::order()
{
    EchoServer server(quietLoopbackOptions());
    QVERIFY(!server.start());
    TestClient client;
    client.open(server.urls().first());
    QTRY_VERIFY(client.isOpen());

    QVariantList sent;
    for (int number = 0; number < 10'000; ++number) {
        const QString text = QString::number(number);
        if (number % 3 == 0) {
            sent.append(text.toLatin1());
            client.sendBinaryMessage(text.toLatin1());
        } else {
            sent.append(text);
            client.sendTextMessage(text);
        }
    }
    QTRY_COMPARE_WITH_TIMEOUT(client.received().size(), sent.size(), slowTimeout);
    QCOMPARE(client.received(), sent);
}

void EchoTest::clientsAreApart()
{
    EchoServer server(quietLoopbackOptions());
    QVERIFY(!server.start());
    TestClient one;
    TestClient two;
    one.open(server.urls().first());
    two.open(server.urls().first());
    QTRY_VERIFY(one.isOpen() && two.isOpen());
    QTRY_COMPARE(server.connectionCount(), 2);

    QVariantList sentByOne;
    QVariantList sentByTwo;
    for (int number = 0; number < 100; ++number) {
        sentByOne.append(u"one %1"_s.arg(number));
        one.sendTextMessage(sentByOne.last().toString());
        sentByTwo.append(u"two %1"_s.arg(number));
        two.sendTextMessage(sentByTwo.last().toString());
    }
    QTRY_COMPARE(one.received().size(), 100);
    QTRY_COMPARE(two.received().size(), 100);
    QCOMPARE(one.received(), sentByOne);
    QCOMPARE(two.received(), sentByTwo);
}

EPOLL_TEST_MAIN(EchoTest)
#include "tst_echo.moc"
