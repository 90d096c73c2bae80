// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>
#include <QSocketNotifier>

#include <csignal>

/*!
    Turns SIGINT, SIGTERM and SIGHUP into a Qt signal for as long as it lives, and ignores SIGPIPE
    from then on.

    Create it in main() before any thread: a thread inherits which signals are blocked.
*/
class UnixSignals : public QObject
{
    Q_OBJECT

public:
    explicit UnixSignals(QObject *parent = nullptr);
    ~UnixSignals() override;

    /// Whether whoever started the program told it to ignore SIGHUP, as nohup(1) does. It is
    /// received all the same.
    [[nodiscard]] bool wasHangupIgnored() const { return m_wasHangupIgnored; }

Q_SIGNALS:
    /// \a signalNumber is SIGINT, SIGTERM or SIGHUP.
    void received(int signalNumber);

private:
    void readSignals();

    sigset_t m_previousMask = {};
    bool m_wasHangupIgnored = false;
    int m_descriptor = -1;
    QSocketNotifier m_notifier{QSocketNotifier::Read};
};
