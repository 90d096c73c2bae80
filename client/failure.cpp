// SPDX-License-Identifier: MIT
#include "failure.h"

#include "address.h"

#include <QRegularExpression>
#include <QUrl>

using namespace Qt::Literals::StringLiterals;

namespace {

QString describeHandshakeFailure(QAbstractSocket::SocketError error, const QString &detail,
                                 const QUrl &url)
{
    const QString who = authorityText(url);
    if (error == QAbstractSocket::RemoteHostClosedError) {
        return u"%1 closed the connection instead of answering the WebSocket handshake."_s.arg(who);
    }
    if (error == QAbstractSocket::SslHandshakeFailedError)
        return u"The TLS handshake with %1 failed: %2."_s.arg(who, detail);
    // QWebSocket keeps the status line to itself; its sentence is the only place where it is seen.
    static const QRegularExpression status(u"http status code: (\\d+) \\((.*)\\)"_s);
    if (const auto match = status.match(detail); match.hasMatch()) {
        return u"%1 answered HTTP %2 %3 instead of accepting a WebSocket: is the path right?"_s.arg(
            who, match.captured(1), match.captured(2));
    }
    QString why = detail;
    why.remove(u"QWebSocketPrivate::processHandshake: "_s);
    return u"%1 did not accept the WebSocket handshake: %2"_s.arg(who, why);
}

} // namespace

QString describeFailure(Stage stage, QAbstractSocket::SocketError error, const QString &detail,
                        const QUrl &url)
{
    const QString who = authorityText(url);
    switch (stage) {
    case Stage::Connect:
        if (error == QAbstractSocket::ConnectionRefusedError) {
            return u"Nothing listens at %1 (connection refused): is the server running?"_s.arg(who);
        }
        if (error == QAbstractSocket::HostNotFoundError)
            return u"There is no host named “%1”: is it spelled right?"_s.arg(url.host());
        return u"Could not connect to %1: %2."_s.arg(who, detail);
    case Stage::Handshake:
        return describeHandshakeFailure(error, detail, url);
    case Stage::Open:
        break;
    }
    if (error == QAbstractSocket::RemoteHostClosedError)
        return u"The connection to %1 was lost: it ended without a close frame."_s.arg(who);
    return u"The connection to %1 was lost: %2."_s.arg(who, detail);
}

QString describeTimeout(Stage stage, int timeout, const QUrl &url)
{
    const QString seconds = QString::number(timeout / 1000.0);
    return stage == Stage::Connect
        ? u"%1 could not be reached within %2 s."_s.arg(authorityText(url), seconds)
        : u"%1 did not answer the WebSocket handshake within %2 s: is it a WebSocket server?"_s.arg(
            authorityText(url), seconds);
}
