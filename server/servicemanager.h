// SPDX-License-Identifier: MIT
#pragma once

#include <QList>
#include <QObject>
#include <QString>
#include <QTimer>

#include <variant>

/*!
    What systemd hands over, and what it is told: sockets, readiness, signs of life. See
    sd_listen_fds(3), sd_notify(3) and sd_watchdog_enabled(3); systemd asks through the environment,
    and where it has not asked, nothing happens.
*/
class ServiceManager : public QObject
{
    Q_OBJECT

public:
    explicit ServiceManager(QObject *parent = nullptr);

    /*!
        The sockets of the .socket unit, in its order: listening TCP sockets, close-on-exec, and the
        caller's to close. Empty when there are none for this process, or a sentence about one that
        is something else.

        Call it once, before any thread and any other file: it changes the environment, and a
        descriptor that was promised but is not there would be the next file's.
    */
    [[nodiscard]] static std::variant<QList<int>, QString> takeListenSockets();

    /// Whether somebody wants to be told.
    [[nodiscard]] bool isPresent() const { return m_isPresent; }

    /// Startup or a reload is done; \a status is a line for people. From now on the event loop says
    /// twice per WatchdogSec= that it runs.
    void ready(const QString &status);
    /// A reload begins; ready() ends it.
    void reloading();
    /// The service stops because it was told to.
    void stopping();

Q_SIGNALS:
    /// A sign of life is sent when all slots have returned.
    void signOfLifeDue();

private:
    QTimer m_watchdog;
    const bool m_isPresent;
};
