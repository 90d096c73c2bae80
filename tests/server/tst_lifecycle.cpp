// SPDX-License-Identifier: MIT
#include "echoserver.h"
#include "epollmain.h"
#include "testclients.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTest>

#include <array>
#include <memory>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

void expectLog(const QString &pattern)
{
    QTest::ignoreMessage(QtInfoMsg, QRegularExpression(pattern));
}

ServerOptions listeningOn(const QList<ListenAddress> &addresses)
{
    ServerOptions options = quietLoopbackOptions();
    options.addresses = addresses;
    return options;
}

const QHostAddress loopback4(QHostAddress::LocalHost);
const QHostAddress loopback6(QHostAddress::LocalHostIPv6);
const QHostAddress any4(QHostAddress::AnyIPv4);
const QHostAddress any6(QHostAddress::AnyIPv6);

} // namespace

class LifecycleTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void stopClosesEveryPeer();
    void stopWithoutPeers();
    void stopRefusesNewPeers();
    void stopDuringAnUpgrade();
    void peersOnOnePort();
    void peerIsGoneAtOnce();
    void abortAfterStop();
    void silentPeerIsAbortedAfterCloseTimeout();
    void silentPeersAreAbortedAfterDrainTimeout();
    void slowPeerGetsWhatItIsOwed();
    void slowPeerIsAbortedWhileClosing();
    void peerCloses();
    void peerClosesWithAnApplicationsCode();
    void peerVanishes();
    void peerBreaksTheProtocol();
    void destroyedInEveryState();
    void destroyedFromStopped();
    void localhost();
    void any();
    void duplicates();
    void portTaken();
    void allOrNothing();
    void unavailableAddress();
};

void LifecycleTest::stopClosesEveryPeer()
{
    EchoServer server(quietLoopbackOptions());
    QVERIFY(!server.start());
    QSignalSpy stopped(&server, &EchoServer::stopped);
    std::array<TestClient, 5> clients;
    for (TestClient &client : clients)
        client.open(server.urls().first());
    QTRY_COMPARE(server.connectionCount(), 5);
    for (const TestClient &client : clients)
        QTRY_VERIFY(client.isOpen());

    expectLog(u"#[1-5] disconnected: 1001 Server stopping"_s);
    server.stop();
    server.stop();
    QVERIFY(server.isStopping());
    QTRY_COMPARE(stopped.count(), 1);
    QCOMPARE(server.connectionCount(), 0);
    for (const TestClient &client : clients) {
        QTRY_VERIFY(client.isClosed());
        QCOMPARE(client.closeCode(), QWebSocketProtocol::CloseCodeGoingAway);
        QCOMPARE(client.closeReason(), u"Server stopping"_s);
    }
    server.abort();
    QCoreApplication::processEvents();
    QCOMPARE(stopped.count(), 1);
}

void LifecycleTest::stopWithoutPeers()
{
    EchoServer server(quietLoopbackOptions());
    QVERIFY(!server.start());
    QSignalSpy stopped(&server, &EchoServer::stopped);
    server.stop();
    QTRY_COMPARE(stopped.count(), 1);
}

void LifecycleTest::stopRefusesNewPeers()
{
    EchoServer server(quietLoopbackOptions());
    QVERIFY(!server.start());
    const QUrl url = server.urls().first();
    server.stop();
    TestClient late;
    late.open(url);
    QTRY_COMPARE(late.error(), QAbstractSocket::ConnectionRefusedError);
    QVERIFY(QTcpServer().listen(loopback4, quint16(url.port())));
}

void LifecycleTest::stopDuringAnUpgrade()
{
    EchoServer server(quietLoopbackOptions());
    QVERIFY(!server.start());
    QSignalSpy stopped(&server, &EchoServer::stopped);
    // One that keeps the server stopping, one that is between TCP and HTTP meanwhile.
    RawClient silent;
    silent.open(server.urls().first());
    QTRY_VERIFY(silent.isUpgraded());
    silent.stopReading();
    RawClient late;
    late.openTcp(server.urls().first());
    QTRY_VERIFY(late.isConnected());
    TestClient other;
    other.open(server.urls().first()); // accepted after it, so that it has been accepted too
    QTRY_VERIFY(other.isOpen());

    server.stop();
    late.upgrade();
    QTRY_COMPARE(late.closeCode(), 1001);
    QCOMPARE(late.closeReason(), "Server stopping"_ba);
    silent.abort();
    QTRY_COMPARE(stopped.count(), 1);
}

void LifecycleTest::peersOnOnePort()
{
    // Two connections that differ only in which address of ours they have come to.
    EchoServer server(listeningOn({{any4}}));
    QVERIFY(!server.start());
    QUrl url = server.urls().first();
    url.setHost(u"127.0.0.1"_s);
    RawClient first;
    first.bind(0);
    first.open(url);
    QTRY_VERIFY(first.isUpgraded());
    url.setHost(u"127.0.0.2"_s);
    RawClient second;
    second.bind(first.localPort());
    second.open(url);
    QTRY_VERIFY(second.isUpgraded());
    QCOMPARE(second.localPort(), first.localPort());

    second.send(RawClient::Close, "\x03\xe8"_ba);
    QTRY_COMPARE(second.closeCode(), 1000);
    first.send(RawClient::Text, "still here"_ba);
    QTRY_COMPARE(first.frames().size(), 1);
    QCOMPARE(first.frames().last().payload, "still here"_ba);
    QVERIFY(first.isConnected());
}

void LifecycleTest::peerIsGoneAtOnce()
{
    EchoServer server(quietLoopbackOptions());
    QVERIFY(!server.start());
    for (int i = 0; i < 50; ++i) {
        QTcpSocket peer;
        peer.connectToHost(QHostAddress::LocalHost, quint16(server.urls().first().port()));
        QVERIFY(peer.waitForConnected());
        peer.write(upgradeRequest());
        peer.flush();
        peer.abort();
    }
    TestClient honest;
    honest.open(server.urls().first());
    QTRY_VERIFY(honest.isOpen());
    QTRY_COMPARE(server.connectionCount(), 1);
}

void LifecycleTest::abortAfterStop()
{
    ServerOptions options = quietLoopbackOptions();
    options.limits.closeTimeout = 1h;
    options.limits.drainTimeout = 1h;
    EchoServer server(options);
    QVERIFY(!server.start());
    QSignalSpy stopped(&server, &EchoServer::stopped);
    RawClient silent;
    silent.open(server.urls().first());
    QTRY_VERIFY(silent.isUpgraded());
    silent.stopReading();
    server.stop();
    QCoreApplication::processEvents();
    QCOMPARE(stopped.count(), 0);
    expectLog(u"#1 disconnected: aborted, server stopping"_s);
    server.abort();
    QTRY_COMPARE(stopped.count(), 1);
}

void LifecycleTest::silentPeerIsAbortedAfterCloseTimeout()
{
    ServerOptions options = quietLoopbackOptions();
    options.limits.closeTimeout = 50ms;
    options.limits.drainTimeout = 1h;
    EchoServer server(options);
    QVERIFY(!server.start());
    QSignalSpy stopped(&server, &EchoServer::stopped);
    RawClient silent;
    silent.open(server.urls().first());
    QTRY_VERIFY(silent.isUpgraded());
    silent.stopReading();
    expectLog(u"#1 disconnected: aborted, not closed after 50 ms"_s);
    server.stop();
    QCOMPARE(server.connectionCount(), 1);
    QTRY_COMPARE(stopped.count(), 1);
}

void LifecycleTest::silentPeersAreAbortedAfterDrainTimeout()
{
    ServerOptions options = quietLoopbackOptions();
    options.limits.closeTimeout = 1h;
    options.limits.drainTimeout = 50ms;
    EchoServer server(options);
    QVERIFY(!server.start());
    QSignalSpy stopped(&server, &EchoServer::stopped);
    RawClient silent;
    silent.open(server.urls().first());
    QTRY_VERIFY(silent.isUpgraded());
    silent.stopReading();
    expectLog(u"#1 disconnected: aborted, server stopping"_s);
    server.stop();
    QTRY_COMPARE(stopped.count(), 1);
}

void LifecycleTest::slowPeerGetsWhatItIsOwed()
{
    ServerOptions options = quietLoopbackOptions();
    options.limits.closeTimeout = 50ms;
    options.limits.sweepInterval = 10ms;
    EchoServer server(options);
    QVERIFY(!server.start());
    RawClient slow;
    slow.open(server.urls().first());
    QTRY_VERIFY(slow.isUpgraded());
    slow.stopReading();
    const QByteArray message(16 * 1024 * 1024, 'x'); // more than the kernel buffers
    slow.send(RawClient::Binary, message);
    slow.send(RawClient::Close, QByteArray::fromHex("03e8"));
    // Longer than the timeout: it counts from when there is nothing left to write.
    QVERIFY(!QTest::qWaitFor([&] { return server.connectionCount() == 0; }, 500));
    slow.resumeReading();
    QTRY_COMPARE_WITH_TIMEOUT(slow.frames().size(), 2, 30'000);
    QVERIFY(slow.frames().first().payload == message);
    QCOMPARE(slow.closeCode(), 1000);
    QTRY_COMPARE(server.connectionCount(), 0);
}

void LifecycleTest::slowPeerIsAbortedWhileClosing()
{
    ServerOptions options = quietLoopbackOptions();
    options.limits.maxStall = 50ms;
    options.limits.sweepInterval = 10ms;
    EchoServer server(options);
    QVERIFY(!server.start());
    RawClient slow;
    slow.open(server.urls().first());
    QTRY_VERIFY(slow.isUpgraded());
    slow.stopReading();
    expectLog(u"#1 disconnected: aborted, (read nothing|does not read)"_s);
    slow.send(RawClient::Binary, QByteArray(16 * 1024 * 1024, 'x'));
    slow.send(RawClient::Close, QByteArray::fromHex("03e8"));
    QTRY_COMPARE(server.connectionCount(), 0);
}

void LifecycleTest::peerCloses()
{
    EchoServer server(quietLoopbackOptions());
    QVERIFY(!server.start());
    TestClient client;
    expectLog(u"^#1 connected from 127\\.0\\.0\\.1:\\d+ to /a%20path\\?greeting=%C3%A9$"_s);
    QUrl url = server.urls().first();
    url.setPath(u"/a path"_s);
    url.setQuery(u"greeting=é"_s);
    client.open(url);
    QTRY_VERIFY(client.isOpen());
    QTRY_COMPARE(server.connectionCount(), 1);
    expectLog(u"^#1 disconnected: 1000 bye \\\\x1b\\[31m\\\\n$"_s);
    client.close(QWebSocketProtocol::CloseCodeNormal, u"bye \x1b[31m\n"_s);
    QTRY_COMPARE(server.connectionCount(), 0);
}

void LifecycleTest::peerClosesWithAnApplicationsCode()
{
    EchoServer server(quietLoopbackOptions());
    QVERIFY(!server.start());
    RawClient client;
    client.open(server.urls().first());
    QTRY_VERIFY(client.isUpgraded());
    expectLog(u"^#1 disconnected: 4321$"_s);
    client.send(RawClient::Close, QByteArray::fromHex("10e1"));
    QTRY_COMPARE(client.closeCode(), 4321);
    QTRY_COMPARE(server.connectionCount(), 0);
}

void LifecycleTest::peerVanishes()
{
    EchoServer server(quietLoopbackOptions());
    QVERIFY(!server.start());
    RawClient client;
    client.open(server.urls().first());
    QTRY_VERIFY(client.isUpgraded());
    QTRY_COMPARE(server.connectionCount(), 1);
    expectLog(u"^#1 disconnected: connection lost$"_s);
    client.abort();
    QTRY_COMPARE(server.connectionCount(), 0);
}

void LifecycleTest::peerBreaksTheProtocol()
{
    EchoServer server(quietLoopbackOptions());
    QVERIFY(!server.start());
    RawClient client;
    client.open(server.urls().first());
    QTRY_VERIFY(client.isUpgraded());
    expectLog(u"^#1 disconnected: 1007 [A-Za-z]"_s);
    client.send(RawClient::Text, "\xff"_ba);
    QTRY_COMPARE(client.closeCode(), 1007);
    QTRY_COMPARE(server.connectionCount(), 0);
}

void LifecycleTest::destroyedInEveryState()
{
    auto server = std::make_unique<EchoServer>(quietLoopbackOptions());
    server.reset(); // not started

    for (const bool isStopped : {false, true}) {
        server = std::make_unique<EchoServer>(quietLoopbackOptions());
        QVERIFY(!server->start());
        const QUrl url = server->urls().first();
        TestClient open;
        open.open(url);
        RawClient silent;
        silent.open(url);
        RawClient halfOpen;
        halfOpen.openTcp(url);
        QTRY_COMPARE(server->connectionCount(), 2);
        QTRY_VERIFY(open.isOpen() && silent.isUpgraded() && halfOpen.isConnected());
        silent.stopReading();
        open.sendBinaryMessage(QByteArray(1'000'000, 'x'));
        if (isStopped)
            server->stop();
        server.reset();
        QTRY_VERIFY(open.isClosed());
        QTRY_VERIFY(!halfOpen.isConnected());
    }
}

void LifecycleTest::destroyedFromStopped()
{
    auto *server = new EchoServer(quietLoopbackOptions());
    QVERIFY(!server->start());
    TestClient client;
    client.open(server->urls().first());
    QTRY_VERIFY(client.isOpen());
    bool isDestroyed = false;
    connect(server, &QObject::destroyed, this, [&isDestroyed] { isDestroyed = true; });
    connect(server, &EchoServer::stopped, this, [server] { delete server; });
    server->stop();
    QTRY_VERIFY(isDestroyed);
}

void LifecycleTest::localhost()
{
    ServerOptions options = quietLoopbackOptions();
    options.addresses = ServerOptions().addresses;
    EchoServer server(options);
    const bool hasIPv6 = hasIPv6Loopback();
    if (!hasIPv6)
        expectLog(u"not listening on ::1"_s);
    QCOMPARE(server.start(), std::nullopt);

    const QList<QUrl> urls = server.urls();
    const int port = urls.first().port();
    QVERIFY(port > 0);
    QCOMPARE(urls.first().toString(), u"ws://127.0.0.1:%1"_s.arg(port));
    QCOMPARE(urls.size(), hasIPv6 ? 2 : 1);
    if (hasIPv6)
        QCOMPARE(urls.last().toString(), u"ws://[::1]:%1"_s.arg(port));
    for (const QUrl &url : urls) {
        TestClient client;
        client.open(url);
        QTRY_VERIFY(client.isOpen());
        client.sendTextMessage(url.toString());
        QTRY_COMPARE(client.received(), QVariantList{url.toString()});
    }
}

void LifecycleTest::any()
{
    EchoServer server(listeningOn({{any4}, {any6, true}}));
    QCOMPARE(server.start(), std::nullopt);
    const QList<QUrl> urls = server.urls();
    const int port = urls.first().port();
    QCOMPARE(urls.first().toString(), u"ws://0.0.0.0:%1"_s.arg(port));
    QStringList reachable{u"ws://127.0.0.1:%1"_s.arg(port)};
    if (hasIPv6Loopback()) {
        QCOMPARE(urls.last().toString(), u"ws://[::]:%1"_s.arg(port));
        reachable.append(u"ws://[::1]:%1"_s.arg(port));
    }
    for (const QString &url : reachable) {
        TestClient client;
        client.open(QUrl(url));
        QTRY_VERIFY2(client.isOpen(), qPrintable(url));
    }
}

void LifecycleTest::duplicates()
{
    EchoServer twice(listeningOn({{loopback4}, {loopback4, true}, {loopback4}}));
    QCOMPARE(twice.start(), std::nullopt);
    QCOMPARE(twice.urls().size(), 1);

    EchoServer covered(listeningOn({{loopback4}, {any4}, {any4}}));
    QCOMPARE(covered.start(), std::nullopt);
    QCOMPARE(covered.urls().size(), 1);
    QCOMPARE(covered.urls().first().host(), u"0.0.0.0"_s);
}

void LifecycleTest::portTaken()
{
    QTcpServer other;
    QVERIFY(other.listen(loopback4));
    // Also where the address may be skipped: a taken port is never passed over.
    for (const bool isOptional : {false, true}) {
        ServerOptions options = listeningOn({{loopback4, isOptional}});
        options.port = other.serverPort();
        EchoServer server(options);
        QCOMPARE(
            server.start(),
            u"cannot listen on ws://127.0.0.1:%1: the port is taken; use --port N for another one"_s
                .arg(other.serverPort()));
        QVERIFY(server.urls().isEmpty());
    }
}

void LifecycleTest::allOrNothing()
{
    // Two addresses of 127.0.0.0/8, so that this needs no IPv6, and not the first of them, whose
    // free ports are other programs' the next moment.
    const QHostAddress first(u"127.0.0.9"_s);
    const QHostAddress second(u"127.0.0.10"_s);
    QTcpServer other;
    QVERIFY(other.listen(second));
    ServerOptions options = listeningOn({{first}, {second}});
    options.port = other.serverPort();
    EchoServer server(options);
    const std::optional<QString> error = server.start();
    QVERIFY(error);
    QVERIFY2(error->startsWith(u"cannot listen on ws://127.0.0.10:"_s), qPrintable(*error));
    QVERIFY(server.urls().isEmpty());
    QVERIFY(QTcpServer().listen(first, options.port));

    options.port = 0;
    EchoServer free(options);
    QCOMPARE(free.start(), std::nullopt);
    QCOMPARE(free.urls().first().port(), free.urls().last().port());
}

void LifecycleTest::unavailableAddress()
{
    const QHostAddress foreign(u"192.0.2.1"_s); // RFC 5737: documentation only
    EchoServer explicitly(listeningOn({{loopback4}, {foreign}}));
    const std::optional<QString> error = explicitly.start();
    QVERIFY(error);
    QVERIFY2(error->contains(u"ws://192.0.2.1:"_s)
                 && error->contains(u"no such address; use --listen"_s),
             qPrintable(*error));

    EchoServer optionally(listeningOn({{loopback4}, {foreign, true}}));
    expectLog(u"^not listening on 192\\.0\\.2\\.1: this machine has no such address$"_s);
    QCOMPARE(optionally.start(), std::nullopt);
    QCOMPARE(optionally.urls().size(), 1);
}

EPOLL_TEST_MAIN(LifecycleTest)
#include "tst_lifecycle.moc"
