// SPDX-License-Identifier: MIT
#include "chatwindow.h"
#include "serverprocess.h"
#include "windowview.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;

/// Our window on other people's servers.
class tst_Client : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aConversation_data()
    {
        QTest::addColumn<QString>("interpreter");
        QTest::addColumn<QString>("script");
        QTest::addColumn<QString>("size"); // how the echo is labelled
        QTest::newRow("Node's ws, echo in binary frames")
            << QStringLiteral(AWESOMECHAT_NODE) << u"echo_with_node.js"_s << u"binary 5 B"_s;
        QTest::newRow("Python's websockets")
            << QStringLiteral(AWESOMECHAT_PYTHON) << u"echo_with_python.py"_s << u"5 B"_s;
    }

    void aConversation()
    {
        QTest::failOnWarning(QRegularExpression(u".?"_s));
        QFETCH(QString, interpreter);
        QFETCH(QString, script);
        QFETCH(QString, size);
        ServerProcess server;
        QVERIFY(server.start(interpreter, {QStringLiteral(SCRIPTS "/") + script}));

        const ChatWindow chat(server.url());
        QQuickWindow *window = chat.window();
        QVERIFY(QTest::qWaitForWindowExposed(window));
        QStringList rows{u"# socket open"_s, u"< Welcome to Awesome Chat"_s};
        QTRY_COMPARE(visibleRows(window), rows);
        typeInto(window, u"hello"_s);
        QTest::keyClick(window, Qt::Key_Return);
        rows << u"> hello"_s << u"< hello"_s;
        QTRY_COMPARE(visibleRows(window), rows);

        QStringList sizes;
        const auto items = itemsIn(window->contentItem());
        for (const QQuickItem *item : items) {
            if (item->property("prefix") == u"<"_s && item->property("text") == u"hello"_s)
                sizes += item->property("sizeText").toString();
        }
        QCOMPARE(sizes, QStringList(size));

        server.kill();
        QTRY_VERIFY(visibleRows(window).last().startsWith("# socket error"_L1));
    }
};

QTEST_MAIN(tst_Client)
#include "tst_client.moc"
