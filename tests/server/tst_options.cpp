// SPDX-License-Identifier: MIT
#include "serveroptions.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;

namespace {

ParsedOptions parse(const QStringList &flags)
{
    return parseServerOptions(QStringList{u"awesome-chat-server"_s} + flags);
}

/// The addresses in one line, with a question mark after what is optional.
QString addressLine(const ServerOptions &options)
{
    QStringList words;
    for (const ListenAddress &address : options.addresses)
        words.append(address.address.toString() + (address.isOptional ? u"?"_s : QString()));
    return words.join(u' ');
}

} // namespace

class OptionsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void defaults();
    void good_data();
    void good();
    void policy();
    void metricsPort();
    void bad_data();
    void bad();
    void quotesAreEscapedAndCut();
    void info_data();
    void info();
    void helpNamesEveryFlagAndDefault();
    void helpFitsInATerminal();
};

void OptionsTest::defaults()
{
    const auto options = std::get<ServerOptions>(parse({}));
    QCOMPARE(addressLine(options), u"127.0.0.1 ::1?"_s);
    QCOMPARE(options.port, 3000);
    QCOMPARE(options.greeting, u"Welcome to Awesome Chat"_s);
    QVERIFY(!options.isVerbose);
    QCOMPARE(options.limits.maxMessageSize, 16'777'216);
    QCOMPARE(options.limits.maxConnections, 10'000);
}

void OptionsTest::good_data()
{
    QTest::addColumn<QStringList>("flags");
    QTest::addColumn<QString>("addresses");
    QTest::addColumn<int>("port");
    QTest::addColumn<QString>("greeting"); // null: none
    QTest::addColumn<bool>("isVerbose");
    QTest::addColumn<qint64>("maxMessageSize");
    QTest::addColumn<int>("maxConnections");

    const QString localhost = u"127.0.0.1 ::1?"_s;
    const QString welcome = u"Welcome to Awesome Chat"_s;
    const qint64 size = 16'777'216;
    const int connections = 10'000;
    const auto addressRow = [&](const char *name, const QStringList &flags,
                                const QString &addresses) {
        QTest::newRow(name) << flags << addresses << 3000 << welcome << false << size
                            << connections;
    };
    addressRow("localhost", {u"--listen"_s, u"localhost"_s}, localhost);
    addressRow("localhost in capitals", {u"--listen"_s, u"LOCALHOST"_s}, localhost);
    addressRow("IPv6 in brackets", {u"--listen"_s, u"[::1]"_s}, u"::1"_s);
    addressRow("any", {u"--listen"_s, u"any"_s}, u"0.0.0.0 ::?"_s);
    addressRow("IPv4", {u"--listen"_s, u"192.0.2.7"_s}, u"192.0.2.7"_s);
    addressRow("IPv6", {u"--listen"_s, u"2001:db8::7"_s}, u"2001:db8::7"_s);
    addressRow("IPv6 loopback by name", {u"--listen"_s, u"::1"_s}, u"::1"_s);
    addressRow("repeated", {u"--listen=127.0.0.2"_s, u"--listen"_s, u"any"_s},
               u"127.0.0.2 0.0.0.0 ::?"_s);

    const auto portRow = [&](const char *name, const QStringList &flags, int port) {
        QTest::newRow(name) << flags << localhost << port << welcome << false << size
                            << connections;
    };
    portRow("any free port", {u"--port"_s, u"0"_s}, 0);
    portRow("smallest port", {u"--port"_s, u"1"_s}, 1);
    portRow("largest port", {u"--port=65535"_s}, 65535);

    const auto greetingRow = [&](const char *name, const QStringList &flags,
                                 const QString &greeting) {
        QTest::newRow(name) << flags << localhost << 3000 << greeting << false << size
                            << connections;
    };
    greetingRow("greeting", {u"--greeting"_s, u"Grüß Gott 👋"_s}, u"Grüß Gott 👋"_s);
    greetingRow("empty greeting", {u"--greeting"_s, u""_s}, u""_s);
    greetingRow("greeting like a flag", {u"--greeting=--port"_s}, u"--port"_s);
    greetingRow("no greeting", {u"--no-greeting"_s}, QString());

    QTest::newRow("verbose") << QStringList{u"--verbose"_s} << localhost << 3000 << welcome << true
                             << size << connections;
    QTest::newRow("message size, smallest")
        << QStringList{u"--max-message-size"_s, u"125"_s} << localhost << 3000 << welcome << false
        << qint64(125) << connections;
    QTest::newRow("message size, largest")
        << QStringList{u"--max-message-size"_s, u"1073741824"_s} << localhost << 3000 << welcome
        << false << qint64(1'073'741'824) << connections;
    QTest::newRow("one connection") << QStringList{u"--max-connections"_s, u"1"_s} << localhost
                                    << 3000 << welcome << false << size << 1;
    QTest::newRow("many connections") << QStringList{u"--max-connections"_s, u"1000000"_s}
                                      << localhost << 3000 << welcome << false << size << 1'000'000;
    QTest::newRow("all") << QStringList{u"--verbose"_s,
                                        u"--port"_s,
                                        u"8080"_s,
                                        u"--no-greeting"_s,
                                        u"--listen"_s,
                                        u"::1"_s,
                                        u"--max-connections"_s,
                                        u"2"_s,
                                        u"--max-message-size"_s,
                                        u"1000"_s}
                         << u"::1"_s << 8080 << QString() << true << qint64(1000) << 2;
}

void OptionsTest::good()
{
    QFETCH(const QStringList, flags);
    const ParsedOptions parsed = parse(flags);
    if (const auto *error = std::get_if<UsageError>(&parsed))
        QFAIL(qPrintable(error->sentence));
    const auto options = std::get<ServerOptions>(parsed);
    QTEST(addressLine(options), "addresses");
    QTEST(int(options.port), "port");
    QTEST(options.greeting.value_or(QString()), "greeting");
    QFETCH(const QString, greeting);
    QCOMPARE(options.greeting.has_value(), !greeting.isNull());
    QTEST(options.isVerbose, "isVerbose");
    QTEST(options.limits.maxMessageSize, "maxMessageSize");
    QTEST(options.limits.maxConnections, "maxConnections");
}

void OptionsTest::policy()
{
    const ParsedOptions none = parse({});
    QVERIFY(std::get<ServerOptions>(none).allowedOrigins.isEmpty());
    QVERIFY(std::get<ServerOptions>(none).allowedHosts.isEmpty());
    const ParsedOptions parsed =
        parse({u"--allow-origin"_s, u"https://example.org:8443"_s, u"--allow-origin=null"_s,
               u"--allow-host"_s, u"chat.example.org"_s, u"--allow-host"_s, u"[::1]"_s});
    QCOMPARE(std::get<ServerOptions>(parsed).allowedOrigins,
             QStringList({u"https://example.org:8443"_s, u"null"_s}));
    QCOMPARE(std::get<ServerOptions>(parse({u"--threads=256"_s})).threads, 256);
    QCOMPARE(std::get<ServerOptions>(parse({})).threads, QThread::idealThreadCount());
    QCOMPARE(std::get<ServerOptions>(parse({u"--max-connections-per-address=5"_s}))
                 .limits.maxConnectionsPerAddress,
             5);
    QCOMPARE(std::get<ServerOptions>(parsed).allowedHosts,
             QStringList({u"chat.example.org"_s, u"[::1]"_s}));
}

void OptionsTest::metricsPort()
{
    const auto port = [](const QStringList &flags) {
        return std::get<ServerOptions>(parse(flags)).metricsPort;
    };
    QCOMPARE(port({}), std::nullopt);
    QCOMPARE(port({u"--metrics-port"_s, u"0"_s}), 0);
    QCOMPARE(port({u"--metrics-port=65535"_s}), 65535);
    const auto parsed = parse({u"--metrics-port=65536"_s});
    const auto *error = std::get_if<UsageError>(&parsed);
    QVERIFY(error);
    QCOMPARE(
        error->sentence,
        u"--metrics-port needs a number from 0 to 65535, not '65536'; --help lists the flags"_s);
}

void OptionsTest::bad_data()
{
    QTest::addColumn<QStringList>("flags");
    QTest::addColumn<QString>("sentence"); // without the hint at --help

    QTest::newRow("unknown") << QStringList{u"--loud"_s} << u"unknown flag '--loud'"_s;
    QTest::newRow("unknown short") << QStringList{u"-x"_s} << u"unknown flag '-x'"_s;
    QTest::newRow("unknown, one dash")
        << QStringList{u"-platform"_s, u"x"_s} << u"unknown flag '-platform'"_s;
    for (const auto &word : {u"127.1"_s, u"2130706433"_s, u"127.0.0.1 "_s, u"[127.0.0.1]"_s,
                             u"224.0.0.1"_s, u"255.255.255.255"_s, u"ff02::1"_s}) {
        QTest::addRow("listen %s", qPrintable(word))
            << QStringList{u"--listen"_s, word}
            << u"--listen needs an IP address, localhost or any, not '%1'"_s.arg(word);
    }
    for (const auto &word : {u"example.org"_s, u"https://"_s, u"https://a/b"_s, u"https://a/"_s,
                             u"https://u@a"_s, u"*"_s, u""_s}) {
        QTest::addRow("origin %s", qPrintable(word))
            << QStringList{u"--allow-origin"_s, word}
            << u"--allow-origin needs an origin such as https://example.org, or null, not '%1'"_s
                   .arg(word);
    }
    for (const auto &word : {u"a:80"_s, u"a/b"_s, u"ws://a"_s, u"u@a"_s, u"a b"_s, u""_s}) {
        QTest::addRow("host %s", qPrintable(word))
            << QStringList{u"--allow-host"_s, word}
            << u"--allow-host needs a name or an address without a port, not '%1'"_s.arg(word);
    }
    QTest::newRow("unknown, one letter") << QStringList{u"--x=1"_s} << u"unknown flag '--x'"_s;
    QTest::newRow("word") << QStringList{u"3000"_s} << u"unexpected word '3000'"_s;
    QTest::newRow("word after --")
        << QStringList{u"--"_s, u"--port"_s} << u"unexpected word '--port'"_s;
    QTest::newRow("value missing") << QStringList{u"--port"_s} << u"missing value after '--port'"_s;
    QTest::newRow("value too many")
        << QStringList{u"--verbose=yes"_s} << u"unexpected value after '--verbose'"_s;

    for (const auto &flag :
         {u"port"_s, u"greeting"_s, u"max-message-size"_s, u"max-connections"_s}) {
        QTest::addRow("%s twice", qPrintable(flag))
            << QStringList{u"--"_s + flag, u"1000"_s, u"--"_s + flag, u"1000"_s}
            << u"--%1 is given more than once"_s.arg(flag);
    }
    for (const auto &flag : {u"no-greeting"_s, u"verbose"_s}) {
        QTest::addRow("%s twice", qPrintable(flag)) << QStringList{u"--"_s + flag, u"--"_s + flag}
                                                    << u"--%1 is given more than once"_s.arg(flag);
    }
    QTest::newRow("certificate without key")
        << QStringList{u"--tls-certificate"_s, u"x"_s}
        << u"--tls-certificate and --tls-key need each other"_s;
    QTest::newRow("greeting and none") << QStringList{u"--no-greeting"_s, u"--greeting"_s, u"x"_s}
                                       << u"--greeting and --no-greeting exclude each other"_s;

    for (const auto &word : {u"-1"_s, u"65536"_s, u"abc"_s, u""_s, u" 1"_s, u"+1"_s, u"1.0"_s,
                             u"0x10"_s, u"99999999999999999999"_s, u"٣"_s}) {
        QTest::addRow("port %s", qPrintable(word))
            << QStringList{u"--port="_s + word}
            << u"--port needs a number from 0 to 65535, not '%1'"_s.arg(word);
    }
    for (const auto &word : {u"0"_s, u"124"_s, u"1073741825"_s, u"16M"_s}) {
        QTest::addRow("message size %s", qPrintable(word))
            << QStringList{u"--max-message-size"_s, word}
            << u"--max-message-size needs a number from 125 to 1073741824, not '%1'"_s.arg(word);
    }
    for (const auto &word : {u"0"_s, u"257"_s, u"all"_s}) {
        QTest::addRow("threads %s", qPrintable(word))
            << QStringList{u"--threads"_s, word}
            << u"--threads needs a number from 1 to 256, not '%1'"_s.arg(word);
    }
    for (const auto &word : {u"0"_s, u"1000001"_s, u"many"_s}) {
        QTest::addRow("connections %s", qPrintable(word))
            << QStringList{u"--max-connections"_s, word}
            << u"--max-connections needs a number from 1 to 1000000, not '%1'"_s.arg(word);
    }
    for (const auto &word :
         {u"example.com"_s, u"256.0.0.1"_s, u""_s, u"127.0.0.1:3000"_s, u"*"_s}) {
        QTest::addRow("address %s", qPrintable(word))
            << QStringList{u"--listen"_s, word}
            << u"--listen needs an IP address, localhost or any, not '%1'"_s.arg(word);
    }
    QTest::newRow("good address, bad address")
        << QStringList{u"--listen"_s, u"any"_s, u"--listen"_s, u"x"_s}
        << u"--listen needs an IP address, localhost or any, not 'x'"_s;
}

void OptionsTest::bad()
{
    QFETCH(const QStringList, flags);
    QFETCH(const QString, sentence);
    const ParsedOptions parsed = parse(flags);
    const auto *error = std::get_if<UsageError>(&parsed);
    QVERIFY(error);
    QCOMPARE(error->sentence, sentence + u"; --help lists the flags"_s);
}

void OptionsTest::quotesAreEscapedAndCut()
{
    const auto sentence = [](const QStringList &flags) {
        return std::get<UsageError>(parse(flags)).sentence;
    };
    QVERIFY(sentence({u"--port"_s, u"\x1b[31m\n"_s}).contains(u"not '\\x1b[31m\\n';"_s));
    QVERIFY(sentence({u"--listen"_s, u"\u202e"_s}).contains(u"not '\\u{202e}';"_s));
    QVERIFY(sentence({u"--\a"_s}).contains(u"'--\\x07'"_s));
    QVERIFY(sentence({u"\r"_s}).contains(u"word '\\r'"_s));
    QVERIFY(sentence({QString(1000, u'x')}).contains(u'\'' + QString(80, u'x') + u"…'"_s));
}

void OptionsTest::info_data()
{
    QTest::addColumn<QStringList>("flags");
    QTest::addColumn<int>("expected");

    const int help = int(InfoRequest::Help);
    const int version = int(InfoRequest::Version);
    QTest::newRow("help") << QStringList{u"--help"_s} << help;
    QTest::newRow("version") << QStringList{u"--version"_s} << version;
    QTest::newRow("help among mistakes")
        << QStringList{u"--loud"_s, u"--help"_s, u"--port=x"_s} << help;
    QTest::newRow("both") << QStringList{u"--version"_s, u"--help"_s} << help;
}

void OptionsTest::info()
{
    QFETCH(const QStringList, flags);
    const ParsedOptions parsed = parse(flags);
    const auto *request = std::get_if<InfoRequest>(&parsed);
    QVERIFY(request);
    QTEST(int(*request), "expected");
}

void OptionsTest::helpNamesEveryFlagAndDefault()
{
    const QString help = serverHelp();
    for (const auto &word :
         {u"--listen ADDRESS"_s, u"--port N"_s, u"--greeting TEXT"_s, u"--no-greeting"_s,
          u"--verbose"_s, u"--max-message-size BYTES"_s, u"--max-connections N"_s, u"--help"_s,
          u"--version"_s, u"Examples:"_s, u"default: localhost"_s, u"default: 3000"_s}) {
        QVERIFY2(help.contains(word), qPrintable(word));
    }
    const ServerOptions options;
    for (const QString &value : {*options.greeting, QString::number(options.limits.maxMessageSize),
                                 QString::number(options.limits.maxConnections)}) {
        QVERIFY2(help.contains(u"default: %1)"_s.arg(value)), qPrintable(value));
    }
    QVERIFY(help.endsWith(u'\n'));
}

void OptionsTest::helpFitsInATerminal()
{
    const QStringList lines = serverHelp().split(u'\n');
    for (const QString &line : lines) {
        QVERIFY2(line.size() < 80, qPrintable(line));
        QVERIFY2(!line.endsWith(u' '), qPrintable(line));
    }
}

QTEST_GUILESS_MAIN(OptionsTest)
#include "tst_options.moc"
