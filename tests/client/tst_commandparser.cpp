// SPDX-License-Identifier: MIT
#include "commandparser.h"

#include <QDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

class tst_CommandParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void wscat()
    {
        const ParsedCommand command = ParsedCommand::of(
            u"$ wscat -c 'wss://example.org/chat?a=b&c=d' -H 'X-A: b, c' --header=X-B:d -s v2 "
            "--subprotocol v1 -o https://example.org --auth 'ann:gr\u00fc\u00dfe' --ca ~/ca.pem "
            "--cert '/a b/cert.pem' --key=/key.pem -x '{\"a\": \"it'\\''s\"}' -w 5 -P --no-color"_s);
        QCOMPARE(command.problem, QString());
        QCOMPARE(command.notes, QStringList());
        const ConnectionSettings &s = command.settings;
        QCOMPARE(s.url, QUrl(u"wss://example.org/chat?a=b&c=d"_s));
        QCOMPARE(s.headers,
                 QList<RequestHeader>({{u"X-A"_s, u"b, c"_s},
                                       {u"X-B"_s, u"d"_s},
                                       {u"Authorization"_s, u"Basic YW5uOmdyw7zDn2U="_s}}));
        QCOMPARE(s.subprotocols, QStringList({u"v2"_s, u"v1"_s}));
        QCOMPARE(s.origin, u"https://example.org"_s);
        QCOMPARE(s.firstMessages, QStringList{u"{\"a\": \"it's\"}"_s});
        QCOMPARE(s.caFile, QDir::homePath() + u"/ca.pem"_s);
        QCOMPARE(s.certificateFile, u"/a b/cert.pem"_s);
        QCOMPARE(s.keyFile, u"/key.pem"_s);
        QCOMPARE(command.binary, false);
    }

    void websocat()
    {
        const ParsedCommand command = ParsedCommand::of(
            u"SSL_CERT_FILE=/ca.pem websocat -b wss://example.org/chat -H='X-A: b' -HX-B:c "
            "--protocol 'v2, v1' --origin https://example.org --ua me/1 --ping-interval 30 "
            "--max-ws-message-length 1000 --preamble=hello -p 'wor ld' -1n --basic-auth ann:b"_s);
        QCOMPARE(command.problem, QString());
        QCOMPARE(command.notes, QStringList());
        const ConnectionSettings &s = command.settings;
        QCOMPARE(s.url, QUrl(u"wss://example.org/chat"_s));
        QCOMPARE(s.headers,
                 QList<RequestHeader>({{u"X-A"_s, u"b"_s},
                                       {u"X-B"_s, u"c"_s},
                                       {u"Authorization"_s, u"Basic YW5uOmI="_s}}));
        QCOMPARE(s.subprotocols, QStringList({u"v2"_s, u"v1"_s}));
        QCOMPARE(s.origin, u"https://example.org"_s);
        QCOMPARE(s.userAgent, u"me/1"_s);
        QCOMPARE(s.pingInterval, 30'000);
        QCOMPARE(s.maxMessageSize, 1'000);
        QCOMPARE(s.firstMessages, QStringList({u"hello"_s, u"wor ld"_s}));
        QCOMPARE(s.caFile, u"/ca.pem"_s);
        QCOMPARE(command.binary, true);
    }

    void addresses_data()
    {
        QTest::addColumn<QString>("command");
        QTest::addColumn<QString>("url");

        const auto row = [](const char *command, const char *url) {
            QTest::newRow(command) << QString::fromUtf8(command) << QString::fromUtf8(url);
        };
        row("wscat -c ws://localhost:3000", "ws://localhost:3000");
        row("wscat --connect=localhost:3000", "ws://localhost:3000");
        row("wscat -cws://localhost", "ws://localhost");
        row("wscat ws://localhost", "ws://localhost");
        row("/usr/bin/wscat -nPc ws://localhost", "ws://localhost");
        row("npx -y wscat -c ws://localhost", "ws://localhost");
        row("  wscat \\\n  -c ws://localhost \\\n  -s a\n", "ws://localhost");
        row("# wscat -c ws://localhost", "ws://localhost");
        row("wscat --passphrase -c ws://localhost", "ws://localhost");
        row("wscat --max-redirects 3 -c ws://localhost", "ws://localhost");
        row("wscat -c \"ws://[::1]:3000\"", "ws://[::1]:3000");
        row("websocat ws://localhost", "ws://localhost");
        row("websocat - ws://localhost", "ws://localhost");
        row("websocat -H 'A: b' ws://localhost", "ws://localhost");
        row("websocat -- ws://localhost", "ws://localhost");
        row("websocat autoreconnect:ws://localhost", "ws://localhost");
    }

    void addresses()
    {
        QFETCH(QString, command);
        QFETCH(QString, url);

        const ParsedCommand parsed = ParsedCommand::of(command);
        QCOMPARE(parsed.problem, QString());
        QCOMPARE(parsed.settings.url, QUrl(url));
        QVERIFY(ParsedCommand::isCommand(command));
    }

    void problems_data()
    {
        QTest::addColumn<QString>("command");
        QTest::addColumn<QString>("problem"); // a part of the sentence

        const auto row = [](const char *command, const char *problem) {
            QTest::newRow(command) << QString::fromUtf8(command) << QString::fromUtf8(problem);
        };
        row("", "not a command of wscat");
        row("curl ws://localhost", "not a command of wscat");
        row("wscat", "names no address: it should look like wscat -c");
        row("websocat", "names no address: it should look like websocat");
        row("wscat -c", "-c needs a value");
        row("wscat -c ws://a --header", "--header needs a value");
        row("wscat -c ws://a --frobnicate", "--frobnicate is not a flag of wscat");
        row("wscat -c ws://a -Z", "-Z is not a flag of wscat");
        row("wscat -c ws://a -k", "-k is not a flag of wscat");
        row("websocat -c ws://a", "-c is not a flag of websocat");
        row("websocat --exec-args a ws://a", "--exec-args is not a flag of websocat");
        row("wscat -c ws://a --slash=1", "--slash takes no value");
        row("wscat -l 3000", "awesome-chat-server");
        row("websocat -s 1234", "awesome-chat-server");
        row("websocat ws://a ws://b", "more than one address");
        row("websocat ws-l:127.0.0.1:80 tcp:127.0.0.1:22", "more than one address");
        row("websocat tcp:localhost", "not a WebSocket address");
        row("websocat 'sh-c:reboot'", "not a WebSocket address");
        row("wscat -c http://a", "write ws://a");
        row("wscat -c ws://a -H nothing", "“Name: value”");
        row("wscat -c ws://a -H 'Upgrade: x'", "belongs to the handshake");
        row("wscat -c ws://a -H $'A: b\\nX: c'", "cannot hold");
        row("wscat -c ws://a -s 'a b'", "not a subprotocol");
        row("websocat ws://a --ping-interval 0", "from 1 to 3600");
        row("websocat ws://a --ping-interval often", "“often”");
        row("websocat ws://a --max-ws-message-length 99999999999", "from 1 to 1073741824");
        row("wscat -c ws://a | tee log", "“|” is for a shell");
        row("wscat -c ws://a -H \"A: $TOKEN\"", "“$T” is for a shell");
        row("wscat -c ws://a -x `reboot`", "“`” is for a shell");
        row("wscat -c 'ws://a", "closing “'” is missing");
        row("wscat -c ws://ann:secret@a", "Authorization");
        row("wscat --auth ann:secret", "names no address");
    }

    void problems()
    {
        QFETCH(QString, command);
        QFETCH(QString, problem);

        const QString said = ParsedCommand::of(command).problem;
        QVERIFY2(said.contains(problem), qPrintable(said));
        QVERIFY2(said.endsWith(u'.'), qPrintable(said));
        QVERIFY2(!said.contains("secret"_L1), qPrintable(said));
    }

    void notes_data()
    {
        QTest::addColumn<QString>("flags");
        QTest::addColumn<QString>("note"); // a part of it

        QTest::newRow("no check") << u"wscat -n -c"_s << u"always checked"_s;
        QTest::newRow("insecure") << u"websocat -k"_s << u"always checked"_s;
        QTest::newRow("slash") << u"wscat --slash -c"_s << u"slash"_s;
        QTest::newRow("redirects") << u"wscat -L -c"_s << u"Redirections"_s;
        QTest::newRow("proxy") << u"wscat --proxy a:1 -c"_s << u"proxy"_s;
        QTest::newRow("socks") << u"websocat --socks5 a:1"_s << u"proxy"_s;
        QTest::newRow("host") << u"wscat --host a -c"_s << u"Host"_s;
        QTest::newRow("host header") << u"wscat -H 'Host: a' -c"_s << u"Host"_s;
        QTest::newRow("passphrase") << u"wscat --passphrase secret -c"_s << u"passphrase"_s;
        QTest::newRow("close") << u"websocat --close-reason=a --close-status-code=4000"_s
                               << u"closed"_s;
        QTest::newRow("pkcs12") << u"websocat --client-pkcs12-der a"_s << u"PEM"_s;
    }

    void notes()
    {
        QFETCH(QString, flags);
        QFETCH(QString, note);

        const ParsedCommand command = ParsedCommand::of(flags + u" wss://a"_s);
        QCOMPARE(command.problem, QString());
        QCOMPARE(command.notes.size(), 1);
        QVERIFY2(command.notes.first().contains(note), qPrintable(command.notes.first()));
        QVERIFY(!command.notes.first().contains("secret"_L1));
    }

    void headersThatHaveAPlace()
    {
        const ParsedCommand command =
            ParsedCommand::of(u"wscat -c ws://a -H 'origin: https://b' -H 'User-Agent: c' "
                              "-H 'Sec-WebSocket-Protocol: d, e' -H 'X: 1' -H 'x: 2'"_s);
        QCOMPARE(command.problem, QString());
        QCOMPARE(command.settings.origin, u"https://b"_s);
        QCOMPARE(command.settings.userAgent, u"c"_s);
        QCOMPARE(command.settings.subprotocols, QStringList({u"d"_s, u"e"_s}));
        QCOMPARE(command.settings.headers, QList<RequestHeader>({{u"x"_s, u"2"_s}}));
    }

    void addressesAreNoCommands()
    {
        for (const auto &text : {u"ws://wscat"_s, u"wscatter -c"_s, u"localhost/wscat:1"_s,
                                 QString(), u"ws://localhost/ wscat"_s})
            QVERIFY2(!ParsedCommand::isCommand(text), qPrintable(text));
    }
};

QTEST_GUILESS_MAIN(tst_CommandParser)
#include "tst_commandparser.moc"
