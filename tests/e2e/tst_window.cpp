// SPDX-License-Identifier: MIT
#include "chatwindow.h"
#include "echowindow.h"
#include "transcript.h"
#include "transcriptstore.h"
#include "windowview.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QQmlEngine>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>
#include <QWebSocket>
#include <QWebSocketServer>

using namespace Qt::Literals::StringLiterals;

/// The real window on the real server: what a person sees and does.
class tst_Window : public QObject
{
    Q_OBJECT

    /// A WebSocket server that says what it is told to whoever connects.
    struct Stranger
    {
        QWebSocketServer server{u"stranger"_s, QWebSocketServer::NonSecureMode};
        QList<QString> texts;
        QList<QByteArray> binaries;
        QString closeReason;

        void listen()
        {
            QObject::connect(&server, &QWebSocketServer::newConnection, &server, [this] {
                QWebSocket *socket = server.nextPendingConnection();
                socket->setParent(&server);
                for (const QString &text : std::as_const(texts))
                    socket->sendTextMessage(text);
                for (const QByteArray &binary : std::as_const(binaries))
                    socket->sendBinaryMessage(binary);
                if (!closeReason.isNull())
                    socket->close(QWebSocketProtocol::CloseCodeNormal, closeReason);
            });
            QVERIFY(server.listen(QHostAddress::LocalHost));
        }
    };

private Q_SLOTS:
    void initTestCase() { QTest::failOnWarning(QRegularExpression(u".?"_s)); }
    void init() { QTest::failOnWarning(QRegularExpression(u".?"_s)); }

    void aConversation()
    {
        EchoWindow echo;
        QVERIFY(echo.open(AWESOMECHAT_SERVER));
        QQuickWindow *window = echo.window();
        QStringList rows = EchoWindow::greeted();

        const QQuickItem *input = itemNamed(window, u"input"_s);
        QVERIFY(input->hasActiveFocus());
        say(window, u"hello"_s);
        QCOMPARE(input->property("text").toString(), QString());
        QVERIFY(input->hasActiveFocus());
        rows << u"> hello"_s << u"< hello"_s;
        QTRY_COMPARE(visibleRows(window), rows);

        // Nothing of the first line is left in the second, and Enter on nothing sends nothing.
        QTest::keyClick(window, Qt::Key_Return);
        typeInto(window, u"second"_s);
        QTest::keyClick(window, Qt::Key_Enter);
        rows << u"> second"_s << u"< second"_s;
        QTRY_COMPARE(visibleRows(window), rows);
        QVERIFY(echo.server.log().contains("text 6 bytes: second"));
        QVERIFY(window->title().contains(echo.server.url().toString()));
    }

    void theContentFollowsTheWindow()
    {
        EchoWindow echo;
        QVERIFY(echo.open(AWESOMECHAT_SERVER));
        QQuickWindow *window = echo.window();
        for (const QSize size : {QSize(320, 200), QSize(1600, 1000), QSize(720, 480)}) {
            window->resize(size);
            QTRY_COMPARE(window->contentItem()->size().toSize(), size);
            // The input and the rows reach from edge to edge, and no text beyond.
            const QQuickItem *input = itemNamed(window, u"inputField"_s);
            const auto corner = [input] {
                return input->mapRectToScene(QRectF({}, input->size())).bottomRight();
            };
            QTRY_VERIFY(corner().x() > size.width() - 30 && corner().x() < size.width());
            QTRY_VERIFY(corner().y() > size.height() - 30 && corner().y() < size.height());
            const auto items = itemsIn(window->contentItem());
            for (const QQuickItem *item : items) {
                if (item->isVisible() && item->inherits("QQuickText")) {
                    QTRY_VERIFY2(item->mapRectToScene(item->boundingRect()).right() <= size.width(),
                                 qPrintable(item->property("text").toString()));
                }
                if (item->property("prefix").isValid())
                    QTRY_COMPARE(qRound(item->width()), size.width());
            }
        }
    }

    void theLineIsThereHoweverLowTheWindow()
    {
        EchoWindow echo;
        QVERIFY(echo.open(AWESOMECHAT_SERVER));
        QQuickWindow *window = echo.window();
        window->resize(320, 200);
        QTRY_COMPARE(window->contentItem()->size().toSize(), QSize(320, 200));
        echo.server.kill();
        QTRY_VERIFY(isShown(window, u"retryWords"_s));
        const auto isInSight = [window](const QString &name) {
            const QQuickItem *item = itemNamed(window, name);
            return item && item->isVisible()
                && QRectF(0, 0, window->width(), window->height())
                       .contains(item->mapRectToScene(item->boundingRect()));
        };
        const auto inputBelow = [window](const QString &name) {
            const QQuickItem *item = itemNamed(window, name);
            return item->mapRectToScene(item->boundingRect()).bottom()
                <= itemNamed(window, u"inputField"_s)->mapToScene({0, 0}).y();
        };

        // Lines that wait take a little room of the rows, and one of them is seen.
        for (const auto &line : {u"first"_s, u"second"_s, u"third"_s}) {
            say(window, line);
        }
        QTRY_VERIFY(isShown(window, u"outbox"_s));
        QVERIFY(!window->grabWindow().isNull());
        for (const auto &name : {u"state"_s, u"retryWords"_s, u"outbox"_s, u"inputField"_s})
            QTRY_VERIFY2(isInSight(name), qPrintable(name));
        QTRY_VERIFY(inputBelow(u"outbox"_s));
        QVERIFY(!visibleRows(window).isEmpty());

        // Bars for which there is no room are scrolled; the line stays.
        QTest::keyClick(window, Qt::Key_U, Qt::ControlModifier);
        QTest::keyClick(window, Qt::Key_O, Qt::ControlModifier | Qt::ShiftModifier);
        QTest::keyClick(window, Qt::Key_F, Qt::ControlModifier);
        const auto focusIsInSight = [window] {
            const QQuickItem *item = window->activeFocusItem();
            return QRectF(0, 0, window->width(), window->height())
                .contains(item->mapRectToScene(item->boundingRect()));
        };
        QTRY_VERIFY(isShown(window, u"filterBar"_s));
        QTRY_VERIFY(focusIsInSight());
        QTest::keyClick(window, Qt::Key_I, Qt::ControlModifier);
        QTRY_VERIFY(isInSight(u"closeStages"_s));
        QVERIFY(isInSight(u"inputField"_s));
        QVERIFY(itemNamed(window, u"upper"_s)->property("overflows").toBool());
        click(window, u"inputField"_s);
        say(window, u"fourth"_s);
        QTRY_COMPARE(textOf(window, u"outboxTitle"_s), u"4 lines wait for the connection"_s);
        for (int line = 0; line < 12; ++line)
            QTest::keyClick(window, Qt::Key_Return, Qt::ShiftModifier);
        QVERIFY(!window->grabWindow().isNull());
        QVERIFY(isInSight(u"inputField"_s));
        // The keyboard reaches what is out of sight, and brings it there.
        QTest::keyClick(window, Qt::Key_Backtab, Qt::ShiftModifier);
        QVERIFY(!itemNamed(window, u"input"_s)->hasActiveFocus());
        QTRY_VERIFY(focusIsInSight());
    }

    void f1ListsTheKeysAndEscapeGoesOn()
    {
        EchoWindow echo;
        QVERIFY(echo.open(AWESOMECHAT_SERVER));
        QQuickWindow *window = echo.window();
        typeInto(window, u"be"_s);
        QTest::keyClick(window, Qt::Key_F1);
        const QQuickItem *list = itemNamed(window, u"keyList"_s);
        QVERIFY(list && list->isVisible());
        QVERIFY(list->hasActiveFocus());
        // Nothing below it takes what is typed.
        typeInto(window, u"x"_s);
        const QQuickItem *input = itemNamed(window, u"input"_s);
        QCOMPARE(input->property("text").toString(), u"be"_s);
        QTest::keyClick(window, Qt::Key_Escape);
        QVERIFY(!list->isVisible());
        QVERIFY(input->hasActiveFocus());
        QTest::keyClick(window, Qt::Key_F1);
        QTest::keyClick(window, Qt::Key_F1);
        typeInto(window, u"ep"_s);
        QCOMPARE(input->property("text").toString(), u"beep"_s);
    }

    void theServerIsKilledAndRestarted()
    {
        EchoWindow echo;
        QVERIFY(echo.open(AWESOMECHAT_SERVER));
        const quint16 port = static_cast<quint16>(echo.server.url().port());
        QQuickWindow *window = echo.window();

        echo.server.kill();
        QTRY_COMPARE(visibleRows(window).size(), 3);
        QVERIFY2(visibleRows(window).last().startsWith("# socket error: The connection to"_L1),
                 qPrintable(visibleRows(window).last()));

        // What is typed meanwhile waits, in order, and can be changed and deleted.
        const QQuickItem *input = itemNamed(window, u"input"_s);
        const QQuickItem *outbox = itemNamed(window, u"outbox"_s);
        QVERIFY(!outbox->isVisible());
        for (const auto &line : {u"first"_s, u"second"_s, u"third"_s}) {
            say(window, line);
            QCOMPARE(input->property("text").toString(), QString());
        }
        QTRY_VERIFY(outbox->isVisible());
        QTRY_COMPARE(itemNamed(window, u"outboxTitle"_s)->property("text").toString(),
                     u"3 lines wait for the connection"_s);
        QVERIFY(QMetaObject::invokeMethod(itemNamed(window, u"outbox"_s), "removeRequested",
                                          Q_ARG(int, 1)));
        QVERIFY(QMetaObject::invokeMethod(itemNamed(window, u"outbox"_s), "edited", Q_ARG(int, 1),
                                          Q_ARG(QString, u"3"_s)));

        // Somebody is there again: they go out, each once.
        QVERIFY(echo.server.startEchoServer(AWESOMECHAT_SERVER, port));
        QTest::keyClick(window, Qt::Key_R, Qt::ControlModifier);
        QTRY_VERIFY(visibleRows(window).contains(u"< 3"_s));
        QCOMPARE(visibleRows(window).filter(QRegularExpression(u"^>"_s)),
                 QStringList({u"> first"_s, u"> 3"_s}));
        QCOMPARE(visibleRows(window).filter(QRegularExpression(u"^< (first|3)"_s)),
                 QStringList({u"< first"_s, u"< 3"_s}));
        QVERIFY(visibleRows(window).lastIndexOf(u"# socket open"_s)
                < visibleRows(window).indexOf(u"> first"_s));
        QTRY_VERIFY(!outbox->isVisible());

        // A server that is asked to end says goodbye.
        echo.server.terminate();
        QTRY_COMPARE(
            visibleRows(window).last(),
            u"# socket closed cleanly by the server: 1001, going away, “Server stopping”"_s);
    }

    void aLostConnectionComesBackByItself()
    {
        EchoWindow echo;
        QVERIFY(echo.open(AWESOMECHAT_SERVER));
        const quint16 port = static_cast<quint16>(echo.server.url().port());
        QQuickWindow *window = echo.window();
        const QQuickItem *bar = itemNamed(window, u"retryBar"_s);
        QVERIFY(!bar->isVisible());
        echo.server.kill();
        QTRY_VERIFY(bar->isVisible());
        QVERIFY(echo.server.startEchoServer(AWESOMECHAT_SERVER, port));
        QTRY_COMPARE_WITH_TIMEOUT(visibleRows(window).count(u"< Welcome to Awesome Chat"_s), 2,
                                  30'000);
        QVERIFY(!bar->isVisible());

        // Whoever disconnects wants to stay so.
        const auto *button = itemNamed(window, u"connect"_s);
        QCOMPARE(button->property("text").toString(), u"Disconnect"_s);
        click(window, u"connect"_s);
        QTRY_COMPARE(button->property("text").toString(), u"Connect"_s);
        QTRY_VERIFY(
            visibleRows(window).last().startsWith("# socket closed cleanly from here: 1000"_L1));
        QVERIFY(!itemNamed(window, u"retryNow"_s)->isVisible());
    }

    void anotherServerIsTyped()
    {
        Stranger stranger;
        stranger.texts = {u"from a stranger"_s};
        stranger.listen();
        EchoWindow echo;
        QVERIFY(echo.open(AWESOMECHAT_SERVER));
        QQuickWindow *window = echo.window();

        QTest::keyClick(window, Qt::Key_L, Qt::ControlModifier);
        typeInto(window, u"http://localhost"_s);
        QTest::keyClick(window, Qt::Key_Return);
        QVERIFY(itemNamed(window, u"addressProblem"_s)->isVisible());
        QCOMPARE(visibleRows(window).size(), 2);

        QTest::keyClick(window, Qt::Key_L, Qt::ControlModifier);
        typeInto(window, u"127.0.0.1:%1"_s.arg(stranger.server.serverPort()));
        QTest::keyClick(window, Qt::Key_Return);
        const QStringList rows{u"# socket open"_s, u"< from a stranger"_s};
        QTRY_COMPARE(visibleRows(window), rows);
        QVERIFY(!itemNamed(window, u"addressProblem"_s)->isVisible());
        QVERIFY(itemNamed(window, u"input"_s)->hasActiveFocus());

        // The first conversation is as it was left.
        QTest::keyClick(window, Qt::Key_L, Qt::ControlModifier);
        typeInto(window, echo.server.url().toString());
        QTest::keyClick(window, Qt::Key_Return);
        QTRY_COMPARE(visibleRows(window).size(), 5);
        QVERIFY(visibleRows(window).at(2).startsWith("# socket closed cleanly from here: 1000"_L1));
    }

    void anAddressThatIsNone_data()
    {
        QTest::addColumn<QString>("address");
        QTest::addColumn<QString>("row");
        QTest::newRow("a word") << u"foo"_s << u"“foo” is not a WebSocket address"_s;
        QTest::newRow("http") << u"http://localhost"_s << u"starts with http:"_s;
        QTest::newRow("port") << u"ws://localhost:99999"_s << u"port"_s;
        QTest::newRow("markup") << u"<img src=x>"_s << u"is not a WebSocket address"_s;
    }

    void anAddressThatIsNone()
    {
        QFETCH(QString, address);
        QFETCH(QString, row);
        const ChatWindow chat{QUrl(address)};
        QVERIFY(QTest::qWaitForWindowExposed(chat.window()));
        QTRY_COMPARE(visibleRows(chat.window()).size(), 1);
        const QString said = visibleRows(chat.window()).first();
        QVERIFY2(said.startsWith("# socket error: "_L1) && said.contains(row), qPrintable(said));
        QTest::keyClick(chat.window(), Qt::Key_R, Qt::ControlModifier);
        const QQuickItem *field = itemNamed(chat.window(), u"address"_s);
        if (field->property("text").toString().isEmpty()) { // there is nothing to try again
            QTRY_VERIFY(field->hasActiveFocus());
            return;
        }
        // Once more the same.
        const auto repeat = [&chat] {
            const auto items = itemsIn(chat.window()->contentItem());
            for (const QQuickItem *item : items) {
                if (item->property("repeat").isValid())
                    return item->property("repeat").toInt();
            }
            return 0;
        };
        QTRY_COMPARE(repeat(), 2);
        QCOMPARE(visibleRows(chat.window()).size(), 1);
    }

    void strangersWordsAreHarmlessEverywhere()
    {
        // Whatever is fetched comes here.
        QTcpServer sink;
        int fetches = 0;
        connect(&sink, &QTcpServer::newConnection, this, [&] {
            ++fetches;
            sink.nextPendingConnection()->abort();
        });
        QVERIFY(sink.listen(QHostAddress::LocalHost));
        const QString markup = u"<img src='http://127.0.0.1:%1/x.png'>"_s.arg(sink.serverPort());

        Stranger stranger;
        stranger.texts = {markup, u"> "_s + markup, markup + u"<b>bold</b>\x1b[2J\u202e"_s,
                          u"![x](http://127.0.0.1:%1/x.png)"_s.arg(sink.serverPort())};
        stranger.binaries = {markup.toUtf8(), markup.toUtf8() + '\xff'};
        stranger.closeReason = markup;
        stranger.listen();

        QUrl url = stranger.server.serverUrl();
        url.setPath(u"/"_s + markup);
        // A file of theirs, with a name of theirs.
        const QTemporaryDir folder;
        QFile theirs(folder.filePath(u"<img src=x>\u202e.jsonl"_s));
        QVERIFY(theirs.open(QIODevice::WriteOnly));
        const QJsonObject line{{u"direction"_s, u"received"_s}, {u"text"_s, markup}};
        const QJsonObject head{{u"format"_s, u"awesome-chat-conversation"_s},
                               {u"version"_s, 1},
                               {u"server"_s, url.toString() + u"\u202e"_s}};
        for (const QJsonObject &object : {head, line})
            theirs.write(QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n');
        theirs.write(QByteArray("{\"direction\":\"") + markup.toUtf8() + "\"}\n");
        theirs.close();

        const ChatWindow chat(url, {.openFile = theirs.fileName(), .reconnect = false});
        QQuickWindow *window = chat.window();
        QVERIFY(QTest::qWaitForWindowExposed(window));
        window->resize(1000, 800);
        // What is read: the banner, a replay to the stranger, where it would go to.
        QTRY_COMPARE(visibleRows(window), QStringList({u"< "_s + markup}));
        QTRY_VERIFY(itemNamed(window, u"readingNotice"_s)
                        ->property("text")
                        .toString()
                        .contains(markup.left(10)));
        QCOMPARE(itemNamed(window, u"readingTitle"_s)->property("text").toString(),
                 u"<img src=x>⟨U+202E⟩.jsonl"_s);
        QVERIFY(QMetaObject::invokeMethod(itemNamed(window, u"reading"_s), "replayRequested"));
        QVERIFY(QMetaObject::invokeMethod(itemNamed(window, u"replayBar"_s), "startRequested"));
        QTRY_VERIFY(!itemNamed(window, u"replaySummary"_s)->property("text").toString().isEmpty());
        QVERIFY(!window->grabWindow().isNull());
        QVERIFY(QMetaObject::invokeMethod(itemNamed(window, u"reading"_s), "backRequested"));

        QTRY_VERIFY(!visibleRows(window).isEmpty()
                    && visibleRows(window).last().startsWith("# socket closed"_L1));
        // A conversation with their name.
        QTest::keyClick(window, Qt::Key_O, Qt::ControlModifier);
        QTest::keyClick(window, Qt::Key_F2);
        itemNamed(window, u"renameField"_s)->setProperty("text", markup + u"\u202e\x1b"_s);
        QTest::keyClick(window, Qt::Key_Return);
        QTRY_COMPARE(itemNamed(window, u"conversationTitle"_s)->property("text").toString(),
                     markup + u"⟨U+202E⟩␛"_s);
        QVERIFY(!window->grabWindow().isNull());
        QTest::keyClick(window, Qt::Key_Escape);
        // Also where it is typed, and where a failed address is told of.
        QQuickItem *input = itemNamed(window, u"input"_s);
        input->setProperty("text", markup);
        QTest::keyClick(window, Qt::Key_Return);
        stranger.server.close();
        QTest::keyClick(window, Qt::Key_R, Qt::ControlModifier);
        QTRY_VERIFY(visibleRows(window).last().startsWith("# socket error"_L1));
        QVERIFY(!window->grabWindow().isNull());

        const auto look = [window] {
            int withMarkup = 0;
            const auto items = itemsIn(window->contentItem());
            for (const QQuickItem *item : items) {
                const QString text = item->property("text").toString();
                withMarkup += text.contains("<img"_L1) ? 1 : 0;
                constexpr int plainText = 0; // QQuickText::PlainText, QQuickTextEdit::PlainText
                const QVariant format = item->property("textFormat");
                if (format.isValid() && format.toInt() != plainText)
                    qWarning("this is no plain text: %s", qPrintable(text));
                if (item->inherits("QQuickAbstractButton") && text.contains(u'<'))
                    qWarning("this is the text of a control: %s", qPrintable(text));
            }
            return window->grabWindow().isNull() ? 0 : withMarkup;
        };
        QVERIFY(look() > 6);

        // Marked where they are looked for, and whole, in each way that they can be looked at.
        QTest::keyClick(window, Qt::Key_F, Qt::ControlModifier);
        typeInto(window, u"<img"_s);
        QTRY_VERIFY(itemNamed(window, u"marked"_s) != nullptr);
        QVERIFY(look() > 6);
        QTest::keyClick(window, Qt::Key_Escape);
        auto *view = itemNamed(window, u"transcript"_s);
        for (int row = 0; row < 8; ++row) {
            view->forceActiveFocus();
            QTest::keyClick(window, Qt::Key_Up);
            QTest::keyClick(window, Qt::Key_Return);
            QTRY_VERIFY(isShown(window, u"details"_s));
            auto *details = itemNamed(window, u"details"_s);
            const int seq = details->parentItem()->parentItem()->property("seq").toInt();
            QCOMPARE(seq, view->property("selectionEnd").toInt());
            for (const int mode : {0, 1, 2, 3}) {
                details->setProperty("mode", mode);
                QVERIFY(look() > 6);
            }
            QTest::keyClick(window, Qt::Key_C, Qt::ControlModifier);
        }
        QCOMPARE(fetches, 0);

        // The sink would have noticed.
        QTcpSocket probe;
        probe.connectToHost(QHostAddress::LocalHost, sink.serverPort());
        QTRY_COMPARE(fetches, 1);
    }

    void aLongMessageDoesNotStopTheWindow()
    {
        Stranger stranger;
        stranger.texts = {QString(1'000'000, u'a'), u"א"_s.repeated(1'000'000),
                          u"e"_s + u"\u0301"_s.repeated(100'000), u"\n"_s.repeated(1'000'000),
                          u"last"_s};
        stranger.listen();
        const ChatWindow chat(stranger.server.serverUrl());
        QVERIFY(QTest::qWaitForWindowExposed(chat.window()));
        QTRY_VERIFY(!visibleRows(chat.window()).isEmpty()
                    && visibleRows(chat.window()).last() == "< last"_L1);
        QVERIFY(!chat.window()->grabWindow().isNull());
        // What is laid out is bounded, however long the message: that is what keeps it moving.
        const auto items = itemsIn(chat.window()->contentItem());
        for (const QQuickItem *item : items) {
            if (item->inherits("QQuickText"))
                QVERIFY(item->property("text").toString().size() <= 4096);
        }
    }

    void theConversationIsThereAgain()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"transcripts.sqlite"_s);
        Stranger stranger;
        stranger.texts = {u"one"_s, u"two"_s};
        stranger.listen();
        const QStringList rows{u"# socket open"_s, u"< one"_s, u"< two"_s};
        {
            const ChatWindow chat(stranger.server.serverUrl(), {.transcriptFile = file});
            QVERIFY(QTest::qWaitForWindowExposed(chat.window()));
            QTRY_COMPARE(visibleRows(chat.window()), rows);
        }
        const ChatWindow chat(stranger.server.serverUrl(), {.transcriptFile = file});
        QVERIFY(QTest::qWaitForWindowExposed(chat.window()));
        QTRY_COMPARE(visibleRows(chat.window()).size(), 2 * rows.size());
        QCOMPARE(visibleRows(chat.window()), rows + rows);
    }

    void olderRowsComeAsOneScrollsToThem()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"transcripts.sqlite"_s);
        constexpr int entries = 5 * Transcript::pageRows;
        {
            TranscriptStore store(file);
            const qint64 conversation = store.openConversation(u"foo"_s);
            for (int i = 0; i < entries; ++i) {
                store.append(conversation,
                             {Entry::Received, Entry::Text, QDateTime::currentDateTimeUtc(),
                              "entry " + QByteArray::number(i)});
            }
        }
        const ChatWindow chat(QUrl(u"foo"_s), {.transcriptFile = file});
        QVERIFY(QTest::qWaitForWindowExposed(chat.window()));
        const auto isThere = [&] {
            QTest::keyClick(chat.window(), Qt::Key_PageUp, Qt::ControlModifier);
            return visibleRows(chat.window()).contains(u"< entry 0"_s);
        };
        QTRY_VERIFY(isThere());
    }

    void ctrlFShowsWhatIsLookedFor()
    {
        Stranger stranger;
        stranger.texts = {u"alpha"_s, u"beta"_s, u"Alphabet"_s};
        stranger.listen();
        const ChatWindow chat(stranger.server.serverUrl());
        QVERIFY(QTest::qWaitForWindowExposed(chat.window()));
        QTRY_COMPARE(visibleRows(chat.window()).size(), 4);
        QTest::keyClick(chat.window(), Qt::Key_F, Qt::ControlModifier);
        QTRY_VERIFY(itemNamed(chat.window(), u"filterText"_s)->hasActiveFocus());
        typeInto(chat.window(), u"alpha"_s);
        const QStringList hits{u"< alpha"_s, u"< Alphabet"_s};
        QTRY_COMPARE(visibleRows(chat.window()), hits);
        QTRY_COMPARE(itemNamed(chat.window(), u"filterResult"_s)->property("text").toString(),
                     u"2 found, 2 hidden"_s);
        QTest::keyClick(chat.window(), Qt::Key_Escape);
        QTRY_COMPARE(visibleRows(chat.window()).size(), 4);
        QVERIFY(itemNamed(chat.window(), u"input"_s)->hasActiveFocus());
    }

    void hitsAreGoneThroughAmongAllRows()
    {
        Stranger stranger;
        stranger.texts = {u"alpha"_s, u"beta"_s, u"Alphabet"_s};
        stranger.listen();
        const ChatWindow chat(stranger.server.serverUrl());
        QQuickWindow *window = chat.window();
        QVERIFY(QTest::qWaitForWindowExposed(window));
        QTRY_COMPARE(visibleRows(window).size(), 4);
        QTest::keyClick(window, Qt::Key_F, Qt::ControlModifier);
        QVERIFY(itemNamed(window, u"filterBar"_s)->setProperty("hidesOthers", false));
        typeInto(window, u"alpha"_s);
        const auto result = [window] {
            return itemNamed(window, u"filterResult"_s)->property("text").toString();
        };
        // At once: nobody waits for the search.
        QTest::keyClick(window, Qt::Key_Return);
        QTRY_COMPARE(result(), u"1 of 2"_s);
        QCOMPARE(visibleRows(window).size(), 4);
        QTest::keyClick(window, Qt::Key_Return);
        QCOMPARE(result(), u"2 of 2"_s);
        const QQuickItem *view = itemNamed(window, u"transcript"_s);
        QCOMPARE(view->property("selectionEnd").toInt(), 2);
        QTest::keyClick(window, Qt::Key_F3, Qt::ShiftModifier);
        QCOMPARE(result(), u"1 of 2"_s);
        QCOMPARE(view->property("selectionEnd").toInt(), 4);
        QTest::keyClick(window, Qt::Key_Escape);
        QCOMPARE(view->property("selectionEnd").toInt(), 4);
        QCOMPARE(visibleRows(window).size(), 4);
    }

    void aMessageIsSentAgain()
    {
        EchoWindow echo;
        QVERIFY(echo.open(AWESOMECHAT_SERVER));
        QQuickWindow *window = echo.window();
        say(window, u" exactly this "_s);
        QTRY_COMPARE(visibleRows(window).size(), 4);

        auto *view = itemNamed(window, u"transcript"_s);
        view->forceActiveFocus();
        for (int i = 0; i < 2; ++i)
            QTest::keyClick(window, Qt::Key_Up);
        QCOMPARE(view->property("selectionEnd").toInt(), 3);
        QTest::keyClick(window, Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(visibleRows(window).size(), 6);
        QCOMPARE(visibleRows(window).at(4), u"> "_s + u" exactly this "_s);
        QCOMPARE(echo.server.log().count("text 14 bytes:  exactly"), 2);

        QTest::keyClick(window, Qt::Key_E, Qt::ControlModifier);
        const QQuickItem *input = itemNamed(window, u"input"_s);
        QVERIFY(input->hasActiveFocus());
        QCOMPARE(input->property("text").toString(), u" exactly this "_s);
        say(window, u"!"_s);
        QTRY_COMPARE(visibleRows(window).size(), 8);
        QCOMPARE(visibleRows(window).at(7), u"<  exactly this !"_s);
    }

    void whatIsEditedReplacesTheLineOnlyWhereItFits()
    {
        Stranger stranger;
        stranger.texts = {u"a\nb"_s, QString(150'000, u'x')};
        stranger.binaries = {"\x00\xff text"_ba};
        stranger.listen();
        const ChatWindow chat(stranger.server.serverUrl());
        QQuickWindow *window = chat.window();
        QVERIFY(QTest::qWaitForWindowExposed(window));
        QTRY_COMPARE(itemNamed(window, u"transcript"_s)->property("entryCount").toInt(), 4);
        typeInto(window, u"draft"_s);
        auto *view = itemNamed(window, u"transcript"_s);
        const QQuickItem *input = itemNamed(window, u"input"_s);
        const QQuickItem *notice = itemNamed(window, u"notice"_s);
        const auto edit = [&](int seq) {
            view->setProperty("selectionAnchor", seq);
            view->setProperty("selectionEnd", seq);
            view->forceActiveFocus();
            QTest::keyClick(window, Qt::Key_E, Qt::ControlModifier);
        };
        edit(3);
        QCOMPARE(input->property("text").toString(), u"draft"_s);
        QVERIFY(notice->property("text").toString().startsWith("Not put in"_L1));
        edit(4); // is binary
        QCOMPARE(input->property("text").toString(), u"draft"_s);
        edit(2);
        QVERIFY(input->hasActiveFocus());
        QCOMPARE(input->property("text").toString(), u"a\nb"_s);
        QCOMPARE(notice->property("text").toString(), QString());
        QVERIFY(itemNamed(window, u"size"_s)->property("text").toString().startsWith("2 lines"_L1));
        for (int i = 0; i < 2 && input->property("text").toString() != "draft"_L1; ++i)
            QTest::keyClick(window, Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(input->property("text").toString(), u"draft"_s);
    }

    void aFilterKeepsTheReadersPlace()
    {
        Stranger stranger;
        for (int i = 0; i < 200; ++i)
            stranger.texts += u"row %1"_s.arg(i);
        stranger.listen();
        const ChatWindow chat(stranger.server.serverUrl());
        QQuickWindow *window = chat.window();
        QVERIFY(QTest::qWaitForWindowExposed(window));
        QTRY_COMPARE(itemNamed(window, u"transcript"_s)->property("entryCount").toInt(), 201);
        for (int i = 0; i < 4; ++i)
            QTest::keyClick(window, Qt::Key_PageUp);
        QTRY_VERIFY(!visibleRows(window).contains(u"< row 199"_s));
        const QString read = visibleRows(window).at(visibleRows(window).size() / 2);
        QTest::keyClick(window, Qt::Key_F, Qt::ControlModifier);
        typeInto(window, u"row 19"_s);
        QTRY_VERIFY(visibleRows(window).contains(u"< row 199"_s));
        QVERIFY(!itemNamed(window, u"pill"_s)->isVisible());
        QTest::keyClick(window, Qt::Key_Escape);
        QTRY_VERIFY(visibleRows(window).contains(read));
        QVERIFY(!visibleRows(window).contains(u"< row 199"_s));
    }

    void qmlFetchesNothing()
    {
        QTcpServer sink;
        int fetches = 0;
        connect(&sink, &QTcpServer::newConnection, this, [&] { ++fetches; });
        QVERIFY(sink.listen(QHostAddress::LocalHost));
        const QNetworkRequest request(QUrl(u"http://127.0.0.1:%1/"_s.arg(sink.serverPort())));

        const ChatWindow chat{QUrl(u"foo"_s)};
        QNetworkAccessManager *manager = qmlEngine(chat.window())->networkAccessManager();
        const std::unique_ptr<QNetworkReply> reply(manager->get(request));
        QTRY_VERIFY(reply->isFinished());
        QVERIFY(reply->error() != QNetworkReply::NoError);
        QCOMPARE(fetches, 0);

        QNetworkAccessManager ordinary; // the sink would have noticed
        const std::unique_ptr<QNetworkReply> noticed(ordinary.get(request));
        QTRY_COMPARE(fetches, 1);
        noticed->abort();
    }

    void binaryMessagesAreShown()
    {
        Stranger stranger;
        stranger.binaries = {"hello"_ba, QByteArray("\x00\xff", 2)};
        stranger.listen();
        const ChatWindow chat(stranger.server.serverUrl());
        QVERIFY(QTest::qWaitForWindowExposed(chat.window()));
        QTRY_COMPARE(visibleRows(chat.window()),
                     QStringList({u"# socket open"_s, u"< hello"_s, u"< 00 ff"_s}));
    }

    void theKeyboardScrolls()
    {
        Stranger stranger;
        for (int i = 0; i < 200; ++i)
            stranger.texts += u"entry %1"_s.arg(i);
        stranger.listen();
        const ChatWindow chat(stranger.server.serverUrl());
        QQuickWindow *window = chat.window();
        QVERIFY(QTest::qWaitForWindowExposed(window));
        QTRY_VERIFY(!visibleRows(window).isEmpty()
                    && visibleRows(window).last() == "< entry 199"_L1);
        QTest::keyClick(window, Qt::Key_PageUp);
        QTRY_VERIFY(!visibleRows(window).contains(u"< entry 199"_s));
        QTest::keyClick(window, Qt::Key_PageDown, Qt::ControlModifier);
        QTRY_VERIFY(visibleRows(window).contains(u"< entry 199"_s));
        QTest::keyClick(window, Qt::Key_PageUp, Qt::ControlModifier);
        QTRY_VERIFY(visibleRows(window).contains(u"# socket open"_s));
    }
};

QTEST_MAIN(tst_Window)
#include "tst_window.moc"
