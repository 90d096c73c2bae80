// SPDX-License-Identifier: MIT
#pragma once

#include "socketrequest.h"

#include <QList>
#include <QString>
#include <QStringList>
#include <QUrl>

class WebSocket;

/// A header of the handshake's request. Its name is compared without regard to case.
struct RequestHeader
{
    QString name;
    QString value;

    friend bool operator==(const RequestHeader &, const RequestHeader &) = default;

    /// Reads "name: value"; without a colon the name is empty. Blanks around both do not count.
    [[nodiscard]] static RequestHeader fromText(const QString &text);
};

/*!
    All that a person says of a connection: where to, and how.

    Nothing in it has been checked until problem() is empty.
*/
struct ConnectionSettings
{
    static constexpr qint64 largestMaxMessageSize = 1024 * 1024 * 1024; ///< bytes
    static constexpr int longestHandshakeTimeout = 10 * 60 * 1000; ///< ms
    static constexpr int defaultPingInterval = 20'000; ///< ms
    static constexpr int shortestPingInterval = 1'000; ///< ms
    static constexpr int longestPingInterval = 60 * 60 * 1000; ///< ms

    QUrl url;
    /// In the order in which they are shown. Neither Origin nor User-Agent is among them.
    QList<RequestHeader> headers = {};
    /// To offer, the preferred one first.
    QStringList subprotocols = {};
    QString origin = {}; ///< empty: none is named
    QString userAgent = {}; ///< empty: none is named
    qint64 maxMessageSize = SocketLimits().maxMessageSize; ///< bytes
    int handshakeTimeout = SocketLimits().handshakeTimeout; ///< ms
    int pingInterval = defaultPingInterval; ///< ms; 0: no pings
    bool reconnect = true;
    /// Sent as text, one message each, whenever the connection opens.
    QStringList firstMessages = {};
    QString caFile = {}; ///< certificates to trust besides the system's, in PEM; empty: none
    QString certificateFile = {}; ///< the client's own, with its chain, in PEM; empty: none
    QString keyFile = {}; ///< its key, in PEM
    /// SHA-256 of the one certificate that the server may show, in hexadecimal digits with or
    /// without colons; empty: any that is valid.
    QString pinnedFingerprint = {};

    friend bool operator==(const ConnectionSettings &, const ConnectionSettings &) = default;

    /// Why no connection can be made like that, in a sentence that names the first bad setting;
    /// empty when one can. It looks whether the files are there.
    [[nodiscard]] QString problem() const;
    /// Whether anything is said about TLS, which only wss:// speaks.
    [[nodiscard]] bool hasTlsSettings() const;
    /// Takes over what \a other says, which is what is not as by default there; of the headers,
    /// those of other names stay. The address stays.
    void takeFrom(const ConnectionSettings &other);
    /// The headers, User-Agent among them, as WebSocket::requestHeaders takes them.
    [[nodiscard]] QVariantMap requestHeaders() const;
    /// Gives \a socket what it has properties for. The address comes last: a socket that is active
    /// connects there.
    void applyTo(WebSocket &socket) const;
};

/// \a fingerprint in the form of "openssl x509 -fingerprint": pairs of capital digits with colons
/// between them; empty when it is not 32 bytes.
[[nodiscard]] QString normalizedFingerprint(const QString &fingerprint);

/// Why \a subprotocols cannot be asked for, in a sentence; empty when they can. RFC 6455
/// section 4.1: they are tokens, and each is there once.
[[nodiscard]] QString subprotocolsProblem(const QStringList &subprotocols);
