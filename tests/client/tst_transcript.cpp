// SPDX-License-Identifier: MIT
#include "peers.h"
#include "transcript.h"
#include "transcriptstore.h"
#include "transcripttesting.h"
#include "websocket.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

class tst_Transcript : public QObject
{
    Q_OBJECT

    /// The rows as one would read them, the oldest first.
    static QStringList rows(const Transcript &transcript)
    {
        QStringList result;
        for (int row = transcript.rowCount() - 1; row >= 0; --row) {
            const QModelIndex index = transcript.index(row);
            result += index.data(Transcript::PrefixRole).toString() + u' '
                + index.data(Transcript::TextRole).toString();
        }
        return result;
    }

private Q_SLOTS:
    void anEntryHasItsRoles()
    {
        Transcript transcript;
        const QAbstractItemModelTester tester(&transcript);
        const QDateTime before = QDateTime::currentDateTime();
        const QByteArray payload("\x00\xff", 2);
        transcript.append(Entry::Received, Entry::Binary, payload);
        const QModelIndex index = transcript.index(0);
        QCOMPARE(index.data(Transcript::DirectionRole).value<Entry::Direction>(), Entry::Received);
        QCOMPARE(index.data(Transcript::KindRole).value<Entry::Kind>(), Entry::Binary);
        QCOMPARE(index.data(Transcript::PayloadRole).toByteArray(), payload);
        QCOMPARE(index.data(Transcript::PrefixRole).toString(), u"<"_s);
        QCOMPARE(index.data(Transcript::TextRole).toString(), u"00 ff"_s);
        QCOMPARE(index.data(Transcript::CutRole).toBool(), false);
        QCOMPARE(index.data(Transcript::SizeRole).toInt(), 2);
        const QDateTime time = index.data(Transcript::TimeRole).toDateTime();
        QVERIFY(time >= before && time <= QDateTime::currentDateTime());
        QCOMPARE(transcript.roleNames().value(Transcript::PayloadRole), "payload"_ba);
        QVERIFY(!transcript.index(1).isValid());
    }

    void theNewestIsFirst()
    {
        Transcript transcript;
        const QAbstractItemModelTester tester(&transcript);
        transcript.append(Entry::Sent, Entry::Text, "one"_ba);
        transcript.append(Entry::Received, Entry::Text, "two"_ba);
        transcript.flush();
        QCOMPARE(transcript.entry(0).payload, "two"_ba);
        QCOMPARE(transcript.entry(1).payload, "one"_ba);
        QCOMPARE(rows(transcript), QStringList({u"> one"_s, u"< two"_s}));
    }

    void manyEntriesComeInFewBatches()
    {
        Transcript transcript;
        const QAbstractItemModelTester tester(&transcript);
        QSignalSpy inserted(&transcript, &Transcript::rowsInserted);
        constexpr int many = 10'000;
        transcript.append(Entry::Received, Entry::Text, "0"_ba);
        QCOMPARE(transcript.count(), 1); // a single one does not wait
        for (int i = 1; i < many; ++i)
            transcript.append(Entry::Received, Entry::Text, QByteArray::number(i));
        QTRY_COMPARE(transcript.count(), many);
        QVERIFY2(inserted.count() < many / 100, qPrintable(QString::number(inserted.count())));
        for (int i = 0; i < many; ++i)
            QCOMPARE(transcript.entry(many - 1 - i).payload, QByteArray::number(i));
    }

    void equalNeighboursAreFolded()
    {
        Transcript transcript;
        const QAbstractItemModelTester tester(&transcript);
        for (const char *text : {"a", "b", "b", "b", "a"}) {
            transcript.append(Entry::Received, Entry::Text, text);
            transcript.flush();
        }
        transcript.append(Entry::Sent, Entry::Text, "a"_ba); // equal, but the other way
        transcript.flush();
        QCOMPARE(rows(transcript), QStringList({u"< a"_s, u"< b"_s, u"< a"_s, u"> a"_s}));
        QCOMPARE(transcript.index(2).data(Transcript::RepeatRole).toInt(), 3);
        QCOMPARE(transcript.index(2).data(Transcript::SeqRole).toInt(), 4);
        QCOMPARE(transcript.entryCount(), 6);
        transcript.setFolding(false);
        QCOMPARE(transcript.count(), 6);
    }

    void theConversationIsThereAgain()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"transcripts.sqlite"_s);
        const auto open = [](Transcript &transcript, TranscriptStore &store,
                             const QString &server) {
            transcript.setServer(server);
            transcript.setStore(&store);
        };
        {
            TranscriptStore store(file);
            Transcript transcript;
            open(transcript, store, u"ws://one"_s);
            for (int i = 0; i < 1'000; ++i)
                transcript.append(Entry::Received, Entry::Text, QByteArray::number(i / 2));
        }
        TranscriptStore store(file);
        Transcript transcript;
        open(transcript, store, u"ws://one"_s);
        QCOMPARE(transcript.entryCount(), 1'000);
        QVERIFY(transcript.count() < 1'000); // older rows come when they are looked for
        const QAbstractItemModelTester tester(&transcript);
        while (transcript.canFetchMore({}))
            transcript.fetchMore({});
        QCOMPARE(rows(transcript).first(), u"< 0"_s);
        QCOMPARE(rows(transcript).last(), u"< 499"_s);
        QCOMPARE(transcript.index(0).data(Transcript::RepeatRole).toInt(), 2);

        transcript.append(Entry::Received, Entry::Text, "499"_ba);
        transcript.flush();
        // What is of another run is not folded into this one's, and a line is between them.
        QCOMPARE(transcript.index(0).data(Transcript::RepeatRole).toInt(), 1);
        QCOMPARE(transcript.index(0).data(Transcript::MarkRole).toInt(), int(Transcript::Resumed));
        QCOMPARE(transcript.index(1).data(Transcript::MarkRole).toInt(), int(Transcript::NoMark));

        Transcript other;
        open(other, store, u"ws://another"_s);
        QCOMPARE(other.count(), 0);
    }

    void aConversationOfItsStoreCanBeRead()
    {
        TranscriptStore store;
        const qint64 old = store.newConversation(u"ws://one"_s);
        for (const char *text : {"a", "b", "b"})
            store.append(old, textEntry(text));
        store.closeConversation(old);
        Transcript live;
        live.setServer(u"ws://two"_s);
        live.setStore(&store);
        Transcript reading;
        reading.setReadOnly(true);
        reading.setConversation(int(old));
        QCOMPARE(reading.conversation(), 0);
        reading.setStore(&store);
        QCOMPARE(reading.title(), u"ws://one"_s);
        QVERIFY(store.renameConversation(old, u"a\nb\u202e"_s));
        QCOMPARE(reading.title(), u"a b⟨U+202E⟩"_s);
        const QAbstractItemModelTester tester(&reading);
        QCOMPARE(rows(reading), QStringList({u"< a"_s, u"< b"_s}));
        QCOMPARE(reading.entryCount(), 3);
        QCOMPARE(reading.index(0).data(Transcript::MarkRole).toInt(), int(Transcript::NoMark));
        reading.append(Entry::Received, Entry::Text, "no"_ba);
        QCOMPARE(store.lastSeq(old), 3);

        // Each finds in its own, whoever looked last.
        live.append(Entry::Received, Entry::Text, "b"_ba);
        reading.finder()->setText(u"b"_s);
        QTRY_VERIFY(!reading.finder()->isSearching());
        QCOMPARE(reading.count(), 2);
        QCOMPARE(live.count(), 1);

        QVERIFY(store.removeConversation(old));
        QCOMPARE(reading.conversation(), 0);
        QCOMPARE(reading.count(), 0);
        QCOMPARE(live.count(), 1);
    }

    void aConversationOfItsStoreIsGoneOnWith()
    {
        TranscriptStore store;
        const qint64 old = store.newConversation(u"ws://one"_s);
        store.append(old, textEntry("a"));
        store.closeConversation(old);
        Transcript transcript;
        const QAbstractItemModelTester tester(&transcript);
        transcript.setServer(u"ws://two"_s);
        transcript.setStore(&store);
        const int before = transcript.conversation();
        QVERIFY(transcript.resume(int(old)));
        QCOMPARE(transcript.server(), u"ws://one"_s);
        transcript.append(Entry::Received, Entry::Text, "b"_ba);
        transcript.flush();
        QCOMPARE(rows(transcript), QStringList({u"< a"_s, u"< b"_s}));
        QCOMPARE(store.lastSeq(old), 2);
        QVERIFY(!transcript.resume(before)); // it was empty, and is no more
        QCOMPARE(transcript.conversation(), int(old));
    }

    void afterItsConversationIsRemovedThereIsAnother()
    {
        TranscriptStore store;
        Transcript transcript;
        const QAbstractItemModelTester tester(&transcript);
        transcript.setServer(u"ws://one"_s);
        transcript.setStore(&store);
        transcript.append(Entry::Received, Entry::Text, "a"_ba);
        QVERIFY(store.removeConversation(transcript.conversation()));
        QCOMPARE(transcript.count(), 0);
        transcript.append(Entry::Received, Entry::Text, "b"_ba);
        QTRY_COMPARE(rows(transcript), QStringList({u"< b"_s}));
        QCOMPARE(store.conversations().size(), 1);
    }

    void outlivesItsStore()
    {
        Transcript transcript;
        const QAbstractItemModelTester tester(&transcript);
        {
            TranscriptStore store;
            transcript.setStore(&store);
            transcript.append(Entry::Received, Entry::Text, "a"_ba);
            QCOMPARE(transcript.count(), 1);
        }
        QCOMPARE(transcript.count(), 0);
        transcript.append(Entry::Received, Entry::Text, "b"_ba); // in memory then
        QTRY_COMPARE(rows(transcript), QStringList({u"< b"_s}));
    }

    void longRowsAreTheSameWhenTheyAreReadAgain()
    {
        constexpr qsizetype length = 3 * TranscriptStore::rowBytes;
        Transcript transcript;
        const QAbstractItemModelTester tester(&transcript);
        QByteArray other(length, 'x');
        other.back() = 'y';
        QByteArray cutInside = "x"_ba + "é"_ba.repeated(length); // where rows are cut
        for (const QByteArray &payload :
             {QByteArray(2000, 'x'), QByteArray(2000, 'x'), QByteArray(length, 'x'),
              QByteArray(length, 'x'), other, QByteArray(length - 1, 'x'), cutInside, cutInside})
            transcript.append(Entry::Received, Entry::Text, payload);
        transcript.flush();
        const auto shown = [&transcript] {
            QStringList result;
            for (int row = 0; row < transcript.count(); ++row) {
                const QModelIndex index = transcript.index(row);
                result += u"%1 ×%2 %3"_s.arg(index.data(Transcript::SizeRole).toLongLong())
                              .arg(index.data(Transcript::RepeatRole).toInt())
                              .arg(index.data(Transcript::TextRole).toString());
            }
            return result;
        };
        const QStringList before = shown();
        QCOMPARE(before.size(), 5);
        QVERIFY(before[0].startsWith(u"%1 ×2 xéé"_s.arg(cutInside.size())));
        QVERIFY(transcript.index(0).data(Transcript::CutRole).toBool());
        transcript.setFolding(false);
        QCOMPARE(transcript.count(), 8);
        transcript.setFolding(true); // reads them again
        QCOMPARE(shown(), before);
    }

    void aFilterSaysWhatItHides()
    {
        Transcript transcript;
        const QAbstractItemModelTester tester(&transcript);
        transcript.append(Entry::Local, Entry::Opened, "socket open"_ba);
        transcript.append(Entry::Sent, Entry::Text, "Ping"_ba);
        transcript.append(Entry::Received, Entry::Text, "pong"_ba);
        transcript.append(Entry::Received, Entry::Text, "a pinG again"_ba);
        transcript.flush();
        transcript.finder()->setText(u"ping"_s);
        QTRY_VERIFY(!transcript.finder()->isSearching());
        QCOMPARE(rows(transcript), QStringList({u"> Ping"_s, u"< a pinG again"_s}));
        QCOMPARE(transcript.entryCount() - transcript.finder()->hitCount(), 2);
        // What comes afterwards is held to it too.
        transcript.append(Entry::Received, Entry::Text, "no"_ba);
        transcript.append(Entry::Received, Entry::Text, "PING"_ba);
        transcript.flush();
        QTRY_COMPARE(rows(transcript).last(), u"< PING"_s);
        QCOMPARE(transcript.count(), 3);
        transcript.finder()->setDirection(u"sent"_s);
        QTRY_VERIFY(!transcript.finder()->isSearching());
        QCOMPARE(rows(transcript), QStringList({u"> Ping"_s}));
        transcript.finder()->setDirection(u"all"_s);
        transcript.finder()->setText({});
        transcript.finder()->setMessagesOnly(true);
        QTRY_VERIFY(!transcript.finder()->isSearching());
        QCOMPARE(transcript.count(), 5);
        transcript.finder()->setMessagesOnly(false);
        QCOMPARE(transcript.count(), 6);
        QVERIFY(!transcript.finder()->isActive());
    }

    void aLineBeforeWhatWasNotLookedAt()
    {
        Transcript transcript;
        const QAbstractItemModelTester tester(&transcript);
        const auto mark = [&transcript](int row) {
            return transcript.index(row).data(Transcript::MarkRole).toInt();
        };
        transcript.append(Entry::Received, Entry::Text, "a"_ba);
        transcript.flush();
        transcript.setLookedAt(false);
        transcript.append(Entry::Received, Entry::Text, "a"_ba);
        transcript.append(Entry::Received, Entry::Text, "b"_ba);
        transcript.flush();
        transcript.setLookedAt(true);
        QCOMPARE(transcript.count(), 3); // a line is between the equal ones
        QCOMPARE(mark(0), int(Transcript::NoMark));
        QCOMPARE(mark(1), int(Transcript::Unseen));
        QCOMPARE(mark(2), int(Transcript::NoMark));
        transcript.setLookedAt(false);
        QCOMPARE(mark(1), int(Transcript::NoMark));
    }

    void foldingGoesOnAfterAFilter()
    {
        Transcript transcript;
        const QAbstractItemModelTester tester(&transcript);
        for (int i = 0; i < 3; ++i)
            transcript.append(Entry::Received, Entry::Text, "same"_ba);
        transcript.finder()->setText(u"x"_s);
        QTRY_VERIFY(!transcript.finder()->isSearching());
        transcript.finder()->setText({});
        for (int i = 0; i < 2; ++i)
            transcript.append(Entry::Received, Entry::Text, "same"_ba);
        transcript.flush();
        QCOMPARE(transcript.count(), 1);
        QCOMPARE(transcript.index(0).data(Transcript::RepeatRole).toInt(), 5);
    }

    void withoutAServerNobodysConversationIsTaken()
    {
        TranscriptStore store;
        const qint64 theirs = store.openConversation(u"ws://one"_s);
        store.append(theirs, textEntry("a"));
        store.closeConversation(theirs);
        Transcript transcript;
        transcript.setStore(&store);
        QCOMPARE(transcript.count(), 0);
        QVERIFY(transcript.conversation() != theirs);
        transcript.setServer(u"ws://one"_s);
        QCOMPARE(transcript.conversation(), theirs);
    }

    void attemptsThatFailAlikeHaveOneRow()
    {
        Transcript transcript;
        for (int i = 0; i < 3; ++i)
            transcript.append(Entry::Local, Entry::Failed, "socket error: nobody is there"_ba);
        for (int i = 0; i < 2; ++i)
            transcript.append(Entry::Local, Entry::Opened, "socket open"_ba);
        transcript.flush();
        QCOMPARE(transcript.count(), 3);
        QCOMPARE(transcript.index(2).data(Transcript::RepeatRole).toInt(), 3);
    }

    void followsItsSocket()
    {
        WebSocketPeer peer(true);
        WebSocket socket;
        Transcript transcript;
        const QAbstractItemModelTester tester(&transcript);
        transcript.setSocket(&socket);
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        socket.sendTextMessage(u"hello"_s);
        QTRY_COMPARE(transcript.count(), 3);
        socket.sendBinaryMessage(QByteArray("\x01\x02", 2));
        QTRY_COMPARE(transcript.count(), 5);
        peer.last()->close(QWebSocketProtocol::CloseCodeGoingAway, u"see you"_s);
        QTRY_COMPARE(socket.status(), WebSocket::Closed);
        QTRY_COMPARE(transcript.count(), 6);
        socket.setUrl(QUrl(u"foo"_s));
        QTRY_COMPARE(transcript.count(), 7);
        QCOMPARE(
            rows(transcript),
            QStringList({u"# socket open"_s, u"> hello"_s, u"< hello"_s, u"> 01 02"_s, u"< 01 02"_s,
                         u"# socket closed cleanly by the server: 1001, going away, “see you”"_s,
                         u"# socket error: “foo” is not a WebSocket address: it should look "
                         "like ws://localhost:3000."_s}));
        QCOMPARE(transcript.entry(0).kind, Entry::Failed);
        QCOMPARE(transcript.entry(1).kind, Entry::Closed);
        QCOMPARE(transcript.entry(6).kind, Entry::Opened);

        // Another socket, or none: the old one is heard no more.
        transcript.setSocket(nullptr);
        socket.setUrl(QUrl(u"bar"_s));
        transcript.flush();
        QCOMPARE(transcript.count(), 7);
    }

    void outlivesItsSocket()
    {
        Transcript transcript;
        {
            WebSocketPeer peer;
            WebSocket socket;
            transcript.setSocket(&socket);
            socket.setUrl(peer.url());
            socket.open();
            QTRY_COMPARE(socket.status(), WebSocket::Open);
        }
        QCOMPARE(transcript.socket(), nullptr);
        QCOMPARE(rows(transcript), QStringList({u"# socket open"_s}));
    }
};

QTEST_GUILESS_MAIN(tst_Transcript)
#include "tst_transcript.moc"
