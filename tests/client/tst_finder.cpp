// SPDX-License-Identifier: MIT
#include "finder.h"
#include "transcript.h"
#include "transcripttesting.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

/// What is looked for in a transcript, and where it is found.
class tst_Finder : public QObject
{
    Q_OBJECT

    static constexpr int entries = 2000;

    /// A thousand times two entries, and in some the words that are looked for.
    static void fill(TranscriptStore &store, const QString &server)
    {
        const qint64 conversation = store.openConversation(server);
        for (int seq = 1; seq <= entries; ++seq) {
            Entry entry = textEntry(QByteArray::number(seq) + (seq % 500 == 0 ? " Needle" : ""));
            entry.direction = seq % 1000 == 0 ? Entry::Sent : Entry::Received;
            store.append(conversation, entry);
        }
        store.closeConversation(conversation);
    }

    static QList<qint64> shown(const Transcript &transcript)
    {
        QList<qint64> seqs;
        for (int row = 0; row < transcript.rowCount(); ++row)
            seqs += transcript.index(row).data(Transcript::SeqRole).toLongLong();
        return seqs;
    }

private Q_SLOTS:
    void hitsAreGoneThroughBothWays()
    {
        TranscriptStore store;
        fill(store, u"ws://a"_s);
        Transcript transcript;
        transcript.setServer(u"ws://a"_s);
        transcript.setStore(&store);
        Finder &finder = *transcript.finder();
        QCOMPARE(finder.olderHit(0), 0);
        QCOMPARE(finder.newerHit(7), 0);
        finder.setText(u"needle"_s);
        QTRY_VERIFY(!finder.isSearching());
        QCOMPARE(finder.hitCount(), 4);
        QCOMPARE(finder.olderHit(0), 2000);
        QCOMPARE(finder.olderHit(2000), 1500);
        QCOMPARE(finder.olderHit(1400), 1000);
        QCOMPARE(finder.olderHit(500), 2000); // round
        QCOMPARE(finder.newerHit(500), 1000);
        QCOMPARE(finder.newerHit(1), 500);
        QCOMPARE(finder.newerHit(2000), 500);
        QCOMPARE(finder.rank(2000), 1);
        QCOMPARE(finder.rank(500), 4);
        QCOMPARE(finder.rank(501), 0);
    }

    void whatIsNoHitIsHiddenOrNot()
    {
        TranscriptStore store;
        fill(store, u"ws://a"_s);
        Transcript transcript;
        QAbstractItemModelTester tester(&transcript);
        tester.setUseFetchMore(false); // it would fetch while rows are being inserted
        transcript.setServer(u"ws://a"_s);
        transcript.setStore(&store);
        Finder &finder = *transcript.finder();
        finder.setText(u"NEEDLE"_s);
        QTRY_VERIFY(!finder.isSearching());
        QCOMPARE(shown(transcript), QList<qint64>({2000, 1500, 1000, 500}));
        finder.setDirection(u"sent"_s);
        QTRY_VERIFY(!finder.isSearching());
        QCOMPARE(shown(transcript), QList<qint64>({2000, 1000}));

        finder.setHidesOthers(false);
        QVERIFY(!finder.isSearching());
        QCOMPARE(finder.hitCount(), 2);
        QCOMPARE(shown(transcript).first(), entries);
        QVERIFY(transcript.count() >= Transcript::pageRows);
        // Something else is looked for, and no row moves.
        QSignalSpy reset(&transcript, &Transcript::modelReset);
        finder.setText(u"1999"_s);
        finder.setDirection(u"all"_s);
        QTRY_VERIFY(!finder.isSearching());
        QCOMPARE(finder.hitCount(), 1);
        finder.setText({});
        QVERIFY(reset.isEmpty());
        finder.setText(u"needle"_s);
        QTRY_VERIFY(!finder.isSearching());
        finder.setHidesOthers(true);
        QCOMPARE(shown(transcript), QList<qint64>({2000, 1500, 1000, 500}));
        finder.setText({});
        QCOMPARE(shown(transcript).first(), entries);
        QVERIFY(!finder.isActive());
        QCOMPARE(finder.hitCount(), 0);
    }

    void whatComesInIsFoundToo()
    {
        Transcript transcript;
        const QAbstractItemModelTester tester(&transcript);
        Finder &finder = *transcript.finder();
        finder.setMessagesOnly(true);
        finder.setText(u"no"_s);
        QSignalSpy counted(&finder, &Finder::hitCountChanged);
        transcript.append(Entry::Received, Entry::Text, "yes"_ba);
        transcript.append(Entry::Received, Entry::Text, "No."_ba);
        transcript.append(Entry::Local, Entry::Closed, "no"_ba);
        transcript.flush();
        QTRY_VERIFY(!finder.isSearching());
        QCOMPARE(finder.hitCount(), 1);
        QCOMPARE(counted.count(), 1);
        QCOMPARE(finder.olderHit(0), 2);
        QCOMPARE(shown(transcript), QList<qint64>({2}));
    }

    void binaryMessagesAreFoundByTheirKind()
    {
        Transcript transcript;
        Finder &finder = *transcript.finder();
        transcript.append(Entry::Received, Entry::Text, "a"_ba);
        transcript.append(Entry::Received, Entry::Binary, "a"_ba);
        transcript.append(Entry::Sent, Entry::Binary, "b"_ba);
        finder.setBinaryOnly(true);
        QVERIFY(finder.isActive());
        QTRY_VERIFY(!finder.isSearching());
        QCOMPARE(shown(transcript), QList<qint64>({3, 2}));
        finder.setText(u"a"_s);
        QTRY_VERIFY(!finder.isSearching());
        QCOMPARE(shown(transcript), QList<qint64>({2}));
        transcript.append(Entry::Received, Entry::Binary, "ab"_ba);
        transcript.append(Entry::Received, Entry::Text, "ab"_ba);
        transcript.flush();
        QCOMPARE(shown(transcript), QList<qint64>({4, 2}));
        finder.setText({});
        finder.setBinaryOnly(false);
        QVERIFY(!finder.isActive());
    }

    void aHitFarBackHasARow()
    {
        TranscriptStore store;
        fill(store, u"ws://a"_s);
        Transcript transcript;
        QAbstractItemModelTester tester(&transcript);
        tester.setUseFetchMore(false); // it would fetch while rows are being inserted
        transcript.setServer(u"ws://a"_s);
        transcript.setStore(&store);
        QVERIFY(transcript.count() < entries);
        QCOMPARE(transcript.rowOf(500), -1);
        const int row = transcript.showEntry(500);
        QCOMPARE(row, entries - 500);
        QCOMPARE(transcript.entry(row).payload, "500 Needle"_ba);
        QCOMPARE(transcript.entry(row - 700).payload, "1200"_ba); // was skipped
        const int before = transcript.count();
        QVERIFY(before < entries);
        QCOMPARE(transcript.showEntry(600), entries - 600);
        QCOMPARE(transcript.count(), before);
        QCOMPARE(transcript.showEntry(1), entries - 1);
        QCOMPARE(transcript.showEntry(0), -1);
        QCOMPARE(transcript.showEntry(entries + 1), -1);
        QList<qint64> all = shown(transcript);
        QCOMPARE(all.size(), entries);
        QVERIFY(std::is_sorted(all.rbegin(), all.rend()));
    }
};

QTEST_GUILESS_MAIN(tst_Finder)
#include "tst_finder.moc"
