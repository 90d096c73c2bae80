// SPDX-License-Identifier: MIT
#include "finder.h"

#include "transcriptstore.h"

#include <algorithm>
#include <utility>

using namespace Qt::Literals::StringLiterals;

Finder::Finder(QObject *parent)
    : QObject(parent)
{
}

Finder::~Finder() = default;

void Finder::setText(const QString &text)
{
    if (m_query.text == text)
        return;
    m_query.text = text;
    update();
}

void Finder::setDirection(const QString &direction)
{
    if (m_direction == direction)
        return;
    m_direction = direction;
    update();
}

void Finder::setMessagesOnly(bool messagesOnly)
{
    if (m_messagesOnly == messagesOnly)
        return;
    m_messagesOnly = messagesOnly;
    update();
}

void Finder::setBinaryOnly(bool binaryOnly)
{
    if (this->binaryOnly() == binaryOnly)
        return;
    m_query.kinds.clear();
    if (binaryOnly)
        m_query.kinds = {Entry::Binary};
    update();
}

void Finder::setHidesOthers(bool hidesOthers)
{
    if (m_hidesOthers == hidesOthers)
        return;
    m_hidesOthers = hidesOthers;
    Q_EMIT queryChanged(); // the hits are the same
}

void Finder::clear()
{
    if (!isActive())
        return;
    m_query = {};
    m_direction = u"all"_s;
    m_messagesOnly = false;
    update();
}

void Finder::setConversation(TranscriptStore *store, qint64 conversation)
{
    if (m_store != store) {
        if (m_store)
            m_store->disconnect(this);
        m_store = store;
        if (store) {
            connect(store, &TranscriptStore::found, this, &Finder::onFound);
            connect(store, &TranscriptStore::searchFinished, this, &Finder::onSearchFinished);
        }
    }
    m_conversation = conversation;
    search();
}

/// Something else is looked for.
void Finder::update()
{
    m_query.directions.clear();
    if (m_direction == "sent"_L1)
        m_query.directions = {Entry::Sent};
    else if (m_direction == "received"_L1)
        m_query.directions = {Entry::Received};
    else if (m_messagesOnly)
        m_query.directions = {Entry::Sent, Entry::Received};
    if (m_query.text.isEmpty() && m_query.directions.isEmpty() && m_query.kinds.isEmpty())
        m_matcher.reset();
    else
        m_matcher.emplace(m_query);
    search();
    Q_EMIT queryChanged();
}

void Finder::search()
{
    const bool wasSearching = m_isSearching;
    m_hits.clear();
    setSearching(isActive() && m_store && m_conversation != 0);
    if (m_isSearching)
        m_store->search(m_ticket = m_store->newTicket(), m_conversation, m_query);
    else if (wasSearching && m_store)
        m_store->cancelSearch();
    announce();
}

void Finder::setSearching(bool isSearching)
{
    if (std::exchange(m_isSearching, isSearching) != isSearching)
        Q_EMIT searchingChanged();
}

bool Finder::look(qint64 seq, const Entry &entry)
{
    if (!m_matcher || !m_matcher->matches(entry))
        return false;
    m_hits.push_front(seq);
    return true;
}

void Finder::removeBefore(qint64 firstSeq)
{
    while (!m_hits.empty() && m_hits.back() < firstSeq)
        m_hits.pop_back();
}

void Finder::announce()
{
    if (std::exchange(m_announced, hitCount()) != hitCount())
        Q_EMIT hitCountChanged();
}

void Finder::onFound(int ticket, const QList<qint64> &seqs)
{
    if (ticket != m_ticket || !m_isSearching || seqs.isEmpty())
        return;
    m_hits.insert(m_hits.end(), seqs.begin(), seqs.end());
    Q_EMIT found(seqs);
    announce();
}

void Finder::onSearchFinished(int ticket)
{
    if (ticket == m_ticket)
        setSearching(false);
}

qint64 Finder::olderHit(qint64 seq) const
{
    if (m_hits.empty())
        return 0;
    const auto older = std::partition_point(m_hits.begin(), m_hits.end(),
                                            [seq](qint64 hit) { return hit >= seq; });
    return seq == 0 || older == m_hits.end() ? m_hits.front() : *older;
}

qint64 Finder::newerHit(qint64 seq) const
{
    if (m_hits.empty())
        return 0;
    const auto newer =
        std::partition_point(m_hits.begin(), m_hits.end(), [seq](qint64 hit) { return hit > seq; });
    return newer == m_hits.begin() ? m_hits.back() : *std::prev(newer);
}

int Finder::rank(qint64 seq) const
{
    const auto found =
        std::partition_point(m_hits.begin(), m_hits.end(), [seq](qint64 hit) { return hit > seq; });
    return found != m_hits.end() && *found == seq ? int(found - m_hits.begin()) + 1 : 0;
}
