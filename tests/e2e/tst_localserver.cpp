// SPDX-License-Identifier: MIT
#include "chatwindow.h"
#include "localserver.h"
#include "windowview.h"

#include <QTcpServer>
#include <QTest>

#include <csignal>

using namespace Qt::Literals::StringLiterals;

/// Who has no server to talk to gets one with a key or a click.
class tst_LocalServer : public QObject
{
    Q_OBJECT

    /// A window that finds nobody, and its local server, which would begin with \a port.
    struct Lonely
    {
        explicit Lonely(int port)
            : Lonely(port, QUrl(u"ws://localhost:%1"_s.arg(port)))
        {
        }
        Lonely(int port, const QUrl &url)
            : chat(url)
            , window(chat.window())
            , server(window->findChild<LocalServer *>())
        {
            server->setProgram(QStringLiteral(AWESOMECHAT_SERVER));
            server->setPort(port);
        }

        [[nodiscard]] QQuickItem *item(const QString &name) const
        {
            return itemNamed(window, name);
        }
        void click(const QQuickItem *button) const
        {
            QTest::mouseClick(window, Qt::LeftButton, {},
                              button->mapRectToScene(button->boundingRect()).center().toPoint());
        }
        void say(const QString &words) const { ::say(window, words); }

        ChatWindow chat;
        QQuickWindow *window;
        LocalServer *server;
    };

    static int freePort()
    {
        QTcpServer server;
        return server.listen(QHostAddress::LocalHost) ? server.serverPort() : 0;
    }

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".?"_s)); }

    void whoFindsNobodyStartsOne_data()
    {
        QTest::addColumn<bool>("byKey");
        QTest::newRow("key") << true;
        QTest::newRow("click") << false;
    }

    void whoFindsNobodyStartsOne()
    {
        QFETCH(bool, byKey);
        const Lonely lonely(freePort());
        QVERIFY(QTest::qWaitForWindowExposed(lonely.window));
        const QQuickItem *button = lonely.item(u"startServer"_s);
        QVERIFY(!visibleRows(lonely.window).contains(u"# socket open"_s));
        QTRY_VERIFY(button->isVisible());
        lonely.say(u"early"_s); // it waits for whoever will be there

        if (byKey)
            QTest::keyClick(lonely.window, Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
        else
            lonely.click(button);
        QTRY_VERIFY_WITH_TIMEOUT(visibleRows(lonely.window).contains(u"< early"_s), 20'000);
        QVERIFY(!button->isVisible());
        QVERIFY(!lonely.item(u"localServerBar"_s)->isVisible());
        QVERIFY(lonely.item(u"input"_s)->hasActiveFocus());
        lonely.say(u"hello"_s);
        QTRY_COMPARE(visibleRows(lonely.window).last(), u"< hello"_s);
        // Once more changes nothing.
        QTest::keyClick(lonely.window, Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
        lonely.say(u"again"_s);
        QTRY_COMPARE(visibleRows(lonely.window).last(), u"< again"_s);
    }

    void somebodyElseHasThePort()
    {
        QTcpServer other; // which says nothing
        QVERIFY(other.listen(QHostAddress::LocalHost));
        const Lonely lonely(other.serverPort());
        QVERIFY(QTest::qWaitForWindowExposed(lonely.window));
        QTest::keyClick(lonely.window, Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE_WITH_TIMEOUT(lonely.server->state(), LocalServer::Running, 20'000);
        QTRY_VERIFY(visibleRows(lonely.window).contains(u"< Welcome to Awesome Chat"_s));
        lonely.say(u"hello"_s);
        QTRY_COMPARE(visibleRows(lonely.window).last(), u"< hello"_s);
        QVERIFY(lonely.window->title().contains(lonely.server->url().toString()));

        const QQuickItem *notice = lonely.item(u"localServerNotice"_s);
        const QString said = notice->property("text").toString();
        QVERIFY2(notice->isVisible()
                     && said.startsWith(u"Port %1 is taken by "_s.arg(other.serverPort()))
                     && said.contains(QString::number(QCoreApplication::applicationPid())),
                 qPrintable(said));
        QVERIFY(QMetaObject::invokeMethod(lonely.item(u"dismissNotice"_s), "clicked"));
        QVERIFY(!notice->isVisible());
        QVERIFY(lonely.item(u"input"_s)->hasActiveFocus());
    }

    void itEndsAndIsStartedAgain()
    {
        const Lonely lonely(freePort());
        QVERIFY(QTest::qWaitForWindowExposed(lonely.window));
        QTest::keyClick(lonely.window, Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY_WITH_TIMEOUT(
            visibleRows(lonely.window).contains(u"< Welcome to Awesome Chat"_s), 20'000);
        ::kill(pid_t(lonely.server->processId()), SIGKILL);
        const QQuickItem *button = lonely.item(u"startServer"_s);
        QTRY_VERIFY(button->isVisible());
        QTRY_VERIFY(lonely.item(u"localServerNotice"_s)
                        ->property("text")
                        .toString()
                        .contains("has ended by itself"_L1));
        lonely.click(button);
        QTRY_COMPARE_WITH_TIMEOUT(visibleRows(lonely.window).count(u"< Welcome to Awesome Chat"_s),
                                  2, 20'000);
        QVERIFY(!lonely.item(u"localServerNotice"_s)->isVisible());
    }

    void itIsMissing()
    {
        const Lonely lonely(freePort());
        lonely.server->setProgram(u"/nowhere/awesome-chat-server"_s);
        QVERIFY(QTest::qWaitForWindowExposed(lonely.window));
        QTest::keyClick(lonely.window, Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(lonely.item(u"localServerNotice"_s)
                        ->property("text")
                        .toString()
                        .contains("could not be started"_L1));
    }

    void itIsNotOfferedForOthers()
    {
        const Lonely lonely(freePort(), QUrl(u"ws://nobody.invalid"_s));
        QVERIFY(QTest::qWaitForWindowExposed(lonely.window));
        QTRY_VERIFY_WITH_TIMEOUT(lonely.item(u"retryBar"_s)->isVisible(), 20'000);
        QVERIFY(!lonely.item(u"startServer"_s)->isVisible());
    }
};

QTEST_MAIN(tst_LocalServer)
#include "tst_localserver.moc"
