// SPDX-License-Identifier: MIT
// Which conversation of its store a transcript shows.
#include "transcript.h"

#include <utility>

void Transcript::setStore(TranscriptStore *store)
{
    if (m_store == store)
        return;
    if (m_store) {
        m_store->disconnect(this);
        if (m_conversation != 0 && !m_isReadOnly)
            m_store->closeConversation(m_conversation);
    }
    m_store = store;
    m_conversation = 0;
    if (store != m_ownStore.get())
        m_ownStore.reset();
    if (store) {
        connect(store, &TranscriptStore::trouble, this, &Transcript::setNotice);
        connect(store, &TranscriptStore::notice, this, &Transcript::setNotice);
        connect(store, &TranscriptStore::backlogged, this, &Transcript::onBacklogged);
        connect(store, &TranscriptStore::pruned, this, &Transcript::onPruned);
        connect(store, &TranscriptStore::conversationRemoved, this, &Transcript::onRemoved);
        connect(store, &TranscriptStore::conversationRenamed, this, &Transcript::titleChanged);
        connect(store, &QObject::destroyed, this, [this] { showConversation(0); });
    }
    Q_EMIT storeChanged();
    if (m_isComplete)
        openConversation();
}

void Transcript::setServer(const QString &server)
{
    if (m_server == server)
        return;
    m_server = server;
    Q_EMIT serverChanged();
    if (m_isComplete)
        openConversation();
}

void Transcript::componentComplete()
{
    m_isComplete = true;
    openConversation();
}

void Transcript::setReadOnly(bool isReadOnly)
{
    if (m_isReadOnly == isReadOnly)
        return;
    m_isReadOnly = isReadOnly;
    Q_EMIT readOnlyChanged();
}

void Transcript::setConversation(int conversation)
{
    if (!m_isReadOnly || m_wanted == conversation)
        return;
    m_wanted = conversation;
    if (m_isComplete)
        openConversation();
}

ConversationInfo Transcript::info() const
{
    return m_conversation != 0 ? m_store->conversation(m_conversation) : ConversationInfo();
}

QString Transcript::title() const
{
    return info().shownName();
}

QString Transcript::shownServer() const
{
    return info().shownServer();
}

QDateTime Transcript::firstTime() const
{
    return m_conversation == 0 ? QDateTime()
                               : m_pages.entry(m_store->firstSeq(m_conversation)).time;
}

QDateTime Transcript::lastTime() const
{
    return m_conversation == 0 ? QDateTime() : m_pages.entry(m_store->lastSeq(m_conversation)).time;
}

bool Transcript::resume(int conversation)
{
    if (m_isReadOnly || !m_store || conversation == m_conversation)
        return !m_isReadOnly && conversation == m_conversation;
    const QString server = m_store->conversation(conversation).server;
    if (!m_store->resumeConversation(conversation))
        return false;
    if (m_conversation != 0)
        m_store->closeConversation(m_conversation);
    // Not by setServer(), which would look for the last one with it.
    if (std::exchange(m_server, server) != server)
        Q_EMIT serverChanged();
    showConversation(conversation);
    return true;
}

/// Opens the last conversation with the server, or shows again what is read.
void Transcript::openConversation()
{
    if (m_isReadOnly) {
        showConversation(m_store ? m_wanted : 0);
        return;
    }
    if (!m_store) {
        m_ownStore = std::make_unique<TranscriptStore>();
        setStore(m_ownStore.get());
        if (m_isComplete)
            return;
    }
    if (m_conversation != 0 && info().server == m_server)
        return; // something was said before all was known
    if (m_conversation != 0)
        m_store->closeConversation(m_conversation);
    // With nobody: the last one with whomever it was is not meant.
    showConversation(m_server.isEmpty() ? m_store->newConversation(m_server)
                                        : m_store->openConversation(m_server));
}

void Transcript::showConversation(qint64 conversation)
{
    const bool isAnother = std::exchange(m_conversation, conversation) != conversation;
    m_pages.setConversation(m_store, conversation);
    if (isAnother)
        m_deliveries.clear();
    m_resumedSeq = 0;
    if (conversation != 0 && !m_isReadOnly) {
        const qint64 last = m_store->lastSeq(conversation);
        m_resumedSeq = last >= m_store->firstSeq(conversation) ? last + 1 : 0;
    }
    m_unseenSeq = 0;
    if (m_isReadOnly) {
        if (const QString server = info().server; std::exchange(m_server, server) != server)
            Q_EMIT serverChanged();
    }
    m_finder.setConversation(m_store, conversation);
    resetRows();
    if (isAnother)
        Q_EMIT conversationChanged();
    Q_EMIT titleChanged();
}

void Transcript::onRemoved(qint64 conversation)
{
    if (conversation != m_conversation)
        return;
    m_wanted = 0;
    // What is said from now on has its place all the same.
    showConversation(m_isReadOnly ? 0 : m_store->newConversation(m_server));
}
