// SPDX-License-Identifier: MIT
#pragma once

#include <QAbstractSocket>
#include <QString>

class QUrl;

/// How far a connection has come, or had when it failed.
enum class Stage {
    Name, ///< the name is looked up
    Tcp,
    Tls,
    Upgrade, ///< the WebSocket handshake
    Open
};

/// What a program may do about a failure; the sentences below are for people.
enum class FailureCause {
    None, ///< there is no failure
    Request, ///< the address or a header cannot be used: another attempt takes another one
    Tls, ///< certificates or TLS itself: somebody has to mend them
    Other, ///< the network, or what the server did: it may go well another time
};

[[nodiscard]] FailureCause causeOf(QAbstractSocket::SocketError error);

/// \a words of a stranger as they may stand in a sentence: harmless, and not many.
[[nodiscard]] QString peerWords(const QString &words, qsizetype maxLength = 200);

/*!
    Why the connection to \a url failed at \a stage, and what may help, in one sentence for people.
    \a error and \a detail are what Qt says; \a detail may hold words of the peer. How a server
    refuses an upgrade is for describeRefusal().
*/
[[nodiscard]] QString describeFailure(Stage stage, QAbstractSocket::SocketError error,
                                      const QString &detail, const QUrl &url);

/// That \a url did not get past \a stage within \a timeout milliseconds, in one sentence.
[[nodiscard]] QString describeTimeout(Stage stage, int timeout, const QUrl &url);

/// Why we closed the connection to \a url ourselves, in one sentence: the peer broke the rules of
/// the protocol or of our limits. \a code and \a reason are those that QWebSocket gave it.
[[nodiscard]] QString describeViolation(int code, const QString &reason, const QUrl &url);

/// What is wrong with the \a payload of a close frame from \a url, in one sentence; empty when
/// nothing is.
[[nodiscard]] QString describeBadClose(const QByteArray &payload, const QUrl &url);
