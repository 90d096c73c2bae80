// SPDX-License-Identifier: MIT
#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>
#include <QScopeGuard>
#include <QTcpServer>
#include <QTest>
#include <QUrl>
#include <QWebSocket>

#include <csignal>

using namespace Qt::Literals::StringLiterals;

namespace {

/*!
    The server program, started with \a flags and read as lines.
*/
class Program : public QProcess
{
public:
    explicit Program(const QStringList &flags) { start(QStringLiteral(SERVER_PROGRAM), flags); }

    ~Program() override
    {
        kill();
        waitForFinished();
    }

    [[nodiscard]] QString output()
    {
        m_output += QString::fromUtf8(readAllStandardOutput());
        return m_output;
    }

    [[nodiscard]] QString errors()
    {
        m_errors += QString::fromUtf8(readAllStandardError());
        return m_errors;
    }

    /// The first address it listens on, or an empty URL.
    [[nodiscard]] QUrl url()
    {
        const auto match = QRegularExpression(u"^listening on (\\S+)\n"_s).match(output());
        return QUrl(match.captured(1));
    }

    void send(int signal) { ::kill(pid_t(processId()), signal); }

private:
    QString m_output;
    QString m_errors;
};

bool hasEnded(const QProcess &process)
{
    return process.state() == QProcess::NotRunning;
}

} // namespace

class ProgramTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void listensOnLoopbackByDefault();
    void help();
    void version();
    void portTaken();
    void badFlag();
    void signalCloses_data();
    void signalCloses();
    void secondSignalAborts();
    void greeting_data();
    void greeting();
    void logsConnections();
    void logsNoMessagesByDefault();
    void verboseLogsMessages();
    void logLinesAreShortAndHarmless();
    void outputClosed_data();
    void outputClosed();
};

void ProgramTest::listensOnLoopbackByDefault()
{
    Program program({u"--port"_s, u"0"_s});
    const bool hasIPv6 = QTcpServer().listen(QHostAddress(QHostAddress::LocalHostIPv6));
    QTRY_COMPARE(program.output().count(u'\n'), hasIPv6 ? 2 : 1);
    const int port = program.url().port();
    QString expected = u"listening on ws://127.0.0.1:%1\n"_s.arg(port);
    if (hasIPv6)
        expected += u"listening on ws://[::1]:%1\n"_s.arg(port);
    QCOMPARE(program.output(), expected);
    QCOMPARE(program.errors().contains(u"not listening on ::1"_s), !hasIPv6);
}

void ProgramTest::help()
{
    Program program({u"--help"_s});
    QTRY_VERIFY(hasEnded(program));
    QCOMPARE(program.exitCode(), 0);
    QVERIFY(program.output().startsWith(u"Usage: awesome-chat-server "_s));
    QVERIFY(program.output().contains(u"Examples:"_s));
    QCOMPARE(program.errors(), QString());
}

void ProgramTest::version()
{
    Program program({u"--version"_s});
    QTRY_VERIFY(hasEnded(program));
    QCOMPARE(program.exitCode(), 0);
    QCOMPARE(program.output(),
             u"awesome-chat-server %1\n"_s.arg(QLatin1StringView(AWESOMECHAT_VERSION)));
}

void ProgramTest::portTaken()
{
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress(QHostAddress::LocalHost)));
    Program program({u"--port"_s, QString::number(other.serverPort())});
    QTRY_VERIFY(hasEnded(program));
    QCOMPARE(program.exitCode(), 1);
    QCOMPARE(program.output(), QString());
    QCOMPARE(
        program.errors(),
        u"awesome-chat-server: cannot listen on ws://127.0.0.1:%1: the port is taken; use --port N for another one\n"_s
            .arg(other.serverPort()));
}

void ProgramTest::badFlag()
{
    Program program({u"--port"_s, u"a\nb"_s});
    QTRY_VERIFY(hasEnded(program));
    QCOMPARE(program.exitCode(), 2);
    QCOMPARE(program.output(), QString());
    QCOMPARE(
        program.errors(),
        u"awesome-chat-server: --port needs a number from 0 to 65535, not 'a\\nb'; --help lists the flags\n"_s);
}

void ProgramTest::signalCloses_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGINT") << SIGINT;
}

void ProgramTest::signalCloses()
{
    QFETCH(const int, signal);
    Program program({u"--port"_s, u"0"_s});
    QTRY_VERIFY(program.url().isValid());
    QWebSocket client;
    client.open(program.url());
    QTRY_COMPARE(client.state(), QAbstractSocket::ConnectedState);
    program.send(signal);
    QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(client.closeCode(), QWebSocketProtocol::CloseCodeGoingAway);
    QCOMPARE(client.closeReason(), u"Server stopping"_s);
    QTRY_VERIFY(hasEnded(program));
    QCOMPARE(program.exitStatus(), QProcess::NormalExit);
    QCOMPARE(program.exitCode(), 0);
    QVERIFY(program.errors().contains(u"#1 disconnected: 1001 Server stopping\n"_s));
}

void ProgramTest::secondSignalAborts()
{
    Program program({u"--port"_s, u"0"_s});
    QTRY_VERIFY(program.url().isValid());
    QTcpSocket silent;
    silent.connectToHost(program.url().host(), quint16(program.url().port()));
    silent.write(
        "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    // Not even the answer to the upgrade is read, so this peer never closes.
    silent.setReadBufferSize(1);
    QTRY_VERIFY(program.errors().contains(u"#1 connected"_s));
    program.send(SIGTERM);
    // Signals of one kind do not queue up: the second comes when the first has had its effect.
    QTRY_VERIFY(
        QTcpServer().listen(QHostAddress(QHostAddress::LocalHost), quint16(program.url().port())));
    program.send(SIGTERM);
    QTRY_VERIFY(hasEnded(program));
    QCOMPARE(program.exitStatus(), QProcess::NormalExit);
    QCOMPARE(program.exitCode(), 0);
    QVERIFY(program.errors().contains(u"#1 disconnected: aborted, server stopping\n"_s));
}

void ProgramTest::greeting_data()
{
    QTest::addColumn<QStringList>("flags");
    QTest::addColumn<QString>("firstMessage");
    QTest::newRow("default") << QStringList() << u"Welcome to Awesome Chat"_s;
    QTest::newRow("custom") << QStringList{u"--greeting"_s, u"Grüß Gott 👋"_s} << u"Grüß Gott 👋"_s;
    QTest::newRow("none") << QStringList{u"--no-greeting"_s} << u"echo"_s;
}

void ProgramTest::greeting()
{
    QFETCH(const QStringList, flags);
    Program program(QStringList{u"--port"_s, u"0"_s} + flags);
    QTRY_VERIFY(program.url().isValid());
    QWebSocket client;
    QStringList received;
    connect(&client, &QWebSocket::textMessageReceived, this,
            [&received](const QString &message) { received.append(message); });
    connect(&client, &QWebSocket::connected, &client,
            [&client] { client.sendTextMessage(u"echo"_s); });
    client.open(program.url());
    QTRY_VERIFY(received.contains(u"echo"_s));
    QTEST(received.first(), "firstMessage");
}

void ProgramTest::logsConnections()
{
    Program program({u"--port"_s, u"0"_s});
    QTRY_VERIFY(program.url().isValid());
    QUrl url = program.url();
    url.setPath(u"/path"_s);
    url.setQuery(u"delay=0"_s);
    QWebSocket client(u"https://example.org/\\"_s);
    client.open(url);
    QTRY_COMPARE(client.state(), QAbstractSocket::ConnectedState);
    const quint16 port = client.localPort();
    client.close(QWebSocketProtocol::CloseCodeNormal, u"bye"_s);

    const QString time = u"\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} "_s;
    const QRegularExpression expected(
        u"^%1#1 connected from 127\\.0\\.0\\.1:%2 to /path\\?delay=0, origin "
        u"https://example\\.org/\\\\\\\\\n"
        "%1#1 disconnected: 1000 bye\n$"_s.arg(time, QString::number(port)));
    QTRY_VERIFY2(expected.match(program.errors()).hasMatch(), qPrintable(program.errors()));
}

void ProgramTest::logsNoMessagesByDefault()
{
    Program program({u"--port"_s, u"0"_s});
    QTRY_VERIFY(program.url().isValid());
    QWebSocket client;
    connect(&client, &QWebSocket::connected, &client, [&client] {
        client.sendTextMessage(u"secret"_s);
        client.close();
    });
    client.open(program.url());
    QTRY_VERIFY(program.errors().contains(u"#1 disconnected"_s));
    QVERIFY(!program.errors().contains(u"secret"_s));
}

void ProgramTest::verboseLogsMessages()
{
    Program program({u"--port"_s, u"0"_s, u"--verbose"_s});
    QTRY_VERIFY(program.url().isValid());
    QWebSocket client;
    connect(&client, &QWebSocket::connected, &client, [&client] {
        client.sendTextMessage(u"hello"_s);
        client.sendTextMessage(u"\x1b[2J\n€"_s);
        client.sendTextMessage(QString(201, u'x'));
        client.sendBinaryMessage(QByteArray::fromHex("00ff10"));
        client.sendBinaryMessage(QByteArray(65, '\1'));
        client.close();
    });
    client.open(program.url());
    QTRY_VERIFY(program.errors().contains(u"#1 disconnected"_s));
    QString log = program.errors();
    log.remove(QRegularExpression(u"^\\S+ \\S+ "_s, QRegularExpression::MultilineOption));
    const QStringList lines = log.split(u'\n');
    QCOMPARE(lines.value(1), u"#1 text 5 bytes: hello"_s);
    QCOMPARE(lines.value(2), u"#1 text 8 bytes: \\x1b[2J\\n€"_s);
    QCOMPARE(lines.value(3), u"#1 text 201 bytes: "_s + QString(200, u'x') + u'…');
    QCOMPARE(lines.value(4), u"#1 binary 3 bytes: 00 ff 10"_s);
    QCOMPARE(lines.value(5), u"#1 binary 65 bytes: "_s + u"01 "_s.repeated(64) + u'…');
    QVERIFY(lines.value(6).startsWith(u"#1 disconnected: 1000"_s));
}

void ProgramTest::logLinesAreShortAndHarmless()
{
    Program program({u"--port"_s, u"0"_s, u"--verbose"_s});
    QTRY_VERIFY(program.url().isValid());
    // Long ones of what takes many bytes once it is escaped.
    const QString tag = QString::fromUcs4(U"\U000e0041"); // \u{e0041}
    QUrl url = program.url();
    url.setPath(u'/' + u"\x1b\n\u202e"_s.repeated(500));
    QWebSocket client(u"https://\u009b\\"_s.repeated(500));
    connect(&client, &QWebSocket::connected, &client, [&client, tag] {
        client.sendTextMessage(tag.repeated(1'000'000));
        client.sendTextMessage(u"\r\x1b[2J"_s.repeated(1000));
        client.close(QWebSocketProtocol::CloseCodeNormal, tag.repeated(30));
    });
    client.open(url);
    QTRY_VERIFY(program.errors().contains(u"#1 disconnected"_s));
    QTRY_VERIFY(program.errors().endsWith(u'\n'));

    const QStringList lines = program.errors().chopped(1).split(u'\n');
    QCOMPARE(lines.size(), 4); // connected, two messages, disconnected
    const QRegularExpression harmful(u"[\\p{Cc}\\p{Cf}\\x{fffd}]"_s);
    for (const QString &line : lines) {
        QVERIFY2(line.toUtf8().size() < 1024, qPrintable(line));
        QVERIFY2(!harmful.match(line).hasMatch(), qPrintable(line));
    }
    // 200 characters, of 9 bytes each.
    QVERIFY2(lines[1].endsWith(u'…') && lines[1].toUtf8().size() == 1023, qPrintable(lines[1]));
}

void ProgramTest::outputClosed_data()
{
    QTest::addColumn<QString>("redirection");
    QTest::newRow("closed") << u"<&- >&- 2>&-"_s;
    QTest::newRow("broken pipe") << u"2>&1 | :"_s;
    QTest::newRow("full") << u">/dev/full 2>&1"_s;
}

void ProgramTest::outputClosed()
{
    QFETCH(const QString, redirection);
    // A free port of before, since the program cannot tell which one it took.
    QTcpServer probe;
    QVERIFY(probe.listen(QHostAddress(QHostAddress::LocalHost)));
    const quint16 port = probe.serverPort();
    probe.close();

    QProcess shell;
    // The shell says its own process number, which exec gives to the program.
    shell.start(
        u"/bin/sh"_s,
        {u"-c"_s,
         u"{ sh -c 'echo $$ >&3; exec \"$0\" --port \"$1\" --verbose' \"$0\" \"$1\" %1; } 3>&1"_s
             .arg(redirection),
         QStringLiteral(SERVER_PROGRAM), QString::number(port)});
    QByteArray output;
    QTRY_VERIFY((output += shell.readAllStandardOutput()).endsWith('\n'));
    const int processId = output.trimmed().toInt();
    // It is not a child of ours, so a test that fails must not leave it behind.
    auto killer = qScopeGuard([processId] { ::kill(processId, SIGKILL); });

    QString received;
    QWebSocket client;
    connect(&client, &QWebSocket::textMessageReceived, this,
            [&received](const QString &text) { received += text; });
    // The program may not be ready yet.
    const QUrl url(u"ws://127.0.0.1:%1"_s.arg(port));
    QTRY_VERIFY(
        client.state() == QAbstractSocket::ConnectedState
        || (client.state() == QAbstractSocket::UnconnectedState && (client.open(url), false)));
    client.sendTextMessage(u"!"_s);
    QTRY_COMPARE(received, u"Welcome to Awesome Chat!"_s);
    if (redirection.contains(u"2>&-"_s)) {
        // Not a socket: the log must never go to a peer.
        for (int descriptor = 0; descriptor <= 2; ++descriptor) {
            const QFileInfo file(u"/proc/%1/fd/%2"_s.arg(processId).arg(descriptor));
            QCOMPARE(file.symLinkTarget(), u"/dev/null"_s);
        }
    }
    ::kill(processId, SIGTERM);
    QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(client.closeCode(), QWebSocketProtocol::CloseCodeGoingAway);
    QTRY_VERIFY(hasEnded(shell));
    killer.dismiss();
}

QTEST_GUILESS_MAIN(ProgramTest)
#include "tst_program.moc"
