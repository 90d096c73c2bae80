// SPDX-License-Identifier: MIT
#include "transcripttesting.h"

#include <QProcess>
#include <QRandomGenerator>
#include <QSqlDatabase>
#include <QSqlQuery>

using namespace Qt::Literals::StringLiterals;

/// That searching finds all that is there and nothing else, the newest first, and soon; whether it
/// is in memory, on the disk, or in the index.
class tst_TranscriptStoreSearch : public QObject
{
    Q_OBJECT

    struct Result
    {
        QList<qint64> seqs;
        double firstAfter = -1; // ms
        double allAfter = -1;
        qint64 total = -1;
    };

    static Result search(TranscriptStore &store, qint64 conversation, const TranscriptQuery &query)
    {
        static int ticket = 0;
        ++ticket;
        Result result;
        QElapsedTimer timer;
        const auto elapsed = [&timer] { return static_cast<double>(timer.nsecsElapsed()) / 1e6; };
        QObject context;
        connect(&store, &TranscriptStore::found, &context, [&](int of, const QList<qint64> &seqs) {
            QCOMPARE(of, ticket);
            QVERIFY(!seqs.isEmpty());
            if (result.seqs.isEmpty())
                result.firstAfter = elapsed();
            result.seqs += seqs;
        });
        QSignalSpy finished(&store, &TranscriptStore::searchFinished);
        timer.start();
        store.search(ticket, conversation, query);
        if (!finished.wait(30'000))
            return result;
        result.allAfter = elapsed();
        if (finished[0][0].toInt() == ticket)
            result.total = finished[0][1].toLongLong();
        return result;
    }

    /// The numbers of those of \a entries that a query is to find.
    static QList<qint64> expected(const QList<Entry> &entries, const TranscriptQuery &query)
    {
        QList<qint64> result;
        for (qsizetype i = entries.size() - 1; i >= 0; --i) {
            const Entry &entry = entries[i];
            if (QString::fromUtf8(entry.payload).contains(query.text, Qt::CaseInsensitive)
                && (query.directions.isEmpty() || query.directions.contains(entry.direction))
                && (query.kinds.isEmpty() || query.kinds.contains(entry.kind)))
                result += i + 1;
        }
        return result;
    }

    /// How many entries of the file are not in the index yet.
    static qint64 notIndexed(const QString &fileName)
    {
        qint64 result = -1;
        {
            QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"test"_s);
            database.setDatabaseName(fileName);
            database.open();
            QSqlQuery query(database);
            query.exec(u"SELECT sum(last - indexed) + min(stale, 1) FROM conversations, upkeep"_s);
            if (query.next())
                result = query.value(0).toLongLong();
        }
        QSqlDatabase::removeDatabase(u"test"_s);
        return result;
    }

    /// Characters that fold, join, end or steer something somewhere, in few enough kinds that
    /// texts of them are found in each other.
    static QString unusualText(QRandomGenerator &random, int maxLength)
    {
        static const QList<char32_t> characters = {
            U'a',          U'A',          U'b',          U' ',      U'"',      U'\'',     U'*',
            U'%',          U'_',          U'\\',         U'(',      U'-',      U'\n',     U'\0',
            U'\1',         U's',          U'S',          U'\u017f', U'k',      U'\u212a', U'\u00df',
            U'\u1e9e',     U'i',          U'I',          U'\u0130', U'\u0131', U'\u00e9', U'\u00c9',
            U'e',          U'\u0301',     U'\u03c3',     U'\u03c2', U'\u03a3', U'\u4f60', U'\u597d',
            U'\U0001f600', U'\U00010400', U'\U00010428', U'\ufffd', U'\u200d', U'\u202e', U'\uffff',
            U'\u1c80',     U'\u13a0',     U'\uab70',     U'\u10d0', U'\u1c90'};
        std::u32string result;
        for (int length = random.bounded(maxLength + 1); length > 0; --length)
            result += characters[random.bounded(static_cast<int>(characters.size()))];
        return QString::fromStdU32String(result);
    }

private Q_SLOTS:
    void init()
    {
        QVERIFY(m_folder.isValid());
        ++m_number;
    }

    void everyTextIsFound_data()
    {
        QTest::addColumn<bool>("onDisk");
        QTest::addRow("on the disk") << true;
        QTest::addRow("in memory") << false;
    }
    void everyTextIsFound()
    {
        QFETCH(bool, onDisk);
        QRandomGenerator random(4711);
        QList<Entry> entries;
        for (int i = 0; i < 1000; ++i) {
            Entry entry = textEntry(unusualText(random, 40).toUtf8());
            entry.direction = static_cast<Entry::Direction>(random.bounded(3));
            entry.kind = static_cast<Entry::Kind>(random.bounded(5));
            if (entry.kind == Entry::Binary) // and what is no UTF-8
                entry.payload.insert(random.bounded(entry.payload.size() + 1), "\xe2\x82"_ba);
            entries += entry;
        }
        QList<TranscriptQuery> queries = {
            {},
            {u"aaa"_s, {}, {}},
            {{}, {Entry::Sent}, {}},
            {{}, {}, {Entry::Opened, Entry::Closed}},
            {{}, {Entry::Local, Entry::Received}, {Entry::Text}},
            {u"nowhere to be found"_s, {}, {}},
        };
        for (int i = 0; i < 60; ++i) {
            // A text that is somewhere in another case, or one that may be.
            const Entry &entry = entries[random.bounded(entries.size())];
            const QString text = QString::fromUtf8(entry.payload);
            QString part = text.mid(random.bounded(text.size() + 1), 1 + random.bounded(8));
            if (part.isEmpty() || part.front().isLowSurrogate() || part.back().isHighSurrogate())
                part = unusualText(random, 3);
            queries += {i % 2 ? part.toUpper() : part.toLower(), {}, {}};
            if (i % 3 == 0)
                queries.last().directions = {entry.direction};
            if (i % 5 == 0)
                queries.last().kinds = {entry.kind, Entry::Text};
        }

        TranscriptStore store(onDisk ? fileName() : QString());
        QSignalSpy trouble(&store, &TranscriptStore::trouble);
        const qint64 other = store.openConversation(u"ws://b"_s);
        const qint64 conversation = store.openConversation(u"ws://a"_s);
        for (const Entry &entry : std::as_const(entries)) {
            store.append(conversation, entry);
            store.append(other, textEntry("aaabbb"_ba));
        }
        const auto check = [&](const char *when) {
            qint64 hits = 0;
            for (const TranscriptQuery &query : std::as_const(queries)) {
                const Result result = search(store, conversation, query);
                const QList<qint64> seqs = expected(entries, query);
                QVERIFY2(result.seqs == seqs,
                         qPrintable(u"%1: “%2”: %3 found instead of %4"_s
                                        .arg(QLatin1StringView(when),
                                             QLatin1StringView(query.text.toUtf8().toHex(' ')))
                                        .arg(result.seqs.size())
                                        .arg(seqs.size())));
                QCOMPARE(result.total, seqs.size());
                hits += result.total;
            }
            qInfo("%s: %lld searches, %lld hits", when, queries.size(), hits);
        };
        check("just appended");
        if (onDisk) {
            store.flush();
            check("just written");
            QTRY_COMPARE_WITH_TIMEOUT(notIndexed(fileName()), 0, 20'000);
            check("in the index");
        }
        for (int i = 0; i < 100; ++i) {
            entries += entries[i];
            store.append(conversation, entries[i]);
        }
        check("some of each");
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble.value(0).value(0).toString()));
    }

    void whatOneTypesIsTextAndNothingElse()
    {
        // Each is found where it is and nowhere else, though SQL, FTS5 or a pattern would take it
        // for something else, and though the index has nothing shorter than three letters.
        const QStringList texts = {u"\""_s,     u"''"_s,
                                   u"\"x\""_s,  u"a OR b"_s,
                                   u"AND"_s,    u"NOT c"_s,
                                   u"NEAR(d"_s, u"text:e"_s,
                                   u"^f"_s,     u"g*"_s,
                                   u"*"_s,      u"%"_s,
                                   u"_"_s,      u"[h-i]"_s,
                                   u"\\"_s,     u"-- j"_s,
                                   u"; k"_s,    u"(l"_s,
                                   u"你好"_s,   u"世"_s,
                                   u"😀"_s,      u"👩‍👩‍👧"_s,
                                   u"q"_s,      u"zz"_s,
                                   u"éa"_s,     u"שלום"_s,
                                   u" "_s,      u"\n"_s};
        TranscriptStore store(fileName());
        QSignalSpy trouble(&store, &TranscriptStore::trouble);
        const qint64 conversation = store.openConversation(u"ws://a"_s);
        QList<Entry> entries;
        for (const QString &text : texts) {
            entries += textEntry((u"<<"_s + text + u">>"_s).toUtf8());
            store.append(conversation, entries.last());
        }
        for (const char *when : {"just appended", "in the index"}) {
            for (const QString &text : texts) {
                const TranscriptQuery query = {text, {}, {}};
                const QList<qint64> seqs = expected(entries, query);
                QVERIFY(seqs.contains(texts.indexOf(text) + 1));
                QVERIFY2(search(store, conversation, query).seqs == seqs,
                         qPrintable(u"%1: “%2”"_s.arg(QLatin1StringView(when), text)));
            }
            store.flush();
            QTRY_COMPARE_WITH_TIMEOUT(notIndexed(fileName()), 0, 20'000);
        }
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble.value(0).value(0).toString()));
    }

    void longPayloadsAreSearchedToTheirEnd_data() { everyTextIsFound_data(); }
    void longPayloadsAreSearchedToTheirEnd()
    {
        QFETCH(bool, onDisk);
        TranscriptStore store(onDisk ? fileName() : QString());
        const qint64 conversation = store.openConversation(u"ws://a"_s);
        // Across each border that there may be inside: within ö, within the emoji, within the last.
        const QByteArray needle = "Größe 😀 ſ"_ba;
        QList<Entry> entries;
        for (const qsizetype border : {16 * 1024, 1024 * 1024, 16 * 1024 + 1024 * 1024}) {
            for (const int before : {3, 10, 14}) {
                QByteArray payload(border - before, 'x');
                payload += needle + QByteArray(20, 'y');
                entries += textEntry(payload);
            }
        }
        entries += textEntry(QByteArray(16 * 1024 - 1, 'x') + "é"_ba.repeated(20)); // no U+FFFD
        for (const Entry &entry : std::as_const(entries))
            store.append(conversation, entry);
        for (const QString &text :
             {u"grÖße 😀 s"_s, u"GRÖSSE"_s, u"😀"_s, u"éy"_s, u"\ufffd"_s, u"xé"_s}) {
            const TranscriptQuery query = {text, {}, {}};
            QCOMPARE(search(store, conversation, query).seqs, expected(entries, query));
        }
        store.flush();
        if (onDisk) {
            const TranscriptQuery query = {u"GRÖßE 😀 S"_s, {}, {}};
            QCOMPARE(search(store, conversation, query).seqs, expected(entries, query));
            QCOMPARE(search(store, conversation, {u"\ufffd"_s, {}, {}}).seqs, QList<qint64>());
        }
    }

    void aNewSearchEndsTheOneBefore()
    {
        TranscriptStore store(fileName());
        const qint64 conversation = store.openConversation(u"ws://a"_s);
        for (int i = 0; i < 20'000; ++i)
            store.append(conversation, textEntry("hello "_ba + QByteArray::number(i)));
        store.flush();
        QSignalSpy found(&store, &TranscriptStore::found);
        QSignalSpy finished(&store, &TranscriptStore::searchFinished);
        store.search(1, conversation, {u"h"_s, {}, {}});
        QVERIFY(found.wait()); // it is well under way
        found.clear();
        for (int ticket = 2; ticket < 10; ++ticket)
            store.search(ticket, conversation, {u"hello"_s, {}, {}});
        store.search(10, conversation, {u"hello 77"_s, {}, {}});
        QVERIFY(finished.wait());
        QCOMPARE(finished.count(), 1);
        QCOMPARE(finished[0][0].toInt(), 10);
        QCOMPARE(finished[0][1].toInt(), 111);
        for (const QList<QVariant> &arguments : std::as_const(found))
            QCOMPARE(arguments[0].toInt(), 10);
        store.search(11, conversation, {u"h"_s, {}, {}});
        store.cancelSearch();
        found.clear();
        store.search(12, conversation, {u"no such"_s, {}, {}});
        QVERIFY(finished.wait());
        QCOMPARE(finished[1][0].toInt(), 12);
        QVERIFY(found.isEmpty());
    }

    void whatIsAppendedLaterIsLeftToTheMatcher()
    {
        TranscriptStore store(fileName());
        const qint64 conversation = store.openConversation(u"ws://a"_s);
        constexpr int there = 5000;
        const auto append = [&](int count) {
            for (int i = 0; i < count; ++i)
                store.append(conversation, textEntry("hello"_ba));
        };
        append(there);
        store.flush();
        append(there); // half of them not yet on the disk
        const TranscriptQuery query = {u"HELL"_s, {Entry::Received}, {Entry::Text}};
        QList<qint64> seqs;
        connect(&store, &TranscriptStore::found, this, [&](int, const QList<qint64> &some) {
            seqs += some;
            append(100); // while it searches
        });
        QSignalSpy finished(&store, &TranscriptStore::searchFinished);
        store.search(1, conversation, query);
        append(100);
        QTRY_COMPARE(finished.count(), 1);
        QCOMPARE(finished[0][1].toInt(), 2 * there);
        QCOMPARE(seqs.size(), 2 * there);
        for (int i = 0; i < seqs.size(); ++i)
            QCOMPARE(seqs[i], 2 * there - i);
        store.disconnect(this);
        const EntryMatcher matcher(query);
        Entry entry = textEntry("hello again"_ba);
        QVERIFY(matcher.matches(entry));
        entry.direction = Entry::Sent;
        QVERIFY(!matcher.matches(entry));
    }

    void whatWasRemovedLeavesTheIndex()
    {
        TranscriptStore store(fileName());
        const qint64 a = store.openConversation(u"ws://a"_s);
        const qint64 b = store.openConversation(u"ws://b"_s);
        for (int i = 0; i < 2000; ++i) {
            store.append(a, textEntry("secret word "_ba + QByteArray::number(i)));
            store.append(b, textEntry("other word "_ba + QByteArray::number(i)));
        }
        store.flush();
        QTRY_COMPARE_WITH_TIMEOUT(notIndexed(fileName()), 0, 20'000);
        const auto count = [&](const QString &text) {
            return search(store, b, {text, {}, {}}).total;
        };
        QCOMPARE(count(u"word"_s), 2000);
        QVERIFY(occurrences("secret"_ba) >= 2000);
        QVERIFY(store.removeConversation(a));
        QCOMPARE(count(u"word 29"_s), 11); // in between
        // Where SQLite has moved rows within a page, it leaves some of the old bytes behind.
        QTRY_VERIFY_WITH_TIMEOUT(notIndexed(fileName()) == 0 && occurrences("secret"_ba) < 30,
                                 20'000);
        QCOMPARE(count(u"word 29"_s), 11);
        QCOMPARE(search(store, a, {u"secret"_s, {}, {}}).total, 0);
    }

    void hitsComeSoon()
    {
        constexpr int rows = 20'000;
        TranscriptStore store(fileName());
        const qint64 conversation = store.openConversation(u"ws://a"_s);
        for (int i = 0; i < rows; ++i)
            store.append(conversation, textEntry(numbered(i)));
        store.flush();
        const auto measure = [&](const char *what, const TranscriptQuery &query, qint64 total) {
            const Result result = search(store, conversation, query);
            qInfo("%d rows of 100 B, %s: first hits after %.1f ms, all %lld after %.1f ms", rows,
                  what, result.firstAfter, result.total, result.allAfter);
            QCOMPARE(result.total, total);
            QVERIFY2(result.firstAfter < 1000, "the first hits came late");
        };
        measure("the oldest, not in the index yet", {u"00000000X"_s, {}, {}}, 1);
        QTRY_COMPARE_WITH_TIMEOUT(notIndexed(fileName()), 0, 20'000);
        measure("the oldest", {u"00000000X"_s, {}, {}}, 1);
        measure("every row", {u"xxx"_s, {}, {}}, rows);
        measure("two digits at the end", {u"77X"_s, {}, {}}, rows / 100);
        measure("two letters", {u"7x"_s, {}, {}}, rows / 10);
        measure("a direction and a kind", {{}, {Entry::Received}, {Entry::Text}}, rows);
        measure("nothing", {u"00000000Y"_s, {}, {}}, 0);
    }

private:
    [[nodiscard]] QString fileName() const
    {
        return m_folder.filePath(u"%1.sqlite"_s.arg(m_number));
    }

    /// How often these bytes are in the file and in its log.
    [[nodiscard]] qsizetype occurrences(const QByteArray &bytes) const
    {
        qsizetype result = 0;
        for (const auto suffix : {""_L1, "-wal"_L1}) {
            // Another process: closing the file here would take away the locks SQLite holds on it.
            QProcess cat;
            cat.start(u"cat"_s, {fileName() + suffix});
            cat.waitForFinished();
            result += cat.readAllStandardOutput().count(bytes);
        }
        return result;
    }

    QTemporaryDir m_folder;
    int m_number = 0;
};

int main(int argc, char *argv[])
{
    return runTranscriptTest<tst_TranscriptStoreSearch>(argc, argv);
}

#include "tst_transcriptstore_search.moc"
