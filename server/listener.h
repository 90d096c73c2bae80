// SPDX-License-Identifier: MIT
#pragma once

#include "filedescriptor.h"

#include <QHostAddress>
#include <QObject>
#include <QSocketNotifier>
#include <QTimer>

/*!
    Accepts the peers of a listening socket, and hands them out as file descriptors.

    QTcpServer will not do: it takes EMFILE for EAGAIN, and asks again for ever (Qt 6.4.2).
*/
class Listener : public QObject
{
    Q_OBJECT

public:
    /// \a socket is a TCP socket that listens. Accepts from now on.
    explicit Listener(FileDescriptor socket, QObject *parent = nullptr);
    ~Listener() override;

    /// Stops listening. Who is not accepted is refused by the kernel.
    void stop();

Q_SIGNALS:
    /// \a descriptor is a connected socket that does not block, and the slot's to close.
    void accepted(int descriptor, const QHostAddress &peerAddress, quint16 peerPort);
    /// As accepted(), but the process may have no more files than this one, which is to be closed
    /// before the slot returns.
    void acceptedTooMany(int descriptor, const QHostAddress &peerAddress, quint16 peerPort);

private:
    enum class Accepted { Yes, NoneLeft, NoFiles, Broken };

    void acceptTurn();
    [[nodiscard]] Accepted acceptOne(void (Listener::*announce)(int, const QHostAddress &,
                                                                quint16));
    [[nodiscard]] bool acceptWithSpareFile();
    void openSpareFile();

    FileDescriptor m_socket;
    FileDescriptor m_spareFile;
    QSocketNotifier m_notifier;
    QTimer m_retryTimer;
};
