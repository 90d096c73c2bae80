// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <QUrl>

/*!
    Why \a url cannot be the address of a WebSocket server, in a sentence; empty when it can be.
    The rules are those of RFC 6455 section 3: ws or wss, a host, no fragment.
*/
[[nodiscard]] QString addressProblem(const QUrl &url);

/// What somebody typed as an address, read by typedAddress().
struct TypedAddress
{
    /// Where to connect to; empty when there is a problem.
    QUrl url;
    /// What is wrong with it, in a sentence without user names and passwords; empty when nothing
    /// is.
    QString problem;
};

/*!
    Reads \a text as people type addresses: blanks around it do not count, and without a scheme it
    is \c ws, or \c wss where the port is 443. Whatever has no problem here has none for
    addressProblem() either; further ones are user info, blanks and characters that cannot be seen
    inside, and an IPv6 address without its brackets.
*/
[[nodiscard]] TypedAddress typedAddress(const QString &text);

/// \a url for people: without user name and password.
[[nodiscard]] QString addressText(const QUrl &url);

/// addressText() with TLS, or without where it has it.
[[nodiscard]] QString otherSchemeText(QUrl url);

/// Whether the host of \a url is this machine.
[[nodiscard]] bool isLoopback(const QUrl &url);

/// Host and port of \a url as one would say them: "localhost:3000"; the port only where it is
/// given.
[[nodiscard]] QString authorityText(const QUrl &url);

/// \a url with a path: QWebSocket makes a malformed request of "ws://host?query" (QTBUG-120492).
[[nodiscard]] QUrl urlWithPath(QUrl url);
