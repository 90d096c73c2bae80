// SPDX-License-Identifier: MIT
#include "socketchannel.h"

#include <QTest>

#include <future>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

/// What a socket's thread and its owner say to each other.
class tst_SocketChannel : public QObject
{
    Q_OBJECT

    static ReceivedMessage message(qint64 number, qsizetype size = 10)
    {
        return {ReceivedMessage::Binary, number, QByteArray(size, 'x')};
    }
    static qint64 batchSize(const std::unique_ptr<SocketEvent::Any> &event)
    {
        return event ? std::get<SocketEvent::Messages>(*event).size() : 0;
    }

private Q_SLOTS:
    void eventsKeepTheirOrder()
    {
        SocketChannel channel;
        QVERIFY(!channel.take(true));
        QVERIFY(channel.push(SocketEvent::Opened{u"chat"_s}).first); // the owner has to be told
        QVERIFY(!channel.push(message(1)).first); // it knows
        channel.push(message(2));
        channel.push(SocketEvent::Pong{7, 0.5});
        channel.push(message(3));
        channel.push(SocketEvent::Ended{.closeCode = 1000});
        QVERIFY(!channel.beginTaking());

        QCOMPARE(std::get<SocketEvent::Opened>(*channel.take(true)).subprotocol, u"chat"_s);
        const auto first = std::get<SocketEvent::Messages>(*channel.take(true));
        QCOMPARE(first.size(), 2);
        QCOMPARE(first.at(0).time, 1);
        QCOMPARE(first.at(1).time, 2);
        QVERIFY(channel.push(message(4)).first); // it may have seen the end
        QCOMPARE(std::get<SocketEvent::Pong>(*channel.take(true)).number, 7U);
        QCOMPARE(std::get<SocketEvent::Messages>(*channel.take(true)).at(0).time, 3);
        QCOMPARE(std::get<SocketEvent::Ended>(*channel.take(true)).closeCode, 1000);
    }

    void messagesCanBeLeft()
    {
        SocketChannel channel;
        channel.push(SocketEvent::Opened());
        channel.push(message(1));
        channel.push(SocketEvent::Closing());
        QVERIFY(channel.take(false));
        QVERIFY(!channel.take(false)); // nor what comes after them
        QCOMPARE(batchSize(channel.take(true)), 1);
        QVERIFY(std::holds_alternative<SocketEvent::Closing>(*channel.take(false)));
    }

    void manyMessagesAreTooMany()
    {
        SocketChannel channel;
        for (qint64 i = 1; i < SocketChannel::maxMessages; ++i)
            QVERIFY(!channel.push(message(i, 0)).attention);
        QVERIFY(channel.waitForRoom({}));
        QVERIFY(channel.push(message(SocketChannel::maxMessages, 0)).attention);
        QVERIFY(!channel.waitForRoom(1ms));

        // There is room again when half of them are taken.
        qint64 taken = 0;
        while (taken < SocketChannel::maxMessages / 2) {
            QVERIFY(!channel.waitForRoom(0ms));
            const qint64 size = batchSize(channel.take(true));
            QVERIFY(size > 0 && size <= SocketChannel::maxBatchMessages);
            taken += size;
        }
        QVERIFY(channel.waitForRoom({}));
        while (const qint64 size = batchSize(channel.take(true)))
            taken += size;
        QCOMPARE(taken, SocketChannel::maxMessages);
    }

    void manyBytesAreTooMany()
    {
        SocketChannel channel;
        constexpr qint64 size = SocketChannel::maxBatchBytes / 2;
        qint64 bytes = size;
        for (; bytes < SocketChannel::maxBytes; bytes += size)
            QVERIFY(!channel.push(message(0, size)).attention);
        QVERIFY(channel.push(message(0, size)).attention);
        QCOMPARE(batchSize(channel.take(true)), 2);
        QVERIFY(!channel.waitForRoom(0ms));
    }

    void oneMayHaveAnySize()
    {
        SocketChannel channel;
        channel.push(message(1, 100));
        QVERIFY(channel.push(message(2, SocketChannel::maxBytes * 4)).attention);
        channel.push(message(3, 100)); // whoever does not wait loses nothing
        QVERIFY(!channel.waitForRoom(0ms));
        QCOMPARE(batchSize(channel.take(true)), 1);
        QVERIFY(!channel.waitForRoom(0ms));
        QCOMPARE(batchSize(channel.take(true)), 1); // of its own
        QVERIFY(channel.waitForRoom(0ms));
        QCOMPARE(batchSize(channel.take(true)), 1);
    }

    void whoeverWaitsIsWoken_data()
    {
        QTest::addColumn<QByteArray>("by");
        QTest::newRow("room") << "room"_ba;
        QTest::newRow("a command") << "command"_ba;
        QTest::newRow("a stop") << "stop"_ba;
    }

    void whoeverWaitsIsWoken()
    {
        QFETCH(QByteArray, by);
        SocketChannel channel;
        channel.push(message(1, SocketChannel::maxBytes));
        auto waiter = std::async(std::launch::async, [&] { return channel.waitForRoom({}); });
        QCOMPARE(waiter.wait_for(10ms), std::future_status::timeout);
        if (by == "room")
            QVERIFY(channel.take(true));
        else if (by == "command")
            QVERIFY(channel.post({[](SocketConnection &) {}}));
        else
            channel.stop();
        QCOMPARE(waiter.get(), by == "room");
    }

    void nothingGoesInAfterAStop()
    {
        SocketChannel channel;
        channel.push(SocketEvent::Opened());
        channel.push(message(1));
        QVERIFY(channel.isOpen());
        channel.stop();
        QVERIFY(channel.isStopped());
        QVERIFY(!channel.isOpen());
        QVERIFY(channel.push(message(2)).attention);
        channel.push(SocketEvent::Ended());
        QVERIFY(channel.take(true));
        QCOMPARE(batchSize(channel.take(true)), 1); // what had gone in
        QVERIFY(!channel.take(true));
    }

    void itIsOpenUntilItCloses()
    {
        SocketChannel channel;
        QVERIFY(!channel.isOpen());
        channel.push(SocketEvent::Opened());
        channel.push(SocketEvent::Pong());
        channel.push(message(1));
        QVERIFY(channel.isOpen());
        channel.push(SocketEvent::Closing());
        QVERIFY(!channel.isOpen());
    }

    void bytesToWriteAreThoseOfBoth()
    {
        SocketChannel channel;
        QVERIFY(channel.post({[](SocketConnection &) {}, 100}));
        QVERIFY(!channel.post({[](SocketConnection &) {}, 50})); // the thread has been told
        QCOMPARE(channel.bytesToWrite(), 150);
        QVERIFY(channel.push(message(1)).attention); // it may be in the middle of messages
        QCOMPARE(channel.takeCommands().size(), 2U);
        QVERIFY(!channel.beginTaking());

        QVERIFY(!channel.setWritten(100, 100)); // from one to the other
        QCOMPARE(channel.bytesToWrite(), 150);
        QVERIFY(!channel.beginTaking());
        QVERIFY(channel.setWritten(50, 130));
        QVERIFY(!channel.setWritten(0, 20)); // told once
        QCOMPARE(channel.bytesToWrite(), 20);
        QVERIFY(channel.beginTaking());
        QVERIFY(!channel.beginTaking());
    }
};

QTEST_APPLESS_MAIN(tst_SocketChannel)
#include "tst_socketchannel.moc"
