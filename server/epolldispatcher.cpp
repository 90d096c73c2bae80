// SPDX-License-Identifier: MIT
#include "epolldispatcher.h"

#include <QCoreApplication>
#include <QThread>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <limits>
#include <utility>

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace {

/// Taken from the kernel at a time; the rest of a larger crowd is for the next turn.
constexpr int maxEventsPerTurn = 256;

/// By QSocketNotifier::Type: what is asked for, and, as QEventDispatcherUNIX has it, what counts
/// as an answer beside.
constexpr std::array<quint32, 3> eventsOf = {EPOLLIN, EPOLLOUT, EPOLLPRI};
constexpr quint32 alwaysReported = EPOLLHUP | EPOLLERR;

/// What the kernel is told with a wish, and tells with an event.
epoll_data_t toData(int descriptor, quint32 file)
{
    return {.u64 = quint64(file) << 32 | quint32(descriptor)};
}

int descriptorOf(epoll_data_t data)
{
    return int(quint32(data.u64));
}

quint32 fileOf(epoll_data_t data)
{
    return quint32(data.u64 >> 32);
}

} // namespace

EpollDispatcher::EpollDispatcher(QObject *parent)
    : QAbstractEventDispatcher(parent)
    , m_wakeUp(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    if (!openEpoll())
        qFatal("EpollDispatcher: no epoll(7) or eventfd(2): %s", qPrintable(qt_error_string()));
}

EpollDispatcher::~EpollDispatcher()
{
    ::close(m_wakeUp);
    ::close(m_epoll);
}

/// In place of the one that was there before, which stays where that fails.
bool EpollDispatcher::openEpoll()
{
    const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
    epoll_event event = {.events = EPOLLIN, .data = toData(m_wakeUp, 0)};
    if (::epoll_ctl(epoll, EPOLL_CTL_ADD, m_wakeUp, &event) != 0) {
        if (epoll != -1)
            ::close(epoll);
        return false;
    }
    if (m_epoll != -1)
        ::close(m_epoll);
    m_epoll = epoll;
    return true;
}

bool EpollDispatcher::processEvents(QEventLoop::ProcessEventsFlags flags)
{
    m_isInterrupted = false;
    // Before what was posted is sent: what comes meanwhile is for the next turn.
    const bool wasWoken = m_state.exchange(State::Running) == State::Woken;
    Q_EMIT awake();
    QCoreApplication::sendPostedEvents();

    const bool withTimers = !flags.testFlag(QEventLoop::X11ExcludeTimers);
    const bool withNotifiers = !flags.testFlag(QEventLoop::ExcludeSocketNotifiers);
    bool isWaiting = flags.testFlag(QEventLoop::WaitForMoreEvents) && !wasWoken && !m_isInterrupted
        && m_state == State::Running;
    if (isWaiting)
        Q_EMIT aboutToBlock();
    if (m_isInterrupted)
        return false;

    auto running = State::Running;
    isWaiting = isWaiting && m_state.compare_exchange_strong(running, State::Waiting);
    int count = wasWoken ? 1 : 0;
    if (withNotifiers)
        count += waitForNotifiers(timeout(isWaiting, withTimers));
    else
        waitForWakeUp(timeout(isWaiting, withTimers));
    if (withTimers)
        count += m_timers.fire(std::chrono::steady_clock::now());
    return count > 0;
}

int EpollDispatcher::timeout(bool isWaiting, bool withTimers) const
{
    if (!isWaiting)
        return 0;
    const auto due = withTimers ? m_timers.nextDue() : std::nullopt;
    if (!due)
        return -1;
    const auto wait =
        std::chrono::ceil<std::chrono::milliseconds>(*due - std::chrono::steady_clock::now());
    return int(std::clamp<qint64>(wait.count(), 0, std::numeric_limits<int>::max()));
}

/// Returns how many notifiers had something to tell.
int EpollDispatcher::waitForNotifiers(int timeout)
{
    tellChanges();
    std::array<epoll_event, maxEventsPerTurn> events;
    const int size = ::epoll_wait(m_epoll, events.data(), int(events.size()), timeout);
    endWait();
    int count = 0;
    bool hasClosedFiles = false;
    for (int i = 0; i < size; ++i) {
        const int descriptor = descriptorOf(events[i].data);
        const quint32 file = fileOf(events[i].data);
        if (descriptor == m_wakeUp)
            readWakeUp();
        else if (m_watches[std::size_t(descriptor)].isKnown(file))
            count += activate(descriptor, file, events[i].events);
        else
            hasClosedFiles = true;
    }
    if (hasClosedFiles)
        forgetClosedFiles();
    return count;
}

/// Something has come that nobody waits for: a file was closed before the kernel was told that it
/// is not watched any more, and somebody else has it open still. By its number it cannot be named
/// now (epoll(7), "Questions and answers").
void EpollDispatcher::forgetClosedFiles()
{
    if (!openEpoll())
        return; // the next time, perhaps
    for (std::size_t descriptor = 0; descriptor < m_watches.size(); ++descriptor) {
        if (std::exchange(m_watches[descriptor].knownEvents, 0) != 0)
            noteChange(int(descriptor));
    }
}

int EpollDispatcher::activate(int descriptor, quint32 file, quint32 events)
{
    int count = 0;
    for (std::size_t type = 0; type < eventsOf.size(); ++type) {
        if (!(events & (eventsOf[type] | alwaysReported)))
            continue;
        // Looked up each time: a handler may have switched it off, or closed the file and opened
        // another.
        const Watch &watch = m_watches[std::size_t(descriptor)];
        if (!watch.notifiers[type] || watch.file != file)
            continue;
        QEvent event(QEvent::SockAct);
        QCoreApplication::sendEvent(watch.notifiers[type], &event);
        ++count;
    }
    return count;
}

void EpollDispatcher::waitForWakeUp(int timeout)
{
    pollfd wakeUp = {.fd = m_wakeUp, .events = POLLIN, .revents = 0};
    const int size = ::poll(&wakeUp, 1, timeout);
    endWait();
    if (size > 0)
        readWakeUp();
}

/// From here on, nobody needs to write to m_wakeUp.
void EpollDispatcher::endWait()
{
    auto waiting = State::Waiting;
    m_state.compare_exchange_strong(waiting, State::Running);
}

void EpollDispatcher::readWakeUp()
{
    eventfd_t count = 0;
    ::eventfd_read(m_wakeUp, &count);
}

void EpollDispatcher::wakeUp()
{
    if (m_state.exchange(State::Woken) == State::Waiting)
        ::eventfd_write(m_wakeUp, 1);
}

void EpollDispatcher::interrupt()
{
    m_isInterrupted = true;
    wakeUp();
}

quint32 EpollDispatcher::wantedEvents(const Watch &watch)
{
    quint32 events = 0;
    for (std::size_t type = 0; type < eventsOf.size(); ++type) {
        if (watch.notifiers[type])
            events |= eventsOf[type];
    }
    return events;
}

bool EpollDispatcher::isOwnThread(const QObject &object, const char *what) const
{
    if (object.thread() == thread() && thread() == QThread::currentThread())
        return true;
    qWarning("EpollDispatcher: %s of another thread", what);
    return false;
}

void EpollDispatcher::registerSocketNotifier(QSocketNotifier *notifier)
{
    const auto descriptor = int(notifier->socket());
    if (!isOwnThread(*notifier, "a socket notifier") || descriptor < 0)
        return;
    if (m_watches.size() <= std::size_t(descriptor))
        m_watches.resize(std::size_t(descriptor) + 1);
    Watch &watch = m_watches[std::size_t(descriptor)];
    QSocketNotifier *&place = watch.notifiers[std::size_t(notifier->type())];
    if (place && place != notifier)
        qWarning("EpollDispatcher: two notifiers of one type for descriptor %d", descriptor);
    if (wantedEvents(watch) == 0 && watch.last != notifier)
        ++watch.file;
    place = notifier;
    noteChange(descriptor);
}

void EpollDispatcher::unregisterSocketNotifier(QSocketNotifier *notifier)
{
    const auto descriptor = int(notifier->socket());
    if (!isOwnThread(*notifier, "a socket notifier") || descriptor < 0
        || std::size_t(descriptor) >= m_watches.size())
        return;
    Watch &watch = m_watches[std::size_t(descriptor)];
    QSocketNotifier *&place = watch.notifiers[std::size_t(notifier->type())];
    if (place != notifier)
        return;
    place = nullptr;
    if (wantedEvents(watch) == 0)
        watch.last = notifier;
    noteChange(descriptor);
}

void EpollDispatcher::noteChange(int descriptor)
{
    Watch &watch = m_watches[std::size_t(descriptor)];
    if (!std::exchange(watch.isChanged, true))
        m_changed.push_back(descriptor);
}

void EpollDispatcher::tellChanges()
{
    for (const int descriptor : m_changed)
        tellChange(descriptor, m_watches[std::size_t(descriptor)]);
    m_changed.clear();
}

void EpollDispatcher::tellChange(int descriptor, Watch &watch)
{
    watch.isChanged = false;
    const quint32 wanted = wantedEvents(watch);
    const bool isNewFile = std::exchange(watch.knownFile, watch.file) != watch.file;
    const quint32 known = std::exchange(watch.knownEvents, wanted);
    if (wanted == known && (wanted == 0 || !isNewFile))
        return;
    epoll_event event = {.events = wanted, .data = toData(descriptor, watch.file)};
    if (wanted == 0) { // it may be closed already, and forgotten
        ::epoll_ctl(m_epoll, EPOLL_CTL_DEL, descriptor, &event);
        return;
    }
    if (known != 0 && ::epoll_ctl(m_epoll, EPOLL_CTL_MOD, descriptor, &event) == 0)
        return;
    if (known != 0 && errno != ENOENT) {
        qWarning("EpollDispatcher: descriptor %d: %s", descriptor, qPrintable(qt_error_string()));
        return;
    }
    if (::epoll_ctl(m_epoll, EPOLL_CTL_ADD, descriptor, &event) == 0)
        return;
    // The file is open under its number again.
    if (errno != EEXIST || ::epoll_ctl(m_epoll, EPOLL_CTL_MOD, descriptor, &event) != 0)
        qWarning("EpollDispatcher: descriptor %d: %s", descriptor, qPrintable(qt_error_string()));
}

void EpollDispatcher::registerTimer(int id, qint64 interval, Qt::TimerType type, QObject *object)
{
    if (isOwnThread(*object, "a timer"))
        m_timers.add(id, TimerQueue::Interval(interval), type, *object,
                     std::chrono::steady_clock::now());
}

bool EpollDispatcher::unregisterTimer(int id)
{
    return m_timers.remove(id);
}

bool EpollDispatcher::unregisterTimers(QObject *object)
{
    return m_timers.removeAll(*object);
}

QList<QAbstractEventDispatcher::TimerInfo> EpollDispatcher::registeredTimers(QObject *object) const
{
    return m_timers.of(*object);
}

int EpollDispatcher::remainingTime(int id)
{
    const auto remaining = m_timers.remaining(id, std::chrono::steady_clock::now());
    return remaining ? int(remaining->count()) : -1;
}
