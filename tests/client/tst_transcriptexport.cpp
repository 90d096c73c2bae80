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

    void everyByteOfATextIsSentAgain()
    {
        Transcript transcript;
        for (const QByteArray &payload : {"\xef\xbb\xbf"
                                          "bom"_ba,
                                          "\xef\xbb\xbf\xef\xbb\xbf"_ba, " a\r\n\0b "_ba}) {
            transcript.append(Entry::Received, Entry::Text, payload);
            const int seq = transcript.entryCount();
            QCOMPARE(transcript.textOf(seq).toUtf8(), payload);
            QVERIFY(transcript.copyRows(seq, seq, Transcript::Words));
            QCOMPARE(clipboard().toUtf8(), payload);
        }
    }

    void aMessageIsComparedWithOneOfItsShape()
    {
        Transcript transcript;
        for (const char *text : {"{\"tick\":1}", "{\"user\":1,\"name\":2}", "words", "more words",
                                 "{\"name\":5,\"user\":6}", "{\"tick\":2}", "{\"tick\":2}"})
            transcript.append(Entry::Received, Entry::Text, text);
        transcript.append(Entry::Sent, Entry::Text, "{\"tick\":3}"_ba);
        transcript.flush();
        QCOMPARE(transcript.previousPayloadOf(1), QByteArray());
        QCOMPARE(transcript.previousPayloadOf(4), "words"_ba);
        QCOMPARE(transcript.previousPayloadOf(5), "{\"user\":1,\"name\":2}"_ba);
        QCOMPARE(transcript.previousPayloadOf(7), "{\"tick\":1}"_ba); // not one that is equal
        QCOMPARE(transcript.previousPayloadOf(8), QByteArray());
    }

    void whatIsGoneIsNotSaved()
    {
        Transcript transcript;
        transcript.append(Entry::Received, Entry::Text, "x"_ba);
        QVERIFY(transcript.savePayload(7).startsWith("Not saved"_L1));
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
