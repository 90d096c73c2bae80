// SPDX-License-Identifier: MIT
#include "conversationfile.h"
#include "utf8.h"

#include <QBuffer>
#include <QFile>
#include <QRandomGenerator>
#include <QTemporaryFile>
#include <QTest>

#include <numeric>
#include <vector>

using namespace Qt::Literals::StringLiterals;

class tst_ConversationFile : public QObject
{
    Q_OBJECT

    static constexpr quint32 seed = 20261122;

    /// JSON that is written with ' for ".
    static QByteArray json(QByteArray text) { return text.replace('\'', '"'); }

    static QByteArray written(const std::vector<Entry> &entries)
    {
        QByteArray bytes;
        QBuffer buffer(&bytes);
        buffer.open(QIODevice::WriteOnly);
        ConversationWriter writer(buffer);
        if (!writer.writeHeader(QUrl(u"ws://localhost:3000"_s)))
            qFatal("the first line was not written");
        for (const Entry &entry : entries) {
            if (!writer.write(entry))
                qFatal("an entry was not written");
        }
        return bytes;
    }

    /// A conversation that is read from \a bytes, to its end or its error.
    struct Read
    {
        std::vector<Entry> entries;
        QUrl server;
        QString error;

        explicit Read(QByteArray bytes,
                      qint64 maxLineLength = ConversationReader::defaultMaxLineLength)
        {
            QBuffer buffer(&bytes);
            buffer.open(QIODevice::ReadOnly);
            ConversationReader reader(buffer, maxLineLength);
            while (const std::optional<Entry> entry = reader.next())
                entries.push_back(*entry);
            server = reader.server();
            error = reader.error();
        }
    };

    static Entry message(Entry::Direction direction, Entry::Kind kind, const QByteArray &payload)
    {
        Entry entry;
        entry.direction = direction;
        entry.kind = kind;
        entry.payload = payload;
        return entry;
    }

    static void compare(const Entry &actual, const Entry &expected)
    {
        QCOMPARE(actual.direction, expected.direction);
        QCOMPARE(actual.kind, expected.kind);
        QCOMPARE(actual.time, expected.time);
        QCOMPARE(actual.payload, expected.payload);
        QCOMPARE(actual.roundTrip, expected.roundTrip);
    }

private Q_SLOTS:
    void theFormat()
    {
        // Whoever changes these bytes changes what people have in their repositories.
        const QDateTime time =
            QDateTime::fromString(u"2026-11-22T16:04:05.120+01:00"_s, Qt::ISODateWithMs);
        Entry opened = message(Entry::Local, Entry::Opened, "socket open"_ba);
        opened.time = time;
        Entry answer = message(Entry::Received, Entry::Text, "\"hé\"\\\n\xe2\x80\xa8\x7f"_ba);
        answer.time = time.addMSecs(3);
        answer.roundTrip = 1234;
        const QByteArray bytes =
            written({opened, message(Entry::Sent, Entry::Binary, "\0\xff"_ba), answer,
                     message(Entry::Received, Entry::Text, "\xff"_ba)});
        const QByteArrayList lines{
            json("{'format':'awesome-chat-conversation','version':1,"
                 "'server':'ws://localhost:3000'}"_ba),
            json("{'time':'2026-11-22T15:04:05.120Z','direction':'local','kind':'opened',"
                 "'text':'socket open'}"_ba),
            json("{'direction':'sent','kind':'binary','base64':'AP8='}"_ba),
            json("{'time':'2026-11-22T15:04:05.123Z','direction':'received','kind':'text',"
                 "'text':'\\'hé\\'\\\\\\n\\u2028\\u007f','roundTrip':1234}"_ba),
            json("{'direction':'received','kind':'text','base64':'/w=='}"_ba),
        };
        QCOMPARE(bytes, lines.join('\n') + '\n');
        QCOMPARE(Read(bytes).server, QUrl(u"ws://localhost:3000"_s));
    }

    void noPasswordIsWritten()
    {
        QByteArray bytes;
        QBuffer buffer(&bytes);
        buffer.open(QIODevice::WriteOnly);
        QVERIFY(ConversationWriter(buffer).writeHeader(QUrl(u"wss://me:secret@example.org/a?b"_s)));
        QVERIFY(!bytes.contains("secret"));
        QCOMPARE(Read(bytes).server, QUrl(u"wss://example.org/a?b"_s));
    }

    void whatIsWrittenIsReadBack()
    {
        QByteArray everyByte(256, Qt::Uninitialized);
        std::iota(everyByte.begin(), everyByte.end(), '\0');
        QString everyUnit;
        for (char32_t c = 0; c < 0x10000; ++c) {
            if (!QChar::isSurrogate(c))
                everyUnit += QChar(char16_t(c));
        }
        std::vector<Entry> entries;
        for (const QByteArray &payload :
             {QByteArray(), "\0"_ba, everyByte, everyUnit.toUtf8(), "\xef\xbb\xbfmark"_ba,
              "\xf0\x9f\x98\x80"_ba, "\xf4\x8f\xbf\xbf"_ba, "\xed\xa0\x80"_ba, "{}\r\n"_ba}) {
            for (const auto direction : {Entry::Sent, Entry::Received, Entry::Local}) {
                entries.push_back(message(direction, Entry::Text, payload));
                entries.push_back(message(direction, Entry::Binary, payload));
            }
            for (const auto kind : {Entry::Opened, Entry::Closed, Entry::Failed})
                entries.push_back(message(Entry::Local, kind, payload));
        }

        QRandomGenerator random(seed);
        for (int i = 0; i < 2'000; ++i) {
            Entry entry;
            entry.direction = static_cast<Entry::Direction>(random.bounded(3));
            entry.kind =
                static_cast<Entry::Kind>(random.bounded(entry.direction == Entry::Local ? 5 : 2));
            if (random.bounded(4) > 0)
                entry.time =
                    QDateTime::fromMSecsSinceEpoch(random.bounded(qint64(4'102'444'800'000)));
            if (random.bounded(2) > 0)
                entry.roundTrip = random.bounded(qint64(1) << random.bounded(1, 60));
            QString text;
            for (int size = random.bounded(200); size > 0; --size) {
                const char32_t c =
                    static_cast<char32_t>(random.bounded(1,
                                                         random.bounded(2) > 0       ? 0x80
                                                             : random.bounded(2) > 0 ? 0x3000
                                                                                     : 0x110000));
                if (!QChar::isSurrogate(c))
                    text += QString::fromUcs4(&c, 1);
            }
            entry.payload = text.toUtf8();
            if (random.bounded(2) > 0) { // bytes of any kind
                for (char &c : entry.payload)
                    c = static_cast<char>(random.bounded(256));
            }
            entries.push_back(entry);
        }

        const QByteArray bytes = written(entries);
        const Read read(bytes);
        QCOMPARE(read.error, QString());
        QCOMPARE(read.entries.size(), entries.size());
        for (std::size_t i = 0; i < entries.size(); ++i) {
            compare(read.entries.at(i), entries.at(i));
            if (QTest::currentTestFailed())
                QFAIL(qPrintable(u"entry %1 of the seed %2"_s.arg(i).arg(seed)));
        }
        QCOMPARE(written(read.entries), bytes); // and once more, byte for byte
        QVERIFY(decodedUtf8(bytes));
    }

    void aLineIsOneLineToEverybody()
    {
        // Every character that some program takes for the end of a line; Python's splitlines()
        // knows the most.
        const QByteArray bytes = written({message(
            Entry::Sent, Entry::Text,
            u"\n\r\v\f\u001c\u001d\u001e\u0085\u2028\u2029\u202e\u2066\ufeff\u007f"_s.toUtf8())});
        const std::optional<QString> text = decodedUtf8(bytes);
        QVERIFY(text);
        QCOMPARE(text->count(u'\n'), 2);
        for (const QChar c : *text)
            QVERIFY(c == u'\n' || (c >= u' ' && c <= u'~'));
    }

    void writtenByHand()
    {
        const Read read(json("\xef\xbb\xbf  { 'text' : 'hello', 'direction': 'sent' }\r\n"
                             "\n"
                             "{'direction':'received','base64':'aGk='}\n"
                             "{'direction':'sent','kind':'binary','text':'hi','mood':[1]}\n"
                             "{'direction':'local','kind':'opened'}\n"
                             "{'direction':'sent','text':'\\u0000\\ud83d\\ude00',"
                             "'time':'2026-11-22T15:04:05+01:00'}"_ba)); // without its end
        QCOMPARE(read.error, QString());
        QCOMPARE(read.server, QUrl());
        QCOMPARE(read.entries.size(), 5U);
        compare(read.entries.at(0), message(Entry::Sent, Entry::Text, "hello"_ba));
        compare(read.entries.at(1), message(Entry::Received, Entry::Binary, "hi"_ba));
        compare(read.entries.at(2), message(Entry::Sent, Entry::Binary, "hi"_ba));
        compare(read.entries.at(3), message(Entry::Local, Entry::Opened, {}));
        Entry last = message(Entry::Sent, Entry::Text, "\0\xf0\x9f\x98\x80"_ba);
        last.time = QDateTime(QDate(2026, 11, 22), QTime(14, 4, 5), Qt::UTC);
        compare(read.entries.at(4), last);
    }

    void errors_data()
    {
        QTest::addColumn<QByteArray>("line"); // the second one
        QTest::addColumn<QString>("error"); // a part of it

        QTest::newRow("no JSON") << "hello"_ba << u"not JSON"_s;
        QTest::newRow("half a line") << json("{'direction':'sent','te"_ba) << u"not JSON"_s;
        QTest::newRow("not UTF-8") << json("{'direction':'sent','text':'\xff'}"_ba) << u"UTF"_s;
        QTest::newRow("no object") << "[]"_ba << u"object"_s;
        QTest::newRow("two objects") << "{}{}"_ba << u"not JSON"_s;
        QTest::newRow("empty") << "{}"_ba << u"known are sent, received, local"_s;
        QTest::newRow("direction") << json("{'direction':'up','text':''}"_ba) << u"“up”"_s;
        QTest::newRow("no name") << json("{'direction':1,'text':''}"_ba) << u"“1”"_s;
        QTest::newRow("kind") << json("{'direction':'sent','kind':'ping','text':''}"_ba)
                              << u"“ping”; known are text, binary, opened, closed, failed"_s;
        QTest::newRow("status") << json("{'direction':'sent','kind':'closed','text':''}"_ba)
                                << u"text or binary"_s;
        QTest::newRow("nothing") << json("{'direction':'sent'}"_ba) << u"neither"_s;
        QTest::newRow("both") << json("{'direction':'sent','text':'','base64':''}"_ba) << u"both"_s;
        QTest::newRow("number") << json("{'direction':'sent','text':1}"_ba) << u"no string"_s;
        QTest::newRow("base64") << json("{'direction':'sent','base64':'a!'}"_ba) << u"Base64"_s;
        QTest::newRow("surrogate") << json("{'direction':'sent','text':'\\ud800'}"_ba) << u"half"_s;
        QTest::newRow("time") << json("{'direction':'sent','text':'','time':'noon'}"_ba)
                              << u"time"_s;
        QTest::newRow("round trip")
            << json("{'direction':'sent','text':'','roundTrip':1.5}"_ba) << u"roundTrip"_s;
        QTest::newRow("negative") << json("{'direction':'sent','text':'','roundTrip':-1}"_ba)
                                  << u"roundTrip"_s;
        QTest::newRow("second header")
            << json("{'format':'awesome-chat-conversation','version':1}"_ba) << u"direction"_s;
        QTest::newRow("deep") << QByteArray(5'000, '[') << u"not JSON"_s;
        QTest::newRow("long") << json("{'direction':'sent','text':'"_ba) + QByteArray(9'000, 'x')
                + "\"}" << u"9000"_s;
    }

    void errors()
    {
        QFETCH(QByteArray, line);
        QFETCH(QString, error);

        const QByteArray good = json("{'direction':'sent','text':'good'}"_ba) + '\n';
        const Read read(good + line + '\n' + good, 9'000);
        QCOMPARE(read.entries.size(), 1U); // and nothing after the error
        QVERIFY2(read.error.startsWith("Line 2 "_L1), qPrintable(read.error));
        QVERIFY2(read.error.contains(error), qPrintable(read.error));
        QVERIFY(read.error.endsWith(u'.'));
    }

    void headers_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("error"); // a part of it

        QTest::newRow("format") << json("{'format':'har','version':1}"_ba) << u"“har”"_s;
        QTest::newRow("newer") << json("{'format':'awesome-chat-conversation','version':2}"_ba)
                               << u"newer Awesome Chat"_s;
        QTest::newRow("no version")
            << json("{'format':'awesome-chat-conversation'}"_ba) << u"version"_s;
    }

    void headers()
    {
        QFETCH(QByteArray, line);
        QFETCH(QString, error);

        const Read read(line + '\n' + json("{'direction':'sent','text':'good'}"_ba));
        QCOMPARE(read.entries.size(), 0U);
        QVERIFY2(read.error.startsWith("Line 1 "_L1), qPrintable(read.error));
        QVERIFY2(read.error.contains(error), qPrintable(read.error));
    }

    void aLineMayBeLong()
    {
        // The worst that a message can become: six bytes for each.
        const std::vector<Entry> entries{
            message(Entry::Sent, Entry::Text, QByteArray(2 * 1024 * 1024, '\x01')),
            message(Entry::Received, Entry::Text, "after it"_ba)};
        const Read read(written(entries));
        QCOMPARE(read.error, QString());
        QCOMPARE(read.entries.size(), 2U);
        QVERIFY(read.entries.at(0).payload == entries.at(0).payload);
        compare(read.entries.at(1), entries.at(1));
    }

    void anEntryCanBeFoundAgain()
    {
        std::vector<Entry> entries;
        for (int i = 0; i < 100; ++i)
            entries.push_back(message(Entry::Sent, Entry::Text, QByteArray::number(i)));
        QTemporaryFile file;
        QVERIFY(file.open());
        file.write(written(entries));
        file.seek(0);
        ConversationReader reader(file);
        std::vector<qint64> positions;
        while (reader.next())
            positions.push_back(reader.position());
        QCOMPARE(positions.size(), entries.size());
        for (const int i : {99, 0, 50}) {
            reader.seek(positions.at(static_cast<std::size_t>(i)), i + 2);
            const std::optional<Entry> entry = reader.next();
            QVERIFY(entry);
            QCOMPARE(entry->payload, QByteArray::number(i));
            QCOMPARE(reader.line(), i + 2);
        }
    }

    void aFullDisk()
    {
        QFile full(u"/dev/full"_s);
        QVERIFY(full.open(QIODevice::WriteOnly | QIODevice::Unbuffered));
        ConversationWriter writer(full);
        QVERIFY(!writer.write(message(Entry::Sent, Entry::Text, "hello"_ba)));
        QVERIFY2(writer.error().contains("No space left"_L1), qPrintable(writer.error()));
    }
};

QTEST_GUILESS_MAIN(tst_ConversationFile)
#include "tst_conversationfile.moc"
