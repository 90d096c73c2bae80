// SPDX-License-Identifier: MIT
#pragma once

#include "transcriptstore.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <limits>

/// A text that was received \a time ms after 1970, or now.
inline Entry textEntry(const QByteArray &payload, qint64 time = QDateTime::currentMSecsSinceEpoch())
{
    Entry entry;
    entry.direction = Entry::Received;
    entry.time = QDateTime::fromMSecsSinceEpoch(time, Qt::UTC);
    entry.payload = payload;
    return entry;
}

/// 100 bytes that are no other number's.
inline QByteArray numbered(qint64 number)
{
    return QByteArray::number(number).rightJustified(8, '0') + QByteArray(92, 'x');
}

/// Entries with all that could get lost.
inline QList<Entry> unusualEntries()
{
    using namespace Qt::Literals::StringLiterals;
    QByteArray everyByte;
    for (int i = 0; i < 256; ++i)
        everyByte += static_cast<char>(i);
    QByteArray large; // more than one part, and no two pages the same
    for (int i = 0; large.size() < 3 * 1024 * 1024; ++i)
        large += QByteArray::number(i) + everyByte;
    QList<Entry> result;
    const auto add = [&result](Entry::Direction direction, Entry::Kind kind,
                               const QByteArray &payload, qint64 roundTrip = -1) {
        Entry entry;
        entry.direction = direction;
        entry.kind = kind;
        entry.payload = payload;
        entry.time = QDateTime::fromMSecsSinceEpoch(1'700'000'000'123 + result.size());
        entry.roundTrip = roundTrip;
        result += entry;
    };
    add(Entry::Local, Entry::Opened, "socket open"_ba);
    add(Entry::Sent, Entry::Text, "'; DROP TABLE entries; --"_ba);
    add(Entry::Received, Entry::Text, "'; DROP TABLE entries; --"_ba, 0);
    add(Entry::Received, Entry::Text, {});
    add(Entry::Received, Entry::Binary, ""_ba, 1234);
    add(Entry::Received, Entry::Text, QByteArray("nul\0nul\n\r\n", 9));
    add(Entry::Received, Entry::Text, "\xf0\x9f\x98\x80 \xe2\x80\xae \xef\xbb\xbf"_ba);
    add(Entry::Sent, Entry::Binary, everyByte, std::numeric_limits<qint64>::max());
    add(Entry::Received, Entry::Binary, everyByte.repeated(64)); // as much as a row holds
    add(Entry::Received, Entry::Binary, everyByte.repeated(64) + "\x80"_ba);
    add(Entry::Received, Entry::Text, large, 5);
    add(Entry::Local, Entry::Failed, "socket error"_ba);
    add(Entry::Local, Entry::Closed, "socket closed"_ba);
    return result;
}

/// Whether a conversation consists of these entries, to the last byte.
inline bool isSame(TranscriptStore &store, qint64 conversation, const QList<Entry> &expected)
{
    const QList<StoredEntry> rows =
        store.read(conversation, 1, static_cast<int>(expected.size()) + 1);
    if (rows.size() != expected.size()) {
        qWarning("%lld entries instead of %lld", rows.size(), expected.size());
        return false;
    }
    for (qsizetype i = 0; i < rows.size(); ++i) {
        const StoredEntry &row = rows[i];
        const Entry &entry = expected[i];
        const bool isEqual = row.seq == i + 1 && row.direction == entry.direction
            && row.kind == entry.kind && row.time == entry.time && row.roundTrip == entry.roundTrip
            && row.size == entry.payload.size()
            && row.payload == entry.payload.left(TranscriptStore::rowBytes)
            && store.payload(conversation, row.seq) == entry.payload
            && !store.payload(conversation, row.seq).isNull();
        if (!isEqual) {
            qWarning("entry %lld is another", row.seq);
            return false;
        }
    }
    return true;
}

/// How long \a function takes, in ms, the best of ten.
template<typename Function>
double fastest(Function function)
{
    qint64 best = std::numeric_limits<qint64>::max();
    for (int i = 0; i < 10; ++i) {
        QElapsedTimer timer;
        timer.start();
        function();
        best = std::min(best, timer.nsecsElapsed());
    }
    return static_cast<double>(best) / 1e6;
}

/// Runs a test without a window, far from anybody's own transcripts.
template<typename Test>
int runTranscriptTest(int argc, char *argv[])
{
    QStandardPaths::setTestModeEnabled(true);
    const QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("awesome-chat"));
    Test test;
    return QTest::qExec(&test, argc, argv);
}
