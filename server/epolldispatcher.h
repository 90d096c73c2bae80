// SPDX-License-Identifier: MIT
#pragma once

#include "timerqueue.h"

#include <QAbstractEventDispatcher>
#include <QPointer>
#include <QSocketNotifier>

#include <array>
#include <atomic>
#include <optional>
#include <vector>

/*!
    An event dispatcher on epoll(7): what a turn costs grows with what is ready, not with what is
    connected.

    The kernel is told what is waited for just before the wait, so that a notifier which is switched
    off and on again in a turn costs no system call; nor does an event that is posted by the thread
    itself. Install it with QThread::setEventDispatcher() or QCoreApplication::setEventDispatcher().

    It watches what epoll can watch: sockets, pipes and the like, but no regular files.

    A number may be that of another file than before: one is closed, and the next that is opened
    gets its number at once. Nobody tells us, and the kernel forgets the old one, unless somebody
    else has it open. So what comes for a number that nobody watched counts as a new file, unless
    it is the notifier that was there before. What the kernel is told of what is wanted now:

    | it knows  | wanted is   | epoll_ctl(2)                                                     |
    |-----------|-------------|------------------------------------------------------------------|
    | nothing   | something   | ADD. After EEXIST MOD: it was closed before DEL could be told,   |
    |           |             | has been open elsewhere, and has its number again                |
    | something | of the same | MOD, unless it is what is known                                  |
    |           | file        |                                                                  |
    | something | of a new    | MOD, as it may be the old one after all. After ENOENT ADD: it is |
    |           | file        | not                                                              |
    | something | nothing     | DEL, which fails where the file is closed already                |

    Events name the file they are of, by a count: those of an old one are not for the notifiers of
    a new one.
*/
class EpollDispatcher : public QAbstractEventDispatcher
{
    Q_OBJECT

public:
    explicit EpollDispatcher(QObject *parent = nullptr);
    ~EpollDispatcher() override;

    bool processEvents(QEventLoop::ProcessEventsFlags flags) override;

    void registerSocketNotifier(QSocketNotifier *notifier) override;
    void unregisterSocketNotifier(QSocketNotifier *notifier) override;

    using QAbstractEventDispatcher::registerTimer;
    void registerTimer(int id, qint64 interval, Qt::TimerType type, QObject *object) override;
    bool unregisterTimer(int id) override;
    bool unregisterTimers(QObject *object) override;
    [[nodiscard]] QList<TimerInfo> registeredTimers(QObject *object) const override;
    [[nodiscard]] int remainingTime(int id) override;

    /// May be called from any thread, as interrupt().
    void wakeUp() override;
    void interrupt() override;

private:
    /// What is wanted of one file, and what the kernel knows of that.
    struct Watch
    {
        /// By QSocketNotifier::Type.
        std::array<QSocketNotifier *, 3> notifiers = {};
        /// The last of them that was switched off; while it lives, its file is the same.
        QPointer<QSocketNotifier> last;
        /// Which of the number's files it is, and which the kernel was told of last.
        quint32 file = 0;
        quint32 knownFile = 0;
        quint32 knownEvents = 0;
        bool isChanged = false; // and in m_changed

        [[nodiscard]] bool isKnown(quint32 ofFile) const
        {
            return knownEvents != 0 && knownFile == ofFile;
        }
    };
    enum class State { Running, Waiting, Woken };

    [[nodiscard]] static quint32 wantedEvents(const Watch &watch);
    [[nodiscard]] bool isOwnThread(const QObject &object, const char *what) const;
    void noteChange(int descriptor);
    void tellChanges();
    void tellChange(int descriptor, Watch &watch);
    [[nodiscard]] int timeout(bool isWaiting, bool withTimers) const;
    [[nodiscard]] int waitForNotifiers(int timeout);
    [[nodiscard]] int activate(int descriptor, quint32 file, quint32 events);
    void waitForWakeUp(int timeout);
    void endWait();
    void readWakeUp();
    [[nodiscard]] bool openEpoll();
    void forgetClosedFiles();

    int m_epoll = -1;
    const int m_wakeUp;
    /// By descriptor.
    std::vector<Watch> m_watches;
    std::vector<int> m_changed;
    TimerQueue m_timers;
    std::atomic<State> m_state = State::Running;
    std::atomic<bool> m_isInterrupted = false;
};
