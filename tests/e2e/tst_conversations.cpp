// SPDX-License-Identifier: MIT
#include "chatwindow.h"
#include "echowindow.h"
#include "serverprocess.h"
#include "transcriptstore.h"
#include "windowview.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMimeData>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>
#include <QWebSocket>
#include <QWebSocketServer>

using namespace Qt::Literals::StringLiterals;

/// Conversations in the real window: listed, read, gone on with, exported, opened and replayed.
class tst_Conversations : public QObject
{
    Q_OBJECT

    static QByteArray contentOf(const QString &fileName)
    {
        QFile file(fileName);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    /// An entry of a conversation's file.
    static QByteArray lineOf(QLatin1StringView direction, const QString &payload,
                             QLatin1StringView key = "text"_L1)
    {
        const QJsonObject object{{u"direction"_s, QString(direction)}, {QString(key), payload}};
        return QJsonDocument(object).toJson(QJsonDocument::Compact);
    }

    static QString fileWith(const QTemporaryDir &folder, const QString &name,
                            const QByteArrayList &lines)
    {
        QFile file(folder.filePath(name));
        if (file.open(QIODevice::WriteOnly))
            file.write(lines.join('\n') + '\n');
        return file.fileName();
    }

private Q_SLOTS:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QTest::failOnWarning(QRegularExpression(u".?"_s));
    }
    void init() { QTest::failOnWarning(QRegularExpression(u".?"_s)); }

    void oneIsReadWhileTheOtherGoesOn()
    {
        ServerProcess server;
        QVERIFY(server.startEchoServer(AWESOMECHAT_SERVER));
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"transcripts.sqlite"_s);
        QUrl first = server.url();
        first.setPath(u"/first"_s);
        const QStringList earlier{u"# socket open"_s, u"< Welcome to Awesome Chat"_s,
                                  u"> earlier"_s, u"< earlier"_s};
        {
            const ChatWindow chat(first, {.transcriptFile = file});
            QVERIFY(QTest::qWaitForWindowExposed(chat.window()));
            QTRY_COMPARE(visibleRows(chat.window()), earlier.first(2));
            say(chat.window(), u"earlier"_s);
            QTRY_COMPARE(visibleRows(chat.window()), earlier);
        }
        QUrl second = server.url();
        second.setQuery(u"every=20"_s); // it goes on
        const ChatWindow chat(second, {.transcriptFile = file});
        QQuickWindow *window = chat.window();
        QVERIFY(QTest::qWaitForWindowExposed(window));
        QTRY_VERIFY(visibleRows(window).size() > 3);

        QTest::keyClick(window, Qt::Key_O, Qt::ControlModifier);
        QTRY_VERIFY(isShown(window, u"conversationList"_s));
        QTest::keyClick(window, Qt::Key_Down);
        QTest::keyClick(window, Qt::Key_F2);
        typeInto(window, u"the first"_s);
        QTest::keyClick(window, Qt::Key_Return);
        QTest::keyClick(window, Qt::Key_Return);
        QTRY_VERIFY(isShown(window, u"reading"_s));
        QTRY_COMPARE(visibleRows(window), earlier);
        QCOMPARE(textOf(window, u"readingTitle"_s), u"the first"_s);
        QVERIFY(textOf(window, u"readingDetail"_s).startsWith(first.toString()));
        QVERIFY(!itemNamed(window, u"input"_s)->isEnabled());
        // The other one goes on.
        QTRY_VERIFY(textOf(window, u"back"_s).contains(" new"_L1));
        QTest::keyClick(window, Qt::Key_Escape);
        QTRY_VERIFY(!isShown(window, u"reading"_s));
        QVERIFY(itemNamed(window, u"input"_s)->hasActiveFocus());
        QTRY_VERIFY(!visibleRows(window).contains(u"> earlier"_s));
    }

    void onlyWhatIsReadIsSeen()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"transcripts.sqlite"_s);
        const QUrl nobody(u"ws://127.0.0.1:9/live"_s);
        {
            TranscriptStore store(file);
            const auto fill = [&store](const QString &server, const QByteArrayList &texts) {
                const qint64 conversation = store.openConversation(server);
                for (const QByteArray &text : texts) {
                    store.append(
                        conversation,
                        {Entry::Received, Entry::Text, QDateTime::currentDateTime(), text});
                }
                store.closeConversation(conversation);
            };
            QByteArrayList live;
            for (int i = 0; i < 26; ++i)
                live += "live " + QByteArray::number(i) + " word"_ba.repeated(i == 12 ? 800 : 0);
            fill(u"ws://127.0.0.1:9/read"_s, {"one", "two", "three"});
            fill(nobody.toString(), live);
        }
        const ChatWindow chat(nobody, {.transcriptFile = file, .reconnect = false});
        QQuickWindow *window = chat.window();
        QVERIFY(QTest::qWaitForWindowExposed(window));
        QTRY_VERIFY(!visibleRows(window).isEmpty()
                    && visibleRows(window).last().startsWith("# socket error"_L1));
        // All but the hits are shown, and that stays so.
        QTest::keyClick(window, Qt::Key_F, Qt::ControlModifier);
        QVERIFY(itemNamed(window, u"filterBar"_s)->setProperty("hidesOthers", false));
        QTest::keyClick(window, Qt::Key_Escape);
        QTest::keyClick(window, Qt::Key_PageUp, Qt::ControlModifier);
        QTRY_COMPARE(visibleRows(window).first().first(8), u"< live 0"_s);
        typeInto(window, u"draft"_s);

        QTest::keyClick(window, Qt::Key_O, Qt::ControlModifier);
        QTRY_VERIFY(isShown(window, u"conversationList"_s));
        QTest::keyClick(window, Qt::Key_Down);
        QTest::keyClick(window, Qt::Key_Return);
        QTRY_VERIFY(isShown(window, u"reading"_s));
        const QStringList rows{u"< one"_s, u"< two"_s, u"< three"_s};
        QTRY_COMPARE(visibleRows(window), rows);
        QTest::keyClick(window, Qt::Key_F, Qt::ControlModifier);
        typeInto(window, u"two"_s);
        QTRY_COMPARE(textOf(window, u"filterResult"_s), u"1 found"_s);
        QTest::keyClick(window, Qt::Key_Return);
        QCOMPARE(visibleRows(window), rows);
        QTest::keyClick(window, Qt::Key_Escape);

        // What is read is not for the line, and the keys go on doing what they do.
        auto *view = itemNamed(window, u"transcript"_s);
        view->forceActiveFocus();
        QCOMPARE(view->property("selectionEnd").toInt(), 2);
        QTest::keyClick(window, Qt::Key_E, Qt::ControlModifier);
        QVERIFY(view->hasActiveFocus() || view->isAncestorOf(window->activeFocusItem()));
        QTest::keyClick(window, Qt::Key_Up);
        QCOMPARE(view->property("selectionEnd").toInt(), 1);
        QTest::keyClick(window, Qt::Key_Escape);
        QTRY_VERIFY(!isShown(window, u"reading"_s));
        QCOMPARE(itemNamed(window, u"input"_s)->property("text").toString(), u"draft"_s);
    }

    void whatIsDeletedIsNoLongerShown()
    {
        const QTemporaryDir folder;
        EchoWindow echo;
        QVERIFY(echo.open(AWESOMECHAT_SERVER,
                          {.transcriptFile = folder.filePath(u"transcripts.sqlite"_s)}));
        QQuickWindow *window = echo.window();
        auto *view = itemNamed(window, u"transcript"_s);
        view->forceActiveFocus();
        QTest::keyClick(window, Qt::Key_Up);
        QTest::keyClick(window, Qt::Key_Return);
        QTRY_VERIFY(isShown(window, u"details"_s));
        QTest::keyClick(window, Qt::Key_O, Qt::ControlModifier);
        QTRY_VERIFY(isShown(window, u"conversationList"_s));
        QTest::keyClick(window, Qt::Key_Delete);
        QTest::keyClick(window, Qt::Key_Tab);
        QTest::keyClick(window, Qt::Key_Return);
        QTRY_VERIFY(visibleRows(window).isEmpty());
        QVERIFY(!isShown(window, u"details"_s));
        QCOMPARE(view->property("selectionEnd").toInt(), 0);
    }

    void itIsGoneOnWith()
    {
        ServerProcess server;
        QVERIFY(server.startEchoServer(AWESOMECHAT_SERVER));
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"transcripts.sqlite"_s);
        QUrl first = server.url();
        first.setPath(u"/first"_s);
        {
            const ChatWindow chat(first, {.transcriptFile = file});
            QVERIFY(QTest::qWaitForWindowExposed(chat.window()));
            QTRY_COMPARE(visibleRows(chat.window()).size(), 2);
            say(chat.window(), u"earlier"_s);
            QTRY_COMPARE(visibleRows(chat.window()).size(), 4);
        }
        const ChatWindow chat(server.url(), {.transcriptFile = file});
        QQuickWindow *window = chat.window();
        QVERIFY(QTest::qWaitForWindowExposed(window));
        QTRY_COMPARE(visibleRows(window).size(), 2);
        QTest::keyClick(window, Qt::Key_O, Qt::ControlModifier);
        QTRY_VERIFY(isShown(window, u"conversationList"_s));
        QTest::keyClick(window, Qt::Key_Down);
        QTest::keyClick(window, Qt::Key_Return);
        QTRY_VERIFY(isShown(window, u"reading"_s));
        click(window, u"goOn"_s);
        QTRY_VERIFY(!isShown(window, u"reading"_s));
        QTRY_COMPARE(visibleRows(window).size(), 6);
        QCOMPARE(visibleRows(window).mid(2),
                 QStringList({u"> earlier"_s, u"< earlier"_s, u"# socket open"_s,
                              u"< Welcome to Awesome Chat"_s}));
        QVERIFY(window->title().contains(first.toString()));
        say(window, u"later"_s);
        QTRY_COMPARE(visibleRows(window).last(), u"< later"_s);

        // The end of the other connection is with the other conversation.
        QTest::keyClick(window, Qt::Key_O, Qt::ControlModifier);
        QTRY_VERIFY(isShown(window, u"conversationList"_s));
        QTest::keyClick(window, Qt::Key_Down);
        QTest::keyClick(window, Qt::Key_Return);
        QTRY_COMPARE(visibleRows(window),
                     QStringList({u"# socket open"_s, u"< Welcome to Awesome Chat"_s,
                                  u"# socket closed cleanly from here: 1000, normal closure"_s}));
    }

    void theOneThatIsReadIsDeleted()
    {
        EchoWindow echo;
        QVERIFY(echo.open(AWESOMECHAT_SERVER));
        QQuickWindow *window = echo.window();
        QTest::keyClick(window, Qt::Key_O, Qt::ControlModifier);
        QTRY_VERIFY(isShown(window, u"conversationList"_s));
        QTest::keyClick(window, Qt::Key_Delete);
        QTest::keyClick(window, Qt::Key_Right);
        QTest::keyClick(window, Qt::Key_Return);
        QTest::keyClick(window, Qt::Key_Escape);
        QTRY_COMPARE(visibleRows(window), QStringList());
        say(window, u"again"_s); // what comes afterwards has its place
        QTRY_COMPARE(visibleRows(window), QStringList({u"> again"_s, u"< again"_s}));
    }

    void whatIsExportedIsOpenedAndIsTheSame()
    {
        ServerProcess server;
        QVERIFY(server.startEchoServer(AWESOMECHAT_SERVER));
        const QTemporaryDir folder;
        const QString first = folder.filePath(u"a.jsonl"_s);
        const QString second = folder.filePath(u"b.jsonl"_s);
        {
            const ChatWindow chat(server.url());
            QQuickWindow *window = chat.window();
            QVERIFY(QTest::qWaitForWindowExposed(window));
            QTRY_COMPARE(visibleRows(window).size(), 2);
            say(window, u"hello"_s);
            QTRY_COMPARE(visibleRows(window).size(), 4);
            QTest::keyClick(window, Qt::Key_S, Qt::ControlModifier);
            QTRY_VERIFY(isShown(window, u"pathBar"_s));
            const QQuickItem *bar = itemNamed(window, u"pathBar"_s);
            QVERIFY(bar->property("path").toString().endsWith(".jsonl"_L1));
            QVERIFY(itemNamed(window, u"pathBar"_s)->setProperty("path", first));
            QTest::keyClick(window, Qt::Key_Return);
            QTRY_COMPARE(textOf(window, u"done"_s), u"Exported as %1 (4 entries)."_s.arg(first));
            // Not over what is there.
            QTest::keyClick(window, Qt::Key_S, Qt::ControlModifier);
            QVERIFY(itemNamed(window, u"pathBar"_s)->setProperty("path", first));
            QTest::keyClick(window, Qt::Key_Return);
            QTRY_VERIFY(textOf(window, u"pathNotice"_s).contains("already"_L1));
            QVERIFY(isShown(window, u"pathReplace"_s));
        }
        const QByteArray content = contentOf(first);
        QCOMPARE(content.count('\n'), 5);
        const ChatWindow chat(QUrl(), {.openFile = first});
        QQuickWindow *window = chat.window();
        QVERIFY(QTest::qWaitForWindowExposed(window));
        QTRY_COMPARE(visibleRows(window),
                     QStringList({u"# socket open"_s, u"< Welcome to Awesome Chat"_s, u"> hello"_s,
                                  u"< hello"_s}));
        QCOMPARE(textOf(window, u"readingTitle"_s), u"a.jsonl"_s);
        QTest::keyClick(window, Qt::Key_S, Qt::ControlModifier);
        QVERIFY(itemNamed(window, u"pathBar"_s)->setProperty("path", second));
        QTest::keyClick(window, Qt::Key_Return);
        QTRY_VERIFY(textOf(window, u"done"_s).startsWith("Exported as"_L1));
        QCOMPARE(contentOf(second), content);
        QCOMPARE(contentOf(first), content);
    }

    void aFileIsDroppedOrNamed()
    {
        const QTemporaryDir folder;
        const QString good =
            fileWith(folder, u"<img src=x> %41#.jsonl"_s, {lineOf("sent"_L1, u"a"_s)});
        const QString bad = fileWith(folder, u"bad.jsonl"_s, {lineOf("sent"_L1, u"a"_s), "no"_ba});
        const ChatWindow chat{QUrl()};
        QQuickWindow *window = chat.window();
        QVERIFY(QTest::qWaitForWindowExposed(window));
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(good)});
        const QPoint place(300, 200);
        QDragEnterEvent enter(place, Qt::CopyAction, &data, Qt::LeftButton, {});
        QCoreApplication::sendEvent(window, &enter);
        QDropEvent drop(place, Qt::CopyAction, &data, Qt::LeftButton, {});
        QCoreApplication::sendEvent(window, &drop);
        QTRY_COMPARE(visibleRows(window), QStringList({u"> a"_s}));
        QCOMPARE(textOf(window, u"readingTitle"_s), u"<img src=x> %41#.jsonl"_s);

        QTest::keyClick(window, Qt::Key_O, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(isShown(window, u"pathBar"_s));
        QVERIFY(itemNamed(window, u"pathBar"_s)->setProperty("path", bad));
        QTest::keyClick(window, Qt::Key_Return);
        QTRY_VERIFY(textOf(window, u"readingNotice"_s).startsWith("Line 2 is not JSON"_L1));
        QTRY_COMPARE(visibleRows(window), QStringList({u"> a"_s})); // what is before it
        QTest::keyClick(window, Qt::Key_Escape);
        QTRY_VERIFY(!isShown(window, u"reading"_s));
    }

    void theReplayAgreesWithTheServer()
    {
        EchoWindow echo;
        QVERIFY(echo.open(AWESOMECHAT_SERVER));
        QQuickWindow *window = echo.window();
        window->resize(900, 700);
        const QTemporaryDir folder;
        const QString file = fileWith(folder, u"good.jsonl"_s,
                                      {lineOf("received"_L1, u"Welcome to Awesome Chat"_s),
                                       lineOf("sent"_L1, u"a"_s), lineOf("received"_L1, u"a"_s),
                                       lineOf("sent"_L1, u"AP8="_s, "base64"_L1),
                                       lineOf("received"_L1, u"AP8="_s, "base64"_L1)});
        QTest::keyClick(window, Qt::Key_O, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(itemNamed(window, u"pathBar"_s)->setProperty("path", file));
        QTest::keyClick(window, Qt::Key_Return);
        QTRY_COMPARE(visibleRows(window).size(), 5);
        click(window, u"replay"_s);
        QTRY_VERIFY(isShown(window, u"replayBar"_s));
        QTest::keyClick(window, Qt::Key_Return);
        QTRY_COMPARE(textOf(window, u"replaySummary"_s),
                     u"Every answer is as in the file (sent: 2, received: 3)."_s);
        QCOMPARE(textOf(window, u"replayProgress"_s), u"5 of 5"_s);
        QVERIFY(!isShown(window, u"difference"_s));

        // Step by step, with the keyboard.
        click(window, u"paceSteps"_s);
        click(window, u"replayStart"_s);
        for (int step = 0; step < 2; ++step) {
            QTRY_VERIFY(itemNamed(window, u"replayNext"_s)->isEnabled());
            QTest::keyClick(window, Qt::Key_F10);
        }
        QTRY_VERIFY(textOf(window, u"replaySummary"_s).startsWith("Every answer"_L1));
        click(window, u"replayStart"_s);
        QTRY_VERIFY(itemNamed(window, u"replayNext"_s)->isEnabled());
        click(window, u"replayStart"_s);
        QTRY_VERIFY(textOf(window, u"replaySummary"_s).startsWith("The replay was stopped"_L1));
    }

    void theReplayStopsAtAWrongAnswerAndShowsBoth()
    {
        // It says something else, and what it says is no good.
        const QString hostile = u"<img src='http://127.0.0.1:1/x.png'>\x1b[2J\u202e"_s;
        QWebSocketServer liar(u"liar"_s, QWebSocketServer::NonSecureMode);
        connect(&liar, &QWebSocketServer::newConnection, this, [&] {
            QWebSocket *socket = liar.nextPendingConnection();
            socket->setParent(&liar);
            connect(socket, &QWebSocket::textMessageReceived, socket, [=](const QString &) {
                socket->sendTextMessage(u"{\"id\":2,\"text\":\"%1\"}"_s.arg(u"<b>x</b>"_s));
                socket->sendTextMessage(hostile);
            });
        });
        QVERIFY(liar.listen(QHostAddress::LocalHost));
        const QTemporaryDir folder;
        const QString transcripts = folder.filePath(u"transcripts.sqlite"_s);
        const QString file = fileWith(folder, u"bad.jsonl"_s,
                                      {lineOf("sent"_L1, u"a"_s),
                                       lineOf("received"_L1, u"{\"id\":1,\"text\":\"<b>x</b>\"}"_s),
                                       lineOf("received"_L1, u"never"_s)});
        const ChatWindow chat(QUrl(), {.transcriptFile = transcripts, .openFile = file});
        QQuickWindow *window = chat.window();
        QVERIFY(QTest::qWaitForWindowExposed(window));
        window->resize(1000, 800);
        QTRY_COMPARE(visibleRows(window).size(), 3);
        click(window, u"replay"_s);
        QTRY_VERIFY(isShown(window, u"replayBar"_s));
        QVERIFY(
            itemNamed(window, u"replayBar"_s)->setProperty("address", liar.serverUrl().toString()));
        click(window, u"replayStart"_s);
        QTRY_COMPARE(textOf(window, u"replaySummary"_s),
                     u"Answer 1 is not the one in line 2 of the file."_s);
        QTRY_VERIFY(isShown(window, u"difference"_s));
        const QQuickItem *view = itemNamed(window, u"difference"_s);
        QCOMPARE(view->property("expected").toByteArray(), "{\"id\":1,\"text\":\"<b>x</b>\"}"_ba);
        QCOMPARE(view->property("received").toByteArray(), "{\"id\":2,\"text\":\"<b>x</b>\"}"_ba);
        QVERIFY(!window->grabWindow().isNull());
        const auto items = itemsIn(window->contentItem());
        for (const QQuickItem *item : items) {
            constexpr int plainText = 0; // QQuickText::PlainText
            if (item->inherits("QQuickText"))
                QCOMPARE(item->property("textFormat").toInt(), plainText);
        }
        // Nothing of it is in what was there, nor is it kept.
        QCOMPARE(visibleRows(window).size(), 3);
        click(window, u"replayClose"_s);
        QTRY_VERIFY(!isShown(window, u"difference"_s));
    }
};

QTEST_MAIN(tst_Conversations)
#include "tst_conversations.moc"
