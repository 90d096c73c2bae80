// SPDX-License-Identifier: MIT
#include "transcripttesting.h"

#include <QProcess>
#include <QRandomGenerator>
#include <QSqlDatabase>
#include <QSqlQuery>

#include <array>
#include <csignal>
#include <cstdio>
#include <memory>
#include <vector>

using namespace Qt::Literals::StringLiterals;

namespace {

/// The same clock in all processes, in ms.
qint64 now()
{
    QElapsedTimer timer;
    timer.start();
    return timer.msecsSinceReference();
}

/// What this program does when it is another window: it appends numbered entries, and says on
/// standard output which and when, until it is killed or has appended \a count.
int appendForEver(const QString &fileName, const QString &server, int count, bool pours)
{
    TranscriptStore store(fileName);
    QObject::connect(&store, &TranscriptStore::trouble, &store, [](const QString &sentence) {
        std::fprintf(stderr, "%s\n", qPrintable(sentence));
    });
    const qint64 conversation = store.openConversation(server);
    const qint64 last = store.lastSeq(conversation) + count; // it may be one that was left
    QTimer timer;
    QObject::connect(&timer, &QTimer::timeout, &store, [&] {
        const qint64 end = now() + 5;
        do {
            if (store.isBacklogged())
                break;
            const qint64 seq =
                store.append(conversation, textEntry(numbered(store.lastSeq(conversation) + 1)));
            if (!pours || seq % 1000 == 0)
                std::printf("%lld %lld\n", static_cast<long long>(seq),
                            static_cast<long long>(now()));
            if (count > 0 && seq == last) {
                timer.stop();
                QCoreApplication::quit();
                break;
            }
        } while (pours && now() < end);
        std::fflush(stdout);
    });
    timer.start(1);
    return QCoreApplication::exec();
}

} // namespace

/// Several windows on one file, and what a window leaves behind that is killed.
class tst_TranscriptStoreWindows : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QVERIFY(m_folder.isValid());
        ++m_number;
    }

    void killedItLosesLittle_data()
    {
        QTest::addColumn<bool>("pours");
        QTest::addRow("a quiet chat") << false;
        QTest::addRow("a flood") << true;
    }
    void killedItLosesLittle()
    {
        QFETCH(bool, pours);
        constexpr int times = 5;
        constexpr qint64 promised = 200; // ms
        constexpr qint64 generous = 1000; // where others keep the machine busy
        // Those that have little to do run side by side.
        const auto server = [](int i) { return u"ws://killed-%1"_s.arg(i); };
        std::array<QProcess, times> others;
        for (int i = 0; i < times && !pours; ++i)
            startOther(others[i], server(i), 0, pours);
        QList<qint64> missing;
        for (int i = 0; i < times; ++i) {
            QProcess &other = others[i];
            if (pours)
                startOther(other, server(i), 0, pours);
            const int moment =
                QRandomGenerator::global()->bounded(pours ? 200 : 12'000, pours ? 500 : 20'000);
            QTRY_VERIFY_WITH_TIMEOUT(other.bytesAvailable() > moment, 20'000);
            const qint64 killedAt = now();
            QVERIFY(::kill(static_cast<pid_t>(other.processId()), SIGKILL) == 0);
            QVERIFY(other.waitForFinished());
            QCOMPARE(other.readAllStandardError(), ""_ba);
            QVERIFY(isSound());

            TranscriptStore store(fileName());
            QSignalSpy trouble(&store, &TranscriptStore::trouble);
            const qint64 conversation = store.openConversation(server(i));
            const qint64 last = store.lastSeq(conversation);
            const QList<StoredEntry> rows = store.read(conversation, 1, static_cast<int>(last));
            QCOMPARE(rows.size(), last);
            for (const StoredEntry &row : rows)
                QCOMPARE(row.payload, numbered(row.seq));
            QCOMPARE(store.append(conversation, textEntry("and on"_ba)), last + 1);
            QCoreApplication::processEvents();
            QVERIFY2(trouble.isEmpty(), qPrintable(trouble.value(0).value(0).toString()));

            qint64 oldest = 0; // how old the oldest is that is not there
            for (const QByteArray &line : other.readAllStandardOutput().split('\n')) {
                const QList<QByteArray> words = line.split(' ');
                if (words.size() == 2 && words[0].toLongLong() > last && oldest == 0)
                    oldest = killedAt - words[1].toLongLong();
            }
            qInfo("killed after %lld entries: the last %lld ms are missing", last, oldest);
            missing += oldest;
        }
        QVERIFY(*std::max_element(missing.begin(), missing.end()) <= generous);
        QVERIFY(*std::min_element(missing.begin(), missing.end()) <= promised);
    }

    void twoWindowsShareAFile()
    {
        TranscriptStore one(fileName());
        TranscriptStore two(fileName());
        QSignalSpy troubleOfOne(&one, &TranscriptStore::trouble);
        QSignalSpy troubleOfTwo(&two, &TranscriptStore::trouble);
        const qint64 a = one.openConversation(u"ws://a"_s);
        const qint64 b = two.openConversation(u"ws://a"_s);
        QCOMPARE_NE(a, b); // each its own
        QProcess other;
        startOther(other, u"ws://a"_s, 3000, true);
        QList<Entry> expected;
        for (int i = 0; i < 300; ++i) {
            expected += textEntry(numbered(i));
            one.append(a, expected.last());
            two.append(b, expected.last());
            QCoreApplication::processEvents();
        }
        QVERIFY(other.waitForFinished());
        QCOMPARE(other.readAllStandardError(), ""_ba);
        one.flush();
        two.flush();
        QVERIFY(isSame(one, a, expected));
        QVERIFY(isSame(two, b, expected));
        QVERIFY(isSame(one, b, expected)); // one can read what the other holds
        QCOMPARE(one.lastSeq(b), expected.size());
        QCOMPARE(one.conversations().size(), 3);
        QCOMPARE(two.conversations().size(), 3);

        QVERIFY(!one.resumeConversation(b));
        QVERIFY(!one.removeConversation(b));
        two.append(b, textEntry("last words"_ba));
        two.closeConversation(b);
        QTRY_VERIFY(one.resumeConversation(b)); // when they are written
        QCOMPARE(one.payload(b, expected.size() + 1), "last words"_ba);
        QVERIFY(!two.resumeConversation(b));
        QVERIFY(one.removeConversation(b));
        QTRY_COMPARE(two.conversations().size(), 2);
        QCoreApplication::processEvents();
        QVERIFY2(troubleOfOne.isEmpty(), qPrintable(troubleOfOne.value(0).value(0).toString()));
        QVERIFY2(troubleOfTwo.isEmpty(), qPrintable(troubleOfTwo.value(0).value(0).toString()));
    }

    void manyWindowsMakeAFileTogether()
    {
        std::vector<std::unique_ptr<QProcess>> others;
        constexpr int windows = 4;
        for (int i = 0; i < windows; ++i) {
            others.push_back(std::make_unique<QProcess>());
            startOther(*others.back(), u"ws://a"_s, 100, true);
        }
        for (const auto &other : others) {
            QVERIFY(other->waitForFinished());
            QCOMPARE(other->readAllStandardError(), ""_ba);
        }
        TranscriptStore store(fileName());
        qint64 entries = 0;
        for (const ConversationInfo &info : store.conversations())
            entries += info.entries;
        QCOMPARE(entries, 100 * windows);
    }

private:
    void startOther(QProcess &process, const QString &server, int count, bool pours) const
    {
        process.start(QCoreApplication::applicationFilePath(),
                      {u"--append"_s, fileName(), server, QString::number(count),
                       QString::number(pours ? 1 : 0)});
    }

    /// Whether SQLite finds nothing wrong with the file.
    [[nodiscard]] bool isSound() const
    {
        QString result;
        {
            QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"test"_s);
            database.setDatabaseName(fileName());
            database.open();
            QSqlQuery query(database);
            if (query.exec(u"PRAGMA integrity_check"_s) && query.next())
                result = query.value(0).toString();
        }
        QSqlDatabase::removeDatabase(u"test"_s);
        return result == "ok"_L1;
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
    if (argc == 6 && QByteArrayView(argv[1]) == "--append"_ba) {
        const QCoreApplication application(argc, argv);
        return appendForEver(QString::fromUtf8(argv[2]), QString::fromUtf8(argv[3]),
                             QByteArray(argv[4]).toInt(), QByteArrayView(argv[5]) == "1"_ba);
    }
    return runTranscriptTest<tst_TranscriptStoreWindows>(argc, argv);
}

#include "tst_transcriptstore_windows.moc"
