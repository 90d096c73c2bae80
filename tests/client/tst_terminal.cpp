// SPDX-License-Identifier: MIT
#include "peers.h"
#include "terminal.h"

#include <QNetworkRequest>
#include <QSignalSpy>
#include <QTemporaryFile>
#include <QTest>
#include <QTimer>

#include <array>

#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

class tst_Terminal : public QObject
{
    Q_OBJECT

    /// A terminal whose input is a pipe and whose output is a file.
    class Conversation
    {
    public:
        explicit Conversation(const QUrl &url, int wait = 30'000)
            : Conversation(TerminalOptions{.connection = {.url = url}, .wait = wait})
        {
        }
        explicit Conversation(const TerminalOptions &options)
        {
            if (::pipe(m_pipe.data()) != 0 || !m_output.open())
                qFatal("no pipe or no file");
            m_terminal = std::make_unique<Terminal>(options, m_pipe[0], m_output.handle());
            m_finished = std::make_unique<QSignalSpy>(m_terminal.get(), &Terminal::finished);
            m_terminal->start();
        }
        ~Conversation()
        {
            m_terminal.reset();
            end();
            ::close(m_pipe[0]);
        }
        Q_DISABLE_COPY_MOVE(Conversation)

        void type(const QByteArray &bytes)
        {
            if (::write(m_pipe[1], bytes.constData(), static_cast<std::size_t>(bytes.size()))
                != bytes.size())
                qFatal("could not type");
        }
        /// The end of the input.
        void end()
        {
            if (m_pipe[1] != -1)
                ::close(std::exchange(m_pipe[1], -1));
        }
        [[nodiscard]] QByteArray output()
        {
            QFile file(m_output.fileName());
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        }
        [[nodiscard]] bool isFinished() const { return !m_finished->isEmpty(); }
        [[nodiscard]] int exitCode() const
        {
            return m_finished->at(0).at(0).value<Terminal::ExitCode>();
        }
        [[nodiscard]] QString error() const { return m_finished->at(0).at(1).toString(); }

    private:
        std::array<int, 2> m_pipe{-1, -1};
        QTemporaryFile m_output;
        std::unique_ptr<Terminal> m_terminal;
        std::unique_ptr<QSignalSpy> m_finished;
    };

private Q_SLOTS:
    void aConversation()
    {
        WebSocketPeer peer(true);
        connect(&peer, &WebSocketPeer::connected, this,
                [](QWebSocket *socket) { socket->sendTextMessage(u"Welcome"_s); });
        Conversation conversation(peer.url());
        conversation.type("hello\nsecond"_ba); // the last line without its end
        conversation.end();
        QTRY_VERIFY(conversation.isFinished());
        QCOMPARE(conversation.exitCode(), Terminal::Success);
        QCOMPARE(conversation.error(), QString());
        QStringList rows =
            QString::fromUtf8(conversation.output()).split(u'\n', Qt::SkipEmptyParts);
        QCOMPARE(rows.takeFirst(), u"# socket open"_s);
        QCOMPARE(rows.takeLast(), u"# socket closed cleanly from here: 1000, normal closure"_s);
        QVERIFY(rows.removeOne(u"< Welcome"_s)); // it crosses the first lines
        QCOMPARE(rows.size(), 4);
        QVERIFY(rows.indexOf(u"> hello"_s) < rows.indexOf(u"< hello"_s));
        QVERIFY(rows.indexOf(u"> second"_s) < rows.indexOf(u"< second"_s));
        QVERIFY(rows.indexOf(u"< hello"_s) < rows.indexOf(u"< second"_s));
    }

    void linesGoOutAsTheyAre()
    {
        WebSocketPeer peer(true);
        QSignalSpy received(&peer, &WebSocketPeer::received);
        Conversation conversation(peer.url());
        const QStringList lines{u"  two blanks "_s, QString(),   u"tab\tand\rreturn"_s, u"€😀"_s,
                                u"\ufeffmark"_s,    u"\"q\"\\"_s};
        conversation.type(lines.join(u'\n').toUtf8() + '\n');
        conversation.type(QByteArray(50'000, 'x') + '\n');
        QTRY_COMPARE(received.count(), lines.size() + 1);
        conversation.end();
        for (qsizetype i = 0; i < lines.size(); ++i) {
            QString expected = lines.at(i);
            expected.remove(u'\ufeff'); // QWebSocket, the peer here, takes it away (not this end)
            QCOMPARE(received.at(i).at(0).toString(), expected);
        }
        QCOMPARE(received.last().at(0).toString().size(), 50'000);
    }

    void manyLines()
    {
        WebSocketPeer peer(true);
        Conversation conversation(peer.url());
        QByteArray lines;
        for (int i = 0; i < 5'000; ++i)
            lines += QByteArray::number(i) + '\n';
        conversation.type(lines);
        conversation.end();
        QTRY_VERIFY(conversation.isFinished());
        QCOMPARE(conversation.exitCode(), Terminal::Success);
        QCOMPARE(conversation.output().count("\n< "), 5'000);
    }

    void repliesThatAreNoEchoes()
    {
        WebSocketPeer peer;
        connect(&peer, &WebSocketPeer::received, this,
                [&] { peer.last()->sendTextMessage(u"OK"_s); });
        Conversation conversation(peer.url(), 100);
        conversation.type("one\ntwo\n"_ba);
        conversation.end();
        QTRY_VERIFY(conversation.isFinished());
        QCOMPARE(conversation.exitCode(), Terminal::Success);
        QCOMPARE(conversation.output().count("\n< OK"), 2);
    }

    void echoesInBinaryFrames()
    {
        WebSocketPeer peer;
        connect(&peer, &WebSocketPeer::received, this,
                [&](const QString &text) { peer.last()->sendBinaryMessage(text.toUtf8()); });
        Conversation conversation(peer.url());
        conversation.type("hello\n"_ba);
        conversation.end();
        QTRY_VERIFY(conversation.isFinished());
        QVERIFY(conversation.output().contains("\n< hello\n"));
    }

    void nothingListens()
    {
        Conversation conversation(deadUrl());
        QTRY_VERIFY(conversation.isFinished());
        QCOMPARE(conversation.exitCode(), Terminal::Failure);
        QVERIFY2(conversation.error().contains("Nothing listens"_L1),
                 qPrintable(conversation.error()));
        QVERIFY(conversation.output().startsWith("# socket error: "));
    }

    void noAddress()
    {
        Conversation conversation(QUrl(u"foo"_s));
        QTRY_VERIFY(conversation.isFinished());
        QCOMPARE(conversation.exitCode(), Terminal::Failure);
    }

    void serverEndsTooEarly()
    {
        WebSocketPeer peer(true);
        Conversation conversation(peer.url());
        QTRY_VERIFY(conversation.output().contains("# socket open"));
        QTRY_COMPARE(peer.connections(), 1U);
        peer.last()->close(QWebSocketProtocol::CloseCodeGoingAway);
        QTRY_VERIFY(conversation.isFinished());
        QCOMPARE(conversation.exitCode(), Terminal::Failure);
        QVERIFY(conversation.error().contains("before everything was said"_L1));
        QVERIFY(conversation.output().endsWith(
            "# socket closed cleanly by the server: 1001, going away\n"));
    }

    void serverDoesNotSayClose_data()
    {
        QTest::addColumn<bool>("hangsUp");
        QTest::addColumn<QByteArray>("why");
        QTest::newRow("silence") << false
                                 << "the server did not answer the close frame within 2 s"_ba;
        QTest::newRow("hangs up")
            << true << "the server dropped the connection without a close frame of its own"_ba;
    }

    /// Not clean, but all was said.
    void serverDoesNotSayClose()
    {
        QFETCH(bool, hangsUp);
        QFETCH(QByteArray, why);
        const RawPeer peer({}, RawPeer::Accept);
        Conversation conversation(
            TerminalOptions{.connection = {.url = peer.url(), .pingInterval = 0}, .wait = 50});
        conversation.type("hello\n"_ba);
        conversation.end();
        // A text frame of 5 bytes and a close frame of 2, with header and mask.
        QTRY_COMPARE(peer.frames().size(), 11 + 8);
        if (hangsUp)
            peer.last()->disconnectFromHost();
        QTRY_VERIFY(conversation.isFinished());
        QCOMPARE(conversation.exitCode(), Terminal::Success);
        QVERIFY2(conversation.output().endsWith(
                     "# socket closed from here: 1000, normal closure; not cleanly: " + why + '\n'),
                 conversation.output().constData());
    }

    void serverIsLost()
    {
        WebSocketPeer peer(true);
        Conversation conversation(peer.url());
        QTRY_VERIFY(conversation.output().contains("# socket open"));
        peer.kill();
        QTRY_VERIFY(conversation.isFinished());
        QCOMPARE(conversation.exitCode(), Terminal::Failure);
        QVERIFY(conversation.error().contains("was lost"_L1));
    }

    void aLineThatIsNoText()
    {
        WebSocketPeer peer(true);
        QSignalSpy received(&peer, &WebSocketPeer::received);
        Conversation conversation(peer.url());
        conversation.type("good\nb\xff"
                          "d\nalso good\n"_ba);
        conversation.end();
        QTRY_VERIFY(conversation.isFinished());
        QCOMPARE(received.count(), 2);
        QCOMPARE(conversation.exitCode(), Terminal::Failure);
        QVERIFY2(conversation.error().contains("Line 2"_L1), qPrintable(conversation.error()));
        QVERIFY(conversation.output().contains("\n# Line 2 of the input is not UTF-8"));
    }

    void aStrangersWordsCannotLookLikeARow()
    {
        WebSocketPeer peer;
        connect(&peer, &WebSocketPeer::connected, this, [](QWebSocket *socket) {
            socket->sendTextMessage(u"a\n# socket closed\x1b[2J\r> rm"_s);
        });
        Conversation conversation(peer.url(), 100);
        conversation.end();
        QTRY_VERIFY(conversation.isFinished());
        QVERIFY2(conversation.output().contains("< a\n  # socket closed␛[2J␍> rm\n"),
                 conversation.output().constData());
    }

    void whatIsToldOfTheConnection()
    {
        WebSocketPeer peer(true);
        peer.server().setSupportedSubprotocols({u"v2"_s});
        TerminalOptions options{.connection = {.url = peer.url()}};
        options.connection.headers = {{u"X-A"_s, u"b"_s}};
        options.connection.subprotocols = {u"v1"_s, u"v2"_s};
        options.connection.origin = u"https://example.org"_s;
        options.connection.firstMessages = {u"one"_s, u"two"_s};
        Conversation conversation(options);
        conversation.type("three\n"_ba);
        conversation.end();
        QTRY_VERIFY(conversation.isFinished());
        QCOMPARE(conversation.exitCode(), Terminal::Success);
        const QNetworkRequest request = peer.last()->request();
        QCOMPARE(request.rawHeader("X-A"), "b"_ba);
        QCOMPARE(request.rawHeader("Origin"), "https://example.org"_ba);
        QCOMPARE(peer.last()->subprotocol(), u"v2"_s);
        const QByteArray output = conversation.output();
        QVERIFY(output.indexOf("< one\n") < output.indexOf("< two\n"));
        QVERIFY2(output.indexOf("< two\n") < output.indexOf("< three\n"), output.constData());
    }

    void binaryLinesAreSentByteForByte()
    {
        WebSocketPeer peer(true);
        QSignalSpy received(&peer, &WebSocketPeer::receivedBinary);
        Conversation conversation(
            {.connection = {.url = peer.url()}, .wait = 30'000, .binary = true});
        const QByteArray bytes = QByteArray::fromHex("00ff80c00d1b07");
        conversation.type(bytes + "\n\nlast"_ba);
        conversation.end();
        QTRY_VERIFY(conversation.isFinished());
        QCOMPARE(conversation.exitCode(), Terminal::Success);
        QCOMPARE(received.count(), 3);
        QCOMPARE(received[0][0].toByteArray(), bytes);
        QCOMPARE(received[1][0].toByteArray(), QByteArray());
        QCOMPARE(received[2][0].toByteArray(), "last"_ba);
    }

    void rawLinesComeByteForByte()
    {
        WebSocketPeer peer(true);
        connect(&peer, &WebSocketPeer::connected, this,
                [](QWebSocket *socket) { socket->sendTextMessage(u"\u001b[31mhi\r"_s); });
        Conversation conversation({.connection = {.url = peer.url()}, .wait = 30'000, .raw = true});
        conversation.type("  a\t\r\n\n€\n"_ba);
        conversation.end();
        QTRY_VERIFY(conversation.isFinished());
        QCOMPARE(conversation.exitCode(), Terminal::Success);
        QCOMPARE(conversation.output(), "\033[31mhi\r\n  a\t\r\n\n€\n"_ba);
    }

    void onceIsOneMessageAndItsReply()
    {
        WebSocketPeer peer;
        connect(&peer, &WebSocketPeer::connected, this,
                [](QWebSocket *socket) { socket->sendTextMessage(u"Welcome"_s); });
        connect(&peer, &WebSocketPeer::received, this, [&](const QString &text) {
            peer.last()->sendTextMessage(u"reply to "_s + text);
            peer.last()->sendTextMessage(u"more"_s);
        });
        QSignalSpy received(&peer, &WebSocketPeer::received);
        Conversation conversation(
            {.connection = {.url = peer.url()}, .wait = 30'000, .raw = true, .once = true});
        conversation.type("one\ntwo\n"_ba); // and the input does not end
        QTRY_VERIFY(conversation.isFinished());
        QCOMPARE(conversation.exitCode(), Terminal::Success);
        QCOMPARE(conversation.error(), QString());
        QCOMPARE(conversation.output(), "reply to one\n"_ba);
        QCOMPARE(received.count(), 1);
    }

    void onceWithAMessageReadsNoInput()
    {
        WebSocketPeer peer(true);
        connect(&peer, &WebSocketPeer::connected, this,
                [](QWebSocket *socket) { socket->sendTextMessage(u"Welcome"_s); });
        TerminalOptions options{
            .connection = {.url = peer.url()}, .wait = 30'000, .raw = true, .once = true};
        options.connection.firstMessages = {u"hello"_s};
        Conversation conversation(options);
        conversation.type("not this\n"_ba);
        QTRY_VERIFY(conversation.isFinished());
        QCOMPARE(conversation.exitCode(), Terminal::Success);
        QCOMPARE(conversation.output(), "hello\n"_ba);
    }

    void onceWithoutAReply()
    {
        WebSocketPeer peer;
        connect(&peer, &WebSocketPeer::connected, this,
                [](QWebSocket *socket) { socket->sendTextMessage(u"Welcome"_s); });
        Conversation conversation(
            {.connection = {.url = peer.url()}, .wait = 100, .raw = true, .once = true});
        conversation.type("hello\n"_ba);
        QTRY_VERIFY(conversation.isFinished());
        QCOMPARE(conversation.exitCode(), Terminal::Failure);
        QVERIFY2(conversation.error().contains("No reply"_L1), qPrintable(conversation.error()));
        QCOMPARE(conversation.output(), QByteArray());
    }

    void onceClosedInsteadOfAReply()
    {
        WebSocketPeer peer;
        connect(&peer, &WebSocketPeer::received, this, [&] { peer.last()->close(); });
        Conversation conversation(
            {.connection = {.url = peer.url()}, .wait = 30'000, .once = true});
        conversation.type("hello\n"_ba);
        QTRY_VERIFY(conversation.isFinished());
        QCOMPARE(conversation.exitCode(), Terminal::Failure);
        QVERIFY(conversation.error().contains("before everything was said"_L1));
    }

    void onceWithNothingToSend()
    {
        WebSocketPeer peer(true);
        Conversation conversation(
            {.connection = {.url = peer.url()}, .wait = 30'000, .once = true});
        conversation.end();
        QTRY_VERIFY(conversation.isFinished());
        QCOMPARE(conversation.exitCode(), Terminal::Failure);
        QVERIFY(conversation.error().contains("anything to send"_L1));
    }

    /// A server that breaks the rules: it answers no ping.
    void onceWithAServerThatAnswersNoPings()
    {
        RawPeer peer({}, RawPeer::Accept);
        Conversation conversation({.connection = {.url = peer.url()}, .wait = 100, .once = true});
        conversation.type("hello\n"_ba);
        QTRY_VERIFY(conversation.isFinished());
        QCOMPARE(conversation.exitCode(), Terminal::Failure);
        QVERIFY(conversation.output().contains("\n> hello\n"));
    }

    void longMessagesAreWhole()
    {
        WebSocketPeer peer;
        connect(&peer, &WebSocketPeer::connected, this,
                [](QWebSocket *socket) { socket->sendTextMessage(u"x"_s.repeated(1'000'000)); });
        Conversation conversation(peer.url(), 100);
        conversation.end();
        QTRY_VERIFY(conversation.isFinished());
        QVERIFY(conversation.output().contains("< "_ba + QByteArray(1'000'000, 'x') + '\n'));
    }

    void aServerThatHasGoneIsFoundByItsMissingPongs()
    {
        const RawPeer peer({}, RawPeer::Accept); // which answers nothing
        Conversation conversation(TerminalOptions{
            .connection = {.url = peer.url(), .pingInterval = 100}, .wait = 30'000});
        conversation.type("hello\n"_ba);
        QTRY_VERIFY(conversation.isFinished());
        QCOMPARE(conversation.exitCode(), Terminal::Failure);
        QVERIFY2(conversation.error().contains("has not answered 2 pings in 0.2 s"_L1),
                 qPrintable(conversation.error()));
        QVERIFY(conversation.output().contains("> hello"_ba));
    }

    void aServerThatAnswersPingsMayBeSilent()
    {
        constexpr int interval = 250; // ms; long enough for a busy machine to answer in
        WebSocketPeer peer;
        int pongs = 0;
        QTimer timer;
        // Pings of the server's own, so that what the terminal has answered is known.
        connect(&timer, &QTimer::timeout, &peer, [&peer] { peer.last()->ping(); });
        connect(&peer, &WebSocketPeer::connected, this, [&](QWebSocket *socket) {
            connect(socket, &QWebSocket::pong, this, [&pongs] { ++pongs; });
            timer.start(interval / 2);
        });
        Conversation conversation(TerminalOptions{
            .connection = {.url = peer.url(), .pingInterval = interval}, .wait = 30'000});
        QTRY_VERIFY(pongs > 8 || conversation.isFinished());
        QVERIFY(!conversation.isFinished());
        timer.stop();
        peer.last()->close();
        QTRY_VERIFY(conversation.isFinished());
        QVERIFY2(conversation.error().contains("closed the connection"_L1),
                 qPrintable(conversation.error()));
    }

    void withoutPingsItWaits()
    {
        RawPeer peer({}, RawPeer::Accept);
        Conversation conversation(
            TerminalOptions{.connection = {.url = peer.url(), .pingInterval = 0}, .wait = 500});
        conversation.type("hello\n"_ba);
        conversation.end();
        QTRY_VERIFY(conversation.isFinished()); // after the silence
        QVERIFY(!peer.frames().contains('\x89'));
    }
};

QTEST_GUILESS_MAIN(tst_Terminal)
#include "tst_terminal.moc"
