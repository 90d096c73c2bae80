// SPDX-License-Identifier: MIT
#include "echoserver.h"
#include "epollmain.h"
#include "testclients.h"

#include <QTcpSocket>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

/// What the wire makes of QWebSocketServer: each of these fails on a plain one.
class WireTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bytesOfTextAreKept_data()
    {
        QTest::addColumn<QByteArrayList>("fragments");
        const QByteArray mark = "\xef\xbb\xbf"_ba;
        QTest::newRow("byte order mark") << QByteArrayList{mark + "text"_ba};
        QTest::newRow("byte order mark alone") << QByteArrayList{mark};
        QTest::newRow("byte order mark in a fragment") << QByteArrayList{"a"_ba, mark + "b"_ba};
        QTest::newRow("cut inside 2 bytes") << QByteArrayList{"\xc3"_ba, "\xa9"_ba};
        QTest::newRow("cut inside 3 bytes") << QByteArrayList{"x\xe2"_ba, "\x82"_ba, "\xacy"_ba};
        QTest::newRow("cut inside 4 bytes")
            << QByteArrayList{"\xf0"_ba, "\x9f"_ba, "\x98"_ba, "\x80"_ba};
        QTest::newRow("1 MiB, cut inside")
            << QByteArrayList{"x"_ba + u"€"_s.repeated(200'000).toUtf8() + "\xe2"_ba,
                              "\x82\xac"_ba + u"€"_s.repeated(200'000).toUtf8()};
    }

    void bytesOfTextAreKept()
    {
        QFETCH(const QByteArrayList, fragments);
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient client;
        client.open(server.urls().first());
        QTRY_VERIFY(client.isUpgraded());
        for (qsizetype i = 0; i < fragments.size(); ++i) {
            client.send(i == 0 ? RawClient::Text : RawClient::Continuation, fragments.at(i),
                        i == fragments.size() - 1);
        }
        QTRY_COMPARE(client.frames().size(), 1);
        QCOMPARE(client.frames().first().opcode, int(RawClient::Text));
        QVERIFY(client.frames().first().isFinal); // one frame, however many came
        QVERIFY(client.frames().first().payload == fragments.join());
    }

    void violations_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("code");
        const QByteArray mask(4, 0);
        const QByteArray fragment = "\x01\x80"_ba + mask;
        const QByteArray more = "\x00\x80"_ba + mask;
        QTest::newRow("unmasked") << "\x81\x01x"_ba << 1002;
        QTest::newRow("reserved bit") << "\xc1\x80"_ba + mask << 1002;
        QTest::newRow("reserved opcode") << "\x83\x80"_ba + mask << 1002;
        QTest::newRow("stray continuation") << "\x80\x80"_ba + mask << 1002;
        QTest::newRow("length not minimal") << QByteArray("\x81\xfe\x00\x01", 4) << 1002;
        QTest::newRow("bad text, before its end") << "\x01\x82"_ba + mask + "\xc3\x28"_ba << 1007;
        QTest::newRow("text that ends too early") << "\x81\x81"_ba + mask + "\xc3"_ba << 1007;
        QTest::newRow("too large, as soon as announced")
            << QByteArray("\x82\xff\x00\x00\x00\x00\x01\x00\x00\x01", 10) << 1009;
        QTest::newRow("too many fragments") << fragment + more.repeated(1024) << 1008;
        QTest::newRow("close code 1005") << "\x88\x82"_ba + mask + "\x03\xed"_ba << 1002;
    }

    void violations()
    {
        QFETCH(const QByteArray, bytes);
        QFETCH(const int, code);
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient client;
        client.open(server.urls().first());
        QTRY_VERIFY(client.isUpgraded());
        client.send(RawClient::Text, "before"_ba);
        client.sendRaw(bytes);
        client.send(RawClient::Text, "after"_ba);
        QTRY_COMPARE(client.closeCode(), code);
        QCOMPARE(client.frames().size(), 2); // what came before is answered, what came after is not
        QCOMPARE(client.frames().first().payload, "before"_ba);
        QTRY_VERIFY(!client.isConnected());
        QTRY_COMPARE(server.connectionCount(), 0);
    }

    void closeCodesComeBack_data()
    {
        QTest::addColumn<QByteArray>("payload");
        QTest::addColumn<int>("code");
        QTest::newRow("none") << QByteArray() << 1000;
        QTest::newRow("1012") << "\x03\xf4"_ba << 1012;
        QTest::newRow("4999 with a reason") << "\x13\x87€"_ba << 4999;
    }

    void closeCodesComeBack()
    {
        QFETCH(const QByteArray, payload);
        QFETCH(const int, code);
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient client;
        client.open(server.urls().first());
        QTRY_VERIFY(client.isUpgraded());
        client.send(RawClient::Close, payload);
        QTRY_COMPARE(client.closeCode(), code);
        QCOMPARE(client.closeReason(), payload.mid(2));
        QTRY_VERIFY(!client.isConnected());
    }

    void framesBehindTheRequestAreNotLost()
    {
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient client;
        client.openTcp(server.urls().first());
        QTRY_VERIFY(client.isConnected());
        client.upgrade();
        client.send(RawClient::Text, "early"_ba);
        QTRY_COMPARE(client.frames().size(), 1);
        QCOMPARE(client.frames().first().payload, "early"_ba);
    }

    void badRequestsGetAnAnswer_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArray>("answer"); // its beginning
        const QByteArray rest = "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                                "Sec-WebSocket-Version: 13\r\n"
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"_ba;
        QTest::newRow("a browser's page") << "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"_ba
                                          << "HTTP/1.1 426 "_ba;
        QTest::newRow("POST") << "POST / HTTP/1.1\r\nHost: localhost\r\n\r\n"_ba
                              << "HTTP/1.1 405 "_ba;
        QTest::newRow("no key") << "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                                   "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n"_ba
                                << "HTTP/1.1 400 "_ba;
        QTest::newRow("another host")
            << "GET / HTTP/1.1\r\nHost: evil.example\r\n"_ba + rest + "\r\n"_ba
            << "HTTP/1.1 403 "_ba;
        QTest::newRow("another origin") << "GET / HTTP/1.1\r\nHost: localhost\r\n"_ba + rest
                + "Origin: https://evil.example\r\n\r\n"_ba
                                        << "HTTP/1.1 403 "_ba;
        QTest::newRow("the right origin") << "GET / HTTP/1.1\r\nHost: localhost\r\n"_ba + rest
                + "Origin: https://example.org\r\n\r\n"_ba
                                          << "HTTP/1.1 101 "_ba;
        QTest::newRow("header without end")
            << "GET / HTTP/1.1\r\nX: "_ba + QByteArray(20'000, 'x') << "HTTP/1.1 431 "_ba;
        QTest::newRow("TLS") << "\x16\x03\x01\x02\x00"_ba
                             << "HTTP/1.1 400 "_ba;
    }

    void badRequestsGetAnAnswer()
    {
        QFETCH(const QByteArray, request);
        QFETCH(const QByteArray, answer);
        ServerOptions options = quietLoopbackOptions();
        options.allowedOrigins = QStringList{u"https://example.org"_s};
        EchoServer server(options);
        QVERIFY(!server.start());
        QTcpSocket client;
        client.connectToHost(QHostAddress::LocalHost, quint16(server.urls().first().port()));
        client.write(request);
        QByteArray input;
        QTRY_VERIFY2((input += client.readAll()).startsWith(answer), input.constData());
        if (answer.contains("101"))
            return;
        QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
        QCOMPARE(server.connectionCount(), 0);
    }

    void halfClosedPeerGetsItsEchoes()
    {
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient client;
        client.open(server.urls().first());
        QTRY_VERIFY(client.isUpgraded());
        client.stopReading();
        // More than the kernel takes of the echoes while nobody reads them.
        constexpr int count = 6;
        for (int i = 0; i < count; ++i)
            client.send(RawClient::Binary, QByteArray(1024 * 1024, char(i)));
        QTRY_COMPARE(client.bytesToWrite(), 0);
        client.endInput();
        client.resumeReading();
        QTRY_COMPARE(client.frames().size(), count);
        QTRY_VERIFY(!client.isConnected());
        QCOMPARE(client.closeCode(), 0); // it did not say Close
        QTRY_COMPARE(server.connectionCount(), 0);
    }

    void requestFrameAndEndAtOnce()
    {
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient client;
        client.openTcp(server.urls().first());
        QTRY_VERIFY(client.isConnected());
        client.upgrade();
        client.send(RawClient::Text, "all of it"_ba);
        QTRY_COMPARE(client.bytesToWrite(), 0);
        client.endInput();
        QTRY_COMPARE(client.frames().size(), 1);
        QCOMPARE(client.frames().first().payload, "all of it"_ba);
        QTRY_VERIFY(!client.isConnected());
    }

    void halfARequest()
    {
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient client;
        client.openTcp(server.urls().first());
        QTRY_VERIFY(client.isConnected());
        client.sendRaw("GET / HTTP/1.1\r\nHost: localhost\r\n"_ba);
        QTRY_COMPARE(client.bytesToWrite(), 0);
        client.endInput();
        QTRY_VERIFY2(client.input().startsWith("HTTP/1.1 400 "), client.input().constData());
        QTRY_VERIFY(!client.isConnected());
    }

    void messagesAboveTheHighMark_data()
    {
        QTest::addColumn<int>("size");
        // What the kernel takes at once, and what it does not.
        for (const int size : {100, 1'000, 100'000, 1'300'000, 16 * 1024 * 1024})
            QTest::addRow("%d bytes", size) << size;
    }

    void messagesAboveTheHighMark()
    {
        QFETCH(const int, size);
        ServerOptions options = quietLoopbackOptions();
        options.limits.highMark = 50;
        options.limits.lowMark = 10;
        EchoServer server(options);
        QVERIFY(!server.start());
        QUrl url = server.urls().first();
        url.setPath(u"/"_s);
        url.setQuery(u"flood=5&size=%1"_s.arg(size));
        TestClient client;
        client.setMaxAllowedIncomingFrameSize(quint64(size));
        client.setMaxAllowedIncomingMessageSize(quint64(size));
        client.open(url);
        QTRY_COMPARE(client.received().size(), 5);
        client.sendBinaryMessage(QByteArray(size, 'x'));
        client.sendTextMessage(u"and on"_s);
        QTRY_COMPARE(client.received().size(), 7);
    }

    void oneFloodDoesNotStarveTheOthers()
    {
        EchoServer server(quietLoopbackOptions());
        QVERIFY(!server.start());
        RawClient flood;
        flood.open(server.urls().first());
        TestClient quiet;
        quiet.open(server.urls().first());
        QTRY_VERIFY(flood.isUpgraded() && quiet.isOpen());

        // All of it is with the server, or on its way, before the quiet one says anything.
        constexpr int count = 200'000;
        for (int i = 0; i < count; ++i)
            flood.send(RawClient::Text, "sixteen letters."_ba);
        quiet.sendTextMessage(u"and I?"_s);
        QTRY_COMPARE(quiet.received(), QVariantList{u"and I?"_s});
        const qsizetype answeredBefore = flood.frames().size();
        QVERIFY2(answeredBefore < count / 2, qPrintable(QString::number(answeredBefore)));
        QTRY_COMPARE_WITH_TIMEOUT(flood.frames().size(), count, 60'000);
    }
};

EPOLL_TEST_MAIN(WireTest)
#include "tst_wire.moc"
