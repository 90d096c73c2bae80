// SPDX-License-Identifier: MIT
#pragma once

#include "retryenvironment.h"

#include <QObject>
#include <QPointer>
#include <QString>
#include <QtQml/qqmlregistration.h>

class WebSocket;

/*!
    Opens a WebSocket again when its connection has failed or ended.

    It waits before each attempt for a time of chance, from minDelay to a limit that doubles from
    firstLimit with each attempt up to lastLimit ("full jitter"): so those whose server went down
    together do not come back together. A connection that was up for stableTime begins anew; so do
    a connection that somebody else opens, and the network when it comes back: then the attempt is
    made at once.

    It leaves alone what would go wrong again, and what is meant to be closed: \c reason says so.
    A WebSocket that nobody wants any more is one whose \c active is false, as close() leaves it.
*/
class Reconnector : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_MOC_INCLUDE("websocket.h")

    Q_PROPERTY(WebSocket *socket READ socket WRITE setSocket NOTIFY socketChanged FINAL)
    /// Whether it tries again at all; true by default.
    Q_PROPERTY(bool enabled READ isEnabled WRITE setEnabled NOTIFY enabledChanged FINAL)
    /// Whether there will be an attempt, in secondsLeft.
    Q_PROPERTY(bool waiting READ isWaiting NOTIFY waitingChanged FINAL)
    /// Until the attempt, rounded up; 0 while not waiting.
    Q_PROPERTY(int secondsLeft READ secondsLeft NOTIFY secondsLeftChanged FINAL)
    /// Which attempt is waited for or under way, the first is 1; 0 when the last connection was
    /// not an attempt of this.
    Q_PROPERTY(int attempt READ attempt NOTIFY attemptChanged FINAL)
    /// Why there will be no attempt, in a sentence; empty when there will be one, and while there
    /// is a connection.
    Q_PROPERTY(QString reason READ reason NOTIFY reasonChanged FINAL)

public:
    using Milliseconds = RetryEnvironment::Milliseconds;

    /// Not less, whatever chance says: a server that drops everybody at once is not hammered.
    static constexpr Milliseconds minDelay{250};
    static constexpr Milliseconds firstLimit{1'000};
    static constexpr Milliseconds lastLimit{60'000};
    static constexpr Milliseconds stableTime{30'000};

    /// The delay before \a attempt, 1 or more, where \a random is from 0 to less than 1.
    [[nodiscard]] static Milliseconds delay(int attempt, double random);

    explicit Reconnector(QObject *parent = nullptr);
    /// With an \a environment of its own, which outlives it.
    explicit Reconnector(RetryEnvironment &environment, QObject *parent = nullptr);
    ~Reconnector() override;

    [[nodiscard]] WebSocket *socket() const;
    void setSocket(WebSocket *socket);
    [[nodiscard]] bool isEnabled() const { return m_enabled; }
    void setEnabled(bool enabled);
    [[nodiscard]] bool isWaiting() const { return m_waiting; }
    [[nodiscard]] int secondsLeft() const { return m_secondsLeft; }
    [[nodiscard]] int attempt() const { return m_attempt; }
    [[nodiscard]] QString reason() const { return m_reason; }

    /// Makes the attempt now, or any attempt after a connection has ended: whatever the reason.
    Q_INVOKABLE void tryNow();
    /// Makes no attempt after the one that may be under way, until there was a connection again or
    /// somebody asks for one.
    Q_INVOKABLE void stop();

Q_SIGNALS:
    void socketChanged();
    void enabledChanged();
    void waitingChanged();
    void secondsLeftChanged();
    void attemptChanged();
    void reasonChanged();

private:
    void onStatusChanged();
    void onActiveChanged();
    void onWoken();
    void onNetworkBack();

    void decide();
    [[nodiscard]] bool hasEnded() const;
    [[nodiscard]] QString whyNot() const;
    void wait(Milliseconds delay);
    void tick();
    void openSocket();
    void setWaiting(bool waiting);
    void setSecondsLeft(int seconds);
    void setAttempt(int attempt);
    void setReason(const QString &reason);

    RetryEnvironment &m_environment;
    QPointer<WebSocket> m_socket;
    QString m_reason;
    Milliseconds m_due{0}; // while waiting
    Milliseconds m_lastOpening{0}; // when a connection was last begun
    Milliseconds m_openSince{0}; // while m_wasOpen
    int m_attempt = 0;
    int m_secondsLeft = 0;
    bool m_enabled = true;
    bool m_waiting = false;
    bool m_stopped = false;
    bool m_wasOpen = false; // the connection that is there
    bool m_opening = false; // it is this that opens the socket just now
};
