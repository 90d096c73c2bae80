// SPDX-License-Identifier: MIT
#pragma once

#include <QFile>
#include <QProcess>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslSocket>
#include <QTemporaryDir>

/// Certificates that openssl makes for one test, each "<name>.pem" with its key "<name>.key"; "ca"
/// is a CA that the system does not know.
class TestCertificates
{
public:
    explicit TestCertificates(const QString &openssl)
        : m_openssl(openssl)
    {
        makeSelfSigned(QStringLiteral("ca"), QStringLiteral("/CN=Test CA"));
    }

    /// Where openssl and the test find their files.
    [[nodiscard]] QString file(const QString &name) const { return m_dir.filePath(name); }
    [[nodiscard]] QString pem(const QString &name) const
    {
        return file(name + QLatin1String(".pem"));
    }
    [[nodiscard]] QString key(const QString &name) const
    {
        return file(name + QLatin1String(".key"));
    }

    /// \a host is such as "DNS:localhost"; without one there are no alternative names.
    void makeSelfSigned(const QString &name, const QString &subject, const QString &host = {}) const
    {
        makeRequest(name, subject, host, ellipticCurve());
        sign(name, {QStringLiteral("-signkey"), key(name)}, 1);
    }
    /// One that the CA has signed; with negative \a days it has expired. \a keyType is as
    /// "-newkey" takes it.
    void makeIssued(const QString &name, const QString &subject, const QString &host = {},
                    int days = 1, const QStringList &keyType = ellipticCurve()) const
    {
        makeRequest(name, subject, host, keyType);
        const QString ca = QStringLiteral("ca");
        sign(name, {QStringLiteral("-CA"), pem(ca), QStringLiteral("-CAkey"), key(ca)}, days);
    }

    /// SHA-256, as openssl writes it.
    [[nodiscard]] QString fingerprint(const QString &name) const
    {
        const QByteArray line =
            run({QStringLiteral("x509"), QStringLiteral("-in"), pem(name), QStringLiteral("-noout"),
                 QStringLiteral("-fingerprint"), QStringLiteral("-sha256")});
        return QString::fromLatin1(line.sliced(line.indexOf('=') + 1)).trimmed();
    }
    [[nodiscard]] QSslCertificate certificate(const QString &name) const
    {
        return QSslCertificate::fromPath(pem(name)).value(0);
    }
    /// For a server that shows the certificate of that \a name.
    [[nodiscard]] QSslConfiguration serverConfiguration(const QString &name) const
    {
        QSslConfiguration tls;
        tls.setLocalCertificateChain(QSslCertificate::fromPath(pem(name)));
        QFile device(key(name));
        if (!device.open(QIODevice::ReadOnly))
            qFatal("no key");
        tls.setPrivateKey(QSslKey(&device, QSsl::Ec));
        tls.setPeerVerifyMode(QSslSocket::VerifyNone);
        return tls;
    }

    /// Runs openssl, and returns what it says.
    QByteArray run(const QStringList &arguments) const
    {
        QProcess process;
        process.start(m_openssl, arguments);
        if (!process.waitForFinished() || process.exitCode() != 0)
            qFatal("%s", process.readAllStandardError().constData());
        return process.readAllStandardOutput();
    }

private:
    [[nodiscard]] static QStringList ellipticCurve()
    {
        return {QStringLiteral("ec"), QStringLiteral("-pkeyopt"),
                QStringLiteral("ec_paramgen_curve:prime256v1")};
    }

    void makeRequest(const QString &name, const QString &subject, const QString &host,
                     const QStringList &keyType) const
    {
        QStringList arguments{QStringLiteral("req"),     QStringLiteral("-new"),
                              QStringLiteral("-nodes"),  QStringLiteral("-utf8"),
                              QStringLiteral("-subj"),   subject,
                              QStringLiteral("-keyout"), key(name),
                              QStringLiteral("-out"),    file(name + QLatin1String(".csr")),
                              QStringLiteral("-newkey")};
        arguments += keyType;
        if (!host.isEmpty())
            arguments << QStringLiteral("-addext") << QStringLiteral("subjectAltName=") + host;
        run(arguments);
    }

    void sign(const QString &name, const QStringList &issuer, int days) const
    {
        run(QStringList{QStringLiteral("x509"), QStringLiteral("-req"),
                        QStringLiteral("-copy_extensions"), QStringLiteral("copy"),
                        QStringLiteral("-days"), QString::number(days), QStringLiteral("-in"),
                        file(name + QLatin1String(".csr")), QStringLiteral("-out"), pem(name)}
            + issuer);
    }

    QString m_openssl;
    QTemporaryDir m_dir;
};
