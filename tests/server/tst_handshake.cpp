// SPDX-License-Identifier: MIT
#include "handshake.h"

#include <QHash>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QSet>
#include <QTest>
#include <QUrl>

#include <algorithm>
#include <ctime>
#include <functional>
#include <limits>

using namespace Qt::Literals::StringLiterals;

Q_DECLARE_METATYPE(HandshakePolicy)

namespace {

using State = Handshake::State;

constexpr int accepted = 101;
/// Is in every part of request() but the host, and must be in no answer.
constexpr QByteArrayView marker = "zqmarker";

QByteArray request()
{
    return "GET /zqmarker?zqmarker HTTP/1.1\r\n"
           "Host: localhost:3000\r\n"
           "Upgrade: websocket\r\n"
           "Connection: Upgrade\r\n"
           "Sec-WebSocket-Key: zqmarkerAAAAAAAAAAAAAA==\r\n"
           "Sec-WebSocket-Version: 13\r\n"
           "Origin: http://zqmarker.example\r\n"
           "X-zqmarker: zqmarker\r\n"
           "\r\n"_ba;
}

QByteArray replaced(QByteArrayView before, QByteArrayView after)
{
    QByteArray result = request();
    const qsizetype position = result.indexOf(before);
    if (position == -1)
        qFatal("not in the request: %s", before.toByteArray().constData());
    return result.replace(position, before.size(), after.toByteArray());
}

QByteArray withLine(QByteArrayView line)
{
    return replaced("X-zqmarker: zqmarker\r\n", line.toByteArray() + "\r\n"_ba);
}

QByteArray withTarget(QByteArrayView target)
{
    return replaced("/zqmarker?zqmarker", target);
}

QByteArray withHost(QByteArrayView host)
{
    return replaced("localhost:3000", host);
}

QByteArray withOrigin(QByteArrayView origin)
{
    return replaced("http://zqmarker.example", origin);
}

QByteArray withKey(QByteArrayView key)
{
    return replaced("zqmarkerAAAAAAAAAAAAAA==", key);
}

/// A head of \a size bytes, in lines that are not too long.
QByteArray requestOfSize(qsizetype size)
{
    constexpr qsizetype lineSize = 1000;
    QByteArray head = request().chopped(2);
    const QByteArray name = "X-Filler: "_ba;
    while (head.size() < size - 2) {
        const qsizetype rest = size - 2 - head.size();
        const qsizetype next = rest < 2 * lineSize ? rest : lineSize;
        head += name + QByteArray(next - name.size() - 2, 'f') + "\r\n"_ba;
    }
    return head + "\r\n"_ba;
}

QByteArray requestOfHeaderLines(int count)
{
    QByteArray head = request().chopped(2);
    for (qsizetype lines = head.count('\n') - 1; lines < count; ++lines)
        head += "X-Filler: f\r\n"_ba;
    return head + "\r\n"_ba;
}

/// All that a caller can see.
struct Outcome
{
    State state = State::NeedsMore;
    qsizetype taken = 0;
    QByteArray head;
    int status = 0;
    QByteArray response;
    QByteArray target;
    QByteArray origin;

    bool operator==(const Outcome &) const = default;
};

/// Feeds \a input in pieces of the sizes that \a nextSize gives.
Outcome outcome(const QByteArray &input, const HandshakePolicy &policy,
                const std::function<qsizetype()> &nextSize)
{
    Handshake handshake(policy);
    Outcome result;
    qsizetype position = 0;
    while (position < input.size()) {
        const auto piece = QByteArrayView(input).sliced(position);
        const auto view = piece.first(qMin(nextSize(), piece.size()));
        result.taken += handshake.feed(view);
        position += view.size();
    }
    result.state = handshake.state();
    result.head = handshake.head();
    result.status = handshake.refusal().status;
    result.response = handshake.refusal().response;
    result.target = handshake.target();
    result.origin = handshake.origin();
    return result;
}

Outcome outcome(const QByteArray &input, const HandshakePolicy &policy = {})
{
    return outcome(input, policy, [] { return std::numeric_limits<qsizetype>::max(); });
}

/// 101, the status of the refusal, or 0 while there is more to come.
int statusOf(const Outcome &result)
{
    return result.state == State::Accepted ? accepted : result.status;
}

/// However \a input is cut, the outcome is that of the \a whole.
void compareCuts(const QByteArray &input, const HandshakePolicy &policy, const Outcome &whole)
{
    QVERIFY(outcome(input, policy, [] { return 1; }) == whole);
    QRandomGenerator random(6455);
    for (const int largest : {3, 20, 300, 5000}) {
        for (int round = 0; round < 5; ++round)
            QVERIFY(outcome(input, policy, [&] { return random.bounded(largest + 1); }) == whole);
    }
}

/// What is wrong with an answer; empty when nothing is.
QString flaw(const QByteArray &response, int status)
{
    const qsizetype headEnd = response.indexOf("\r\n\r\n");
    if (headEnd == -1)
        return u"no empty line"_s;
    const QByteArray head = response.first(headEnd + 2);
    const QByteArray body = response.sliced(headEnd + 4);
    if (!head.startsWith("HTTP/1.1 "_ba + QByteArray::number(status) + ' '))
        return u"status line"_s;
    static const QRegularExpression lines(uR"(\A([\x20-\x7e]+\r\n)+\z)"_s);
    if (!lines.match(QString::fromLatin1(head)).hasMatch())
        return u"lines"_s;
    static const QRegularExpression sentence(uR"(\A[A-Z][\x20-\x7e]+\n\z)"_s);
    if (!sentence.match(QString::fromLatin1(body)).hasMatch())
        return u"body"_s;
    if (head.count("\r\nContent-Length: "_ba + QByteArray::number(body.size()) + "\r\n"_ba) != 1)
        return u"length"_s;
    if (head.count("\r\nContent-Type: text/plain; charset=utf-8\r\n") != 1)
        return u"type"_s;
    const QByteArray connection = status == 426 ? "Upgrade, close"_ba : "close"_ba;
    if (head.count("\r\nConnection: ") != 1
        || !head.contains("\r\nConnection: "_ba + connection + "\r\n"_ba))
        return u"connection"_s;
    if (head.contains("\r\nAllow: GET\r\n") != (status == 405))
        return u"Allow"_s;
    if (head.contains("\r\nUpgrade: websocket\r\n") != (status == 426)
        || head.contains("\r\nSec-WebSocket-Version: 13\r\n") != (status == 426))
        return u"Upgrade"_s;
    return {};
}

/// The rules once more, told in another way, for a head that was accepted under \a policy, which
/// has loopbackHostsOnly and one allowed origin.
QString brokenRule(const QByteArray &head, const HandshakePolicy &policy)
{
    if (head.size() > 16384 || head.indexOf("\r\n\r\n") != head.size() - 4)
        return u"size or end"_s;
    QList<QByteArray> lines;
    for (qsizetype start = 0; start < head.size() - 2;) {
        const qsizetype end = head.indexOf("\r\n", start);
        lines += head.sliced(start, end - start);
        start = end + 2;
    }
    static const QRegularExpression requestLine(
        uR"(\AGET (/|(?i:https?|wss?)://)[!-"$-~]* HTTP/1\.[1-9]\z)"_s);
    if (!requestLine.match(QString::fromLatin1(lines.takeFirst())).hasMatch())
        return u"request line"_s;
    if (lines.size() > 100)
        return u"number of lines"_s;
    static const QRegularExpression header(
        uR"(\A([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)\z)"_s);
    QHash<QString, QStringList> values;
    for (const QByteArray &line : std::as_const(lines)) {
        const auto match = header.match(QString::fromLatin1(line));
        if (!match.hasMatch() || line.size() > 8190)
            return u"header "_s + QString::fromLatin1(line);
        values[match.captured(1).toLower()] += match.captured(2).trimmed();
    }
    const auto hasOne = [&values](const QString &name, const QString &pattern) {
        const QRegularExpression whole(QRegularExpression::anchoredPattern(pattern),
                                       QRegularExpression::CaseInsensitiveOption);
        const QStringList found = values.value(name);
        return found.size() == 1 && whole.match(found.first()).hasMatch();
    };
    if (!hasOne(
            u"host"_s,
            uR"((([a-z0-9_-]+\.)*localhost\.?|127[.0-9a-fx]*|0*2130706433|\[[0:]+1\])(:\d*)?)"_s)
        || !hasOne(u"upgrade"_s, uR"((.*,)?\s*websocket\s*(,.*)?)"_s)
        || !hasOne(u"connection"_s, uR"((.*,)?\s*upgrade\s*(,.*)?)"_s)
        || !hasOne(u"sec-websocket-version"_s, u"13"_s)
        || !hasOne(u"sec-websocket-key"_s, uR"([A-Za-z0-9+/]{22}==)"_s))
        return u"required header"_s;
    // What QWebSocketServer does with the Host header.
    QUrl url;
    url.setAuthority(values[u"host"_s].first());
    if (url.host().isEmpty() || !url.userInfo().isEmpty())
        return u"host for Qt"_s;
    if (values.contains(u"origin"_s)
        && !hasOne(u"origin"_s,
                   QRegularExpression::escape(policy.allowedOrigins.first()) + u"(:0*80|:)?"_s))
        return u"origin"_s;
    const QStringList lengths = values.value(u"content-length"_s);
    if (values.contains(u"transfer-encoding"_s) || lengths.count(u"0"_s) != lengths.size())
        return u"body"_s;
    return {};
}

qint64 threadTime()
{
    timespec time = {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return qint64(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

} // namespace

class HandshakeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sampleOfTheRfc();
    void answers_data();
    void answers();
    void hosts_data();
    void hosts();
    void origins_data();
    void origins();
    void targets_data();
    void targets();
    void refusesAtOnce_data();
    void refusesAtOnce();
    void leavesTheFrames();
    void unfinishedNeedsMore();
    void upgradeRequiredSaysWhatThisIs();
    void headHasNoBody();
    void fixedResponses();
    void eachRefusalHasItsSentence();
    void costGrowsWithTheSizeOnly();
    void fuzz();
};

void HandshakeTest::sampleOfTheRfc()
{
    // RFC 6455 1.3
    const QByteArray sample = "GET /chat HTTP/1.1\r\n"
                              "Host: server.example.com\r\n"
                              "Upgrade: websocket\r\n"
                              "Connection: Upgrade\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                              "Origin: http://example.com\r\n"
                              "Sec-WebSocket-Protocol: chat, superchat\r\n"
                              "Sec-WebSocket-Version: 13\r\n"
                              "\r\n"_ba;
    const Outcome result = outcome(sample);
    QCOMPARE(result.state, State::Accepted);
    QCOMPARE(result.taken, sample.size());
    QCOMPARE(result.head, sample);
    QCOMPARE(result.target, "/chat"_ba);
    QCOMPARE(result.origin, "http://example.com"_ba);
    QCOMPARE(result.status, 0);
    QCOMPARE(result.response, QByteArray());
    compareCuts(sample, {}, result);
}

void HandshakeTest::answers_data()
{
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<int>("status");
    const auto row = [](const char *name, const QByteArray &input, int status) {
        QTest::newRow(name) << input << status;
    };

    row("good", request(), accepted);
    row("lower case names",
        replaced("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key",
                 "upgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-key"),
        accepted);
    row("lower case all", request().toLower().replace("get", "GET").replace("http/", "HTTP/"),
        accepted);
    row("upper case values",
        replaced("websocket\r\nConnection: Upgrade", "WEBSOCKET\r\nConnection: UPGRADE"), accepted);
    row("no blank after the colon", replaced("Upgrade: ", "Upgrade:"), accepted);
    row("blanks around a value", replaced("websocket\r\n", " \t websocket \t\r\n"), accepted);
    row("empty value", withLine("X-Empty:"), accepted);
    row("every token character", withLine("!#$%&'*+-.^_`|~09azAZ: 1"), accepted);
    row("Latin-1 and tab in a value", withLine("X-Name: \xe9\t\xff"), accepted);
    row("no origin", replaced("Origin: http://zqmarker.example\r\n", ""), accepted);

    // Request line.
    row("no version", replaced(" HTTP/1.1", ""), 400);
    row("no target", replaced(" /zqmarker?zqmarker", ""), 400);
    row("empty target", withTarget(""), 400);
    row("two spaces", replaced("GET ", "GET  "), 400);
    row("space at the end", replaced("HTTP/1.1", "HTTP/1.1 "), 400);
    row("space in the target", withTarget("/zq marker"), 400);
    row("tab for a space", replaced(" HTTP", "\tHTTP"), 400);
    row("fragment", withTarget("/#zqmarker"), 400);
    row("Latin-1 in the target", withTarget("/zqmarker\xe9"), 400);
    row("NUL in the target", withTarget("/zq\0marker"_ba), 400);
    row("target without slash", withTarget("zqmarker"), 400);
    row("target *", withTarget("*"), 400);
    row("other scheme", withTarget("ftp://localhost:3000/"), 400);
    row("whole URL", withTarget("http://localhost:3000/zqmarker"), accepted);
    row("whole URL, ws", withTarget("WS://LOCALHOST:3000"), accepted);
    row("whole URL, user", withTarget("http://zqmarker@localhost:3000/"), 400);
    row("whole URL, password", withTarget("http://zqmarker:zqmarker@localhost:3000/"), 400);
    row("whole URL, other host", withTarget("http://zqmarker.example:3000/"), 400);
    row("whole URL, other port", withTarget("http://localhost:3001/"), 400);
    row("whole URL, no host", withTarget("http:///zqmarker"), 400);
    row("HTTP/1.0", replaced("HTTP/1.1", "HTTP/1.0"), 505);
    row("HTTP/0.9", replaced("HTTP/1.1", "HTTP/0.9"), 505);
    row("HTTP/1.2", replaced("HTTP/1.1", "HTTP/1.2"), accepted);
    row("HTTP/2.0", replaced("HTTP/1.1", "HTTP/2.0"), 505);
    row("HTTP/2", replaced("HTTP/1.1", "HTTP/2"), 400);
    row("HTTP/11.1", replaced("HTTP/1.1", "HTTP/11.1"), 400);
    row("HTTP/1.1zq", replaced("HTTP/1.1", "HTTP/1.1zqmarker"), 400);
    row("http/1.1", replaced("HTTP/1.1", "http/1.1"), 400);
    row("HTTP/1,1", replaced("HTTP/1.1", "HTTP/1,1"), 400);
    row("HTTP/1.x", replaced("HTTP/1.1", "HTTP/1.x"), 400);
    row("POST", replaced("GET", "POST"), 405);
    row("OPTIONS *", replaced("GET /zqmarker?zqmarker", "OPTIONS *"), 405);
    row("CONNECT", replaced("GET /zqmarker?zqmarker", "CONNECT zqmarker.example:80"), 405);
    row("get", replaced("GET", "get"), 405);
    row("GETzqmarker", replaced("GET", "GETzqmarker"), 405);
    row("empty line first", "\r\n"_ba + request(), 400);

    // Line ends and bytes that no line may have.
    row("bare LF everywhere", request().replace("\r\n", "\n"), 400);
    row("bare LF after a header", replaced("websocket\r\n", "websocket\n"), 400);
    row("bare LF at the end", request().chopped(2) + '\n', 400);
    row("bare LF in a value", replaced("X-zqmarker: ", "X-zqmarker: a\n"), 400);
    row("bare CR in a value", replaced("X-zqmarker: ", "X-zqmarker: a\rb"), 400);
    row("bare CR in the origin", withOrigin("http://zq\rmarker"), 400);
    row("two CR", replaced("websocket\r\n", "websocket\r\r\n"), 400);
    row("NUL in a value", withLine("X-zqmarker: zq\0marker"_ba), 400);
    row("ESC in a value", withLine("X-zqmarker: zq\x1bmarker"), 400);
    row("DEL in a value", withLine("X-zqmarker: zq\x7fmarker"), 400);
    row("vertical tab in a value", withLine("X-zqmarker: \vzqmarker"), 400);

    // Header lines.
    row("no colon", withLine("zqmarker"), 400);
    row("blank before the colon", withLine("zqmarker : 1"), 400);
    row("tab before the colon", withLine("zqmarker\t: 1"), 400);
    row("folded", withLine("X-zqmarker: a\r\n zqmarker"), 400);
    row("folded with tab", withLine("X-zqmarker: a\r\n\tzqmarker: 1"), 400);
    row("blank before the first header", replaced("Host:", " Host:"), 400);
    row("line of blanks", withLine("  "), 400);
    row("empty name", withLine(": zqmarker"), 400);
    row("blank in a name", withLine("zq marker: 1"), 400);
    row("Latin-1 in a name", withLine("zqmarker\xe9: 1"), 400);
    row("bracket in a name", withLine("zqmarker[]: 1"), 400);

    // Bodies.
    row("Content-Length: 0", withLine("content-length: 0"), accepted);
    row("Content-Length: 1", withLine("Content-Length: 1"), 400);
    row("Content-Length: 00", withLine("Content-Length: 00"), 400);
    row("Content-Length: -0", withLine("Content-Length: -0"), 400);
    row("Content-Length: nothing", withLine("Content-Length:"), 400);
    row("Content-Length: 0, then 5", withLine("Content-Length: 0\r\nContent-Length: 5"), 400);
    row("Transfer-Encoding", withLine("transfer-encoding: chunked"), 400);
    row("Transfer-Encoding: identity", withLine("Transfer-Encoding: identity"), 400);

    // What RFC 6455 4.2.1 asks for.
    row("no host", replaced("Host: localhost:3000\r\n", ""), 400);
    row("empty host", withHost(""), 400);
    row("two hosts", withLine("host: localhost:3000"), 400);
    row("no upgrade", replaced("Upgrade: websocket\r\n", ""), 426);
    row("empty upgrade", replaced("Upgrade: websocket", "Upgrade:"), 426);
    row("another upgrade", replaced("Upgrade: websocket", "Upgrade: h2c"), 426);
    row("websockets", replaced("Upgrade: websocket", "Upgrade: websockets"), 426);
    row("websocket/13", replaced("Upgrade: websocket", "Upgrade: websocket/13"), 426);
    row("list of upgrades", replaced("Upgrade: websocket", "Upgrade: h2c ,websocket"), 426);
    row("two upgrades", withLine("upgrade: websocket"), 400);
    row("no connection", replaced("Connection: Upgrade\r\n", ""), 426);
    row("keep-alive", replaced("Connection: Upgrade", "Connection: keep-alive"), 426);
    row("Upgraded", replaced("Connection: Upgrade", "Connection: Upgraded, x-upgrade"), 426);
    row("keep-alive, Upgrade", replaced("Connection: Upgrade", "Connection: keep-alive, Upgrade"),
        accepted);
    row("empty items", replaced("Connection: Upgrade", "Connection: ,,\tupgrade ,"), accepted);
    row("two connections", withLine("connection: Upgrade"), 400);
    row("no version header", replaced("Sec-WebSocket-Version: 13\r\n", ""), 426);
    row("version 8", replaced("Version: 13", "Version: 8"), 426);
    row("version 113", replaced("Version: 13", "Version: 113"), 426);
    row("version 013", replaced("Version: 13", "Version: 013"), 426);
    row("versions 13, 8", replaced("Version: 13", "Version: 13, 8"), 426);
    row("version of nothing", replaced("Version: 13", "Version:"), 426);
    row("two versions", withLine("sec-websocket-version: 13"), 400);
    row("no key", replaced("Sec-WebSocket-Key: zqmarkerAAAAAAAAAAAAAA==\r\n", ""), 400);
    row("empty key", withKey(""), 400);
    row("short key", withKey("zqmarker"), 400);
    row("key of 15 octets", withKey("zqmarkerAAAAAAAAAAAA"), 400);
    row("key of 17 octets", withKey("zqmarkerAAAAAAAAAAAAAAA="), 400);
    row("key of 18 octets", withKey("zqmarkerAAAAAAAAAAAAAAAA"), 400);
    row("key without padding", withKey("zqmarkerAAAAAAAAAAAAAA"), 400);
    row("key with half its padding", withKey("zqmarkerAAAAAAAAAAAAAA="), 400);
    row("key for URLs", withKey("zqmarker-_AAAAAAAAAAAA=="), 400);
    row("key with a blank", withKey("zqmarker AAAAAAAAAAAAA=="), 400);
    row("key with early padding", withKey("zqmarker==AAAAAAAAAAAA=="), 400);
    row("key and more", withKey("zqmarkerAAAAAAAAAAAAAA==, zqmarker"), 400);
    row("key with all of base64", withKey("zqmarker+/09azAZAAAAAA=="), accepted);
    row("two keys", withLine("sec-websocket-key: zqmarkerAAAAAAAAAAAAAA=="), 400);
    row("two origins", withLine("origin: http://zqmarker.example"), 400);

    // Limits.
    row("16 KiB - 1", requestOfSize(16 * 1024 - 1), accepted);
    row("16 KiB", requestOfSize(16 * 1024), accepted);
    row("16 KiB + 1", requestOfSize(16 * 1024 + 1), 431);
    row("8 KiB line", withLine("X-Filler: "_ba + QByteArray(8192 - 12, 'f')), accepted);
    row("8 KiB + 1 line", withLine("X-Filler: "_ba + QByteArray(8192 - 11, 'f')), 431);
    row("8 KiB request line", withTarget("/"_ba + QByteArray(8192 - 16, 'f')), accepted);
    row("8 KiB + 1 request line", withTarget("/"_ba + QByteArray(8192 - 15, 'f')), 431);
    row("endless method", QByteArray(20'000, 'G'), 431);
    row("100 lines", requestOfHeaderLines(100), accepted);
    row("101 lines", requestOfHeaderLines(101), 431);

    // What is not HTTP.
    row("TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"_ba, 400);
    row("space", " "_ba, 400);
    row("NUL", "\0"_ba, 400);
    row("Latin-1", "\xff"_ba, 400);
    row("nothing", ""_ba, 0);
}

void HandshakeTest::answers()
{
    QFETCH(const QByteArray, input);
    QFETCH(const int, status);
    const Outcome result = outcome(input);
    QCOMPARE(statusOf(result), status);
    compareCuts(input, {}, result);
    if (status == accepted) {
        QCOMPARE(result.head, input);
    } else if (status != 0) {
        QCOMPARE(flaw(result.response, status), QString());
        QVERIFY(!result.response.toLower().contains(marker));
        QCOMPARE(result.head, QByteArray());
        QVERIFY(result.taken <= Handshake::maxHeadSize + 1);
    }
}

void HandshakeTest::hosts_data()
{
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<int>("anyHost");
    QTest::addColumn<int>("loopbackOnly");
    QTest::addColumn<int>("listed");
    const auto row = [](const char *host, int anyHost, int loopbackOnly, int listed) {
        QTest::newRow(host) << QByteArray(host) << anyHost << loopbackOnly << listed;
    };

    row("localhost", accepted, accepted, 403);
    row("localhost:3000", accepted, accepted, 403);
    row("localhost:", accepted, accepted, 403);
    row("LocalHost:65535", accepted, accepted, 403);
    row("localhost.", accepted, accepted, 403);
    row("localhost.:3000", accepted, accepted, 403);
    row("chat.localhost", accepted, accepted, 403);
    row("127.0.0.1", accepted, accepted, 403);
    row("127.255.0.9:1", accepted, accepted, 403);
    row("127.1", accepted, accepted, 403);
    row("[::1]", accepted, accepted, 403);
    row("[::1]:3000", accepted, accepted, 403);
    row("[0:0:0:0:0:0:0:1]", accepted, accepted, 403);

    row("localhost.evil.example", accepted, 403, 403);
    row("evil.example", accepted, 403, 403);
    row("evillocalhost", accepted, 403, 403);
    row("127.0.0.1.evil.example", accepted, 403, 403);
    row("127.evil.example.org", accepted, 403, 403);
    row("127.0.0.256", accepted, 403, 403);
    row("127.0.0.1.2", accepted, 403, 403);
    row("128.0.0.1", accepted, 403, 403);
    row("0.0.0.0", accepted, 403, 403);
    row("[::]", accepted, 403, 403);
    row("[::2]", accepted, 403, 403);
    row("[::ffff:127.0.0.1]", accepted, 403, 403);

    row("chat.example", accepted, 403, accepted);
    row("CHAT.Example.:8080", accepted, 403, accepted);
    row("dotted.example", accepted, 403, accepted);
    row("[2001:db8::1]:3000", accepted, 403, accepted);
    row("[2001:DB8:0::1]", accepted, 403, accepted);
    row("a.chat.example", accepted, 403, 403);
    row("chat.example.evil.example", accepted, 403, 403);
    row("evilchat.example", accepted, 403, 403);

    for (const char *bad : {"a b",
                            "localhost,evil",
                            "user@localhost",
                            "localhost/",
                            "localhost?",
                            "localhost#",
                            "local%68ost",
                            "localhost..",
                            "a..b",
                            ".",
                            ".localhost",
                            ":3000",
                            "localhost:x",
                            "localhost:65536",
                            "localhost:-1",
                            "localhost:1:2",
                            "::1",
                            "[::1",
                            "::1]",
                            "[::1]x",
                            "[::1%25lo]",
                            "[localhost]",
                            "<b>",
                            "\"",
                            "\\",
                            "\xf6",
                            "$(id)",
                            "127.0.0.+1"})
        row(bad, 400, 400, 400);
}

void HandshakeTest::hosts()
{
    QFETCH(const QByteArray, host);
    const HandshakePolicy loopbackOnly{{}, {}, true};
    const HandshakePolicy listed{
        {}, {u"not a host"_s, u"chat.EXAMPLE"_s, u"dotted.example."_s, u"[2001:db8::1]"_s}, true};
    const QByteArray input = withHost(host);
    QTEST(statusOf(outcome(input)), "anyHost");
    QTEST(statusOf(outcome(input, loopbackOnly)), "loopbackOnly");
    QTEST(statusOf(outcome(input, listed)), "listed");
    for (const HandshakePolicy &policy : {HandshakePolicy(), loopbackOnly, listed}) {
        const Outcome result = outcome(input, policy);
        compareCuts(input, policy, result);
        if (result.state == State::Refused)
            QCOMPARE(flaw(result.response, result.status), QString());
        if (result.status == 403)
            QVERIFY(!result.response.contains(host));
    }
}

void HandshakeTest::origins_data()
{
    QTest::addColumn<QList<QString>>("allowed");
    QTest::addColumn<QByteArray>("origin");
    QTest::addColumn<int>("status");
    const auto row = [](const char *name, const QList<QString> &allowed, const char *origin,
                        int status) {
        QTest::newRow(name) << allowed << QByteArray(origin) << status;
    };
    const QList<QString> local = {u"http://localhost"_s};
    const QList<QString> secure = {u"nonsense"_s, u"HTTPS://Chat.Example:443"_s};

    row("any", {}, "http://evil.example", accepted);
    row("any: null", {}, "null", accepted);
    row("any: nonsense", {}, "nonsense", accepted);
    row("same", local, "http://localhost", accepted);
    row("case", local, "HTTP://LocalHost", accepted);
    row("port 80", local, "http://localhost:80", accepted);
    row("port 443 of http", local, "http://localhost:443", 403);
    row("other port", local, "http://localhost:8080", 403);
    row("other scheme", local, "https://localhost", 403);
    row("other host", local, "http://evil.example", 403);
    row("suffix", local, "http://localhost.evil.example", 403);
    row("prefix", local, "http://evillocalhost", 403);
    row("subdomain", local, "http://a.localhost", 403);
    row("fragment", local, "http://evil.example/#localhost", 403);
    row("path", local, "http://localhost/", 403);
    row("query", local, "http://localhost?", 403);
    row("user", local, "http://localhost@evil.example", 403);
    row("user of it", local, "http://evil@localhost", 403);
    row("dot", local, "http://localhost.", 403);
    row("list", local, "http://localhost http://evil.example", 403);
    row("comma", local, "http://localhost, http://evil.example", 403);
    row("null", local, "null", 403);
    row("empty", local, "", 403);
    row("nonsense", local, "nonsense", 403);
    row("no scheme", local, "://localhost", 403);
    row("no slashes", local, "http:localhost", 403);
    row("no host", local, "http://", 403);
    row("percent", local, "http://local%68ost", 403);
    row("second of the list", secure, "https://chat.example", accepted);
    row("its port", secure, "https://chat.example:443", accepted);
    row("port 80 of https", secure, "https://chat.example:80", 403);
    row("listed nonsense", secure, "nonsense", 403);
    row("null listed", {u"null"_s}, "null", accepted);
    row("NULL", {u"null"_s}, "NULL", 403);
    row("null as a scheme", {u"null"_s}, "null://localhost", 403);
    row("listed port", {u"http://localhost:8080"_s}, "http://localhost:8080", accepted);
    row("listed port missing", {u"http://localhost:8080"_s}, "http://localhost", 403);
    row("IPv6", {u"http://[::1]:8080"_s}, "http://[0::1]:8080", accepted);
    row("extension", {u"moz-extension://0a1b-2c"_s}, "moz-extension://0a1b-2c", accepted);
    row("other extension", {u"moz-extension://0a1b-2c"_s}, "chrome-extension://0a1b-2c", 403);
}

void HandshakeTest::origins()
{
    QFETCH(const QList<QString>, allowed);
    QFETCH(const QByteArray, origin);
    const HandshakePolicy policy{allowed, {}, false};
    const QByteArray input = withOrigin(origin);
    const Outcome result = outcome(input, policy);
    QTEST(statusOf(result), "status");
    QCOMPARE(result.origin, origin);
    compareCuts(input, policy, result);
    if (result.state == State::Refused) {
        QCOMPARE(flaw(result.response, result.status), QString());
        QVERIFY(origin.isEmpty() || !result.response.contains(origin));
    }

    const QByteArray none = replaced("Origin: http://zqmarker.example\r\n", "");
    QCOMPARE(outcome(none, policy).state, State::Accepted);
    const QByteArray two = withOrigin(origin + "\r\nOrigin: "_ba + origin);
    QCOMPARE(outcome(two, policy).state, State::Refused);
}

void HandshakeTest::targets_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *target, const char *expected) {
        QTest::newRow(target) << QByteArray(target) << QByteArray(expected);
    };
    row("/", "/");
    row("/chat?delay=5&greeting=%41%zz", "/chat?delay=5&greeting=%41%zz");
    row("//evil.example/", "//evil.example/");
    row("/http://evil.example", "/http://evil.example");
    row("http://localhost:3000", "/");
    row("http://localhost:3000/", "/");
    row("https://localhost:3000/a/b?c", "/a/b?c");
    row("ws://localhost:3000?c/d", "/?c/d");
    row("WSS://LOCALHOST:3000/C", "/C");
}

void HandshakeTest::targets()
{
    QFETCH(const QByteArray, target);
    const Outcome result = outcome(withTarget(target));
    QCOMPARE(result.state, State::Accepted);
    QTEST(result.target, "expected");
    // For the log.
    QTEST(outcome(withTarget(target).replace("Upgrade: websocket\r\n", "")).target, "expected");
}

void HandshakeTest::refusesAtOnce_data()
{
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<int>("status");

    // The last byte of each is the one that decides.
    QTest::newRow("TLS") << "\x16"_ba << 400;
    QTest::newRow("no method") << " "_ba << 400;
    QTest::newRow("no token") << "GE("_ba << 400;
    QTest::newRow("control in the target") << "GET /\x01"_ba << 400;
    QTest::newRow("bare LF") << "GET / HTTP/1.1\n"_ba << 400;
    QTest::newRow("bare CR") << "GET / HTTP/1.1\rH"_ba << 400;
    QTest::newRow("other method") << "POST / HTTP/1.1\r\n"_ba << 405;
    QTest::newRow("other version") << "GET / HTTP/1.0\r\n"_ba << 505;
    QTest::newRow("no target") << "GET HTTP/1.1\r\n"_ba << 400;
    QTest::newRow("NUL in a header") << "GET / HTTP/1.1\r\nA: \0"_ba << 400;
    QTest::newRow("no colon") << "GET / HTTP/1.1\r\nHost\r\n"_ba << 400;
    QTest::newRow("body") << "GET / HTTP/1.1\r\nContent-Length: 5\r\n"_ba << 400;
    QTest::newRow("second host") << "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n"_ba << 400;
    QTest::newRow("16 KiB and a byte") << requestOfSize(20'000).first(16 * 1024 + 1) << 431;
    QTest::newRow("8 KiB and a byte") << "GET /"_ba + QByteArray(8192 - 4, 'a') << 431;
    QTest::newRow("101 lines") << requestOfHeaderLines(101).chopped(2) << 431;
}

void HandshakeTest::refusesAtOnce()
{
    QFETCH(const QByteArray, input);
    QFETCH(const int, status);
    QCOMPARE(outcome(input.chopped(1)).state, State::NeedsMore);
    const Outcome result = outcome(input + request());
    QCOMPARE(result.status, status);
    QCOMPARE(result.taken, input.size());
    QCOMPARE(flaw(result.response, status), QString());
}

void HandshakeTest::leavesTheFrames()
{
    const QByteArray frames = "\x81\x80\x00\x00\x00\x00GET / HTTP/1.0\r\n\r\n"_ba;
    const Outcome whole = outcome(request() + frames);
    QCOMPARE(whole.state, State::Accepted);
    QCOMPARE(whole.taken, request().size());
    QCOMPARE(whole.head, request());
    compareCuts(request() + frames, {}, whole);

    Handshake handshake({});
    QCOMPARE(handshake.feed(request()), request().size());
    QCOMPARE(handshake.feed(frames), 0);
    QCOMPARE(handshake.head(), request());
}

void HandshakeTest::unfinishedNeedsMore()
{
    for (qsizetype size = 0; size < request().size(); ++size) {
        const Outcome result = outcome(request().first(size));
        QCOMPARE(result.state, State::NeedsMore);
        QCOMPARE(result.taken, size);
    }
}

void HandshakeTest::upgradeRequiredSaysWhatThisIs()
{
    const QByteArray plain = "GET / HTTP/1.1\r\nHost: Localhost.:3000\r\n\r\n"_ba;
    QCOMPARE(outcome(plain, {{}, {}, true}).response,
             "HTTP/1.1 426 Upgrade Required\r\n"
             "Upgrade: websocket\r\n"
             "Connection: Upgrade, close\r\n"
             "Sec-WebSocket-Version: 13\r\n"
             "Content-Type: text/plain; charset=utf-8\r\n"
             "Content-Length: 125\r\n"
             "\r\n"
             "This is the Awesome Chat echo server: connect to it with a WebSocket client, "
             "for example: awesome-chat ws://Localhost.:3000/\n"_ba);
    QVERIFY(!outcome(withHost("evil.example").replace("Upgrade: websocket\r\n", ""), {{}, {}, true})
                 .response.contains("evil"));
}

void HandshakeTest::headHasNoBody()
{
    // RFC 9110 9.3.2
    const QByteArray response = outcome(replaced("GET", "HEAD")).response;
    const QByteArray full = outcome(replaced("GET", "POST")).response;
    QVERIFY(response.endsWith("\r\n\r\n"));
    QVERIFY(full.startsWith(response));
    QVERIFY(full.size() > response.size());
}

void HandshakeTest::fixedResponses()
{
    QCOMPARE(flaw(Handshake::timedOut().response, 408), QString());
    QCOMPARE(flaw(Handshake::full().response, 503), QString());
    QCOMPARE(flaw(Handshake::refusalOf(418, "A status without a phrase.").response, 418),
             QString());
}

void HandshakeTest::eachRefusalHasItsSentence()
{
    const QList<QByteArray> inputs = {
        requestOfSize(20'000),
        withTarget(QByteArray(9000, 'a')),
        "\x16"_ba,
        request().replace("\r\n", "\n"),
        withLine("A: \0"_ba),
        replaced("HTTP/1.1", "HTTP/x"),
        replaced("HTTP/1.1", "HTTP/1.0"),
        replaced("GET", "PUT"),
        withTarget("a"),
        requestOfHeaderLines(101),
        withLine(" a"),
        withLine("a"),
        withLine("a : b"),
        withLine("(: b"),
        withLine("Content-Length: 1"),
        withLine("Host: a"),
        withLine("Upgrade: a"),
        withLine("Connection: a"),
        withLine("Sec-WebSocket-Key: a"),
        withLine("Sec-WebSocket-Version: a"),
        withLine("Origin: a"),
        withHost(""),
        withTarget("http://a/"),
        withHost("a"),
        withOrigin("a"),
        replaced("Upgrade: websocket\r\n", ""),
        replaced("Connection: Upgrade\r\n", ""),
        replaced("Sec-WebSocket-Version: 13\r\n", ""),
        withKey(""),
    };
    QSet<QByteArray> responses;
    for (const QByteArray &input : inputs) {
        const Outcome result = outcome(input, {{u"http://zqmarker.example"_s}, {}, true});
        QVERIFY2(result.state == State::Refused, input.constData());
        QVERIFY2(!responses.contains(result.response), result.response.constData());
        responses += result.response;
    }
}

void HandshakeTest::costGrowsWithTheSizeOnly()
{
    // Not how long it takes, but how much longer than eight heads of an eighth of the size: 1, and
    // up to 8 when each byte makes the server look again at all that it has.
    constexpr qsizetype heads = 8;
    const auto cost = [](qsizetype count, qsizetype size) {
        const QByteArray input = requestOfSize(size).chopped(1);
        qint64 least = std::numeric_limits<qint64>::max();
        for (int round = 0; round < 30; ++round) {
            const qint64 start = threadTime();
            for (qsizetype head = 0; head < count; ++head) {
                Handshake handshake({});
                for (qsizetype position = 0; position < input.size(); ++position)
                    handshake.feed(QByteArrayView(input).sliced(position, 1));
            }
            least = qMin(least, threadTime() - start);
        }
        return double(least);
    };
    const double ratio =
        cost(1, Handshake::maxHeadSize) / cost(heads, Handshake::maxHeadSize / heads);
    qInfo("byte by byte, 16 KiB cost %.2f times as much as 8 times 2 KiB", ratio);
    QVERIFY(ratio < 2);
}

void HandshakeTest::fuzz()
{
    constexpr int rounds = 20'000;
    const HandshakePolicy policy{{u"http://zqmarker.example"_s}, {}, true};
    const QList<QByteArray> seeds = {
        request(),
        withTarget("ws://localhost:3000/a?b"),
        withHost("[::1]:3000"),
        withHost("127.0.0.1"),
        replaced("Connection: Upgrade", "Connection: keep-alive, Upgrade"),
        withLine("Content-Length: 0"),
    };
    const QByteArray favourites = "\r\n \t:,;/@#?%[].0\x00\x7f\xff"_ba;
    QRandomGenerator random(9112);
    const auto randomByte = [&] {
        return random.bounded(2) ? favourites[random.bounded(favourites.size())]
                                 : char(random.bounded(256));
    };
    int acceptedCount = 0;
    int refusedCount = 0;
    for (int round = 0; round < rounds; ++round) {
        QByteArray input = seeds[random.bounded(seeds.size())];
        if (round % 10 == 0) {
            input.resize(random.bounded(400));
            std::generate(input.begin(), input.end(), randomByte);
        }
        for (int change = random.bounded(4); change > 0 && !input.isEmpty(); --change) {
            const qsizetype position = random.bounded(input.size());
            const qsizetype size = random.bounded(input.size() - position);
            switch (random.bounded(6)) {
            case 0:
                input[position] = randomByte();
                break;
            case 1:
                input.insert(position, randomByte());
                break;
            case 2:
                input.remove(position, 1);
                break;
            case 3:
                input.remove(position, size);
                break;
            case 4:
                input.insert(random.bounded(input.size()), input.sliced(position, size));
                break;
            default: {
                QList<QByteArray> lines = input.split('\n');
                lines.insert(random.bounded(lines.size()), lines[random.bounded(lines.size())]);
                lines.swapItemsAt(random.bounded(lines.size()), random.bounded(lines.size()));
                input = lines.join('\n');
                break;
            }
            }
        }
        const Outcome result = outcome(input, policy, [&] { return random.bounded(1, 200); });
        QVERIFY(result == outcome(input, policy));
        if (result.state == State::Accepted) {
            ++acceptedCount;
            QVERIFY(input.startsWith(result.head));
            const QString rule = brokenRule(result.head, policy);
            QVERIFY2(rule.isEmpty(), qPrintable(rule + u": "_s + QString::fromLatin1(input)));
        } else if (result.state == State::Refused) {
            ++refusedCount;
            QCOMPARE(flaw(result.response, result.status), QString());
            QVERIFY(!result.response.contains(marker));
        }
    }
    qInfo("%d accepted, %d refused", acceptedCount, refusedCount);
    QVERIFY(acceptedCount > rounds / 10);
    QVERIFY(refusedCount > rounds / 10);
}

QTEST_GUILESS_MAIN(HandshakeTest)
#include "tst_handshake.moc"
