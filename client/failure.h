// SPDX-License-Identifier: MIT
#pragma once

#include <QAbstractSocket>
#include <QString>

class QUrl;

/// How far a connection had come when it failed.
enum class Stage { Connect, Handshake, Open };

/// What a program may do about a failure; the sentences below are for people.
enum class FailureCause {
    None, ///< there is no failure
    Request, ///< the address or a header cannot be used: another attempt takes another one
    Tls, ///< certificates or TLS itself: somebody has to mend them
    UnknownCloseCode, ///< it ended with a code that QWebSocket does not know, such as 1012
    Other, ///< the network, or what the server did: it may go well another time
};

[[nodiscard]] FailureCause causeOf(QAbstractSocket::SocketError error);
/// See describeViolation(), whose sentence is about a cause other than None.
[[nodiscard]] FailureCause causeOfViolation(int code, const QString &reason);

/*!
    Why the connection to \a url failed at \a stage, in one sentence for people.
    \a error and \a detail are what Qt says; \a detail may hold words of the peer.
*/
[[nodiscard]] QString describeFailure(Stage stage, QAbstractSocket::SocketError error,
                                      const QString &detail, const QUrl &url);

/// That \a url did not get past \a stage within \a timeout milliseconds, in one sentence.
[[nodiscard]] QString describeTimeout(Stage stage, int timeout, const QUrl &url);

/*!
    Why we closed the connection to \a url ourselves, in one sentence: the peer broke the rules of
   the protocol or of our limits. Empty when \a code and \a reason are those of a peer that closed.
*/
[[nodiscard]] QString describeViolation(int code, const QString &reason, const QUrl &url);
