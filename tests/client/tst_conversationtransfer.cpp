// SPDX-License-Identifier: MIT
#include "conversationexport.h"
#include "conversationimport.h"
#include "transcripttesting.h"

#include <QDir>
#include <QFile>
#include <QTimer>

using namespace Qt::Literals::StringLiterals;

/// A conversation goes to a file, and comes back from it.
class tst_ConversationTransfer : public QObject
{
    Q_OBJECT

    static QByteArray contentOf(const QString &fileName)
    {
        QFile file(fileName);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : "cannot be opened"_ba;
    }

    static void write(const QString &fileName, const QByteArray &content)
    {
        QFile file(fileName);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content), content.size());
    }

    /// Exports, and returns the sentence that says so, or why not.
    static QString exported(TranscriptStore &store, qint64 conversation, const QString &fileName,
                            bool replace = false)
    {
        ConversationExport exporter;
        QString result;
        connect(&exporter, &ConversationExport::finished, &exporter,
                [&](const QString &, const QString &sentence) { result = sentence; });
        connect(&exporter, &ConversationExport::failed, &exporter,
                [&](const QString &sentence, bool exists) {
                    result = exists ? u"exists: "_s + sentence : sentence;
                });
        exporter.start(&store, int(conversation), fileName, replace);
        const bool isOver = QTest::qWaitFor([&] { return !exporter.isRunning(); }, 20'000);
        return isOver ? result : u"it does not end"_s;
    }

    static void open(ConversationImport &import, const QString &fileName)
    {
        import.open(fileName);
        QTRY_VERIFY_WITH_TIMEOUT(!import.isRunning(), 20'000);
    }

    static qint64 fill(TranscriptStore &store, const QList<Entry> &entries)
    {
        const qint64 conversation = store.newConversation(u"ws://localhost:3000/?a=%26"_s);
        for (const Entry &entry : entries)
            store.append(conversation, entry);
        return conversation;
    }

    static QList<Entry> manyEntries(int count)
    {
        QList<Entry> entries;
        for (int i = 0; i < count; ++i)
            entries += textEntry("entry " + QByteArray::number(i), 1'700'000'000'000 + i);
        return entries;
    }

    QTemporaryDir m_folder;

private Q_SLOTS:
    void itComesBackByteForByte_data()
    {
        QTest::addColumn<bool>("onDisk");
        QTest::addColumn<QList<Entry>>("entries");
        for (const bool onDisk : {false, true}) {
            const char *where = onDisk ? "on the disk" : "in memory";
            QTest::addRow("unusual, %s", where) << onDisk << unusualEntries();
            QTest::addRow("many, %s", where) << onDisk << manyEntries(5'000);
            QTest::addRow("none, %s", where) << onDisk << QList<Entry>();
        }
    }

    void itComesBackByteForByte()
    {
        QFETCH(const bool, onDisk);
        QFETCH(const QList<Entry>, entries);
        const QTemporaryDir folder;
        TranscriptStore store(onDisk ? folder.filePath(u"transcripts.sqlite"_s) : QString());
        const qint64 conversation = fill(store, entries);
        const QString first = folder.filePath(u"first.jsonl"_s);
        QVERIFY2(exported(store, conversation, first).startsWith("Exported as"_L1),
                 qPrintable(exported(store, conversation, first)));
        const QByteArray content = contentOf(first);
        QCOMPARE(content.count('\n'), entries.size() + 1);

        ConversationImport import;
        open(import, first);
        QCOMPARE(import.error(), QString());
        QVERIFY(import.conversation() != 0);
        QVERIFY(isSame(*import.store(), import.conversation(), entries));
        const QString second = folder.filePath(u"second.jsonl"_s);
        const QString sentence = exported(*import.store(), import.conversation(), second);
        QVERIFY2(sentence.startsWith("Exported as"_L1), qPrintable(sentence));
        QCOMPARE(contentOf(second), content);
        QCOMPARE(contentOf(first), content);
    }

    void anUnknownTimeStaysUnknown()
    {
        const QString name = m_folder.filePath(u"byhand.jsonl"_s);
        const QByteArray line = R"({"direction":"sent","kind":"text","text":"a"})"_ba;
        write(name, line + '\n');
        ConversationImport import;
        open(import, name);
        const QString copy = m_folder.filePath(u"byhand2.jsonl"_s);
        import.store()->flush();
        QVERIFY(exported(*import.store(), import.conversation(), copy).startsWith("Exp"_L1));
        QCOMPARE(contentOf(copy).split('\n').at(1), line);
    }

    void nothingIsOverwrittenUnasked()
    {
        TranscriptStore store;
        const qint64 conversation = fill(store, manyEntries(3));
        const QString name = m_folder.filePath(u"there <img src=x>\u202e.jsonl"_s);
        write(name, "mine"_ba);
        const QString refused = exported(store, conversation, name);
        QVERIFY2(refused.startsWith("exists: Not exported as"_L1), qPrintable(refused));
        QVERIFY2(refused.contains(u"⟨U+202E⟩"_s), qPrintable(refused));
        QCOMPARE(contentOf(name), "mine"_ba);
        const QString done = exported(store, conversation, name, true);
        QVERIFY2(done.endsWith("(3 entries)."_L1), qPrintable(done));
        QCOMPARE(contentOf(name).count('\n'), 4);
    }

    void whatCannotBeWrittenIsSaid()
    {
        TranscriptStore store;
        const qint64 conversation = fill(store, manyEntries(3));
        for (const QString &name : {m_folder.path(), u"/proc/no/such.jsonl"_s, u"/dev/null"_s}) {
            const QString sentence = exported(store, conversation, name, true);
            QVERIFY2(sentence.startsWith("Not exported as "_L1), qPrintable(sentence));
        }
    }

    void whatIsGivenUpLeavesNothing()
    {
        TranscriptStore store;
        const qint64 conversation = fill(store, manyEntries(20'000));
        const QTemporaryDir folder;
        {
            ConversationExport exporter;
            exporter.start(&store, int(conversation), folder.filePath(u"a.jsonl"_s));
            QTRY_VERIFY(exporter.progress() > 0);
            exporter.cancel();
            QVERIFY(!exporter.isRunning());
        }
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files | QDir::Hidden), QStringList());
    }

    void halfOfItIsNotTakenForAll()
    {
        const QTemporaryDir folder;
        ConversationExport exporter;
        QSignalSpy failed(&exporter, &ConversationExport::failed);
        TranscriptStore store;
        const qint64 conversation = fill(store, manyEntries(20'000));
        exporter.start(&store, int(conversation), folder.filePath(u"a.jsonl"_s));
        QTRY_VERIFY(exporter.progress() > 0);
        QVERIFY(store.removeConversation(conversation));
        QTRY_COMPARE(failed.size(), 1);
        QVERIFY(!exporter.isRunning());
        QTRY_COMPARE(QDir(folder.path()).entryList(QDir::Files | QDir::Hidden), QStringList());
    }

    void aWrongLineIsNamedAndWhatIsBeforeItIsThere()
    {
        const QString name = m_folder.filePath(u"wrong.jsonl"_s);
        write(name, R"({"direction":"sent","text":"a"}
{"direction":"sent","text":"b"}
{"direction":"nowhere\u202e","text":"c"}
)"_ba);
        ConversationImport import;
        open(import, name);
        QVERIFY2(import.error().startsWith("Line 3 has"_L1), qPrintable(import.error()));
        QVERIFY2(import.error().contains(u"⟨U+202E⟩"_s), qPrintable(import.error()));
        QCOMPARE(import.store()->lastSeq(import.conversation()), 2);
    }

    void whatIsNoConversationIsSaid_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("sentence");
        write(m_folder.filePath(u"binary"_s), QByteArray("\x00\xff\n", 3));
        QTest::newRow("missing") << m_folder.filePath(u"no\u202esuch"_s) << u"cannot be read"_s;
        QTest::newRow("folder") << m_folder.path() << u"no ordinary file"_s;
        QTest::newRow("device") << u"/dev/zero"_s << u"no ordinary file"_s;
        QTest::newRow("binary") << m_folder.filePath(u"binary"_s) << u"Line 1 is not JSON"_s;
    }

    void whatIsNoConversationIsSaid()
    {
        QFETCH(const QString, name);
        QFETCH(const QString, sentence);
        ConversationImport import;
        open(import, name);
        QVERIFY2(import.error().contains(sentence), qPrintable(import.error()));
        QVERIFY(!import.error().contains(u'\u202e'));
        QCOMPARE(import.conversation(), 0);
    }

    void nobodyWaitsForALargeFile()
    {
        const QString name = m_folder.filePath(u"large.jsonl"_s);
        {
            TranscriptStore store;
            const qint64 conversation = fill(store, manyEntries(100'000));
            QVERIFY(exported(store, conversation, name).endsWith("entries)."_L1));
        }
        ConversationImport import;
        QElapsedTimer sinceTurn;
        sinceTurn.start();
        qint64 longest = 0;
        QTimer heartbeat;
        connect(&heartbeat, &QTimer::timeout, &heartbeat,
                [&] { longest = std::max(longest, sinceTurn.restart()); });
        heartbeat.start(1);
        open(import, name);
        QCOMPARE(import.store()->lastSeq(import.conversation()), 100'000);
        qInfo("the longest turn while 100,000 entries were read: %lld ms", longest);
        QVERIFY2(longest < 1'000, qPrintable(QString::number(longest)));
        // It can be left at any time.
        import.open(name);
        QTRY_VERIFY(import.progress() > 0);
        import.close();
        QCOMPARE(import.store(), nullptr);
    }
};

int main(int argc, char *argv[])
{
    return runTranscriptTest<tst_ConversationTransfer>(argc, argv);
}
#include "tst_conversationtransfer.moc"
