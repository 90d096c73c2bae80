// SPDX-License-Identifier: MIT
#include "filetosend.h"

#include "outbox.h"
#include "peers.h"
#include "websocket.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

/// A file becomes one message, byte for byte.
class tst_FileToSend : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    QString write(const QString &name, const QByteArray &content)
    {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("the test cannot write its file");
        return file.fileName();
    }

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".?"_s)); }

    void textOrNot_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<bool>("isText");

        QTest::newRow("empty") << ""_ba << true;
        QTest::newRow("text") << "\xef\xbb\xbf words \r\n\xe2\x82\xac"_ba << true;
        QTest::newRow("bytes") << "\x00\xff"_ba << false;
        QTest::newRow("cut in a character") << "\xe2\x82"_ba << false;
    }

    void textOrNot()
    {
        QFETCH(const QByteArray, content);
        QFETCH(const bool, isText);
        const QString path = write(u"a\nfile"_s, content);
        FileToSend file;
        file.open(path);
        QCOMPARE(file.title(), u"a␊file"_s); // in one line
        QVERIFY(!file.isReady());
        QTRY_VERIFY(file.isReady());
        QCOMPARE(file.error(), QString());
        QCOMPARE(file.size(), content.size());
        QCOMPARE(file.isText(), isText);

        // As bytes; and as text, where it is that.
        Outbox outbox;
        QVERIFY(file.sendTo(&outbox, false));
        QCOMPARE(file.title(), QString()); // it waits there
        QVERIFY(!file.sendTo(&outbox, false)); // not twice
        file.open(QUrl::fromLocalFile(path).toString());
        QTRY_VERIFY(file.isReady());
        QVERIFY(file.sendTo(&outbox, true));
        QCOMPARE(outbox.rowCount(), 2);
        for (int row = 0; row < 2; ++row) {
            QCOMPARE(outbox.payloadAt(row), content);
            QCOMPARE(outbox.index(row).data(Outbox::BinaryRole).toBool(), row == 0 || !isText);
        }
    }

    void whatCannotBeSent_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("error");

        QTest::newRow("not there") << m_folder.filePath(u"none"_s) << u"There is no file"_s;
        QTest::newRow("a folder") << m_folder.path() << u"is no file that can be sent"_s;
        QTest::newRow("a device") << u"/dev/zero"_s << u"is no file that can be sent"_s;
        const QString large = write(u"large"_s, {});
        QVERIFY(QFile::resize(large, FileToSend::maxSize + 1)); // takes no room on the disk
        QTest::newRow("too large") << large << u"is too large: a message takes up to 64 MiB."_s;
    }

    void whatCannotBeSent()
    {
        QFETCH(const QString, path);
        QFETCH(const QString, error);
        FileToSend file;
        file.open(path);
        QTRY_VERIFY(!file.error().isEmpty());
        QVERIFY2(file.error().contains(error), qPrintable(file.error()));
        QVERIFY(!file.isReady());
        Outbox outbox;
        QVERIFY(!file.sendTo(&outbox, false));
        file.close();
        QCOMPARE(file.error(), QString());
    }

    void theLastOneCounts()
    {
        FileToSend file;
        file.open(write(u"first"_s, QByteArray(10'000'000, 'x')));
        file.open(write(u"second"_s, "2"_ba));
        QTRY_VERIFY(file.isReady());
        QCOMPARE(file.size(), 1);
        file.open(m_folder.filePath(u"first"_s));
        file.close();
        QCOMPARE(file.title(), QString());
        QVERIFY(!file.isReading());
    }

    void itSaysHowFarItIs()
    {
        WebSocketPeer peer;
        QSignalSpy received(&peer, &WebSocketPeer::receivedBinary);
        WebSocket socket;
        Outbox outbox;
        outbox.setSocket(&socket);
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);

        constexpr int size = 40 * 1024 * 1024;
        FileToSend file;
        QList<int> steps;
        connect(&file, &FileToSend::changed, &file, [&] {
            if (file.isSending())
                steps += file.sent();
        });
        file.open(write(u"file"_s, QByteArray(size, 'x')));
        QTRY_VERIFY(file.isReady());
        QVERIFY(file.sendTo(&outbox, false));
        QTRY_COMPARE_WITH_TIMEOUT(file.title(), QString(), 30'000); // it has gone out
        QTRY_COMPARE_WITH_TIMEOUT(received.size(), 1, 30'000);
        QCOMPARE(received.first().first().toByteArray().size(), size);
        QVERIFY(std::is_sorted(steps.cbegin(), steps.cend()));
        QVERIFY(std::any_of(steps.cbegin(), steps.cend(),
                            [](int sent) { return sent > 0 && sent < size; }));
    }

    void aLostConnectionEndsIt()
    {
        WebSocketPeer peer;
        WebSocket socket;
        Outbox outbox;
        outbox.setSocket(&socket);
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        FileToSend file;
        file.open(write(u"file"_s, QByteArray(40 * 1024 * 1024, 'x')));
        QTRY_VERIFY(file.isReady());
        QVERIFY(file.sendTo(&outbox, false));
        peer.kill();
        QTRY_COMPARE(file.title(), QString());
        QTRY_COMPARE(outbox.inDoubtCount(), 1);
    }
};

QTEST_GUILESS_MAIN(tst_FileToSend)
#include "tst_filetosend.moc"
