// SPDX-License-Identifier: MIT
#include "upgradeanswer.h"

#include "address.h"
#include "failure.h"

#include <QRegularExpression>
#include <QUrl>

using namespace Qt::Literals::StringLiterals;

namespace {

/// Where an answer with a status from 300 to 399 points to, as an address for a WebSocket; empty
/// where it does not say.
QString redirection(const UpgradeAnswer &answer, const QUrl &url)
{
    const QString location = answer.header("location");
    if (location.isEmpty())
        return {};
    QUrl target = url.resolved(QUrl(location));
    if (target.scheme() == "http"_L1)
        target.setScheme(u"ws"_s);
    else if (target.scheme() == "https"_L1)
        target.setScheme(u"wss"_s);
    return peerWords(addressText(target));
}

/// What may help, for an answer with that status, from 400 on.
QString remedy(const UpgradeAnswer &answer, const QUrl &url)
{
    switch (answer.status) {
    case 400:
        return u"a header or a subprotocol may be missing or wrong"_s;
    case 401: {
        const QString scheme = answer.header("www-authenticate").section(u' ', 0, 0);
        return scheme.isEmpty()
            ? u"it wants to know who you are: give a header “Authorization”"_s
            : u"it wants to know who you are: give a header “Authorization: %1 …”"_s.arg(
                peerWords(scheme));
    }
    case 403:
        return u"it does not let you in: give the Origin that it expects, or a header such as "
               "“Authorization” or “Cookie”"_s;
    case 404:
    case 410:
        return u"it has no WebSocket at “%1”: is the path right?"_s.arg(
            peerWords(urlWithPath(url).path(QUrl::FullyEncoded)));
    case 405:
        return u"it takes no GET there, so this is no WebSocket: is the path right?"_s;
    case 407:
        return u"there is a proxy in between that wants to know who you are"_s;
    case 426: {
        const QString version = answer.header("sec-websocket-version");
        const QString upgrade = answer.header("upgrade");
        if (!version.isEmpty())
            return u"it speaks version %1 of WebSocket, and this is version 13"_s.arg(
                peerWords(version));
        return upgrade.isEmpty() || upgrade.contains("websocket"_L1, Qt::CaseInsensitive)
            ? u"it did not see that a WebSocket was asked for: a proxy in between may take the "
              "header “Upgrade” away"_s
            : u"it wants “%1” there, and no WebSocket: is the path right?"_s.arg(
                peerWords(upgrade));
    }
    case 429:
        return u"it has too much to do with you: wait a while"_s;
    case 502:
    case 503:
    case 504:
        return u"the server behind it is down or busy: try again later"_s;
    default:
        return answer.status >= 500 ? u"it failed; its own log should say why"_s
                                    : u"is the path right?"_s;
    }
}

} // namespace

UpgradeAnswer UpgradeAnswer::read(const QByteArray &bytes)
{
    UpgradeAnswer answer{.bytes = bytes};
    const qsizetype end = bytes.indexOf("\r\n\r\n");
    QList<QByteArray> lines = (end == -1 ? bytes : bytes.first(end)).split('\n');
    static const QRegularExpression form(u"\\AHTTP/\\d\\.\\d (\\d{3})(?: (.*))?\\z"_s);
    const auto match = form.match(QString::fromLatin1(lines.takeFirst().trimmed()));
    if (!match.hasMatch())
        return answer;
    answer.status = match.captured(1).toInt();
    answer.reason = match.captured(2);
    for (const QByteArray &line : lines) {
        const qsizetype colon = line.indexOf(':');
        if (colon > 0) {
            answer.headers.append(
                {line.first(colon).toLower(), QString::fromUtf8(line.sliced(colon + 1).trimmed())});
        }
    }
    if (end != -1)
        answer.body = bytes.sliced(end + 4);
    return answer;
}

QString UpgradeAnswer::header(QByteArrayView name) const
{
    QStringList values;
    for (const auto &[key, value] : headers) {
        if (key == name)
            values += value;
    }
    return values.join(", "_L1);
}

QString UpgradeAnswer::statusText() const
{
    if (status == 0)
        return {};
    const QString text = u"HTTP "_s + QString::number(status);
    return reason.isEmpty() ? text : text + u' ' + peerWords(reason);
}

bool UpgradeAnswer::isOfTlsServer() const
{
    // A record of TLS: an alert, or a handshake (RFC 8446 section 5.1).
    constexpr char alert = 0x15;
    constexpr char handshake = 0x16;
    constexpr char majorVersion = 3;
    if (bytes.size() > 1 && (bytes[0] == alert || bytes[0] == handshake))
        return bytes[1] == majorVersion;
    // As Go, nginx, Apache and Node say it.
    return status == 400
        && (body.contains("HTTPS server") || body.contains("HTTPS port")
            || body.contains("SSL-enabled"));
}

QString describeRefusal(const UpgradeAnswer &answer, const QString &detail, const QUrl &url)
{
    const QString who = authorityText(url);
    const bool isPlain = url.scheme() == "ws"_L1;
    if (isPlain && answer.isOfTlsServer())
        return u"%1 speaks TLS there: try %2."_s.arg(who, otherSchemeText(url));
    if (answer.bytes.isEmpty()) {
        const QString closed =
            u"%1 closed the connection instead of answering the WebSocket handshake: is it a "
            "WebSocket server?"_s.arg(who);
        return isPlain ? closed + u" If it speaks TLS, try %1."_s.arg(otherSchemeText(url))
                       : closed;
    }
    if (answer.status == 0) {
        return u"%1 does not speak HTTP, it says “%2”: is the port right?"_s.arg(
            who,
            peerWords(QString::fromUtf8(answer.bytes.left(answer.bytes.indexOf('\n')).trimmed())));
    }
    const QString status = answer.statusText();
    if (answer.status == 101) {
        const QString subprotocol = answer.header("sec-websocket-protocol");
        if (detail.contains("has not been requested"_L1)) {
            return u"%1 chose the subprotocol “%2”, which it was not offered: offer it, if you "
                   "speak it."_s.arg(who, peerWords(subprotocol));
        }
        if (detail.contains("does not match the client key"_L1)) {
            return u"%1 answered the handshake with a wrong key (Sec-WebSocket-Accept): this is no "
                   "WebSocket server, or something in between answered in its place."_s.arg(who);
        }
        return u"%1 answered the handshake (%2) without the headers that it takes, Upgrade, "
               "Connection and Sec-WebSocket-Accept: is it a WebSocket server?"_s.arg(who, status);
    }
    if (answer.status >= 300 && answer.status < 400) {
        const QString target = redirection(answer, url);
        return target.isEmpty()
            ? u"%1 sends you elsewhere (%2), but does not say where: is the path right?"_s.arg(
                who, status)
            : u"%1 sends you to %2 (%3): give that address."_s.arg(who, target, status);
    }
    if (answer.status < 300) {
        return u"%1 answered with a page (%2) instead of a WebSocket: is the path right?"_s.arg(
            who, status);
    }
    const QString version = answer.header("sec-websocket-version");
    if (answer.status == 400 && !version.isEmpty() && !version.split(u',').contains("13"_L1)) {
        return u"%1 refused the WebSocket handshake (%2): it speaks version %3 of WebSocket, and "
               "this is version 13."_s.arg(who, status, peerWords(version));
    }
    const QString hint = remedy(answer, url);
    return u"%1 refused the WebSocket handshake (%2): %3%4"_s.arg(
        who, status, hint, hint.endsWith(u'?') ? u""_s : u"."_s);
}

QString describeAcceptance(const UpgradeAnswer &answer, const QUrl &url)
{
    // RFC 6455 section 4.1: none was asked for.
    const QString extensions = answer.header("sec-websocket-extensions");
    if (extensions.isEmpty())
        return {};
    return u"%1 turned on the extension “%2”, which was not asked for: it has to be mended or set "
           "up otherwise."_s.arg(authorityText(url), peerWords(extensions));
}
