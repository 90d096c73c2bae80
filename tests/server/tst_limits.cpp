// SPDX-License-Identifier: MIT
#include "connection.h"
#include "echoserver.h"
#include "testclients.h"

#include <QRegularExpression>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

class LimitsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void defaultsAreFinite();
    void limitsAreSetOnTheSocket();
    void tooLargeByDefault_data();
    void tooLargeByDefault();
    void messageSizeIsInclusive_data();
    void messageSizeIsInclusive();
    void textIsMeasuredInBytes();
    void largestMessageBehindAnother();
    void tooManyConnections();
    void backlog_data();
    void backlog();
    void handshakeTimeout();
};

void LimitsTest::defaultsAreFinite()
{
    constexpr qint64 mebibyte = 1024 * 1024;
    const Limits limits;
    QCOMPARE(limits.maxMessageSize, 16 * mebibyte);
    QCOMPARE(limits.maxConnections, 10'000);
    QCOMPARE(limits.maxBacklog, 64 * mebibyte);
    QCOMPARE(limits.backlogCheckInterval, 1s);
    QCOMPARE(limits.handshakeTimeout, 10s);
    QCOMPARE(limits.closeTimeout, 2s);
    QCOMPARE(limits.drainTimeout, 5s);
    QCOMPARE(limits.readBufferSize(), 16 * mebibyte + 14);
}

void LimitsTest::limitsAreSetOnTheSocket()
{
    const Limits limits;
    const Connection connection(1, std::make_unique<QWebSocket>(), -1, limits);
    const QWebSocket &socket = connection.socket();
    QCOMPARE(socket.maxAllowedIncomingFrameSize(), quint64(limits.maxMessageSize));
    QCOMPARE(socket.maxAllowedIncomingMessageSize(), quint64(limits.maxMessageSize));
    QCOMPARE(socket.readBufferSize(), limits.readBufferSize());
    QCOMPARE(socket.outgoingFrameSize(), QWebSocket::maxOutgoingFrameSize());
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

    RawClient tooMany; // since QWebSocket takes 1013 for a protocol error
    tooMany.open(server.urls().first());
    QTRY_COMPARE(tooMany.closeCode(), 1013);
    QCOMPARE(tooMany.closeReason(), "Too many connections"_ba);
    QCOMPARE(tooMany.frames().size(), 1); // no greeting
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

void LimitsTest::backlog_data()
{
    QTest::addColumn<RawClient::Opcode>("opcode");
    QTest::addColumn<int>("size");
    QTest::addColumn<int>("count");
    QTest::newRow("echoes") << RawClient::Binary << 1024 * 1024 << 64;
    QTest::newRow("pongs") << RawClient::Ping << 125 << 500'000;
}

void LimitsTest::backlog()
{
    QFETCH(const RawClient::Opcode, opcode);
    QFETCH(const int, size);
    QFETCH(const int, count);
    ServerOptions options = quietLoopbackOptions();
    options.limits.maxBacklog = 2 * 1024 * 1024;
    options.limits.backlogCheckInterval = 10ms;
    EchoServer server(options);
    QVERIFY(!server.start());
    TestClient other;
    other.open(server.urls().first());
    QTRY_VERIFY(other.isOpen());
    RawClient client;
    client.open(server.urls().first());
    QTRY_VERIFY(client.isUpgraded());
    QTRY_COMPARE(server.connectionCount(), 2);

    client.stopReading();
    QTest::ignoreMessage(
        QtInfoMsg,
        QRegularExpression(u"#2 disconnected: aborted, more than 2097152 bytes not read"_s));
    for (int i = 0; i < count; ++i)
        client.send(opcode, QByteArray(size, 'x'));
    QTRY_COMPARE_WITH_TIMEOUT(server.connectionCount(), 1, 60'000);
    other.sendTextMessage(u"still here"_s);
    QTRY_COMPARE(other.received(), QVariantList{u"still here"_s});
}

void LimitsTest::handshakeTimeout()
{
    ServerOptions options = quietLoopbackOptions();
    options.limits.handshakeTimeout = 20ms;
    EchoServer server(options);
    QVERIFY(!server.start());
    RawClient silent;
    silent.openTcp(server.urls().first());
    QTRY_VERIFY(silent.isConnected());
    QTRY_VERIFY(!silent.isConnected());
}

QTEST_GUILESS_MAIN(LimitsTest)
#include "tst_limits.moc"
