// SPDX-License-Identifier: MIT
#include "unixsignals.h"

#include "logging.h"

#include <sys/signalfd.h>
#include <unistd.h>

UnixSignals::UnixSignals(QObject *parent)
    : QObject(parent)
{
    // A reader of our output that goes away is an error of that write, not our end.
    std::signal(SIGPIPE, SIG_IGN);

    struct sigaction hangup = {};
    m_wasHangupIgnored = sigaction(SIGHUP, nullptr, &hangup) == 0 && hangup.sa_handler == SIG_IGN;

    // signalfd(2) needs no handler, hence no global state; it reads only signals that are blocked.
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGINT);
    sigaddset(&mask, SIGTERM);
    sigaddset(&mask, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &mask, &m_previousMask);
    m_descriptor = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
    if (m_descriptor == -1) {
        qCWarning(lcServer) << "no signalfd: SIGINT, SIGTERM and SIGHUP end the program at once";
        pthread_sigmask(SIG_SETMASK, &m_previousMask, nullptr);
        return;
    }
    m_notifier.setSocket(m_descriptor);
    m_notifier.setEnabled(true);
    connect(&m_notifier, &QSocketNotifier::activated, this, &UnixSignals::readSignals);
}

UnixSignals::~UnixSignals()
{
    if (m_descriptor == -1)
        return;
    m_notifier.setEnabled(false);
    close(m_descriptor);
    pthread_sigmask(SIG_SETMASK, &m_previousMask, nullptr);
}

void UnixSignals::readSignals()
{
    signalfd_siginfo info = {};
    while (read(m_descriptor, &info, sizeof info) == qint64(sizeof info))
        Q_EMIT received(int(info.ssi_signo));
}
