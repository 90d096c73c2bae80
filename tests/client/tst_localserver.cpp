// SPDX-License-Identifier: MIT
#include "localserver.h"
#include "portholder.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <cstdio>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto own = "--own-a-local-server"_L1;

/// A port that was free a moment ago.
int freePort()
{
    QTcpServer server;
    return server.listen(QHostAddress::LocalHost) ? server.serverPort() : 0;
}

bool listens(int port)
{
    QTcpSocket socket;
    socket.connectToHost(QHostAddress(QHostAddress::LocalHost), static_cast<quint16>(port));
    return socket.waitForConnected(5'000);
}

void setUp(LocalServer &server, int port = 0)
{
    server.setProgram(QStringLiteral(AWESOMECHAT_SERVER));
    server.setPort(port);
}

} // namespace

class tst_LocalServer : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    /// A program that does what \a script says.
    QString program(const QByteArray &script)
    {
        QFile file(m_folder.filePath(u"server"_s));
        if (!file.open(QIODevice::WriteOnly))
            qFatal("no room for a script");
        file.write("#!/bin/sh\n" + script + '\n');
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return file.fileName();
    }

    /// The sentence of a server that does what \a script says and does not run.
    QString failure(const QByteArray &script)
    {
        LocalServer server;
        setUp(server);
        server.setProgram(program(script));
        server.start();
        return QTest::qWaitFor([&] { return server.state() == LocalServer::Failed; }, 20'000)
            ? server.notice()
            : u"it has not failed"_s;
    }

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".?"_s)); }

    void itListensUntilItIsStopped()
    {
        const int port = freePort();
        LocalServer server;
        setUp(server, port);
        QCOMPARE(server.state(), LocalServer::Stopped);
        QCOMPARE(server.url(), QUrl());
        server.start();
        QCOMPARE(server.state(), LocalServer::Starting);
        const qint64 process = server.processId();
        server.start(); // one at a time
        QTRY_COMPARE_WITH_TIMEOUT(server.state(), LocalServer::Running, 20'000);
        server.start();
        QCOMPARE(server.processId(), process);
        QCOMPARE(server.url(), QUrl(u"ws://localhost:%1"_s.arg(port)));
        QCOMPARE(server.notice(), QString());
        QVERIFY(listens(port));

        server.stop();
        QCOMPARE(server.state(), LocalServer::Stopped);
        QCOMPARE(server.url(), QUrl());
        QCOMPARE(server.processId(), 0);
        QVERIFY(!listens(port));
        server.start();
        QTRY_COMPARE_WITH_TIMEOUT(server.state(), LocalServer::Running, 20'000);
        QVERIFY(listens(port));
    }

    void whoHasThePortIsSaid_data()
    {
        QTest::addColumn<QHostAddress>("address");
        QTest::newRow("IPv4") << QHostAddress(QHostAddress::LocalHost);
        QTest::newRow("IPv6") << QHostAddress(QHostAddress::LocalHostIPv6);
        QTest::newRow("any IPv4") << QHostAddress(QHostAddress::AnyIPv4);
        QTest::newRow("any") << QHostAddress(QHostAddress::Any);
    }

    void whoHasThePortIsSaid()
    {
        QFETCH(QHostAddress, address);
        QTcpServer other;
        if (!other.listen(address))
            QSKIP(qPrintable(u"this machine has no %1"_s.arg(address.toString())));
        LocalServer server;
        setUp(server, other.serverPort());
        server.start();
        QTRY_COMPARE_WITH_TIMEOUT(server.state(), LocalServer::Running, 20'000);
        const int port = server.url().port();
        QVERIFY(port != other.serverPort());
        QVERIFY(listens(port));
        // Its name is longer than what the kernel keeps of it.
        QCOMPARE(server.notice(),
                 u"Port %1 is taken by %2 (%3): the local echo server listens on %4 instead."_s.arg(
                     QString::number(other.serverPort()),
                     QFileInfo(QCoreApplication::applicationFilePath()).fileName(),
                     QString::number(QCoreApplication::applicationPid()), QString::number(port)));
        server.clearNotice();
        QCOMPARE(server.notice(), QString());
        QVERIFY(!other.hasPendingConnections());
    }

    void nobodyHasAFreePort() { QCOMPARE(portHolder(static_cast<quint16>(freePort())), QString()); }

    void whereItWasItIsAgain()
    {
        QTcpServer other;
        QVERIFY(other.listen(QHostAddress::LocalHost));
        LocalServer server;
        setUp(server, other.serverPort());
        server.start();
        QTRY_COMPARE_WITH_TIMEOUT(server.state(), LocalServer::Running, 20'000);
        const QUrl url = server.url();
        QVERIFY(url.port() != int(other.serverPort()));
        server.stop();
        server.start();
        QTRY_COMPARE_WITH_TIMEOUT(server.state(), LocalServer::Running, 20'000);
        QCOMPARE(server.url(), url);
        server.stop();
        // That is taken now, too.
        QTcpServer another;
        QVERIFY(another.listen(QHostAddress::LocalHost, quint16(url.port())));
        server.start();
        QTRY_COMPARE_WITH_TIMEOUT(server.state(), LocalServer::Running, 20'000);
        QVERIFY(server.url() != url);
        QVERIFY(server.notice().contains(QString::number(other.serverPort())));
    }

    void aPortOfAnotherAddressIsNotTaken()
    {
        // On 127.0.0.1 another test may have that port just now.
        constexpr int attempts = 10;
        for (int attempt = 0; attempt < attempts; ++attempt) {
            QTcpServer other;
            QVERIFY(other.listen(QHostAddress(u"127.0.0.2"_s)));
            LocalServer server;
            setUp(server, other.serverPort());
            const bool isFree = portHolder(other.serverPort()).isEmpty();
            server.start();
            QTRY_COMPARE_WITH_TIMEOUT(server.state(), LocalServer::Running, 20'000);
            if (isFree && server.url().port() == int(other.serverPort()))
                return;
        }
        QFAIL("it did not listen where another address has the port");
    }

    void itIsNotThere()
    {
        LocalServer server;
        setUp(server);
        server.setProgram(u"/nowhere/\x1b/awesome-chat-server"_s);
        for (int attempt = 0; attempt < 2; ++attempt) {
            server.start();
            QTRY_COMPARE(server.state(), LocalServer::Failed);
            QVERIFY2(server.notice().contains(u"“/nowhere/␛/awesome-chat-server”"_s),
                     qPrintable(server.notice()));
        }
        const QByteArray path = qgetenv("PATH");
        qputenv("PATH", "/nowhere");
        LocalServer none;
        none.start();
        qputenv("PATH", path);
        QCOMPARE(none.state(), LocalServer::Failed);
        QVERIFY2(none.notice().contains("PATH"_L1), qPrintable(none.notice()));
    }

    void itIsFoundInThePath()
    {
        const QByteArray path = qgetenv("PATH");
        const QString program = QStringLiteral(AWESOMECHAT_SERVER);
        qputenv("PATH", QFileInfo(program).path().toLocal8Bit());
        const LocalServer server;
        QCOMPARE(server.program(), program);
        qputenv("PATH", path);
    }

    void itDoesNotStart_data()
    {
        QTest::addColumn<QByteArray>("script");
        QTest::addColumn<QString>("words");
        QTest::newRow("its reason") << "echo first >&2; printf 'no \\033[2Jluck\\n' >&2; exit 2"_ba
                                    << u"could not be started (no ␛[2Jluck)"_s;
        QTest::newRow("no reason") << "exit 3"_ba << u"could not be started (exit status 3)"_s;
        QTest::newRow("no port") << "echo it is full >&2; exit 1"_ba << u"(it is full)"_s;
        QTest::newRow("killed") << "kill -9 $$"_ba << u"it was killed"_s;
    }

    void itDoesNotStart()
    {
        QFETCH(QByteArray, script);
        QFETCH(QString, words);
        const QString sentence = failure(script);
        QVERIFY2(sentence.contains(words), qPrintable(sentence));
    }

    void itNeverListens()
    {
        LocalServer server;
        setUp(server);
        server.setProgram(program("exec sleep 1000"));
        server.setStartTimeout(200);
        server.start();
        QTRY_COMPARE_WITH_TIMEOUT(server.state(), LocalServer::Failed, 20'000);
        QVERIFY2(server.notice().contains("within 0.2 s"_L1), qPrintable(server.notice()));
        QCOMPARE(server.processId(), 0);
    }

    void itEndsByItself()
    {
        LocalServer server;
        setUp(server);
        QSignalSpy changed(&server, &LocalServer::stateChanged);
        server.start();
        QTRY_COMPARE_WITH_TIMEOUT(server.state(), LocalServer::Running, 20'000);
        QCOMPARE(::kill(pid_t(server.processId()), SIGKILL), 0);
        QTRY_COMPARE(server.state(), LocalServer::Failed);
        QCOMPARE(changed.count(), 3);
        QCOMPARE(server.url(), QUrl());
        QVERIFY2(server.notice().contains("has ended by itself (it was killed"_L1),
                 qPrintable(server.notice()));
        server.start();
        QCOMPARE(server.notice(), QString());
        QTRY_COMPARE_WITH_TIMEOUT(server.state(), LocalServer::Running, 20'000);
    }

    void itEndsWithItsOwner()
    {
        int port = 0;
        {
            LocalServer server;
            setUp(server);
            server.start();
            QTRY_COMPARE_WITH_TIMEOUT(server.state(), LocalServer::Running, 20'000);
            port = server.url().port();
        }
        QVERIFY(!listens(port));
    }

    void itEndsWithTheProgramHoweverThatEnds()
    {
        QProcess program;
        program.start(QCoreApplication::applicationFilePath(), {own});
        QVERIFY(QTest::qWaitFor([&] { return program.canReadLine(); }, 20'000));
        const int port = program.readLine().trimmed().toInt();
        QVERIFY(listens(port));
        program.kill(); // as kill -9 does
        QVERIFY(program.waitForFinished());
        QTRY_VERIFY_WITH_TIMEOUT(!listens(port), 20'000);
    }

    void whereItHelps_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<bool>("isLocal");
        for (const char *url : {"ws://localhost:3000", "ws://127.0.0.1", "wss://[::1]:1/path?query",
                                "ws://app.localhost", "ws://127.9.9.9"})
            QTest::newRow(url) << QString::fromLatin1(url) << true;
        for (const char *url :
             {"ws://example.org", "ws://localhost.example.org", "ws://10.0.0.1", "", "foo"})
            QTest::newRow(url) << QString::fromLatin1(url) << false;
    }

    void whereItHelps()
    {
        QFETCH(QString, url);
        QFETCH(bool, isLocal);
        QCOMPARE(LocalServer::isLocal(QUrl(url)), isLocal);
    }

    void whatItServes()
    {
        LocalServer server;
        setUp(server);
        server.start();
        QTRY_COMPARE_WITH_TIMEOUT(server.state(), LocalServer::Running, 20'000);
        QUrl url = server.url();
        QVERIFY(server.serves(url));
        url.setHost(u"127.0.0.1"_s);
        url.setPath(u"/path"_s);
        QVERIFY(server.serves(url));
        url.setScheme(u"wss"_s);
        QVERIFY(!server.serves(url));
        url = server.url();
        server.stop();
        QVERIFY(!server.serves(url));
    }
};

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    if (QCoreApplication::arguments().value(1) == own) {
        LocalServer server;
        setUp(server);
        QObject::connect(&server, &LocalServer::stateChanged, &server, [&server] {
            if (server.state() == LocalServer::Running)
                std::printf("%d\n", server.url().port());
            std::fflush(stdout);
        });
        server.start();
        return QCoreApplication::exec();
    }
    tst_LocalServer test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_localserver.moc"
