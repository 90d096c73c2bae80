// SPDX-License-Identifier: MIT
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <functional>
#include <mutex>
#include <vector>

class QQuickWindow;

/// Of a number of durations, in ms.
struct Durations
{
    double worst = 0;
    double p99 = 0;
    double median = 0;
    int count = 0;

    [[nodiscard]] static Durations of(std::vector<double> values);
};

/*!
    How well a window answers: how long its thread was away each time, and what its frames and keys
    took.

    A heartbeat in the window's thread shows the first: a timer that is due every beatInterval. The
    time from one beat to the next is called a stall, however short.
*/
class GuiWatch : public QObject
{
    Q_OBJECT

public:
    static constexpr int beatInterval = 1; // ms

    explicit GuiWatch(QQuickWindow *window);
    ~GuiWatch() override;

    /// Forgets what was measured so far.
    void begin();
    /// Until now.
    [[nodiscard]] Durations stalls();
    [[nodiscard]] Durations frameIntervals() const;
    /// From the moment a key was posted to the end of the frame that shows what it did.
    [[nodiscard]] Durations keyLatencies() const;
    /// Has a thread of its own type a letter into the window every \a interval ms, whatever the
    /// window is doing, until endTyping().
    void beginTyping(int interval);
    /// How many keys were pressed.
    int endTyping();

    /// Runs the event loop until \a condition holds, which is looked at every few ms, or \a timeout
    /// is over: then the program ends, having said what it waited for.
    static void waitUntil(const char *what, const std::function<bool()> &condition,
                          int timeout = 600'000);
    /// Runs the event loop until the window is shown and gets the keys.
    void waitUntilActive();
    /// Runs the event loop until the window has had nothing to do for a while.
    void waitForQuiet();
    /// Runs the event loop for \a duration ms.
    static void waitFor(int duration);
    /// Runs the event loop until \a window has shown \a frames more.
    void waitForFrames(int frames);

protected:
    bool eventFilter(QObject *object, QEvent *event) override;

private:
    class Typist;

    void onBeat();
    void onSynchronizing();
    void onSwapped();

    QQuickWindow *m_window;
    QTimer m_beatTimer;
    QElapsedTimer m_clock;
    qint64 m_lastBeat = 0; // ns
    std::vector<double> m_stalls;

    // Frames are drawn by a thread of their own.
    mutable std::mutex m_mutex;
    qint64 m_lastFrame = 0;
    int m_frames = 0;
    std::vector<double> m_frameIntervals;
    std::vector<qint64> m_posted; // when keys were posted that the window has not got yet
    std::vector<qint64> m_handled; // that it has got
    std::vector<qint64> m_drawn; // that are in the frame being drawn
    std::vector<double> m_keyLatencies;
    std::unique_ptr<Typist> m_typist;
};
