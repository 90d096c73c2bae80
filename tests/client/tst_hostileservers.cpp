// SPDX-License-Identifier: MIT
#include "hostilepeer.h"
#include "websocket.h"

#include <QFile>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

/// What hostile servers can do to a client: nothing but end in the right status, with the right
/// sentence. The window is tried with the same ones.
class tst_HostileServers : public QObject
{
    Q_OBJECT

    static constexpr qint64 memoryBound = 64 * 1024 * 1024;

    /// The most memory that this process had at once since the last forgetPeak(), in bytes.
    [[nodiscard]] static qint64 peakMemory()
    {
        QFile file(u"/proc/self/status"_s);
        if (!file.open(QIODevice::ReadOnly))
            qFatal("cannot read the memory");
        const QByteArray text = file.readAll();
        const qsizetype begin = text.indexOf("VmHWM:") + 6;
        return text.sliced(begin, text.indexOf("kB", begin) - begin).trimmed().toLongLong() * 1024;
    }

    static void forgetPeak()
    {
        QFile file(u"/proc/self/clear_refs"_s);
        if (!file.open(QIODevice::WriteOnly) || file.write("5") != 1)
            qFatal("cannot forget the memory");
    }

    /// That a server which means well can be talked to with \a socket.
    static void talk(WebSocket &socket)
    {
        WebSocketPeer peer(true);
        QSignalSpy texts(&socket, &WebSocket::textMessageReceived);
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        socket.sendTextMessage(u"hello"_s);
        QTRY_COMPARE(texts.count(), 1);
        QCOMPARE(texts.at(0).at(0).toString(), u"hello"_s);
        socket.close();
        QTRY_COMPARE(socket.status(), WebSocket::Closed);
    }

private Q_SLOTS:
    void each_data()
    {
        QTest::addColumn<int>("index");
        const auto deeds = HostilePeer::deeds();
        for (int i = 0; i < deeds.size(); ++i)
            QTest::newRow(deeds[i].name) << i;
    }

    void each()
    {
        QFETCH(int, index);
        const HostilePeer::Deed deed = HostilePeer::deeds().at(index);
        const HostilePeer peer(deed);
        WebSocket socket;
        socket.setMaxMessageSize(8 * 1024 * 1024);
        socket.setHandshakeTimeout(2'000);
        QSignalSpy messages(&socket, &WebSocket::messagesReceived);
        forgetPeak();
        const qint64 before = peakMemory();

        socket.setUrl(peer.url());
        socket.open();
        const auto expected = deed.isClosed ? WebSocket::Closed : WebSocket::Error;
        QTRY_COMPARE_WITH_TIMEOUT(socket.status(), expected, 15'000);
        QVERIFY2(socket.ending().contains(deed.sentence), qPrintable(socket.ending()));
        QCOMPARE(socket.errorString().isEmpty(), deed.isClosed);
        QCOMPARE(socket.closeCode(), deed.code);
        QCOMPARE(messages.count(), 0);
        QCOMPARE(peer.connections(), 1);
        const qint64 took = peakMemory() - before;
        QVERIFY2(took < memoryBound, QByteArray::number(took).constData());
        qInfo("took %lld KiB, was sent %lld KiB", took / 1024, peer.sent() / 1024);

        talk(socket);
    }
};

QTEST_GUILESS_MAIN(tst_HostileServers)
#include "tst_hostileservers.moc"
