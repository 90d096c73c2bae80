// SPDX-License-Identifier: MIT
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <chrono>

/*!
    Measures how late the event loop of its thread is: how long what is due has to wait for what is
    being done.

    It is a sample: what blocks the loop between two measurements, and is over before the second
    is due, is not seen.
*/
class LoopLag : public QObject
{
    Q_OBJECT

public:
    /// Measures once each \a interval; \a window is for largest().
    explicit LoopLag(std::chrono::milliseconds interval = std::chrono::milliseconds(100),
                     std::chrono::milliseconds window = std::chrono::minutes(1),
                     QObject *parent = nullptr);

    /// Measures from now on.
    void start();

    /// What was measured last; 0 or more.
    [[nodiscard]] std::chrono::nanoseconds last() const { return m_last; }
    /// The largest of the last one to two windows.
    [[nodiscard]] std::chrono::nanoseconds largest() const;

private:
    void measure();

    QTimer m_timer;
    const std::chrono::milliseconds m_window;
    QElapsedTimer m_sinceTimer;
    QElapsedTimer m_sinceWindow;
    std::chrono::nanoseconds m_last{0};
    std::chrono::nanoseconds m_largest{0}; // since m_sinceWindow
    std::chrono::nanoseconds m_largestBefore{0}; // in the window before
};
