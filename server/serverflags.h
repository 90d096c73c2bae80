// SPDX-License-Identifier: MIT
#pragma once

#include <QLatin1StringView>
#include <QList>
#include <QString>

inline constexpr QLatin1StringView listenFlag("listen");
inline constexpr QLatin1StringView portFlag("port");
inline constexpr QLatin1StringView tlsCertificateFlag("tls-certificate");
inline constexpr QLatin1StringView tlsKeyFlag("tls-key");
inline constexpr QLatin1StringView allowOriginFlag("allow-origin");
inline constexpr QLatin1StringView allowHostFlag("allow-host");
inline constexpr QLatin1StringView greetingFlag("greeting");
inline constexpr QLatin1StringView noGreetingFlag("no-greeting");
inline constexpr QLatin1StringView threadsFlag("threads");
inline constexpr QLatin1StringView metricsPortFlag("metrics-port");
inline constexpr QLatin1StringView verboseFlag("verbose");
inline constexpr QLatin1StringView helpFlag("help");
inline constexpr QLatin1StringView versionFlag("version");

/*!
    A flag of the command line and what \c --help says of it.
*/
struct Flag
{
    /// Without the dashes.
    QLatin1StringView name;
    /// In capitals; empty: it takes none.
    QString valueName;
    QString sentence;
    /// Empty: nothing to say of it.
    QString defaultValue = {};
    bool isRepeatable = false;
};

struct FlagGroup
{
    QString title;
    QList<Flag> flags;
};

/// All there are, in the order of \c --help.
[[nodiscard]] QList<FlagGroup> flagGroups();

/// What \c --help says of all flags: two columns under titles, no line of more than 79 characters.
[[nodiscard]] QString flagsHelp();
