// SPDX-License-Identifier: MIT
#include "connectionsettings.h"
#include "testcertificates.h"
#include "websocket.h"

#include <QTest>
#include <QWebSocket>
#include <QWebSocketServer>

#include <memory>

using namespace Qt::Literals::StringLiterals;

/// A CA of its own, which the system does not know; it has signed for "localhost" and for "ann".
class tst_TlsFiles : public QObject
{
    Q_OBJECT

    TestCertificates m_certificates{QStringLiteral(OPENSSL_PROGRAM)};

    /// A server that shows the certificate of localhost, and may want one of the client's.
    [[nodiscard]] std::unique_ptr<QWebSocketServer> server(bool wantsCertificate) const
    {
        QSslConfiguration tls = m_certificates.serverConfiguration(u"localhost"_s);
        tls.setCaCertificates({m_certificates.certificate(u"ca"_s)});
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
        m_certificates.makeIssued(u"localhost"_s, u"/CN=localhost"_s, u"DNS:localhost"_s);
        m_certificates.makeIssued(u"ann"_s, u"/CN=ann"_s, {}, 1, {u"rsa:2048"_s});
        m_certificates.run({u"pkey"_s, u"-in"_s, m_certificates.key(u"ann"_s), u"-aes256"_s,
                            u"-passout"_s, u"pass:secret"_s, u"-out"_s,
                            m_certificates.key(u"locked"_s)});
    }

    void theCaIsTrusted()
    {
        const auto peer = server(false);
        WebSocket socket;
        ConnectionSettings settings = to(*peer);
        settings.applyTo(socket);
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Error); // the system does not know it
        settings.caFile = m_certificates.pem(u"ca"_s);
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
        settings.caFile = m_certificates.pem(u"ca"_s);
        settings.certificateFile = m_certificates.pem(u"ann"_s);
        settings.keyFile = m_certificates.key(u"ann"_s);
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
        settings.caFile = m_certificates.pem(u"ca"_s);
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
            name = name.isEmpty() ? name : m_certificates.file(name);
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
