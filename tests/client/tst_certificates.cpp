// SPDX-License-Identifier: MIT
#include "connectionsettings.h"
#include "peercertificate.h"
#include "peers.h"
#include "reconnector.h"
#include "testcertificates.h"
#include "websocket.h"

#include <QSignalSpy>
#include <QSslError>
#include <QSslServer>
#include <QTest>
#include <QWebSocketServer>

using namespace Qt::Literals::StringLiterals;

namespace {

/// A TLS server that keeps what comes through TLS, and accepts the handshake.
class TlsPeer : public QObject
{
    Q_OBJECT

public:
    explicit TlsPeer(const QSslConfiguration &tls)
    {
        m_server.setSslConfiguration(tls);
        connect(&m_server, &QSslServer::startedEncryptionHandshake, this,
                [this](QSslSocket *socket) {
                    ++m_connections;
                    m_open.insert(socket);
                    const auto forget = [this, socket] { m_open.remove(socket); };
                    connect(socket, &QSslSocket::disconnected, this, forget);
                    connect(socket, &QObject::destroyed, this, forget);
                    connect(socket, &QSslSocket::encrypted, this, [this] { ++m_encrypted; });
                    connect(socket, &QSslSocket::readyRead, this, [this, socket] {
                        m_received += socket->readAll();
                        if (m_received.endsWith("\r\n\r\n"))
                            socket->write(upgradeAnswer(m_received));
                    });
                });
        if (!m_server.listen(QHostAddress::LocalHost))
            qFatal("the peer cannot listen");
    }

    [[nodiscard]] QUrl url(const QString &host = u"localhost"_s) const
    {
        return QUrl(u"wss://%1:%2/"_s.arg(host).arg(m_server.serverPort()));
    }
    [[nodiscard]] QByteArray received() const { return m_received; }
    /// Whether somebody was here, and nobody is.
    [[nodiscard]] bool isLeft() const { return m_connections > 0 && m_open.isEmpty(); }
    /// With how many of them TLS was through.
    [[nodiscard]] int encrypted() const { return m_encrypted; }

private:
    QByteArray m_received;
    QSet<QSslSocket *> m_open;
    int m_connections = 0;
    int m_encrypted = 0;
    QSslServer m_server; // the last: the others hear of its end
};

} // namespace

/// Whom a wss:// connection is made to, and what is said of whom it is not made to.
class tst_Certificates : public QObject
{
    Q_OBJECT

    TestCertificates m_certificates{QStringLiteral(OPENSSL_PROGRAM)};

    [[nodiscard]] QSslConfiguration tls(const QString &name) const
    {
        return m_certificates.serverConfiguration(name);
    }
    [[nodiscard]] QString fingerprint(const QString &name) const
    {
        return m_certificates.fingerprint(name);
    }

    /// What is said of the certificate of that \a name when TLS has \a errors to tell.
    [[nodiscard]] PeerCertificate seen(const QString &name,
                                       const QList<QSslError::SslError> &errors) const
    {
        const QSslCertificate certificate = m_certificates.certificate(name);
        QList<QSslError> list;
        for (const QSslError::SslError error : errors)
            list += QSslError(error, certificate);
        return {certificate, list, QUrl(u"wss://localhost:3000"_s)};
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString name = u"DNS:localhost"_s;
        m_certificates.makeIssued(u"good"_s, u"/CN=localhost/O=Example"_s, name);
        m_certificates.makeIssued(u"renewed"_s, u"/CN=localhost/O=Example"_s, name);
        m_certificates.makeIssued(u"expired"_s, u"/CN=localhost"_s, name, -1);
        m_certificates.makeIssued(u"other"_s, u"/CN=other"_s,
                                  u"DNS:other.example,DNS:*.example,IP:192.0.2.1"_s);
        m_certificates.makeIssued(u"ann"_s, u"/CN=ann"_s);
        m_certificates.makeSelfSigned(u"self"_s, u"/CN=localhost"_s, name);
        m_certificates.makeSelfSigned(u"self2"_s, u"/CN=localhost"_s, name);
        m_certificates.makeSelfSigned(u"nameless"_s, u"/O=Nobody"_s);
        m_certificates.makeSelfSigned(u"hostile"_s,
                                      u"/unstructuredName="_s + QString(60 * 1024, u'x')
                                          + u"/O=a, CN=bank.example/CN=<b>moc.\u202Elapyap<\\/b>"_s,
                                      u"DNS:localhost"_s);
        QString many;
        for (int i = 0; i < 100; ++i)
            many += u",DNS:host-%1.example"_s.arg(i, 3, 10, QLatin1Char('0'));
        m_certificates.makeSelfSigned(u"many"_s, u"/CN=many"_s, many.sliced(1));
    }

    void aValidOne()
    {
        const TlsPeer peer(tls(u"good"_s));
        WebSocket socket;
        socket.setCaFile(m_certificates.pem(u"ca"_s));
        socket.setUrl(peer.url());
        QSignalSpy changed(&socket, &WebSocket::certificateChanged);
        socket.open();
        QCOMPARE(socket.trust(), WebSocket::NoTls);
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(socket.trust(), WebSocket::Verified);
        QVERIFY(!socket.isCertificateRefused());
        const PeerCertificate certificate = socket.certificate();
        QCOMPARE(certificate.host(), u"localhost:%1"_s.arg(peer.url().port()));
        QCOMPARE(certificate.subject(), u"CN=localhost, O=Example"_s);
        QCOMPARE(certificate.issuer(), u"CN=Test CA"_s);
        QCOMPARE(certificate.fingerprint(), fingerprint(u"good"_s));
        QCOMPARE(certificate.names(), QStringList{u"localhost"_s});
        QCOMPARE(certificate.problem(), QString());
        QVERIFY(certificate.effectiveDate() <= QDateTime::currentDateTime());
        QVERIFY(certificate.expiryDate() > QDateTime::currentDateTime());
        socket.close();
        QTRY_COMPARE(socket.status(), WebSocket::Closed);
        QVERIFY(socket.certificate().isNull());
        QVERIFY(!socket.isCertificateRefused());
        QCOMPARE(socket.trust(), WebSocket::NoTls);
    }

    void withoutTls()
    {
        WebSocketPeer peer;
        WebSocket socket;
        socket.setPinnedFingerprint(fingerprint(u"good"_s)); // of no use here
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QCOMPARE(socket.trust(), WebSocket::NoTls);
        QVERIFY(socket.certificate().isNull());
    }

    void whatIsNotTrusted_data()
    {
        QTest::addColumn<QString>("shown");
        QTest::addColumn<bool>("caKnown");
        QTest::addColumn<QString>("problem");
        QTest::addColumn<QString>("remedy");

        const QString trust = u"trust it for this host, or name its CA in the settings."_s;
        const QString yesterday = m_certificates.certificate(u"expired"_s)
                                      .expiryDate()
                                      .toLocalTime()
                                      .date()
                                      .toString(Qt::ISODate);
        QTest::newRow("self-signed") << u"self"_s << true << u"is self-signed"_s << trust;
        QTest::newRow("unknown issuer")
            << u"good"_s << false << u"was issued by “Test CA”, which is not known here"_s << trust;
        QTest::newRow("expired") << u"expired"_s << true << u"expired on "_s + yesterday
                                 << u"the server needs a new one."_s;
        QTest::newRow("wrong name")
            << u"other"_s << true
            << u"is for “*.example”, “192.0.2.1”, “other.example”, not for “localhost”"_s
            << u"is the address right?"_s;
        QTest::newRow("no name, self-signed")
            << u"nameless"_s << true << u"is for no host, not for “localhost” and is self-signed"_s
            << u"is the address right?"_s;
    }

    void whatIsNotTrusted()
    {
        QFETCH(QString, shown);
        QFETCH(bool, caKnown);
        QFETCH(QString, problem);
        QFETCH(QString, remedy);

        const TlsPeer peer(tls(shown));
        WebSocket socket;
        Reconnector reconnector;
        reconnector.setSocket(&socket);
        if (caKnown)
            socket.setCaFile(m_certificates.pem(u"ca"_s));
        socket.setRequestHeaders({{u"Authorization"_s, u"secret"_s}});
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Error);
        QVERIFY(socket.isCertificateRefused());
        QCOMPARE(socket.trust(), WebSocket::NoTls);
        QCOMPARE(socket.failureCause(), FailureCause::Tls);
        QCOMPARE(socket.certificate().fingerprint(), fingerprint(shown));
        QCOMPARE(socket.certificate().problem(), u"It "_s + problem + u'.');
        QCOMPARE(socket.errorString(),
                 u"The certificate of localhost:%1 %2: %3"_s.arg(peer.url().port())
                     .arg(problem, remedy));
        QVERIFY(!reconnector.isWaiting()); // it would be the same another time
        QTRY_VERIFY(peer.isLeft());
        QCOMPARE(peer.received(), QByteArray());

        // Whoever sees it first, and trusts it, is connected.
        QSignalSpy changed(&socket, &WebSocket::certificateChanged);
        socket.setPinnedFingerprint(socket.certificate().fingerprint());
        socket.open();
        QVERIFY(socket.certificate().isNull()); // it is not known whom we shall find
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QCOMPARE(changed.size(), 2);
        QCOMPARE(socket.trust(), WebSocket::Pinned);
        QVERIFY(!socket.isCertificateRefused());
        QCOMPARE(socket.certificate().problem(), u"It "_s + problem + u'.');
        QVERIFY(peer.received().contains("Authorization: secret\r\n"));
    }

    void theCertificateIsThePinnedOne_data()
    {
        QTest::addColumn<bool>("valid");
        QTest::addColumn<bool>("small");
        for (const bool valid : {true, false}) {
            QTest::addRow("%s, as openssl writes it", valid ? "valid" : "not valid")
                << valid << false;
            QTest::addRow("%s, small and without colons", valid ? "valid" : "not valid")
                << valid << true;
        }
    }

    void theCertificateIsThePinnedOne()
    {
        QFETCH(bool, valid);
        QFETCH(bool, small);

        const TlsPeer peer(tls(u"good"_s));
        WebSocket socket;
        if (valid)
            socket.setCaFile(m_certificates.pem(u"ca"_s));
        QString pin = fingerprint(u"good"_s);
        if (small)
            pin = pin.toLower().remove(u':');
        socket.setPinnedFingerprint(pin);
        QCOMPARE(socket.pinnedFingerprint(), fingerprint(u"good"_s));
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QCOMPARE(socket.trust(), valid ? WebSocket::Verified : WebSocket::Pinned);
    }

    void theCertificateHasChanged_data()
    {
        QTest::addColumn<QString>("shown");
        QTest::addColumn<QString>("trusted");

        QTest::newRow("a valid one, to another valid one") << u"renewed"_s << u"good"_s;
        QTest::newRow("a self-signed one, to a valid one") << u"good"_s << u"self"_s;
        QTest::newRow("a self-signed one, to another") << u"self2"_s << u"self"_s;
        QTest::newRow("a valid one, to an expired one") << u"expired"_s << u"good"_s;
        QTest::newRow("what is no fingerprint") << u"good"_s << QString();
    }

    /// Nothing of the request reaches whoever shows the new one, secrets least of all.
    void theCertificateHasChanged()
    {
        QFETCH(QString, shown);
        QFETCH(QString, trusted);

        const TlsPeer peer(tls(shown));
        WebSocket socket;
        Reconnector reconnector;
        reconnector.setSocket(&socket);
        const QString pin = trusted.isEmpty() ? u"<b>none"_s : fingerprint(trusted);
        socket.setCaFile(m_certificates.pem(u"ca"_s));
        socket.setRequestHeaders({{u"Authorization"_s, u"secret"_s}});
        socket.setPinnedFingerprint(pin);
        // An address is connected to at once, a name is looked up first.
        const QUrl url = peer.url(u"127.0.0.1"_s);
        for (const QUrl &address : {peer.url(), url}) {
            socket.setUrl(address);
            socket.open();
            QTRY_COMPARE(socket.status(), WebSocket::Error);
            QVERIFY(socket.isCertificateRefused());
            QCOMPARE(socket.failureCause(), FailureCause::Tls);
            QCOMPARE(socket.certificate().fingerprint(), fingerprint(shown));
            const QString words =
                u"The certificate of %1:%2 has changed: %3 is trusted, and it showed %4; ask who "
                "runs the server before you trust it."_s.arg(address.host())
                    .arg(address.port())
                    .arg(pin, fingerprint(shown));
            QCOMPARE(socket.errorString(), words);
            QVERIFY(!reconnector.isWaiting());
            QTRY_VERIFY(peer.isLeft());
            QCOMPARE(peer.received(), QByteArray());
        }
    }

    /// With TLS 1.2 the server has the last word of the handshake: it is through with it, and
    /// waits.
    void theCertificateHasChangedAndTlsIsThrough()
    {
        QSslConfiguration tls12 = tls(u"renewed"_s);
        tls12.setProtocol(QSsl::TlsV1_2);
        const TlsPeer peer(tls12);
        WebSocket socket;
        socket.setCaFile(m_certificates.pem(u"ca"_s));
        socket.setPinnedFingerprint(fingerprint(u"good"_s));
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Error);
        QTRY_VERIFY(peer.isLeft());
        QCOMPARE(peer.encrypted(), 1);
        QCOMPARE(peer.received(), QByteArray());
    }

    void thePinIsForOneConnectionOnly()
    {
        const TlsPeer peer(tls(u"self"_s));
        WebSocket socket;
        socket.setPinnedFingerprint(fingerprint(u"self"_s));
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        socket.setPinnedFingerprint({});
        QCOMPARE(socket.trust(), WebSocket::Pinned); // the connection that is there stays
        const TlsPeer other(tls(u"self"_s));
        socket.setUrl(other.url());
        QTRY_COMPARE(socket.status(), WebSocket::Error);
        QVERIFY(socket.isCertificateRefused());
        QTRY_VERIFY(other.isLeft());
        QCOMPARE(other.received(), QByteArray());
    }

    void settingsBringThePin()
    {
        const TlsPeer peer(tls(u"self"_s));
        ConnectionSettings settings;
        settings.url = peer.url();
        settings.pinnedFingerprint = fingerprint(u"self"_s);
        QCOMPARE(settings.problem(), QString());
        WebSocket socket;
        settings.applyTo(socket);
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QCOMPARE(socket.trust(), WebSocket::Pinned);
    }

    void noTlsAtAll()
    {
        RawPeer peer("HTTP/1.1 400 Bad Request\r\n\r\n", RawPeer::HangUp);
        QUrl url = peer.url();
        url.setScheme(u"wss"_s);
        WebSocket socket;
        socket.setPinnedFingerprint(fingerprint(u"self"_s));
        socket.setUrl(url);
        socket.open();
        QTRY_VERIFY(peer.last() != nullptr);
        peer.last()->write("HTTP/1.1 400 Bad Request\r\n\r\n");
        QTRY_COMPARE(socket.status(), WebSocket::Error);
        QVERIFY(!socket.isCertificateRefused());
        QVERIFY(socket.certificate().isNull());
    }

    void theServerWantsACertificate_data()
    {
        QTest::addColumn<QString>("own");
        QTest::addColumn<QString>("problem"); // a part of the sentence; empty: it is content

        QTest::newRow("it has none") << QString() << u"wants a certificate of the client"_s;
        QTest::newRow("it has another")
            << u"self"_s << u"does not accept the certificate of the client"_s;
        QTest::newRow("it has one") << u"ann"_s << QString();
    }

    /// openssl, since Qt's own server hangs up without an alert.
    void theServerWantsACertificate()
    {
        QFETCH(QString, own);
        QFETCH(QString, problem);

        QProcess server;
        server.start(QStringLiteral(OPENSSL_PROGRAM),
                     {u"s_server"_s, u"-accept"_s, u"127.0.0.1:0"_s, u"-cert"_s,
                      m_certificates.pem(u"good"_s), u"-key"_s, m_certificates.key(u"good"_s),
                      u"-CAfile"_s, m_certificates.pem(u"ca"_s), u"-Verify"_s, u"1"_s,
                      u"-verify_return_error"_s, u"-no_ign_eof"_s});
        QByteArray output;
        const auto port = [&server, &output] {
            output += server.readAllStandardOutput();
            static const QRegularExpression accept(u"ACCEPT .*:(\\d+)\\n"_s);
            return accept.match(QString::fromLatin1(output)).captured(1);
        };
        QTRY_VERIFY(!port().isEmpty());
        WebSocket socket;
        socket.setCaFile(m_certificates.pem(u"ca"_s));
        if (!own.isEmpty()) {
            socket.setCertificateFile(m_certificates.pem(own));
            socket.setKeyFile(m_certificates.key(own));
        }
        socket.setUrl(QUrl(u"wss://localhost:"_s + port()));
        socket.open();
        if (problem.isEmpty()) {
            const auto request = [&server, &output] {
                return output += server.readAllStandardOutput();
            };
            QTRY_VERIFY(request().contains("GET / HTTP/1.1"));
        } else {
            QTRY_COMPARE(socket.status(), WebSocket::Error);
            QVERIFY2(socket.errorString().contains(problem), qPrintable(socket.errorString()));
            QCOMPARE(socket.failureCause(), FailureCause::Tls);
            QVERIFY(!socket.isCertificateRefused());
        }
        server.kill();
        server.waitForFinished();
    }

    void whatIsWrongInWords_data()
    {
        QTest::addColumn<QList<QSslError::SslError>>("errors");
        QTest::addColumn<QString>("problem");

        using Errors = QList<QSslError::SslError>;
        const QString from =
            m_certificates.certificate(u"good"_s).effectiveDate().toLocalTime().date().toString(
                Qt::ISODate);
        QTest::newRow("nothing") << Errors{} << QString();
        QTest::newRow("not yet valid")
            << Errors{QSslError::CertificateNotYetValid}
            << u"is not valid before %1: is the clock of this computer right?"_s.arg(from);
        QTest::newRow("revoked")
            << Errors{QSslError::CertificateRevoked}
            << u"was revoked: do not trust it, and tell who runs the server."_s;
        QTest::newRow("the gravest has the remedy")
            << Errors{QSslError::SelfSignedCertificate, QSslError::CertificateRevoked}
            << u"is self-signed and was revoked: do not trust it, and tell who runs the server."_s;
        QTest::newRow("each once")
            << Errors{QSslError::UnableToGetLocalIssuerCertificate,
                      QSslError::UnableToVerifyFirstCertificate}
            << u"was issued by “Test CA”, which is not known here: trust it for this host, or name its CA in the settings."_s;
        QTest::newRow("anything else")
            << Errors{QSslError::PathLengthExceeded}
            << u"was not accepted (The basicConstraints path length parameter has been exceeded): ask who runs the server."_s;
    }

    void whatIsWrongInWords()
    {
        QFETCH(QList<QSslError::SslError>, errors);
        QFETCH(QString, problem);

        const PeerCertificate certificate = seen(u"good"_s, errors);
        QCOMPARE(certificate.problem().isEmpty(), errors.isEmpty());
        if (!errors.isEmpty()) {
            QCOMPARE(certificate.refusal(QUrl(u"wss://localhost:3000"_s), {}),
                     u"The certificate of localhost:3000 "_s + problem);
        }
    }

    void anIssuersCertificateHasExpired()
    {
        const QSslCertificate leaf = m_certificates.certificate(u"good"_s);
        const PeerCertificate certificate(
            leaf,
            {QSslError(QSslError::CertificateExpired, m_certificates.certificate(u"expired"_s))},
            QUrl(u"wss://localhost"_s));
        QVERIFY2(
            certificate.problem().startsWith("It has an issuer whose certificate expired on "_L1),
            qPrintable(certificate.problem()));
    }

    void strangersWordsAreHarmless()
    {
        const PeerCertificate hostile = seen(u"hostile"_s, {QSslError::SelfSignedCertificate});
        QVERIFY(hostile.subject().size() < 2 * PeerCertificate::maxLength); // with marks
        QVERIFY2(hostile.subject().startsWith(
                     u"CN=\\<b\\>moc.⟨U+202E⟩lapyap\\</b\\>, O=a\\, CN\\=bank.example, "_s),
                 qPrintable(hostile.subject()));
        QVERIFY(hostile.subject().endsWith(u'…'));
        QVERIFY(hostile.refusal(QUrl(u"wss://localhost"_s), {}).size() < 1'000);

        const PeerCertificate many = seen(u"many"_s, {QSslError::HostNameMismatch});
        QCOMPARE(many.nameCount(), 100);
        QCOMPARE(many.names().size(), PeerCertificate::maxNames);
        QCOMPARE(many.names().first(), u"host-000.example"_s);
        QVERIFY2(many.problem().endsWith(u"“host-007.example” and others, not for “localhost”."_s),
                 qPrintable(many.problem()));
    }
};

QTEST_GUILESS_MAIN(tst_Certificates)
#include "tst_certificates.moc"
