// SPDX-License-Identifier: MIT
#include "reconnector.h"

#include "closecode.h"
#include "websocket.h"

#include <QScopedValueRollback>

#include <algorithm>
#include <array>
#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace {

// RFC 6455 section 7.4.1: what was said, by us or by them, will be said again.
constexpr std::array finalCloseCodes{1002, 1003, 1007, 1008, 1009, 1010};

} // namespace

Reconnector::Milliseconds Reconnector::delay(int attempt, double random)
{
    constexpr int doublings = 6; // 64 s: beyond the last limit
    const Milliseconds limit =
        std::min(lastLimit, firstLimit * (1 << std::clamp(attempt - 1, 0, doublings)));
    const double span = static_cast<double>((limit - minDelay).count());
    return minDelay + Milliseconds(static_cast<qint64>(span * random));
}

Reconnector::Reconnector(QObject *parent)
    : Reconnector(*new SystemRetryEnvironment, parent)
{
    m_environment.setParent(this);
}

Reconnector::Reconnector(RetryEnvironment &environment, QObject *parent)
    : QObject(parent)
    , m_environment(environment)
{
    connect(&environment, &RetryEnvironment::woken, this, &Reconnector::onWoken);
    connect(&environment, &RetryEnvironment::networkBack, this, &Reconnector::onNetworkBack);
}

Reconnector::~Reconnector() = default;

WebSocket *Reconnector::socket() const
{
    return m_socket;
}

void Reconnector::setSocket(WebSocket *socket)
{
    if (m_socket == socket)
        return;
    if (m_socket)
        m_socket->disconnect(this);
    m_socket = socket;
    m_stopped = false;
    m_wasOpen = false;
    setAttempt(0);
    if (socket) {
        connect(socket, &WebSocket::statusChanged, this, &Reconnector::onStatusChanged);
        connect(socket, &WebSocket::activeChanged, this, &Reconnector::onActiveChanged);
        connect(socket, &QObject::destroyed, this, &Reconnector::decide);
    }
    Q_EMIT socketChanged();
    decide();
}

void Reconnector::setEnabled(bool enabled)
{
    if (m_enabled == enabled)
        return;
    m_enabled = enabled;
    Q_EMIT enabledChanged();
    decide();
}

void Reconnector::tryNow()
{
    if (!hasEnded())
        return;
    m_stopped = false;
    openSocket();
}

void Reconnector::stop()
{
    m_stopped = true;
    decide();
}

void Reconnector::onStatusChanged()
{
    switch (m_socket->status()) {
    case WebSocket::Connecting:
        m_lastOpening = m_environment.now();
        m_wasOpen = false;
        if (!m_opening) { // somebody else does
            m_stopped = false;
            setAttempt(0);
        }
        break;
    case WebSocket::Open:
        m_openSince = m_environment.now();
        m_wasOpen = true;
        m_stopped = false;
        break;
    case WebSocket::Closing:
        return;
    case WebSocket::Closed:
    case WebSocket::Error:
        if (std::exchange(m_wasOpen, false) && m_environment.now() - m_openSince >= stableTime)
            setAttempt(0);
        break;
    }
    setWaiting(false);
    decide();
}

void Reconnector::onActiveChanged()
{
    // The status of a connection that is there follows, and decides then.
    decide();
}

/// Begins to wait, or not, as things stand.
void Reconnector::decide()
{
    const QString why = hasEnded() ? whyNot() : QString();
    setReason(why);
    if (!hasEnded() || !why.isEmpty()) {
        setWaiting(false);
    } else if (!m_waiting) {
        setAttempt(m_attempt + 1);
        m_environment.watchNetwork();
        wait(delay(m_attempt, m_environment.random()));
    }
}

/// Whether there was a connection, or an attempt at one, and it is over.
bool Reconnector::hasEnded() const
{
    // A socket that has never been opened is Closed too, without a code.
    return m_socket
        && (m_socket->status() == WebSocket::Error
            || (m_socket->status() == WebSocket::Closed && m_socket->closeCode() != 0));
}

/// Why what has ended is left alone, in a sentence; empty when it is not.
QString Reconnector::whyNot() const
{
    if (!m_socket->isActive())
        return tr("Not trying again: you disconnected.");
    if (!m_enabled)
        return tr("Not trying again: reconnecting is switched off.");
    if (m_stopped)
        return tr("Not trying again: you stopped it.");
    switch (m_socket->failureCause()) {
    case FailureCause::Request:
        return tr("Not trying again: correct the address or the headers first.");
    case FailureCause::Tls:
        return tr("Not trying again: TLS fails until a certificate or a setting of it changes.");
    case FailureCause::None:
    case FailureCause::Other:
        break;
    }
    const int code = m_socket->closeCode();
    if (std::find(finalCloseCodes.begin(), finalCloseCodes.end(), code) == finalCloseCodes.end())
        return {};
    return tr("Not trying again: close code %1 (%2) would come again.")
        .arg(code)
        .arg(closeCodeName(code));
}

void Reconnector::wait(Milliseconds delay)
{
    m_due = m_environment.now() + delay;
    tick();
    setWaiting(true); // with its secondsLeft
}

/// Counts down, a second at a time.
void Reconnector::tick()
{
    constexpr qint64 second = 1'000;
    const qint64 left = (m_due - m_environment.now()).count();
    const qint64 secondsLeft = (left + second - 1) / second;
    m_environment.wakeIn(Milliseconds(left - (secondsLeft - 1) * second));
    setSecondsLeft(static_cast<int>(secondsLeft));
}

void Reconnector::onWoken()
{
    if (!m_waiting)
        return;
    if (m_environment.now() < m_due)
        tick();
    else
        openSocket();
}

void Reconnector::onNetworkBack()
{
    if (!m_waiting)
        return;
    // A network that comes and goes is no reason to hammer either.
    setAttempt(1);
    m_due = std::max(m_environment.now(), m_lastOpening + firstLimit);
    onWoken();
}

void Reconnector::openSocket()
{
    setWaiting(false);
    const QScopedValueRollback opening(m_opening, true);
    m_socket->open();
}

void Reconnector::setWaiting(bool waiting)
{
    if (!waiting) {
        m_environment.doNotWake();
        setSecondsLeft(0);
    }
    if (m_waiting == waiting)
        return;
    m_waiting = waiting;
    Q_EMIT waitingChanged();
}

void Reconnector::setSecondsLeft(int seconds)
{
    if (m_secondsLeft == seconds)
        return;
    m_secondsLeft = seconds;
    Q_EMIT secondsLeftChanged();
}

void Reconnector::setAttempt(int attempt)
{
    if (m_attempt == attempt)
        return;
    m_attempt = attempt;
    Q_EMIT attemptChanged();
}

void Reconnector::setReason(const QString &reason)
{
    if (m_reason == reason)
        return;
    m_reason = reason;
    Q_EMIT reasonChanged();
}
