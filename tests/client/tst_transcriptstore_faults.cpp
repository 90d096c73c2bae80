// SPDX-License-Identifier: MIT
#include "fulldisk.h"
#include "transcripttesting.h"

#include <QDir>
#include <QSqlDatabase>
#include <QSqlQuery>

#include <csignal>
#include <functional>
#include <sys/resource.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

/// What becomes of transcripts when things go wrong: nothing that was said is lost as long as there
/// is a place for it, and people are told.
class tst_TranscriptStoreFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QVERIFY(m_folder.isValid());
        ++m_number;
    }

    void aLimitOfFileSizesIsSurvived()
    {
        // As of a shell's "ulimit -f", or of a small file system: here it is the kernel that says
        // no, also to the files beside the transcripts.
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit unlimited = {};
        QCOMPARE(::getrlimit(RLIMIT_FSIZE, &unlimited), 0);
        rlimit limited = unlimited;
        limited.rlim_cur = 512 * 1024;
        const auto free = [&] { ::setrlimit(RLIMIT_FSIZE, &unlimited); };
        const auto fill = [&] { ::setrlimit(RLIMIT_FSIZE, &limited); };
        surviveFullDisk(fileName(), fill, free, u"cannot be used"_s);
        free();
    }

    void aFullDiskIsSurvived()
    {
        surviveFullDisk(
            fileName(), [] { setDiskFull(true); }, [] { setDiskFull(false); },
            u"No room is left on the disk"_s);
        setDiskFull(false);
    }

    void aBrokenFileIsKeptAside_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addRow("garbage") << "This is no database, and never was."_ba.repeated(1000);
        QTest::addRow("zeros") << QByteArray(100'000, '\0');
        QTest::addRow("cut off") << someFile().left(5000);
        QByteArray bad = someFile();
        bad.replace(4096, 3 * 4096, QByteArray(3 * 4096, '\xff'));
        QTest::addRow("bad pages") << bad;
        bad = someFile();
        bad.replace(100, 3900, QByteArray(3900, '\0'));
        QTest::addRow("no tables") << bad;
    }
    void aBrokenFileIsKeptAside()
    {
        QFETCH(QByteArray, content);
        QVERIFY(write(fileName(), content));
        TranscriptStore store(fileName());
        QSignalSpy trouble(&store, &TranscriptStore::trouble);
        QVERIFY(store.isOnDisk());
        QVERIFY(store.conversations().isEmpty());
        const qint64 conversation = store.openConversation(u"ws://a"_s);
        store.append(conversation, textEntry("hello"_ba));
        QTRY_COMPARE(trouble.count(), 1);
        const QString sentence = trouble[0][0].toString();
        qInfo("%s", qPrintable(sentence));
        const QStringList kept = asides();
        QCOMPARE(kept.size(), 1);
        QVERIFY(sentence.contains(kept[0]));
        QCOMPARE(read(kept[0]), content);
        store.flush();
        QCOMPARE(TranscriptStore(fileName()).conversations().size(), 1);
        QCOMPARE(asides().size(), 1); // the new one is good
    }

    void aFileThatBreaksInUseIsKeptAside()
    {
        qint64 conversation = 0;
        constexpr int entries = 5000;
        {
            TranscriptStore store(fileName());
            conversation = store.openConversation(u"ws://a"_s);
            for (int i = 1; i <= entries; ++i)
                store.append(conversation, textEntry(numbered(i)));
        }
        QByteArray content = read(fileName());
        const qsizetype middle = content.indexOf(numbered(entries / 2)) / 4096 * 4096;
        QVERIFY(middle > 0);
        content.replace(middle, 4096, QByteArray(4096, '\xff'));
        QVERIFY(write(fileName(), content));

        TranscriptStore store(fileName());
        QSignalSpy trouble(&store, &TranscriptStore::trouble);
        QCOMPARE(store.openConversation(u"ws://a"_s), conversation);
        QList<qint64> mine;
        for (int i = 0; i < 10; ++i)
            mine += store.append(conversation, textEntry(numbered(i)));
        QVERIFY(store.read(conversation, 1, entries).size() < entries);
        QCOMPARE(trouble.count(), 1);
        qInfo("%s", qPrintable(trouble[0][0].toString()));
        QVERIFY(!store.isOnDisk());
        QCOMPARE(asides().size(), 1);
        for (int i = 0; i < 10; ++i)
            mine += store.append(conversation, textEntry(numbered(i)));
        store.flush();
        for (qsizetype i = 0; i < mine.size(); ++i)
            QCOMPARE(store.payload(conversation, mine[i]), numbered(i % 10));
        QCoreApplication::processEvents();
        QCOMPARE(trouble.count(), 1); // once
        TranscriptStore next(fileName());
        QVERIFY(next.isOnDisk());
        QVERIFY(next.conversations().isEmpty());
    }

    void whatIsNotOursStaysAsItIs_data()
    {
        QTest::addColumn<QString>("sql");
        QTest::addColumn<QString>("word");
        QTest::addRow("another program's") << u"CREATE TABLE theirs (x)"_s << u"another program"_s;
        QTest::addRow("a newer version's")
            << u"PRAGMA application_id=0x41774368; PRAGMA user_version=99"_s << u"newer version"_s;
    }
    void whatIsNotOursStaysAsItIs()
    {
        QFETCH(QString, sql);
        QFETCH(QString, word);
        execute(sql);
        const QByteArray before = read(fileName());
        QVERIFY(!before.isEmpty());
        QVERIFY(goesOnInMemory(fileName(), word));
        QCOMPARE(read(fileName()), before);
        QVERIFY(asides().isEmpty());
    }

    void whereNothingCanBeWrittenItStaysInMemory()
    {
        QVERIFY(write(fileName(), "a file"_ba));
        QVERIFY(goesOnInMemory(fileName() + "/transcripts.sqlite"_L1, u"Not a directory"_s));
        const QString folder = m_folder.filePath(u"folder"_s);
        QVERIFY(QDir().mkpath(folder));
        QVERIFY(goesOnInMemory(folder, u"cannot be written"_s));

        // The superuser may write everywhere.
        const bool isRoot = ::geteuid() == 0;
        QTemporaryDir closed;
        QVERIFY(QFile::setPermissions(closed.path(),
                                      QFile::ReadOwner | QFile::ExeOwner | QFile::ReadOther
                                          | QFile::ExeOther));
        if (isRoot)
            QCOMPARE(::seteuid(65534), 0);
        const bool isInMemory =
            goesOnInMemory(closed.filePath(u"transcripts.sqlite"_s), u"Permission denied"_s);
        if (isRoot)
            QCOMPARE(::seteuid(0), 0);
        QVERIFY(isInMemory);
        QFile::setPermissions(closed.path(),
                              QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }

    void aLockedFileIsWaitedFor()
    {
        {
            TranscriptStore store(fileName());
            store.append(store.openConversation(u"ws://a"_s), textEntry("1"_ba));
        }
        TranscriptStore store(fileName());
        QSignalSpy trouble(&store, &TranscriptStore::trouble);
        QSignalSpy notice(&store, &TranscriptStore::notice);
        const qint64 conversation = store.openConversation(u"ws://a"_s);
        {
            QSqlDatabase database = open();
            QVERIFY(QSqlQuery(database).exec(u"BEGIN IMMEDIATE"_s));
            store.append(conversation, textEntry("2"_ba));
            QTRY_COMPARE_WITH_TIMEOUT(trouble.count(), 1, 20'000);
            qInfo("%s", qPrintable(trouble[0][0].toString()));
            QVERIFY(trouble[0][0].toString().contains(u"locked"_s));
            QVERIFY(!store.isOnDisk());
            store.append(conversation, textEntry("3"_ba));
            QCOMPARE(store.read(conversation, 1, 10).size(), 3);
            QVERIFY(QSqlQuery(database).exec(u"ROLLBACK"_s));
        }
        QSqlDatabase::removeDatabase(u"test"_s);
        QTRY_COMPARE_WITH_TIMEOUT(notice.count(), 1, 20'000);
        QVERIFY(store.isOnDisk());
        store.closeConversation(conversation);
        QTRY_COMPARE(TranscriptStore(fileName()).conversations().value(0).entries, 3);
        QCOMPARE(trouble.count(), 1);
    }

private:
    static void surviveFullDisk(const QString &fileName, const std::function<void()> &fill,
                                const std::function<void()> &free, const QString &words)
    {
        constexpr int entries = 20'000;
        TranscriptStore store(fileName);
        QSignalSpy trouble(&store, &TranscriptStore::trouble);
        QSignalSpy notice(&store, &TranscriptStore::notice);
        const qint64 conversation = store.openConversation(u"ws://a"_s);
        QList<Entry> expected;
        const auto append = [&](int count) {
            for (int i = 0; i < count; ++i) {
                expected += textEntry(numbered(expected.size()));
                store.append(conversation, expected.last());
            }
        };
        append(1000);
        store.flush();
        fill();
        append(entries);
        QTRY_COMPARE_WITH_TIMEOUT(trouble.count(), 1, 20'000);
        qInfo("%s", qPrintable(trouble[0][0].toString()));
        QVERIFY(trouble[0][0].toString().contains(words));
        QVERIFY(!store.isOnDisk());
        QVERIFY(!store.isBacklogged()); // nobody needs to wait for it
        append(1000);
        store.flush(); // does not hang
        QVERIFY(isSame(store, conversation, expected));
        QCOMPARE(trouble.count(), 1);
        free();
        QTRY_COMPARE_WITH_TIMEOUT(notice.count(), 1, 20'000);
        qInfo("%s", qPrintable(notice[0][0].toString()));
        QVERIFY(store.isOnDisk());
        store.closeConversation(conversation);
        store.flush();
        TranscriptStore again(fileName);
        QCOMPARE(again.openConversation(u"ws://a"_s), conversation);
        QVERIFY(isSame(again, conversation, expected));
        QCOMPARE(trouble.count(), 1);
    }

    /// Whether a store says so in one sentence with that word, and works.
    static bool goesOnInMemory(const QString &name, const QString &word)
    {
        TranscriptStore store(name);
        QSignalSpy trouble(&store, &TranscriptStore::trouble);
        if (store.isOnDisk())
            return false;
        const qint64 conversation = store.openConversation(u"ws://a"_s);
        store.append(conversation, textEntry("hello"_ba));
        store.flush();
        if (!trouble.wait() || trouble.count() != 1 || store.payload(conversation, 1) != "hello"_ba
            || store.pendingEntries() != 0)
            return false;
        const QString sentence = trouble[0][0].toString();
        qInfo("%s", qPrintable(sentence));
        return sentence.contains(word) && sentence.contains("in memory only:"_L1);
    }

    /// The bytes of a good file of transcripts.
    static QByteArray someFile()
    {
        const QTemporaryDir folder;
        const QString name = folder.filePath(u"some.sqlite"_s);
        {
            TranscriptStore store(name);
            const qint64 conversation = store.openConversation(u"ws://a"_s);
            for (int i = 0; i < 1000; ++i)
                store.append(conversation, textEntry(numbered(i)));
        }
        return read(name);
    }

    // Only while no store of this process has the file open.
    static QByteArray read(const QString &name)
    {
        QFile file(name);
        return file.open(QFile::ReadOnly) ? file.readAll() : QByteArray();
    }
    static bool write(const QString &name, const QByteArray &content)
    {
        QFile file(name);
        return file.open(QFile::WriteOnly) && file.write(content) == content.size();
    }

    [[nodiscard]] QSqlDatabase open() const
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"test"_s);
        database.setDatabaseName(fileName());
        database.open();
        return database;
    }
    void execute(const QString &sql) const
    {
        {
            QSqlDatabase database = open();
            for (const QString &statement : sql.split(u';'))
                QVERIFY(QSqlQuery(database).exec(statement));
        }
        QSqlDatabase::removeDatabase(u"test"_s);
    }

    /// The files that were put aside.
    [[nodiscard]] QStringList asides() const
    {
        const QFileInfo file(fileName());
        QStringList result;
        for (const QFileInfo &info : file.dir().entryInfoList({file.fileName() + ".broken-*"_L1})) {
            if (!info.fileName().endsWith("-wal"_L1) && !info.fileName().endsWith("-shm"_L1))
                result += info.filePath();
        }
        return result;
    }

    [[nodiscard]] QString fileName() const
    {
        return m_folder.filePath(u"%1.sqlite"_s.arg(m_number));
    }

    QTemporaryDir m_folder;
    int m_number = 0;
};

int main(int argc, char *argv[])
{
    return runTranscriptTest<tst_TranscriptStoreFaults>(argc, argv);
}

#include "tst_transcriptstore_faults.moc"
