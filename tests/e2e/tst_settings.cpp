// SPDX-License-Identifier: MIT
#include "chatwindow.h"
#include "commandparser.h"
#include "windowview.h"

#include <QClipboard>
#include <QFile>
#include <QGuiApplication>
#include <QProcess>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QWebSocket>
#include <QWebSocketServer>

#include <memory>
#include <vector>

using namespace Qt::Literals::StringLiterals;

namespace {

const auto header = u"Authorization: Bearer x"_s;

/// An echo server that lets in those who say the header.
class Doorman : public QObject
{
    Q_OBJECT

public:
    Doorman()
        : m_server(u"doorman"_s, QWebSocketServer::NonSecureMode)
    {
        connect(&m_door, &QTcpServer::newConnection, this, [this] {
            QTcpSocket *guest = m_door.nextPendingConnection();
            connect(guest, &QTcpSocket::readyRead, this, [this, guest] { look(guest); });
        });
        connect(&m_server, &QWebSocketServer::newConnection, this, [this] {
            QWebSocket *guest = m_server.nextPendingConnection();
            guests.emplace_back(guest);
            connect(guest, &QWebSocket::textMessageReceived, this,
                    [this, guest](const QString &text) {
                        heard += text;
                        guest->sendTextMessage(text);
                    });
        });
        if (!m_door.listen(QHostAddress::LocalHost))
            qFatal("the door is stuck");
    }
    [[nodiscard]] QUrl url() const
    {
        return QUrl(u"ws://127.0.0.1:%1/"_s.arg(m_door.serverPort()));
    }

    QByteArrayList requests;
    QStringList heard;
    std::vector<std::unique_ptr<QWebSocket>> guests;

private:
    void look(QTcpSocket *guest)
    {
        const QByteArray request = guest->peek(8192);
        if (!request.contains("\r\n\r\n"))
            return;
        guest->disconnect(this);
        requests += request;
        if (request.contains(header.toLatin1())) {
            m_server.handleConnection(guest);
            QMetaObject::invokeMethod(guest, "readyRead", Qt::QueuedConnection);
        } else {
            guest->write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n"
                         "Connection: close\r\n\r\n");
            guest->disconnectFromHost();
        }
    }

    QTcpServer m_door;
    QWebSocketServer m_server;
};

} // namespace

/// How to connect: said in the settings, on the command line, and in commands that are pasted.
class tst_Settings : public QObject
{
    Q_OBJECT

    static bool isRefused(const QQuickWindow *window)
    {
        const QStringList rows = visibleRows(window);
        return !rows.isEmpty() && rows.last().startsWith("# socket error"_L1)
            && rows.last().contains("401"_L1);
    }

    /// Opens the settings by key, and adds the header that the doorman wants.
    static void typeHeader(QQuickWindow *window)
    {
        QTest::keyClick(window, Qt::Key_Comma, Qt::ControlModifier);
        QTRY_VERIFY(isShown(window, u"settingsPane"_s));
        QTRY_COMPARE(window->activeFocusItem()->parentItem()->parentItem()->objectName(),
                     u"headerName"_s);
        typeInto(window, header.section(u':', 0, 0));
        QTest::keyClick(window, Qt::Key_Return); // to the value
        typeInto(window, header.section(u':', 1).trimmed());
    }

private Q_SLOTS:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QTest::failOnWarning(QRegularExpression(u".?"_s));
    }
    void init() { QTest::failOnWarning(QRegularExpression(u".?"_s)); }

    void aServerThatWantsAHeader()
    {
        Doorman doorman;
        const QTemporaryDir folder;
        const ChatWindow::Settings files{.addressFile = folder.filePath(u"servers.ini"_s)};
        {
            const ChatWindow chat(doorman.url(), files);
            QQuickWindow *window = chat.window();
            QVERIFY(QTest::qWaitForWindowExposed(window));
            QTRY_VERIFY(isRefused(window));

            typeHeader(window);
            // What is wrong is said at once, and cannot be saved.
            QGuiApplication::clipboard()->setText(u"ü"_s);
            QTest::keyClick(window, Qt::Key_V, Qt::ControlModifier);
            QTRY_VERIFY(isShown(window, u"settingsProblem"_s));
            QVERIFY(!itemNamed(window, u"saveAndConnect"_s)->isEnabled());
            QTest::keyClick(window, Qt::Key_Backspace);
            QTRY_VERIFY(!isShown(window, u"settingsProblem"_s));

            // Escape loses nothing, and nothing counts yet.
            QTest::keyClick(window, Qt::Key_Escape);
            QTRY_VERIFY(!isShown(window, u"settingsPane"_s));
            QVERIFY(itemNamed(window, u"input"_s)->hasActiveFocus());
            QTest::keyClick(window, Qt::Key_Comma, Qt::ControlModifier);
            QTRY_COMPARE(textOf(window, u"headerValue"_s), u"Bearer x"_s);
            QVERIFY(!doorman.requests.last().contains("Bearer"));

            QTest::keyClick(window, Qt::Key_Return, Qt::ControlModifier);
            QTRY_COMPARE(visibleRows(window).last(), u"# socket open"_s);
            QVERIFY(itemNamed(window, u"input"_s)->hasActiveFocus());
            typeInto(window, u"hello"_s);
            QTest::keyClick(window, Qt::Key_Return);
            QTRY_COMPARE(visibleRows(window).last(), u"< hello"_s);
        }
        const ChatWindow again(doorman.url(), files);
        QVERIFY(QTest::qWaitForWindowExposed(again.window()));
        QTRY_COMPARE(visibleRows(again.window()), QStringList{u"# socket open"_s});
        QFile kept(files.addressFile);
        QVERIFY(kept.open(QIODevice::ReadOnly));
        QCOMPARE(kept.permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    }

    void firstMessagesAreSentOnEveryConnect()
    {
        Doorman doorman;
        const ChatWindow chat(doorman.url(), ChatWindow::Settings());
        QQuickWindow *window = chat.window();
        QVERIFY(QTest::qWaitForWindowExposed(window));
        QTRY_VERIFY(isRefused(window));
        typeInto(window, u"typed"_s);
        QTest::keyClick(window, Qt::Key_Return); // it waits
        typeHeader(window);
        auto *add = itemNamed(window, u"addMessage"_s);
        add->forceActiveFocus();
        QTest::keyClick(window, Qt::Key_Return);
        typeInto(window, u"one"_s);
        QTest::keyClick(window, Qt::Key_Return, Qt::ShiftModifier);
        typeInto(window, u"more"_s);
        QTest::keyClick(window, Qt::Key_Return); // the next one
        typeInto(window, u"two"_s);
        QTest::keyClick(window, Qt::Key_Return, Qt::ControlModifier);
        const QStringList first{u"one\nmore"_s, u"two"_s};
        QTRY_COMPARE(doorman.heard, first + QStringList{u"typed"_s});
        QTRY_VERIFY(visibleRows(window).contains(u"> two"_s));
        QTRY_VERIFY(visibleRows(window).contains(u"< typed"_s));

        doorman.guests.back()->abort();
        QTRY_COMPARE(doorman.heard, first + QStringList{u"typed"_s} + first);
        QCOMPARE(doorman.guests.size(), 2U);
    }

    void theCommandLineCountsForThisRun()
    {
        Doorman doorman;
        const QTemporaryDir folder;
        ChatWindow::Settings settings{.addressFile = folder.filePath(u"servers.ini"_s)};
        {
            ChatWindow::Settings flagged = settings;
            flagged.flags.url = doorman.url();
            flagged.flags.headers = {RequestHeader::fromText(header)};
            flagged.lines = {u"hello"_s, QString(), u"two\nlines"_s};
            const ChatWindow chat(doorman.url(), flagged);
            QVERIFY(QTest::qWaitForWindowExposed(chat.window()));
            QTRY_COMPARE(doorman.heard, flagged.lines);
            QTRY_VERIFY(visibleRows(chat.window()).contains(u"< hello"_s));
            // Once, not on every connect.
            doorman.guests.back()->abort();
            QTRY_COMPARE(doorman.guests.size(), 2U);
            typeInto(chat.window(), u"typed"_s);
            QTest::keyClick(chat.window(), Qt::Key_Return);
            QTRY_COMPARE(doorman.heard, flagged.lines + QStringList{u"typed"_s});
        }
        const ChatWindow chat(doorman.url(), settings);
        QVERIFY(QTest::qWaitForWindowExposed(chat.window()));
        QTRY_VERIFY(isRefused(chat.window()));
    }

    void aReplayConnectsLikeTheConversation()
    {
        Doorman doorman;
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"said.jsonl"_s);
        QFile said(file);
        QVERIFY(said.open(QIODevice::WriteOnly));
        said.write("{\"direction\":\"sent\",\"text\":\"a\"}\n"
                   "{\"direction\":\"received\",\"text\":\"a\"}\n");
        said.close();
        ConnectionSettings flags;
        flags.url = doorman.url();
        flags.headers = {RequestHeader::fromText(header)};
        flags.firstMessages = {u"hi"_s}; // which the file has where it was sent
        const ChatWindow chat(doorman.url(), {.openFile = file, .flags = flags});
        QQuickWindow *window = chat.window();
        QVERIFY(QTest::qWaitForWindowExposed(window));
        QTRY_COMPARE(visibleRows(window), QStringList({u"> a"_s, u"< a"_s}));
        QTRY_COMPARE(doorman.heard, QStringList{u"hi"_s}); // over the window's own connection
        click(window, u"replay"_s);
        QTRY_VERIFY(isShown(window, u"replayBar"_s));
        QVERIFY(itemNamed(window, u"replayBar"_s)->setProperty("address", doorman.url()));
        click(window, u"replayStart"_s);
        QTRY_COMPARE(textOf(window, u"replaySummary"_s),
                     u"Every answer is as in the file (sent: 1, received: 1)."_s);
        QTRY_COMPARE(doorman.heard, QStringList({u"hi"_s, u"a"_s}));
    }

    void aPastedCommandFillsInTheSettings()
    {
        Doorman doorman;
        const QTemporaryDir folder;
        const ChatWindow::Settings files{.addressFile = folder.filePath(u"servers.ini"_s),
                                         .reconnect = false};
        const ChatWindow chat(QUrl(u"ws://127.0.0.1:9"_s), files);
        QQuickWindow *window = chat.window();
        QVERIFY(QTest::qWaitForWindowExposed(window));
        QTRY_COMPARE(visibleRows(window).size(), 1);
        const auto paste = [window](const QString &text) {
            QGuiApplication::clipboard()->setText(text);
            QTest::keyClick(window, Qt::Key_L, Qt::ControlModifier);
            QTest::keyClick(window, Qt::Key_V, Qt::ControlModifier);
        };

        // One that cannot be taken says why, and is not lost.
        const QString unknown = u"wscat -c ws://a --frobnicate"_s;
        paste(unknown);
        QTRY_VERIFY(textOf(window, u"addressProblem"_s).contains("--frobnicate"_L1));
        QCOMPARE(textOf(window, u"address"_s), unknown);

        paste(u"$ wscat --connect %1 \\\n  --header '%2' -n\n"_s.arg(doorman.url().toString(),
                                                                     header));
        QTRY_VERIFY(isShown(window, u"settingsPane"_s));
        QCOMPARE(textOf(window, u"address"_s), doorman.url().toString());
        QCOMPARE(textOf(window, u"headerValue"_s), u"Bearer x"_s);
        QVERIFY(isShown(window, u"settingsNotes"_s)); // -n: nothing goes unchecked
        QVERIFY(doorman.requests.isEmpty());
        QFile kept(files.addressFile);
        QVERIFY(!kept.open(QIODevice::ReadOnly) || !kept.readAll().contains("Bearer"));

        QTest::keyClick(window, Qt::Key_Return);
        QTRY_COMPARE(visibleRows(window), QStringList{u"# socket open"_s});
        QVERIFY(doorman.requests.last().contains(header.toLatin1()));
    }

    void aConnectionIsCopied()
    {
        Doorman doorman;
        ChatWindow::Settings settings;
        settings.flags.url = doorman.url();
        settings.flags.headers = {RequestHeader::fromText(header), {u"X-A"_s, u"it's $HOME `x`"_s}};
        const ChatWindow chat(doorman.url(), settings);
        QQuickWindow *window = chat.window();
        QVERIFY(QTest::qWaitForWindowExposed(window));
        QTRY_COMPARE(visibleRows(window), QStringList{u"# socket open"_s});
        QGuiApplication::clipboard()->clear();
        QTest::keyClick(window, Qt::Key_C, Qt::ControlModifier | Qt::AltModifier);
        QTest::keyClick(window, Qt::Key_Down); // wscat
        QTest::keyClick(window, Qt::Key_Return);
        QTRY_VERIFY(!QGuiApplication::clipboard()->text().isEmpty());
        const QString command = QGuiApplication::clipboard()->text();
        QTRY_VERIFY(textOf(window, u"done"_s).contains("secrets"_L1));

        const ParsedCommand parsed = ParsedCommand::of(command);
        QCOMPARE(parsed.problem, QString());
        QCOMPARE(parsed.settings.url, doorman.url());
        QCOMPARE(parsed.settings.headers, settings.flags.headers);
        // A shell reads the same words.
        QProcess shell;
        shell.start(u"sh"_s, {u"-c"_s, u"set -- "_s + command + u"; printf '%s\\n' \"$@\""_s});
        QVERIFY(shell.waitForFinished());
        QCOMPARE(shell.exitCode(), 0);
        const QStringList words = QString::fromUtf8(shell.readAll()).split(u'\n');
        QVERIFY2(words.contains(u"X-A: it's $HOME `x`"_s), qPrintable(words.join(u'|')));
    }
};

QTEST_MAIN(tst_Settings)
#include "tst_settings.moc"
