// SPDX-License-Identifier: MIT
#include "failure.h"

#include "address.h"
#include "displaytext.h"

#include <QRegularExpression>
#include <QUrl>

using namespace Qt::Literals::StringLiterals;

namespace {

/// \a detail as it may stand in a sentence: it can hold words of the peer, and any number of them.
QString words(const QString &detail)
{
    constexpr qsizetype maxLength = 200;
    const DisplayText shown = DisplayText::visible(detail, maxLength, 1);
    return shown.cut ? shown.text + u'…' : shown.text;
}

QString describeHandshakeFailure(QAbstractSocket::SocketError error, const QString &detail,
                                 const QUrl &url)
{
    const QString who = authorityText(url);
    if (error == QAbstractSocket::RemoteHostClosedError) {
        return u"%1 closed the connection instead of answering the WebSocket handshake."_s.arg(who);
    }
    if (error == QAbstractSocket::SslHandshakeFailedError)
        return u"The TLS handshake with %1 failed: %2."_s.arg(who, words(detail));
    // QWebSocket keeps the status line to itself; its sentence is the only place where it is seen.
    static const QRegularExpression status(u"http status code: (\\d+) \\((.*)\\)"_s);
    if (const auto match = status.match(detail); match.hasMatch()) {
        return u"%1 answered HTTP %2 %3 instead of accepting a WebSocket: is the path right?"_s.arg(
            who, match.captured(1), words(match.captured(2)));
    }
    QString why = detail;
    why.remove(u"QWebSocketPrivate::processHandshake: "_s);
    return u"%1 did not accept the WebSocket handshake: %2"_s.arg(who, words(why));
}

/// Whether \a reason is what QWebSocket says to a peer that breaks RFC 6455 section 5.
bool isOwnProtocolError(const QString &reason)
{
    static const QStringList known{
        u"Rsv field is non-zero"_s,
        u"Used reserved opcode"_s,
        u"Control frame is larger than 125 bytes"_s,
        u"Control frames cannot be fragmented"_s,
        u"Lengths smaller than 126 must be expressed as one byte."_s,
        u"Lengths smaller than 65536 (2^16) must be expressed as 2 bytes."_s,
        u"Highest bit of payload length is not 0."_s,
        u"Payload of close frame is too small."_s,
        u"Received Continuation frame, while there is nothing to continue."_s,
        u"All data frames after the initial data frame must have opcode 0 (continuation)."_s,
    };
    return known.contains(reason);
}

/// Whether \a code and \a reason are QWebSocket's answer to a close code that it does not know: it
/// names 1002, whichever code it was, and does not know 1012 to 1014.
bool isUnknownCloseCode(int code, const QString &reason)
{
    return code == 1002 && reason.startsWith("Invalid close code"_L1);
}

} // namespace

FailureCause causeOf(QAbstractSocket::SocketError error)
{
    switch (error) {
    case QAbstractSocket::SslHandshakeFailedError:
    case QAbstractSocket::SslInternalError:
    case QAbstractSocket::SslInvalidUserDataError:
        return FailureCause::Tls;
    default:
        return FailureCause::Other;
    }
}

FailureCause causeOfViolation(int code, const QString &reason)
{
    return isUnknownCloseCode(code, reason) ? FailureCause::UnknownCloseCode : FailureCause::Other;
}

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
        return u"Could not connect to %1: %2."_s.arg(who, words(detail));
    case Stage::Handshake:
        return describeHandshakeFailure(error, detail, url);
    case Stage::Open:
        break;
    }
    if (error == QAbstractSocket::RemoteHostClosedError)
        return u"The connection to %1 was lost: the other end dropped it."_s.arg(who);
    return u"The connection to %1 was lost: %2."_s.arg(who, words(detail));
}

QString describeTimeout(Stage stage, int timeout, const QUrl &url)
{
    const QString seconds = QString::number(timeout / 1000.0);
    return stage == Stage::Connect
        ? u"%1 could not be reached within %2 s."_s.arg(authorityText(url), seconds)
        : u"%1 did not answer the WebSocket handshake within %2 s: is it a WebSocket server?"_s.arg(
            authorityText(url), seconds);
}

QString describeViolation(int code, const QString &reason, const QUrl &url)
{
    // QWebSocket closes by itself with these reasons, and does not say that it was not the peer.
    const QString who = authorityText(url);
    if (reason == "Maximum framesize exceeded."_L1 || reason == "Received message is too big."_L1)
        return u"%1 sent a message that is larger than is accepted here (1009)."_s.arg(who);
    if (reason == "Invalid UTF-8 code encountered."_L1)
        return u"%1 sent text that is not UTF-8 (1007)."_s.arg(who);
    if (reason == "Timeout when reading data from socket."_L1)
        return u"%1 stopped in the middle of a message."_s.arg(who);
    if (isUnknownCloseCode(code, reason))
        return u"%1 closed the connection with a close code that is not known here."_s.arg(who);
    if (code == 1002 && isOwnProtocolError(reason))
        return u"%1 broke the WebSocket protocol (1002): %2"_s.arg(who, reason);
    return {};
}
