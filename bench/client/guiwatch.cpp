// SPDX-License-Identifier: MIT
#include "guiwatch.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QKeyEvent>
#include <QQuickWindow>
#include <QThread>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>

Durations Durations::of(std::vector<double> values)
{
    if (values.empty())
        return {};
    std::sort(values.begin(), values.end());
    return {values.back(), values[(values.size() - 1) * 99 / 100], values[values.size() / 2],
            int(values.size())};
}

/// Types, whatever the window's thread is doing.
class GuiWatch::Typist : public QThread
{
public:
    Typist(GuiWatch *watch, int interval)
        : m_watch(watch)
        , m_interval(interval)
    {
    }
    /// Returns how many keys there were.
    int stop()
    {
        {
            const std::lock_guard lock(m_watch->m_mutex);
            m_isOver = true;
        }
        m_end.notify_one();
        wait();
        return m_keys;
    }

protected:
    void run() override
    {
        std::unique_lock lock(m_watch->m_mutex);
        while (!m_end.wait_for(lock, m_interval, [this] { return m_isOver; })) {
            m_watch->m_posted.push_back(m_watch->m_clock.nsecsElapsed());
            ++m_keys;
            for (const auto type : {QEvent::KeyPress, QEvent::KeyRelease}) {
                auto *event = new QKeyEvent(type, Qt::Key_A, Qt::NoModifier, QStringLiteral("a"));
                QCoreApplication::postEvent(m_watch->m_window, event);
            }
        }
    }

private:
    GuiWatch *m_watch;
    std::chrono::milliseconds m_interval;
    std::condition_variable m_end;
    bool m_isOver = false;
    int m_keys = 0;
};

GuiWatch::GuiWatch(QQuickWindow *window)
    : m_window(window)
{
    m_clock.start();
    m_beatTimer.setTimerType(Qt::PreciseTimer);
    connect(&m_beatTimer, &QTimer::timeout, this, &GuiWatch::onBeat);
    m_beatTimer.start(beatInterval);
    connect(window, &QQuickWindow::beforeSynchronizing, this, &GuiWatch::onSynchronizing,
            Qt::DirectConnection);
    connect(window, &QQuickWindow::frameSwapped, this, &GuiWatch::onSwapped, Qt::DirectConnection);
    window->installEventFilter(this);
    begin();
}

GuiWatch::~GuiWatch() = default;

void GuiWatch::begin()
{
    m_stalls.clear();
    m_lastBeat = m_clock.nsecsElapsed();
    const std::lock_guard lock(m_mutex);
    m_frames = 0;
    m_lastFrame = 0;
    m_frameIntervals.clear();
    m_keyLatencies.clear();
}

void GuiWatch::onBeat()
{
    const qint64 now = m_clock.nsecsElapsed();
    m_stalls.push_back(double(now - m_lastBeat) / 1e6);
    m_lastBeat = now;
}

void GuiWatch::onSynchronizing()
{
    // The window's thread waits meanwhile: what it has handled is in this frame.
    const std::lock_guard lock(m_mutex);
    m_drawn.insert(m_drawn.end(), m_handled.begin(), m_handled.end());
    m_handled.clear();
}

void GuiWatch::onSwapped()
{
    const qint64 now = m_clock.nsecsElapsed();
    const std::lock_guard lock(m_mutex);
    ++m_frames;
    if (m_lastFrame != 0)
        m_frameIntervals.push_back(double(now - m_lastFrame) / 1e6);
    m_lastFrame = now;
    for (const qint64 posted : m_drawn)
        m_keyLatencies.push_back(double(now - posted) / 1e6);
    m_drawn.clear();
}

bool GuiWatch::eventFilter(QObject *object, QEvent *event)
{
    if (event->type() == QEvent::KeyPress) {
        const std::lock_guard lock(m_mutex);
        if (!m_posted.empty()) {
            m_handled.push_back(m_posted.front());
            m_posted.erase(m_posted.begin());
        }
    }
    return QObject::eventFilter(object, event);
}

Durations GuiWatch::stalls()
{
    onBeat();
    return Durations::of(m_stalls);
}

Durations GuiWatch::frameIntervals() const
{
    const std::lock_guard lock(m_mutex);
    return Durations::of(m_frameIntervals);
}

Durations GuiWatch::keyLatencies() const
{
    const std::lock_guard lock(m_mutex);
    return Durations::of(m_keyLatencies);
}

void GuiWatch::beginTyping(int interval)
{
    m_typist = std::make_unique<Typist>(this, interval);
    m_typist->start();
}

int GuiWatch::endTyping()
{
    const int keys = m_typist->stop();
    waitUntil("every key to be shown", [this] {
        const std::lock_guard lock(m_mutex);
        return m_posted.empty() && m_handled.empty() && m_drawn.empty();
    });
    return keys;
}

void GuiWatch::waitUntil(const char *what, const std::function<bool()> &condition, int timeout)
{
    QElapsedTimer timer;
    timer.start();
    QEventLoop loop;
    QTimer look;
    connect(&look, &QTimer::timeout, &loop, [&] {
        if (condition())
            loop.quit();
        else if (timer.hasExpired(timeout))
            qFatal("waited %d s in vain for %s", timeout / 1000, what);
    });
    look.start(2);
    loop.exec();
}

void GuiWatch::waitUntilActive()
{
    m_window->requestActivate();
    waitForFrames(3);
    waitUntil(
        "the window to be active", [this] { return m_window->isActive(); }, 10'000);
}

void GuiWatch::waitForQuiet()
{
    constexpr int quiet = 300; // ms
    constexpr double notable = 20; // ms
    std::size_t seen = m_stalls.size();
    QElapsedTimer timer;
    timer.start();
    waitUntil("the window to have nothing to do", [&] {
        for (; seen < m_stalls.size(); ++seen) {
            if (m_stalls[seen] > notable)
                timer.start();
        }
        return timer.hasExpired(quiet);
    });
}

void GuiWatch::waitFor(int duration)
{
    QEventLoop loop;
    QTimer::singleShot(duration, &loop, &QEventLoop::quit);
    loop.exec();
}

void GuiWatch::waitForFrames(int frames)
{
    const auto shown = [this] {
        const std::lock_guard lock(m_mutex);
        return m_frames;
    };
    const int wanted = shown() + frames;
    const auto areShown = [&] {
        m_window->update(); // for where nothing else changes
        return shown() >= wanted;
    };
    waitUntil("a frame", areShown, 60'000);
}
