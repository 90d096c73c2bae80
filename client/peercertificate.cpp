// SPDX-License-Identifier: MIT
#include "peercertificate.h"

#include "address.h"
#include "connectionsettings.h"
#include "failure.h"

#include <QCryptographicHash>
#include <QSslCertificate>
#include <QSslError>
#include <QUrl>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace {

/// \a text on one line, as it may be shown, cut to \a length units.
QString words(const QString &text, qsizetype length)
{
    return peerWords(text.simplified(), length);
}

/// \a value of an attribute: what divides attributes is not of it (RFC 4514 section 2.4).
QString escaped(QString value)
{
    for (const QChar special : QStringView(u"\\,+\"<>;="))
        value.replace(special, u'\\' + QString(special));
    return value;
}

/// A name such as "CN=localhost, O=Example", which \a valuesOf gives attribute by attribute.
template<typename ValuesOf>
QString distinguishedName(QList<QByteArray> attributes, const ValuesOf &valuesOf)
{
    // What it is called comes first, then where it is.
    static const QList<QByteArray> order{"CN", "O", "OU", "L", "ST", "C"};
    const auto rank = [](const QByteArray &attribute) {
        const qsizetype index = order.indexOf(attribute);
        return index == -1 ? order.size() : index;
    };
    std::ranges::stable_sort(attributes, {}, rank);
    QStringList parts;
    for (const QByteArray &attribute : std::as_const(attributes)) {
        for (const QString &value : valuesOf(attribute)) {
            // Cut before it is escaped, lest a long one be gone through many times.
            parts += QString::fromLatin1(attribute) + u'='
                + escaped(value.left(PeerCertificate::maxLength + 1));
        }
    }
    return words(parts.join(", "_L1), PeerCertificate::maxLength);
}

/// The hosts that \a certificate is for; of what does not name any, the subject's name.
QStringList hostNames(const QSslCertificate &certificate)
{
    const auto alternatives = certificate.subjectAlternativeNames();
    QStringList names = alternatives.values(QSsl::DnsEntry);
    names += alternatives.values(QSsl::IpAddressEntry);
    std::ranges::sort(names);
    return names.isEmpty() ? certificate.subjectInfo(QSslCertificate::CommonName) : names;
}

QString dateText(const QDateTime &date)
{
    return date.toLocalTime().date().toString(Qt::ISODate);
}

/// What one error of TLS means; the larger \c weight has the better remedy.
struct Finding
{
    int weight = 0;
    QString complaint;
    QString remedy;
};

Finding findingOf(const QSslError &error, const QSslCertificate &certificate, const QString &host,
                  const QString &names)
{
    const bool isIssuers = !error.certificate().isNull() && error.certificate() != certificate;
    const QSslCertificate &faulty = isIssuers ? error.certificate() : certificate;
    const QString whose = isIssuers ? u"has an issuer whose certificate "_s : QString();
    switch (error.error()) {
    case QSslError::SelfSignedCertificate:
        return {1, u"is self-signed"_s,
                u"trust it for this host, or name its CA in the settings"_s};
    case QSslError::SelfSignedCertificateInChain:
    case QSslError::UnableToGetIssuerCertificate:
    case QSslError::UnableToGetLocalIssuerCertificate:
    case QSslError::UnableToVerifyFirstCertificate:
    case QSslError::CertificateUntrusted:
        return {1,
                u"was issued by “%1”, which is not known here"_s.arg(
                    words(certificate.issuerDisplayName(), PeerCertificate::maxNameLength)),
                u"trust it for this host, or name its CA in the settings"_s};
    case QSslError::CertificateNotYetValid:
        return {3, whose + u"is not valid before "_s + dateText(faulty.effectiveDate()),
                u"is the clock of this computer right?"_s};
    case QSslError::CertificateExpired:
        return {3, whose + u"expired on "_s + dateText(faulty.expiryDate()),
                u"the server needs a new one"_s};
    case QSslError::HostNameMismatch:
        return {4, u"is for %1, not for “%2”"_s.arg(names, host), u"is the address right?"_s};
    case QSslError::CertificateRevoked:
    case QSslError::CertificateBlacklisted:
    case QSslError::CertificateRejected:
        return {5, whose + u"was revoked"_s, u"do not trust it, and tell who runs the server"_s};
    default:
        return {2, u"was not accepted (%1)"_s.arg(words(error.errorString(), 100)),
                u"ask who runs the server"_s};
    }
}

} // namespace

PeerCertificate::PeerCertificate(const QSslCertificate &certificate, const QList<QSslError> &errors,
                                 const QUrl &url)
{
    if (certificate.isNull())
        return;
    m_host = words(authorityText(url), maxLength);
    m_subject =
        distinguishedName(certificate.subjectInfoAttributes(), [&certificate](const QByteArray &a) {
            return certificate.subjectInfo(a);
        });
    m_issuer =
        distinguishedName(certificate.issuerInfoAttributes(), [&certificate](const QByteArray &a) {
            return certificate.issuerInfo(a);
        });
    m_effectiveDate = certificate.effectiveDate();
    m_expiryDate = certificate.expiryDate();
    m_fingerprint = normalizedFingerprint(
        QString::fromLatin1(certificate.digest(QCryptographicHash::Sha256).toHex()));
    const QStringList names = hostNames(certificate);
    m_nameCount = static_cast<int>(names.size());
    for (const QString &name : names.first(std::min(names.size(), maxNames)))
        m_names += words(name, maxNameLength);

    QString quotedNames = m_names.isEmpty() ? u"no host"_s : u"“%1”"_s.arg(m_names.join(u"”, “"_s));
    if (names.size() > maxNames)
        quotedNames += u" and others"_s;
    QStringList complaints;
    int weight = 0;
    for (const QSslError &error : errors) {
        const Finding finding = findingOf(error, certificate, url.host(), quotedNames);
        if (!complaints.contains(finding.complaint))
            complaints += finding.complaint;
        if (finding.weight > weight) {
            weight = finding.weight;
            m_remedy = finding.remedy;
        }
    }
    m_complaint = complaints.join(" and "_L1);
}

QString PeerCertificate::problem() const
{
    return m_complaint.isEmpty() ? QString() : u"It %1."_s.arg(m_complaint);
}

QString PeerCertificate::refusal(const QUrl &url, const QString &pinnedFingerprint) const
{
    const QString who = authorityText(url);
    if (!pinnedFingerprint.isEmpty()) {
        return u"The certificate of %1 has changed: %2 is trusted, and it showed %3; ask who runs "
               "the server before you trust it."_s.arg(who, words(pinnedFingerprint, maxLength),
                                                       m_fingerprint);
    }
    return u"The certificate of %1 %2: %3%4"_s.arg(who, m_complaint, m_remedy,
                                                   m_remedy.endsWith(u'?') ? QString() : u"."_s);
}

QString PeerCertificate::clientProblem(QSsl::AlertType type, const QUrl &url)
{
    const QString who = authorityText(url);
    switch (type) {
    case QSsl::AlertType::CertificateRequired:
        return u"%1 wants a certificate of the client: name one, and its key, in the settings."_s
            .arg(who);
    case QSsl::AlertType::CertificateExpired:
        return u"%1 says that the certificate of the client has expired: get a new one."_s.arg(who);
    case QSsl::AlertType::BadCertificate:
    case QSsl::AlertType::UnsupportedCertificate:
    case QSsl::AlertType::CertificateRevoked:
    case QSsl::AlertType::CertificateUnknown:
    case QSsl::AlertType::UnknownCa:
    case QSsl::AlertType::AccessDenied:
        return u"%1 does not accept the certificate of the client: is it the right one?"_s.arg(who);
    default:
        return {};
    }
}
