// SPDX-License-Identifier: MIT
#include "lingeringclose.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {
constexpr std::size_t chunkSize = 64 * 1024;
}

LingeringClose::LingeringClose(qintptr descriptor, QObject *parent)
    : QObject(parent)
    , m_descriptor(fcntl(int(descriptor), F_DUPFD_CLOEXEC, 0))
{
    if (!isValid())
        return;
    connect(&m_notifier, &QSocketNotifier::activated, this, &LingeringClose::discardInput);
    m_notifier.setSocket(m_descriptor);
    m_notifier.setEnabled(true);
}

LingeringClose::~LingeringClose()
{
    if (!isValid())
        return;
    m_notifier.setEnabled(false);
    close(m_descriptor);
}

void LingeringClose::finishWriting()
{
    shutdown(m_descriptor, SHUT_WR);
    // The peer may have closed while we were still writing: then this says finished() once more.
    m_notifier.setEnabled(true);
}

void LingeringClose::discardInput()
{
    std::array<char, chunkSize> chunk;
    const ssize_t size = recv(m_descriptor, chunk.data(), chunk.size(), MSG_DONTWAIT);
    if (size > 0 || (size == -1 && (errno == EAGAIN || errno == EINTR)))
        return;
    m_notifier.setEnabled(false);
    Q_EMIT finished();
}
