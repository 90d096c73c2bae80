// SPDX-License-Identifier: MIT
#include "peers.h"
#include "replay.h"
#include "websocket.h"

#include <QSignalSpy>
#include <QTemporaryFile>
#include <QTest>

#include <memory>

using namespace Qt::Literals::StringLiterals;

namespace {

/// A line of a conversation's file; JSON that is written with ' for ".
QByteArray json(QByteArray text)
{
    return text.replace('\'', '"') + '\n';
}

QByteArray sent(const QByteArray &text)
{
    return json("{'direction':'sent','text':'" + text + "'}");
}

QByteArray received(const QByteArray &text)
{
    return json("{'direction':'received','text':'" + text + "'}");
}

const QByteArray opened = json("{'direction':'local','kind':'opened'}"_ba);

/// A replay of \a lines.
class Run
{
public:
    explicit Run(const QByteArray &lines, const QUrl &url)
    {
        if (!m_file.open() || m_file.write(lines) != lines.size() || !m_file.flush())
            qFatal("no file");
        socket->setUrl(url);
        replay.setSocket(socket.get());
        replay.setFileName(m_file.fileName());
    }
    void start()
    {
        m_finished.clear();
        replay.start();
    }
    [[nodiscard]] bool isFinished() const { return !m_finished.isEmpty() && !replay.isRunning(); }
    [[nodiscard]] QString summary() const { return replay.summary(); }
    [[nodiscard]] QTemporaryFile &file() { return m_file; }

    std::unique_ptr<WebSocket> socket = std::make_unique<WebSocket>();
    Replay replay;

private:
    QTemporaryFile m_file;
    QSignalSpy m_finished{&replay, &Replay::finished};
};

} // namespace

#define FINISH(RUN, OUTCOME)                                                                       \
    do {                                                                                           \
        QTRY_VERIFY_WITH_TIMEOUT((RUN).isFinished(), 20'000);                                      \
        QVERIFY2((RUN).replay.outcome() == (OUTCOME), qPrintable((RUN).summary()));                \
    } while (false)

class tst_Replay : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyAnswerIsEqual()
    {
        WebSocketPeer peer(true);
        connect(&peer, &WebSocketPeer::connected, this,
                [](QWebSocket *socket) { socket->sendTextMessage(u"Welcome"_s); });
        Run run(opened + received("Welcome"_ba) + sent("hello"_ba) + received("hello"_ba)
                    + json("{'direction':'sent','base64':'AP8='}"_ba)
                    + json("{'direction':'received','base64':'AP8='}"_ba) + sent(""_ba)
                    + received(""_ba) + sent("\\u0000€"_ba) + received("\\u0000€"_ba)
                    + json("{'direction':'local','kind':'closed','text':'another sentence'}"_ba),
                peer.url());
        QSignalSpy texts(&peer, &WebSocketPeer::received);
        for (int i = 0; i < 2; ++i) { // it can be had again
            run.start();
            QVERIFY(run.replay.isRunning());
            FINISH(run, Replay::Equal);
            QVERIFY(!run.replay.difference());
            QVERIFY2(run.summary().contains("sent: 4, received: 5"_L1), qPrintable(run.summary()));
            QCOMPARE(run.socket->status(), WebSocket::Closed);
            QCOMPARE(run.socket->closeCode(), 1000);
        }
        QCOMPARE(texts.count(), 6);
        QCOMPARE(peer.connections(), 2U);
    }

    void itStopsAtTheFirstDifference()
    {
        WebSocketPeer peer;
        QSignalSpy messages(&peer, &WebSocketPeer::received);
        connect(&peer, &WebSocketPeer::received, this, [&](const QString &text) {
            peer.last()->sendTextMessage(text == u"two" ? u"deux"_s : text);
        });
        Run run(opened + sent("one"_ba) + received("one"_ba) + sent("two"_ba) + received("two"_ba)
                    + sent("three"_ba) + received("three"_ba),
                peer.url());
        run.start();
        FINISH(run, Replay::Different);
        QCOMPARE(messages.count(), 2); // not the third
        const Difference difference = run.replay.difference().value();
        QCOMPARE(difference.expected->payload, "two"_ba);
        QCOMPARE(difference.received->payload, "deux"_ba);
        QCOMPARE(difference.number, 2);
        QCOMPARE(difference.line, 5);
        QVERIFY2(run.summary().contains("line 5"_L1), qPrintable(run.summary()));
        QCOMPARE(difference.text(),
                 u"expected: text, 3 bytes: “two”\nreceived: text, 4 bytes: “deux”"_s);
    }

    void textIsNotBinary()
    {
        WebSocketPeer peer;
        connect(&peer, &WebSocketPeer::received, this,
                [&](const QString &text) { peer.last()->sendBinaryMessage(text.toUtf8()); });
        Run run(sent("hello"_ba) + received("hello"_ba), peer.url());
        run.start();
        FINISH(run, Replay::Different);
        QCOMPARE(run.replay.difference()->text(),
                 u"expected: text, 5 bytes: “hello”\nreceived: binary, 5 bytes: “hello”"_s);
    }

    void whatWasAnAnswerThenIsAwaited()
    {
        WebSocketPeer peer;
        QStringList log;
        connect(&peer, &WebSocketPeer::received, this, [&](const QString &text) {
            log += text;
            QTimer::singleShot(50, &peer, [&, text] {
                log += u"answered "_s + text;
                peer.last()->sendTextMessage(text);
            });
        });
        Run run(sent("a"_ba) + sent("b"_ba) + received("a"_ba) + received("b"_ba) + sent("c"_ba)
                    + received("c"_ba),
                peer.url());
        run.start();
        FINISH(run, Replay::Equal);
        QCOMPARE(log,
                 QStringList(
                     {u"a"_s, u"b"_s, u"answered a"_s, u"answered b"_s, u"c"_s, u"answered c"_s}));
    }

    void oneAnswerTooMany()
    {
        WebSocketPeer peer;
        connect(&peer, &WebSocketPeer::received, this, [&](const QString &text) {
            peer.last()->sendTextMessage(text);
            peer.last()->sendTextMessage(text);
        });
        Run run(sent("hello"_ba) + received("hello"_ba), peer.url());
        run.start();
        FINISH(run, Replay::Different);
        const Difference difference = run.replay.difference().value();
        QVERIFY(!difference.expected);
        QCOMPARE(difference.number, 2);
        QCOMPARE(difference.line, 2);
        QCOMPARE(difference.text(), u"expected: nothing\nreceived: text, 5 bytes: “hello”"_s);
    }

    void silence()
    {
        WebSocketPeer peer;
        Run run(sent("hello"_ba) + received("hello"_ba), peer.url());
        run.replay.setAnswerTimeout(50);
        run.start();
        FINISH(run, Replay::Silence);
        QVERIFY2(run.summary().contains("0.05 s"_L1), qPrintable(run.summary()));
        QCOMPARE(run.replay.difference()->line, 2);
        QVERIFY(!run.replay.difference()->received);
        QVERIFY(run.replay.difference()->text().endsWith("received: nothing"_L1));
    }

    void anAnswerMayTakeAsLongAsThen()
    {
        WebSocketPeer peer;
        connect(&peer, &WebSocketPeer::received, this, [&](const QString &text) {
            QTimer::singleShot(300, &peer, [&, text] { peer.last()->sendTextMessage(text); });
        });
        Run run(json("{'direction':'sent','text':'a','time':'2026-11-22T15:04:05.000Z'}"_ba)
                    + json("{'direction':'received','text':'a','time':'2026-11-22T15:04:35Z'}"_ba),
                peer.url());
        run.replay.setAnswerTimeout(20);
        run.start();
        FINISH(run, Replay::Equal);
    }

    void nothingListens()
    {
        Run run(sent("hello"_ba), deadUrl());
        run.start();
        FINISH(run, Replay::ConnectionFailed);
        QVERIFY2(run.summary().contains("Nothing listens"_L1), qPrintable(run.summary()));
    }

    void theServerClosesTooEarly()
    {
        WebSocketPeer peer;
        connect(&peer, &WebSocketPeer::received, this,
                [&] { peer.last()->close(QWebSocketProtocol::CloseCodeGoingAway, u"later"_s); });
        Run run(sent("hello"_ba) + received("hello"_ba), peer.url());
        run.start();
        FINISH(run, Replay::ConnectionFailed);
        QVERIFY2(run.summary().contains(u"(1001 going away, “later”)"_s),
                 qPrintable(run.summary()));
        QVERIFY2(run.summary().contains("Line 2 "_L1), qPrintable(run.summary()));
    }

    void theServerIsLost()
    {
        WebSocketPeer peer;
        connect(&peer, &WebSocketPeer::received, this, [&] { peer.kill(); });
        Run run(sent("hello"_ba) + received("hello"_ba), peer.url());
        run.start();
        FINISH(run, Replay::ConnectionFailed);
        QVERIFY2(run.summary().contains("was lost"_L1), qPrintable(run.summary()));
    }

    void howAConnectionEndsIsNotCompared()
    {
        WebSocketPeer peer(true);
        connect(&peer, &WebSocketPeer::received, this, [&](const QString &text) {
            if (text == u"bye")
                QMetaObject::invokeMethod(
                    peer.last(),
                    [&peer] { peer.last()->close(QWebSocketProtocol::CloseCodePolicyViolated); },
                    Qt::QueuedConnection);
        });
        Run run(sent("bye"_ba) + received("bye"_ba), peer.url());
        run.start();
        FINISH(run, Replay::Equal);
    }

    void severalConnections()
    {
        WebSocketPeer peer(true);
        connect(&peer, &WebSocketPeer::connected, this,
                [](QWebSocket *socket) { socket->sendTextMessage(u"Welcome"_s); });
        connect(&peer, &WebSocketPeer::received, this, [&](const QString &text) {
            if (text == u"close")
                QMetaObject::invokeMethod(
                    peer.last(), [&peer] { peer.last()->close(); }, Qt::QueuedConnection);
        });
        const QByteArray closed = json("{'direction':'local','kind':'closed'}"_ba);
        Run run(closed + opened + received("Welcome"_ba) + sent("one"_ba) + received("one"_ba)
                    + closed + opened + received("Welcome"_ba) + sent("close"_ba)
                    + received("close"_ba) + closed + opened + opened + received("Welcome"_ba),
                peer.url());
        run.start();
        FINISH(run, Replay::Equal);
        QCOMPARE(peer.connections(), 3U);
        QVERIFY2(run.summary().contains("sent: 2, received: 5"_L1), qPrintable(run.summary()));
    }

    void aConnectionThatIsThereIsNotUsed()
    {
        WebSocketPeer peer;
        connect(&peer, &WebSocketPeer::connected, this,
                [](QWebSocket *socket) { socket->sendTextMessage(u"Welcome"_s); });
        Run run(received("Welcome"_ba), peer.url());
        run.socket->open();
        QTRY_COMPARE(run.socket->status(), WebSocket::Open);
        run.start();
        FINISH(run, Replay::Equal);
        QCOMPARE(peer.connections(), 2U);
    }

    void aFileWithoutAnswersComparesNothing()
    {
        WebSocketPeer peer(true);
        QSignalSpy messages(&peer, &WebSocketPeer::received);
        Run run(sent("one"_ba) + sent("two"_ba), peer.url());
        run.start();
        FINISH(run, Replay::Equal);
        QCOMPARE(messages.count(), 2);
        QVERIFY2(run.summary().contains("no answers"_L1), qPrintable(run.summary()));
    }

    void manyMessages()
    {
        // More than may wait to be sent, and all of them before the first answer.
        WebSocketPeer peer(true);
        QByteArray lines;
        for (const auto direction : {&sent, &received}) {
            for (int i = 0; i < 3'000; ++i)
                lines += direction(QByteArray::number(i) + QByteArray(1'000, 'x'));
        }
        Run run(lines, peer.url());
        qint64 most = 0;
        connect(run.socket.get(), &WebSocket::bytesToWriteChanged, this,
                [&] { most = std::max(most, run.socket->bytesToWrite()); });
        run.start();
        FINISH(run, Replay::Equal);
        QVERIFY2(most < Replay::maxBytesToWrite + 10'000, qPrintable(QString::number(most)));
    }

    void theServerOfTheFile()
    {
        WebSocketPeer peer(true);
        Run run(json("{'format':'awesome-chat-conversation','version':1,'server':'"
                     + peer.url().toEncoded() + "'}")
                    + sent("hello"_ba) + received("hello"_ba),
                QUrl());
        run.start();
        FINISH(run, Replay::Equal);
        QCOMPARE(run.socket->url(), peer.url());
    }

    void unreadable_data()
    {
        QTest::addColumn<QByteArray>("lines");
        QTest::addColumn<QString>("summary"); // a part of it

        QTest::newRow("broken") << sent("hello"_ba) + "hello\n" << u"Line 2 is not JSON"_s;
        QTest::newRow("empty") << QByteArray() << u"no messages"_s;
        QTest::newRow("status only") << opened << u"no messages"_s;
        QTest::newRow("no text") << json("{'direction':'sent','kind':'text','base64':'/w=='}"_ba)
                                 << u"Line 1 has a text that is not UTF-8"_s;
    }

    void unreadable()
    {
        QFETCH(QByteArray, lines);
        QFETCH(QString, summary);

        WebSocketPeer peer(true);
        Run run(lines, peer.url());
        run.start();
        FINISH(run, Replay::Unreadable);
        QVERIFY2(run.summary().contains(summary), qPrintable(run.summary()));
        QCOMPARE(run.socket->status(), WebSocket::Closed); // nothing was sent to anybody
        QCOMPARE(peer.connections(), 0U);
    }

    void filesThatCannotBeOpened()
    {
        for (const QString &name : {u"/nonexistent/file"_s, u"/"_s}) {
            Run run(sent("hello"_ba), deadUrl());
            run.replay.setFileName(name);
            run.start();
            FINISH(run, Replay::Unreadable);
            QVERIFY2(run.summary().contains("cannot be read"_L1), qPrintable(run.summary()));
        }
        Run run(sent("hello"_ba), QUrl());
        run.start();
        FINISH(run, Replay::Unreadable);
        QVERIFY2(run.summary().contains("does not name a server"_L1), qPrintable(run.summary()));
    }

    void aFileThatChanges()
    {
        WebSocketPeer peer(true);
        Run run(sent("one"_ba) + received("one"_ba) + QByteArray(100'000, '\n') + sent("two"_ba),
                peer.url());
        run.replay.setPace(Replay::Steps);
        run.start();
        QTRY_VERIFY(run.replay.canStep());
        run.file().resize(50'000);
        run.replay.step();
        QTRY_VERIFY(run.replay.canStep() || run.isFinished());
        run.replay.step();
        FINISH(run, Replay::Unreadable);
        QVERIFY2(run.summary().contains("has changed"_L1), qPrintable(run.summary()));
    }

    void theOriginalPace()
    {
        WebSocketPeer peer(true);
        QList<qint64> times;
        QElapsedTimer clock;
        clock.start();
        connect(&peer, &WebSocketPeer::received, this, [&] { times += clock.elapsed(); });
        const QByteArray lines =
            json("{'direction':'sent','text':'a','time':'2026-11-22T15:04:05.000Z'}"_ba)
            + json("{'direction':'received','text':'a','time':'2026-11-22T15:04:05.010Z'}"_ba)
            + json("{'direction':'sent','text':'b','time':'2026-11-22T15:04:05.310Z'}"_ba)
            + json("{'direction':'received','text':'b'}"_ba) // and what it was is not known
            + json("{'direction':'sent','text':'c','time':'2026-11-22T16:04:05.310Z'}"_ba)
            + json("{'direction':'received','text':'c'}"_ba);
        Run run(lines, peer.url());
        run.replay.setPace(Replay::Original);
        run.start();
        FINISH(run, Replay::Equal);
        QCOMPARE(times.size(), 3);
        QVERIFY2(times.at(1) - times.at(0) >= 290, qPrintable(QString::number(times.at(1))));
    }

    void stepByStep()
    {
        WebSocketPeer peer(true);
        QSignalSpy messages(&peer, &WebSocketPeer::received);
        Run run(sent("a"_ba) + sent("b"_ba) + received("a"_ba) + received("b"_ba) + sent("c"_ba)
                    + received("c"_ba) + sent("d"_ba) + received("d"_ba),
                peer.url());
        run.replay.setPace(Replay::Steps);
        run.replay.setAnswerTimeout(5'000);
        run.replay.step(); // nothing waits for it yet
        run.start();
        for (int i = 0; i < 3; ++i) {
            QTRY_VERIFY(run.replay.canStep());
            QCOMPARE(messages.count(), i);
            run.replay.step();
            QTRY_COMPARE(messages.count(), i + 1);
        }
        QTRY_VERIFY(run.replay.canStep());
        run.replay.setPace(Replay::AtOnce); // and the rest at once
        FINISH(run, Replay::Equal);
        QVERIFY(!run.replay.canStep());
    }

    void stopping()
    {
        WebSocketPeer peer(true);
        Run run(sent("a"_ba) + received("a"_ba), peer.url());
        run.replay.setPace(Replay::Steps);
        run.start();
        run.replay.stop();
        FINISH(run, Replay::Stopped); // before it began
        run.start();
        QTRY_VERIFY(run.replay.canStep());
        run.replay.stop();
        FINISH(run, Replay::Stopped);
        QCOMPARE(run.socket->status(), WebSocket::Closed);
    }

    void theSocketGoesAway()
    {
        WebSocketPeer peer(true);
        Run run(sent("a"_ba) + received("a"_ba), peer.url());
        run.replay.setPace(Replay::Steps);
        run.start();
        QTRY_VERIFY(run.replay.canStep());
        run.socket.reset();
        FINISH(run, Replay::Stopped);
        QVERIFY(!run.replay.socket());
    }

    void sidesOfADifference_data()
    {
        QTest::addColumn<QByteArray>("expected");
        QTest::addColumn<QByteArray>("received");
        QTest::addColumn<QString>("shown"); // of the received side

        QTest::newRow("blank at the end") << "a"_ba
                                          << "a \n"_ba << u"text, 3 bytes: “a ␊”"_s;
        QTest::newRow("hidden") << "a"_ba
                                << "a\x1b\xe2\x80\xae\t"_ba << u"text, 6 bytes: “a␛⟨U+202E⟩␉”"_s;
        QTest::newRow("shorter") << "abc"_ba
                                 << ""_ba << u"text, 0 bytes: “”"_s;
        const QByteArray head(1'000, 'h');
        const QByteArray tail(1'000, 't');
        QTest::newRow("far inside") << head + "1" + tail << head + "2" + tail
                                    << u"text, 2001 bytes: … “"_s + u"h"_s.repeated(40) + u'2'
                + u"t"_s.repeated(159) + u"” …"_s;
        const QByteArray euros = QByteArray("€").repeated(100);
        QTest::newRow("code points whole") << euros + "1" << euros + "2" + euros
                                           << u"text, 601 bytes: … “"_s + u"€"_s.repeated(14) + u'2'
                + u"€"_s.repeated(52) + u"” …"_s;
    }

    void sidesOfADifference()
    {
        QFETCH(QByteArray, expected);
        QFETCH(QByteArray, received);
        QFETCH(QString, shown);

        Entry theirs;
        theirs.payload = expected;
        Entry ours;
        ours.payload = received;
        const QStringList lines = Difference{theirs, ours, 1, 1}.text().split(u'\n');
        QCOMPARE(lines.size(), 2);
        QVERIFY(lines.at(0).startsWith("expected: "_L1));
        QCOMPARE(lines.at(1), u"received: "_s + shown);
    }
};

QTEST_GUILESS_MAIN(tst_Replay)
#include "tst_replay.moc"
