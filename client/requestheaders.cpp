// SPDX-License-Identifier: MIT
#include "requestheaders.h"

#include "displaytext.h"

#include <QRegularExpression>
#include <QSet>

using namespace Qt::Literals::StringLiterals;

namespace {

/// Whether the handshake writes that header itself, or it is for the next hop alone (RFC 9110
/// section 7.6.1), where this client decides; \a name is in lower case.
bool isReserved(const QString &name)
{
    static const QSet<QString> reserved{u"connection"_s,
                                        u"content-length"_s,
                                        u"host"_s,
                                        u"keep-alive"_s,
                                        u"origin"_s,
                                        u"proxy-authenticate"_s,
                                        u"te"_s,
                                        u"proxy-authorization"_s,
                                        u"proxy-connection"_s,
                                        u"trailer"_s,
                                        u"transfer-encoding"_s,
                                        u"upgrade"_s};
    return reserved.contains(name) || name.startsWith("sec-websocket-"_L1);
}

} // namespace

bool isToken(const QString &text)
{
    static const QRegularExpression token(u"\\A[!#$%&'*+.^_`|~0-9A-Za-z-]+\\z"_s);
    return token.match(text).hasMatch();
}

bool isFieldValue(const QString &text)
{
    // QWebSocket sends Latin-1, and servers rarely agree on more than ASCII.
    static const QRegularExpression fieldValue(u"\\A[\\t\\x20-\\x7e]*\\z"_s);
    return fieldValue.match(text).hasMatch();
}

QString requestHeaderProblem(const QString &name, const QString &value)
{
    if (!isToken(name))
        return u"“%1” is not the name of a header."_s.arg(DisplayText::quoted(name));
    if (isReserved(name.toLower()))
        return u"The header “%1” belongs to the handshake and cannot be set."_s.arg(name);
    if (!isFieldValue(value)) {
        return u"The value of the header “%1” has a character that a header cannot hold."_s.arg(
            name);
    }
    return {};
}

QString requestHeadersProblem(const QVariantMap &headers)
{
    for (auto it = headers.cbegin(); it != headers.cend(); ++it) {
        const QString problem = requestHeaderProblem(it.key(), it.value().toString());
        if (!problem.isEmpty())
            return problem;
    }
    return {};
}
