// SPDX-License-Identifier: MIT
#include "conversationfile.h"
#include "transcript.h"
#include "transcripttesting.h"

#include <QBuffer>
#include <QClipboard>
#include <QGuiApplication>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

/// What a transcript puts into the clipboard.
class tst_TranscriptExport : public QObject
{
    Q_OBJECT

    static QString clipboard() { return QGuiApplication::clipboard()->text(); }

private Q_SLOTS:
    void rowsAreCopiedInEachFormat()
    {
        Transcript transcript;
        const QList<Entry> entries = unusualEntries();
        for (const Entry &entry : entries)
            transcript.append(entry);
        transcript.flush();

        // As JSON Lines nothing gets lost.
        QVERIFY(transcript.copyRows(1, entries.size(), Transcript::JsonLines));
        QByteArray json = clipboard().toUtf8();
        QBuffer buffer(&json);
        QVERIFY(buffer.open(QIODevice::ReadOnly));
        ConversationReader reader(buffer);
        for (const Entry &entry : entries) {
            const std::optional<Entry> read = reader.next();
            QVERIFY(read);
            QCOMPARE(read->payload, entry.payload);
            QCOMPARE(read->kind, entry.kind);
            QCOMPARE(read->direction, entry.direction);
        }
        QVERIFY(!reader.next());
        QCOMPARE(reader.error(), QString());
    }

    void wordsAndRows()
    {
        Transcript transcript;
        // Entries have their times in UTC; people have theirs where they are.
        const QDateTime time = QDateTime(QDate(2026, 11, 22), QTime(15, 4, 5, 678)).toUTC();
        transcript.append({Entry::Local, Entry::Opened, time, "socket open"_ba});
        transcript.append({Entry::Sent, Entry::Text, time, "<b>hello</b>"_ba});
        transcript.append({Entry::Received, Entry::Binary, time, "\x00\xff"_ba});
        transcript.append({Entry::Received, Entry::Text, time, QByteArray(100'000, 'x')});
        transcript.flush();
        QVERIFY(transcript.copyRows(2, 3, Transcript::Words));
        QCOMPARE(clipboard(), u"<b>hello</b>\n00 ff"_s);
        QVERIFY(transcript.copyRows(3, 1, Transcript::Rows));
        QCOMPARE(clipboard(),
                 u"2026-11-22 15:04:05.678 # socket open\n"
                 "2026-11-22 15:04:05.678 > <b>hello</b>\n"
                 "2026-11-22 15:04:05.678 < 00 ff"_s);
        // Whole, and not what the row shows of it.
        QVERIFY(transcript.copyRows(4, 4, Transcript::Words));
        QCOMPARE(clipboard().size(), 100'000);
    }

    void foldedRowsAreCopiedOneByOne()
    {
        Transcript transcript;
        for (int i = 0; i < 3; ++i)
            transcript.append(Entry::Received, Entry::Text, "tick"_ba);
        transcript.flush();
        QCOMPARE(transcript.count(), 1);
        QVERIFY(transcript.copyRows(3, 3, Transcript::Words));
        QCOMPARE(clipboard(), u"tick\ntick\ntick"_s);
    }

    void whatIsHiddenIsNotCopied()
    {
        Transcript transcript;
        for (const char *text : {"one", "two", "three", "four"})
            transcript.append(Entry::Received, Entry::Text, text);
        transcript.finder()->setText(u"o"_s);
        QTRY_VERIFY(!transcript.finder()->isSearching());
        QVERIFY(transcript.copyRows(1, 4, Transcript::Words));
        QCOMPARE(clipboard(), u"one\ntwo\nfour"_s);
        QVERIFY(transcript.copyRows(2, 3, Transcript::Words));
        QCOMPARE(clipboard(), u"two"_s);
        transcript.finder()->setHidesOthers(false);
        QVERIFY(transcript.copyRows(1, 4, Transcript::Words));
        QCOMPARE(clipboard(), u"one\ntwo\nthree\nfour"_s);
    }

    void tooMuchIsNotCopiedAndSaid()
    {
        Transcript transcript;
        for (int i = 0; i < 3; ++i)
            transcript.append(Entry::Received, Entry::Text, QByteArray(8 * 1024 * 1024, 'x'));
        QVERIFY(transcript.copyRows(1, 1, Transcript::Words));
        const QString before = clipboard();
        QVERIFY(!transcript.copyRows(1, 3, Transcript::Words));
        QVERIFY(transcript.notice().startsWith("Not copied"_L1));
        QCOMPARE(clipboard(), before);
    }
};

int main(int argc, char *argv[])
{
    qputenv("TZ", "Asia/Kolkata"); // where UTC would be noticed
    const QGuiApplication application(argc, argv);
    tst_TranscriptExport test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_transcriptexport.moc"
