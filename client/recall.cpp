// SPDX-License-Identifier: MIT
#include "recall.h"

#include "transcriptstore.h"
#include "utf8.h"

#include <limits>
#include <utility>

using namespace Qt::Literals::StringLiterals;

Recall::Recall(QObject *parent)
    : QObject(parent)
{
}

Recall::~Recall() = default;

void Recall::setTranscript(Transcript *transcript)
{
    if (m_transcript == transcript)
        return;
    if (m_transcript)
        m_transcript->disconnect(this);
    m_transcript = transcript;
    if (transcript) {
        connect(transcript, &Transcript::conversationChanged, this, &Recall::reset);
        connect(transcript, &Transcript::storeChanged, this, &Recall::useStore);
    }
    useStore();
    Q_EMIT transcriptChanged();
}

void Recall::useStore()
{
    reset();
    if (m_store)
        m_store->disconnect(this);
    m_store = m_transcript ? m_transcript->store() : nullptr;
    if (m_store) {
        connect(m_store, &TranscriptStore::found, this, &Recall::onFound);
        connect(m_store, &TranscriptStore::searchFinished, this, &Recall::onFinished);
    }
}

void Recall::setOutbox(Outbox *outbox)
{
    if (m_outbox == outbox)
        return;
    m_outbox = outbox;
    reset();
    Q_EMIT outboxChanged();
}

void Recall::setMaximumLength(int length)
{
    if (m_maximumLength == length)
        return;
    m_maximumLength = length;
    Q_EMIT maximumLengthChanged();
}

void Recall::reset()
{
    m_texts.clear();
    m_last.clear();
    m_seqs.clear();
    m_before = std::numeric_limits<qint64>::max();
    m_at = 0;
    m_ticket = 0; // what it still finds is of no interest
    m_isComplete = false;
    m_isWanted = false;
}

/// Begins a walk, with what is known already.
void Recall::begin(const QString &line)
{
    m_texts = {line};
    if (!m_outbox)
        return;
    for (int row = m_outbox->rowCount() - 1; row >= 0; --row) {
        const QModelIndex index = m_outbox->index(row);
        if (index.data(Outbox::StateRole).toInt() == Outbox::Pending
            && !index.data(Outbox::BinaryRole).toBool())
            add(m_outbox->textAt(row));
    }
}

void Recall::older(const QString &line)
{
    if (m_texts.isEmpty())
        begin(line);
    m_texts[m_at] = line;
    m_isWanted = true;
    goOn();
}

void Recall::newer(const QString &line)
{
    m_isWanted = false;
    if (m_at == 0)
        return;
    m_texts[m_at] = line;
    --m_at;
    Q_EMIT recalled(m_texts.at(m_at), false);
}

/// Goes to an older text where one is wanted; looks for more where none is there.
void Recall::goOn()
{
    if (!m_isWanted)
        return;
    while (m_at + 1 == m_texts.size() && addNext()) { }
    if (m_at + 1 < m_texts.size()) {
        m_isWanted = false;
        ++m_at;
        Q_EMIT recalled(m_texts.at(m_at), true);
    } else if (m_isComplete || !m_store || m_transcript->conversation() == 0) {
        m_isWanted = false;
    } else if (m_ticket == 0) {
        m_ticket = m_store->newTicket();
        m_store->searchBefore(m_ticket, m_transcript->conversation(),
                              {{}, {Entry::Sent}, {Entry::Text}}, m_before, pageSize);
    }
}

/// Adds a text at the old end, unless the one before is equal.
bool Recall::add(const QString &text)
{
    if (text.isEmpty() || text.size() > m_maximumLength || text == m_last)
        return false;
    m_last = text;
    m_texts += text;
    return true;
}

/// Adds the next of those found, or leaves it out; false when there is none.
bool Recall::addNext()
{
    constexpr qint64 maxBytesPerUnit = 3;
    if (m_seqs.empty())
        return false;
    const qint64 seq = m_seqs.front();
    m_seqs.pop_front();
    const qint64 conversation = m_transcript->conversation();
    const QList<StoredEntry> entries = m_store->read(conversation, seq, 1);
    if (entries.isEmpty() || entries.first().size > m_maximumLength * maxBytesPerUnit)
        return true;
    const QByteArray payload =
        entries.first().cut() ? m_store->payload(conversation, seq) : entries.first().payload;
    add(decodedUtf8(payload).value_or(QString()));
    return true;
}

void Recall::onFound(int ticket, const QList<qint64> &seqs)
{
    if (ticket != m_ticket || seqs.isEmpty())
        return;
    m_seqs.insert(m_seqs.end(), seqs.cbegin(), seqs.cend());
    m_before = seqs.last();
}

void Recall::onFinished(int ticket, qint64 total)
{
    if (ticket != m_ticket)
        return;
    m_ticket = 0;
    m_isComplete = total < pageSize;
    goOn();
}
