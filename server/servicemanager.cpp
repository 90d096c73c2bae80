// SPDX-License-Identifier: MIT
#include "servicemanager.h"

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <limits>

#include <systemd/sd-daemon.h>

using namespace Qt::Literals::StringLiterals;

namespace {

/// The variable stays, for what follows. Whether anybody hears it is to be ignored (sd_notify(3)).
void notify(const QByteArray &state)
{
    sd_notify(false, state.constData());
}

} // namespace

ServiceManager::ServiceManager(QObject *parent)
    : QObject(parent)
    , m_isPresent(!qEnvironmentVariableIsEmpty("NOTIFY_SOCKET"))
{
    uint64_t timeout = 0; // in microseconds
    if (sd_watchdog_enabled(false, &timeout) <= 0)
        return;
    constexpr auto longest = uint64_t(std::numeric_limits<int>::max());
    m_watchdog.setInterval(int(std::clamp<uint64_t>(timeout / 2000, 1, longest)));
    connect(&m_watchdog, &QTimer::timeout, this, [this] {
        Q_EMIT signOfLifeDue();
        notify("WATCHDOG=1"_ba);
    });
}

std::variant<QList<int>, QString> ServiceManager::takeListenSockets()
{
    const int count = sd_listen_fds(true);
    if (count < 0) {
        return u"cannot take the sockets of LISTEN_FDS: %1; start the .socket unit, or unset it"_s
            .arg(qt_error_string(-count));
    }
    QList<int> sockets;
    for (int socket = SD_LISTEN_FDS_START; socket < SD_LISTEN_FDS_START + count; ++socket) {
        if (sd_is_socket_inet(socket, AF_UNSPEC, SOCK_STREAM, true, 0) <= 0) {
            return u"cannot listen on descriptor %1 of LISTEN_FDS: it is no listening TCP socket; "
                   "use ListenStream=ADDRESS:PORT without Accept=yes"_s.arg(socket);
        }
        sockets += socket;
    }
    return sockets;
}

void ServiceManager::ready(const QString &status)
{
    notify("READY=1\nSTATUS="_ba + status.toUtf8());
    if (m_watchdog.interval() > 0)
        m_watchdog.start();
}

void ServiceManager::reloading()
{
    // The time tells this reload from an earlier one (Type=notify-reload of systemd 253).
    timespec now = {};
    clock_gettime(CLOCK_MONOTONIC, &now);
    const qint64 microseconds = qint64(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
    notify("RELOADING=1\nMONOTONIC_USEC="_ba + QByteArray::number(microseconds));
}

void ServiceManager::stopping()
{
    notify("STOPPING=1\nSTATUS=Closing connections"_ba);
}
