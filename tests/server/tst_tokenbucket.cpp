// SPDX-License-Identifier: MIT
#include "tokenbucket.h"

#include <QTest>

#include <limits>

using namespace std::chrono_literals;

class TokenBucketTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void burstThenNothing();
    void neverRefusesTheRate_data();
    void neverRefusesTheRate();
    void refusesBeyond();
    void exactInTheLongRun_data();
    void exactInTheLongRun();
    void fillsNoFurtherThanTheBurst();
    void timeDoesNotGoBackwards();
};

namespace {

/// How many may be at \a now, of \a most.
int taken(TokenBucket &bucket, std::chrono::nanoseconds now, int most)
{
    int count = 0;
    while (count < most && bucket.take(now))
        ++count;
    return count;
}

} // namespace

void TokenBucketTest::burstThenNothing()
{
    TokenBucket bucket(1, 3);
    QCOMPARE(taken(bucket, 0s, 5), 3);
    QCOMPARE(taken(bucket, 999'999'999ns, 5), 0);
    QCOMPARE(taken(bucket, 1s, 5), 1);
}

void TokenBucketTest::neverRefusesTheRate_data()
{
    QTest::addColumn<int>("rate");
    QTest::addColumn<int>("burst");
    QTest::addColumn<bool>("isEmptyAtFirst");

    QTest::newRow("a message a millisecond") << 1000 << 5000 << false;
    QTest::newRow("after a burst") << 1000 << 5000 << true;
    QTest::newRow("no burst") << 1000 << 1 << true;
    // Two, as one of them comes less than a seventh of a second after the other.
    QTest::newRow("no whole nanoseconds apart") << 7 << 2 << true;
    QTest::newRow("many") << 60'000 << 2 << true;
}

void TokenBucketTest::neverRefusesTheRate()
{
    QFETCH(const int, rate);
    QFETCH(const int, burst);
    QFETCH(const bool, isEmptyAtFirst);
    TokenBucket bucket(rate, burst);
    if (isEmptyAtFirst)
        QCOMPARE(taken(bucket, 0s, burst), burst);
    int refused = 0;
    for (qint64 i = 1; i <= 60 * rate; ++i) {
        // Up to the next nanosecond.
        const qint64 now = (i * 1'000'000'000 + rate - 1) / rate;
        if (!bucket.take(std::chrono::nanoseconds(now)))
            ++refused;
    }
    QCOMPARE(refused, 0);
}

void TokenBucketTest::refusesBeyond()
{
    // Ten times the rate for 60 s: the burst and the rate get through, to the message.
    TokenBucket bucket(1000, 5000);
    int count = 0;
    int firstRefused = 0;
    for (int i = 0; i <= 600'000; ++i) {
        if (bucket.take(i * 100us))
            ++count;
        else if (firstRefused == 0)
            firstRefused = i;
    }
    QCOMPARE(count, 5000 + 60 * 1000);
    // Before it, each took a token and a tenth of one came: 5,000 - 0.9 * 5,555 is less than one.
    QCOMPARE(firstRefused, 5555);
}

void TokenBucketTest::exactInTheLongRun_data()
{
    QTest::addColumn<int>("rate");
    QTest::newRow("3") << 3;
    QTest::newRow("7") << 7;
    QTest::newRow("101") << 101;
}

void TokenBucketTest::exactInTheLongRun()
{
    QFETCH(const int, rate);
    // Asked at odd times for a day, it has given out what the time is worth, rounded down.
    TokenBucket bucket(rate, 1000);
    qint64 count = 0;
    const std::chrono::nanoseconds step = 333'333'331ns;
    std::chrono::nanoseconds now = 0ns;
    for (; now < 24h; now += step)
        count += taken(bucket, now, 1000);
    now -= step;
    QCOMPARE(count, 1000 + now.count() * rate / 1'000'000'000);
}

void TokenBucketTest::fillsNoFurtherThanTheBurst()
{
    const std::chrono::nanoseconds never(std::numeric_limits<qint64>::max());
    TokenBucket bucket(1000, 5);
    QCOMPARE(taken(bucket, 1h, 100), 5);
    QCOMPARE(taken(bucket, 1h + 3ms, 100), 3);
    QCOMPARE(taken(bucket, 48h, 100), 5);
    QCOMPARE(taken(bucket, never, 100), 5);

    // As large as it may be: the arithmetic holds.
    const int most = 1'000'000'000;
    TokenBucket large(most, most);
    QCOMPARE(taken(large, 0s, 1000), 1000);
    QCOMPARE(taken(large, never, 1000), 1000);
}

void TokenBucketTest::timeDoesNotGoBackwards()
{
    TokenBucket bucket(1, 1);
    QVERIFY(bucket.take(10s));
    QVERIFY(!bucket.take(5s));
    QVERIFY(!bucket.take(10'900ms));
    QVERIFY(bucket.take(11s));
}

QTEST_GUILESS_MAIN(TokenBucketTest)
#include "tst_tokenbucket.moc"
