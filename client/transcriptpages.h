// SPDX-License-Identifier: MIT
#pragma once

#include "storedentry.h"

#include <QCache>
#include <QList>

class TranscriptStore;

/*!
    The entries of one conversation that a view shows just now, read from the store in pages.
*/
class TranscriptPages
{
public:
    static constexpr int pageEntries = 64;
    static constexpr int maxPages = 32;

    TranscriptPages();

    /// From now on those of \a conversation in \a store, which outlives this or the next call.
    void setConversation(TranscriptStore *store, qint64 conversation);
    /// Entry \a seq, or an empty one where there is none.
    [[nodiscard]] StoredEntry entry(qint64 seq);

private:
    TranscriptStore *m_store = nullptr;
    qint64 m_conversation = 0;
    QCache<qint64, QList<StoredEntry>> m_pages; // by their first entry's number
};
