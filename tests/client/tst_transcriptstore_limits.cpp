// SPDX-License-Identifier: MIT
#include "transcripttesting.h"

using namespace Qt::Literals::StringLiterals;

/// That transcripts stay within their limit, and what goes for it.
class tst_TranscriptStoreLimits : public QObject
{
    Q_OBJECT

    static constexpr qint64 mebibyte = 1024 * 1024;

    /// What an entry of a KiB looks like.
    static Entry entry(qint64 number, qint64 time)
    {
        return textEntry(QByteArray::number(number).rightJustified(1024, '.'), time);
    }

    static void append(TranscriptStore &store, qint64 conversation, qint64 count, qint64 time)
    {
        for (qint64 i = 0; i < count; ++i)
            store.append(conversation, entry(store.lastSeq(conversation) + 1, time));
    }

    /// Whether a conversation has its entries from its first to its last, and no others.
    static bool isWhole(TranscriptStore &store, qint64 conversation)
    {
        const qint64 first = store.firstSeq(conversation);
        const qint64 last = store.lastSeq(conversation);
        const QList<StoredEntry> rows = store.read(conversation, 1, static_cast<int>(last) + 1);
        if (rows.size() != last - first + 1)
            return false;
        for (qsizetype i = 0; i < rows.size(); ++i) {
            if (rows[i].seq != first + i || rows[i].payload != entry(first + i, 0).payload)
                return false;
        }
        return store.payload(conversation, first - 1).isNull();
    }

private Q_SLOTS:
    void init()
    {
        QVERIFY(m_folder.isValid());
        ++m_number;
    }

    void theOldestGoFirst_data()
    {
        QTest::addColumn<bool>("onDisk");
        QTest::addRow("on the disk") << true;
        QTest::addRow("in memory") << false;
    }
    void theOldestGoFirst()
    {
        QFETCH(bool, onDisk);
        TranscriptStore store(onDisk ? fileName() : QString());
        QSignalSpy pruned(&store, &TranscriptStore::pruned);
        QSignalSpy notice(&store, &TranscriptStore::notice);
        QSignalSpy trouble(&store, &TranscriptStore::trouble);
        QCOMPARE(store.maxBytes(), TranscriptStore::defaultMaxBytes);
        const qint64 old = store.newConversation(u"ws://a"_s);
        const qint64 older = store.newConversation(u"ws://a"_s);
        const qint64 held = store.newConversation(u"ws://a"_s);
        constexpr qint64 large = 6000;
        constexpr qint64 small = 2000;
        append(store, held, small, 500); // the oldest of all, but it is open
        append(store, older, large, 1000);
        append(store, old, small, 2000);
        store.closeConversation(old);
        store.closeConversation(older);
        store.flush();
        QVERIFY(pruned.isEmpty());

        const auto left = [&](qint64 conversation) {
            for (const ConversationInfo &info : store.conversations()) {
                if (info.id == conversation)
                    return info.entries;
            }
            return 0LL;
        };
        store.setMaxBytes(10 * mebibyte);
        QTRY_VERIFY(left(older) < large && !notice.isEmpty());
        const qint64 stays = left(older);
        QVERIFY(stays > 0);
        QTRY_VERIFY(!pruned.isEmpty() && pruned.last()[1].toLongLong() > large - stays);
        for (const QList<QVariant> &arguments : std::as_const(pruned))
            QCOMPARE(arguments[0].toLongLong(), older);
        QCOMPARE(left(old), small);
        QCOMPARE(left(held), small);
        QCOMPARE(notice.count(), 1);
        qInfo("%s", qPrintable(notice[0][0].toString()));
        QVERIFY(notice[0][0].toString().contains(u"10.00 MiB"_s));

        // Then all that is closed, then of what is open all but the newest.
        store.setMaxBytes(1 * mebibyte);
        QTRY_VERIFY(store.firstSeq(held) > 1);
        QCOMPARE(left(older), 0);
        QCOMPARE(left(old), 0);
        store.setMaxBytes(1);
        QTRY_VERIFY(store.firstSeq(held) > 1000 && store.firstSeq(held) <= small - 99);
        QTRY_VERIFY(isWhole(store, held));
        append(store, held, 1000, 3000);
        QTRY_COMPARE(store.pendingEntries(), 0);
        QVERIFY(store.lastSeq(held) - store.firstSeq(held) >= 99);
        QTRY_VERIFY(isWhole(store, held)); // when it is known what went
        const ConversationInfo info = store.conversations().value(0);
        QCOMPARE(info.bytes, info.entries * 1024);
        QCOMPARE(notice.count(), 1); // not again and again
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble.value(0).value(0).toString()));
    }

    void theRoomIsGivenBack()
    {
        TranscriptStore store(fileName());
        const qint64 a = store.openConversation(u"ws://a"_s);
        const qint64 b = store.openConversation(u"ws://b"_s);
        append(store, a, 8000, 1000);
        store.append(a, textEntry(QByteArray(8 * mebibyte, 'x')));
        append(store, b, 1000, 1000);
        store.flush();
        const auto size = [this] { return QFileInfo(fileName()).size(); };
        QTRY_VERIFY(size() > 12 * mebibyte); // what is in the log comes with it, in part
        QVERIFY(store.removeConversation(a));
        qint64 longest = 0; // that the window's own thread was kept waiting
        QElapsedTimer timer;
        const auto isBack = [&] {
            timer.start();
            const bool isRead = store.read(b, 1, 100).size() == 100;
            longest = std::max(longest, timer.elapsed());
            return isRead && size() < 3 * mebibyte;
        };
        QTRY_VERIFY(isBack());
        qInfo("reading took %lld ms at most meanwhile", longest);
        QVERIFY(isWhole(store, b));
    }

    void aFloodStaysWithinTheLimit()
    {
        constexpr qint64 limit = 32 * mebibyte;
        TranscriptStore store(fileName());
        store.setMaxBytes(limit);
        const qint64 conversation = store.openConversation(u"ws://a"_s);
        QSignalSpy backlogged(&store, &TranscriptStore::backlogged);
        qint64 largest = 0;
        QElapsedTimer timer;
        timer.start();
        constexpr int entries = 80'000;
        for (int i = 1; i <= entries; ++i) {
            if (store.isBacklogged())
                QVERIFY(backlogged.wait());
            store.append(conversation, entry(i, i));
            if (i % 1000 == 0)
                largest = std::max(largest, QFileInfo(fileName()).size());
        }
        store.flush();
        qInfo("%d MiB through %lld MiB: %lld entries of 1 KiB a second, the file had %.1f MiB",
              entries / 1024, limit / mebibyte, entries * 1000LL / timer.elapsed(),
              static_cast<double>(largest) / mebibyte);
        QVERIFY(largest < limit * 2);
        QTRY_VERIFY(store.firstSeq(conversation) > entries - limit / 1024);
        QTRY_VERIFY(isWhole(store, conversation));
    }

private:
    [[nodiscard]] QString fileName() const
    {
        return m_folder.filePath(u"%1.sqlite"_s.arg(m_number));
    }

    QTemporaryDir m_folder;
    int m_number = 0;
};

int main(int argc, char *argv[])
{
    return runTranscriptTest<tst_TranscriptStoreLimits>(argc, argv);
}

#include "tst_transcriptstore_limits.moc"
