// SPDX-License-Identifier: MIT
#include "metricsserver.h"

#include "testclients.h"

#include <QRegularExpression>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <memory>
#include <vector>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

const QByteArray localHost = "Host: localhost\r\n\r\n"_ba;

/*!
    A MetricsServer that listens on a free port, and what it tells.
*/
struct TestServer
{
    explicit TestServer(const MetricsServerLimits &limits = {.maxAge = 1min}, quint16 port = 0)
        : server(
            port, [this] { return metrics; }, [this] { return isDraining; }, limits)
    {
        problem = server.listen();
    }

    Metrics metrics;
    bool isDraining = false;
    MetricsServer server;
    std::optional<QString> problem;
};

/*!
    A connection to \a url, on which \a request is sent.
*/
class Client
{
public:
    explicit Client(const QUrl &url, const QByteArray &request = {})
    {
        m_socket.connectToHost(url.host(), quint16(url.port()));
        m_socket.write(request);
    }

    void send(const QByteArray &bytes) { m_socket.write(bytes); }
    [[nodiscard]] bool isConnected() const
    {
        return m_socket.state() == QAbstractSocket::ConnectedState;
    }
    [[nodiscard]] bool isEnded() const
    {
        return m_socket.state() == QAbstractSocket::UnconnectedState;
    }
    /// All that has come.
    [[nodiscard]] QByteArray answer()
    {
        m_answer += m_socket.readAll();
        return m_answer;
    }
    [[nodiscard]] int status() { return answer().mid(qstrlen("HTTP/1.1 "), 3).toInt(); }
    [[nodiscard]] QByteArray body()
    {
        const qsizetype end = answer().indexOf("\r\n\r\n");
        return end < 0 ? QByteArray() : answer().sliced(end + 4);
    }
    /// The value of that header, or nothing.
    [[nodiscard]] QString header(const QString &name)
    {
        const QRegularExpression line(u"\r\n%1: (.*)\r\n"_s.arg(name));
        return line.match(QString::fromUtf8(answer())).captured(1);
    }

private:
    QTcpSocket m_socket;
    QByteArray m_answer;
};

} // namespace

class MetricsServerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void metrics();
    void healthz();
    void answers_data();
    void answers();
    void hostsOfThisMachineOnly_data();
    void hostsOfThisMachineOnly();
    void headHasNoBody();
    void oneRequestAConnection();
    void noWebSockets();
    void unreadableIsNotAnswered_data();
    void unreadableIsNotAnswered();
    void requestsHaveASize();
    void slowClientIsEnded_data();
    void slowClientIsEnded();
    void oneConnectionTooMany();
    void defaults();
    void listensOnLoopbackOnly();
    void portTaken();
    void destroyedWithConnections();
};

void MetricsServerTest::metrics()
{
    TestServer test;
    QCOMPARE(test.problem, std::nullopt);
    test.metrics.accepted = 17;
    Client client(test.server.urls().first(), "GET /metrics HTTP/1.1\r\n" + localHost);
    QTRY_VERIFY(client.isEnded());
    QCOMPARE(client.status(), 200);
    QCOMPARE(client.header(u"Content-Type"_s), u"text/plain; version=0.0.4; charset=utf-8"_s);
    QCOMPARE(client.header(u"Content-Length"_s), QString::number(client.body().size()));
    QCOMPARE(client.header(u"Connection"_s), u"close"_s);
    QCOMPARE(client.body(), prometheusText(test.metrics));
    QVERIFY(client.body().contains("\nawesomechat_connections_accepted_total 17\n"));
}

void MetricsServerTest::healthz()
{
    TestServer test;
    Client serving(test.server.urls().first(), "GET /healthz HTTP/1.1\r\n" + localHost);
    QTRY_VERIFY(serving.isEnded());
    QCOMPARE(serving.status(), 200);
    QCOMPARE(serving.header(u"Content-Type"_s), u"text/plain; charset=utf-8"_s);
    QCOMPARE(serving.body(), "ok\n"_ba);

    test.isDraining = true;
    Client draining(test.server.urls().first(), "GET /healthz HTTP/1.1\r\n" + localHost);
    QTRY_VERIFY(draining.isEnded());
    QCOMPARE(draining.status(), 503);
    QCOMPARE(draining.body(), "draining\n"_ba);
}

void MetricsServerTest::answers_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<int>("status");
    QTest::newRow("query") << "GET /metrics?a=b HTTP/1.1\r\n"_ba + localHost << 200;
    QTest::newRow("absolute") << "GET http://localhost/healthz HTTP/1.1\r\n"_ba + localHost << 200;
    QTest::newRow("root") << "GET / HTTP/1.1\r\n"_ba + localHost << 404;
    QTest::newRow("below") << "GET /metrics/ HTTP/1.1\r\n"_ba + localHost << 404;
    QTest::newRow("two slashes") << "GET //metrics HTTP/1.1\r\n"_ba + localHost << 404;
    QTest::newRow("no path") << "GET metrics HTTP/1.1\r\n"_ba + localHost << 404;
    QTest::newRow("POST") << "POST /metrics HTTP/1.1\r\nContent-Length: 3\r\n"_ba + localHost
            + "abc" << 405;
    QTest::newRow("OPTIONS") << "OPTIONS * HTTP/1.1\r\n"_ba + localHost << 405;
    QTest::newRow("unknown method") << "BREW /metrics HTTP/1.1\r\n"_ba + localHost << 405;
    QTest::newRow("HTTP/1.0") << "GET /healthz HTTP/1.0\r\n\r\n"_ba << 200;
}

void MetricsServerTest::answers()
{
    QFETCH(const QByteArray, request);
    TestServer test;
    Client client(test.server.urls().first(), request);
    QTRY_VERIFY(client.isEnded());
    QTEST(client.status(), "status");
    QCOMPARE(client.header(u"Content-Length"_s), QString::number(client.body().size()));
    QCOMPARE(client.header(u"Allow"_s), client.status() == 405 ? u"GET, HEAD"_s : QString());
}

void MetricsServerTest::hostsOfThisMachineOnly_data()
{
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<bool>("isAllowed");
    for (const auto &host : {"localhost"_ba, "LocalHost"_ba, "localhost:9090"_ba, "127.0.0.1"_ba,
                             "127.0.0.1:9090"_ba, "127.9.8.7"_ba, "[::1]"_ba, "[::1]:9090"_ba})
        QTest::newRow(host.constData()) << host << true;
    for (const auto &host :
         {"example.org"_ba, "localhost.example.org"_ba, "127.0.0.1.example.org"_ba, "10.0.0.1"_ba,
          "[::2]"_ba, "localhost, localhost"_ba, "localhost@example.org"_ba, "a_b.example.org"_ba,
          "local host"_ba, "localhost:99999"_ba, "localhost\r\nHost: example.org"_ba})
        QTest::newRow(host.constData()) << host << false;
}

void MetricsServerTest::hostsOfThisMachineOnly()
{
    QFETCH(const QByteArray, host);
    QFETCH(const bool, isAllowed);
    TestServer test;
    Client client(test.server.urls().first(),
                  "GET /metrics HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    QTRY_VERIFY(client.isEnded());
    QCOMPARE(client.status(), isAllowed ? 200 : 403);
    QCOMPARE(client.body().contains("awesomechat"), isAllowed);
}

void MetricsServerTest::headHasNoBody()
{
    TestServer test;
    Client client(test.server.urls().first(), "HEAD /healthz HTTP/1.1\r\n" + localHost);
    QTRY_VERIFY(client.isEnded());
    QCOMPARE(client.status(), 200);
    QCOMPARE(client.header(u"Content-Length"_s), u"3"_s);
    QCOMPARE(client.body(), QByteArray());
}

void MetricsServerTest::oneRequestAConnection()
{
    TestServer test;
    const QByteArray request = "GET /healthz HTTP/1.1\r\n" + localHost;
    Client client(test.server.urls().first(), request + request);
    QTRY_VERIFY(client.isEnded());
    QCOMPARE(client.body(), "ok\n"_ba);
}

void MetricsServerTest::noWebSockets()
{
    TestServer test;
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"^WebSocket received but no slots"_s));
    Client client(test.server.urls().first(),
                  "GET /healthz HTTP/1.1\r\nUpgrade: websocket\r\n"
                  "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                      + localHost);
    QTRY_VERIFY(client.isEnded());
    QCOMPARE(client.status(), 200);
    QCOMPARE(client.body(), "ok\n"_ba);
}

void MetricsServerTest::unreadableIsNotAnswered_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::newRow("one word") << "METRICS\r\n\r\n"_ba;
    QTest::newRow("not HTTP") << "GET /metrics FTP/1.1\r\n\r\n"_ba;
    QTest::newRow("TLS") << QByteArray::fromHex("160301") + QByteArray(200, '\n');
    QByteArray allBytes;
    for (int byte = 0; byte < 256; ++byte)
        allBytes += char(byte);
    QTest::newRow("all bytes") << allBytes.repeated(20);
}

void MetricsServerTest::unreadableIsNotAnswered()
{
    QFETCH(const QByteArray, request);
    TestServer test;
    Client client(test.server.urls().first(), request);
    QTRY_VERIFY(client.isEnded());
    QCOMPARE(client.answer(), QByteArray());
    Client next(test.server.urls().first(), "GET /healthz HTTP/1.1\r\n" + localHost);
    QTRY_COMPARE(next.status(), 200);
}

void MetricsServerTest::requestsHaveASize()
{
    const auto requestOfSize = [](qsizetype size) {
        const QByteArray start = "GET /healthz HTTP/1.1\r\n"_ba;
        const QByteArray end = "\r\n" + localHost;
        return start + "X: " + QByteArray(size - start.size() - 3 - end.size(), 'x') + end;
    };
    TestServer test;
    const qint64 maxSize = MetricsServerLimits().maxRequestSize;
    Client largest(test.server.urls().first(), requestOfSize(maxSize));
    QTRY_VERIFY(largest.isEnded());
    QCOMPARE(largest.status(), 200);

    TestServer impatient({.maxAge = 200ms});
    for (const qint64 size : {maxSize + 1, qint64(1'000'000)}) {
        Client tooLarge(impatient.server.urls().first(), requestOfSize(size));
        QTRY_VERIFY(tooLarge.isEnded());
        QCOMPARE(tooLarge.answer(), QByteArray());
    }
}

void MetricsServerTest::slowClientIsEnded_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::newRow("silent") << QByteArray();
    QTest::newRow("half a line") << "GET /met"_ba;
    QTest::newRow("half a head") << "GET /metrics HTTP/1.1\r\n"_ba;
    QTest::newRow("half a body") << "POST /metrics HTTP/1.1\r\nContent-Length: 10\r\n"_ba
            + localHost + "abc";
    QTest::newRow("endless chunks") << "POST /metrics HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"_ba
            + localHost + "5\r\nabcde\r\n"_ba.repeated(10'000);
    QTest::newRow("negative chunks")
        << "POST /metrics HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"_ba + localHost
            + "-5\r\nabcde\r\n"_ba.repeated(10);
    QTest::newRow("line feeds") << "\r\n"_ba.repeated(10'000);
}

void MetricsServerTest::slowClientIsEnded()
{
    QFETCH(const QByteArray, request);
    TestServer test({.maxAge = 200ms});
    Client client(test.server.urls().first(), request);
    QTRY_VERIFY(client.isConnected());
    QTRY_VERIFY(client.isEnded());
    QCOMPARE(client.answer(), QByteArray());
}

void MetricsServerTest::oneConnectionTooMany()
{
    TestServer test;
    const QList<QUrl> urls = test.server.urls();
    const int most = MetricsServerLimits().maxConnections;
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < most; ++i) {
        // The limit is for all addresses together.
        clients.push_back(std::make_unique<Client>(urls[i % urls.size()]));
        QTRY_VERIFY(clients.back()->isConnected());
    }
    Client next(urls.first(), "GET /healthz HTTP/1.1\r\n" + localHost);
    QTRY_COMPARE(next.status(), 200);
    QTRY_VERIFY(clients.front()->isEnded());
    for (int i = 1; i < most; ++i)
        QVERIFY(clients[size_t(i)]->isConnected());
    // Its place is free again.
    QTRY_VERIFY(next.isEnded());
    Client last(urls.first());
    clients[1]->send("GET /healthz HTTP/1.1\r\n" + localHost);
    QTRY_COMPARE(clients[1]->status(), 200);
}

void MetricsServerTest::defaults()
{
    const MetricsServerLimits limits;
    QCOMPARE(limits.maxConnections, 16);
    QCOMPARE(limits.maxRequestSize, 8 * 1024);
    QCOMPARE(limits.maxAge, 5s);
}

void MetricsServerTest::listensOnLoopbackOnly()
{
    TestServer test;
    const QList<QUrl> urls = test.server.urls();
    const int port = urls.first().port();
    QList<QUrl> expected = {QUrl(u"http://127.0.0.1:%1/metrics"_s.arg(port))};
    if (hasIPv6Loopback())
        expected.append(QUrl(u"http://[::1]:%1/metrics"_s.arg(port)));
    QCOMPARE(urls, expected);
    for (const QUrl &url : urls) {
        Client client(url, "GET /metrics HTTP/1.1\r\n" + localHost);
        QTRY_COMPARE(client.status(), 200);
    }
    // Another address of this machine is still free.
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress(u"127.0.0.2"_s), quint16(port)));
}

void MetricsServerTest::portTaken()
{
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress(QHostAddress::LocalHost)));
    const TestServer test({}, other.serverPort());
    QCOMPARE(test.problem,
             u"cannot listen on http://127.0.0.1:%1/metrics: the port is taken; use --metrics-port "
             "N for another one"_s.arg(other.serverPort()));
    QCOMPARE(test.server.urls(), QList<QUrl>());
}

void MetricsServerTest::destroyedWithConnections()
{
    auto test = std::make_unique<TestServer>();
    const QUrl url = test->server.urls().first();
    Client silent(url);
    Client half(url, "GET /met");
    QTRY_VERIFY(silent.isConnected());
    QTRY_VERIFY(half.isConnected());
    Client whole(url, "GET /healthz HTTP/1.1\r\n" + localHost);
    QTRY_COMPARE(whole.status(), 200);
    test.reset();
    QTRY_VERIFY(silent.isEnded());
    QTRY_VERIFY(half.isEnded());
}

QTEST_GUILESS_MAIN(MetricsServerTest)
#include "tst_metricsserver.moc"
