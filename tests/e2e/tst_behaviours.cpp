// SPDX-License-Identifier: MIT
#include "chatwindow.h"
#include "serverprocess.h"
#include "windowview.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;

/// The window on our server when that is asked to misbehave: the right state, the right sentence,
/// and each line is either sent or there to be sent again.
class tst_Behaviours : public QObject
{
    Q_OBJECT

    ServerProcess m_server;

    /// A window that talks to the server, which is asked for \a behaviour.
    struct Window
    {
        explicit Window(const ServerProcess &server, const QString &behaviour)
            : who(u"127.0.0.1:%1"_s.arg(server.url().port()))
            , chat(QUrl(u"ws://%1/?greeting=off&%2"_s.arg(who, behaviour)))
            , window(chat.window())
        {
        }
        [[nodiscard]] QString textOf(const QString &name) const { return ::textOf(window, name); }
        [[nodiscard]] QString state() const { return textOf(u"state"_s); }
        [[nodiscard]] QStringList rows() const { return visibleRows(window); }
        [[nodiscard]] QString lastRow() const
        {
            const QStringList all = rows();
            return all.isEmpty() ? QString() : all.last();
        }
        void say(const QString &words) const { ::say(window, words); }
        void click(const QString &name) const { ::click(window, name); }

        QString who;
        ChatWindow chat;
        QQuickWindow *window;
    };

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_server.startEchoServer(AWESOMECHAT_SERVER)); }
    void init() { QTest::failOnWarning(QRegularExpression(u".?"_s)); }

    void aConnectionIsDropped()
    {
        const Window window(m_server, u"drop-after=2"_s);
        QVERIFY(QTest::qWaitForWindowExposed(window.window));
        QTRY_COMPARE(window.state(), u"open"_s);
        window.say(u"one"_s);
        QTRY_COMPARE(window.lastRow(), u"< one"_s);
        window.say(u"two"_s);
        QTRY_COMPARE(window.state(), u"failed"_s);
        QTRY_VERIFY2(window.lastRow().startsWith(
                         u"# socket error: The connection to %1 was lost: "_s.arg(window.who)),
                     qPrintable(window.lastRow()));
        QVERIFY2(window.lastRow().endsWith("without a close frame (1006)."_L1),
                 qPrintable(window.lastRow()));
        // It comes back by itself; what may have been lost is not sent again by itself.
        QTRY_COMPARE_WITH_TIMEOUT(window.state(), u"open"_s, 20'000);
        QCOMPARE(window.rows().filter(u"> two"_s).size(), 1);
    }

    void itIsClosed_data()
    {
        QTest::addColumn<QString>("behaviour");
        QTest::addColumn<QString>("sentence");
        QTest::addColumn<bool>("comesBack");
        QTest::newRow("normal") << u"close-after=1"_s
                                << u"# socket closed cleanly by the server: 1000, normal closure"_s
                                << true;
        QTest::newRow("reason") << u"close-after=1&code=4000&reason=<b>bye"_s
                                << u"# socket closed cleanly by the server: 4000, “<b>bye”"_s
                                << true;
        QTest::newRow("restart")
            << u"close-after=1&code=1012"_s
            << u"# socket closed cleanly by the server: 1012, service restart"_s << true;
        QTest::newRow("policy")
            << u"close-after=1&code=1008"_s
            << u"# socket closed cleanly by the server: 1008, policy violation"_s << false;
        QTest::newRow("too big")
            << u"close-after=1&code=1009"_s
            << u"# socket closed cleanly by the server: 1009, message too big"_s << false;
        QTest::newRow("no code")
            << u"close-after=1&code=none"_s
            << u"# socket closed cleanly by the server: 1005, no status received"_s << true;
    }

    void itIsClosed()
    {
        QFETCH(QString, behaviour);
        QFETCH(QString, sentence);
        QFETCH(bool, comesBack);
        const Window window(m_server, behaviour);
        QVERIFY(QTest::qWaitForWindowExposed(window.window));
        QTRY_COMPARE(window.state(), u"open"_s);
        window.say(u"last"_s);
        QTRY_COMPARE(window.state(), u"closed"_s);
        QTRY_VERIFY2(window.rows().contains(sentence), qPrintable(window.rows().join(u'\n')));
        QVERIFY(window.rows().contains(u"< last"_s));
        QTRY_VERIFY(!window.textOf(u"retryWords"_s).isEmpty() || window.state() == "open"_L1);
        if (comesBack)
            QTRY_COMPARE_WITH_TIMEOUT(window.state(), u"open"_s, 20'000);
        else
            QVERIFY(!itemNamed(window.window, u"retryNow"_s)->isVisible());
    }

    void aForbiddenCloseCode()
    {
        const Window window(m_server, u"close-after=1&code=1005"_s);
        QVERIFY(QTest::qWaitForWindowExposed(window.window));
        QTRY_COMPARE(window.state(), u"open"_s);
        window.say(u"last"_s);
        QTRY_COMPARE(window.state(), u"failed"_s);
        QTRY_VERIFY2(window.lastRow().contains("1005, which is no close code"_L1),
                     qPrintable(window.lastRow()));
    }

    void itIsSilent()
    {
        const Window window(m_server, u"silent"_s);
        QVERIFY(QTest::qWaitForWindowExposed(window.window));
        QTRY_COMPARE(window.state(), u"open"_s);
        window.say(u"hello"_s);
        QTRY_COMPARE(window.lastRow(), u"> hello"_s);
        // Its Close is not answered either, and not waited for for ever.
        window.click(u"connect"_s);
        QTRY_VERIFY_WITH_TIMEOUT(window.lastRow().startsWith("# socket"_L1), 20'000);
        QCOMPARE(itemNamed(window.window, u"connect"_s)->property("text").toString(), u"Connect"_s);
        // Nobody knows whether the line has arrived.
        QTRY_COMPARE(itemNamed(window.window, u"outbox"_s)->property("inDoubtCount").toInt(), 1);
        QVERIFY(!itemNamed(window.window, u"retryNow"_s)->isVisible());
    }

    void itIsLate()
    {
        const Window window(m_server, u"delay=400"_s);
        QVERIFY(QTest::qWaitForWindowExposed(window.window));
        QTRY_COMPARE(window.state(), u"open"_s);
        window.say(u"hello"_s);
        QTRY_COMPARE(window.lastRow(), u"> hello"_s);
        QVERIFY(!window.rows().contains(u"< hello"_s));
        QTRY_COMPARE(window.lastRow(), u"< hello"_s);
        // The row of what was sent says how long that took.
        double roundTrip = -1;
        const auto items = itemsIn(window.window->contentItem());
        for (const QQuickItem *item : items) {
            if (item->property("prefix") == u">"_s)
                roundTrip = item->property("roundTrip").toDouble();
        }
        QVERIFY2(roundTrip >= 400, qPrintable(QString::number(roundTrip)));
    }
};

QTEST_MAIN(tst_Behaviours)
#include "tst_behaviours.moc"
