// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include <utility>

class QUrl;

/*!
    What a server said to the request for an upgrade to WebSocket, as far as it has come: an HTTP
    answer (RFC 9112 section 4), or anything else. All of it is words of a stranger.
*/
struct UpgradeAnswer
{
    /// More than so many bytes are no answer.
    static constexpr qint64 maxSize = 64 * 1024;

    QByteArray bytes; ///< what was read
    int status = 0; ///< 0: this is no HTTP
    QString reason = {}; ///< the phrase after the status
    QList<std::pair<QByteArray, QString>> headers = {}; ///< by name in lower case
    QByteArray body = {}; ///< as far as it has come

    [[nodiscard]] static UpgradeAnswer read(const QByteArray &bytes);

    /// The values of the header \a name, which is in lower case, with commas between them.
    [[nodiscard]] QString header(QByteArrayView name) const;
    /// "HTTP 404 Not Found", harmless; empty where there is no status.
    [[nodiscard]] QString statusText() const;
    /// Whether this is how a server that speaks TLS answers one who does not.
    [[nodiscard]] bool isOfTlsServer() const;
};

/*!
    Why the server at \a url does not talk WebSocket with us, by its \a answer, and what may help,
    in one sentence. \a detail is what Qt says.
*/
[[nodiscard]] QString describeRefusal(const UpgradeAnswer &answer, const QString &detail,
                                      const QUrl &url);

/// What is wrong with an \a answer that QWebSocket has taken, in one sentence; empty when nothing
/// is.
[[nodiscard]] QString describeAcceptance(const UpgradeAnswer &answer, const QUrl &url);
