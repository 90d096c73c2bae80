// SPDX-License-Identifier: MIT
#include "peers.h"
#include "transcript.h"
#include "websocket.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

class tst_Transcript : public QObject
{
    Q_OBJECT

    /// The rows as one would read them, the oldest first.
    static QStringList rows(const Transcript &transcript)
    {
        QStringList result;
        for (int row = transcript.rowCount() - 1; row >= 0; --row) {
            const QModelIndex index = transcript.index(row);
            result += index.data(Transcript::PrefixRole).toString() + u' '
                + index.data(Transcript::TextRole).toString();
        }
        return result;
    }

private Q_SLOTS:
    void anEntryHasItsRoles()
    {
        Transcript transcript;
        const QAbstractItemModelTester tester(&transcript);
        const QDateTime before = QDateTime::currentDateTime();
        const QByteArray payload("\x00\xff", 2);
        transcript.append(Entry::Received, Entry::Binary, payload);
        const QModelIndex index = transcript.index(0);
        QCOMPARE(index.data(Transcript::DirectionRole).value<Entry::Direction>(), Entry::Received);
        QCOMPARE(index.data(Transcript::KindRole).value<Entry::Kind>(), Entry::Binary);
        QCOMPARE(index.data(Transcript::PayloadRole).toByteArray(), payload);
        QCOMPARE(index.data(Transcript::PrefixRole).toString(), u"<"_s);
        QCOMPARE(index.data(Transcript::TextRole).toString(), u"00 ff"_s);
        QCOMPARE(index.data(Transcript::CutRole).toBool(), false);
        QCOMPARE(index.data(Transcript::SizeRole).toInt(), 2);
        const QDateTime time = index.data(Transcript::TimeRole).toDateTime();
        QVERIFY(time >= before && time <= QDateTime::currentDateTime());
        QCOMPARE(transcript.roleNames().value(Transcript::PayloadRole), "payload"_ba);
        QVERIFY(!transcript.index(1).isValid());
    }

    void theNewestIsFirst()
    {
        Transcript transcript;
        const QAbstractItemModelTester tester(&transcript);
        transcript.append(Entry::Sent, Entry::Text, "one"_ba);
        transcript.append(Entry::Received, Entry::Text, "two"_ba);
        transcript.flush();
        QCOMPARE(transcript.entry(0).payload, "two"_ba);
        QCOMPARE(transcript.entry(1).payload, "one"_ba);
        QCOMPARE(rows(transcript), QStringList({u"> one"_s, u"< two"_s}));
    }

    void manyEntriesComeInFewBatches()
    {
        Transcript transcript;
        const QAbstractItemModelTester tester(&transcript);
        QSignalSpy inserted(&transcript, &Transcript::rowsInserted);
        constexpr int many = 10'000;
        transcript.append(Entry::Received, Entry::Text, "0"_ba);
        QCOMPARE(transcript.count(), 1); // a single one does not wait
        for (int i = 1; i < many; ++i)
            transcript.append(Entry::Received, Entry::Text, QByteArray::number(i));
        QTRY_COMPARE(transcript.count(), many);
        QVERIFY2(inserted.count() < many / 100, qPrintable(QString::number(inserted.count())));
        for (int i = 0; i < many; ++i)
            QCOMPARE(transcript.entry(many - 1 - i).payload, QByteArray::number(i));
    }

    void theOldestGoBeyondTheLimits()
    {
        Transcript transcript;
        const QAbstractItemModelTester tester(&transcript);
        QCOMPARE(transcript.maxEntries(), 100'000);
        QCOMPARE(transcript.maxBytes(), 256 * 1024 * 1024);
        transcript.setMaxEntries(3);
        for (int i = 0; i < 5; ++i)
            transcript.append(Entry::Received, Entry::Text, QByteArray::number(i));
        transcript.flush();
        QCOMPARE(rows(transcript), QStringList({u"< 2"_s, u"< 3"_s, u"< 4"_s}));
        QCOMPARE(transcript.dropped(), 2);

        transcript.setMaxBytes(10);
        transcript.append(Entry::Received, Entry::Text, "12345678"_ba);
        transcript.flush();
        QCOMPARE(rows(transcript), QStringList({u"< 3"_s, u"< 4"_s, u"< 12345678"_s}));
        transcript.append(Entry::Received, Entry::Text, "123456789012"_ba);
        transcript.flush();
        QCOMPARE(rows(transcript), QStringList({u"< 123456789012"_s})); // never without the newest
        QCOMPARE(transcript.dropped(), 6);
    }

    void followsItsSocket()
    {
        WebSocketPeer peer(true);
        WebSocket socket;
        Transcript transcript;
        const QAbstractItemModelTester tester(&transcript);
        transcript.setSocket(&socket);
        socket.setUrl(peer.url());
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        socket.sendTextMessage(u"hello"_s);
        QTRY_COMPARE(transcript.count(), 3);
        socket.sendBinaryMessage(QByteArray("\x01\x02", 2));
        QTRY_COMPARE(transcript.count(), 5);
        peer.last()->close(QWebSocketProtocol::CloseCodeGoingAway, u"see you"_s);
        QTRY_COMPARE(socket.status(), WebSocket::Closed);
        QTRY_COMPARE(transcript.count(), 6);
        socket.setUrl(QUrl(u"foo"_s));
        QTRY_COMPARE(transcript.count(), 7);
        QCOMPARE(rows(transcript),
                 QStringList({u"# socket open"_s, u"> hello"_s, u"< hello"_s, u"> 01 02"_s,
                              u"< 01 02"_s, u"# socket closed: 1001 going away (“see you”)"_s,
                              u"# socket error: “foo” is not a WebSocket address: it should look "
                              "like ws://localhost:3000."_s}));
        QCOMPARE(transcript.entry(0).kind, Entry::Failed);
        QCOMPARE(transcript.entry(1).kind, Entry::Closed);
        QCOMPARE(transcript.entry(6).kind, Entry::Opened);

        // Another socket, or none: the old one is heard no more.
        transcript.setSocket(nullptr);
        socket.setUrl(QUrl(u"bar"_s));
        transcript.flush();
        QCOMPARE(transcript.count(), 7);
    }

    void outlivesItsSocket()
    {
        Transcript transcript;
        {
            WebSocketPeer peer;
            WebSocket socket;
            transcript.setSocket(&socket);
            socket.setUrl(peer.url());
            socket.open();
            QTRY_COMPARE(socket.status(), WebSocket::Open);
        }
        QCOMPARE(transcript.socket(), nullptr);
        QCOMPARE(rows(transcript), QStringList({u"# socket open"_s}));
    }
};

QTEST_GUILESS_MAIN(tst_Transcript)
#include "tst_transcript.moc"
