// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <QUrl>

/*!
    Why \a url cannot be the address of a WebSocket server, in a sentence; empty when it can be.
    The rules are those of RFC 6455 section 3: ws or wss, a host, no fragment.
*/
[[nodiscard]] QString addressProblem(const QUrl &url);

/// \a url for people: without user name and password.
[[nodiscard]] QString addressText(const QUrl &url);

/// Host and port of \a url as one would say them: "localhost:3000"; the port only where it is
/// given.
[[nodiscard]] QString authorityText(const QUrl &url);

/// \a url with a path: QWebSocket makes a malformed request of "ws://host?query" (QTBUG-120492).
[[nodiscard]] QUrl urlWithPath(QUrl url);
