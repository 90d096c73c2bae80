// SPDX-License-Identifier: MIT
#pragma once

#include "serverlimits.h"

#include <QHostAddress>
#include <QList>
#include <QString>
#include <QStringList>
#include <QThread>

#include <algorithm>
#include <optional>
#include <variant>

/*!
    An address to listen on. What \c localhost and \c any stand for beside IPv4 \a isOptional: a
    machine without IPv6 does without it.
*/
struct ListenAddress
{
    QHostAddress address;
    bool isOptional = false;
};

/*!
    What the command line asks for.
*/
struct ServerOptions
{
    static constexpr int maxThreads = 256;

    QList<ListenAddress> addresses = {{QHostAddress(QHostAddress::LocalHost)},
                                      {QHostAddress(QHostAddress::LocalHostIPv6), true}};
    /// 0 is any free port, the same one on every address.
    quint16 port = 3000;
    /// Listening TCP sockets that were handed over; unless empty, addresses and port are not used.
    QList<int> listenSockets;
    /// Sent to every new peer; none when unset.
    std::optional<QString> greeting = QStringLiteral("Welcome to Awesome Chat");
    /// Files in PEM; both empty: no TLS.
    QString tlsCertificate;
    QString tlsKey;
    /// Who may connect; see HandshakePolicy.
    QStringList allowedOrigins;
    QStringList allowedHosts;
    /// Where the metrics are, on the loopback; 0 is any free port, unset: nowhere.
    std::optional<quint16> metricsPort;
    bool isVerbose = false;
    /// Threads that serve, from 1 to maxThreads; each has its share of the peers.
    int threads = std::clamp(QThread::idealThreadCount(), 1, maxThreads);
    Limits limits;
};

/// What is wrong with a command line, in one sentence.
struct UsageError
{
    QString sentence;
};

enum class InfoRequest { Help, Version };

using ParsedOptions = std::variant<ServerOptions, UsageError, InfoRequest>;

/*!
    Reads \a arguments, of which the first is the name of the program. A request for help or
    version comes before any error.
*/
[[nodiscard]] ParsedOptions parseServerOptions(const QStringList &arguments);

/// What --help prints, with a line feed at its end.
[[nodiscard]] QString serverHelp();
