// SPDX-License-Identifier: MIT
#include "tlsfiles.h"

#include "displaytext.h"

#include <QFile>
#include <QFileInfo>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>

using namespace Qt::Literals::StringLiterals;

namespace {

/// Nothing when \a file cannot be read, or is none: a pipe would be waited for.
QByteArray contents(const QString &file)
{
    constexpr qint64 maxSize = 16 * 1024 * 1024; // all of a system's authorities take 300 KiB
    QFile device(file);
    return QFileInfo(file).isFile() && device.open(QIODevice::ReadOnly) ? device.read(maxSize)
                                                                        : QByteArray();
}

/// QSslKey wants to be told what kind of key it is.
QSslKey keyFrom(const QByteArray &pem)
{
    for (const QSsl::KeyAlgorithm algorithm : {QSsl::Ec, QSsl::Rsa, QSsl::Dsa}) {
        if (QSslKey key(pem, algorithm); !key.isNull())
            return key;
    }
    return {};
}

} // namespace

QString TlsFiles::readInto(QSslConfiguration &configuration) const
{
    if (!ca.isEmpty()) {
        const QList<QSslCertificate> trusted = QSslCertificate::fromData(contents(ca), QSsl::Pem);
        if (trusted.isEmpty())
            return u"“%1” holds no certificate in PEM to trust."_s.arg(DisplayText::quoted(ca));
        configuration.addCaCertificates(trusted);
    }
    if (!certificate.isEmpty()) {
        const QList<QSslCertificate> chain =
            QSslCertificate::fromData(contents(certificate), QSsl::Pem);
        if (chain.isEmpty()) {
            return u"“%1” holds no certificate in PEM to show."_s.arg(
                DisplayText::quoted(certificate));
        }
        const QSslKey privateKey = keyFrom(contents(key));
        if (privateKey.isNull()) {
            return u"“%1” holds no private key in PEM, or a passphrase protects it: “openssl pkey "
                   "-in FILE” takes it away."_s.arg(DisplayText::quoted(key));
        }
        configuration.setLocalCertificateChain(chain);
        configuration.setPrivateKey(privateKey);
    }
    return {};
}
