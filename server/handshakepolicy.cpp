// SPDX-License-Identifier: MIT
#include "handshakepolicy.h"

#include <QUrl>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace {

/// Of a name, a port or an IP address. No "@" and no "%": nothing hides what the host is.
bool isAuthorityCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || QByteArrayView("-._:[]").contains(c);
}

/// "localhost." is the same name, in full.
QString hostWithoutDot(const Authority &authority)
{
    return authority.host.endsWith(u'.') ? authority.host.chopped(1) : authority.host;
}

bool isLoopback(const QString &host)
{
    if (host == "localhost"_L1 || host.endsWith(".localhost"_L1) || host == "::1"_L1)
        return true;
    const QList<QStringView> octets = QStringView(host).split(u'.');
    return octets.size() == 4 && octets.first() == "127"_L1
        && std::all_of(octets.begin(), octets.end(), [](QStringView octet) {
               bool isNumber = false;
               return octet.toUInt(&isNumber) <= 255 && isNumber;
           });
}

/// RFC 6454 4, 5: what two origins have in common when they are the same.
struct Origin
{
    QByteArray scheme;
    Authority authority;

    bool operator==(const Origin &) const = default;
};

std::optional<Origin> toOrigin(QByteArrayView text)
{
    if (text == "null"_ba)
        return Origin{"null"_ba, {}};
    constexpr QByteArrayView separator = "://";
    const qsizetype schemeSize = text.indexOf(separator);
    if (schemeSize < 1)
        return std::nullopt;
    const QByteArray scheme = text.first(schemeSize).toByteArray().toLower();
    auto authority = Authority::from(text.sliced(schemeSize + separator.size()));
    if (!authority)
        return std::nullopt;
    if ((scheme == "http"_ba && authority->port == 80)
        || (scheme == "https"_ba && authority->port == 443))
        authority->port = -1;
    return Origin{scheme, *authority};
}

} // namespace

/// With QUrl, because QWebSocketServer too reads the Host header with it.
std::optional<Authority> Authority::from(QByteArrayView text)
{
    if (!std::all_of(text.begin(), text.end(), isAuthorityCharacter))
        return std::nullopt;
    QUrl url;
    url.setAuthority(QString::fromLatin1(text), QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty())
        return std::nullopt;
    return Authority{url.host(QUrl::FullyEncoded), url.port()};
}

bool HandshakePolicy::allowsHost(const Authority &authority) const
{
    const QString host = hostWithoutDot(authority);
    if (allowedHosts.isEmpty())
        return !loopbackHostsOnly || isLoopback(host);
    return std::any_of(allowedHosts.begin(), allowedHosts.end(), [&host](const QString &allowed) {
        const auto listed = Authority::from(allowed.toUtf8());
        return listed && hostWithoutDot(*listed) == host;
    });
}

bool HandshakePolicy::allowsOrigin(QByteArrayView origin) const
{
    if (allowedOrigins.isEmpty())
        return true;
    const auto wanted = toOrigin(origin);
    return wanted
        && std::any_of(
               allowedOrigins.begin(), allowedOrigins.end(),
               [&wanted](const QString &allowed) { return toOrigin(allowed.toUtf8()) == wanted; });
}
