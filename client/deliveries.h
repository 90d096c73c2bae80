// SPDX-License-Identifier: MIT
#pragma once

#include "outbox.h"

#include <QHash>
#include <QObject>
#include <QPointer>

#include <map>
#include <optional>

/*!
    Where each sent entry of a transcript stands, as the outbox that it came from says: with the
    system, read by the server, echoed, or in doubt.

    That of the newest maxKept entries is kept, and only as long as the window is there.
*/
class Deliveries : public QObject
{
    Q_OBJECT

public:
    static constexpr std::size_t maxKept = 10'000;

    struct Delivery
    {
        Outbox::State state = Outbox::Sending;
        qreal roundTrip = -1; ///< ms; -1 where there is no echo
    };

    explicit Deliveries(QObject *parent = nullptr);

    [[nodiscard]] Outbox *outbox() const { return m_outbox; }
    void setOutbox(Outbox *outbox);

    /// The entry \a seq is the message that was sent last.
    void setNewest(qint64 seq) { m_newest = seq; }
    /// Where that entry stands; nothing when that is not known.
    [[nodiscard]] std::optional<Delivery> of(qint64 seq) const;
    /// Entries are of another conversation from now on.
    void clear();

Q_SIGNALS:
    void changed(qint64 seq);

private:
    void onStateChanged(int lineId, Outbox::State state, qreal roundTrip);

    struct Kept : Delivery
    {
        int lineId = 0;
    };

    std::map<qint64, Kept> m_deliveries; // by seq
    QHash<int, qint64> m_seqs; // by line, of those that may still change
    QPointer<Outbox> m_outbox;
    qint64 m_newest = 0;
};
