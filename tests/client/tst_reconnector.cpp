// SPDX-License-Identifier: MIT
#include "peers.h"
#include "reconnector.h"
#include "websocket.h"

#include <QSignalSpy>
#include <QTest>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <vector>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

using Milliseconds = Reconnector::Milliseconds;

/// Time that passes when a test says so, for any number of Reconnectors.
class VirtualTime
{
public:
    class Environment : public RetryEnvironment
    {
    public:
        explicit Environment(VirtualTime &time, unsigned seed = 1)
            : m_time(time)
            , m_random(seed)
        {
            m_time.m_environments.push_back(this);
        }
        ~Environment() override { std::erase(m_time.m_environments, this); }
        [[nodiscard]] Milliseconds now() const override { return m_time.m_now; }
        [[nodiscard]] double random() override
        {
            return lastRandom = std::uniform_real_distribution<>(0, 1)(m_random);
        }
        void wakeIn(Milliseconds delay) override { alarm = now() + delay; }
        void doNotWake() override { alarm.reset(); }
        void watchNetwork() override { watches = true; }

        std::optional<Milliseconds> alarm;
        double lastRandom = 0;
        bool watches = false;

    private:
        VirtualTime &m_time;
        std::mt19937 m_random;
    };

    [[nodiscard]] Milliseconds now() const { return m_now; }
    /// Goes on to the next moment at which somebody is woken, but not beyond \a end. Returns
    /// whether there was one.
    bool step(Milliseconds end)
    {
        const auto next =
            std::min_element(m_environments.begin(), m_environments.end(), [](auto *a, auto *b) {
                return a->alarm.value_or(Milliseconds::max())
                    < b->alarm.value_or(Milliseconds::max());
            });
        if (next == m_environments.end() || !(*next)->alarm || *(*next)->alarm > end) {
            m_now = end;
            return false;
        }
        m_now = *(*next)->alarm;
        (*next)->alarm.reset();
        Q_EMIT(*next)->woken();
        return true;
    }
    void pass(Milliseconds time)
    {
        const Milliseconds end = m_now + time;
        while (step(end)) { }
    }

private:
    Milliseconds m_now{1'000'000}; // from wherever
    std::vector<Environment *> m_environments;
};

/// A socket that is reconnected in virtual time.
struct Client
{
    explicit Client(VirtualTime &time, unsigned seed = 1)
        : environment(time, seed)
        , reconnector(environment)
    {
        reconnector.setSocket(&socket);
        // What is waited for here is the test's patience, not the schedule.
        socket.setHandshakeTimeout(60'000);
    }
    void open(const QUrl &url)
    {
        socket.setUrl(url);
        socket.open();
    }
    /// Waits, in real time, until the socket has one of \a statuses.
    [[nodiscard]] bool becomes(std::initializer_list<WebSocket::Status> statuses)
    {
        QSignalSpy changes(&socket, &WebSocket::statusChanged);
        while (std::find(statuses.begin(), statuses.end(), socket.status()) == statuses.end()) {
            if (!changes.wait(10'000))
                return false;
        }
        return true;
    }
    [[nodiscard]] bool ends() { return becomes({WebSocket::Closed, WebSocket::Error}); }

    VirtualTime::Environment environment;
    WebSocket socket;
    Reconnector reconnector;
};

/// A close frame with \a code.
QByteArray closeFrame(int code)
{
    return QByteArray("\x88\x02", 2) + static_cast<char>(code >> 8)
        + static_cast<char>(code & 0xff);
}

/// How long a client may wait at most before an attempt, by the number of it.
Milliseconds limitOf(int attempt)
{
    Milliseconds limit = 1s;
    for (int i = 1; i < attempt && limit < 60s; ++i)
        limit *= 2;
    return std::min<Milliseconds>(limit, 60s);
}

} // namespace

class tst_Reconnector : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theDelayDoublesUpToAMinute()
    {
        const QList<Milliseconds> limits{1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s};
        for (int i = 0; i < limits.size(); ++i) {
            QCOMPARE(Reconnector::delay(i + 1, 0), 250ms);
            QCOMPARE(Reconnector::delay(i + 1, 0.5), (250ms + limits[i]) / 2);
            QVERIFY(Reconnector::delay(i + 1, 0.999999) <= limits[i]);
        }
        QCOMPARE(Reconnector::delay(1'000'000, 0.5), (250ms + 60s) / 2);
    }

    void itTriesAgainWhereThatMayHelp_data()
    {
        QTest::addColumn<QByteArray>("answer"); // to the handshake, or after it
        QTest::addColumn<bool>("accepts");
        QTest::addColumn<QString>("reason"); // a word of it
        for (const int code : {1000, 1001, 1011, 1012, 1013, 1014, 3000, 4999})
            QTest::addRow("close code %d", code) << closeFrame(code) << true << QString();
        for (const int code : {1002, 1003, 1007, 1008, 1009, 1010}) {
            QTest::addRow("close code %d", code)
                << closeFrame(code) << true << QString::number(code);
        }
        QTest::addRow("no close code") << QByteArray("\x88\x00", 2) << true << QString();
        QTest::addRow("a reserved bit") << QByteArray("\xc1\x01x", 3) << true << u"1002"_s;
        QTest::addRow("no UTF-8") << QByteArray("\x81\x01\xff", 3) << true << u"1007"_s;
        QTest::addRow("too large a message")
            << QByteArray("\x82\x7e\x20\x00", 4) + QByteArray(0x2000, 'x') << true << u"1009"_s;
        QTest::addRow("HTTP 404") << "HTTP/1.1 404 Not Found\r\n\r\n"_ba << false << QString();
        QTest::addRow("HTTP 503") << "HTTP/1.1 503 Unavailable\r\n\r\n"_ba << false << QString();
    }
    void itTriesAgainWhereThatMayHelp()
    {
        QFETCH(QByteArray, answer);
        QFETCH(bool, accepts);
        QFETCH(QString, reason);
        RawPeer peer(answer, accepts ? RawPeer::Accept : RawPeer::HangUp);
        VirtualTime time;
        Client client(time);
        client.socket.setMaxMessageSize(1000);
        client.open(peer.url());
        QVERIFY(client.ends());
        QCOMPARE(client.reconnector.isWaiting(), reason.isEmpty());
        QCOMPARE(client.reconnector.attempt(), reason.isEmpty() ? 1 : 0);
        QCOMPARE(client.reconnector.reason().isEmpty(), reason.isEmpty());
        QVERIFY2(client.reconnector.reason().contains(reason),
                 qPrintable(client.reconnector.reason()));
        QCOMPARE(client.environment.watches, reason.isEmpty());
    }

    void itTriesAgainWhereNothingListens()
    {
        VirtualTime time;
        Client client(time);
        client.open(deadUrl());
        QVERIFY(client.ends());
        QVERIFY(client.reconnector.isWaiting());
    }

    void itLeavesTlsAlone()
    {
        QTcpServer server; // that speaks no TLS
        QVERIFY(server.listen(QHostAddress::LocalHost));
        connect(&server, &QTcpServer::newConnection, &server,
                [&] { server.nextPendingConnection()->write("220 hello\r\n"); });
        VirtualTime time;
        Client client(time);
        client.open(QUrl(u"wss://127.0.0.1:%1"_s.arg(server.serverPort())));
        QVERIFY(client.ends());
        QVERIFY(!client.reconnector.isWaiting());
        QVERIFY(client.reconnector.reason().contains("TLS"_L1));
    }

    void itLeavesAnAddressAloneThatIsNone()
    {
        VirtualTime time;
        Client client(time);
        client.open(QUrl(u"http://localhost"_s));
        QVERIFY(client.ends());
        QVERIFY(!client.reconnector.isWaiting());
        QVERIFY(client.reconnector.reason().contains("address"_L1));
        client.open(deadUrl()); // corrected
        QCOMPARE(client.reconnector.reason(), QString());
        QVERIFY(client.ends());
        QVERIFY(client.reconnector.isWaiting());
    }

    void itLeavesAloneWhatWasNeverOpened()
    {
        VirtualTime time;
        Client client(time);
        QVERIFY(!client.reconnector.isWaiting());
        QCOMPARE(client.reconnector.reason(), QString());
        client.reconnector.tryNow();
        QCOMPARE(client.socket.status(), WebSocket::Closed);
    }

    void itLeavesAloneWhatThePersonClosed()
    {
        WebSocketPeer peer;
        VirtualTime time;
        Client client(time);
        client.open(peer.url());
        QVERIFY(client.becomes({WebSocket::Open}));
        client.socket.close();
        QVERIFY(client.ends());
        QVERIFY(!client.reconnector.isWaiting());
        QVERIFY(client.reconnector.reason().contains("you disconnected"_L1));

        client.open(deadUrl());
        QVERIFY(client.ends());
        QVERIFY(client.reconnector.isWaiting());
        client.socket.close(); // while it waits
        QVERIFY(!client.reconnector.isWaiting());
        QVERIFY(client.reconnector.reason().contains("you disconnected"_L1));
        time.pass(10min);
        QCOMPARE(client.socket.status(), WebSocket::Error);
    }

    void itCountsDownTheSeconds()
    {
        VirtualTime time;
        Client client(time);
        client.open(deadUrl());
        QVERIFY(client.ends());
        while (client.reconnector.secondsLeft() < 5) {
            client.reconnector.tryNow();
            QVERIFY(client.ends());
        }
        const int attempt = client.reconnector.attempt();
        QList<int> seconds{client.reconnector.secondsLeft()};
        connect(&client.reconnector, &Reconnector::secondsLeftChanged, this,
                [&] { seconds += client.reconnector.secondsLeft(); });
        const Milliseconds begin = time.now();
        const Milliseconds wait = Reconnector::delay(attempt, client.environment.lastRandom);
        while (client.reconnector.isWaiting())
            QVERIFY(time.step(begin + wait));
        QCOMPARE(time.now(), begin + wait);
        QCOMPARE(client.socket.status(), WebSocket::Connecting);
        QCOMPARE(client.reconnector.attempt(), attempt);
        QList<int> expected;
        for (int left = seconds.first(); left >= 0; --left)
            expected += left;
        QCOMPARE(seconds, expected);
        QVERIFY(client.ends());
    }

    void nowAndStop()
    {
        VirtualTime time;
        Client client(time);
        client.open(deadUrl());
        QVERIFY(client.ends());
        client.reconnector.tryNow();
        QCOMPARE(client.socket.status(), WebSocket::Connecting);
        QVERIFY(!client.reconnector.isWaiting());
        QVERIFY(!client.environment.alarm);
        QVERIFY(client.ends());
        QCOMPARE(client.reconnector.attempt(), 2);

        client.reconnector.stop();
        QVERIFY(!client.reconnector.isWaiting());
        QVERIFY(!client.environment.alarm);
        QVERIFY(client.reconnector.reason().contains("you stopped"_L1));
        Q_EMIT client.environment.networkBack();
        QCOMPARE(client.socket.status(), WebSocket::Error);

        client.reconnector.tryNow();
        QCOMPARE(client.reconnector.reason(), QString());
        QVERIFY(client.ends());
        QVERIFY(client.reconnector.isWaiting());
        client.reconnector.tryNow();
        client.reconnector.stop(); // the attempt under way is the last
        QVERIFY(client.ends());
        QVERIFY(!client.reconnector.isWaiting());
    }

    void switchedOffAndOn()
    {
        VirtualTime time;
        Client client(time);
        client.reconnector.setEnabled(false);
        client.open(deadUrl());
        QVERIFY(client.ends());
        QVERIFY(!client.reconnector.isWaiting());
        QVERIFY(client.reconnector.reason().contains("switched off"_L1));
        client.reconnector.setEnabled(true);
        QVERIFY(client.reconnector.isWaiting());
        client.reconnector.setEnabled(false);
        QVERIFY(!client.reconnector.isWaiting());
        QVERIFY(!client.environment.alarm);
    }

    void aStableConnectionBeginsAnew_data()
    {
        QTest::addColumn<int>("seconds");
        QTest::addColumn<int>("attempt");
        QTest::addRow("29 s") << 29 << 4;
        QTest::addRow("30 s") << 30 << 1;
    }
    void aStableConnectionBeginsAnew()
    {
        QFETCH(int, seconds);
        QFETCH(int, attempt);
        WebSocketPeer peer;
        const quint16 port = peer.server().serverPort();
        peer.kill();
        VirtualTime time;
        Client client(time);
        client.open(QUrl(u"ws://127.0.0.1:%1"_s.arg(port)));
        QVERIFY(client.ends());
        for (int i = 0; i < 2; ++i) {
            client.reconnector.tryNow();
            QVERIFY(client.ends());
        }
        peer.listen(port);
        QCOMPARE(client.reconnector.attempt(), 3);
        client.reconnector.tryNow();
        QVERIFY(client.becomes({WebSocket::Open}));
        time.pass(std::chrono::seconds(seconds));
        peer.kill();
        QVERIFY(client.ends());
        QCOMPARE(client.reconnector.attempt(), attempt);
    }

    void theNetworkComesBack()
    {
        VirtualTime time;
        Client client(time);
        client.open(deadUrl());
        QVERIFY(client.ends());
        while (client.reconnector.secondsLeft() < 5) {
            client.reconnector.tryNow();
            QVERIFY(client.ends());
        }
        time.pass(2s);
        Q_EMIT client.environment.networkBack();
        QCOMPARE(client.socket.status(), WebSocket::Connecting);
        QVERIFY(client.ends());
        QVERIFY(client.reconnector.secondsLeft() <= 2); // the second attempt

        // Once more at once: not more than one attempt in a second.
        const Milliseconds begin = time.now();
        Q_EMIT client.environment.networkBack();
        QCOMPARE(client.socket.status(), WebSocket::Error);
        while (client.reconnector.isWaiting())
            QVERIFY(time.step(begin + 1s));
        QCOMPARE(time.now(), begin + 1s);
        QVERIFY(client.ends());
    }

    void itMayLoseItsSocket()
    {
        VirtualTime time;
        VirtualTime::Environment environment(time);
        Reconnector reconnector(environment);
        {
            WebSocket socket;
            reconnector.setSocket(&socket);
            socket.setUrl(deadUrl());
            socket.open();
            QTRY_VERIFY(reconnector.isWaiting());
        }
        QVERIFY(!reconnector.isWaiting());
        time.pass(1min);
        reconnector.tryNow();
        reconnector.stop();
    }

    void aRealOneGoesBackByItself()
    {
        WebSocketPeer peer;
        WebSocket socket;
        Reconnector reconnector;
        reconnector.setSocket(&socket);
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        peer.last()->abort();
        QTRY_VERIFY(reconnector.isWaiting());
        QCOMPARE(reconnector.secondsLeft(), 1);
        QTRY_COMPARE(socket.status(), WebSocket::Open);
    }

    /// A server that is away for 100 s, drops everybody for 100 s, is well for 60 s, drops all at
    /// once and is away again: each attempt of 50 clients comes when the schedule allows it, and
    /// they do not come together.
    void aHerdIsSpread()
    {
        constexpr int clientCount = 50;
        constexpr Milliseconds dropping = 100s;
        constexpr Milliseconds well = 200s;
        constexpr Milliseconds awayAgain = 260s;
        constexpr Milliseconds end = 300s;
        WebSocketPeer peer;
        const quint16 port = peer.server().serverPort();
        peer.kill();
        bool drops = false;
        connect(&peer, &WebSocketPeer::connected, &peer, [&](QWebSocket *socket) {
            if (drops)
                socket->abort();
        });

        VirtualTime time;
        const Milliseconds begin = time.now();
        std::vector<std::unique_ptr<Client>> clients;
        QList<Milliseconds> attempts;
        std::map<Client *, int> failures; // in a row
        std::map<Client *, Milliseconds> openSince;
        std::map<Client *, Milliseconds> endedAt;
        QString mistake;
        for (unsigned i = 0; i < clientCount; ++i) {
            Client *client = clients.emplace_back(std::make_unique<Client>(time, i)).get();
            connect(&client->socket, &WebSocket::statusChanged, this, [&, client] {
                const auto status = client->socket.status();
                const Milliseconds now = time.now() - begin;
                if (status == WebSocket::Connecting && failures[client] > 0) {
                    attempts += now;
                    const Milliseconds limit = limitOf(failures[client]);
                    const Milliseconds due = endedAt[client] + 250ms
                        + Milliseconds(qint64(static_cast<double>((limit - 250ms).count())
                                              * client->environment.lastRandom));
                    if (now != due)
                        mistake = u"at %1 ms instead of %2"_s.arg(now.count()).arg(due.count());
                } else if (status == WebSocket::Open) {
                    openSince[client] = now;
                } else if (status == WebSocket::Closed || status == WebSocket::Error) {
                    if (openSince.count(client) > 0 && now - openSince[client] >= 30s)
                        failures[client] = 0;
                    openSince.erase(client);
                    ++failures[client];
                    endedAt[client] = now;
                }
            });
            client->open(QUrl(u"ws://127.0.0.1:%1"_s.arg(port)));
            QVERIFY(client->ends());
        }

        // Until \a until, with each client as the server leaves it.
        const auto passUntil = [&](Milliseconds until, bool isWell) {
            while (time.step(begin + until)) {
                for (const auto &client : clients) {
                    const bool settled = isWell
                        ? client->becomes({WebSocket::Open, WebSocket::Closed, WebSocket::Error})
                        : client->ends();
                    if (!settled)
                        return false;
                }
            }
            return true;
        };
        QVERIFY(passUntil(dropping, false));
        peer.listen(port);
        drops = true;
        QVERIFY(passUntil(well, false));
        drops = false;
        QVERIFY(passUntil(awayAgain, true));
        const auto open = std::count_if(clients.begin(), clients.end(), [](const auto &client) {
            return client->socket.status() == WebSocket::Open;
        });
        peer.kill();
        for (const auto &client : clients)
            QVERIFY(client->ends());
        QVERIFY(passUntil(end, false));

        QCOMPARE(mistake, QString());
        // Each limit is waited for half on the average: 7 attempts take a minute, 2 another one;
        // a few more after the connection that was well.
        qInfo("%d clients made %lld attempts; %lld were connected when all were dropped",
              clientCount, static_cast<long long>(attempts.size()), static_cast<long long>(open));
        QVERIFY(attempts.size() >= clientCount * 8);
        QVERIFY(attempts.size() <= clientCount * 20);
        const auto most = [&](Milliseconds from, Milliseconds until, Milliseconds window) {
            qsizetype result = 0;
            for (const Milliseconds first : attempts) {
                if (first >= from && first < until) {
                    result = std::max(
                        result,
                        std::count_if(attempts.begin(), attempts.end(), [=](Milliseconds other) {
                            return other >= first && other < first + window;
                        }));
                }
            }
            return result;
        };
        const auto early = most(0s, 4s, 100ms);
        const auto late = most(20s, awayAgain, 1s);
        const auto dropped = most(awayAgain, end, 100ms);
        qInfo("at most %lld came within 0.1 s at first, %lld within 1 s later, and %lld within "
              "0.1 s when all were dropped",
              static_cast<long long>(early), static_cast<long long>(late),
              static_cast<long long>(dropped));
        QVERIFY(early <= clientCount / 2);
        QVERIFY(late <= clientCount / 4);
        QVERIFY(dropped <= clientCount / 2);
    }
};

QTEST_GUILESS_MAIN(tst_Reconnector)

#include "tst_reconnector.moc"
