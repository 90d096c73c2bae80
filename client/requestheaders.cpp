// SPDX-License-Identifier: MIT
#include "requestheaders.h"

#include <QRegularExpression>
#include <QSet>

using namespace Qt::Literals::StringLiterals;

namespace {

/// Whether the handshake writes that header itself; \a name is in lower case.
bool isReserved(const QString &name)
{
    static const QSet<QString> reserved{
        u"connection"_s, u"content-length"_s, u"host"_s,    u"keep-alive"_s,       u"origin"_s,
        u"te"_s,         u"trailer"_s,        u"upgrade"_s, u"transfer-encoding"_s};
    return reserved.contains(name) || name.startsWith("sec-websocket-"_L1);
}

} // namespace

QString requestHeadersProblem(const QVariantMap &headers)
{
    static const QRegularExpression token(u"\\A[!#$%&'*+.^_`|~0-9A-Za-z-]+\\z"_s);
    // QWebSocket sends Latin-1, and servers rarely agree on more than ASCII.
    static const QRegularExpression fieldValue(u"\\A[\\t\\x20-\\x7e]*\\z"_s);
    for (auto it = headers.cbegin(); it != headers.cend(); ++it) {
        if (!token.match(it.key()).hasMatch())
            return u"“%1” is not the name of a header."_s.arg(it.key());
        if (isReserved(it.key().toLower()))
            return u"The header “%1” belongs to the handshake and cannot be set."_s.arg(it.key());
        if (!fieldValue.match(it.value().toString()).hasMatch()) {
            return u"The value of the header “%1” has a character that a header cannot hold."_s.arg(
                it.key());
        }
    }
    return {};
}
