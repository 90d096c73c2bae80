// SPDX-License-Identifier: MIT
#include "transcriptstore.h"

#include "transcriptstore_p.h"

#include <QStandardPaths>

#include <algorithm>
#include <limits>

using namespace Qt::Literals::StringLiterals;

QString TranscriptStore::defaultFileName()
{
    return QStandardPaths::writableLocation(QStandardPaths::AppDataLocation)
        + "/transcripts.sqlite"_L1;
}

TranscriptStore::TranscriptStore(const QString &fileName, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, fileName))
{
}

TranscriptStore::~TranscriptStore() = default;

QString TranscriptStore::file() const
{
    return d->fileName;
}

void TranscriptStore::setFile(const QString &fileName)
{
    if (fileName == d->fileName)
        return;
    if (!d->fileName.isEmpty() || !d->conversations.empty()) {
        qWarning("TranscriptStore: the file cannot be changed any more.");
        return;
    }
    const qint64 maxBytes = d->maxBytes;
    d = std::make_unique<Private>(this, fileName);
    setMaxBytes(maxBytes);
    Q_EMIT fileChanged();
}

bool TranscriptStore::isOnDisk() const
{
    return d->isOnDisk();
}

qint64 TranscriptStore::openConversation(const QString &server)
{
    Private::Conversation *last = nullptr;
    for (auto &[id, conversation] : d->conversations) {
        if (conversation.head->server == server
            && (!last || conversation.lastUsed >= last->lastUsed))
            last = &conversation;
    }
    if (last) {
        last->isHeld = true;
        return last->head->id;
    }
    if (d->hasFile()) {
        const QList<ConversationRow> rows = d->reader.conversations(server);
        d->checkReader();
        for (const ConversationRow &row : rows) {
            if (d->takeFromFile(row.info.id))
                return row.info.id;
        }
    }
    return newConversation(server);
}

qint64 TranscriptStore::newConversation(const QString &server)
{
    const QDateTime now = QDateTime::currentDateTime();
    ConversationRow row;
    row.info = {d->newId(), server, {}, now, now, 0, 0};
    d->adopt(row);
    return row.info.id;
}

bool TranscriptStore::resumeConversation(qint64 conversation)
{
    if (Private::Conversation *known = d->find(conversation)) {
        known->isHeld = true;
        return true;
    }
    return d->takeFromFile(conversation);
}

void TranscriptStore::closeConversation(qint64 conversation)
{
    Private::Conversation *known = d->find(conversation);
    if (!known)
        return;
    known->isHeld = false;
    d->queue.seal(); // it may go from memory from now on
    d->settle(conversation);
}

QList<ConversationInfo> TranscriptStore::conversations()
{
    QList<ConversationInfo> result;
    if (d->hasFile()) {
        const QList<ConversationRow> rows = d->reader.conversations();
        d->checkReader();
        for (const ConversationRow &row : rows) {
            if (d->removed.contains(row.info.id) || d->find(row.info.id))
                continue;
            result += row.info;
            result.last().name = d->names.value(row.info.id, row.info.name);
            result.last().isHeldElsewhere = d->locks.isTaken(row.info.id);
        }
    }
    for (const auto &[id, conversation] : d->conversations)
        result += conversation.info();
    std::stable_sort(result.begin(), result.end(),
                     [](const ConversationInfo &a, const ConversationInfo &b) {
                         return std::pair(a.lastUsed, a.id) > std::pair(b.lastUsed, b.id);
                     });
    return result;
}

bool TranscriptStore::renameConversation(qint64 conversation, const QString &name)
{
    Private::Conversation *known = d->find(conversation);
    if (known) {
        auto head = std::make_shared<ConversationHead>(*known->head);
        head->name = name;
        known->head = head;
    } else if (!d->hasFile() || d->removed.contains(conversation)
               || !d->reader.conversation(conversation)) {
        return false;
    }
    d->names.insert(conversation, name);
    d->askWriter([writer = d->writer, conversation, name] { writer->rename(conversation, name); });
    Q_EMIT conversationRenamed(conversation);
    return true;
}

bool TranscriptStore::removeConversation(qint64 conversation)
{
    // What is not held is taken, and stays so while it is being deleted.
    if (!d->find(conversation) && !d->takeFromFile(conversation))
        return false;
    const auto known = d->conversations.find(conversation);
    d->queue.seal();
    d->forgetTail(known->second, std::numeric_limits<qint64>::max());
    d->conversations.erase(known);
    d->removed.insert(conversation);
    d->askWriter([writer = d->writer, conversation] { writer->remove(conversation); });
    d->checkBacklog();
    Q_EMIT conversationRemoved(conversation);
    return true;
}

ConversationInfo TranscriptStore::conversation(qint64 conversation)
{
    if (const Private::Conversation *known = d->find(conversation))
        return known->info();
    if (!d->hasFile() || d->removed.contains(conversation))
        return {};
    ConversationInfo info = d->reader.conversation(conversation).value_or(ConversationRow()).info;
    info.name = d->names.value(conversation, info.name);
    info.isHeldElsewhere = d->locks.isTaken(conversation);
    return info;
}

qint64 TranscriptStore::append(qint64 conversation, const Entry &entry)
{
    Private::Conversation *known = d->find(conversation);
    if (!known || !known->isHeld)
        return 0;
    const qint64 seq = ++known->last;
    known->bytes += entry.payload.size();
    known->lastUsed = entry.time;
    d->newest = {conversation, seq};
    const EntryQueue::Appended appended = d->queue.append(known->head, seq, entry);
    if (appended.begun)
        known->tail.add(appended.begun);
    ++d->tailEntries;
    d->tailBytes += entry.payload.size();
    if (appended.wake)
        d->askWriter([writer = d->writer] { writer->wake(); });
    d->checkBacklog();
    d->pruneMemory();
    return seq;
}

qint64 TranscriptStore::firstSeq(qint64 conversation)
{
    if (const Private::Conversation *known = d->find(conversation))
        return known->first;
    return d->hasFile() ? d->reader.conversation(conversation).value_or(ConversationRow()).first
                        : 1;
}

qint64 TranscriptStore::lastSeq(qint64 conversation)
{
    if (const Private::Conversation *known = d->find(conversation))
        return known->last;
    return d->hasFile() ? d->reader.conversation(conversation).value_or(ConversationRow()).last : 0;
}

QList<StoredEntry> TranscriptStore::read(qint64 conversation, qint64 firstSeq, int count,
                                         qsizetype maxPayload)
{
    maxPayload = std::clamp<qsizetype>(maxPayload, 0, rowBytes);
    qint64 first = std::max(firstSeq, 1LL);
    qint64 last = first + count - 1;
    qint64 stored = last;
    const Private::Conversation *known = d->find(conversation);
    if (known) {
        first = std::max(first, known->first);
        last = std::min(last, known->last);
        stored = std::min(last, known->stored);
    }
    QList<StoredEntry> result;
    if (d->hasFile() && !d->removed.contains(conversation) && first <= stored) {
        result = d->reader.read(conversation, first, stored, maxPayload);
        d->checkReader();
    }
    if (!known)
        return result;
    for (qint64 seq = std::max(first, stored + 1); seq <= last; ++seq) {
        const Entry *entry = known->tail.entry(seq);
        if (!entry)
            continue;
        StoredEntry row;
        static_cast<Entry &>(row) = *entry;
        row.seq = seq;
        row.size = entry->payload.size();
        row.payload.truncate(maxPayload);
        result += row;
    }
    return result;
}

QByteArray TranscriptStore::payload(qint64 conversation, qint64 seq)
{
    if (const Private::Conversation *known = d->find(conversation)) {
        if (const Entry *entry = known->tail.entry(seq))
            return entry->payload.isNull() ? ""_ba : entry->payload;
        if (seq < known->first)
            return {};
    }
    if (!d->hasFile() || d->removed.contains(conversation))
        return {};
    const QByteArray result = d->reader.payload(conversation, seq);
    d->checkReader();
    return result;
}

qint64 TranscriptStore::pendingBytes() const
{
    return d->isOnDisk() ? d->tailBytes : 0;
}

qint64 TranscriptStore::pendingEntries() const
{
    return d->isOnDisk() ? d->tailEntries : 0;
}

bool TranscriptStore::isBacklogged() const
{
    return d->isBacklogged;
}

void TranscriptStore::flush()
{
    if (!d->writer)
        return;
    QMetaObject::invokeMethod(d->writer, &TranscriptWriter::flush, Qt::BlockingQueuedConnection);
    d->onWritten();
}

TranscriptStore::Place TranscriptStore::newest() const
{
    return d->newest;
}

bool TranscriptStore::isStored(const Place &place) const
{
    // They are written in the order in which they came, whichever conversation they are of.
    const Private::Conversation *known = d->hasFile() ? d->find(place.conversation) : nullptr;
    return !known || known->stored >= place.seq;
}

void TranscriptStore::search(int ticket, qint64 conversation, const TranscriptQuery &query)
{
    TranscriptSearch::Task task;
    task.ticket = ticket;
    task.query = query;
    task.conversation = conversation;
    d->startSearch(d->searcher, task);
}

void TranscriptStore::searchBefore(int ticket, qint64 conversation, const TranscriptQuery &query,
                                   qint64 before, int limit)
{
    TranscriptSearch::Task task;
    task.ticket = ticket;
    task.query = query;
    task.conversation = conversation;
    task.before = before;
    task.limit = limit;
    d->startSearch(d->backwardSearcher, task);
}

void TranscriptStore::cancelSearch()
{
    ++d->searcher.number;
    if (d->searcher.search)
        d->searcher.search->setCurrent(0);
}

int TranscriptStore::newTicket()
{
    return ++d->lastTicket;
}

qint64 TranscriptStore::maxBytes() const
{
    return d->maxBytes;
}

void TranscriptStore::setMaxBytes(qint64 maxBytes)
{
    d->maxBytes = maxBytes;
    d->askWriter([writer = d->writer, maxBytes] { writer->setMaxBytes(maxBytes); });
    d->pruneMemory();
}
