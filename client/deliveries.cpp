// SPDX-License-Identifier: MIT
#include "deliveries.h"

#include <utility>

Deliveries::Deliveries(QObject *parent)
    : QObject(parent)
{
}

void Deliveries::setOutbox(Outbox *outbox)
{
    if (m_outbox)
        m_outbox->disconnect(this);
    m_outbox = outbox;
    clear();
    if (outbox)
        connect(outbox, &Outbox::stateChanged, this, &Deliveries::onStateChanged);
}

std::optional<Deliveries::Delivery> Deliveries::of(qint64 seq) const
{
    const auto found = m_deliveries.find(seq);
    return found == m_deliveries.end() ? std::nullopt : std::optional<Delivery>(found->second);
}

void Deliveries::clear()
{
    m_deliveries.clear();
    m_seqs.clear();
    m_newest = 0;
}

void Deliveries::onStateChanged(int lineId, Outbox::State state, qreal roundTrip)
{
    // The transcript has heard of the message before: see Outbox::stateChanged().
    if (state == Outbox::Sending)
        m_seqs.insert(lineId, m_newest);
    const bool isLast = state == Outbox::Echoed || state == Outbox::InDoubt;
    const qint64 seq = isLast ? m_seqs.take(lineId) : m_seqs.value(lineId);
    if (seq == 0)
        return;
    m_deliveries[seq] = {{state, roundTrip}, lineId};
    if (m_deliveries.size() > maxKept) {
        m_seqs.remove(m_deliveries.begin()->second.lineId);
        m_deliveries.erase(m_deliveries.begin());
    }
    Q_EMIT changed(seq);
}
