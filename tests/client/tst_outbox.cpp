// SPDX-License-Identifier: MIT
#include "outbox.h"
#include "peers.h"
#include "transcriptdatabase.h"
#include "websocket.h"

#include <QAbstractItemModelTester>
#include <QCoreApplication>
#include <QDir>
#include <QProcess>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <memory>

using namespace Qt::Literals::StringLiterals;

namespace {

/// An outbox with its socket, as a window has them.
struct Window
{
    explicit Window(const QString &file = {}, const QUrl &url = {})
        : tester(&outbox)
    {
        QObject::connect(&socket, &WebSocket::urlChanged, &outbox,
                         [this] { outbox.setServer(socket.address()); });
        QObject::connect(&outbox, &Outbox::stateChanged, &outbox,
                         [this](int id, Outbox::State state, qreal roundTrip) {
                             states[id] += state;
                             if (state == Outbox::Echoed)
                                 roundTrips += roundTrip;
                         });
        outbox.setFile(file);
        outbox.setSocket(&socket);
        socket.setUrl(url);
    }
    [[nodiscard]] QStringList texts(Outbox::State state) const
    {
        QStringList result;
        for (int row = 0; row < outbox.rowCount(); ++row) {
            if (value(row, Outbox::StateRole).toInt() == state)
                result += value(row, Outbox::TextRole).toString();
        }
        return result;
    }
    [[nodiscard]] QVariant value(int row, Outbox::Role role) const
    {
        return outbox.index(row).data(role);
    }
    [[nodiscard]] QStringList pending() const { return texts(Outbox::Pending); }
    [[nodiscard]] QStringList inDoubt() const { return texts(Outbox::InDoubt); }

    WebSocket socket;
    Outbox outbox;
    QAbstractItemModelTester tester;
    QMap<int, QList<Outbox::State>> states;
    QList<qreal> roundTrips;
};

/// What this program does when it is another window: it types numbered lines, and says each on
/// standard output when it is in the list, until it is killed.
int typeForEver(const QString &file, const QUrl &url, int first)
{
    Window window(file, url);
    window.socket.open();
    int number = first;
    QTimer timer;
    QObject::connect(&timer, &QTimer::timeout, &window.outbox, [&] {
        window.outbox.setDraft(QString::number(number));
        const bool isTaken = number % 2 == 0 ? window.outbox.appendDraft()
                                             : window.outbox.append(QString::number(number));
        if (isTaken && window.outbox.trouble().isEmpty())
            std::printf("%d\n", number++);
        std::fflush(stdout);
        if (window.socket.status() == WebSocket::Error) // the peer drops one now and then
            window.socket.open();
    });
    timer.start(1);
    return QCoreApplication::exec();
}

} // namespace

class tst_Outbox : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QVERIFY(m_folder.isValid());
        ++m_number;
    }

    void linesWaitAndGoOutInOrder()
    {
        WebSocketPeer peer(true);
        QStringList received;
        connect(&peer, &WebSocketPeer::received, this,
                [&](const QString &text) { received += text; });
        Window window(fileName(), peer.url());
        QVERIFY(window.outbox.append(u"one"_s));
        QVERIFY(window.outbox.append(u"two"_s));
        QVERIFY(window.outbox.appendLines({u"three"_s, u"four"_s, u"five"_s}));
        QVERIFY(window.outbox.edit(1, u"TWO"_s));
        QVERIFY(window.outbox.remove(2));
        QVERIFY(window.outbox.move(0, 2));
        QCOMPARE(window.pending(), QStringList({u"TWO"_s, u"four"_s, u"one"_s, u"five"_s}));
        QVERIFY(window.outbox.move(3, 1));
        const QStringList expected{u"TWO"_s, u"five"_s, u"four"_s, u"one"_s};
        QCOMPARE(window.pending(), expected);
        QCOMPARE(window.outbox.pendingCount(), 4);
        QVERIFY(!window.outbox.sendAgain(0));
        QVERIFY(!window.outbox.dismiss(0));

        window.socket.open();
        QTRY_COMPARE(window.outbox.rowCount(), 0);
        QCOMPARE(received, expected);
        QCOMPARE(window.outbox.pendingCount(), 0);
        QCOMPARE(window.roundTrips.size(), 4);
        for (const qreal roundTrip : window.roundTrips)
            QVERIFY(roundTrip > 0 && roundTrip < 5000);
        QCOMPARE(window.states.size(), 4);
        for (const QList<Outbox::State> &states : window.states) {
            QCOMPARE(states.first(), Outbox::Sending);
            QCOMPARE(states.last(), Outbox::Echoed);
        }

        // While it is open, a line goes out at once.
        QVERIFY(window.outbox.append(u"six"_s));
        QCOMPARE(window.outbox.rowCount(), 1);
        QCOMPARE(window.outbox.pendingCount(), 0);
        QVERIFY(!window.outbox.edit(0, u"too late"_s));
        QVERIFY(!window.outbox.remove(0));
        QTRY_COMPARE(window.outbox.rowCount(), 0);
        QCOMPARE(received.last(), u"six"_s);
    }

    void manyLinesGoOut()
    {
        WebSocketPeer peer(true);
        QStringList received;
        connect(&peer, &WebSocketPeer::received, this,
                [&](const QString &text) { received += text; });
        QStringList typed;
        for (int i = 0; i < Outbox::maxLines; ++i)
            typed += QString::number(i);
        WebSocket socket;
        Outbox outbox;
        outbox.setFile(fileName());
        outbox.setSocket(&socket);
        QElapsedTimer timer;
        timer.start();
        QVERIFY(outbox.appendLines(typed));
        const qint64 kept = timer.restart();
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE_WITH_TIMEOUT(outbox.rowCount(), 0, 20'000);
        qInfo("%d lines were kept in %lld ms, and went out and back in %lld ms", Outbox::maxLines,
              static_cast<long long>(kept), static_cast<long long>(timer.elapsed()));
        QCOMPARE(received, typed);
    }

    void firstMessagesComeFirstOnEveryConnect()
    {
        WebSocketPeer peer;
        QStringList heard;
        connect(&peer, &WebSocketPeer::received, &peer,
                [&](const QString &text) { heard += text; });
        Window window({}, peer.url());
        const QSignalSpy sent(&window.socket, &WebSocket::textMessageSent);
        window.outbox.setFirstMessages({u"hello"_s, u"two\nlines"_s});
        QVERIFY(window.outbox.append(u"typed"_s));
        window.socket.open();
        const QStringList first{u"hello"_s, u"two\nlines"_s, u"typed"_s};
        QTRY_COMPARE(heard, first);
        QCOMPARE(sent.count(), 3);

        // They are for each connection, once, and none of them is ever in doubt.
        QTRY_COMPARE(window.outbox.rowCount(), 0);
        peer.last()->abort();
        QTRY_COMPARE(window.socket.status(), WebSocket::Error);
        QCOMPARE(window.outbox.rowCount(), 0);
        window.outbox.setFirstMessages({u"hello"_s});
        window.socket.open();
        QTRY_COMPARE(heard, first + QStringList{u"hello"_s});
        QVERIFY(window.outbox.append(u"more"_s));
        QTRY_COMPARE(heard.last(), u"more"_s);
        QCOMPARE(heard.size(), 5);
    }

    void linesGoOutByteForByte()
    {
        WebSocketPeer peer(true);
        QStringList texts;
        QList<QByteArray> bytes;
        connect(&peer, &WebSocketPeer::receivedBinary, this,
                [&](const QByteArray &message) { bytes += message; });
        const QStringList typed{QString(), u" \r\n\t "_s, u"\ufeffmark"_s, u"nul\0nul"_s,
                                u"😀 e\u0301"_s};
        const QByteArray binary("\0\xff\xfe", 3);
        {
            Window window(fileName(), peer.url());
            for (const QString &text : typed)
                QVERIFY(window.outbox.append(text));
            QVERIFY(window.outbox.appendBinary(binary));
        }
        Window window(fileName(), peer.url()); // from the disk
        QCOMPARE(window.outbox.rowCount(), typed.size() + 1);
        // The peer would leave out the mark.
        connect(&window.socket, &WebSocket::textMessageSent, this,
                [&](const QString &text) { texts += text; });
        QCOMPARE(window.outbox.textAt(2), typed[2]);
        QCOMPARE(window.outbox.payloadAt(5), binary);
        QVERIFY(window.value(5, Outbox::BinaryRole).toBool());
        QCOMPARE(window.value(5, Outbox::SizeRole).toInt(), 3);
        window.socket.open();
        QTRY_COMPARE(window.outbox.rowCount(), 0);
        QCOMPARE(texts, typed);
        QCOMPARE(bytes, QList<QByteArray>{binary});
    }

    void aPongConfirmsWhatHasNoEcho()
    {
        WebSocketPeer peer; // that answers pings only
        Window window(fileName(), peer.url());
        QVERIFY(window.outbox.append(u"one"_s));
        window.socket.open();
        QTRY_COMPARE(window.texts(Outbox::Sent), QStringList(u"one"_s));
        QTRY_COMPARE(window.outbox.rowCount(), 0);
        QCOMPARE(window.states.first(),
                 QList<Outbox::State>({Outbox::Sending, Outbox::Sent, Outbox::Confirmed}));
        const int id = window.states.firstKey();
        peer.last()->sendTextMessage(u"one"_s); // late, but an echo
        QTRY_COMPARE(window.states.value(id).last(), Outbox::Echoed);
    }

    void aPongSaysNothingOfWhatWasSentAfterItsPing()
    {
        RawPeer peer({}, RawPeer::Accept);
        Window window({}, peer.url());
        window.socket.open();
        QTRY_COMPARE(window.socket.status(), WebSocket::Open);
        window.socket.ping(); // somebody else's
        QVERIFY(window.outbox.append(u"one"_s));
        QTRY_COMPARE(window.texts(Outbox::Sent).size(), 1);
        QSignalSpy pong(&window.socket, &WebSocket::pongReceived);
        peer.last()->write("\x8a\x01"
                           "1");
        QVERIFY(pong.wait());
        QCOMPARE(window.texts(Outbox::Sent).size(), 1);
    }

    void aBrokenConnectionLeavesDoubt()
    {
        RawPeer peer({}, RawPeer::Accept); // that answers nothing
        Window window(fileName(), peer.url());
        window.socket.open();
        QTRY_COMPARE(window.socket.status(), WebSocket::Open);
        QVERIFY(window.outbox.append(u"one"_s));
        QVERIFY(window.outbox.append(u"two"_s));
        QTRY_COMPARE(window.texts(Outbox::Sent).size(), 2);
        peer.last()->abort();
        QTRY_COMPARE(window.inDoubt(), QStringList({u"one"_s, u"two"_s}));
        QCOMPARE(window.outbox.inDoubtCount(), 2);
        QVERIFY(window.outbox.append(u"three"_s));
        QVERIFY(!window.outbox.edit(0, u"other"_s));
    }

    void whatIsInDoubtIsSentAgainOnlyWhenToldSo()
    {
        WebSocketPeer peer;
        QStringList received;
        connect(&peer, &WebSocketPeer::received, this, [&](const QString &text) {
            received += text;
            if (received.size() <= 2)
                peer.last()->abort();
            else
                peer.last()->sendTextMessage(text);
        });
        auto window = std::make_unique<Window>(fileName(), peer.url());
        QVERIFY(window->outbox.append(u"one"_s));
        QVERIFY(window->outbox.append(u"two"_s));
        window->socket.open();
        QTRY_COMPARE(window->socket.status(), WebSocket::Error);
        QCOMPARE(window->inDoubt(), QStringList({u"one"_s, u"two"_s}));
        QVERIFY(window->outbox.append(u"three"_s));
        received = QStringList({u"-"_s, u"-"_s}); // drop nobody any more

        window->socket.open();
        QTRY_COMPARE(window->outbox.rowCount(), 2);
        QCOMPARE(received.mid(2), QStringList(u"three"_s));
        QCOMPARE(window->inDoubt(), QStringList({u"one"_s, u"two"_s}));
        window.reset();

        window = std::make_unique<Window>(fileName(), peer.url());
        QCOMPARE(window->inDoubt(), QStringList({u"one"_s, u"two"_s}));
        window->socket.open();
        QTRY_COMPARE(window->socket.status(), WebSocket::Open);
        QVERIFY(window->outbox.sendAgain(0));
        QVERIFY(window->outbox.dismiss(1));
        QTRY_COMPARE(window->outbox.rowCount(), 0);
        QCOMPARE(received.mid(2), QStringList({u"three"_s, u"one"_s}));
        window.reset();

        window = std::make_unique<Window>(fileName(), peer.url());
        QCOMPARE(window->outbox.rowCount(), 0);
    }

    void aDraftSurvives()
    {
        {
            Window window(fileName(), QUrl(u"ws://a"_s));
            window.outbox.setDraft(u"half a li"_s);
            window.outbox.setServer(u"ws://b"_s);
            QCOMPARE(window.outbox.draft(), QString());
            window.outbox.setDraft(u"another"_s);
        }
        Window window(fileName(), QUrl(u"ws://a"_s));
        QCOMPARE(window.outbox.draft(), u"half a li"_s);
        QVERIFY(window.outbox.appendDraft());
        QCOMPARE(window.outbox.draft(), QString());
        QCOMPARE(window.pending(), QStringList(u"half a li"_s));
        window.outbox.setServer(u"ws://b"_s);
        QCOMPARE(window.outbox.draft(), u"another"_s);
    }

    void aDraftOfBytesSurvivesWithItsMode()
    {
        {
            Window window(fileName(), QUrl(u"ws://a"_s));
            window.outbox.setDraft(u"some text"_s);
            window.outbox.setHexDraft(u"48 65 6"_s);
            window.outbox.setDraftEncoding(1);
            window.outbox.setServer(u"ws://b"_s);
            QCOMPARE(window.outbox.hexDraft(), QString());
            QCOMPARE(window.outbox.draftEncoding(), 0);
            window.outbox.setBase64Draft(u"SGVs"_s);
            window.outbox.setDraftEncoding(2);
        }
        Window window(fileName(), QUrl(u"ws://a"_s));
        QCOMPARE(window.outbox.draft(), u"some text"_s);
        QCOMPARE(window.outbox.hexDraft(), u"48 65 6"_s);
        QCOMPARE(window.outbox.base64Draft(), QString());
        QCOMPARE(window.outbox.draftEncoding(), 1);
        // Once they are a line they are no draft, and the text still is one.
        QVERIFY(window.outbox.appendBinaryDraft("\x48\x65\x6c"_ba));
        QCOMPARE(window.outbox.hexDraft(), QString());
        QCOMPARE(window.outbox.draft(), u"some text"_s);
        QCOMPARE(window.outbox.payloadAt(0), "Hel"_ba);
        window.outbox.setServer(u"ws://b"_s);
        QCOMPARE(window.outbox.base64Draft(), u"SGVs"_s);
        QCOMPARE(window.outbox.draftEncoding(), 2);
        QVERIFY(window.outbox.appendBinaryDraft("Hel"_ba));
        window.outbox.setServer(u"ws://a"_s);
        QCOMPARE(window.outbox.draft(), u"some text"_s);
        QCOMPARE(window.outbox.hexDraft(), QString());
        QVERIFY(window.outbox.appendDraft());
        window.outbox.setServer(u"ws://b"_s);
        QCOMPARE(window.outbox.base64Draft(), QString());
    }

    void aFileOfBeforeIsReadOn()
    {
        {
            TranscriptDatabase before;
            QVERIFY(before.open(fileName(), std::chrono::milliseconds{500}));
            for (const auto &sql :
                 {u"CREATE TABLE lines (id INTEGER PRIMARY KEY AUTOINCREMENT, server TEXT NOT NULL,"
                  " owner INTEGER NOT NULL, place INTEGER NOT NULL, binary INTEGER NOT NULL,"
                  " handed INTEGER NOT NULL, payload BLOB NOT NULL)"_s,
                  u"CREATE TABLE drafts (server TEXT NOT NULL, owner INTEGER NOT NULL,"
                  " text TEXT NOT NULL, PRIMARY KEY (server, owner))"_s,
                  u"INSERT INTO drafts VALUES ('ws://a', 7, 'a draft')"_s,
                  u"INSERT INTO lines VALUES (1, 'ws://a', 7, 1, 0, 0, 'a line')"_s,
                  u"PRAGMA application_id=%1"_s.arg(0x4177'4f62), u"PRAGMA user_version=1"_s})
                QVERIFY2(before.run(sql), qPrintable(sql));
        }
        for (const auto &hex : {QString(), u"00"_s}) { // and once more, as it is now
            Window window(fileName(), QUrl(u"ws://a"_s));
            QCOMPARE(window.outbox.trouble(), QString());
            QCOMPARE(window.outbox.draft(), u"a draft"_s);
            QCOMPARE(window.outbox.hexDraft(), hex);
            QCOMPARE(window.pending(), QStringList(u"a line"_s));
            window.outbox.setHexDraft(u"00"_s);
        }
    }

    void linesGoToTheirServerOnly()
    {
        WebSocketPeer one(true);
        WebSocketPeer two(true);
        QSignalSpy receivedByOne(&one, &WebSocketPeer::received);
        QSignalSpy receivedByTwo(&two, &WebSocketPeer::received);
        {
            Window window(fileName(), two.url());
            QVERIFY(window.outbox.append(u"for two"_s));
        }
        Window window(fileName(), one.url());
        QCOMPARE(window.outbox.rowCount(), 0);
        window.socket.open();
        QTRY_COMPARE(window.socket.status(), WebSocket::Open);
        window.socket.setUrl(two.url()); // still connected to one in between
        QTRY_COMPARE(receivedByTwo.size(), 1);
        QCOMPARE(receivedByOne.size(), 0);
    }

    void eachWindowHasItsOwn()
    {
        const QUrl url(u"ws://a"_s);
        auto one = std::make_unique<Window>(fileName(), url);
        QVERIFY(one->outbox.append(u"of one"_s));
        auto two = std::make_unique<Window>(fileName(), url);
        QCOMPARE(two->outbox.rowCount(), 0);
        QVERIFY(two->outbox.append(u"of two"_s));
        one.reset();
        two.reset();
        const Window three(fileName(), url);
        QCOMPARE(three.pending(), QStringList({u"of one"_s, u"of two"_s}));
    }

    void whatTheSocketHasNoRoomForCanBeEdited()
    {
        QTcpServer server; // that does not read on
        QTcpSocket *peer = nullptr;
        connect(&server, &QTcpServer::newConnection, this, [&] {
            peer = server.nextPendingConnection();
            connect(peer, &QTcpSocket::readyRead, peer, [&, peer] {
                if (peer->readBufferSize() == 0) {
                    peer->write(upgradeAnswer(peer->readAll()));
                    peer->setReadBufferSize(1);
                }
            });
        });
        QVERIFY(server.listen(QHostAddress::LocalHost));
        Window window({}, QUrl(u"ws://127.0.0.1:%1"_s.arg(server.serverPort())));
        window.socket.open();
        QTRY_COMPARE(window.socket.status(), WebSocket::Open);
        for (int i = 0; i < 20; ++i)
            QVERIFY(window.outbox.append(QString(1024 * 1024, u'x')));
        QVERIFY(window.outbox.pendingCount() > 0);
        QVERIFY(window.socket.bytesToWrite() < 3 * Outbox::maxBytesToWrite);
        QVERIFY(window.outbox.edit(19, u"short"_s));
        QTRY_VERIFY(!window.texts(Outbox::Sending).isEmpty());
        peer->abort();
        QTRY_COMPARE(window.outbox.pendingCount() + window.outbox.inDoubtCount(), 20);
        QVERIFY(window.outbox.inDoubtCount() > 0);
        QCOMPARE(window.pending().last(), u"short"_s);
    }

    void itIsBounded()
    {
        Window window;
        const QString large(16 * 1024 * 1024, u'x');
        for (int i = 0; i < 4; ++i)
            QVERIFY(window.outbox.append(large));
        QVERIFY(!window.outbox.append(u"one more"_s));
        QVERIFY(window.outbox.trouble().contains("64 MiB"_L1));
        QVERIFY(window.outbox.remove(0));
        QCOMPARE(window.outbox.trouble(), QString());
        QVERIFY(!window.outbox.appendLines(QStringList(Outbox::maxLines - 2, u"x"_s)));
        QCOMPARE(window.outbox.rowCount(), 3);
        QVERIFY(window.outbox.appendLines(QStringList(Outbox::maxLines - 3, u"x"_s)));
        QVERIFY(!window.outbox.edit(0, large + large + u'x'));
        QCOMPARE(window.value(0, Outbox::TextRole).toString().size(), Outbox::rowLength);
    }

    void aPrivateOneLeavesNothing()
    {
        const QStringList before = QDir(m_folder.path()).entryList();
        {
            Window window({}, QUrl(u"ws://a"_s));
            window.outbox.setDraft(u"secret"_s);
            QVERIFY(window.outbox.append(u"secret"_s));
            QCOMPARE(window.outbox.trouble(), QString());
        }
        QCOMPARE(QDir(m_folder.path()).entryList(), before);
        const Window window({}, QUrl(u"ws://a"_s));
        QCOMPARE(window.outbox.rowCount(), 0);
    }

    void aFileThatCannotBeUsedIsToldOf()
    {
        WebSocketPeer peer(true);
        QFile file(fileName());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("no database, but somebody's words, and long enough to be looked at\n");
        file.close();
        for (const QString &name : {fileName(), fileName() + "/below"_L1}) {
            Window window(name, peer.url());
            QVERIFY(window.outbox.trouble().contains(name));
            QVERIFY(window.outbox.append(u"one"_s));
            window.socket.open();
            QTRY_COMPARE(window.outbox.rowCount(), 0);
        }
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().startsWith("no database"));
    }

    /// 50 times: none of the lines typed is lost, and none is sent twice by itself.
    void killedItLosesNothing()
    {
        constexpr int times = 50;
        WebSocketPeer peer(true);
        QHash<QString, int> received;
        int sinceDrop = 0;
        bool drops = true;
        connect(&peer, &WebSocketPeer::received, this, [&](const QString &text) {
            ++received[text];
            if (drops && ++sinceDrop % 40 == 0)
                peer.last()->abort();
        });
        QStringList typed;
        qsizetype pendingSum = 0;
        qsizetype inDoubtSum = 0;
        QStringList inDoubt;
        for (int i = 0; i < times; ++i) {
            QProcess other;
            other.start(QCoreApplication::applicationFilePath(),
                        {u"--type"_s, fileName(), peer.url().toString(),
                         QString::number((i + 1) * 100'000)});
            // Some are killed before they are connected, some later; every fifth never is.
            const bool isAlone = i % 5 == 4;
            if (isAlone)
                peer.server().pauseAccepting();
            const int moment = QRandomGenerator::global()->bounded(1, 200);
            QTRY_VERIFY_WITH_TIMEOUT(other.bytesAvailable() > moment, 20'000);
            QVERIFY(::kill(static_cast<pid_t>(other.processId()), SIGKILL) == 0);
            QVERIFY(other.waitForFinished());
            if (isAlone)
                peer.server().resumeAccepting();
            QCOMPARE(other.readAllStandardError(), ""_ba);
            QString output = QString::fromLatin1(other.readAllStandardOutput());
            output.truncate(output.lastIndexOf(u'\n')); // what was being said
            typed += output.split(u'\n');

            // All that the system had from it.
            QTRY_VERIFY(peer.connections() == 0
                        || peer.last()->state() == QAbstractSocket::UnconnectedState);
            const Window window(fileName(), peer.url());
            QCOMPARE(window.outbox.trouble(), QString());
            const QStringList pending = window.pending();
            inDoubt = window.inDoubt();
            pendingSum += pending.size();
            inDoubtSum = std::max(inDoubtSum, inDoubt.size());
            for (const QString &line : pending)
                QVERIFY2(!received.contains(line), qPrintable(line));
            const QSet<QString> kept = QSet<QString>(pending.begin(), pending.end())
                + QSet<QString>(inDoubt.begin(), inDoubt.end());
            for (const QString &line : typed)
                QVERIFY2(received.contains(line) || kept.contains(line), qPrintable(line));
        }
        Window window(fileName(), peer.url());
        const QStringList pending = window.pending();
        drops = false;
        window.socket.open();
        QTRY_COMPARE(window.outbox.rowCount(), inDoubt.size());
        for (const QString &line : pending)
            QCOMPARE(received.value(line), 1);
        for (auto it = received.cbegin(); it != received.cend(); ++it)
            QVERIFY2(it.value() == 1, qPrintable(it.key()));
        qInfo("killed %d times: %lld lines typed, %lld received once each, %lld pending then, "
              "%lld in doubt in the end",
              times, static_cast<long long>(typed.size()), static_cast<long long>(received.size()),
              static_cast<long long>(pendingSum), static_cast<long long>(inDoubtSum));
        QVERIFY(inDoubtSum > 0);
    }

private:
    [[nodiscard]] QString fileName() const
    {
        return m_folder.filePath(u"%1.sqlite"_s.arg(m_number));
    }

    QTemporaryDir m_folder;
    int m_number = 0;
};

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    if (argc == 5 && QByteArrayView(argv[1]) == "--type"_ba) {
        return typeForEver(QString::fromUtf8(argv[2]), QUrl(QString::fromUtf8(argv[3])),
                           QByteArray(argv[4]).toInt());
    }
    tst_Outbox test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_outbox.moc"
