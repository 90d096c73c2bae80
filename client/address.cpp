// SPDX-License-Identifier: MIT
#include "address.h"

using namespace Qt::Literals::StringLiterals;

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
