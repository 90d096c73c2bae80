// SPDX-License-Identifier: MIT
#include "echoserver.h"
#include "epollmain.h"
#include "testclients.h"

#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QTemporaryDir>
#include <QTest>
#include <QWebSocket>

#include <array>

using namespace Qt::Literals::StringLiterals;

class TlsTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;

    [[nodiscard]] QString path(const QString &name) const { return m_dir.filePath(name); }

    /// Makes NAME.crt and NAME.key for localhost.
    void makePair(const QString &name, const QStringList &keyKind)
    {
        QProcess openssl;
        openssl.start(QStringLiteral(OPENSSL_PROGRAM),
                      QStringList{u"req"_s, u"-x509"_s, u"-nodes"_s, u"-subj"_s, u"/CN=localhost"_s,
                                  u"-addext"_s, u"subjectAltName=DNS:localhost"_s, u"-days"_s,
                                  u"1"_s, u"-keyout"_s, path(name + u".key"_s), u"-out"_s,
                                  path(name + u".crt"_s), u"-newkey"_s}
                          + keyKind);
        QVERIFY(openssl.waitForFinished());
        QVERIFY2(openssl.exitCode() == 0, openssl.readAllStandardError().constData());
    }

    [[nodiscard]] ServerOptions secureOptions(const QString &name = u"ec"_s) const
    {
        ServerOptions options = quietLoopbackOptions();
        options.tlsCertificate = path(name + u".crt"_s);
        options.tlsKey = path(name + u".key"_s);
        return options;
    }

    /// Connects \a client, which trusts the certificate \a name alone, by the name that is in it.
    void open(QWebSocket &client, const EchoServer &server, const QString &name) const
    {
        QSslConfiguration configuration = client.sslConfiguration();
        configuration.setCaCertificates(QSslCertificate::fromPath(path(name + u".crt"_s)));
        client.setSslConfiguration(configuration);
        QUrl url = server.urls().first();
        url.setHost(u"localhost"_s);
        client.open(url);
    }

    static void copy(const QString &from, const QString &to)
    {
        QFile::remove(to);
        QVERIFY(QFile::copy(from, to));
    }

private Q_SLOTS:
    void initTestCase()
    {
        makePair(u"ec"_s, {u"ec"_s, u"-pkeyopt"_s, u"ec_paramgen_curve:prime256v1"_s});
        makePair(u"rsa"_s, {u"rsa:2048"_s});
        QFile garbage(path(u"garbage"_s));
        QVERIFY(garbage.open(QIODevice::WriteOnly));
        garbage.write("no PEM\n");
    }

    void echoes_data()
    {
        QTest::addColumn<QString>("pair");
        QTest::newRow("EC") << u"ec"_s;
        QTest::newRow("RSA") << u"rsa"_s;
    }

    void echoes()
    {
        QFETCH(const QString, pair);
        ServerOptions options = secureOptions(pair);
        options.greeting = u"Hello"_s;
        EchoServer server(options);
        const auto error = server.start();
        QVERIFY2(!error, qPrintable(error.value_or(QString())));
        QCOMPARE(server.urls().first().scheme(), u"wss"_s);

        QWebSocket client;
        QStringList texts;
        QList<QByteArray> binaries;
        connect(&client, &QWebSocket::textMessageReceived, this,
                [&](const QString &text) { texts += text; });
        connect(&client, &QWebSocket::binaryMessageReceived, this,
                [&](const QByteArray &bytes) { binaries += bytes; });
        open(client, server, pair);
        QTRY_COMPARE(texts, QStringList(u"Hello"_s));
        client.sendTextMessage(u"€"_s);
        QByteArray large(16 * 1024 * 1024, Qt::Uninitialized);
        for (qsizetype i = 0; i < large.size(); ++i)
            large[i] = char(i * 31);
        client.sendBinaryMessage(large);
        QTRY_COMPARE(texts.size(), 2);
        QCOMPARE(texts.last(), u"€"_s);
        QTRY_COMPARE_WITH_TIMEOUT(binaries.size(), 1, 30'000);
        QVERIFY(binaries.first() == large);

        QSignalSpy stopped(&server, &EchoServer::stopped);
        server.stop();
        QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
        QCOMPARE(client.closeCode(), QWebSocketProtocol::CloseCodeGoingAway);
        QTRY_COMPARE(stopped.count(), 1);
    }

    void oldVersionsAreRefused_data()
    {
        QTest::addColumn<QString>("version");
        QTest::addColumn<bool>("isTaken");
        QTest::newRow("1.1") << u"-tls1_1"_s << false;
        QTest::newRow("1.2") << u"-tls1_2"_s << true;
        QTest::newRow("1.3") << u"-tls1_3"_s << true;
    }

    void oldVersionsAreRefused()
    {
        QFETCH(const QString, version);
        QFETCH(const bool, isTaken);
        EchoServer server(secureOptions());
        QVERIFY(!server.start());
        QProcess openssl;
        openssl.start(QStringLiteral(OPENSSL_PROGRAM),
                      {u"s_client"_s, u"-connect"_s,
                       u"127.0.0.1:%1"_s.arg(server.urls().first().port()), version, u"-cipher"_s,
                       u"DEFAULT@SECLEVEL=0"_s});
        openssl.closeWriteChannel();
        QTRY_COMPARE_WITH_TIMEOUT(openssl.state(), QProcess::NotRunning, 10'000);
        QCOMPARE(openssl.exitCode() == 0, isTaken);
    }

    void plainTextIsRefused()
    {
        EchoServer server(secureOptions());
        QVERIFY(!server.start());
        RawClient plain;
        plain.openTcp(server.urls().first());
        QTRY_VERIFY(plain.isConnected());
        plain.upgrade();
        QTRY_VERIFY(!plain.isConnected());
        QVERIFY(!plain.isUpgraded());
        QCOMPARE(server.connectionCount(), 0);
    }

    void idleConnectionsLockNobodyOut()
    {
        EchoServer server(secureOptions());
        QVERIFY(!server.start());
        std::array<RawClient, 80> idle;
        for (RawClient &client : idle) {
            client.openTcp(server.urls().first());
            QTRY_VERIFY(client.isConnected());
        }
        QWebSocket honest;
        open(honest, server, u"ec"_s);
        QTRY_COMPARE(honest.state(), QAbstractSocket::ConnectedState);
        QVERIFY(idle.back().isConnected()); // it did not wait until they were gone
    }

    void badPairs_data()
    {
        QTest::addColumn<QString>("certificate");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("problem"); // a part of it
        QTest::newRow("no certificate file") << u"none"_s << u"ec.key"_s << u"cannot read"_s;
        QTest::newRow("no key file") << u"ec.crt"_s << u"none"_s << u"cannot read"_s;
        QTest::newRow("no certificate in it") << u"garbage"_s << u"ec.key"_s << u"no certificate"_s;
        QTest::newRow("no key in it") << u"ec.crt"_s << u"garbage"_s << u"no private key"_s;
        QTest::newRow("another's key") << u"ec.crt"_s << u"rsa.key"_s << u"is not that of"_s;
    }

    void badPairs()
    {
        QFETCH(const QString, certificate);
        QFETCH(const QString, key);
        QFETCH(const QString, problem);
        ServerOptions options = quietLoopbackOptions();
        options.tlsCertificate = path(certificate);
        options.tlsKey = path(key);
        EchoServer server(options);
        const auto error = server.start();
        QVERIFY(error);
        QVERIFY2(error->contains(problem), qPrintable(*error));
        QVERIFY(server.urls().isEmpty());
    }

    void reload()
    {
        copy(path(u"ec.crt"_s), path(u"live.crt"_s));
        copy(path(u"ec.key"_s), path(u"live.key"_s));
        EchoServer server(secureOptions(u"live"_s));
        QVERIFY(!server.start());
        QWebSocket before;
        QStringList texts;
        connect(&before, &QWebSocket::textMessageReceived, this,
                [&](const QString &text) { texts += text; });
        open(before, server, u"ec"_s);
        QTRY_COMPARE(before.state(), QAbstractSocket::ConnectedState);

        // A bad pair changes nothing.
        copy(path(u"rsa.crt"_s), path(u"live.crt"_s));
        QTest::ignoreMessage(QtWarningMsg,
                             QRegularExpression(u"the old certificate stays: .* is not that of"_s));
        server.reloadTls();
        QWebSocket between;
        open(between, server, u"ec"_s);
        QTRY_COMPARE(between.state(), QAbstractSocket::ConnectedState);

        // A good one is for those that come; who is there stays.
        copy(path(u"rsa.key"_s), path(u"live.key"_s));
        QTest::ignoreMessage(QtInfoMsg, QRegularExpression(u"new certificate, SHA-256 "_s));
        server.reloadTls();
        QWebSocket after;
        open(after, server, u"rsa"_s);
        QTRY_COMPARE(after.state(), QAbstractSocket::ConnectedState);
        before.sendTextMessage(u"still here"_s);
        QTRY_COMPARE(texts, QStringList(u"still here"_s));
    }
};

EPOLL_TEST_MAIN(TlsTest)
#include "tst_tls.moc"
