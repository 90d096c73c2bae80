// SPDX-License-Identifier: MIT
#pragma once

#include <QHostAddress>
#include <QSocketNotifier>
#include <QTcpServer>
#include <QTimer>

#include <memory>

/*!
    A QTcpServer that hands out what it accepts as file descriptors, and keeps none.

    It accepts by itself: QTcpServer takes EMFILE for EAGAIN, and asks again for ever (Qt 6.4.2).
*/
class Listener : public QTcpServer
{
    Q_OBJECT

public:
    explicit Listener(QObject *parent = nullptr);
    ~Listener() override;

    /// Starts to accept, once it listens.
    void startAccepting();
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

    std::unique_ptr<QSocketNotifier> m_notifier;
    QTimer m_retryTimer;
    int m_spareFile = -1;
};
