// SPDX-License-Identifier: MIT
#include "timerqueue.h"

#include <QTest>
#include <QTimerEvent>

#include <functional>

using namespace std::chrono_literals;

namespace {

/// What the timers of one object have done; a handler may do more.
class Receiver : public QObject
{
public:
    QList<int> fired;
    std::function<void(int id)> onFired;

protected:
    void timerEvent(QTimerEvent *event) override
    {
        fired += event->timerId();
        if (onFired)
            onFired(event->timerId());
    }
};

} // namespace

/*!
    Timers on a clock that only these tests move.
*/
class TimerQueueTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void firesInTheOrderInWhichTheyAreDue();
    void equalOnesFireInTheOrderOfTheirStart();
    void repeatsWithoutDrift();
    void skipsWhatItHasMissed();
    void zeroFiresOnceATurn();
    void coarseOnesMayBeOff_data();
    void coarseOnesMayBeOff();
    void coarseOnesFallTogether();
    void saysWhatRemains();
    void tellsOfEachReceiver();
    void mayBeRemovedByAHandler();
    void mayBeStartedByAHandler();
    void isNotFiredInItsOwnHandler();
    void anIdMayBeAnothersAfterwards();
    void aThousandStayInOrder();

private:
    const TimerQueue::TimePoint m_start{1'000'000h};
};

void TimerQueueTest::firesInTheOrderInWhichTheyAreDue()
{
    Receiver receiver;
    TimerQueue queue;
    QVERIFY(!queue.nextDue());
    queue.add(1, 30ms, Qt::PreciseTimer, receiver, m_start);
    queue.add(2, 10ms, Qt::PreciseTimer, receiver, m_start);
    queue.add(3, 20ms, Qt::PreciseTimer, receiver, m_start);
    QCOMPARE(queue.nextDue(), m_start + 10ms);
    QCOMPARE(queue.fire(m_start + 9ms), 0);
    QCOMPARE(queue.fire(m_start + 10ms), 1);
    QCOMPARE(receiver.fired, QList<int>({2}));
    QCOMPARE(queue.fire(m_start + 30ms), 3);
    QCOMPARE(receiver.fired, QList<int>({2, 3, 2, 1}));
}

void TimerQueueTest::equalOnesFireInTheOrderOfTheirStart()
{
    Receiver receiver;
    TimerQueue queue;
    for (const int id : {5, 3, 4})
        queue.add(id, 10ms, Qt::PreciseTimer, receiver, m_start);
    QCOMPARE(queue.fire(m_start + 10ms), 3);
    QCOMPARE(receiver.fired, QList<int>({5, 3, 4}));
}

void TimerQueueTest::repeatsWithoutDrift()
{
    Receiver receiver;
    TimerQueue queue;
    queue.add(1, 10ms, Qt::PreciseTimer, receiver, m_start);
    QCOMPARE(queue.fire(m_start + 13ms), 1);
    QCOMPARE(queue.nextDue(), m_start + 20ms);
    QCOMPARE(queue.fire(m_start + 24ms), 1);
    QCOMPARE(queue.nextDue(), m_start + 30ms);
}

void TimerQueueTest::skipsWhatItHasMissed()
{
    Receiver receiver;
    TimerQueue queue;
    queue.add(1, 10ms, Qt::PreciseTimer, receiver, m_start);
    QCOMPARE(queue.fire(m_start + 95ms), 1);
    QCOMPARE(queue.fire(m_start + 95ms), 0);
    QCOMPARE(queue.nextDue(), m_start + 105ms);
}

void TimerQueueTest::zeroFiresOnceATurn()
{
    Receiver receiver;
    TimerQueue queue;
    queue.add(1, 0ms, Qt::CoarseTimer, receiver, m_start);
    queue.add(2, 0ms, Qt::PreciseTimer, receiver, m_start);
    for (int turn = 1; turn <= 3; ++turn) {
        QCOMPARE(queue.fire(m_start), 2);
        QCOMPARE(receiver.fired.size(), 2 * turn);
    }
    QVERIFY(*queue.nextDue() <= m_start);
}

void TimerQueueTest::coarseOnesMayBeOff_data()
{
    QTest::addColumn<Qt::TimerType>("type");
    QTest::addColumn<int>("interval");
    QTest::addColumn<int>("tolerance");

    QTest::newRow("precise") << Qt::PreciseTimer << 12'345 << 0;
    QTest::newRow("coarse, 5 ms") << Qt::CoarseTimer << 5 << 0;
    QTest::newRow("coarse, 99 ms") << Qt::CoarseTimer << 99 << 4;
    QTest::newRow("coarse, 200 ms") << Qt::CoarseTimer << 200 << 10;
    QTest::newRow("coarse, a minute") << Qt::CoarseTimer << 60'000 << 3'000;
    QTest::newRow("very coarse, a second") << Qt::VeryCoarseTimer << 1'000 << 500;
    QTest::newRow("very coarse, a minute") << Qt::VeryCoarseTimer << 60'000 << 500;
}

void TimerQueueTest::coarseOnesMayBeOff()
{
    QFETCH(Qt::TimerType, type);
    QFETCH(int, interval);
    QFETCH(int, tolerance);
    Receiver receiver;
    for (int offset = 0; offset < 1'000; offset += 7) {
        TimerQueue queue;
        const auto start = m_start + std::chrono::milliseconds(offset);
        queue.add(1, std::chrono::milliseconds(interval), type, receiver, start);
        for (int repeat = 1; repeat <= 5; ++repeat) {
            // Off by so much, but by no more for having been repeated.
            const auto ideal = start + std::chrono::milliseconds(interval) * repeat;
            const auto off = std::chrono::abs(*queue.nextDue() - ideal);
            QVERIFY2(off <= std::chrono::milliseconds(tolerance),
                     qPrintable(QString::number(off.count())));
            QCOMPARE(queue.fire(*queue.nextDue()), 1);
        }
    }
}

void TimerQueueTest::coarseOnesFallTogether()
{
    Receiver receiver;
    TimerQueue queue;
    for (int id = 1; id <= 30; ++id) {
        const auto start = m_start + std::chrono::milliseconds(id);
        queue.add(id, 1'000ms, Qt::CoarseTimer, receiver, start);
    }
    int turns = 0;
    for (; receiver.fired.size() < 30; ++turns)
        queue.fire(*queue.nextDue());
    QVERIFY2(turns <= 2, qPrintable(QString::number(turns)));
}

void TimerQueueTest::saysWhatRemains()
{
    Receiver receiver;
    TimerQueue queue;
    QVERIFY(!queue.remaining(1, m_start));
    queue.add(1, 10ms, Qt::PreciseTimer, receiver, m_start);
    QCOMPARE(queue.remaining(1, m_start), 10ms);
    QCOMPARE(queue.remaining(1, m_start + 9'500us), 1ms);
    QCOMPARE(queue.remaining(1, m_start + 1h), 0ms);
    std::optional<TimerQueue::Interval> inHandler;
    receiver.onFired = [&](int id) { inHandler = queue.remaining(id, m_start + 10ms); };
    queue.fire(m_start + 10ms);
    QCOMPARE(inHandler, 10ms);
}

void TimerQueueTest::tellsOfEachReceiver()
{
    Receiver one;
    Receiver other;
    TimerQueue queue;
    queue.add(1, 10ms, Qt::PreciseTimer, one, m_start);
    queue.add(2, 1'600ms, Qt::VeryCoarseTimer, one, m_start);
    queue.add(3, 30ms, Qt::CoarseTimer, other, m_start);
    QCOMPARE(queue.of(one).size(), 2);
    QCOMPARE(queue.of(other).size(), 1);
    QCOMPARE(queue.of(other).first().timerId, 3);
    QCOMPARE(queue.of(other).first().interval, 30);
    QCOMPARE(queue.of(other).first().timerType, Qt::CoarseTimer);
    QVERIFY(queue.removeAll(one));
    QVERIFY(!queue.removeAll(one));
    QVERIFY(queue.of(one).isEmpty());
    QCOMPARE(queue.fire(m_start + 1h), 1);
    QCOMPARE(other.fired, QList<int>({3}));
    QVERIFY(queue.remove(3));
    QVERIFY(!queue.remove(3));
    QVERIFY(!queue.nextDue());
}

void TimerQueueTest::mayBeRemovedByAHandler()
{
    Receiver receiver;
    TimerQueue queue;
    for (const int id : {1, 2, 3})
        queue.add(id, 10ms, Qt::PreciseTimer, receiver, m_start);
    receiver.onFired = [&](int id) {
        QVERIFY(queue.remove(id));
        if (id == 1)
            QVERIFY(queue.remove(2));
    };
    QCOMPARE(queue.fire(m_start + 10ms), 2);
    QCOMPARE(receiver.fired, QList<int>({1, 3}));
    QVERIFY(!queue.nextDue());
}

void TimerQueueTest::mayBeStartedByAHandler()
{
    Receiver receiver;
    TimerQueue queue;
    queue.add(1, 0ms, Qt::PreciseTimer, receiver, m_start);
    receiver.onFired = [&](int id) {
        if (id < 100)
            queue.add(id + 1, 0ms, Qt::PreciseTimer, receiver, m_start);
        queue.remove(id);
    };
    // A chain of zero timers leaves a turn for everything else.
    QCOMPARE(queue.fire(m_start), 1);
    QCOMPARE(queue.fire(m_start), 1);
    QCOMPARE(receiver.fired, QList<int>({1, 2}));
}

void TimerQueueTest::isNotFiredInItsOwnHandler()
{
    Receiver receiver;
    TimerQueue queue;
    queue.add(1, 10ms, Qt::PreciseTimer, receiver, m_start);
    queue.add(2, 15ms, Qt::PreciseTimer, receiver, m_start);
    receiver.onFired = [&](int id) {
        if (id != 1)
            return;
        QCOMPARE(queue.of(receiver).size(), 2);
        QCOMPARE(queue.fire(m_start + 1h), 1); // as a nested event loop would
    };
    QCOMPARE(queue.fire(m_start + 10ms), 1);
    QCOMPARE(receiver.fired, QList<int>({1, 2}));
    QCOMPARE(queue.nextDue(), m_start + 20ms);
}

void TimerQueueTest::anIdMayBeAnothersAfterwards()
{
    Receiver receiver;
    Receiver other;
    TimerQueue queue;
    queue.add(1, 10ms, Qt::PreciseTimer, receiver, m_start);
    receiver.onFired = [&](int id) {
        queue.remove(id);
        queue.add(id, 50ms, Qt::PreciseTimer, other, m_start + 10ms);
    };
    QCOMPARE(queue.fire(m_start + 10ms), 1);
    QCOMPARE(queue.nextDue(), m_start + 60ms);
    QCOMPARE(queue.fire(m_start + 60ms), 1);
    QCOMPARE(receiver.fired.size(), 1);
    QCOMPARE(other.fired.size(), 1);
}

void TimerQueueTest::aThousandStayInOrder()
{
    Receiver receiver;
    TimerQueue queue;
    // Each tells by its number when it is due.
    for (int i = 0; i < 1'000; ++i) {
        const int id = 1 + (i * 617) % 1'000;
        queue.add(id, std::chrono::milliseconds(id), Qt::PreciseTimer, receiver, m_start);
        receiver.onFired = [&](int fired) { queue.remove(fired); };
    }
    QCOMPARE(queue.fire(m_start + 2s), 1'000);
    for (int i = 0; i < 1'000; ++i)
        QCOMPARE(receiver.fired.at(i), i + 1);
}

QTEST_GUILESS_MAIN(TimerQueueTest)
#include "tst_timerqueue.moc"
