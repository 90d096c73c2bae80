// SPDX-License-Identifier: MIT
#include "chatwindow.h"
#include "serverprocess.h"
#include "transcriptstore.h"
#include "windowview.h"

#include <QClipboard>
#include <QFile>
#include <QGuiApplication>
#include <QMimeData>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

/// What is typed into the real window is exactly what the real server gets.
class tst_Typing : public QObject
{
    Q_OBJECT

    ServerProcess m_server;

    static QString line(const QQuickWindow *window)
    {
        return itemNamed(window, u"size"_s)
            ? itemNamed(window, u"input"_s)->property("text").toString()
            : QString();
    }

    static int entryCount(const QQuickWindow *window)
    {
        return itemNamed(window, u"transcript"_s)->property("entryCount").toInt();
    }

    static void paste(QQuickWindow *window, const QString &text)
    {
        QGuiApplication::clipboard()->setText(text);
        QTest::keyClick(window, Qt::Key_V, Qt::ControlModifier);
    }

    /// What was sent and what came back, after the greeting, of the conversation in \a file.
    static QList<StoredEntry> messagesIn(const QString &file)
    {
        TranscriptStore store(file);
        const auto conversations = store.conversations();
        QList<StoredEntry> result;
        if (conversations.isEmpty())
            return result;
        for (StoredEntry entry : store.read(conversations.first().id, 1, 1000)) {
            if (entry.direction == Entry::Local || entry.payload.startsWith("Welcome"))
                continue;
            entry.payload = store.payload(conversations.first().id, entry.seq);
            result += entry;
        }
        return result;
    }

    static void dropOn(QQuickWindow *window, const QString &fileName)
    {
        const QQuickItem *input = itemNamed(window, u"input"_s);
        const QPoint place = input->mapToScene({10, 8}).toPoint();
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(fileName)});
        QDragEnterEvent enter(place, Qt::CopyAction, &data, Qt::LeftButton, {});
        QCoreApplication::sendEvent(window, &enter);
        QDropEvent drop(place, Qt::CopyAction, &data, Qt::LeftButton, {});
        QCoreApplication::sendEvent(window, &drop);
    }

private Q_SLOTS:
    void initTestCase()
    {
        QTest::failOnWarning(QRegularExpression(u".?"_s));
        QVERIFY(m_server.startEchoServer(AWESOMECHAT_SERVER));
    }
    void init() { QTest::failOnWarning(QRegularExpression(u".?"_s)); }

    void whatIsSentIsExact()
    {
        const QStringList texts{u"  blanks at both ends \t "_s,
                                u"a\u00a0b\u202fc\u3000"_s,
                                u"CR\r CRLF \r\n and \u2028 and \u2029."_s,
                                u"NUL "_s + QChar(0) + u" ESC \x1b[31m DEL \x7f C1 \x85"_s,
                                u"\ufeffmark first, bidi \u202eabc\u202c, zero\u200bwidth"_s,
                                u"noncharacters \ufdd0\ufdd1\ufffe\uffff\ufffc"_s,
                                u"<b>&amp;</b> 😀 e\u0301"_s,
                                u"one line\n"_s};
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"transcripts.sqlite"_s);
        {
            const ChatWindow chat(m_server.url(), {.transcriptFile = file});
            QQuickWindow *window = chat.window();
            QVERIFY(QTest::qWaitForWindowExposed(window));
            QTRY_COMPARE(entryCount(window), 2);
            int count = 2;
            for (const QString &text : texts) {
                paste(window, text);
                if (itemNamed(window, u"pasteQuestion"_s))
                    QTest::keyClick(window, Qt::Key_Return); // one message
                QTest::keyClick(window, Qt::Key_Return);
                count += 2;
                QTRY_COMPARE(entryCount(window), count);
                QCOMPARE(line(window), QString());
            }
            // Typed, with a line feed.
            typeInto(window, u"a"_s);
            QTest::keyClick(window, Qt::Key_Return, Qt::ShiftModifier);
            typeInto(window, u"b "_s);
            QTest::keyClick(window, Qt::Key_Return);
            count += 2;
            QTRY_COMPARE(entryCount(window), count);
        }
        const QList<StoredEntry> messages = messagesIn(file);
        QCOMPARE(messages.size(), 2 * (texts.size() + 1));
        for (qsizetype i = 0; i < texts.size(); ++i) {
            QCOMPARE(messages.at(2 * i).payload, texts.at(i).toUtf8());
            // Qt's QWebSocket drops a byte order mark from what it receives; the server has it.
            const QString reply = texts.at(i).startsWith(QChar(QChar::ByteOrderMark))
                ? texts.at(i).sliced(1)
                : texts.at(i);
            QCOMPARE(messages.at(2 * i + 1).payload, reply.toUtf8());
            QTRY_VERIFY(m_server.log().contains(
                "text " + QByteArray::number(texts.at(i).toUtf8().size()) + " bytes"));
            QCOMPARE(messages.at(2 * i + 1).direction, Entry::Received);
        }
        QCOMPARE(messages.last().payload, "a\nb "_ba);
    }

    void whatWasSentComesBackAfterARestart()
    {
        const QTemporaryDir folder;
        const ChatWindow::Settings settings{.transcriptFile = folder.filePath(u"t.sqlite"_s),
                                            .outboxFile = folder.filePath(u"o.sqlite"_s)};
        {
            const ChatWindow chat(m_server.url(), settings);
            QQuickWindow *window = chat.window();
            QVERIFY(QTest::qWaitForWindowExposed(window));
            QTRY_COMPARE(entryCount(window), 2);
            int count = 2;
            for (const auto &text : {u"first"_s, u"second\u00a0one"_s}) {
                paste(window, text);
                QTest::keyClick(window, Qt::Key_Return);
                count += 2;
                QTRY_COMPARE(entryCount(window), count);
            }
            typeInto(window, u"draft "_s);
        }
        const ChatWindow chat(m_server.url(), settings);
        QQuickWindow *window = chat.window();
        QVERIFY(QTest::qWaitForWindowExposed(window));
        QTRY_COMPARE(entryCount(window), 8);
        QCOMPARE(line(window), u"draft "_s);
        QTest::keyClick(window, Qt::Key_Up);
        QTRY_COMPARE(line(window), u"second one"_s); // as TextEdit.text has it
        typeInto(window, u"!"_s);
        QTest::keyClick(window, Qt::Key_Up);
        QTRY_COMPARE(line(window), u"first"_s);
        QTest::keyClick(window, Qt::Key_Down);
        QTRY_COMPARE(line(window), u"second one!"_s);
        QTest::keyClick(window, Qt::Key_Down);
        QTRY_COMPARE(line(window), u"draft "_s);
        QTest::keyClick(window, Qt::Key_Up);
        QTRY_COMPARE(line(window), u"second one!"_s);
        QTest::keyClick(window, Qt::Key_Return);
        QTRY_COMPARE(entryCount(window), 10);
        QTRY_COMPARE(visibleRows(window).last(), u"< second\u00a0one!"_s);
    }

    void bytesAreThereAgainAfterARestart()
    {
        const QTemporaryDir folder;
        const ChatWindow::Settings settings{.outboxFile = folder.filePath(u"o.sqlite"_s)};
        {
            const ChatWindow chat(m_server.url(), settings);
            QQuickWindow *window = chat.window();
            QVERIFY(QTest::qWaitForWindowExposed(window));
            QTRY_COMPARE(entryCount(window), 2);
            typeInto(window, u"words"_s);
            QTest::keyClick(window, Qt::Key_B, Qt::ControlModifier);
            typeInto(window, u"48 6"_s);
            QTest::keyClick(window, Qt::Key_B, Qt::ControlModifier);
            typeInto(window, u"SGVs"_s);
            QTest::keyClick(window, Qt::Key_B, Qt::ControlModifier);
            QCOMPARE(line(window), u"words"_s);
            QTest::keyClick(window, Qt::Key_B, Qt::ControlModifier);
            QCOMPARE(line(window), u"48 6"_s);
        }
        const ChatWindow chat(m_server.url(), settings);
        QQuickWindow *window = chat.window();
        QVERIFY(QTest::qWaitForWindowExposed(window));
        QTRY_COMPARE(entryCount(window), 2);
        QCOMPARE(line(window), u"48 6"_s);
        typeInto(window, u"9"_s);
        QTest::keyClick(window, Qt::Key_Return);
        QTRY_COMPARE(entryCount(window), 4);
        QTRY_COMPARE(visibleRows(window).last(), u"< Hi"_s);
        QCOMPARE(line(window), QString()); // and still hexadecimal
        typeInto(window, u"00"_s);
        QTest::keyClick(window, Qt::Key_B, Qt::ControlModifier);
        QCOMPARE(line(window), u"SGVs"_s);
        QTest::keyClick(window, Qt::Key_B, Qt::ControlModifier);
        QCOMPARE(line(window), u"words"_s);
        QTest::keyClick(window, Qt::Key_B, Qt::ControlModifier);
        QCOMPARE(line(window), u"00"_s);
    }

    void manyPastedLinesAreAskedAbout()
    {
        const ChatWindow chat(m_server.url());
        QQuickWindow *window = chat.window();
        QVERIFY(QTest::qWaitForWindowExposed(window));
        QTRY_COMPARE(entryCount(window), 2);
        paste(window, u"one\ntwo\nthree"_s);
        QVERIFY(itemNamed(window, u"pasteQuestion"_s));
        QCOMPARE(entryCount(window), 2);
        QTest::keyClick(window, Qt::Key_M);
        QTRY_COMPARE(entryCount(window), 8);
        QTRY_COMPARE(visibleRows(window).filter(QRegularExpression(u"^> "_s)),
                     QStringList({u"> one"_s, u"> two"_s, u"> three"_s}));
        QVERIFY(itemNamed(window, u"input"_s)->hasActiveFocus());
        QCOMPARE(line(window), QString());

        // What the line does not hold.
        paste(window, QString(150'000, u'x'));
        QTest::keyClick(window, Qt::Key_Return);
        QTRY_COMPARE(entryCount(window), 10);
    }

    void bytesAreSent()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"transcripts.sqlite"_s);
        {
            const ChatWindow chat(m_server.url(), {.transcriptFile = file});
            QQuickWindow *window = chat.window();
            QVERIFY(QTest::qWaitForWindowExposed(window));
            QTRY_COMPARE(entryCount(window), 2);
            typeInto(window, u"text"_s);
            QTest::keyClick(window, Qt::Key_B, Qt::ControlModifier);
            typeInto(window, u"00 ff 0x80"_s);
            QTest::keyClick(window, Qt::Key_Return);
            QTRY_COMPARE(entryCount(window), 4);
            QCOMPARE(line(window), QString());
            QTest::keyClick(window, Qt::Key_B, Qt::ControlModifier);
            QTest::keyClick(window, Qt::Key_B, Qt::ControlModifier);
            QCOMPARE(line(window), u"text"_s);
        }
        const QList<StoredEntry> messages = messagesIn(file);
        QCOMPARE(messages.size(), 2);
        for (const StoredEntry &message : messages) {
            QCOMPARE(message.kind, Entry::Binary);
            QCOMPARE(message.payload, "\x00\xff\x80"_ba);
        }
    }

    void aFileIsSent()
    {
        const QTemporaryDir folder;
        const QString transcripts = folder.filePath(u"transcripts.sqlite"_s);
        QByteArray bytes;
        for (int i = 0; i < 3'000'000; ++i)
            bytes += static_cast<char>(i * 7 + i / 256);
        const QByteArray words = "\xef\xbb\xbf text\r\n"_ba; // with a byte order mark
        const auto write = [&folder](const QString &name, const QByteArray &content) {
            QFile file(folder.filePath(name));
            return file.open(QIODevice::WriteOnly) && file.write(content) == content.size();
        };
        QVERIFY(write(u"bytes.bin"_s, bytes));
        QVERIFY(write(u"words.txt"_s, words));
        {
            const ChatWindow chat(m_server.url(), {.transcriptFile = transcripts});
            QQuickWindow *window = chat.window();
            QVERIFY(QTest::qWaitForWindowExposed(window));
            QTRY_COMPARE(entryCount(window), 2);
            const auto isShown = [window](const QString &name) {
                const auto items = itemsIn(window->contentItem());
                return std::any_of(items.cbegin(), items.cend(), [&](const QQuickItem *item) {
                    return item->objectName() == name && item->isVisible();
                });
            };
            // While it is dragged, each place says what dropping it there does.
            QMimeData data;
            data.setUrls({QUrl::fromLocalFile(folder.filePath(u"bytes.bin"_s))});
            QDragEnterEvent enter({300, 200}, Qt::CopyAction, &data, Qt::LeftButton, {});
            QCoreApplication::sendEvent(window, &enter);
            QVERIFY(isShown(u"dropToRead"_s) && isShown(u"dropToSend"_s));
            QVERIFY(!window->grabWindow().isNull());
            const QPoint middle =
                itemNamed(window, u"inputField"_s)->mapToScene({50, 10}).toPoint();
            QDragMoveEvent move(middle, Qt::CopyAction, &data, Qt::LeftButton, {});
            QCoreApplication::sendEvent(window, &move);
            QVERIFY(isShown(u"dropToRead"_s) && isShown(u"dropToSend"_s));
            QDragLeaveEvent leave;
            QCoreApplication::sendEvent(window, &leave);
            QVERIFY(!isShown(u"dropToRead"_s) && !isShown(u"dropToSend"_s));

            dropOn(window, folder.filePath(u"bytes.bin"_s));
            QTRY_VERIFY(isShown(u"sendAsBinary"_s));
            QVERIFY(!isShown(u"sendAsText"_s)); // it is none
            QCOMPARE(entryCount(window), 2);
            QTest::keyClick(window, Qt::Key_Return);
            QTRY_COMPARE(entryCount(window), 4);
            QTRY_VERIFY(!isShown(u"fileWords"_s));

            // By its path, and as text.
            QTest::keyClick(window, Qt::Key_U, Qt::ControlModifier);
            QTRY_VERIFY(isShown(u"path"_s));
            typeInto(window, folder.filePath(u"words.txt"_s));
            QTest::keyClick(window, Qt::Key_Return);
            QTRY_VERIFY(isShown(u"sendAsText"_s));
            QTest::keyClick(window, Qt::Key_T);
            QTRY_COMPARE(entryCount(window), 6);
            QTRY_VERIFY(itemNamed(window, u"input"_s)->hasActiveFocus());

            // Chosen in a dialog, which is Qt's own where the desktop has none; first it is not.
            const auto withText = [window](const QString &text) -> const QQuickItem * {
                const auto items = itemsIn(window->contentItem());
                for (const QQuickItem *item : items) {
                    if (item->isVisible() && item->property("text").toString() == text)
                        return item;
                }
                return nullptr;
            };
            const auto press = [&](const QString &text) {
                const QQuickItem *item = withText(text);
                QVERIFY2(item, qPrintable(text));
                const QPointF at(item->width() / 2, item->height() / 2);
                QTest::mouseClick(window, Qt::LeftButton, {}, item->mapToScene(at).toPoint());
            };
            QTest::keyClick(window, Qt::Key_U, Qt::ControlModifier);
            QTRY_VERIFY(isShown(u"path"_s));
            for (const auto &button : {u"Cancel"_s, u"Open"_s}) {
                QTest::keyClick(window, Qt::Key_Down);
                const QQuickItem *picker = itemNamed(window, u"filePicker"_s);
                QVERIFY(picker && picker->childItems().size() == 1);
                auto *dialog =
                    picker->childItems().constFirst()->findChild<QObject *>(u"fileDialog"_s);
                QVERIFY(dialog);
                QTRY_VERIFY(dialog->property("visible").toBool());
                QVERIFY(dialog->setProperty("currentFolder", QUrl::fromLocalFile(folder.path())));
                QTRY_VERIFY(withText(u"words.txt"_s));
                QVERIFY(!window->grabWindow().isNull());
                press(u"words.txt"_s);
                press(button);
                QTRY_VERIFY(!withText(u"words.txt"_s));
                if (button == "Cancel"_L1) {
                    QVERIFY(isShown(u"path"_s) && !isShown(u"sendAsText"_s));
                    QTest::keyClick(window, Qt::Key_Backtab, Qt::ShiftModifier);
                }
            }
            QTRY_VERIFY(isShown(u"sendAsText"_s));
            QTest::keyClick(window, Qt::Key_T);
            QTRY_COMPARE(entryCount(window), 8);
            QTRY_VERIFY(itemNamed(window, u"input"_s)->hasActiveFocus());

            // What cannot be sent says why.
            dropOn(window, folder.path());
            QTRY_VERIFY(isShown(u"fileWords"_s)
                        && itemNamed(window, u"fileWords"_s)
                               ->property("text")
                               .toString()
                               .contains("is no file"_L1));
            QTest::keyClick(window, Qt::Key_Escape);
            QTRY_VERIFY(!isShown(u"fileWords"_s));
            QCOMPARE(entryCount(window), 8);
        }
        const QList<StoredEntry> messages = messagesIn(transcripts);
        QCOMPARE(messages.size(), 6);
        for (int i = 0; i < 6; ++i) {
            QCOMPARE(messages.at(i).kind, i < 2 ? Entry::Binary : Entry::Text);
            QCOMPARE(messages.at(i).payload, i < 2 ? bytes : i % 2 == 0 ? words : words.sliced(3));
        }
    }
};

QTEST_MAIN(tst_Typing)
#include "tst_typing.moc"
