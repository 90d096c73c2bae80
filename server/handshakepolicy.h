// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArrayView>
#include <QList>
#include <QString>

#include <optional>

/// A host in its one spelling, and a port, or -1.
struct Authority
{
    QString host;
    int port = -1;

    /// That of \a text, if that is one, and nothing beside.
    [[nodiscard]] static std::optional<Authority> from(QByteArrayView text);

    bool operator==(const Authority &) const = default;
};

/*!
    Which pages and names may reach the server.
*/
struct HandshakePolicy
{
    /// Origins of pages that may connect, compared as browsers do; empty allows all. A request
    /// without an Origin is never a page's, and always allowed.
    QList<QString> allowedOrigins;
    /// Names that the server answers to, on any port; IPv6 addresses in brackets.
    QList<QString> allowedHosts;
    /// Where allowedHosts is empty: only names of this machine, against DNS rebinding.
    bool loopbackHostsOnly = false;

    /// Of a Host header.
    [[nodiscard]] bool allowsHost(const Authority &authority) const;
    /// Of an Origin header.
    [[nodiscard]] bool allowsOrigin(QByteArrayView origin) const;
};
