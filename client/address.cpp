// SPDX-License-Identifier: MIT
#include "address.h"

#include "displaytext.h"

#include <QHostAddress>
#include <QRegularExpression>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int secureWebPort = 443;

bool isUnseen(char32_t c)
{
    const QChar::Category category = QChar::category(c);
    return QChar::isSpace(c) || category == QChar::Other_Control || category == QChar::Other_Format;
}

bool isIpv6(const QString &text)
{
    return QHostAddress(text).protocol() == QAbstractSocket::IPv6Protocol;
}

/// What an address consists of, before it is known to be one.
struct Parts
{
    QString scheme; ///< in lower case; empty where there is none
    QString authority; ///< user info, host and port
    QString rest; ///< from path, query or fragment on
    bool hasSlashes = false;
};

Parts partsOf(const QString &text)
{
    // A scheme is one only where "//" comes after it: "localhost:3000" has none.
    static const QRegularExpression form(
        u"\\A(?:([A-Za-z][A-Za-z0-9+.-]*):(?=//))?(//)?([^/?#]*)(.*)\\z"_s,
        QRegularExpression::DotMatchesEverythingOption);
    const QRegularExpressionMatch match = form.match(text);
    return {match.captured(1).toLower(), match.captured(3), match.captured(4),
            match.hasCaptured(2)};
}

/// The port in \a authority as it was typed; nothing where there is none.
QString portIn(const QString &authority)
{
    const qsizetype colon = authority.lastIndexOf(u':');
    return colon > authority.lastIndexOf(u']') ? authority.sliced(colon + 1) : QString();
}

QString typedProblem(const QString &text, const Parts &parts)
{
    const QString port = portIn(parts.authority);
    const bool isNumber =
        std::all_of(port.begin(), port.end(), [](QChar c) { return c >= u'0' && c <= u'9'; });
    // A password may hold a slash, and end what looks like the authority.
    if (parts.authority.contains(u'@') || (!isNumber && text.contains(u'@'))) {
        return u"A user name or password does not belong in the address: leave out what is before "
               "the “@”, and send it in a header “Authorization”."_s;
    }
    if (const auto codePoints = text.toUcs4();
        std::any_of(codePoints.begin(), codePoints.end(), isUnseen)) {
        return u"“%1” holds a blank or a character that cannot be seen: write it as %20 or "
               "so, or leave it out."_s.arg(DisplayText::quoted(text));
    }
    if (parts.scheme.startsWith("http"_L1) && parts.scheme.size() <= 5) {
        return u"“%1” is the address of a web page: for a WebSocket write %2."_s.arg(
            text,
            (parts.scheme == "https"_L1 ? u"wss://"_s : u"ws://"_s) + parts.authority + parts.rest);
    }
    if (isIpv6(parts.authority)) {
        return u"An IPv6 address needs brackets, and its port comes after them: [%1], or "
               "[%1]:3000."_s.arg(parts.authority);
    }
    if (parts.scheme.isEmpty() && !parts.hasSlashes && !isNumber) {
        return u"“%1” is not a WebSocket address: it should begin with ws:// or wss://."_s.arg(
            text);
    }
    constexpr int maxPort = 65'535;
    bool ok = true;
    const int number = port.isEmpty() ? 1 : port.toInt(&ok);
    if (!ok || number < 1 || number > maxPort)
        return u"“%1” is not a port: it should be from 1 to 65535."_s.arg(port);
    return {};
}

} // namespace

TypedAddress typedAddress(const QString &text)
{
    const QString typed = text.trimmed();
    const Parts parts = partsOf(typed);
    if (const QString problem = typedProblem(typed, parts); !problem.isEmpty())
        return {{}, problem};
    QString whole = typed;
    if (parts.scheme.isEmpty() && !typed.isEmpty()) {
        const bool secure = portIn(parts.authority).toInt() == secureWebPort;
        whole = (secure ? "wss:"_L1 : "ws:"_L1) + (parts.hasSlashes ? ""_L1 : "//"_L1) + typed;
    }
    const QUrl url(whole);
    const QString problem = addressProblem(url);
    return {problem.isEmpty() ? url : QUrl(), problem};
}

QString addressProblem(const QUrl &url)
{
    const QString example = u"it should look like ws://localhost:3000"_s;
    if (!url.isValid()) {
        // Qt's sentence goes on with the whole source, password included.
        const QString why = url.errorString().section(u';', 0, 0);
        return why.isEmpty() ? u"No address was given: %1."_s.arg(example)
                             : u"This is not an address: %1; %2."_s.arg(why, example);
    }
    if (url.scheme().isEmpty())
        return u"“%1” is not a WebSocket address: %2."_s.arg(addressText(url), example);
    if (url.scheme() != "ws"_L1 && url.scheme() != "wss"_L1) {
        return u"“%1” is not a WebSocket address: it starts with %2:, where ws: or wss: is needed."_s
            .arg(addressText(url), url.scheme());
    }
    if (url.host().isEmpty())
        return u"“%1” names no host: %2."_s.arg(addressText(url), example);
    if (url.hasFragment()) {
        return u"“%1” has a fragment (#…), which a WebSocket address must not have."_s.arg(
            addressText(url));
    }
    // QWebSocket does not open such a path.
    if (url.path(QUrl::FullyEncoded).contains("%0D%0A"_L1))
        return u"“%1” has a line break in its path."_s.arg(addressText(url));
    return {};
}

QString addressText(const QUrl &url)
{
    return url.toDisplayString(QUrl::RemoveUserInfo);
}

QString otherSchemeText(QUrl url)
{
    url.setScheme(url.scheme() == "ws"_L1 ? u"wss"_s : u"ws"_s);
    return addressText(url);
}

bool isLoopback(const QUrl &url)
{
    const QString host = url.host();
    return host == "localhost"_L1 || host.endsWith(".localhost"_L1)
        || QHostAddress(host).isLoopback();
}

QString authorityText(const QUrl &url)
{
    const QString host = url.host().contains(u':') ? u'[' + url.host() + u']' : url.host();
    return url.port() == -1 ? host : host + u':' + QString::number(url.port());
}

QUrl urlWithPath(QUrl url)
{
    if (url.path().isEmpty())
        url.setPath(u"/"_s);
    return url;
}
