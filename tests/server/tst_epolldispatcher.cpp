// SPDX-License-Identifier: MIT
#include "epollmain.h"

#include <QElapsedTimer>
#include <QEventLoop>
#include <QRegularExpression>
#include <QSet>
#include <QSignalSpy>
#include <QSocketNotifier>
#include <QThread>
#include <QTimer>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace std::chrono_literals;

namespace {

std::atomic<int> changeCalls = 0;
std::atomic<int> wakeUpCalls = 0;
std::atomic<int> blockingWaits = 0;

} // namespace

// Found before those of the C library: so that system calls can be counted.
extern "C" int epoll_ctl(int epoll, int operation, int descriptor, epoll_event *event) noexcept
{
    ++changeCalls;
    return int(::syscall(SYS_epoll_ctl, epoll, operation, descriptor, event));
}

extern "C" int epoll_wait(int epoll, epoll_event *events, int size, int timeout)
{
    blockingWaits += timeout != 0;
    return int(::syscall(SYS_epoll_pwait, epoll, events, size, timeout, nullptr, 0));
}

extern "C" int eventfd_write(int descriptor, eventfd_t value)
{
    ++wakeUpCalls;
    return ::write(descriptor, &value, sizeof value) == sizeof value ? 0 : -1;
}

namespace {

/// Two sockets that are connected to each other.
struct SocketPair
{
    SocketPair()
    {
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
            qFatal("no socket pair");
    }
    ~SocketPair()
    {
        for (const int end : ends)
            ::close(end);
    }
    Q_DISABLE_COPY_MOVE(SocketPair)

    void send() const { QCOMPARE(::write(ends[1], "x", 1), 1); }
    void receive() const
    {
        char byte = 0;
        QCOMPARE(::read(ends[0], &byte, 1), 1);
    }

    int ends[2] = {-1, -1};
};

class EventCounter : public QObject
{
public:
    int count = 0;
    std::function<void()> onEvent;

    bool event(QEvent *event) override
    {
        if (event->type() != QEvent::User)
            return QObject::event(event);
        ++count;
        if (onEvent)
            onEvent();
        return true;
    }
};

void post(QObject &receiver)
{
    QCoreApplication::postEvent(&receiver, new QEvent(QEvent::User));
}

bool processEvents(QEventLoop::ProcessEventsFlags flags = QEventLoop::AllEvents)
{
    return QAbstractEventDispatcher::instance()->processEvents(flags);
}

/// How many turns a loop takes in which nothing but a timer has anything to do.
int turnsIn(std::chrono::milliseconds time)
{
    QTimer timer;
    QSignalSpy timeouts(&timer, &QTimer::timeout);
    timer.start(time);
    int turns = 0;
    for (; timeouts.isEmpty(); ++turns)
        processEvents(QEventLoop::WaitForMoreEvents);
    return turns;
}

} // namespace

/*!
    What Qt expects of a dispatcher, and that this one bothers the kernel no more than it must.
*/
class EpollDispatcherTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void isTheOneThatRuns();
    void timersOfAllTypesFire();
    void aTimerIsKnownByItsReceiver();
    void zeroTimersAndSocketsTakeTurns();
    void timersCanBeExcluded();
    void aTimerMovesToAnotherThread();

    void sendsPostedEvents_data();
    void sendsPostedEvents();
    void sendsOnlyWhatWasPostedBefore();
    void eventsPostedInNestedLoopsAreNotStuck();
    void whatTheThreadPostsItselfNeedsNoWakeUp();
    void wakesUpFromAnotherThread();
    void noWakeUpIsLost();
    void anotherThreadEndsTheLoop();
    void aTimerEndsANestedLoopOnly();
    void anInterruptIsNotTrampled();
    void saysWhenItBlocks();

    void readsAndWrites();
    void tellsOfTheEnd();
    void notifiersCanBeExcluded();
    void aHandlerRemovesTheOthers();
    void aHandlerAddsOthers();
    void aNotifierMayDestroyItself();
    void aNotifierMovesToAnotherThread();
    void nestedLoopsServeNotifiers();
    void aNewFileWithTheSameNumberIsWatched_data();
    void aNewFileWithTheSameNumberIsWatched();
    void aNewFileIsNotToldOfTheOld_data();
    void aNewFileIsNotToldOfTheOld();
    void aNewFileIsNotToldOfAnOldThatIsOpenElsewhere();
    void aFileComesBackUnderItsNumber();
    void aDuplicateKeepsTheOldFileOpen();
    void aClosedFileThatIsOpenElsewhereCostsNothing();
    void manyAtOnceAreAllServed();
    void aRegularFileIsRefusedAloud();

    void changesThatCancelThemselvesCostNothing();
    void changesAreToldOnce();
    void idleOnesCostNothing();
};

void EpollDispatcherTest::init()
{
    while (processEvents()) {
        // what the test before has left
    }
    changeCalls = 0;
    wakeUpCalls = 0;
    blockingWaits = 0;
}

void EpollDispatcherTest::isTheOneThatRuns()
{
    QVERIFY(qobject_cast<EpollDispatcher *>(QAbstractEventDispatcher::instance()));
}

void EpollDispatcherTest::timersOfAllTypesFire()
{
    QList<Qt::TimerType> fired;
    QEventLoop loop;
    for (const auto &[interval, type] :
         {std::pair(600, Qt::VeryCoarseTimer), std::pair(200, Qt::CoarseTimer),
          std::pair(20, Qt::PreciseTimer)}) {
        QTimer::singleShot(interval, type, this, [&fired, &loop, type = type] {
            fired += type;
            if (fired.size() == 3)
                loop.quit();
        });
    }
    QElapsedTimer elapsed;
    elapsed.start();
    loop.exec();
    QCOMPARE(fired, QList<Qt::TimerType>({Qt::PreciseTimer, Qt::CoarseTimer, Qt::VeryCoarseTimer}));
    QVERIFY(elapsed.elapsed() >= 190); // no wait is too short

    QTimer timer;
    timer.setTimerType(Qt::PreciseTimer);
    int count = 0;
    connect(&timer, &QTimer::timeout, &loop, [&] {
        if (++count == 10)
            loop.quit();
    });
    elapsed.start();
    timer.start(5);
    loop.exec();
    QCOMPARE(count, 10);
    QVERIFY(elapsed.elapsed() >= 50);
}

void EpollDispatcherTest::aTimerIsKnownByItsReceiver()
{
    auto *dispatcher = QAbstractEventDispatcher::instance();
    QObject receiver;
    const int id = receiver.startTimer(10'000, Qt::PreciseTimer);
    QCOMPARE(dispatcher->registeredTimers(&receiver).size(), 1);
    QVERIFY(dispatcher->remainingTime(id) > 5'000 && dispatcher->remainingTime(id) <= 10'000);
    QVERIFY(dispatcher->unregisterTimer(id));
    QCOMPARE(dispatcher->remainingTime(id), -1);
    QVERIFY(!dispatcher->unregisterTimer(id));
    QVERIFY(dispatcher->registeredTimers(&receiver).isEmpty());
}

void EpollDispatcherTest::zeroTimersAndSocketsTakeTurns()
{
    const SocketPair sockets;
    QSocketNotifier notifier(sockets.ends[0], QSocketNotifier::Read);
    QTimer timer;
    QSignalSpy timeouts(&timer, &QTimer::timeout);
    QSignalSpy readies(&notifier, &QSocketNotifier::activated);
    timer.start(0);
    sockets.send(); // and never read: both always have something to do
    EventCounter counter;
    counter.onEvent = [&counter] { post(counter); };
    post(counter);
    for (int turn = 0; turn < 100; ++turn)
        processEvents(QEventLoop::WaitForMoreEvents);
    QVERIFY(timeouts.size() >= 99);
    QVERIFY(readies.size() >= 99);
    QVERIFY(counter.count >= 99);
    QCoreApplication::removePostedEvents(&counter);
}

void EpollDispatcherTest::timersCanBeExcluded()
{
    QTimer timer;
    QSignalSpy timeouts(&timer, &QTimer::timeout);
    timer.start(0);
    for (int turn = 0; turn < 3; ++turn)
        processEvents(QEventLoop::X11ExcludeTimers);
    QCOMPARE(timeouts.size(), 0);
    processEvents();
    QCOMPARE(timeouts.size(), 1);
}

void EpollDispatcherTest::aTimerMovesToAnotherThread()
{
    QThread thread;
    thread.setEventDispatcher(new EpollDispatcher);
    QTimer timer;
    std::atomic<QThread *> firedIn = nullptr;
    QObject::connect(
        &timer, &QTimer::timeout, &timer, [&] { firedIn = QThread::currentThread(); },
        Qt::DirectConnection);
    timer.start(1);
    timer.moveToThread(&thread);
    thread.start();
    QTRY_COMPARE(firedIn.load(), &thread);
    QMetaObject::invokeMethod(
        &timer,
        [&] {
            timer.stop();
            timer.moveToThread(thread.thread());
        },
        Qt::BlockingQueuedConnection);
    thread.quit();
    thread.wait();
}

void EpollDispatcherTest::sendsPostedEvents_data()
{
    QTest::addColumn<int>("flags");
    QTest::newRow("waiting") << int(QEventLoop::WaitForMoreEvents);
    QTest::newRow("not waiting") << int(QEventLoop::AllEvents);
    QTest::newRow("waiting, without notifiers")
        << int(QEventLoop::WaitForMoreEvents | QEventLoop::ExcludeSocketNotifiers);
}

void EpollDispatcherTest::sendsPostedEvents()
{
    QFETCH(int, flags);
    EventCounter counter;
    for (int i = 1; i <= 100; ++i) {
        post(counter);
        QCOMPARE(counter.count, i - 1);
        QVERIFY(processEvents(QEventLoop::ProcessEventsFlags(flags)));
        QCOMPARE(counter.count, i);
    }
}

void EpollDispatcherTest::sendsOnlyWhatWasPostedBefore()
{
    EventCounter counter;
    counter.onEvent = [&counter] {
        if (counter.count == 1)
            post(counter);
    };
    post(counter);
    processEvents();
    QCOMPARE(counter.count, 1);
    processEvents(QEventLoop::WaitForMoreEvents); // and does not block
    QCOMPARE(counter.count, 2);
}

void EpollDispatcherTest::eventsPostedInNestedLoopsAreNotStuck()
{
    QEventLoop loop;
    QMetaObject::invokeMethod(
        this,
        [this, &loop] {
            QMetaObject::invokeMethod(
                this,
                [&loop] {
                    QMetaObject::invokeMethod(&loop, &QEventLoop::quit, Qt::QueuedConnection);
                },
                Qt::QueuedConnection);
            loop.processEvents();
        },
        Qt::QueuedConnection);
    QTimer::singleShot(30s, &loop, [&loop] { loop.exit(1); });
    QCOMPARE(loop.exec(), 0); // QTBUG-85981
}

void EpollDispatcherTest::whatTheThreadPostsItselfNeedsNoWakeUp()
{
    EventCounter counter;
    for (int i = 0; i < 100; ++i) {
        post(counter);
        processEvents(QEventLoop::WaitForMoreEvents);
    }
    QCOMPARE(counter.count, 100);
    QCOMPARE(wakeUpCalls.load(), 0);
    QCOMPARE(blockingWaits.load(), 0);
}

void EpollDispatcherTest::wakesUpFromAnotherThread()
{
    EventCounter counter;
    QEventLoop loop;
    counter.onEvent = [&loop] { loop.quit(); };
    std::unique_ptr<QThread> thread(QThread::create([&counter] {
        while (blockingWaits == 0)
            QThread::yieldCurrentThread();
        post(counter);
    }));
    thread->start();
    loop.exec();
    QCOMPARE(counter.count, 1);
    thread->wait();
}

void EpollDispatcherTest::noWakeUpIsLost()
{
    constexpr int perThread = 20'000;
    EventCounter counter;
    QEventLoop loop;
    counter.onEvent = [&] {
        if (counter.count == 2 * perThread)
            loop.quit();
    };
    const auto postMany = [&counter] {
        for (int i = 0; i < perThread; ++i) {
            post(counter);
            if (i % 7 == 0)
                QThread::yieldCurrentThread(); // so that the loop blocks now and then
        }
    };
    std::unique_ptr<QThread> one(QThread::create(postMany));
    std::unique_ptr<QThread> other(QThread::create(postMany));
    one->start();
    other->start();
    loop.exec(); // for ever, if one were lost
    QCOMPARE(counter.count, 2 * perThread);
    one->wait();
    other->wait();
}

void EpollDispatcherTest::anotherThreadEndsTheLoop()
{
    for (int i = 0; i < 200; ++i) {
        QEventLoop loop;
        std::unique_ptr<QThread> thread(QThread::create([&loop] { loop.exit(7); }));
        QTimer::singleShot(0, &loop, [&thread] { thread->start(); });
        QCOMPARE(loop.exec(), 7);
        thread->wait();
    }
}

void EpollDispatcherTest::aTimerEndsANestedLoopOnly()
{
    QEventLoop outer;
    int ends = 0;
    QTimer::singleShot(0, this, [&] {
        QEventLoop inner;
        QTimer::singleShot(0, &inner, [&inner] { inner.exit(2); });
        ends = inner.exec();
        QTimer::singleShot(0, &outer, [&outer] { outer.exit(3); });
    });
    QCOMPARE(outer.exec(), 3);
    QCOMPARE(ends, 2);
}

void EpollDispatcherTest::anInterruptIsNotTrampled()
{
    // The loop is told to end while a nested turn goes on in it.
    QEventLoop loop;
    EventCounter counter;
    counter.onEvent = [&loop] {
        loop.exit(4);
        processEvents();
    };
    post(counter);
    QCOMPARE(loop.exec(), 4);
}

void EpollDispatcherTest::saysWhenItBlocks()
{
    auto *dispatcher = QAbstractEventDispatcher::instance();
    QSignalSpy awake(dispatcher, &QAbstractEventDispatcher::awake);
    QSignalSpy blocks(dispatcher, &QAbstractEventDispatcher::aboutToBlock);
    processEvents();
    QCOMPARE(awake.size(), 1);
    QCOMPARE(blocks.size(), 0);
    QTimer::singleShot(1ms, Qt::PreciseTimer, this, [] {});
    processEvents(QEventLoop::WaitForMoreEvents);
    QCOMPARE(blocks.size(), 1);
}

void EpollDispatcherTest::readsAndWrites()
{
    const SocketPair sockets;
    QSocketNotifier reader(sockets.ends[0], QSocketNotifier::Read);
    QSocketNotifier writer(sockets.ends[0], QSocketNotifier::Write);
    QSignalSpy reads(&reader, &QSocketNotifier::activated);
    QSignalSpy writes(&writer, &QSocketNotifier::activated);
    processEvents();
    QCOMPARE(reads.size(), 0);
    QCOMPARE(writes.size(), 1);
    writer.setEnabled(false);
    sockets.send();
    processEvents();
    processEvents(); // it is still there
    QCOMPARE(reads.size(), 2);
    QCOMPARE(writes.size(), 1);
    sockets.receive();
    processEvents();
    QCOMPARE(reads.size(), 2);
    writer.setEnabled(true);
    reader.setEnabled(false);
    sockets.send();
    processEvents();
    QCOMPARE(reads.size(), 2);
    QCOMPARE(writes.size(), 2);
}

void EpollDispatcherTest::tellsOfTheEnd()
{
    const SocketPair sockets;
    QSocketNotifier reader(sockets.ends[0], QSocketNotifier::Read);
    QSocketNotifier writer(sockets.ends[0], QSocketNotifier::Write);
    QSocketNotifier exception(sockets.ends[0], QSocketNotifier::Exception);
    QSignalSpy reads(&reader, &QSocketNotifier::activated);
    QSignalSpy exceptions(&exception, &QSocketNotifier::activated);
    ::shutdown(sockets.ends[1], SHUT_RDWR);
    processEvents();
    QCOMPARE(reads.size(), 1);
    QCOMPARE(exceptions.size(), 1); // a hang-up is for each of them
}

void EpollDispatcherTest::notifiersCanBeExcluded()
{
    const SocketPair sockets;
    QSocketNotifier reader(sockets.ends[0], QSocketNotifier::Read);
    QSignalSpy reads(&reader, &QSocketNotifier::activated);
    sockets.send();
    QTimer::singleShot(1ms, Qt::PreciseTimer, this, [] {});
    processEvents(QEventLoop::WaitForMoreEvents | QEventLoop::ExcludeSocketNotifiers);
    QCOMPARE(reads.size(), 0);
    processEvents(QEventLoop::WaitForMoreEvents);
    QCOMPARE(reads.size(), 1);
}

void EpollDispatcherTest::aHandlerRemovesTheOthers()
{
    std::vector<std::unique_ptr<SocketPair>> sockets;
    std::vector<std::unique_ptr<QSocketNotifier>> notifiers;
    int served = 0;
    for (int i = 0; i < 10; ++i) {
        sockets.push_back(std::make_unique<SocketPair>());
        notifiers.push_back(
            std::make_unique<QSocketNotifier>(sockets.back()->ends[0], QSocketNotifier::Read));
        connect(notifiers.back().get(), &QSocketNotifier::activated, this, [&, i] {
            ++served;
            for (int other = 0; other < 10; ++other) {
                if (other == i)
                    continue;
                notifiers[std::size_t(other)].reset();
                sockets[std::size_t(other)].reset();
            }
        });
        sockets.back()->send();
    }
    processEvents();
    QCOMPARE(served, 1);
}

void EpollDispatcherTest::aHandlerAddsOthers()
{
    const SocketPair first;
    const SocketPair second;
    first.send();
    second.send();
    std::unique_ptr<QSocketNotifier> added;
    int served = 0;
    QSocketNotifier notifier(first.ends[0], QSocketNotifier::Read);
    connect(&notifier, &QSocketNotifier::activated, this, [&] {
        notifier.setEnabled(false);
        added = std::make_unique<QSocketNotifier>(second.ends[0], QSocketNotifier::Read);
        connect(added.get(), &QSocketNotifier::activated, this, [&] { ++served; });
    });
    processEvents();
    QCOMPARE(served, 0);
    processEvents(QEventLoop::WaitForMoreEvents);
    QCOMPARE(served, 1);
}

void EpollDispatcherTest::aNotifierMayDestroyItself()
{
    const SocketPair sockets;
    sockets.send();
    auto *notifier = new QSocketNotifier(sockets.ends[0], QSocketNotifier::Read);
    int served = 0;
    connect(notifier, &QSocketNotifier::activated, this, [&] {
        ++served;
        delete notifier;
    });
    processEvents();
    processEvents();
    QCOMPARE(served, 1);
}

void EpollDispatcherTest::aNotifierMovesToAnotherThread()
{
    const SocketPair sockets;
    QThread thread;
    thread.setEventDispatcher(new EpollDispatcher);
    QSocketNotifier notifier(sockets.ends[0], QSocketNotifier::Read);
    std::atomic<QThread *> servedIn = nullptr;
    QObject::connect(
        &notifier, &QSocketNotifier::activated, &notifier,
        [&] {
            char byte = 0;
            if (::read(sockets.ends[0], &byte, 1) == 1)
                servedIn = QThread::currentThread();
        },
        Qt::DirectConnection);
    sockets.send();
    processEvents();
    QCOMPARE(servedIn.exchange(nullptr), QThread::currentThread());

    notifier.moveToThread(&thread);
    sockets.send();
    processEvents();
    QCOMPARE(servedIn.load(), nullptr); // no longer here, and not yet there
    thread.start();
    QTRY_COMPARE(servedIn.load(), &thread);
    sockets.send();
    servedIn = nullptr;
    QTRY_COMPARE(servedIn.load(), &thread);

    QMetaObject::invokeMethod(
        &notifier, [&] { notifier.moveToThread(thread.thread()); }, Qt::BlockingQueuedConnection);
    sockets.send();
    QTRY_COMPARE(servedIn.load(), QThread::currentThread());
    thread.quit();
    thread.wait();
}

void EpollDispatcherTest::nestedLoopsServeNotifiers()
{
    const SocketPair outer;
    const SocketPair inner;
    outer.send();
    QSocketNotifier outerNotifier(outer.ends[0], QSocketNotifier::Read);
    QSocketNotifier innerNotifier(inner.ends[0], QSocketNotifier::Read);
    QSignalSpy innerReads(&innerNotifier, &QSocketNotifier::activated);
    connect(&outerNotifier, &QSocketNotifier::activated, this, [&] {
        outer.receive();
        inner.send();
        processEvents(QEventLoop::WaitForMoreEvents);
        QCOMPARE(innerReads.size(), 1);
        inner.receive();
    });
    processEvents(QEventLoop::WaitForMoreEvents);
    QCOMPARE(innerReads.size(), 1);
}

void EpollDispatcherTest::aNewFileWithTheSameNumberIsWatched_data()
{
    QTest::addColumn<bool>("inHandler");
    QTest::newRow("between turns") << false;
    QTest::newRow("in a handler") << true;
}

/// The kernel forgets a file that is closed, and a number is used again at once.
void EpollDispatcherTest::aNewFileWithTheSameNumberIsWatched()
{
    QFETCH(bool, inHandler);
    auto sockets = std::make_unique<SocketPair>();
    auto notifier = std::make_unique<QSocketNotifier>(sockets->ends[0], QSocketNotifier::Read);
    const int number = sockets->ends[0];
    int served = 0;
    const auto replace = [&] {
        notifier.reset();
        sockets.reset();
        sockets = std::make_unique<SocketPair>();
        QCOMPARE(sockets->ends[0], number);
        notifier = std::make_unique<QSocketNotifier>(number, QSocketNotifier::Read);
        connect(notifier.get(), &QSocketNotifier::activated, this, [&] { ++served; });
    };
    processEvents();
    if (inHandler) {
        sockets->send();
        connect(notifier.get(), &QSocketNotifier::activated, this, replace);
        processEvents();
    } else {
        replace();
    }
    QCOMPARE(served, 0);
    processEvents();
    QCOMPARE(served, 0); // nothing has been sent to the new one
    sockets->send();
    processEvents();
    QCOMPARE(served, 1);
}

void EpollDispatcherTest::aNewFileIsNotToldOfTheOld_data()
{
    QTest::addColumn<bool>("isNested");
    QTest::newRow("in a handler") << false;
    QTest::newRow("in a handler with a loop of its own") << true;
}

/// Two are ready in one turn, and whoever is served first replaces the other's file.
void EpollDispatcherTest::aNewFileIsNotToldOfTheOld()
{
    QFETCH(bool, isNested);
    struct Watched
    {
        std::unique_ptr<SocketPair> sockets = std::make_unique<SocketPair>();
        std::unique_ptr<QSocketNotifier> notifier =
            std::make_unique<QSocketNotifier>(sockets->ends[0], QSocketNotifier::Read);
    };
    std::array<Watched, 2> watched;
    const Watched *replaced = nullptr;
    int served = 0;
    for (int i : {0, 1}) {
        watched[i].sockets->send();
        connect(watched[i].notifier.get(), &QSocketNotifier::activated, this, [&, i] {
            watched[i].sockets->receive();
            QVERIFY(!replaced);
            Watched &other = watched[1 - i];
            replaced = &other;
            const int number = other.sockets->ends[0];
            other.notifier.reset();
            other.sockets.reset();
            other = Watched();
            QCOMPARE(other.sockets->ends[0], number);
            connect(other.notifier.get(), &QSocketNotifier::activated, this, [&] { ++served; });
            if (isNested)
                processEvents();
        });
    }
    processEvents();
    QVERIFY(replaced);
    QCOMPARE(served, 0); // nothing has been sent to the new one
    replaced->sockets->send();
    processEvents();
    QCOMPARE(served, 1);
}

/// As a connection that gets the number of a socket that systemd has handed over, and keeps.
void EpollDispatcherTest::aNewFileIsNotToldOfAnOldThatIsOpenElsewhere()
{
    const SocketPair sockets;
    const SocketPair others;
    const int number = ::fcntl(sockets.ends[0], F_DUPFD_CLOEXEC, 0);
    auto notifier = std::make_unique<QSocketNotifier>(number, QSocketNotifier::Read);
    processEvents();
    notifier.reset();
    QCOMPARE(::dup3(others.ends[0], number, O_CLOEXEC), number);
    notifier = std::make_unique<QSocketNotifier>(number, QSocketNotifier::Read);
    QSignalSpy reads(notifier.get(), &QSocketNotifier::activated);
    processEvents();
    sockets.send();
    QVERIFY(!processEvents());
    QCOMPARE(reads.size(), 0);
    QVERIFY(turnsIn(100ms) < 10);
    QCOMPARE(reads.size(), 0);
    others.send();
    processEvents();
    QCOMPARE(reads.size(), 1);
    notifier.reset();
    ::close(number);
}

void EpollDispatcherTest::aFileComesBackUnderItsNumber()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".?")));
    const SocketPair sockets;
    const int number = ::fcntl(sockets.ends[0], F_DUPFD_CLOEXEC, 0);
    auto notifier = std::make_unique<QSocketNotifier>(number, QSocketNotifier::Read);
    processEvents();
    notifier.reset();
    ::close(number);
    processEvents(); // too late to tell the kernel
    QCOMPARE(::dup3(sockets.ends[0], number, O_CLOEXEC), number);
    notifier = std::make_unique<QSocketNotifier>(number, QSocketNotifier::Read);
    QSignalSpy reads(notifier.get(), &QSocketNotifier::activated);
    sockets.send();
    processEvents();
    QCOMPARE(reads.size(), 1);
    notifier.reset();
    ::close(number);
}

void EpollDispatcherTest::aDuplicateKeepsTheOldFileOpen()
{
    SocketPair sockets;
    auto notifier = std::make_unique<QSocketNotifier>(sockets.ends[0], QSocketNotifier::Read);
    processEvents();
    const int duplicate = ::dup(sockets.ends[0]);
    notifier.reset();
    processEvents();
    sockets.send();
    QVERIFY(!processEvents());
    notifier = std::make_unique<QSocketNotifier>(duplicate, QSocketNotifier::Read);
    QSignalSpy reads(notifier.get(), &QSocketNotifier::activated);
    processEvents();
    QCOMPARE(reads.size(), 1);
    notifier.reset();
    ::close(duplicate);
}

/// As a socket that systemd has handed over, and keeps.
void EpollDispatcherTest::aClosedFileThatIsOpenElsewhereCostsNothing()
{
    const SocketPair sockets;
    const SocketPair others;
    const int duplicate = ::fcntl(sockets.ends[0], F_DUPFD_CLOEXEC, 0);
    auto notifier = std::make_unique<QSocketNotifier>(duplicate, QSocketNotifier::Read);
    QSocketNotifier otherNotifier(others.ends[0], QSocketNotifier::Read);
    QSignalSpy reads(&otherNotifier, &QSocketNotifier::activated);
    processEvents();
    notifier.reset();
    ::close(duplicate);
    sockets.send();
    QVERIFY(turnsIn(100ms) < 10);
    others.send(); // they are watched as before
    processEvents();
    QCOMPARE(reads.size(), 1);
}

void EpollDispatcherTest::manyAtOnceAreAllServed()
{
    std::vector<std::unique_ptr<SocketPair>> sockets;
    std::vector<std::unique_ptr<QSocketNotifier>> notifiers;
    QSet<int> served;
    for (int i = 0; i < 400; ++i) {
        sockets.push_back(std::make_unique<SocketPair>());
        notifiers.push_back(
            std::make_unique<QSocketNotifier>(sockets.back()->ends[0], QSocketNotifier::Read));
        connect(notifiers.back().get(), &QSocketNotifier::activated, this,
                [&served, i] { served.insert(i); });
        sockets.back()->send();
    }
    // None is read: those that are ready still may not keep the others from their turn.
    for (int turn = 0; turn < 4; ++turn)
        processEvents();
    QCOMPARE(served.size(), 400);
}

void EpollDispatcherTest::aRegularFileIsRefusedAloud()
{
    const int file = ::open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    QVERIFY(file != -1);
    QTest::ignoreMessage(
        QtWarningMsg,
        QRegularExpression(QStringLiteral("descriptor \\d+: Operation not permitted")));
    QSocketNotifier notifier(file, QSocketNotifier::Read);
    processEvents();
    notifier.setEnabled(false);
    processEvents();
    ::close(file);
}

void EpollDispatcherTest::changesThatCancelThemselvesCostNothing()
{
    const SocketPair sockets;
    QSocketNotifier reader(sockets.ends[0], QSocketNotifier::Read);
    QSocketNotifier writer(sockets.ends[0], QSocketNotifier::Write);
    writer.setEnabled(false);
    processEvents();
    QCOMPARE(changeCalls.exchange(0), 1);
    for (int i = 0; i < 10; ++i) {
        writer.setEnabled(true);
        writer.setEnabled(false);
        reader.setEnabled(false);
        reader.setEnabled(true);
        processEvents();
    }
    QCOMPARE(changeCalls.load(), 0);
    sockets.send();
    QVERIFY(processEvents());
}

void EpollDispatcherTest::changesAreToldOnce()
{
    const SocketPair sockets;
    QSocketNotifier reader(sockets.ends[0], QSocketNotifier::Read);
    QSocketNotifier writer(sockets.ends[0], QSocketNotifier::Write);
    processEvents();
    QCOMPARE(changeCalls.exchange(0), 1); // both at once
    reader.setEnabled(false);
    processEvents();
    QCOMPARE(changeCalls.exchange(0), 1);
    writer.setEnabled(false);
    processEvents();
    QCOMPARE(changeCalls.exchange(0), 1);
}

void EpollDispatcherTest::idleOnesCostNothing()
{
    std::vector<std::unique_ptr<SocketPair>> idle;
    std::vector<std::unique_ptr<QSocketNotifier>> notifiers;
    for (int i = 0; i < 400; ++i) {
        idle.push_back(std::make_unique<SocketPair>());
        notifiers.push_back(
            std::make_unique<QSocketNotifier>(idle.back()->ends[0], QSocketNotifier::Read));
    }
    const SocketPair busy;
    QSocketNotifier notifier(busy.ends[0], QSocketNotifier::Read);
    connect(&notifier, &QSocketNotifier::activated, this, [&busy] { busy.receive(); });
    processEvents();
    changeCalls = 0;
    for (int i = 0; i < 100; ++i) {
        busy.send();
        QVERIFY(processEvents(QEventLoop::WaitForMoreEvents));
    }
    QCOMPARE(changeCalls.load(), 0);
    QCOMPARE(wakeUpCalls.load(), 0);
    QCOMPARE(blockingWaits.load(), 100); // one a turn
}

EPOLL_TEST_MAIN(EpollDispatcherTest)
#include "tst_epolldispatcher.moc"
