// SPDX-License-Identifier: MIT
#include "../client/hostilepeer.h"
#include "chatwindow.h"
#include "serverprocess.h"
#include "windowview.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;

/// Why a connection failed, as the window says it, whatever a server does.
class tst_Hostile : public QObject
{
    Q_OBJECT

    static void connectTo(QQuickWindow *window, const QUrl &url)
    {
        QTest::keyClick(window, Qt::Key_L, Qt::ControlModifier);
        typeInto(window, url.toString());
        QTest::keyClick(window, Qt::Key_Return);
    }

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".?"_s)); }

    void each_data()
    {
        QTest::addColumn<int>("index");
        const auto deeds = HostilePeer::deeds();
        for (int i = 0; i < deeds.size(); ++i)
            QTest::newRow(deeds[i].name) << i;
    }

    void each()
    {
        QFETCH(int, index);
        const HostilePeer::Deed deed = HostilePeer::deeds().at(index);
        const HostilePeer peer(deed);
        const ChatWindow chat(peer.url(), {.reconnect = false});
        QQuickWindow *window = chat.window();
        QVERIFY(QTest::qWaitForWindowExposed(window));
        const QString word = deed.isClosed ? u"closed"_s : u"failed"_s;
        // One is silent until the window has waited long enough, 10 s.
        QTRY_COMPARE_WITH_TIMEOUT(textOf(window, u"state"_s), word, 20'000);
        QTRY_VERIFY(!visibleRows(window).isEmpty()
                    && visibleRows(window).last().contains(deed.sentence));
        QCOMPARE(peer.connections(), 1);

        // All of it on demand, and the line is still there to type in.
        QTest::keyClick(window, Qt::Key_I, Qt::ControlModifier);
        QTRY_VERIFY(textOf(window, u"ending"_s).contains(deed.sentence));
        QTest::keyClick(window, Qt::Key_Escape);
        QTRY_COMPARE(textOf(window, u"ending"_s), QString());
        QVERIFY(itemNamed(window, u"input"_s)->hasActiveFocus());
        QVERIFY(!window->grabWindow().isNull());

        // An honest server is talked to right after it.
        ServerProcess server;
        QVERIFY(server.startEchoServer(AWESOMECHAT_SERVER));
        connectTo(window, server.url());
        QTRY_VERIFY(!visibleRows(window).isEmpty()
                    && visibleRows(window).last() == u"< Welcome to Awesome Chat"_s);
        QTRY_COMPARE(textOf(window, u"state"_s), u"open"_s);
    }

    void howConnectingWent()
    {
        ServerProcess server;
        QVERIFY(server.startEchoServer(AWESOMECHAT_SERVER));
        const ChatWindow chat(server.url());
        QQuickWindow *window = chat.window();
        QVERIFY(QTest::qWaitForWindowExposed(window));
        QTRY_COMPARE(textOf(window, u"state"_s), u"open"_s);
        // A ping has come back.
        QTRY_VERIFY2(textOf(window, u"ping"_s).endsWith(" ms"_L1),
                     qPrintable(textOf(window, u"ping"_s)));
        QVERIFY(itemNamed(window, u"closeStages"_s) == nullptr);

        // By the keyboard and by the mouse.
        click(window, u"state"_s);
        QTRY_VERIFY(itemNamed(window, u"closeStages"_s) != nullptr
                    && itemNamed(window, u"closeStages"_s)->hasActiveFocus());
        QStringList stages;
        const auto items = itemsIn(window->contentItem());
        for (const QQuickItem *item : items) {
            if (item->isVisible() && item->objectName().startsWith("stage"_L1)
                && item->property("text").isValid())
                stages += item->property("text").toString();
        }
        const QRegularExpression form(
            u"^name [\\d.]+ ms, TCP [\\d.]+ ms, 127.0.0.1:\\d+, upgrade [\\d.]+ ms, "
            "HTTP 101 Switching Protocols, ping [\\d.]+ ms$"_s);
        QVERIFY2(form.match(stages.join(u", "_s)).hasMatch(), qPrintable(stages.join(u", "_s)));
        QTest::keyClick(window, Qt::Key_Return);
        QTRY_VERIFY(!itemNamed(window, u"closeStages"_s)->isVisible());
        QVERIFY(itemNamed(window, u"input"_s)->hasActiveFocus());

        QTest::keyClick(window, Qt::Key_I, Qt::ControlModifier);
        QTRY_VERIFY(itemNamed(window, u"closeStages"_s)->isVisible());
        server.terminate();
        QTRY_COMPARE(textOf(window, u"ending"_s),
                     u"closed cleanly by the server: 1001, going away, “Server stopping”"_s);
        QTest::keyClick(window, Qt::Key_I, Qt::ControlModifier);
        QTRY_VERIFY(!itemNamed(window, u"closeStages"_s)->isVisible());
    }
};

QTEST_MAIN(tst_Hostile)
#include "tst_hostile.moc"
