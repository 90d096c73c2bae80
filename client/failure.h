// SPDX-License-Identifier: MIT
#pragma once

#include <QAbstractSocket>
#include <QString>

class QUrl;

/// How far a connection had come when it failed.
enum class Stage { Connect, Handshake, Open };

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
