// SPDX-License-Identifier: MIT
#include "outbox.h"
#include "peers.h"
#include "transcript.h"
#include "websocket.h"

#include <QTest>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace {

/// A transcript beside the outbox whose lines it has, as a window has them.
struct Window
{
    /// Whether the transcript hears of messages before the outbox does.
    explicit Window(const QUrl &url, bool isFirst = false)
    {
        if (isFirst)
            transcript.setSocket(&socket);
        outbox.setSocket(&socket);
        transcript.setSocket(&socket);
        transcript.setOutbox(&outbox);
        socket.setUrl(url);
        socket.open();
    }
    /// Of the sent rows, the oldest first.
    [[nodiscard]] QList<int> deliveries()
    {
        QList<int> result;
        transcript.flush();
        for (int row = transcript.rowCount() - 1; row >= 0; --row) {
            const QModelIndex index = transcript.index(row);
            if (index.data(Transcript::DirectionRole).toInt() == Entry::Sent)
                result += index.data(Transcript::DeliveryRole).toInt();
            else
                received += index.data(Transcript::DeliveryRole).toInt();
        }
        return result;
    }

    WebSocket socket;
    Outbox outbox;
    Transcript transcript;
    QSet<int> received; // the states of rows that were not sent
};

} // namespace

/// Where each sent row says that it stands.
class tst_Deliveries : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anEchoIsTickedWithItsTime_data()
    {
        QTest::addColumn<bool>("isFirst");
        QTest::newRow("the transcript hears first") << true;
        QTest::newRow("the outbox hears first") << false;
    }

    void anEchoIsTickedWithItsTime()
    {
        QFETCH(bool, isFirst);
        WebSocketPeer peer(true);
        Window window(peer.url(), isFirst);
        QVERIFY(window.outbox.appendLines({u"one"_s, u"two"_s}));
        QTRY_COMPARE(window.deliveries(), QList<int>({Outbox::Echoed, Outbox::Echoed}));
        // What was sent past the outbox has no state, and does not take the next one's.
        window.socket.sendTextMessage(u"past it"_s);
        QVERIFY(window.outbox.append(u"three"_s));
        QTRY_COMPARE(window.deliveries(),
                     QList<int>({Outbox::Echoed, Outbox::Echoed, -1, Outbox::Echoed}));
        QCOMPARE(window.received, QSet<int>{-1});
        for (int row = 0; row < window.transcript.rowCount(); ++row) {
            const QModelIndex index = window.transcript.index(row);
            const qreal roundTrip = index.data(Transcript::RoundTripRole).toReal();
            if (index.data(Transcript::DeliveryRole).toInt() == Outbox::Echoed)
                QVERIFY(roundTrip > 0 && roundTrip < 5000);
        }
    }

    void bothRowsSayTheSameTime_data()
    {
        QTest::addColumn<bool>("isBinary");
        QTest::newRow("text") << false;
        QTest::newRow("text that comes back as binary") << true; // as from Node's ws
    }

    void bothRowsSayTheSameTime()
    {
        QFETCH(bool, isBinary);
        WebSocketPeer peer;
        connect(&peer, &WebSocketPeer::received, this, [&](const QString &text) {
            if (isBinary)
                peer.last()->sendBinaryMessage(text.toUtf8());
            else
                peer.last()->sendTextMessage(text);
        });
        Window window(peer.url());
        QVERIFY(window.outbox.appendLines({u"same"_s, u"one"_s, u"same"_s}));
        QTRY_COMPARE(window.deliveries(),
                     QList<int>({Outbox::Echoed, Outbox::Echoed, Outbox::Echoed}));
        QMultiHash<QByteArray, qreal> times[2]; // of sent rows and of received ones
        for (int row = 0; row < window.transcript.rowCount(); ++row) {
            const QModelIndex index = window.transcript.index(row);
            const int direction = index.data(Transcript::DirectionRole).toInt();
            if (direction != Entry::Local)
                times[direction == Entry::Sent ? 0 : 1].insert(
                    window.transcript.entry(row).payload,
                    index.data(Transcript::RoundTripRole).toReal());
        }
        QCOMPARE(times[0].size(), 3);
        QVERIFY(*std::min_element(times[0].cbegin(), times[0].cend()) > 0);
        QVERIFY(times[0] == times[1]);
    }

    void rowsChangeWhereTheyAre()
    {
        WebSocketPeer peer; // that answers pings only
        Window window(peer.url());
        QTRY_COMPARE(window.socket.status(), WebSocket::Open);
        QSet<int> seen;
        connect(&window.transcript, &Transcript::dataChanged, this,
                [&](const QModelIndex &first, const QModelIndex &, const QList<int> &roles) {
                    if (roles.contains(Transcript::DeliveryRole))
                        seen += first.data(Transcript::DeliveryRole).toInt();
                });
        QVERIFY(window.outbox.append(u"one"_s));
        window.transcript.flush();
        QTRY_COMPARE(window.deliveries(), QList<int>{Outbox::Confirmed});
        QVERIFY(seen.contains(Outbox::Confirmed));
        peer.last()->sendTextMessage(u"one"_s); // late, but an echo
        QTRY_COMPARE(window.deliveries(), QList<int>{Outbox::Echoed});
        QVERIFY(seen.contains(Outbox::Echoed));
    }

    void aBrokenConnectionLeavesDoubt()
    {
        RawPeer peer({}, RawPeer::Accept); // that answers nothing
        Window window(peer.url());
        QVERIFY(window.outbox.append(u"one"_s));
        QTRY_COMPARE(window.deliveries(), QList<int>{Outbox::Sent});
        peer.last()->abort();
        QTRY_COMPARE(window.deliveries(), QList<int>{Outbox::InDoubt});
    }

    void anotherConversationHasItsOwn()
    {
        WebSocketPeer peer(true);
        Window window(peer.url());
        window.transcript.setServer(u"ws://one.example"_s);
        QVERIFY(window.outbox.append(u"one"_s));
        QTRY_COMPARE(window.deliveries(), QList<int>{Outbox::Echoed});
        window.transcript.setServer(u"ws://two.example"_s);
        window.socket.sendTextMessage(u"the first here"_s);
        window.socket.sendTextMessage(u"and another"_s);
        QCOMPARE(window.deliveries(), QList<int>({-1, -1}));
    }

    void theNewestAreKept()
    {
        WebSocketPeer peer(true);
        Window window(peer.url());
        QStringList lines;
        for (int i = 0; i < int(Deliveries::maxKept); ++i)
            lines += QString::number(i);
        QVERIFY(window.outbox.append(u"first"_s));
        QTRY_COMPARE(window.deliveries(), QList<int>{Outbox::Echoed});
        const qint64 first = window.transcript.entry(1).seq;
        QCOMPARE(window.transcript.entry(1).payload, "first"_ba);
        QVERIFY(window.outbox.appendLines(lines));
        QTRY_COMPARE_WITH_TIMEOUT(window.outbox.rowCount(), 0, 20'000);
        window.transcript.flush();
        window.transcript.showEntry(first);
        const auto delivery = [&](qint64 seq) {
            return window.transcript.index(window.transcript.rowOf(seq))
                .data(Transcript::DeliveryRole)
                .toInt();
        };
        QCOMPARE(delivery(first), -1);
        QCOMPARE(delivery(first + 2), int(Outbox::Echoed));
    }
};

QTEST_GUILESS_MAIN(tst_Deliveries)
#include "tst_deliveries.moc"
