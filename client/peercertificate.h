// SPDX-License-Identifier: MIT
#pragma once

#include <QDateTime>
#include <QList>
#include <QObject>
#include <QSsl>
#include <QString>
#include <QStringList>
#include <QtQml/qqmlregistration.h>

class QSslCertificate;
class QSslError;
class QUrl;

/*!
    The certificate that a server showed, and why it is not trusted.

    All of it may be shown: what strangers wrote is made visible as DisplayText does it, and is cut
    where it is long.
*/
class PeerCertificate
{
    Q_GADGET
    QML_VALUE_TYPE(peerCertificate)

    /// Whether there is none.
    Q_PROPERTY(bool isNull READ isNull FINAL)
    /// Who showed it, as one would say it: "localhost:3000".
    Q_PROPERTY(QString host READ host FINAL)
    /// Whose it is and who issued it, with attributes as in RFC 4514: "CN=localhost, O=Example".
    Q_PROPERTY(QString subject READ subject FINAL)
    Q_PROPERTY(QString issuer READ issuer FINAL)
    /// It is valid from the one to the other.
    Q_PROPERTY(QDateTime effectiveDate READ effectiveDate FINAL)
    Q_PROPERTY(QDateTime expiryDate READ expiryDate FINAL)
    /// SHA-256 of it, as normalizedFingerprint() writes it.
    Q_PROPERTY(QString fingerprint READ fingerprint FINAL)
    /// The hosts that it is for, the first maxNames of them.
    Q_PROPERTY(QStringList names READ names FINAL)
    /// How many hosts it is for.
    Q_PROPERTY(int nameCount READ nameCount FINAL)
    /// Why it is not trusted, in a sentence; empty when it is.
    Q_PROPERTY(QString problem READ problem FINAL)

public:
    /// Of subject and issuer, and of each of the names, in UTF-16 code units; marks come on top.
    static constexpr qsizetype maxLength = 256;
    static constexpr qsizetype maxNameLength = 64;
    static constexpr qsizetype maxNames = 8;

    PeerCertificate() = default;
    /// \a certificate, as the server of \a url showed it, and what TLS says of it and its chain.
    PeerCertificate(const QSslCertificate &certificate, const QList<QSslError> &errors,
                    const QUrl &url);

    [[nodiscard]] bool isNull() const { return m_fingerprint.isEmpty(); }
    [[nodiscard]] QString host() const { return m_host; }
    [[nodiscard]] QString subject() const { return m_subject; }
    [[nodiscard]] QString issuer() const { return m_issuer; }
    [[nodiscard]] QDateTime effectiveDate() const { return m_effectiveDate; }
    [[nodiscard]] QDateTime expiryDate() const { return m_expiryDate; }
    [[nodiscard]] QString fingerprint() const { return m_fingerprint; }
    [[nodiscard]] QStringList names() const { return m_names; }
    [[nodiscard]] int nameCount() const { return m_nameCount; }
    [[nodiscard]] QString problem() const;

    /// Why no connection to \a url was made, in a sentence with a remedy: the problem, or that
    /// another certificate was trusted for it, that of \a pinnedFingerprint.
    [[nodiscard]] QString refusal(const QUrl &url, const QString &pinnedFingerprint) const;

    /// What a TLS server has against the certificate of the client, when it sends an alert of \a
    /// type (RFC 8446 section 6.2), in a sentence; empty when that is about something else.
    [[nodiscard]] static QString clientProblem(QSsl::AlertType type, const QUrl &url);

    friend bool operator==(const PeerCertificate &, const PeerCertificate &) = default;

private:
    QString m_host;
    QString m_subject;
    QString m_issuer;
    QDateTime m_effectiveDate;
    QDateTime m_expiryDate;
    QString m_fingerprint; // empty: no certificate
    QStringList m_names;
    QString m_complaint; // "is self-signed and expired on 2024-01-31"
    QString m_remedy;
    int m_nameCount = 0;
};
