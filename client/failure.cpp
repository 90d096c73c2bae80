// SPDX-License-Identifier: MIT
#include "failure.h"

#include "address.h"
#include "closecode.h"
#include "displaytext.h"

#include <QUrl>

using namespace Qt::Literals::StringLiterals;

namespace {

QString describeTcpFailure(QAbstractSocket::SocketError error, const QString &detail,
                           const QUrl &url)
{
    const QString who = authorityText(url);
    switch (error) {
    case QAbstractSocket::ConnectionRefusedError:
        return u"Nothing listens at %1 (connection refused): %2"_s.arg(
            who,
            isLoopback(url) ? u"start the local server?"_s
                            : u"is the server running, and the port right?"_s);
    case QAbstractSocket::NetworkError:
        return u"There is no way to %1 (%2): is this machine on the network?"_s.arg(
            who, peerWords(detail));
    case QAbstractSocket::SocketTimeoutError:
        return u"%1 could not be reached in time: is the address right, and does a firewall let "
               "it through?"_s.arg(who);
    default:
        return u"Could not connect to %1: %2."_s.arg(who, peerWords(detail));
    }
}

QString describeTlsFailure(QAbstractSocket::SocketError error, const QString &detail,
                           const QUrl &url)
{
    const QString who = authorityText(url);
    if (error == QAbstractSocket::RemoteHostClosedError) {
        return u"%1 closed the connection during the TLS handshake: if it speaks no TLS there, try "
               "%2."_s.arg(who, otherSchemeText(url));
    }
    // As OpenSSL says it.
    for (const auto sign : {"wrong version number"_L1, "http request"_L1, "packet length"_L1,
                            "record layer failure"_L1, "unknown protocol"_L1}) {
        if (detail.contains(sign))
            return u"%1 speaks no TLS there: try %2."_s.arg(who, otherSchemeText(url));
    }
    return u"The TLS handshake with %1 failed: %2."_s.arg(who, peerWords(detail));
}

} // namespace

QString peerWords(const QString &words, qsizetype maxLength)
{
    const DisplayText shown = DisplayText::visible(words, maxLength, 1);
    return shown.cut ? shown.text + u'…' : shown.text;
}

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

QString describeFailure(Stage stage, QAbstractSocket::SocketError error, const QString &detail,
                        const QUrl &url)
{
    const QString who = authorityText(url);
    switch (stage) {
    case Stage::Name:
        if (error == QAbstractSocket::HostNotFoundError) {
            return u"There is no host named “%1”: is it spelled right, and is this machine on the "
                   "network?"_s.arg(url.host());
        }
        return u"The name “%1” could not be looked up: %2."_s.arg(url.host(), peerWords(detail));
    case Stage::Tcp:
        return describeTcpFailure(error, detail, url);
    case Stage::Tls:
        return describeTlsFailure(error, detail, url);
    case Stage::Upgrade:
    case Stage::Open:
        break;
    }
    return u"The connection to %1 was lost: %2, without a close frame (1006)."_s.arg(
        who,
        error == QAbstractSocket::RemoteHostClosedError ? u"the other end dropped it"_s
                                                        : peerWords(detail));
}

QString describeTimeout(Stage stage, int timeout, const QUrl &url)
{
    const QString who = authorityText(url);
    const QString seconds = QString::number(timeout / 1000.0);
    switch (stage) {
    case Stage::Name:
        return u"The name “%1” was not found within %2 s: does the network's name server answer?"_s
            .arg(url.host(), seconds);
    case Stage::Tcp:
        return u"%1 could not be reached within %2 s: is the address right, and does a firewall "
               u"let "
               "it through?"_s.arg(who, seconds);
    case Stage::Tls:
        return u"%1 did not answer the TLS handshake within %2 s: if it speaks no TLS there, try "
               "%3."_s.arg(who, seconds, otherSchemeText(url));
    case Stage::Upgrade:
    case Stage::Open:
        break;
    }
    return u"%1 did not answer the WebSocket handshake within %2 s: is it a WebSocket server?"_s
        .arg(who, seconds);
}

QString describeViolation(int code, const QString &reason, const QUrl &url)
{
    const QString who = authorityText(url);
    switch (code) {
    case 1001: // QWebSocket's, after 5 s
        return u"%1 stopped in the middle of a message; the connection was closed."_s.arg(who);
    case 1007:
        return u"%1 sent text that is not UTF-8 (1007): it should send it as binary."_s.arg(who);
    case 1009:
        return u"%1 sent a message that is larger than is accepted here (1009): allow larger ones, "
               "if you trust it."_s.arg(who);
    default:
        return u"%1 broke the WebSocket protocol (%2): %3"_s.arg(who, QString::number(code),
                                                                 reason);
    }
}

QString describeBadClose(const QByteArray &payload, const QUrl &url)
{
    const CloseFrame frame = CloseFrame::read(payload);
    const QString who = authorityText(url);
    if (!frame.isReasonText)
        return u"%1 closed the connection with a reason that is not UTF-8."_s.arg(who);
    if (payload.size() == 1)
        return u"%1 closed the connection with half a close code."_s.arg(who);
    if (!payload.isEmpty() && !canReceiveCloseCode(frame.code)) {
        return u"%1 closed the connection with %2, which is no close code."_s.arg(
            who, QString::number(frame.code));
    }
    return {};
}
