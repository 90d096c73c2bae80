// SPDX-License-Identifier: MIT
#include "retryenvironment.h"

#include <QNetworkInformation>
#include <QRandomGenerator>

#include <utility>

namespace {

using Reachability = QNetworkInformation::Reachability;

/// Whether servers may be reached that could not be without a network. Where it is not known, no
/// change of it is news.
bool isOnline(Reachability reachability)
{
    return reachability != Reachability::Disconnected && reachability != Reachability::Local;
}

} // namespace

SystemRetryEnvironment::SystemRetryEnvironment(QObject *parent)
    : RetryEnvironment(parent)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer); // a countdown that skips a second looks broken
    connect(&m_timer, &QTimer::timeout, this, &RetryEnvironment::woken);
}

RetryEnvironment::Milliseconds SystemRetryEnvironment::now() const
{
    return std::chrono::duration_cast<Milliseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
}

double SystemRetryEnvironment::random()
{
    return QRandomGenerator::global()->generateDouble();
}

void SystemRetryEnvironment::wakeIn(Milliseconds delay)
{
    m_timer.start(delay);
}

void SystemRetryEnvironment::doNotWake()
{
    m_timer.stop();
}

void SystemRetryEnvironment::watchNetwork()
{
    // Where there is no plugin for it, the schedule alone has to do.
    if (std::exchange(m_isWatching, true)
        || !QNetworkInformation::loadBackendByFeatures(QNetworkInformation::Feature::Reachability))
        return;
    const auto *network = QNetworkInformation::instance();
    m_isOnline = isOnline(network->reachability());
    connect(network, &QNetworkInformation::reachabilityChanged, this,
            [this](Reachability reachability) {
                const bool wasOnline = std::exchange(m_isOnline, isOnline(reachability));
                if (m_isOnline && !wasOnline)
                    Q_EMIT networkBack();
            });
}
