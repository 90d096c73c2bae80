// SPDX-License-Identifier: MIT
#include "serverprocess.h"
#include "websocket.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

/// The closing handshake with other people's servers, as both ends see it.
class tst_Closing : public QObject
{
    Q_OBJECT

    ServerProcess m_server;

    /// What the server says of the connection before: "4001 bye 0".
    [[nodiscard]] QString last() const
    {
        WebSocket socket;
        QSignalSpy texts(&socket, &WebSocket::textMessageReceived);
        socket.setUrl(m_server.url().resolved(QUrl(u"/last"_s)));
        socket.open();
        return texts.wait() ? texts.at(0).at(0).toString() : QString();
    }

    static void servers()
    {
        QTest::addColumn<QString>("interpreter");
        QTest::addColumn<QString>("script");
        QTest::newRow("Node's ws") << QStringLiteral(AWESOMECHAT_NODE) << u"close_with_node.js"_s;
        QTest::newRow("Python's websockets")
            << QStringLiteral(AWESOMECHAT_PYTHON) << u"close_with_python.py"_s;
    }

    void start()
    {
        QFETCH(QString, interpreter);
        QFETCH(QString, script);
        m_server.kill();
        QVERIFY(m_server.start(interpreter, {QStringLiteral(SCRIPTS "/") + script}));
    }

private Q_SLOTS:
    void theServerCloses_data() { servers(); }
    void theServerCloses()
    {
        start();
        for (const QString &path : {u"1000"_s, u"1012"_s, u"1013"_s, u"4000"_s, u"none"_s}) {
            WebSocket socket;
            socket.setUrl(m_server.url().resolved(QUrl(u'/' + path)));
            socket.open();
            QTRY_COMPARE(socket.status(), WebSocket::Closed);
            QVERIFY2(socket.wasClean(), qPrintable(socket.ending()));
            const bool hasCode = path != "none"_L1;
            QCOMPARE(socket.closeCode(), hasCode ? path.toInt() : 1005);
            // Our answer has the same.
            QCOMPARE(last(), hasCode ? path + u" later 0"_s : u"1005  0"_s);
        }
    }

    void weClose_data() { servers(); }
    void weClose()
    {
        start();
        WebSocket socket;
        socket.setUrl(m_server.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        socket.close(4001, u"bye"_s);
        QTRY_COMPARE(socket.status(), WebSocket::Closed);
        QCOMPARE(socket.ending(), u"closed cleanly from here: 4001, “bye”"_s);
        QVERIFY(socket.wasClean());
        QCOMPARE(last(), u"4001 bye 0"_s);
    }

    void weCloseWhileTheServerTalks_data() { servers(); }
    void weCloseWhileTheServerTalks()
    {
        start();
        WebSocket socket;
        qint64 heard = 0;
        connect(&socket, &WebSocket::messagesReceived, this,
                [&](const auto &messages) { heard += messages.size(); });
        socket.setUrl(m_server.url().resolved(QUrl(u"/flood"_s)));
        socket.open();
        QTRY_VERIFY(heard > 1'000);
        socket.close(1000, u"enough"_s);
        QTRY_COMPARE(socket.status(), WebSocket::Closed);
        QVERIFY2(socket.wasClean(), qPrintable(socket.ending()));
        // Whatever the server has sent has come.
        QCOMPARE(last(), u"1000 enough %1"_s.arg(heard));
    }
};

QTEST_GUILESS_MAIN(tst_Closing)
#include "tst_closing.moc"
