// SPDX-License-Identifier: MIT
#include "echoserver.h"
#include "epollmain.h"
#include "testclients.h"

#include <QFile>
#include <QLoggingCategory>
#include <QSignalSpy>
#include <QTcpServer>

#include <memory>
#include <vector>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int threadCount = 4;
constexpr int clientCount = 64;

ServerOptions threadedOptions()
{
    ServerOptions options = quietLoopbackOptions();
    options.threads = threadCount;
    return options;
}

using Clients = std::vector<std::unique_ptr<TestClient>>;

Clients clientsOf(const EchoServer &server, int count)
{
    Clients clients;
    for (int i = 0; i < count; ++i) {
        clients.push_back(std::make_unique<TestClient>());
        clients.back()->open(server.urls().first());
    }
    return clients;
}

bool areAllOpen(const Clients &clients)
{
    return std::all_of(clients.cbegin(), clients.cend(),
                       [](const auto &client) { return client->isOpen(); });
}

/// How many of this process's listening sockets have the port of \a url.
int listeningSockets(const QUrl &url)
{
    QFile table(u"/proc/self/net/tcp"_s);
    if (!table.open(QIODevice::ReadOnly))
        return -1;
    const QByteArray place = ":"_ba
        + QByteArray::number(url.port(), 16).toUpper().rightJustified(4, '0')
        + " 00000000:0000 0A"_ba;
    return int(table.readAll().count(place));
}

} // namespace

/*!
    What is different where a server has several threads; everything else is tested with one.
*/
class ThreadsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void eachHasASocketOfItsOwn();
    void allPeersAreServed();
    void aLimitIsOneForAll_data();
    void aLimitIsOneForAll();
    void aTakenPortIsFoundToBeTaken();
    void aSocketThatIsHandedOverIsShared();
    void stopClosesEveryPeer();
    void abortEndsEveryPeer();
    void destroyedWhilePeersTalk();
    void theTurnsCome();
};

void ThreadsTest::initTestCase()
{
    QLoggingCategory::setFilterRules(u"awesomechat.server.info=false"_s);
}

void ThreadsTest::eachHasASocketOfItsOwn()
{
    for (const int threads : {1, 3}) {
        ServerOptions options = quietLoopbackOptions();
        options.threads = threads;
        EchoServer server(options);
        QVERIFY(!server.start());
        QCOMPARE(server.urls().size(), 1);
        QCOMPARE(listeningSockets(server.urls().first()), threads);
    }
}

void ThreadsTest::allPeersAreServed()
{
    EchoServer server(threadedOptions());
    QVERIFY(!server.start());
    const Clients clients = clientsOf(server, clientCount);
    QTRY_VERIFY(areAllOpen(clients));
    QTRY_COMPARE(server.connectionCount(), clientCount);
    for (int round = 0; round < 10; ++round) {
        for (const auto &client : clients)
            client->sendTextMessage(QString::number(round));
    }
    for (const auto &client : clients) {
        QTRY_COMPARE(client->received().size(), 10);
        for (int round = 0; round < 10; ++round)
            QCOMPARE(client->received().at(round).toString(), QString::number(round));
    }
    const Metrics metrics = server.metrics();
    QCOMPARE(metrics.accepted, quint64(clientCount));
    QCOMPARE(metrics.open, clientCount);
    QCOMPARE(metrics.received.at(0).messages, quint64(clientCount) * 10);
    QCOMPARE(metrics.sent.at(0).messages, quint64(clientCount) * 10);
}

void ThreadsTest::aLimitIsOneForAll_data()
{
    QTest::addColumn<int>("maxConnections");
    QTest::addColumn<int>("maxConnectionsPerAddress");
    QTest::addColumn<Refusal>("refusal");
    QTest::newRow("of all peers") << 10 << clientCount << Refusal::Full;
    QTest::newRow("of those of an address") << clientCount << 10 << Refusal::AddressFull;
}

void ThreadsTest::aLimitIsOneForAll()
{
    QFETCH(Refusal, refusal);
    QFETCH(int, maxConnections);
    QFETCH(int, maxConnectionsPerAddress);
    ServerOptions options = threadedOptions();
    options.limits.maxConnections = maxConnections;
    options.limits.maxConnectionsPerAddress = maxConnectionsPerAddress;
    EchoServer server(options);
    QVERIFY(!server.start());
    {
        const Clients clients = clientsOf(server, clientCount);
        QTRY_COMPARE(server.metrics().refusals.at(std::size_t(refusal)), quint64(clientCount - 10));
        QTRY_COMPARE(server.connectionCount(), 10);
    }
    QTRY_COMPARE(server.connectionCount(), 0);
    const Clients clients = clientsOf(server, 10); // all places are free again
    QTRY_VERIFY(areAllOpen(clients));
}

/// Though both would share it.
void ThreadsTest::aTakenPortIsFoundToBeTaken()
{
    EchoServer first(threadedOptions());
    QVERIFY(!first.start());
    ServerOptions options = threadedOptions();
    options.port = quint16(first.urls().first().port());
    EchoServer second(options);
    const std::optional<QString> problem = second.start();
    QVERIFY(problem);
    QVERIFY2(problem->contains(u"the port is taken"), qPrintable(*problem));
    QCOMPARE(listeningSockets(first.urls().first()), threadCount);
}

void ThreadsTest::aSocketThatIsHandedOverIsShared()
{
    QTcpServer listening;
    QVERIFY(listening.listen(QHostAddress::LocalHost));
    ServerOptions options = threadedOptions();
    options.listenSockets = {::dup(int(listening.socketDescriptor()))};
    const quint16 port = listening.serverPort();
    listening.close();
    EchoServer server(options);
    QVERIFY(!server.start());
    QCOMPARE(server.urls().first().port(), int(port));
    QCOMPARE(listeningSockets(server.urls().first()), 1);
    const Clients clients = clientsOf(server, clientCount);
    QTRY_VERIFY(areAllOpen(clients));
    QTRY_COMPARE(server.connectionCount(), clientCount);
}

void ThreadsTest::stopClosesEveryPeer()
{
    EchoServer server(threadedOptions());
    QVERIFY(!server.start());
    QSignalSpy stopped(&server, &EchoServer::stopped);
    const Clients clients = clientsOf(server, clientCount);
    QTRY_COMPARE(server.connectionCount(), clientCount);
    server.stop();
    QCOMPARE(listeningSockets(server.urls().first()), 0); // before anybody is told to go
    QVERIFY(server.isStopping());
    QTRY_COMPARE(stopped.count(), 1);
    QCOMPARE(server.connectionCount(), 0);
    for (const auto &client : clients) {
        QTRY_VERIFY(client->isClosed());
        QCOMPARE(client->closeCode(), QWebSocketProtocol::CloseCodeGoingAway);
    }
    QCOMPARE(server.metrics().closes.at(1), quint64(clientCount));
}

void ThreadsTest::abortEndsEveryPeer()
{
    EchoServer server(threadedOptions());
    QVERIFY(!server.start());
    QSignalSpy stopped(&server, &EchoServer::stopped);
    const Clients clients = clientsOf(server, clientCount);
    QTRY_COMPARE(server.connectionCount(), clientCount);
    server.stop();
    server.abort();
    QTRY_COMPARE(stopped.count(), 1);
    for (const auto &client : clients)
        QTRY_VERIFY(client->isClosed());
}

void ThreadsTest::destroyedWhilePeersTalk()
{
    auto server = std::make_unique<EchoServer>(threadedOptions());
    QVERIFY(!server->start());
    const Clients clients = clientsOf(*server, clientCount);
    QTRY_VERIFY(areAllOpen(clients));
    for (int round = 0; round < 100; ++round) {
        for (const auto &client : clients)
            client->sendBinaryMessage(QByteArray(10'000, 'x'));
    }
    QTRY_VERIFY(!clients.front()->received().isEmpty());
    server.reset();
    for (const auto &client : clients)
        QTRY_VERIFY(client->isClosed());
}

void ThreadsTest::theTurnsCome()
{
    EchoServer server(threadedOptions());
    server.waitForTurns(); // of nobody
    QVERIFY(!server.start());
    server.waitForTurns();
}

EPOLL_TEST_MAIN(ThreadsTest)
#include "tst_threads.moc"
