// SPDX-License-Identifier: MIT
#include "echoserver.h"
#include "epollmain.h"
#include "testclients.h"

#include <QRegularExpression>
#include <QTest>
#include <QtEndian>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

class LimitsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void defaultsAreFinite();
    void tooLargeByDefault_data();
    void tooLargeByDefault();
    void messageSizeIsInclusive_data();
    void messageSizeIsInclusive();
    void textIsMeasuredInBytes();
    void largestMessageBehindAnother();
    void tooManyConnections();
    void tooManyFromOneAddress();
    void slowReader_data();
    void slowReader();
    void peerThatReadsNothing();
    void silentPeer();
    void handshakeTimeout();
};

void LimitsTest::defaultsAreFinite()
{
    const Limits limits;
    QCOMPARE(limits.maxMessageSize, 16 * 1024 * 1024);
    QCOMPARE(limits.maxFragments, 1024);
    QCOMPARE(limits.maxConnections, 10'000);
    QCOMPARE(limits.maxConnectionsPerAddress, 1'000);
    QCOMPARE(limits.listenBacklog, 4096);
    QCOMPARE(limits.readQuantum, 64 * 1024);
    QCOMPARE(limits.highMark, 1024 * 1024);
    QCOMPARE(limits.lowMark, 256 * 1024);
    QCOMPARE(limits.handshakeTimeout, 3s);
    QCOMPARE(limits.pingAfter, 30s);
    QCOMPARE(limits.maxSilence, 75s);
    QCOMPARE(limits.maxStall, 60s);
    QCOMPARE(limits.closeTimeout, 2s);
    QCOMPARE(limits.maxClosing, 5min);
    QCOMPARE(limits.drainTimeout, 5s);
    QCOMPARE(limits.sweepInterval, 250ms);
}

void LimitsTest::tooLargeByDefault_data()
{
    QTest::addColumn<bool>("isText");
    QTest::newRow("text") << true;
    QTest::newRow("binary") << false;
}

void LimitsTest::tooLargeByDefault()
{
    QFETCH(const bool, isText);
    EchoServer server(quietLoopbackOptions());
    QVERIFY(!server.start());
    TestClient client;
    client.open(server.urls().first());
    QTRY_VERIFY(client.isOpen());
    const QByteArray message(16 * 1024 * 1024 + 1, 'x');
    if (isText)
        client.sendTextMessage(QString::fromLatin1(message));
    else
        client.sendBinaryMessage(message);
    QTRY_VERIFY(client.isClosed());
    QCOMPARE(client.closeCode(), QWebSocketProtocol::CloseCodeTooMuchData);
    QVERIFY(client.received().isEmpty());
    QTRY_COMPARE(server.connectionCount(), 0);
}

void LimitsTest::messageSizeIsInclusive_data()
{
    QTest::addColumn<RawClient::Opcode>("opcode");
    QTest::addColumn<QList<int>>("fragments");
    QTest::addColumn<bool>("isAllowed");

    for (const auto opcode : {RawClient::Text, RawClient::Binary}) {
        const char *name = opcode == RawClient::Text ? "text" : "binary";
        QTest::addRow("%s, exactly", name) << opcode << QList{1000} << true;
        QTest::addRow("%s, one more", name) << opcode << QList{1001} << false;
        QTest::addRow("%s in fragments, exactly", name) << opcode << QList{400, 0, 599, 1} << true;
        QTest::addRow("%s in fragments, one more", name)
            << opcode << QList{400, 0, 600, 1} << false;
    }
}

void LimitsTest::messageSizeIsInclusive()
{
    QFETCH(const RawClient::Opcode, opcode);
    QFETCH(const QList<int>, fragments);
    QFETCH(const bool, isAllowed);
    ServerOptions options = quietLoopbackOptions();
    options.limits.maxMessageSize = 1000;
    EchoServer server(options);
    QVERIFY(!server.start());
    RawClient client;
    client.open(server.urls().first());
    QTRY_VERIFY(client.isUpgraded());

    for (qsizetype i = 0; i < fragments.size(); ++i) {
        client.send(i == 0 ? opcode : RawClient::Continuation, QByteArray(fragments.at(i), 'x'),
                    i == fragments.size() - 1);
    }
    QTRY_COMPARE(client.frames().size(), 1);
    if (isAllowed) {
        QCOMPARE(client.frames().first().opcode, int(opcode));
        QCOMPARE(client.frames().first().payload, QByteArray(1000, 'x'));
    } else {
        QCOMPARE(client.closeCode(), 1009);
    }
}

void LimitsTest::textIsMeasuredInBytes()
{
    ServerOptions options = quietLoopbackOptions();
    options.limits.maxMessageSize = 999;
    EchoServer server(options);
    QVERIFY(!server.start());
    const QByteArray euros = u"€"_s.repeated(333).toUtf8();
    for (const bool isTooLarge : {false, true}) {
        RawClient client;
        client.open(server.urls().first());
        QTRY_VERIFY(client.isUpgraded());
        client.send(RawClient::Text, euros, !isTooLarge);
        if (isTooLarge)
            client.send(RawClient::Continuation, "x"_ba);
        QTRY_COMPARE(client.frames().size(), 1);
        if (isTooLarge)
            QCOMPARE(client.closeCode(), 1009);
        else
            QCOMPARE(client.frames().first().payload, euros);
    }
}

void LimitsTest::largestMessageBehindAnother()
{
    // The read buffer must not fill up before the frame is complete.
    ServerOptions options = quietLoopbackOptions();
    options.limits.maxMessageSize = 200'000;
    EchoServer server(options);
    QVERIFY(!server.start());
    TestClient client;
    client.open(server.urls().first());
    QTRY_VERIFY(client.isOpen());
    for (int round = 0; round < 20; ++round) {
        client.sendBinaryMessage(QByteArray(round, 'a'));
        client.sendBinaryMessage(QByteArray(200'000, 'b'));
    }
    QTRY_COMPARE(client.received().size(), 40);
    QVERIFY(client.isOpen());
}

void LimitsTest::tooManyConnections()
{
    ServerOptions options = quietLoopbackOptions();
    options.greeting = u"Hello"_s;
    options.limits.maxConnections = 2;
    EchoServer server(options);
    QVERIFY(!server.start());
    TestClient one;
    TestClient two;
    one.open(server.urls().first());
    two.open(server.urls().first());
    QTRY_COMPARE(server.connectionCount(), 2);

    RawClient tooMany;
    tooMany.open(server.urls().first());
    QTRY_VERIFY2(tooMany.input().startsWith("HTTP/1.1 503 "), tooMany.input().constData());
    QTRY_VERIFY(!tooMany.isConnected());
    QCOMPARE(server.connectionCount(), 2);

    // The others are served, and a place that becomes free is given away.
    QTRY_VERIFY(one.isOpen() && two.isOpen());
    two.sendTextMessage(u"still here"_s);
    QTRY_COMPARE(two.received(), (QVariantList{u"Hello"_s, u"still here"_s}));
    one.close();
    QTRY_COMPARE(server.connectionCount(), 1);
    TestClient next;
    next.open(server.urls().first());
    QTRY_COMPARE(next.received(), QVariantList{u"Hello"_s});
}

void LimitsTest::tooManyFromOneAddress()
{
    ServerOptions options = quietLoopbackOptions();
    options.addresses = {{QHostAddress(QHostAddress::AnyIPv4)}};
    options.limits.maxConnectionsPerAddress = 1;
    EchoServer server(options);
    QVERIFY(!server.start());
    QUrl url = server.urls().first();
    url.setHost(u"127.0.0.1"_s);
    RawClient one;
    one.open(url);
    QTRY_VERIFY(one.isUpgraded());
    RawClient two;
    two.open(url);
    QTRY_VERIFY2(two.input().startsWith("HTTP/1.1 503 "), two.input().constData());

    one.abort();
    QTRY_COMPARE(server.connectionCount(), 0);
    RawClient next;
    next.open(url);
    QTRY_VERIFY(next.isUpgraded());
}

void LimitsTest::slowReader_data()
{
    QTest::addColumn<RawClient::Opcode>("opcode");
    QTest::addColumn<int>("size");
    QTest::addColumn<int>("count");
    QTest::newRow("echoes") << RawClient::Binary << 64 * 1024 << 1024;
    QTest::newRow("pongs") << RawClient::Ping << 125 << 300'000;
}

void LimitsTest::slowReader()
{
    // 64 MiB, then 36 MiB: more than the marks and what the kernel holds. It has to stay with the
    // peer.
    QFETCH(const RawClient::Opcode, opcode);
    QFETCH(const int, size);
    QFETCH(const int, count);
    EchoServer server(quietLoopbackOptions());
    QVERIFY(!server.start());
    TestClient other;
    other.open(server.urls().first());
    QTRY_VERIFY(other.isOpen());
    RawClient client;
    client.open(server.urls().first());
    QTRY_VERIFY(client.isUpgraded());

    client.stopReading();
    for (int i = 0; i < count; ++i) {
        QByteArray payload(size, 'x');
        qToBigEndian(i, payload.data());
        client.send(opcode, payload);
    }
    // It is not read from to the end, and the others do not notice.
    other.sendTextMessage(u"still here"_s);
    QTRY_COMPARE(other.received(), QVariantList{u"still here"_s});
    QVERIFY(!QTest::qWaitFor([&] { return client.bytesToWrite() == 0; }, 500));

    // Nothing is lost.
    client.resumeReading();
    QTRY_COMPARE_WITH_TIMEOUT(client.frames().size(), count, 60'000);
    for (int i = 0; i < count; ++i)
        QCOMPARE(qFromBigEndian<int>(client.frames().at(i).payload.constData()), i);
}

void LimitsTest::peerThatReadsNothing()
{
    ServerOptions options = quietLoopbackOptions();
    options.limits.maxStall = 100ms;
    options.limits.sweepInterval = 10ms;
    EchoServer server(options);
    QVERIFY(!server.start());
    RawClient client;
    client.open(server.urls().first());
    QTRY_VERIFY(client.isUpgraded());
    client.stopReading();
    QTest::ignoreMessage(
        QtInfoMsg, QRegularExpression(u"#1 disconnected: aborted, read nothing for 100 ms"_s));
    for (int i = 0; i < 32; ++i)
        client.send(RawClient::Binary, QByteArray(1024 * 1024, 'x'));
    QTRY_COMPARE(server.connectionCount(), 0);
}

void LimitsTest::silentPeer()
{
    ServerOptions options = quietLoopbackOptions();
    options.limits.pingAfter = 100ms;
    options.limits.maxSilence = 1s;
    options.limits.sweepInterval = 10ms;
    EchoServer server(options);
    QVERIFY(!server.start());
    TestClient answering; // Qt answers pings by itself
    answering.open(server.urls().first());
    RawClient silent;
    silent.open(server.urls().first());
    QTRY_COMPARE(server.connectionCount(), 2);
    QTRY_VERIFY(!silent.isConnected());
    QCOMPARE(silent.frames().size(), 1); // one ping is enough
    QCOMPARE(silent.frames().first().opcode, int(RawClient::Ping));
    QVERIFY(answering.isOpen());
    QCOMPARE(server.connectionCount(), 1);
}

void LimitsTest::handshakeTimeout()
{
    ServerOptions options = quietLoopbackOptions();
    options.limits.handshakeTimeout = 20ms;
    options.limits.sweepInterval = 10ms;
    EchoServer server(options);
    QVERIFY(!server.start());
    RawClient silent;
    silent.openTcp(server.urls().first());
    QTRY_VERIFY(silent.isConnected());
    QTRY_VERIFY(!silent.isConnected());
    QVERIFY2(silent.input().startsWith("HTTP/1.1 408 "), silent.input().constData());
}

EPOLL_TEST_MAIN(LimitsTest)
#include "tst_limits.moc"
