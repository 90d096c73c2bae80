// SPDX-License-Identifier: MIT
#include "limitflags.h"
#include "serveroptions.h"

#include <QRegularExpression>
#include <QTest>

#include <functional>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

ParsedOptions parse(const QStringList &flags)
{
    return parseServerOptions(QStringList{u"awesome-chat-server"_s} + flags);
}

/// What is wrong with \a flags, without the hint at --help; null if nothing is.
QString complaint(const QStringList &flags)
{
    const ParsedOptions parsed = parse(flags);
    const auto *error = std::get_if<UsageError>(&parsed);
    return error ? error->sentence.chopped(u"; --help lists the flags"_s.size()) : QString();
}

/// What --help says of \a flag, in one line.
QString helpOf(const QString &flag)
{
    const QString help = serverHelp();
    const qsizetype start = help.indexOf(u"\n  --%1 "_s.arg(flag));
    if (start < 0)
        return {};
    // Up to the next flag or the end of the group.
    static const QRegularExpression end(u"\n(  --|\n)"_s);
    return help.sliced(start, help.indexOf(end, start + 1) - start).simplified();
}

/// What a flag is to do, said a second time.
struct Expected
{
    using Getter = std::function<qint64(const Limits &)>;

    QString flag;
    QString valueName;
    Getter get;
    qint64 byDefault;
    qint64 smallest;
    qint64 largest;
    QString besides = {}; // a flag without which the smallest or the largest conflicts
    QString unset = {}; // what the help says in place of the default
};

Expected::Getter time(std::chrono::milliseconds Limits::*member)
{
    return [member](const Limits &limits) { return (limits.*member).count(); };
}

QList<Expected> everyFlag()
{
    const QString number = u"N"_s;
    const QString bytes = u"BYTES"_s;
    const QString ms = u"MS"_s;
    const qint64 gibibyte = 1'073'741'824;
    const qint64 day = 86'400'000;
    return {
        {u"max-message-size"_s, bytes, &Limits::maxMessageSize, 16'777'216, 125, gibibyte},
        {u"max-fragments"_s, number, &Limits::maxFragments, 1024, 1, 1'000'000},
        {u"max-connections"_s, number, &Limits::maxConnections, 10'000, 1, 1'000'000},
        {u"max-connections-per-address"_s, number, &Limits::maxConnectionsPerAddress, 1000, 1,
         1'000'000},
        {u"listen-backlog"_s, number, &Limits::listenBacklog, 4096, 1, 65'535},
        {u"read-quantum"_s, bytes, &Limits::readQuantum, 65'536, 1024, 16'777'216},
        {u"high-mark"_s, bytes, &Limits::highMark, 1'048'576, 1024, gibibyte, u"--low-mark=0"_s},
        {u"low-mark"_s, bytes, &Limits::lowMark, 262'144, 0, gibibyte, u"--high-mark=1073741824"_s},
        {u"handshake-timeout"_s, ms, time(&Limits::handshakeTimeout), 3000, 10, day},
        {u"ping-after"_s, ms, time(&Limits::pingAfter), 30'000, 10, day / 2,
         u"--max-silence=86400000"_s},
        {u"max-silence"_s, ms, time(&Limits::maxSilence), 75'000, 20, day, u"--ping-after=10"_s},
        {u"max-stall"_s, ms, time(&Limits::maxStall), 60'000, 10, day},
        {u"close-timeout"_s, ms, time(&Limits::closeTimeout), 2000, 10, day},
        {u"max-closing"_s, ms, time(&Limits::maxClosing), 300'000, 10, day},
        {u"drain-timeout"_s, ms, time(&Limits::drainTimeout), 5000, 0, day},
        {u"message-rate"_s, number, &Limits::messageRate, 0, 1, 10'000'000, {}, u"no limit"_s},
        {u"message-burst"_s, number, &Limits::messageBurst, 0, 1, 10'000'000, u"--message-rate=1"_s,
         u"five times the rate"_s},
    };
}

} // namespace

class LimitFlagsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void limits_data();
    void limits();
    void noFlagIsForgotten();
    void conflicts_data();
    void conflicts();
    void sweepsWithinTheShortestTime();
    void burstOfRate();
};

void LimitFlagsTest::limits_data()
{
    QTest::addColumn<Expected>("expected");
    const QList<Expected> flags = everyFlag();
    for (const Expected &expected : flags)
        QTest::newRow(qPrintable(expected.flag)) << expected;
}

void LimitFlagsTest::limits()
{
    QFETCH(const Expected, expected);
    const QString &flag = expected.flag;
    QCOMPARE(expected.get(std::get<ServerOptions>(parse({})).limits), expected.byDefault);
    const QString help = helpOf(flag);
    const QString inHelp =
        expected.unset.isEmpty() ? QString::number(expected.byDefault) : expected.unset;
    QVERIFY2(help.startsWith(u"--%1 %2 "_s.arg(flag, expected.valueName)), qPrintable(help));
    QVERIFY2(help.endsWith(u" (default: %1)"_s.arg(inHelp)), qPrintable(help));

    const QString given = u"--%1="_s.arg(flag);
    for (const qint64 value : {expected.smallest, expected.largest}) {
        QStringList words{given + QString::number(value)};
        if (!expected.besides.isEmpty())
            words.append(expected.besides);
        QCOMPARE(complaint(words), QString());
        QCOMPARE(expected.get(std::get<ServerOptions>(parse(words)).limits), value);
    }
    const QString smallest = QString::number(expected.smallest);
    const QString largest = QString::number(expected.largest);
    const QString tooLarge = QString::number(expected.largest + 1);
    for (const QString &word : {QString::number(expected.smallest - 1), tooLarge,
                                u"99999999999999999999"_s, u"many"_s, u"1k"_s, u""_s}) {
        QCOMPARE(
            complaint({given + word}),
            u"--%1 needs a number from %2 to %3, not '%4'"_s.arg(flag, smallest, largest, word));
    }
    QCOMPARE(complaint({given + smallest, given + smallest}),
             u"--%1 is given more than once"_s.arg(flag));
    QCOMPARE(complaint({u"--"_s + flag}), u"missing value after '--%1'"_s.arg(flag));
}

void LimitFlagsTest::noFlagIsForgotten()
{
    QStringList there;
    for (const LimitFlag &flag : limitFlags())
        there.append(flag.name);
    QStringList expected;
    const QList<Expected> flags = everyFlag();
    for (const Expected &flag : flags)
        expected.append(flag.flag);
    QCOMPARE(there, expected);
}

void LimitFlagsTest::conflicts_data()
{
    QTest::addColumn<QStringList>("flags");
    QTest::addColumn<QString>("sentence"); // null: none

    QTest::newRow("low above high") << QStringList{u"--low-mark=2000"_s, u"--high-mark=1999"_s}
                                    << u"--low-mark (2000) may not be above --high-mark (1999)"_s;
    QTest::newRow("low as high") << QStringList{u"--low-mark=2000"_s, u"--high-mark=2000"_s}
                                 << QString();
    QTest::newRow("low by default above high")
        << QStringList{u"--high-mark=1024"_s}
        << u"--low-mark (262144) may not be above --high-mark (1024)"_s;
    QTest::newRow("ping when it is too late")
        << QStringList{u"--ping-after=100"_s, u"--max-silence=100"_s}
        << u"--ping-after (100) must be shorter than --max-silence (100)"_s;
    QTest::newRow("ping just in time")
        << QStringList{u"--max-silence=100"_s, u"--ping-after=99"_s} << QString();
    QTest::newRow("ping by default too late")
        << QStringList{u"--max-silence=30000"_s}
        << u"--ping-after (30000) must be shorter than --max-silence (30000)"_s;
    QTest::newRow("burst without rate")
        << QStringList{u"--message-burst=5"_s} << u"--message-burst needs --message-rate"_s;
    QTest::newRow("burst below rate")
        << QStringList{u"--message-burst=5"_s, u"--message-rate=10"_s} << QString();
}

void LimitFlagsTest::conflicts()
{
    QFETCH(const QStringList, flags);
    QTEST(complaint(flags), "sentence");
}

void LimitFlagsTest::sweepsWithinTheShortestTime()
{
    QCOMPARE(sweepInterval(Limits()), 250ms);
    for (const auto member : {&Limits::handshakeTimeout, &Limits::pingAfter, &Limits::maxSilence,
                              &Limits::maxStall, &Limits::closeTimeout, &Limits::maxClosing}) {
        Limits limits;
        limits.*member = 400ms;
        QCOMPARE(sweepInterval(limits), 100ms);
        limits.*member = 1ms;
        QCOMPARE(sweepInterval(limits), 10ms);
    }
    Limits limits;
    limits.drainTimeout = 0ms; // has a timer of its own
    QCOMPARE(sweepInterval(limits), 250ms);
    limits.sweepInterval = 20ms;
    QCOMPARE(sweepInterval(limits), 20ms);
}

void LimitFlagsTest::burstOfRate()
{
    const auto burst = [](const QStringList &flags) {
        return messageBurst(std::get<ServerOptions>(parse(flags)).limits);
    };
    QCOMPARE(burst({}), 0);
    QCOMPARE(burst({u"--message-rate=1000"_s}), 5000);
    QCOMPARE(burst({u"--message-rate=10000000"_s}), 50'000'000);
    QCOMPARE(burst({u"--message-rate=1000"_s, u"--message-burst=7"_s}), 7);
}

QTEST_GUILESS_MAIN(LimitFlagsTest)
#include "tst_limitflags.moc"
