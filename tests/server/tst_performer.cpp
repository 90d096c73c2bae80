// SPDX-License-Identifier: MIT
#include "echoserver.h"
#include "epollmain.h"
#include "testclients.h"

#include <QElapsedTimer>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

using End = RawClient::End;

QByteArray text(const QByteArray &payload)
{
    return RawClient::bytesOf({true, RawClient::Text, payload});
}

QByteArray binary(const QByteArray &payload)
{
    return RawClient::bytesOf({true, RawClient::Binary, payload});
}

QByteArray close(const QByteArray &payload)
{
    return RawClient::bytesOf({true, RawClient::Close, payload});
}

} // namespace

/// What a peer may ask for in its URL, one by one; see PerformerBoundsTest for all together.
class PerformerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void plain_data()
    {
        QTest::addColumn<QString>("query");
        QTest::newRow("empty") << u""_s;
        QTest::newRow("no pairs") << u"&&"_s;
        QTest::newRow("the defaults") << u"delay=0&flood=0"_s;
    }

    void plain()
    {
        QFETCH(const QString, query);
        ServerOptions options = quietLoopbackOptions();
        options.greeting = u"Hello"_s;
        EchoServer server(options);
        QVERIFY(!server.start());
        RawClient client;
        client.open(withQuery(server.urls().first(), query));
        QTRY_VERIFY(client.isUpgraded());
        client.send(RawClient::Text, "one"_ba);
        client.send(RawClient::Binary, "two"_ba);
        QTRY_COMPARE(client.received(),
                     (QByteArrayList{text("Hello"_ba), text("one"_ba), binary("two"_ba)}));
        client.send(RawClient::Close, "\x13\x87"_ba);
        QTRY_COMPARE(client.closeCode(), 4999);
        QTRY_COMPARE(client.end(), End::Fin);
    }

    void whatIsNotKnown_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("name") << u"delay=1&slow=5"_s
                              << "'slow'; known are: greeting, delay, close-after, code, reason, "
                                 "drop-after, silent, every, flood, size, fragment, ping, "
                                 "subprotocol."_ba;
        QTest::newRow("value") << u"delay=60001"_s
                               << "delay needs a number from 0 to 60000, not '60001'"_ba;
        QTest::newRow("twice") << u"ping=1&ping=1"_s << "more than once"_ba;
        QTest::newRow("alone") << u"code=4000"_s << "code needs close-after"_ba;
    }

    void whatIsNotKnown()
    {
        QFETCH(const QString, query);
        QFETCH(const QByteArray, answer);
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient client;
        client.open(withQuery(server.urls().first(), query));
        QTRY_COMPARE(client.end(), End::Fin);
        QVERIFY2(client.input().startsWith("HTTP/1.1 400 "), client.input().constData());
        QVERIFY2(client.input().contains(answer), client.input().constData());
    }

    void greeting_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<QByteArrayList>("frames");
        const QByteArray echo = text("x"_ba);
        QTest::newRow("the server's") << u""_s << QByteArrayList{text("Hello"_ba), echo};
        QTest::newRow("off") << u"greeting=off&"_s << QByteArrayList{echo};
        QTest::newRow("empty") << u"greeting=&"_s << QByteArrayList{text({}), echo};
        QTest::newRow("a text") << u"greeting=1+%E2%82%AC%00&"_s
                                << QByteArrayList{text("1 \xe2\x82\xac\0"_ba), echo};
        QTest::newRow("silent") << u"silent&"_s << QByteArrayList{};
        QTest::newRow("silent but for a text")
            << u"silent&greeting=x&"_s << QByteArrayList{text("x"_ba)};
    }

    void greeting()
    {
        QFETCH(const QString, query);
        QFETCH(const QByteArrayList, frames);
        ServerOptions options = quietLoopbackOptions();
        options.greeting = u"Hello"_s;
        EchoServer server(options);
        QVERIFY(!server.start());
        RawClient client;
        client.open(withQuery(server.urls().first(), query + u"close-after=1"_s));
        QTRY_VERIFY(client.isUpgraded());
        client.send(RawClient::Text, "x"_ba);
        QTRY_COMPARE(client.closeCode(), 1000);
        QCOMPARE(client.received(), frames + QByteArrayList{close("\x03\xe8"_ba)});
    }

    void delay()
    {
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient client;
        client.open(withQuery(server.urls().first(), u"delay=200"_s));
        QTRY_VERIFY(client.isUpgraded());
        QElapsedTimer timer;
        timer.start();
        client.send(RawClient::Text, "1"_ba);
        client.send(RawClient::Binary, "2"_ba);
        client.send(RawClient::Text, "3"_ba, false);
        client.send(RawClient::Ping, "pongs are not late"_ba);
        QTRY_COMPARE(client.frames().size(), 1);
        client.send(RawClient::Continuation, "4"_ba);
        client.send(RawClient::Binary, {});
        QTRY_COMPARE(client.frames().size(), 5);
        QVERIFY(timer.elapsed() >= 200);
        QCOMPARE(
            client.received(),
            (QByteArrayList{RawClient::bytesOf({true, RawClient::Pong, "pongs are not late"_ba}),
                            text("1"_ba), binary("2"_ba), text("34"_ba), binary({})}));

        timer.start();
        client.send(RawClient::Text, "the last one"_ba);
        client.send(RawClient::Close, "\x0f\xa0why"_ba);
        QTRY_COMPARE(client.closeCode(), 4000);
        QVERIFY(timer.elapsed() >= 200);
        QCOMPARE(client.closeReason(), "why"_ba);
        QCOMPARE(client.received().at(5), text("the last one"_ba));
        QTRY_COMPARE(client.end(), End::Fin);
    }

    void closeAfter_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<int>("echoes");
        QTest::addColumn<QByteArray>("payload"); // of the Close frame
        QTest::newRow("0") << u"close-after=0"_s << 0 << "\x03\xe8"_ba;
        QTest::newRow("1") << u"close-after=1"_s << 1 << "\x03\xe8"_ba;
        QTest::newRow("3") << u"close-after=3&code=4000"_s << 3 << "\x0f\xa0"_ba;
        QTest::newRow("no code") << u"close-after=1&code=none"_s << 1 << QByteArray();
        QTest::newRow("a reason") << u"close-after=1&reason=%E2%82%AC"_s << 1 << "\x03\xe8€"_ba;
        QTest::newRow("the longest reason") << u"close-after=1&code=1008&reason="_s
                + QString(123, u'x') << 1 << "\x03\xf0"_ba + QByteArray(123, 'x');
        QTest::newRow("the longest reason, of 3 bytes a character") << u"close-after=1&reason="_s
                + u"%E2%82%AC"_s.repeated(41) << 1 << "\x03\xe8"_ba + "€"_ba.repeated(41);
        // RFC 6455 7.4: not for the wire, not assigned, or out of range.
        for (const int code : {0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65535}) {
            const QByteArray payload = QByteArray(1, char(code >> 8)) + char(code);
            QTest::addRow("code %d", code) << u"close-after=1&code=%1"_s.arg(code) << 1 << payload;
            QTest::addRow("code %d with a reason", code)
                << u"close-after=1&reason=why&code=%1"_s.arg(code) << 1 << payload + "why"_ba;
        }
    }

    void closeAfter()
    {
        QFETCH(const QString, query);
        QFETCH(const int, echoes);
        QFETCH(const QByteArray, payload);
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient client;
        client.open(withQuery(server.urls().first(), query));
        QTRY_VERIFY(client.isUpgraded());
        QByteArrayList expected;
        for (int i = 0; i < 5; ++i) {
            const QByteArray message = QByteArray::number(i);
            client.send(i % 2 == 0 ? RawClient::Text : RawClient::Binary, message);
            if (i < echoes)
                expected += i % 2 == 0 ? text(message) : binary(message);
        }
        QTRY_COMPARE(client.end(), End::Fin);
        QCOMPARE(client.received(), expected + QByteArrayList{close(payload)});
        QTRY_COMPARE(server.connectionCount(), 0);
    }

    void dropAfter_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("size");
        QTest::newRow("none") << 0 << 1;
        QTest::newRow("one") << 1 << 1;
        QTest::newRow("three") << 3 << 1;
        QTest::newRow("many") << 1000 << 100;
        // More than the kernel delivers at once: a reset must not overtake it.
        QTest::newRow("large ones") << 5 << 1024 * 1024;
    }

    void dropAfter()
    {
        QFETCH(const int, count);
        QFETCH(const int, size);
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient client;
        client.open(withQuery(server.urls().first(), u"drop-after=%1"_s.arg(count)));
        QTRY_VERIFY(client.isUpgraded());
        QByteArrayList expected;
        for (int i = 0; i < count; ++i) {
            client.send(RawClient::Binary, QByteArray(size, char(i)));
            expected += binary(QByteArray(size, char(i)));
        }
        client.send(RawClient::Text, "one more"_ba);
        QTRY_COMPARE(client.end(), End::Reset);
        QVERIFY2(client.received() == expected,
                 qPrintable(u"%1 frames"_s.arg(client.frames().size())));
        QTRY_COMPARE(server.connectionCount(), 0);
        QCOMPARE(server.metrics().closes[1006 - 1000], 1U);
    }

    void silent()
    {
        ServerOptions options = quietLoopbackOptions();
        options.limits.pingAfter = 1h;
        options.limits.maxSilence = 200ms;
        EchoServer server(options);
        QVERIFY(!server.start());
        RawClient client;
        client.open(withQuery(server.urls().first(), u"silent"_s));
        QTRY_VERIFY(client.isUpgraded());
        QTest::ignoreMessage(QtInfoMsg,
                             QRegularExpression(u"#1 disconnected: aborted, silent for 200 ms"_s));
        client.send(RawClient::Text, "text"_ba);
        client.send(RawClient::Binary, "binary"_ba);
        client.send(RawClient::Ping, "ping"_ba);
        client.send(RawClient::Close, "\x03\xe8"_ba);
        QTRY_COMPARE(server.connectionCount(), 0);
        QTRY_VERIFY(!client.isConnected());
        QCOMPARE(client.received(), QByteArrayList{});
    }

    void every()
    {
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient client;
        client.open(withQuery(server.urls().first(), u"every=20"_s));
        QTRY_VERIFY(client.frames().size() >= 3);
        client.send(RawClient::Binary, "echo"_ba);
        QTRY_VERIFY(client.frames().size() >= 7);
        QByteArrayList frames = client.received();
        QCOMPARE(frames.removeAll(binary("echo"_ba)), 1);
        for (qsizetype i = 0; i < frames.size(); ++i)
            QCOMPARE(frames.at(i), text(QByteArray::number(i + 1)));
    }

    void fragment_data()
    {
        QTest::addColumn<qint64>("size");
        QTest::addColumn<RawClient::Opcode>("opcode");
        QTest::addColumn<QByteArray>("message");
        QTest::addColumn<QByteArrayList>("fragments");
        const auto add = [](const char *name, qint64 size, RawClient::Opcode opcode,
                            const QByteArrayList &fragments) {
            QTest::newRow(name) << size << opcode << fragments.join() << fragments;
        };
        add("each byte", 1, RawClient::Text, {"a"_ba, "b"_ba, "c"_ba});
        add("inside a character", 2, RawClient::Text,
            {"\xe2\x82"_ba, "\xac\xe2"_ba, "\x82\xac"_ba});
        add("a rest", 4, RawClient::Binary, {"abcd"_ba, "efgh"_ba, "i"_ba});
        add("no rest", 4, RawClient::Binary, {"abcd"_ba, "efgh"_ba});
        add("just one", 4, RawClient::Text, {"abcd"_ba});
        add("less than one", 16'777'216, RawClient::Text, {"abcd"_ba});
        add("nothing", 1, RawClient::Binary, {QByteArray()});
        add("16-bit lengths", 300, RawClient::Binary, {QByteArray(300, 'x'), QByteArray(200, 'y')});
        add("64-bit lengths", 70'000, RawClient::Text, {QByteArray(70'000, 'x'), "y"_ba});
    }

    void fragment()
    {
        QFETCH(const qint64, size);
        QFETCH(const RawClient::Opcode, opcode);
        QFETCH(const QByteArray, message);
        QFETCH(const QByteArrayList, fragments);
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient client;
        client.open(withQuery(server.urls().first(), u"fragment=%1"_s.arg(size)));
        QTRY_VERIFY(client.isUpgraded());
        client.send(opcode, message);
        client.send(opcode, message); // also behind another one
        QTRY_COMPARE(client.frames().size(), 2 * fragments.size());
        for (qsizetype i = 0; i < client.frames().size(); ++i) {
            const qsizetype part = i % fragments.size();
            const RawClient::Frame &received = client.frames().at(i);
            QCOMPARE(received.opcode, int(part == 0 ? opcode : RawClient::Continuation));
            QCOMPARE(received.isFinal, part == fragments.size() - 1);
            QVERIFY(received.payload == fragments.at(part));
        }
    }

    void fragmentsOfWhatIsPushed()
    {
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient client;
        client.open(
            withQuery(server.urls().first(),
                      u"fragment=2&greeting=abc&flood=1&size=3&close-after=0&reason=why"_s));
        QTRY_COMPARE(client.end(), End::Fin);
        // Control frames are never cut (RFC 6455 5.5).
        QCOMPARE(client.received().first(2),
                 (QByteArrayList{"\x01"
                                 "ab"_ba,
                                 "\x80"
                                 "c"_ba}));
        QCOMPARE(client.received().last(), close("\x03\xe8why"_ba));
    }

    void ping()
    {
        ServerOptions options = quietLoopbackOptions();
        options.limits.pingAfter = 1h; // none but those that are asked for
        options.limits.maxSilence = 500ms;
        EchoServer server(options);
        QVERIFY(!server.start());
        TestClient answering; // Qt answers pings by itself
        answering.open(withQuery(server.urls().first(), u"ping=20"_s));
        QTRY_VERIFY(answering.isOpen());
        RawClient mute;
        mute.open(withQuery(server.urls().first(), u"ping=20"_s));
        QTRY_VERIFY(mute.isUpgraded());
        QTRY_VERIFY(!mute.isConnected());
        QVERIFY(mute.frames().size() >= 3);
        for (const QByteArray &received : mute.received())
            QCOMPARE(received, RawClient::bytesOf({true, RawClient::Ping, {}}));
        QVERIFY(answering.isOpen());
        answering.sendTextMessage(u"still here"_s);
        QTRY_COMPARE(answering.received(), QVariantList{u"still here"_s});
    }

    void subprotocol_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<QByteArray>("offered"); // headers
        QTest::addColumn<QByteArray>("taken");
        const QByteArray header = "Sec-WebSocket-Protocol: "_ba;
        QTest::newRow("one") << u"subprotocol"_s << header + "chat.v2\r\n"_ba
                             << "chat.v2"_ba;
        QTest::newRow("several") << u"subprotocol"_s << header + " chat , mqtt,soap\r\n"_ba
                                 << "chat"_ba;
        QTest::newRow("two headers")
            << u"subprotocol"_s << header + "mqtt\r\n"_ba + header + "chat\r\n"_ba
            << "mqtt"_ba;
        QTest::newRow("none") << u"subprotocol"_s << QByteArray() << QByteArray();
        QTest::newRow("empty") << u"subprotocol"_s << header + "\r\n"_ba << QByteArray();
        QTest::newRow("empty, then one")
            << u"subprotocol"_s << header + ", chat\r\n"_ba << QByteArray();
        QTest::newRow("malformed") << u"subprotocol"_s << header + "a b\r\n"_ba << QByteArray();
        QTest::newRow("not asked for") << u"delay=0"_s << header + "chat\r\n"_ba << QByteArray();
    }

    void subprotocol()
    {
        QFETCH(const QString, query);
        QFETCH(const QByteArray, offered);
        QFETCH(const QByteArray, taken);
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient client;
        client.open(withQuery(server.urls().first(), query), offered);
        QTRY_VERIFY(client.isUpgraded());
        const QByteArray header = "\r\nSec-WebSocket-Protocol: "_ba;
        QCOMPARE(client.head().count(header), taken.isEmpty() ? 0 : 1);
        if (!taken.isEmpty())
            QVERIFY2(client.head().contains(header + taken + "\r\n"_ba), client.head().constData());
        client.send(RawClient::Text, "x"_ba);
        QTRY_COMPARE(client.received(), QByteArrayList{text("x"_ba)});
    }
};

EPOLL_TEST_MAIN(PerformerTest)
#include "tst_performer.moc"
