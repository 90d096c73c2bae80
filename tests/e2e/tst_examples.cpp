// SPDX-License-Identifier: MIT
#include "serverprocess.h"
#include "windowview.h"

#include <QFile>
#include <QQuickView>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

/// The two examples, on the real server.
class tst_Examples : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    ServerProcess m_server;

    /// A copy of the example \a name that talks to our server instead of the one at port 3000.
    QString copyOf(const QString &name)
    {
        QFile original(QStringLiteral(AWESOMECHAT_EXAMPLES "/") + name);
        QFile copy(m_dir.filePath(name));
        if (!original.open(QIODevice::ReadOnly) || !copy.open(QIODevice::WriteOnly))
            return {};
        QByteArray text = original.readAll();
        if (text.count("ws://localhost:3000") != 1)
            return {};
        text.replace("ws://localhost:3000", m_server.url().toEncoded());
        copy.write(text);
        return copy.fileName();
    }

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".?"_s));
        QVERIFY(m_server.startEchoServer(AWESOMECHAT_SERVER));
    }
    void cleanup() { m_server.kill(); }

    void ping()
    {
        QQuickView view(QUrl::fromLocalFile(copyOf(u"ping.qml"_s)));
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QTRY_COMPARE(view.rootObject()->property("text").toString(), u"ping"_s);
        QVERIFY(m_server.log().contains("text 4 bytes: ping"));
    }

    void wsClient()
    {
        QQuickView view(QUrl::fromLocalFile(copyOf(u"ws_client.qml"_s)));
        view.setResizeMode(QQuickView::SizeRootObjectToView);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QStringList rows{u"# socket open"_s, u"< Welcome to Awesome Chat"_s};
        QTRY_COMPARE(visibleRows(&view), rows);
        typeInto(&view, u"hello"_s);
        QTest::keyClick(&view, Qt::Key_Return);
        typeInto(&view, u"second"_s);
        QTest::keyClick(&view, Qt::Key_Return);
        rows << u"> hello"_s << u"> second"_s << u"< hello"_s << u"< second"_s;
        rows.sort();
        QTRY_COMPARE(
            [&] {
                QStringList shown = visibleRows(&view);
                shown.sort();
                return shown;
            }(),
            rows);

        // The content follows the window.
        view.resize(800, 600);
        QTRY_COMPARE(view.rootObject()->size().toSize(), QSize(800, 600));
        const auto items = itemsIn(view.rootObject());
        for (const QQuickItem *item : items) {
            if (item->inherits("QQuickListView"))
                QTRY_COMPARE(qRound(item->width()), 792);
            if (item->inherits("QQuickText"))
                QCOMPARE(item->property("textFormat").toInt(), 0); // plain text
        }

        // A line that cannot go out stays.
        m_server.kill();
        QTRY_VERIFY(visibleRows(&view).contains(u"# socket closed"_s));
        typeInto(&view, u"kept"_s);
        QTest::keyClick(&view, Qt::Key_Return);
        QTRY_COMPARE(visibleRows(&view).last(), u"# not sent: the socket is not open"_s);
    }

    void inTheViewer_data()
    {
        QTest::addColumn<QString>("example");
        QTest::addColumn<QByteArray>("logged");
        QTest::newRow("ping.qml") << u"ping.qml"_s << "text 4 bytes: ping"_ba;
        QTest::newRow("ws_client.qml") << u"ws_client.qml"_s << "#1 connected"_ba;
    }

    void inTheViewer()
    {
        QFETCH(QString, example);
        QFETCH(QByteArray, logged);
        QProcess viewer;
        viewer.start(QStringLiteral(QML_VIEWER), {copyOf(example)});
        QTRY_VERIFY(m_server.log().contains(logged));
        viewer.terminate();
        QVERIFY(viewer.waitForFinished());
        QCOMPARE(viewer.readAllStandardError(), QByteArray());
        QCOMPARE(viewer.readAllStandardOutput(), QByteArray());
    }
};

QTEST_MAIN(tst_Examples)
#include "tst_examples.moc"
