// SPDX-License-Identifier: MIT
#include "outbox.h"
#include "peers.h"
#include "transcript.h"
#include "transcriptstore.h"
#include "websocket.h"

#include <QSignalSpy>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace Qt::Literals::StringLiterals;

/// A line that was typed is in the outbox's file or in that of the transcripts, at every moment.
class tst_OutboxTranscript : public QObject
{
    Q_OBJECT

    /// What a window writes, and where.
    struct Window
    {
        Window(const QTemporaryDir &folder, const QUrl &url)
            : store(folder.filePath(u"transcripts.sqlite"_s))
        {
            outbox.setFile(folder.filePath(u"outbox.sqlite"_s));
            outbox.setStore(&store);
            outbox.setServer(url.toString());
            transcript.setStore(&store);
            transcript.setServer(url.toString());
            transcript.setSocket(&socket);
            outbox.setSocket(&socket);
            socket.setUrl(url);
            socket.open();
        }

        TranscriptStore store;
        WebSocket socket;
        Transcript transcript;
        Outbox outbox; // goes first
    };

    /// One of the files, as another program opens it.
    struct Database
    {
        Database(const QTemporaryDir &folder, const QString &file)
            : name(file)
        {
            QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, name);
            database.setDatabaseName(folder.filePath(name));
            if (!database.open())
                qFatal("a file cannot be opened");
        }
        ~Database() { QSqlDatabase::removeDatabase(name); }
        Q_DISABLE_COPY_MOVE(Database)

        QVariant ask(const QString &sql) const
        {
            QSqlQuery query(QSqlDatabase::database(name));
            return query.exec(sql) && query.next() ? query.value(0) : QVariant();
        }

        QString name;
    };

    static constexpr auto countLines = "SELECT count(*) FROM lines"_L1;

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".?"_s)); }

    void aLineStaysUntilItIsInTheTranscript()
    {
        const QTemporaryDir folder;
        WebSocketPeer peer(true);
        Window window(folder, peer.url());
        QTRY_COMPARE(window.socket.status(), WebSocket::Open);
        window.store.flush();
        const Database lines(folder, u"outbox.sqlite"_s);
        const Database entries(folder, u"transcripts.sqlite"_s);

        // Somebody else writes: the transcript waits.
        QVERIFY(!entries.ask(u"BEGIN IMMEDIATE"_s).isValid());
        QVERIFY(window.outbox.append(u"line"_s));
        QTRY_COMPARE(window.outbox.rowCount(), 0); // its echo has come
        window.outbox.setDraft(u"draft"_s);
        // The outbox has written down what it had to.
        QTRY_COMPARE(lines.ask(u"SELECT text FROM drafts"_s), QVariant(u"draft"_s));
        QCOMPARE(lines.ask(countLines), QVariant(1));

        QVERIFY(!entries.ask(u"ROLLBACK"_s).isValid());
        QTRY_COMPARE_WITH_TIMEOUT(lines.ask(countLines), QVariant(0), 20'000);
        QCOMPARE(
            entries.ask(u"SELECT count(*) FROM entries WHERE payload = CAST('line' AS BLOB)"_s),
            QVariant(2));
    }

    void whatHasArrivedIsNotInDoubtAfterTheEnd()
    {
        const QTemporaryDir folder;
        WebSocketPeer peer(true);
        auto window = std::make_unique<Window>(folder, peer.url());
        QTRY_COMPARE(window->socket.status(), WebSocket::Open);
        QVERIFY(window->outbox.append(u"line"_s));
        QTRY_COMPARE(window->outbox.rowCount(), 0);
        window.reset();
        QCOMPARE(Database(folder, u"outbox.sqlite"_s).ask(countLines), QVariant(0));
    }

    void withoutAFileForTranscriptsNothingWaits()
    {
        const QTemporaryDir folder;
        WebSocketPeer peer(true);
        Window window(folder, peer.url());
        TranscriptStore inMemory;
        window.transcript.setStore(&inMemory);
        window.outbox.setStore(&inMemory);
        QTRY_COMPARE(window.socket.status(), WebSocket::Open);
        QVERIFY(window.outbox.append(u"line"_s));
        const Database lines(folder, u"outbox.sqlite"_s);
        QTRY_COMPARE(lines.ask(countLines), QVariant(0));
        window.transcript.setStore(nullptr);
    }
};

QTEST_GUILESS_MAIN(tst_OutboxTranscript)
#include "tst_outboxtranscript.moc"
