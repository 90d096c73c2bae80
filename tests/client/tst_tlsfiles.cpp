// SPDX-License-Identifier: MIT
#include "connectionsettings.h"
#include "websocket.h"

#include <QFile>
#include <QProcess>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QTemporaryDir>
#include <QTest>
#include <QWebSocket>
#include <QWebSocketServer>

#include <memory>

using namespace Qt::Literals::StringLiterals;

/// A CA of its own, which the system does not know; it has signed for "localhost" and for "ann".
class tst_TlsFiles : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;

    [[nodiscard]] QString file(const QString &name) const { return m_dir.filePath(name); }

    void openssl(const QStringList &arguments) const
    {
        QProcess process;
        process.start(QStringLiteral(OPENSSL_PROGRAM), arguments);
        QVERIFY(process.waitForFinished());
        QVERIFY2(process.exitCode() == 0, process.readAllStandardError().constData());
    }

    void makeCertificate(const QString &name, const QStringList &key,
                         const QStringList &issuer) const
    {
        openssl(QStringList{u"req"_s, u"-x509"_s, u"-nodes"_s, u"-days"_s, u"1"_s, u"-subj"_s,
                            u"/CN="_s + name, u"-addext"_s, u"subjectAltName=DNS:"_s + name,
                            u"-keyout"_s, file(name + u".key"_s), u"-out"_s, file(name + u".pem"_s),
                            u"-newkey"_s}
                + key + issuer);
    }

    /// A server that shows the certificate of localhost, and may want one of the client's.
    [[nodiscard]] std::unique_ptr<QWebSocketServer> server(bool wantsCertificate) const
    {
        QSslConfiguration tls;
        tls.setLocalCertificateChain(QSslCertificate::fromPath(file(u"localhost.pem"_s)));
        QFile key(file(u"localhost.key"_s));
        if (!key.open(QIODevice::ReadOnly))
            qFatal("no key");
        tls.setPrivateKey(QSslKey(&key, QSsl::Ec));
        tls.setCaCertificates(QSslCertificate::fromPath(file(u"ca.pem"_s)));
        tls.setPeerVerifyMode(wantsCertificate ? QSslSocket::VerifyPeer : QSslSocket::VerifyNone);
        auto result = std::make_unique<QWebSocketServer>(u"peer"_s, QWebSocketServer::SecureMode);
        result->setSslConfiguration(tls);
        if (!result->listen(QHostAddress::LocalHost))
            qFatal("the peer cannot listen");
        return result;
    }

    static ConnectionSettings to(const QWebSocketServer &server)
    {
        ConnectionSettings settings;
        settings.url = QUrl(u"wss://localhost:%1"_s.arg(server.serverPort()));
        return settings;
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QStringList ec{u"ec"_s, u"-pkeyopt"_s, u"ec_paramgen_curve:prime256v1"_s};
        makeCertificate(u"ca"_s, ec, {});
        const QStringList issuer{u"-CA"_s, file(u"ca.pem"_s), u"-CAkey"_s, file(u"ca.key"_s)};
        makeCertificate(u"localhost"_s, ec, issuer);
        makeCertificate(u"ann"_s, {u"rsa:2048"_s}, issuer);
        openssl({u"pkey"_s, u"-in"_s, file(u"ann.key"_s), u"-aes256"_s, u"-passout"_s,
                 u"pass:secret"_s, u"-out"_s, file(u"locked.key"_s)});
    }

    void theCaIsTrusted()
    {
        const auto peer = server(false);
        WebSocket socket;
        ConnectionSettings settings = to(*peer);
        settings.applyTo(socket);
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Error); // the system does not know it
        settings.caFile = file(u"ca.pem"_s);
        QCOMPARE(settings.problem(), QString());
        settings.applyTo(socket);
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
    }

    void theCertificateIsShown()
    {
        const auto peer = server(true);
        WebSocket socket;
        ConnectionSettings settings = to(*peer);
        settings.caFile = file(u"ca.pem"_s);
        settings.certificateFile = file(u"ann.pem"_s);
        settings.keyFile = file(u"ann.key"_s);
        QCOMPARE(settings.problem(), QString());
        settings.applyTo(socket);
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QTRY_VERIFY(peer->hasPendingConnections());
        const std::unique_ptr<QWebSocket> client(peer->nextPendingConnection());
        QCOMPARE(
            client->sslConfiguration().peerCertificate().subjectInfo(QSslCertificate::CommonName),
            QStringList{u"ann"_s});
    }

    void withoutACertificateWhereOneIsWanted()
    {
        const auto peer = server(true);
        WebSocket socket;
        ConnectionSettings settings = to(*peer);
        settings.caFile = file(u"ca.pem"_s);
        settings.applyTo(socket);
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Error);
    }

    void filesThatCannotBeUsed_data()
    {
        QTest::addColumn<QStringList>("files"); // CA, certificate, key
        QTest::addColumn<QString>("problem"); // a part of the sentence

        QTest::newRow("no CA") << QStringList{u"nothing"_s, {}, {}}
                               << u"no certificate in PEM to trust"_s;
        QTest::newRow("a key as CA")
            << QStringList{u"ca.key"_s, {}, {}} << u"no certificate in PEM to trust"_s;
        QTest::newRow("no certificate")
            << QStringList{{}, u"ann.key"_s, u"ann.key"_s} << u"no certificate in PEM to show"_s;
        QTest::newRow("no key") << QStringList{{}, u"ann.pem"_s, u"ann.pem"_s}
                                << u"no private key in PEM"_s;
        QTest::newRow("a locked key")
            << QStringList{{}, u"ann.pem"_s, u"locked.key"_s} << u"a passphrase protects it"_s;
    }

    void filesThatCannotBeUsed()
    {
        QFETCH(QStringList, files);
        QFETCH(QString, problem);

        for (QString &name : files)
            name = name.isEmpty() ? name : file(name);
        const auto peer = server(false);
        WebSocket socket;
        socket.setTlsFiles({.ca = files[0], .certificate = files[1], .key = files[2]});
        socket.setUrl(to(*peer).url);
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Error);
        QVERIFY2(socket.errorString().contains(problem), qPrintable(socket.errorString()));
    }
};

QTEST_GUILESS_MAIN(tst_TlsFiles)
#include "tst_tlsfiles.moc"
