// SPDX-License-Identifier: MIT
#include "recall.h"

#include "websocket.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

/// What was sent before comes back with Up and Down.
class tst_Recall : public QObject
{
    Q_OBJECT

    /// A line in which a person goes up and down.
    struct Line
    {
        explicit Line(const QString &file = {})
            : store(file)
        {
            transcript.setServer(u"ws://a"_s);
            transcript.setStore(&store);
            recall.setTranscript(&transcript);
            recall.setOutbox(&outbox);
            QObject::connect(&recall, &Recall::recalled, &recall, [this](const QString &recalled) {
                text = recalled;
                ++count;
            });
        }
        void say(Entry::Direction direction, const QByteArray &payload,
                 Entry::Kind kind = Entry::Text)
        {
            transcript.append(direction, kind, payload);
        }
        void send(const QByteArray &payload)
        {
            say(Entry::Sent, payload);
            say(Entry::Received, payload);
        }
        /// Goes up, and waits for what is there.
        bool up()
        {
            const int before = count;
            recall.older(text);
            return QTest::qWaitFor([&] { return count > before; }, 10'000);
        }
        void down() { recall.newer(text); }
        /// Goes up and finds nothing more.
        bool isAtEnd()
        {
            const int before = count;
            recall.older(text);
            return QTest::qWaitFor([&] { return !recall.isSearching(); }) && count == before;
        }

        TranscriptStore store;
        Transcript transcript;
        Outbox outbox;
        Recall recall;
        QString text;
        int count = 0;
    };

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".?"_s)); }

    void upAndDown()
    {
        Line line;
        line.say(Entry::Local, "socket open", Entry::Opened);
        line.send("one");
        line.send("two\nlines \r\n"); // exactly
        line.text = u"being typed"_s;
        QVERIFY(line.up());
        QCOMPARE(line.text, u"two\nlines \r\n"_s);
        QVERIFY(line.up());
        QCOMPARE(line.text, u"one"_s);
        QVERIFY(line.isAtEnd());
        line.down();
        QCOMPARE(line.text, u"two\nlines \r\n"_s);
        line.down();
        QCOMPARE(line.text, u"being typed"_s);
        line.down();
        QCOMPARE(line.count, 4);
    }

    void nothingWasSent()
    {
        Line line;
        line.say(Entry::Received, "hello");
        QVERIFY(line.isAtEnd());
        line.down();
        QCOMPARE(line.count, 0);
    }

    void onlyTextsThatWereSentAndFit()
    {
        Line line;
        line.recall.setMaximumLength(5);
        line.send("four");
        line.say(Entry::Sent, "bytes", Entry::Binary);
        line.send("sixsix");
        line.send(QByteArray(1'000'000, 'x'));
        line.send("");
        line.send("€€€€€"); // 15 bytes
        QVERIFY(line.up());
        QCOMPARE(line.text, u"€€€€€"_s);
        QVERIFY(line.up());
        QCOMPARE(line.text, u"four"_s);
        QVERIFY(line.isAtEnd());
    }

    void equalNeighboursAreOne()
    {
        Line line;
        line.send("a");
        for (int i = 0; i < 3 * Recall::pageSize; ++i)
            line.send("b");
        line.send("a");
        line.send("a");
        for (const auto &text : {u"a"_s, u"b"_s, u"a"_s}) {
            QVERIFY(line.up());
            QCOMPARE(line.text, text);
        }
        QVERIFY(line.isAtEnd());
    }

    void whatIsChangedIsRememberedWhileOneWalks()
    {
        Line line;
        line.send("one");
        line.send("two");
        line.text = u"typed"_s;
        QVERIFY(line.up());
        line.text = u"two, changed"_s;
        QVERIFY(line.up());
        QCOMPARE(line.text, u"one"_s);
        line.text = u"one, changed"_s;
        line.down();
        QCOMPARE(line.text, u"two, changed"_s);
        line.down();
        QCOMPARE(line.text, u"typed"_s);
        line.text = u"typed on"_s;
        QVERIFY(line.up());
        QVERIFY(line.up());
        QCOMPARE(line.text, u"one, changed"_s);
        line.down();
        line.down();
        QCOMPARE(line.text, u"typed on"_s);

        // Then one of them is sent, and all is as it was sent.
        line.recall.reset();
        line.send("one, changed");
        line.text.clear();
        for (const auto &text : {u"one, changed"_s, u"two"_s, u"one"_s}) {
            QVERIFY(line.up());
            QCOMPARE(line.text, text);
        }
    }

    void whatWaitsIsTheNewest()
    {
        Line line;
        line.send("sent");
        QVERIFY(line.outbox.append(u"waits"_s));
        QVERIFY(line.outbox.appendBinary("\x01"_ba));
        QVERIFY(line.outbox.append(u"waits too"_s));
        for (const auto &text : {u"waits too"_s, u"waits"_s, u"sent"_s}) {
            QVERIFY(line.up());
            QCOMPARE(line.text, text);
        }
    }

    void itIsKeptAcrossRestarts()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"transcripts.sqlite"_s);
        {
            Line line(file);
            line.send("from before\u00a0");
            line.transcript.setServer(u"ws://b"_s);
            line.send("another server's");
        }
        Line line(file);
        line.send("now");
        QVERIFY(line.up());
        QCOMPARE(line.text, u"now"_s);
        QVERIFY(line.up());
        QCOMPARE(line.text, u"from before\u00a0"_s);
        QVERIFY(line.isAtEnd());
        line.transcript.setServer(u"ws://b"_s);
        line.text.clear();
        QVERIFY(line.up());
        QCOMPARE(line.text, u"another server's"_s);
    }

    void manyRowsDoNotStop_data()
    {
        QTest::addColumn<bool>("isOnDisk");
        QTest::newRow("in memory") << false;
        QTest::newRow("on the disk") << true;
    }

    void manyRowsDoNotStop()
    {
        QFETCH(const bool, isOnDisk);
        constexpr int rows = 200'000;
        const QTemporaryDir folder;
        Line line(isOnDisk ? folder.filePath(u"transcripts.sqlite"_s) : QString());
        line.send("long ago");
        const qint64 conversation = line.transcript.conversation();
        Entry entry;
        entry.direction = Entry::Received;
        entry.time = QDateTime::currentDateTimeUtc();
        entry.payload = QByteArray(100, 'x');
        for (int i = 0; i < rows; ++i)
            line.store.append(conversation, entry);
        line.store.flush();
        // Somebody looks for something else meanwhile.
        QSignalSpy finished(&line.store, &TranscriptStore::searchFinished);
        const int ticket = line.store.newTicket();
        line.store.search(ticket, conversation, {u"ago"_s, {}, {}});
        QElapsedTimer timer;
        timer.start();
        line.recall.older({});
        QVERIFY(timer.elapsed() < 100);
        QTRY_COMPARE(line.text, u"long ago"_s);
        qInfo("found after %lld ms", timer.elapsed());
        QTRY_VERIFY(std::any_of(finished.cbegin(), finished.cend(), [&](const QVariantList &one) {
            return one.at(0).toInt() == ticket && one.at(1).toInt() == 2;
        }));
    }
};

QTEST_MAIN(tst_Recall)
#include "tst_recall.moc"
