// SPDX-License-Identifier: MIT
#include "transcriptpages.h"

#include "transcriptstore.h"

TranscriptPages::TranscriptPages()
    : m_pages(maxPages)
{
}

void TranscriptPages::setConversation(TranscriptStore *store, qint64 conversation)
{
    m_store = store;
    m_conversation = conversation;
    m_pages.clear();
}

StoredEntry TranscriptPages::entry(qint64 seq)
{
    if (!m_store || seq < 1)
        return {};
    const qint64 first = seq - (seq - 1) % pageEntries;
    QList<StoredEntry> *page = m_pages.object(first);
    // The newest page grows.
    if (!page || page->isEmpty() || page->last().seq < seq) {
        page = new QList<StoredEntry>(m_store->read(m_conversation, first, pageEntries));
        m_pages.insert(first, page);
    }
    // The oldest entries may have gone.
    const qsizetype index = page->isEmpty() ? -1 : qsizetype(seq - page->first().seq);
    return index >= 0 && index < page->size() ? page->at(index) : StoredEntry();
}
