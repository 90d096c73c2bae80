// SPDX-License-Identifier: MIT
#include "peers.h"
#include "websocket.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

#include <memory>

#include <sys/socket.h>

using namespace Qt::Literals::StringLiterals;

/// The closing handshake, with servers that keep to it and servers that do not.
class tst_Closing : public QObject
{
    Q_OBJECT

    std::unique_ptr<RawPeer> m_peer;

    /// What \a frames of a client, all short, say: as they are without a mask.
    [[nodiscard]] static QByteArray unmasked(const QByteArray &frames)
    {
        constexpr qsizetype headerSize = 2;
        constexpr qsizetype maskSize = 4;
        QByteArray plain;
        for (qsizetype at = 0; at + headerSize + maskSize <= frames.size();) {
            if ((frames[at + 1] & 0x80) == 0)
                qFatal("a client masks its frames");
            const qsizetype size = frames[at + 1] & 0x7f;
            plain += frames[at];
            plain += static_cast<char>(size);
            for (qsizetype i = 0; i < size; ++i)
                plain += static_cast<char>(frames[at + headerSize + maskSize + i]
                                           ^ frames[at + headerSize + i % maskSize]);
            at += headerSize + maskSize + size;
        }
        return plain;
    }

    /// A socket that is open to the peer; null when it did not open.
    [[nodiscard]] std::unique_ptr<WebSocket> opened() const
    {
        auto socket = std::make_unique<WebSocket>();
        socket->setUrl(m_peer->url());
        socket->open();
        const bool isOpen =
            QTest::qWaitFor([&] { return socket->status() == WebSocket::Open; }, 5'000);
        return isOpen ? std::move(socket) : nullptr;
    }

    /// What the client has said.
    [[nodiscard]] QByteArray said() const { return unmasked(m_peer->frames()); }

private Q_SLOTS:
    void init() { m_peer = std::make_unique<RawPeer>(QByteArray(), RawPeer::Accept); }

    void thereIsNothingToBeCleanAtFirst()
    {
        WebSocket socket;
        QCOMPARE(socket.wasClean(), false);
        socket.setUrl(deadUrl());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Error);
        QCOMPARE(socket.wasClean(), false);
        socket.open();
        socket.close();
        QCOMPARE(socket.status(), WebSocket::Closed);
        QCOMPARE(socket.wasClean(), false);
        QCOMPARE(socket.ending(), u"given up before it was open"_s);
    }

    void cleanly_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("the same code") << "\x88\x02\x0f\xa1"_ba;
        QTest::newRow("another code") << "\x88\x02\x03\xe8"_ba;
        QTest::newRow("a code that Qt does not know") << "\x88\x02\x03\xf4"_ba;
        QTest::newRow("no code") << "\x88\x00"_ba.first(2);
    }

    void cleanly()
    {
        QFETCH(QByteArray, answer);
        const auto socket = opened();
        QVERIFY(socket);
        socket->close(4001, u"bye"_s);
        QTRY_COMPARE(said(),
                     "\x88\x05\x0f\xa1"
                     "bye"_ba);
        QCOMPARE(socket->status(), WebSocket::Closing);
        m_peer->last()->write(answer);
        m_peer->last()->disconnectFromHost();
        QTRY_COMPARE(socket->status(), WebSocket::Closed);
        QVERIFY(socket->wasClean());
        QCOMPARE(socket->closeCode(), 4001);
        QCOMPARE(socket->closeSide(), CloseSide::Here);
        QCOMPARE(socket->ending(), u"closed cleanly from here: 4001, “bye”"_s);
    }

    /// Of messages that are on their way none is lost, and nothing is said any more.
    void whatComesBeforeTheAnswerIsHeard()
    {
        QSignalSpy disconnected(m_peer.get(), &RawPeer::disconnected);
        const auto socket = opened();
        QVERIFY(socket);
        QByteArrayList heard;
        connect(socket.get(), &WebSocket::messagesReceived, this, [&](const auto &messages) {
            for (const ReceivedMessage &message : messages)
                heard += message.payload;
        });
        m_peer->last()->write("\x01\x02"
                              "on"
                              "\x80\x01"_ba); // the rest comes later
        QTRY_COMPARE(m_peer->last()->bytesToWrite(), 0);
        socket->close();
        QTRY_COMPARE(said(), "\x88\x02\x03\xe8"_ba);
        m_peer->last()->write("e\x89\x04ping\x82\x03two\x88\x02\x03\xe8\x81\x04lost"_ba);
        QTRY_COMPARE(socket->status(), WebSocket::Closed);
        QVERIFY2(socket->wasClean(), qPrintable(socket->ending()));
        QCOMPARE(heard, QByteArrayList({"one"_ba, "two"_ba}));
        QTRY_COMPARE(disconnected.count(), 1);
        QCOMPARE(said(), "\x88\x02\x03\xe8"_ba);
    }

    /// More than the socket's thread may hold, for somebody who does not want any.
    void aFloodBeforeTheAnswerIsHeard()
    {
        constexpr int count = 100'000;
        const auto socket = opened();
        QVERIFY(socket);
        socket->setReadPaused(true);
        int heard = 0;
        int wrong = 0;
        connect(socket.get(), &WebSocket::messagesReceived, this, [&](const auto &messages) {
            for (const ReceivedMessage &message : messages)
                wrong += message.payload != QByteArray::number(heard++).rightJustified(6);
        });
        QByteArray frames;
        for (int i = 0; i < count; ++i)
            frames += "\x81\x06"_ba + QByteArray::number(i).rightJustified(6);
        m_peer->last()->write(frames);
        socket->close();
        QTRY_COMPARE(said(), "\x88\x02\x03\xe8"_ba);
        m_peer->last()->write("\x88\x02\x03\xe8"_ba);
        m_peer->last()->disconnectFromHost();
        QTRY_COMPARE(socket->status(), WebSocket::Closed);
        QVERIFY2(socket->wasClean(), qPrintable(socket->ending()));
        QCOMPARE(heard, count);
        QCOMPARE(wrong, 0);
    }

    void notCleanly_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<bool>("hangUp");
        QTest::addColumn<QString>("why");
        QTest::newRow("silence") << QByteArray() << false
                                 << u"the server did not answer the close frame within 0.2 s"_s;
        QTest::newRow("talk") << "\x81\x01x"_ba << false
                              << u"the server did not answer the close frame within 0.2 s"_s;
        const QString dropped =
            u"the server dropped the connection without a close frame of its own"_s;
        QTest::newRow("hangs up") << QByteArray() << true << dropped;
        QTest::newRow("talks, then hangs up") << "\x81\x01x"_ba << true << dropped;
        QTest::newRow("half a close frame") << "\x88\x02\x03"_ba << true << dropped;
        QTest::newRow("text that is not UTF-8")
            << "\x81\x02\xc3\x28"_ba << false
            << u"%1 sent text that is not UTF-8 (1007): it should send it as binary."_s;
        QTest::newRow("a masked frame")
            << "\x81\x81mask\x15"_ba << false
            << u"%1 broke the WebSocket protocol (1002): A server must not mask its frames."_s;
        QTest::newRow("half a close code")
            << "\x88\x01\x03"_ba << false << u"%1 closed the connection with half a close code."_s;
    }

    void notCleanly()
    {
        QFETCH(QByteArray, answer);
        QFETCH(bool, hangUp);
        QFETCH(QString, why);
        QSignalSpy disconnected(m_peer.get(), &RawPeer::disconnected);
        const auto socket = opened();
        QVERIFY(socket);
        socket->setCloseTimeout(200);
        socket->close(1000, u"bye"_s);
        const QByteArray close = "\x88\x05\x03\xe8"
                                 "bye"_ba;
        QTRY_COMPARE(said(), close);
        m_peer->last()->write(answer);
        if (hangUp)
            m_peer->last()->disconnectFromHost();
        QTRY_COMPARE(socket->status(), WebSocket::Closed);
        QCOMPARE(socket->wasClean(), false);
        QCOMPARE(socket->closeCode(), 1000);
        QCOMPARE(socket->ending(),
                 u"closed from here: 1000, normal closure, “bye”; not cleanly: "_s
                     + why.replace(u"%1"_s, m_peer->url().authority()));
        QTRY_COMPARE(disconnected.count(), 1);
        QCOMPARE(said(), close);
    }

    /// RFC 6455 section 7.1.1: TCP is for the server to end, but not for ever.
    void tcpIsEndedByTheServerFirst()
    {
        QSignalSpy disconnected(m_peer.get(), &RawPeer::disconnected);
        const auto socket = opened();
        QVERIFY(socket);
        socket->close();
        QTRY_COMPARE(said(), "\x88\x02\x03\xe8"_ba);
        QElapsedTimer time;
        time.start();
        m_peer->last()->write("\x88\x02\x03\xe8"_ba);
        QTRY_COMPARE(disconnected.count(), 1);
        QVERIFY2(time.elapsed() > 400, qPrintable(QString::number(time.elapsed())));
        QTRY_COMPARE(socket->status(), WebSocket::Closed);
        QVERIFY(socket->wasClean());
    }

    void closeFramesAreAnswered_data()
    {
        QTest::addColumn<QByteArray>("frame");
        QTest::addColumn<QByteArray>("answer");
        const auto same = [](const char *name, const QByteArray &frame) {
            QTest::newRow(name) << frame << frame;
        };
        same("1000", "\x88\x02\x03\xe8"_ba);
        same("1012", "\x88\x02\x03\xf4"_ba);
        same("1013", "\x88\x02\x03\xf5"_ba);
        same("1014", "\x88\x02\x03\xf6"_ba);
        same("no code", "\x88\x00"_ba.first(2));
        same("a reason", "\x88\x0a\x0f\xa0later…"_ba);
        QTest::newRow("half a code") << "\x88\x01\x03"_ba
                                     << "\x88\x02\x03\xea"_ba;
        QTest::newRow("999") << "\x88\x02\x03\xe7"_ba
                             << "\x88\x02\x03\xea"_ba;
        QTest::newRow("not UTF-8") << "\x88\x04\x03\xe8\xc3\x28"_ba
                                   << "\x88\x02\x03\xef"_ba;
    }

    /// RFC 6455 section 5.5.1, and 7.1.7 for those that are none.
    void closeFramesAreAnswered()
    {
        QFETCH(QByteArray, frame);
        QFETCH(QByteArray, answer);
        const auto socket = opened();
        QVERIFY(socket);
        m_peer->last()->write(frame + "\x81\x04lost\x88\x02\x03\xe8"_ba);
        QTRY_COMPARE(said(), answer);
        m_peer->last()->disconnectFromHost();
        const bool isRight = frame == answer;
        QTRY_COMPARE(socket->status(), isRight ? WebSocket::Closed : WebSocket::Error);
        QCOMPARE(socket->wasClean(), isRight);
        QCOMPARE(said(), answer);
    }

    /// The server goes before it can have our answer.
    void anAnswerThatNobodyTakes()
    {
        const auto socket = opened();
        QVERIFY(socket);
        // So many messages that the close frame is not read before the connection is reset.
        socket->setReadPaused(true);
        m_peer->last()->write("\x82\x00"_ba.first(2).repeated(20'000)
                              + "\x88\x05\x03\xe9"
                                "bye"_ba);
        QTRY_COMPARE(m_peer->last()->bytesToWrite(), 0);
        const linger now{1, 0};
        ::setsockopt(static_cast<int>(m_peer->last()->socketDescriptor()), SOL_SOCKET, SO_LINGER,
                     &now, sizeof now);
        m_peer->last()->abort();
        socket->setReadPaused(false);
        QTRY_COMPARE(socket->status(), WebSocket::Closed);
        QCOMPARE(socket->wasClean(), false);
        QCOMPARE(socket->ending(),
                 u"closed by the server: 1001, going away, “bye”; not cleanly: the server dropped "
                 "the connection before it took our answer"_s);
    }

    void openedAnewWhileItCloses()
    {
        const auto socket = opened();
        QVERIFY(socket);
        QStringList endings;
        connect(socket.get(), &WebSocket::statusChanged, this, [&] {
            if (socket->status() == WebSocket::Closed)
                endings += socket->ending();
        });
        socket->close();
        QTRY_COMPARE(said(), "\x88\x02\x03\xe8"_ba);
        socket->open();
        QTRY_COMPARE(socket->status(), WebSocket::Open);
        QCOMPARE(endings,
                 QStringList(u"closed from here: 1001, going away; not cleanly: the server's "
                             "answer was not waited for"_s));
    }

    void itGoesAtOnce_data()
    {
        QTest::addColumn<bool>("isClosing");
        QTest::addColumn<QByteArray>("close");
        QTest::newRow("open") << false << "\x88\x02\x03\xe9"_ba;
        QTest::newRow("closing") << true << "\x88\x02\x0f\xa1"_ba;
    }

    /// A server that does not answer is nothing to wait for when the program ends.
    void itGoesAtOnce()
    {
        QFETCH(bool, isClosing);
        QFETCH(QByteArray, close);
        QSignalSpy disconnected(m_peer.get(), &RawPeer::disconnected);
        auto socket = opened();
        QVERIFY(socket);
        socket->setCloseTimeout(60'000);
        if (isClosing)
            socket->close(4001);
        QElapsedTimer time;
        time.start();
        socket.reset();
        QVERIFY2(time.elapsed() < 1'000, qPrintable(QString::number(time.elapsed())));
        QTRY_COMPARE(disconnected.count(), 1);
        QCOMPARE(said(), close);
    }
};

QTEST_GUILESS_MAIN(tst_Closing)
#include "tst_closing.moc"
