// SPDX-License-Identifier: MIT
#include "commandline.h"

#include <QDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

class tst_CommandLine : public QObject
{
    Q_OBJECT

    static CommandLine parsed(QStringList arguments)
    {
        arguments.prepend(u"awesome-chat"_s);
        return CommandLine::parse(arguments);
    }

private Q_SLOTS:
    void defaults()
    {
        const CommandLine line = parsed({});
        QCOMPARE(line.error, QString());
        QCOMPARE(line.action, CommandLine::Action::Chat);
        QCOMPARE(line.url, QUrl(u"ws://localhost:3000"_s));
        QCOMPARE(line.terminal, false);
        QCOMPARE(line.terminalOptions.wait, 2000);
        QCOMPARE(line.replayWait, 10'000);
        QCOMPARE(line.terminalOptions.connection.url, line.url);
        QCOMPARE(line.theme, CommandLine::Theme::System);
        QCOMPARE(line.replayFile, QString());
        QCOMPARE(line.quiet, false);
        QCOMPARE(line.pace, CommandLine::Pace::None);
        QCOMPARE(line.isPrivate, false);
    }

    void everything()
    {
        const CommandLine line = parsed({u"--terminal"_s, u"--wait"_s, u"0.5"_s, u"--theme=dark"_s,
                                         u"--private"_s, u"ws://[::1]:1/Path?Q=1"_s});
        QCOMPARE(line.error, QString());
        QCOMPARE(line.url, QUrl(u"ws://[::1]:1/Path?Q=1"_s));
        QCOMPARE(line.terminal, true);
        QCOMPARE(line.terminalOptions.wait, 500);
        QCOMPARE(line.terminalOptions.connection.url, line.url);
        QCOMPARE(line.isPrivate, true);
        QCOMPARE(line.theme, CommandLine::Theme::Dark);
        QCOMPARE(parsed({u"--theme"_s, u"light"_s}).theme, CommandLine::Theme::Light);
    }

    void aReplay()
    {
        CommandLine line = parsed({u"--replay"_s, u"talk.jsonl"_s});
        QCOMPARE(line.error, QString());
        QCOMPARE(line.replayFile, u"talk.jsonl"_s);
        QCOMPARE(line.url, QUrl()); // that of the file
        QCOMPARE(line.replayWait, 10'000);
        line = parsed({u"--replay=talk.jsonl"_s, u"ws://a"_s, u"--quiet"_s, u"--pace"_s,
                       u"original"_s, u"--wait=1"_s});
        QCOMPARE(line.error, QString());
        QCOMPARE(line.url, QUrl(u"ws://a"_s));
        QCOMPARE(line.quiet, true);
        QCOMPARE(line.pace, CommandLine::Pace::Original);
        QCOMPARE(line.replayWait, 1'000);
        QCOMPARE(parsed({u"--replay=a"_s, u"--pace=none"_s}).pace, CommandLine::Pace::None);
    }

    void theTerminal()
    {
        const CommandLine line = parsed(
            {u"--terminal"_s, u"--header"_s, u"X-A: b: c"_s, u"--header=X-B:"_s, u"--subprotocol"_s,
             u"v2"_s, u"--subprotocol=v1"_s, u"--origin"_s, u"https://example.org"_s, u"--send"_s,
             u"--hello "_s, u"--binary"_s, u"--once"_s, u"--raw"_s, u"localhost:1"_s});
        QCOMPARE(line.error, QString());
        const TerminalOptions &options = line.terminalOptions;
        QCOMPARE(options.connection.url, QUrl(u"ws://localhost:1"_s));
        QCOMPARE(options.connection.headers,
                 QList<RequestHeader>({{u"X-A"_s, u"b: c"_s}, {u"X-B"_s, QString()}}));
        QCOMPARE(options.connection.subprotocols, QStringList({u"v2"_s, u"v1"_s}));
        QCOMPARE(options.connection.origin, u"https://example.org"_s);
        QCOMPARE(options.connection.firstMessages, QStringList{u"--hello "_s});
        QVERIFY(options.binary && options.once && options.raw);
        QCOMPARE(parsed({u"--terminal"_s, u"--send=a"_s, u"--send"_s, QString()})
                     .terminalOptions.connection.firstMessages,
                 QStringList({u"a"_s, QString()}));
    }

    void pingsAndPin_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<int>("interval"); // ms

        QTest::newRow("seconds") << u"30"_s << 30'000;
        QTest::newRow("a part of one") << u"1.5"_s << 1'500;
        QTest::newRow("as in the settings") << u"2 min"_s << 120'000;
        QTest::newRow("never") << u"0"_s << 0;
    }

    void pingsAndPin()
    {
        QFETCH(const QString, typed);
        const QString pin = u"ab"_s.repeated(32);
        for (const QString &where : {u"--terminal"_s, u"--private"_s}) {
            const CommandLine line =
                parsed({where, u"--ping-interval"_s, typed, u"--pin"_s, pin, u"wss://a"_s});
            QCOMPARE(line.error, QString());
            QTEST(line.terminalOptions.connection.pingInterval, "interval");
            QCOMPARE(line.terminalOptions.connection.pinnedFingerprint, pin);
        }
    }

    void theWindow()
    {
        const CommandLine line =
            parsed({u"--header"_s, u"X-A: b"_s, u"--subprotocol"_s, u"v2"_s, u"--origin=null"_s,
                    u"--send"_s, u"hello"_s, u"localhost:1"_s});
        QCOMPARE(line.error, QString());
        QVERIFY(!line.terminal);
        const ConnectionSettings &connection = line.terminalOptions.connection;
        QCOMPARE(connection.url, QUrl(u"ws://localhost:1"_s));
        QCOMPARE(connection.headers, QList<RequestHeader>({{u"X-A"_s, u"b"_s}}));
        QCOMPARE(connection.subprotocols, QStringList{u"v2"_s});
        QCOMPARE(connection.origin, u"null"_s);
        QCOMPARE(connection.firstMessages, QStringList{u"hello"_s});
        // It may be kept, and used from elsewhere.
        QCOMPARE(parsed({u"--ca=a.pem"_s, u"--terminal"_s, u"wss://a"_s})
                     .error.contains(QDir::current().filePath(u"a.pem"_s)),
                 true);
    }

    void addressesAreReadAsPeopleTypeThem()
    {
        QCOMPARE(parsed({u"localhost:3000"_s}).url, QUrl(u"ws://localhost:3000"_s));
        QCOMPARE(parsed({u"example.org:443"_s}).url, QUrl(u"wss://example.org:443"_s));
        const QString said = parsed({u"ann:secret@localhost"_s}).error;
        QVERIFY2(said.contains("Authorization"_L1) && !said.contains("secret"_L1),
                 qPrintable(said));
    }

    void actions()
    {
        QCOMPARE(parsed({u"--help"_s}).action, CommandLine::Action::ShowHelp);
        QCOMPARE(parsed({u"-h"_s}).action, CommandLine::Action::ShowHelp);
        QCOMPARE(parsed({u"--version"_s}).action, CommandLine::Action::ShowVersion);
        QCOMPARE(parsed({u"-v"_s}).action, CommandLine::Action::ShowVersion);
    }

    void errors_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("error"); // a part of it

        QTest::newRow("unknown") << QStringList{u"--frobnicate"_s} << u"frobnicate"_s;
        QTest::newRow("two addresses") << QStringList{u"ws://a"_s, u"ws://b"_s} << u"ws://b"_s;
        QTest::newRow("empty address") << QStringList{QString()} << u"empty"_s;
        QTest::newRow("no value") << QStringList{u"--wait"_s} << u"--wait"_s;
        QTest::newRow("no number") << QStringList{u"--wait"_s, u"soon"_s} << u"soon"_s;
        QTest::newRow("negative") << QStringList{u"--wait=-1"_s} << u"-1"_s;
        QTest::newRow("no number at all") << QStringList{u"--wait=nan"_s} << u"nan"_s;
        QTest::newRow("too long") << QStringList{u"--wait=3601"_s} << u"3600"_s;
        QTest::newRow("no theme") << QStringList{u"--theme=pink"_s} << u"pink"_s;
        QTest::newRow("no file") << QStringList{u"--replay"_s} << u"--replay"_s;
        QTest::newRow("empty file") << QStringList{u"--replay="_s} << u"empty"_s;
        QTest::newRow("replay by hand")
            << QStringList{u"--replay=a"_s, u"--terminal"_s} << u"--terminal"_s;
        QTest::newRow("open nothing") << QStringList{u"--open="_s} << u"empty"_s;
        QTest::newRow("open in the terminal")
            << QStringList{u"--open=a"_s, u"--terminal"_s} << u"--terminal"_s;
        QTest::newRow("open and replay")
            << QStringList{u"--open=a"_s, u"--replay=b"_s} << u"--replay"_s;
        QTest::newRow("quiet alone") << QStringList{u"--quiet"_s} << u"--replay FILE"_s;
        QTest::newRow("pace alone") << QStringList{u"--pace=none"_s} << u"--replay FILE"_s;
        QTest::newRow("no pace") << QStringList{u"--replay=a"_s, u"--pace=fast"_s} << u"fast"_s;
        for (const QString &option :
             {u"--header=A: b"_s, u"--subprotocol=a"_s, u"--origin=a"_s, u"--ca=a"_s, u"--cert=a"_s,
              u"--key=a"_s, u"--pin=a"_s, u"--ping-interval=1"_s, u"--send=a"_s}) {
            QTest::newRow(qPrintable(option + u" in a replay"_s))
                << QStringList{option, u"--replay=a"_s} << u"does not go with --replay"_s;
            QTest::newRow(qPrintable(option + u" without an address"_s))
                << QStringList{option, u"--open=a"_s} << u"whose address is missing"_s;
        }
        for (const QString &option : {u"--binary"_s, u"--raw"_s, u"--once"_s}) {
            QTest::newRow(qPrintable(option + u" in the window"_s))
                << QStringList{option} << u"is for --terminal"_s;
        }
        const auto terminal = [](const char *name, const QStringList &more, const QString &error) {
            QTest::newRow(name) << QStringList{u"--terminal"_s} + more << error;
        };
        terminal("no header", {u"--header"_s}, u"--header"_s);
        terminal("no name", {u"--header=secret"_s}, u"“Name: value”"_s);
        terminal("empty name", {u"--header=: b"_s}, u"“Name: value”"_s);
        terminal("header of the handshake", {u"--header=Upgrade: b"_s}, u"belongs to"_s);
        terminal("line break in a header", {u"--header=A: b\nC: d"_s}, u"cannot hold"_s);
        terminal("origin as a header", {u"--header=Origin: a"_s}, u"a place of its own"_s);
        terminal("header twice", {u"--header=A: b"_s, u"--header=a: c"_s}, u"there twice"_s);
        terminal("no subprotocol", {u"--subprotocol=a b"_s}, u"not a subprotocol"_s);
        terminal("no origin", {u"--origin=a b"_s}, u"not an origin"_s);
        terminal("CA without TLS", {u"--ca=/"_s, u"ws://a"_s}, u"takes wss://"_s);
        terminal("no CA", {u"--ca=/nowhere"_s, u"wss://a"_s}, u"/nowhere"_s);
        terminal("no key", {u"--cert=/"_s, u"wss://a"_s}, u"need each other"_s);
        terminal("two messages once", {u"--once"_s, u"--send=a"_s, u"--send=b"_s},
                 u"--once sends"_s);
        QTest::newRow("value too many") << QStringList{u"--terminal=1"_s} << u"terminal"_s;
    }

    void errors()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, error);

        const QString said = parsed(arguments).error;
        QVERIFY2(said.contains(error), qPrintable(said));
        QVERIFY2(!said.contains("secret"_L1), qPrintable(said));
    }

    void aFileIsOpenedWithAnAddressOrWithout()
    {
        QCOMPARE(parsed({u"--open"_s, u"a.jsonl"_s}).openFile, u"a.jsonl"_s);
        QCOMPARE(parsed({u"--open=a.jsonl"_s}).url, QUrl());
        QCOMPARE(parsed({u"--open=a.jsonl"_s, u"ws://b"_s}).url, QUrl(u"ws://b"_s));
    }

    void reconnectingIsLeftOutWhenAskedFor()
    {
        QVERIFY(parsed({}).reconnect);
        QVERIFY(!parsed({u"--no-reconnect"_s}).reconnect);
    }

    void anAddressThatIsNoneIsNoError()
    {
        // It is said in the conversation, where it can be seen in a window too.
        QCOMPARE(parsed({u"foo"_s}).error, QString());
    }

    void helpNamesEveryOption()
    {
        const QString help = CommandLine::helpText();
        for (const auto option : {"--terminal"_L1, "--wait"_L1,
                                  "--open"_L1,     "--replay"_L1,
                                  "--quiet"_L1,    "--pace"_L1,
                                  "--header"_L1,   "--subprotocol"_L1,
                                  "--origin"_L1,   "--ca"_L1,
                                  "--cert"_L1,     "--key"_L1,
                                  "--pin"_L1,      "--ping-interval"_L1,
                                  "--send"_L1,     "--binary"_L1,
                                  "--raw"_L1,      "--once"_L1,
                                  "--theme"_L1,    "--help"_L1,
                                  "--version"_L1,  "ws://localhost:3000"_L1}) {
            QVERIFY2(help.contains(option), option.data());
        }
    }
};

QTEST_GUILESS_MAIN(tst_CommandLine)
#include "tst_commandline.moc"
