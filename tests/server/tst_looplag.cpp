// SPDX-License-Identifier: MIT
#include "looplag.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

using namespace std::chrono_literals;

namespace {

constexpr auto interval = 10ms;

/// Lets nothing else be done in this event loop for \a time.
void block(std::chrono::milliseconds time)
{
    QElapsedTimer timer;
    timer.start();
    while (!timer.hasExpired(time.count())) { }
}

} // namespace

class LoopLagTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void runsOnlyWhenAsked();
    void seesABlockedLoop();
    void forgets();
};

void LoopLagTest::runsOnlyWhenAsked()
{
    LoopLag lag(interval);
    QTimer timer;
    QSignalSpy timeouts(&timer, &QTimer::timeout);
    timer.start(interval);
    QTRY_VERIFY(timeouts.size() >= 3);
    block(5 * interval);
    QTRY_VERIFY(timeouts.size() >= 6);
    QCOMPARE(lag.last(), 0ns);
    QCOMPARE(lag.largest(), 0ns);
}

void LoopLagTest::seesABlockedLoop()
{
    LoopLag lag(interval);
    lag.start();
    // In a slot, as a slow request would be.
    QTimer::singleShot(0, this, [] { block(100ms); });
    QTRY_VERIFY(lag.largest() >= 80ms);
    // A machine that is busy with other things is not blamed on the loop for ever.
    QTRY_VERIFY(lag.last() < 80ms);
    QVERIFY(lag.largest() >= 80ms);
}

void LoopLagTest::forgets()
{
    LoopLag lag(interval, 1s);
    lag.start();
    QTimer::singleShot(0, this, [] { block(100ms); });
    QTRY_VERIFY(lag.largest() >= 80ms);
    QTRY_VERIFY(lag.largest() < 80ms);
}

QTEST_GUILESS_MAIN(LoopLagTest)
#include "tst_looplag.moc"
