// SPDX-License-Identifier: MIT
#include "connectionsettings.h"

#include "address.h"
#include "displaytext.h"
#include "requestheaders.h"
#include "websocket.h"

#include <QFileInfo>
#include <QSet>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

static_assert(ConnectionSettings::largestMaxMessageSize == WebSocket::largestMaxMessageSize);

namespace {

const auto userAgentName = "User-Agent"_L1;

QString headersProblem(const QList<RequestHeader> &headers, const QString &userAgent)
{
    QSet<QString> names;
    if (!userAgent.isEmpty())
        names += QString(userAgentName).toLower();
    for (const RequestHeader &header : headers) {
        if (header.name.compare("origin"_L1, Qt::CaseInsensitive) == 0)
            return u"The origin has a place of its own: set it there, not as a header."_s;
        const QString problem = requestHeaderProblem(header.name, header.value);
        if (!problem.isEmpty())
            return problem;
        const QString name = header.name.toLower();
        if (names.contains(name)) {
            return u"The header “%1” is there twice: write its values as one, with commas between "
                   "them."_s.arg(header.name);
        }
        names += name;
    }
    return {};
}

QString limitsProblem(const ConnectionSettings &settings)
{
    using S = ConnectionSettings;
    if (settings.maxMessageSize < 1 || settings.maxMessageSize > S::largestMaxMessageSize) {
        return u"The largest message has to be from 1 to %1 bytes, not %2."_s
            .arg(S::largestMaxMessageSize)
            .arg(settings.maxMessageSize);
    }
    if (settings.handshakeTimeout < 1 || settings.handshakeTimeout > S::longestHandshakeTimeout) {
        return u"Connecting may take from 1 to %1 ms, not %2."_s.arg(S::longestHandshakeTimeout)
            .arg(settings.handshakeTimeout);
    }
    if (settings.pingInterval != 0
        && (settings.pingInterval < S::shortestPingInterval
            || settings.pingInterval > S::longestPingInterval)) {
        return u"Between pings there have to be from %1 to %2 ms, or 0 for no pings, not %3."_s
            .arg(S::shortestPingInterval)
            .arg(S::longestPingInterval)
            .arg(settings.pingInterval);
    }
    return {};
}

QString fileProblem(const QString &what, const QString &file)
{
    const QFileInfo info(file);
    if (file.isEmpty() || (info.isFile() && info.isReadable()))
        return {};
    return u"%1 cannot be read: there is no file “%2”, or it is not for you."_s.arg(
        what, DisplayText::quoted(file));
}

QString tlsProblem(const ConnectionSettings &settings)
{
    if (!settings.hasTlsSettings())
        return {};
    if (settings.url.scheme() != "wss"_L1) {
        return u"“%1” does not speak TLS, and would not use the certificates: it takes wss://."_s
            .arg(addressText(settings.url));
    }
    if (settings.certificateFile.isEmpty() != settings.keyFile.isEmpty())
        return u"The client's certificate and its key need each other: one of them is missing."_s;
    if (!settings.pinnedFingerprint.isEmpty()
        && normalizedFingerprint(settings.pinnedFingerprint).isEmpty()) {
        return u"“%1” is not a SHA-256 fingerprint: it has 64 hexadecimal digits."_s.arg(
            DisplayText::quoted(settings.pinnedFingerprint));
    }
    for (const QString &problem :
         {fileProblem(u"The file of trusted certificates"_s, settings.caFile),
          fileProblem(u"The client's certificate"_s, settings.certificateFile),
          fileProblem(u"The key of the client's certificate"_s, settings.keyFile)}) {
        if (!problem.isEmpty())
            return problem;
    }
    return {};
}

/// An origin is ASCII (RFC 6454 section 6.2); which form it has is for the server to judge.
QString originProblem(const QString &origin)
{
    if (isFieldValue(origin) && !origin.contains(u' ') && !origin.contains(u'\t'))
        return {};
    return u"“%1” is not an origin: it should look like https://example.org."_s.arg(
        DisplayText::quoted(origin));
}

} // namespace

RequestHeader RequestHeader::fromText(const QString &text)
{
    const qsizetype colon = text.indexOf(u':');
    if (colon == -1)
        return {{}, text.trimmed()};
    return {text.first(colon).trimmed(), text.sliced(colon + 1).trimmed()};
}

QString ConnectionSettings::problem() const
{
    QString userAgentProblem;
    if (!isFieldValue(userAgent))
        userAgentProblem = u"The user agent has a character that a header cannot hold."_s;
    for (const QString &problem : {addressProblem(url), headersProblem(headers, userAgent),
                                   subprotocolsProblem(subprotocols), originProblem(origin),
                                   userAgentProblem, limitsProblem(*this), tlsProblem(*this)}) {
        if (!problem.isEmpty())
            return problem;
    }
    return {};
}

bool ConnectionSettings::hasTlsSettings() const
{
    return !caFile.isEmpty() || !certificateFile.isEmpty() || !keyFile.isEmpty()
        || !pinnedFingerprint.isEmpty();
}

void ConnectionSettings::takeFrom(const ConnectionSettings &other)
{
    const ConnectionSettings defaults;
    const auto take = [&](auto ConnectionSettings::*setting) {
        if (other.*setting != defaults.*setting)
            this->*setting = other.*setting;
    };
    for (const RequestHeader &header : other.headers) {
        headers.removeIf([&header](const RequestHeader &own) {
            return own.name.compare(header.name, Qt::CaseInsensitive) == 0;
        });
        headers += header;
        if (header.name.compare(userAgentName, Qt::CaseInsensitive) == 0)
            userAgent.clear(); // it has been said
    }
    take(&ConnectionSettings::subprotocols);
    take(&ConnectionSettings::origin);
    take(&ConnectionSettings::userAgent);
    take(&ConnectionSettings::maxMessageSize);
    take(&ConnectionSettings::handshakeTimeout);
    take(&ConnectionSettings::pingInterval);
    take(&ConnectionSettings::reconnect);
    take(&ConnectionSettings::firstMessages);
    take(&ConnectionSettings::caFile);
    take(&ConnectionSettings::certificateFile);
    take(&ConnectionSettings::keyFile);
    take(&ConnectionSettings::pinnedFingerprint);
}

QVariantMap ConnectionSettings::requestHeaders() const
{
    QVariantMap map;
    for (const RequestHeader &header : headers)
        map.insert(header.name, header.value);
    if (!userAgent.isEmpty())
        map.insert(userAgentName, userAgent);
    return map;
}

void ConnectionSettings::applyTo(WebSocket &socket) const
{
    socket.setRequestHeaders(requestHeaders());
    socket.setRequestedSubprotocols(subprotocols);
    socket.setOrigin(origin);
    socket.setMaxMessageSize(maxMessageSize);
    socket.setHandshakeTimeout(handshakeTimeout);
    socket.setTlsFiles({.ca = caFile, .certificate = certificateFile, .key = keyFile});
    socket.setPinnedFingerprint(pinnedFingerprint);
    socket.setUrl(url);
}

QString normalizedFingerprint(const QString &fingerprint)
{
    constexpr qsizetype size = 32;
    QByteArray digits = fingerprint.toLatin1();
    digits.replace(':', "");
    const QByteArray bytes = QByteArray::fromHex(digits);
    // What is no digit is skipped by fromHex().
    if (bytes.size() != size || digits.size() != 2 * size)
        return {};
    return QString::fromLatin1(bytes.toHex(':').toUpper());
}

QString subprotocolsProblem(const QStringList &subprotocols)
{
    QSet<QString> seen;
    for (const QString &subprotocol : subprotocols) {
        if (!isToken(subprotocol)) {
            return u"“%1” is not a subprotocol: its name takes letters, digits and !#$%&'*+-.^_`|~ "
                   "only."_s.arg(DisplayText::quoted(subprotocol));
        }
        if (seen.contains(subprotocol))
            return u"The subprotocol “%1” is there twice."_s.arg(subprotocol);
        seen += subprotocol;
    }
    return {};
}
