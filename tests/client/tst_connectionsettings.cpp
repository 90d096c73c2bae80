// SPDX-License-Identifier: MIT
#include "connectionsettings.h"
#include "websocket.h"

#include <QTemporaryFile>
#include <QTest>

#include <functional>

using namespace Qt::Literals::StringLiterals;

using Change = std::function<void(ConnectionSettings &)>;
Q_DECLARE_METATYPE(Change)

class tst_ConnectionSettings : public QObject
{
    Q_OBJECT

    static ConnectionSettings settings(const QString &url = u"wss://localhost:3000"_s)
    {
        ConnectionSettings settings;
        settings.url = QUrl(url);
        return settings;
    }

private Q_SLOTS:
    void theDefaultsAreFine()
    {
        QCOMPARE(settings().problem(), QString());
        QCOMPARE(settings(u"ws://localhost"_s).problem(), QString());
        QCOMPARE(settings().requestHeaders(), QVariantMap());
    }

    void problems_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QString>("problem"); // a part of the sentence; empty: none

        const auto row = [](const char *name, const char *problem, const Change &change) {
            QTest::newRow(name) << change << QString::fromUtf8(problem);
        };
        const auto header = [&row](const char *problem, const QString &name, const QString &value) {
            row(qPrintable(u"header %1: %2"_s.arg(name, value).simplified()), problem,
                [=](ConnectionSettings &s) {
                    s.headers += {name, value};
                });
        };
        const auto subprotocols = [&row](const char *problem, const QStringList &names) {
            row(qPrintable(u"subprotocols %1"_s.arg(names.join(u'|')).simplified()), problem,
                [=](ConnectionSettings &s) { s.subprotocols = names; });
        };

        row("no address", "No address", [](ConnectionSettings &s) { s.url = QUrl(); });
        row("http", "starts with http:", [](ConnectionSettings &s) { s.url.setScheme(u"http"_s); });

        header("", u"X-A"_s, u"b: c, d"_s);
        header("", u"X-Empty"_s, QString());
        header("", u"Authorization"_s, u"Bearer x"_s);
        header("", u"User-Agent"_s, u"me"_s);
        header("not the name", QString(), u"b"_s);
        header("not the name", u"a b"_s, u"c"_s);
        header("not the name", u"a:"_s, u"c"_s);
        header("not the name", u"a\r\nb"_s, u"c"_s);
        header("not the name", u"größe"_s, u"c"_s);
        header("cannot hold", u"a"_s, u"b\rc"_s);
        header("cannot hold", u"a"_s, u"b\nX-Evil: c"_s);
        header("cannot hold", u"a"_s, u"b\0c"_s);
        header("cannot hold", u"a"_s, u"größe"_s);
        for (const auto &name :
             {u"Connection"_s, u"Upgrade"_s, u"HOST"_s, u"Keep-Alive"_s, u"TE"_s, u"Trailer"_s,
              u"Transfer-Encoding"_s, u"Content-Length"_s, u"Proxy-Authorization"_s,
              u"proxy-connection"_s, u"Sec-WebSocket-Key"_s, u"sec-websocket-protocol"_s})
            header("belongs to the handshake", name, u"a"_s);
        header("a place of its own", u"Origin"_s, u"https://a"_s);
        row("a header twice", "there twice", [](ConnectionSettings &s) {
            s.headers = {{u"Cookie"_s, u"a"_s}, {u"cookie"_s, u"b"_s}};
        });
        row("user agent twice", "there twice", [](ConnectionSettings &s) {
            s.headers = {{u"user-agent"_s, u"a"_s}};
            s.userAgent = u"b"_s;
        });

        subprotocols("", {u"chat"_s, u"v2.chat"_s, u"CHAT"_s});
        subprotocols("not a subprotocol", {QString()});
        subprotocols("not a subprotocol", {u"a b"_s});
        subprotocols("not a subprotocol", {u"a,b"_s});
        subprotocols("not a subprotocol", {u"a\r\nb"_s});
        subprotocols("not a subprotocol", {u"ü"_s});
        subprotocols("there twice", {u"a"_s, u"b"_s, u"a"_s});

        row("origin", "", [](ConnectionSettings &s) { s.origin = u"https://example.org"_s; });
        row("origin null", "", [](ConnectionSettings &s) { s.origin = u"null"_s; });
        row("origin, line break", "not an origin",
            [](ConnectionSettings &s) { s.origin = u"a\r\nX: b"_s; });
        row("origin, blank", "not an origin", [](ConnectionSettings &s) { s.origin = u"a b"_s; });
        row("user agent", "", [](ConnectionSettings &s) { s.userAgent = u"me/1 (x)"_s; });
        row("user agent, line break", "user agent",
            [](ConnectionSettings &s) { s.userAgent = u"me\r\nX: b"_s; });

        row("no message", "largest message", [](ConnectionSettings &s) { s.maxMessageSize = 0; });
        row("large messages", "",
            [](ConnectionSettings &s) { s.maxMessageSize = s.largestMaxMessageSize; });
        row("too large messages", "largest message",
            [](ConnectionSettings &s) { s.maxMessageSize = s.largestMaxMessageSize + 1; });
        row("no time", "Connecting", [](ConnectionSettings &s) { s.handshakeTimeout = 0; });
        row("too much time", "Connecting",
            [](ConnectionSettings &s) { s.handshakeTimeout = s.longestHandshakeTimeout + 1; });
        row("pings", "", [](ConnectionSettings &s) { s.pingInterval = s.shortestPingInterval; });
        row("a flood of pings", "pings", [](ConnectionSettings &s) { s.pingInterval = 1; });
        row("negative pings", "pings", [](ConnectionSettings &s) { s.pingInterval = -1; });
        row("rare pings", "pings",
            [](ConnectionSettings &s) { s.pingInterval = s.longestPingInterval + 1; });

        row("no CA file", "trusted certificates",
            [](ConnectionSettings &s) { s.caFile = u"/nowhere/ca.pem"_s; });
        row("CA file is a folder", "trusted certificates",
            [](ConnectionSettings &s) { s.caFile = u"/"_s; });
        row("CA file without TLS", "takes wss://", [](ConnectionSettings &s) {
            s.url = QUrl(u"ws://localhost"_s);
            s.caFile = u"/"_s;
        });
        row("certificate without key", "need each other",
            [](ConnectionSettings &s) { s.certificateFile = u"/a"_s; });
        row("key without certificate", "need each other",
            [](ConnectionSettings &s) { s.keyFile = u"/a"_s; });
        row("no certificate file", "The client's certificate cannot be read",
            [](ConnectionSettings &s) {
                s.certificateFile = u"/nowhere/a"_s;
                s.keyFile = u"/nowhere/b"_s;
            });
        row("fingerprint", "",
            [](ConnectionSettings &s) { s.pinnedFingerprint = QString(64, u'a'); });
        row("short fingerprint", "not a SHA-256 fingerprint",
            [](ConnectionSettings &s) { s.pinnedFingerprint = QString(63, u'a'); });
        row("other letters", "not a SHA-256 fingerprint",
            [](ConnectionSettings &s) { s.pinnedFingerprint = QString(64, u'x'); });
    }

    void problems()
    {
        QFETCH(Change, change);
        QFETCH(QString, problem);

        ConnectionSettings s = settings();
        change(s);
        const QString said = s.problem();
        QVERIFY2(problem.isEmpty() ? said.isEmpty() : said.contains(problem), qPrintable(said));
        QVERIFY2(said.isEmpty() || said.endsWith(u'.'), qPrintable(said));
        QVERIFY2(!said.contains(u'\n'), qPrintable(said));
    }

    void filesThatAreThere()
    {
        QTemporaryFile file;
        QVERIFY(file.open());
        ConnectionSettings s = settings();
        s.caFile = s.certificateFile = s.keyFile = file.fileName();
        QCOMPARE(s.problem(), QString());
        QVERIFY(s.hasTlsSettings());
    }

    void headersFromText()
    {
        const auto read = [](const QString &text) { return RequestHeader::fromText(text); };
        QCOMPARE(read(u"A: b"_s), (RequestHeader{u"A"_s, u"b"_s}));
        QCOMPARE(read(u"A:b:c "_s), (RequestHeader{u"A"_s, u"b:c"_s}));
        QCOMPARE(read(u"A:"_s), (RequestHeader{u"A"_s, QString()}));
        QCOMPARE(read(u"A"_s).name, QString());
    }

    void fingerprints()
    {
        const QString expected = u"AB:"_s.repeated(31) + u"AB"_s;
        QCOMPARE(normalizedFingerprint(u"ab"_s.repeated(32)), expected);
        QCOMPARE(normalizedFingerprint(expected), expected);
        QCOMPARE(normalizedFingerprint(u"ab"_s.repeated(31)), QString());
        QCOMPARE(normalizedFingerprint(QString()), QString());
    }

    void aSocketTakesThem()
    {
        ConnectionSettings s = settings();
        s.headers = {{u"B"_s, u"1"_s}, {u"A"_s, u"2"_s}};
        s.userAgent = u"me"_s;
        s.subprotocols = {u"x"_s, u"y"_s};
        s.origin = u"https://example.org"_s;
        s.maxMessageSize = 1'000;
        s.handshakeTimeout = 2'000;
        WebSocket socket;
        s.applyTo(socket);
        QCOMPARE(socket.url(), s.url);
        QCOMPARE(socket.requestHeaders(),
                 QVariantMap({{u"A"_s, u"2"_s}, {u"B"_s, u"1"_s}, {u"User-Agent"_s, u"me"_s}}));
        QCOMPARE(socket.requestedSubprotocols(), s.subprotocols);
        QCOMPARE(socket.origin(), s.origin);
        QCOMPARE(socket.maxMessageSize(), 1'000);
        QCOMPARE(socket.handshakeTimeout(), 2'000);
    }
};

QTEST_GUILESS_MAIN(tst_ConnectionSettings)
#include "tst_connectionsettings.moc"
