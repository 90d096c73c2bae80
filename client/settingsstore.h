// SPDX-License-Identifier: MIT
#pragma once

#include "connectionsettings.h"

#include <QList>
#include <QString>
#include <QUrl>

/*!
    The addresses that were connected to, and the settings of each server, kept in a file between
    runs. User names and passwords of addresses are never kept.

    Several programs may use the file at once: each change is made to what is in it then. It is
    readable for its owner only, since headers may hold secrets. Without a file everything is
    forgotten with the store.
*/
class SettingsStore
{
public:
    static constexpr qsizetype maxHistory = 100; ///< addresses; the oldest go
    static constexpr qsizetype maxServers = 100; ///< those that were saved longest ago go

    /// Uses \a fileName; where that is empty, none.
    explicit SettingsStore(const QString &fileName = {});

    /// servers.ini in the user's folder for configurations of this program (XDG_CONFIG_HOME).
    [[nodiscard]] static QString defaultFileName();

    /// Whether \a one and \a other have the same settings: scheme, host and port are equal.
    [[nodiscard]] static bool isSameServer(const QUrl &one, const QUrl &other);

    /// The addresses, newest first.
    [[nodiscard]] QList<QUrl> history();
    /// Puts \a url first; one that is there moves.
    void addToHistory(const QUrl &url);
    void removeFromHistory(const QUrl &url);
    void clearHistory();

    /// How to connect to \a url: as was last saved for its scheme, host and port, else as by
    /// default. What the file holds may have been changed by hand: see
    /// ConnectionSettings::problem().
    [[nodiscard]] ConnectionSettings settings(const QUrl &url);
    /// Keeps \a settings for the scheme, host and port of its address.
    void save(const ConnectionSettings &settings);
    /// Forgets the settings for the scheme, host and port of \a url.
    void removeSettings(const QUrl &url);

    /// Why the last change could not be kept, in a sentence; empty when it could. From then on
    /// there is no file.
    [[nodiscard]] QString problem() const { return m_problem; }

private:
    struct Server
    {
        QString key; ///< see serverKey()
        ConnectionSettings settings;
    };

    void read();
    void write();
    template<typename Change>
    void change(const Change &change);

    QString m_fileName;
    QString m_problem;
    QList<QUrl> m_history; // newest first
    QList<Server> m_servers; // the one that was saved last first
};
