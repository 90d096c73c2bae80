// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>
#include <QTimer>

#include <chrono>

/*!
    What decides when a Reconnector tries again, besides its socket: time, chance and the network.
    Tests have their own.
*/
class RetryEnvironment : public QObject
{
    Q_OBJECT

public:
    using Milliseconds = std::chrono::milliseconds;

    using QObject::QObject;

    /// Time that never goes back, from wherever.
    [[nodiscard]] virtual Milliseconds now() const = 0;
    /// From 0 to less than 1, evenly.
    [[nodiscard]] virtual double random() = 0;
    /// Says woken() once in \a delay, instead of when it was told before.
    virtual void wakeIn(Milliseconds delay) = 0;
    /// Says it not at all.
    virtual void doNotWake() = 0;
    /// Says networkBack() from now on, where that can be known.
    virtual void watchNetwork() = 0;

Q_SIGNALS:
    void woken();
    /// There was no network, and now there is.
    void networkBack();
};

/// The real one: one timer, and the network as QNetworkInformation knows it.
class SystemRetryEnvironment : public RetryEnvironment
{
    Q_OBJECT

public:
    explicit SystemRetryEnvironment(QObject *parent = nullptr);

    [[nodiscard]] Milliseconds now() const override;
    [[nodiscard]] double random() override;
    void wakeIn(Milliseconds delay) override;
    void doNotWake() override;
    void watchNetwork() override;

private:
    QTimer m_timer;
    bool m_isWatching = false;
    bool m_isOnline = false; // when it was last heard of
};
