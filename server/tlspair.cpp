// SPDX-License-Identifier: MIT
#include "tlspair.h"

#include "escape.h"

#include <QDateTime>
#include <QFile>
#include <QSslCertificate>
#include <QSslKey>

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype maxQuotedCharacters = 200;

QString quoted(const QString &file)
{
    return u'\'' + escaped(file, maxQuotedCharacters) + u'\'';
}

/// The kinds of keys that certificates are made for.
QSslKey readKey(const QByteArray &pem)
{
    for (const QSsl::KeyAlgorithm algorithm : {QSsl::Rsa, QSsl::Ec}) {
        if (QSslKey key(pem, algorithm); !key.isNull())
            return key;
    }
    return {};
}

/// Qt would find out only when a client connects.
bool belongTogether(const QByteArray &certificatePem, const QByteArray &keyPem)
{
    const auto bioOf = [](const QByteArray &pem) {
        return std::unique_ptr<BIO, decltype(&BIO_free)>(
            BIO_new_mem_buf(pem.constData(), int(pem.size())), &BIO_free);
    };
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(
        PEM_read_bio_X509(bioOf(certificatePem).get(), nullptr, nullptr, nullptr), &X509_free);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        PEM_read_bio_PrivateKey(bioOf(keyPem).get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
    return certificate && key && X509_check_private_key(certificate.get(), key.get()) == 1;
}

} // namespace

std::variant<QSslConfiguration, QString> loadTlsPair(const QString &certificateFile,
                                                     const QString &keyFile)
{
    QByteArray pems[2];
    const QString files[] = {certificateFile, keyFile};
    for (int i = 0; i < 2; ++i) {
        QFile file(files[i]);
        if (!file.open(QIODevice::ReadOnly))
            return u"cannot read %1: %2"_s.arg(quoted(files[i]), file.errorString());
        pems[i] = file.readAll();
    }
    const QList<QSslCertificate> chain = QSslCertificate::fromData(pems[0], QSsl::Pem);
    if (chain.isEmpty())
        return u"%1 holds no certificate in PEM"_s.arg(quoted(certificateFile));
    const QSslKey key = readKey(pems[1]);
    if (key.isNull())
        return u"%1 holds no private key in PEM, RSA or EC, without a password"_s.arg(
            quoted(keyFile));
    if (!belongTogether(pems[0], pems[1]))
        return u"the key in %1 is not that of the certificate in %2"_s.arg(quoted(keyFile),
                                                                           quoted(certificateFile));
    const QDateTime now = QDateTime::currentDateTimeUtc();
    if (chain.first().effectiveDate() > now || chain.first().expiryDate() < now) {
        return u"the certificate in %1 is good from %2 to %3 only"_s.arg(
            quoted(certificateFile), chain.first().effectiveDate().toString(Qt::ISODate),
            chain.first().expiryDate().toString(Qt::ISODate));
    }

    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setLocalCertificateChain(chain);
    configuration.setPrivateKey(key);
    configuration.setProtocol(QSsl::TlsV1_2OrLater);
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone); // clients need no certificate
    return configuration;
}
