// SPDX-License-Identifier: MIT
#include "transcripttesting.h"

#include <QStandardPaths>

using namespace Qt::Literals::StringLiterals;

/// What people and programs rely on while all is well: every entry is there, exactly, at once, in
/// order, quickly, and after a restart.
class tst_TranscriptStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QVERIFY(m_folder.isValid());
        ++m_number;
    }

    void whatIsAppendedIsReadBack_data()
    {
        QTest::addColumn<bool>("onDisk");
        QTest::addRow("on the disk") << true;
        QTest::addRow("in memory") << false;
    }
    void whatIsAppendedIsReadBack()
    {
        QFETCH(bool, onDisk);
        const QString name = onDisk ? fileName() : QString();
        QList<Entry> expected;
        TranscriptStore store(name);
        QSignalSpy trouble(&store, &TranscriptStore::trouble);
        QCOMPARE(store.isOnDisk(), onDisk);
        const qint64 conversation = store.openConversation(u"ws://a"_s);
        QCOMPARE(store.firstSeq(conversation), 1);
        QCOMPARE(store.lastSeq(conversation), 0);
        for (const Entry &entry : unusualEntries()) {
            expected += entry;
            QCOMPARE(store.append(conversation, entry), expected.size());
            QCOMPARE(store.lastSeq(conversation), expected.size());
        }
        QVERIFY(isSame(store, conversation, expected)); // none of it is written yet
        store.flush();
        QCOMPARE(store.pendingEntries(), 0);
        QVERIFY(isSame(store, conversation, expected));
        for (const Entry &entry : unusualEntries())
            store.append(conversation, entry);
        expected += expected;
        QVERIFY(isSame(store, conversation, expected)); // a part of it
        QTRY_COMPARE(store.pendingEntries(), 0);
        QVERIFY(isSame(store, conversation, expected));
        QCOMPARE(store.firstSeq(conversation), 1);
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble.value(0).value(0).toString()));
    }

    void itIsThereAfterARestart()
    {
        qint64 conversation = 0;
        {
            TranscriptStore store(fileName());
            conversation = store.openConversation(u"ws://a"_s);
            for (const Entry &entry : unusualEntries())
                store.append(conversation, entry);
        }
        TranscriptStore store(fileName());
        QCOMPARE(store.openConversation(u"ws://a"_s), conversation);
        QVERIFY(isSame(store, conversation, unusualEntries()));
        const qint64 next = unusualEntries().size() + 1;
        QCOMPARE(store.append(conversation, textEntry("and on"_ba)), next);
        QCOMPARE(store.payload(conversation, next), "and on"_ba);
    }

    void theFileIsItsOwnersOnly()
    {
        const QString name = m_folder.filePath(u"a/b/transcripts.sqlite"_s);
        {
            TranscriptStore store(name);
            store.append(store.openConversation(u"ws://a"_s), textEntry("secret"_ba));
            store.flush();
            for (const auto suffix : {""_L1, "-wal"_L1, "-shm"_L1, "-lock"_L1}) {
                QVERIFY2(QFile::exists(name + suffix), suffix.data());
                QCOMPARE(QFile::permissions(name + suffix) & anybody,
                         QFile::ReadOwner | QFile::WriteOwner);
            }
        }
        QCOMPARE(QFile::permissions(QFileInfo(name).path()) & anybody,
                 QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        QFile::setPermissions(name, QFile::ReadOwner | QFile::WriteOwner | QFile::ReadOther);
        const TranscriptStore again(name);
        QCOMPARE(QFile::permissions(name) & anybody, QFile::ReadOwner | QFile::WriteOwner);
        QVERIFY(TranscriptStore::defaultFileName().startsWith(
            QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation)));
        QVERIFY(TranscriptStore::defaultFileName().endsWith("/transcripts.sqlite"_L1));
    }

    void inMemoryNothingIsWritten()
    {
        const QDir data(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation));
        const QStringList before = data.entryList();
        TranscriptStore store;
        const qint64 conversation = store.openConversation(u"ws://a"_s);
        QCOMPARE(store.append(conversation, textEntry("secret"_ba)), 1);
        QCOMPARE(store.pendingBytes(), 0); // there is nothing to wait for
        store.flush();
        store.closeConversation(conversation);
        QCOMPARE(store.openConversation(u"ws://a"_s), conversation);
        QCOMPARE(store.payload(conversation, 1), "secret"_ba);
        QCOMPARE(data.entryList(), before);
    }

    void rowsCarryTheBeginningOfALongPayload()
    {
        TranscriptStore store(fileName());
        const qint64 conversation = store.openConversation(u"ws://a"_s);
        const QByteArray payload = QByteArray(TranscriptStore::rowBytes, 'x') + "y"_ba;
        store.append(conversation, textEntry(payload));
        store.append(conversation, textEntry(payload.left(TranscriptStore::rowBytes)));
        for (int i = 0; i < 2; ++i) {
            QList<StoredEntry> rows = store.read(conversation, 1, 10);
            QCOMPARE(rows.size(), 2);
            QCOMPARE(rows[0].payload, payload.left(TranscriptStore::rowBytes));
            QCOMPARE(rows[0].size, payload.size());
            QVERIFY(rows[0].cut());
            QVERIFY(!rows[1].cut());
            rows = store.read(conversation, 1, 1, 10);
            QCOMPARE(rows[0].payload, payload.left(10));
            QVERIFY(rows[0].cut());
            QCOMPARE(store.payload(conversation, 1), payload);
            store.flush();
        }
    }

    void readingOutsideGivesWhatThereIs()
    {
        TranscriptStore store(fileName());
        const qint64 conversation = store.openConversation(u"ws://a"_s);
        QVERIFY(store.read(conversation, 1, 10).isEmpty());
        for (int i = 1; i <= 5; ++i)
            store.append(conversation, textEntry(QByteArray::number(i)));
        for (int i = 0; i < 2; ++i) {
            QCOMPARE(store.read(conversation, -3, 6).size(), 5);
            QCOMPARE(store.read(conversation, 4, 100).size(), 2);
            QVERIFY(store.read(conversation, 6, 1).isEmpty());
            QVERIFY(store.payload(conversation, 6).isNull());
            QVERIFY(store.payload(conversation, 0).isNull());
            QVERIFY(store.payload(conversation + 1, 1).isNull());
            store.flush();
        }
        QCOMPARE(store.append(conversation + 1, textEntry("nobody's"_ba)), 0);
    }

    void conversationsAreListedNamedAndRemoved_data() { whatIsAppendedIsReadBack_data(); }
    void conversationsAreListedNamedAndRemoved()
    {
        QFETCH(bool, onDisk);
        TranscriptStore store(onDisk ? fileName() : QString());
        const qint64 a = store.openConversation(u"ws://a"_s);
        const qint64 b = store.openConversation(u"ws://b"_s);
        QCOMPARE_NE(a, b);
        QCOMPARE(store.openConversation(u"ws://a"_s), a);
        store.append(b, textEntry("older"_ba, 1000));
        store.append(a, textEntry("newer"_ba, 2000));
        QVERIFY(store.renameConversation(b, u"B"_s)); // not in the file yet
        const auto names = [&store] {
            QStringList result;
            for (const ConversationInfo &info : store.conversations())
                result += info.server + u'/' + info.name + u'/' + QString::number(info.entries)
                    + u'/' + QString::number(info.bytes);
            return result;
        };
        const QStringList expected = {u"ws://a//1/5"_s, u"ws://b/B/1/5"_s};
        QCOMPARE(names(), expected);
        store.flush();
        QCOMPARE(names(), expected);
        store.closeConversation(a);
        store.closeConversation(b);
        QCOMPARE(names(), expected);
        QVERIFY(store.renameConversation(a, u"A"_s));
        QVERIFY(store.renameConversation(b, u"Bee"_s));
        QVERIFY(!store.renameConversation(77, u"none"_s));
        QCOMPARE(names(), QStringList({u"ws://a/A/1/5"_s, u"ws://b/Bee/1/5"_s}));

        QVERIFY(store.removeConversation(b));
        QVERIFY(!store.removeConversation(b));
        QCOMPARE(names(), QStringList({u"ws://a/A/1/5"_s}));
        QVERIFY(store.read(b, 1, 1).isEmpty());
        QVERIFY(store.payload(b, 1).isNull());
        QCOMPARE(store.append(b, textEntry("late"_ba)), 0);
        QVERIFY(!store.resumeConversation(b));
        QVERIFY(store.resumeConversation(a));
        QCOMPARE(store.append(a, textEntry("on"_ba)), 2);
        QCOMPARE_NE(store.openConversation(u"ws://b"_s), b);
        store.flush();
        if (!onDisk)
            return;
        const TranscriptStore another(fileName()); // both can
        QCOMPARE(names(), QStringList({u"ws://b//0/0"_s, u"ws://a/A/2/7"_s}));
    }

    void namesAndRemovalsLast()
    {
        qint64 a = 0;
        {
            TranscriptStore store(fileName());
            a = store.openConversation(u"ws://a"_s);
            store.append(a, textEntry("1"_ba));
            store.renameConversation(a, u"A"_s);
            const qint64 b = store.openConversation(u"ws://b"_s);
            store.append(b, textEntry("1"_ba));
            store.removeConversation(b);
            store.openConversation(u"ws://c"_s); // and never used
        }
        TranscriptStore store(fileName());
        const QList<ConversationInfo> list = store.conversations();
        QCOMPARE(list.size(), 1);
        QCOMPARE(list[0].id, a);
        QCOMPARE(list[0].name, u"A"_s);
        // No number is given twice.
        QVERIFY(store.newConversation(u"ws://d"_s) > a);
    }

    void theLastConversationWithAServerIsOpened()
    {
        qint64 second = 0;
        {
            TranscriptStore store(fileName());
            const qint64 first = store.newConversation(u"ws://a"_s);
            second = store.newConversation(u"ws://a"_s);
            const qint64 third = store.newConversation(u"ws://a"_s);
            store.append(first, textEntry("1"_ba, 3000));
            store.append(second, textEntry("1"_ba, 5000));
            store.append(third, textEntry("1"_ba, 4000));
        }
        TranscriptStore store(fileName());
        QCOMPARE(store.openConversation(u"ws://a"_s), second);
    }

    void theSenderIsSlowedDownWhileTheDiskIsBehind()
    {
        TranscriptStore store(fileName());
        QSignalSpy backlogged(&store, &TranscriptStore::backlogged);
        const qint64 conversation = store.openConversation(u"ws://a"_s);
        const QByteArray payload(1024 * 1024, 'x');
        qint64 bytes = 0;
        while (!store.isBacklogged()) { // no event loop: nothing is known to be written
            store.append(conversation, textEntry(payload));
            bytes += payload.size();
            QCOMPARE(store.pendingBytes(), bytes);
        }
        QVERIFY(bytes > TranscriptStore::highBytes);
        QCOMPARE(backlogged.count(), 1);
        QCOMPARE(backlogged[0][0].toBool(), true);
        QTRY_VERIFY(!store.isBacklogged());
        QCOMPARE(backlogged.count(), 2);
        QCOMPARE(backlogged[1][0].toBool(), false);
        for (qint64 i = 0; i <= TranscriptStore::highEntries; ++i)
            store.append(conversation, textEntry("x"_ba));
        QCOMPARE(backlogged.count(), 3);
        QTRY_COMPARE(backlogged.count(), 4);
        QTRY_COMPARE(store.pendingEntries(), 0);
    }

    void rowsBesideLongPayloadsAreReadQuickly()
    {
        TranscriptStore store(fileName());
        const qint64 conversation = store.openConversation(u"ws://a"_s);
        constexpr int rows = 100;
        for (int i = 0; i < rows; ++i)
            store.append(conversation, textEntry(QByteArray(100, 'x')));
        for (int i = 0; i < 20; ++i)
            store.append(conversation, textEntry(QByteArray(4 * 1024 * 1024, 'y')));
        store.flush();
        const double small =
            fastest([&] { QCOMPARE(store.read(conversation, 1, rows).size(), rows); });
        const double large =
            fastest([&] { QCOMPARE(store.read(conversation, rows + 1, 20, 100).size(), 20); });
        qInfo("100 rows of 100 B are read in %.2f ms, 20 rows of 4 MiB in %.2f ms", small, large);
        QVERIFY(small < 10);
        QVERIFY(large < 20);
    }

    void aFloodIsWritten()
    {
        constexpr int entries = 200'000;
        TranscriptStore store(fileName());
        const qint64 conversation = store.openConversation(u"ws://a"_s);
        QSignalSpy backlogged(&store, &TranscriptStore::backlogged);
        const Entry entry = textEntry(QByteArray(100, 'x'));
        QElapsedTimer timer;
        timer.start();
        qint64 worstAppend = 0;
        for (int i = 0; i < entries; ++i) {
            if (store.isBacklogged())
                QVERIFY(backlogged.wait()); // what a socket would do
            QElapsedTimer one;
            one.start();
            store.append(conversation, entry);
            worstAppend = std::max(worstAppend, one.nsecsElapsed());
        }
        const qint64 appended = timer.elapsed();
        store.flush();
        qInfo("%d entries of 100 B: appended in %lld ms, on the disk after %lld ms: %lld a second; "
              "the longest append took %.2f ms",
              entries, appended, timer.elapsed(), entries * 1000LL / timer.elapsed(),
              static_cast<double>(worstAppend) / 1e6);
        QCOMPARE(store.lastSeq(conversation), entries);
        QCOMPARE(store.read(conversation, entries - 9, 100).size(), 10);
    }

private:
    static constexpr QFile::Permissions anybody = QFile::ReadOwner | QFile::WriteOwner
        | QFile::ExeOwner | QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup
        | QFile::ReadOther | QFile::WriteOther | QFile::ExeOther;

    /// Another file for each test.
    [[nodiscard]] QString fileName() const
    {
        return m_folder.filePath(u"%1.sqlite"_s.arg(m_number));
    }

    QTemporaryDir m_folder;
    int m_number = 0;
};

int main(int argc, char *argv[])
{
    return runTranscriptTest<tst_TranscriptStore>(argc, argv);
}

#include "tst_transcriptstore.moc"
