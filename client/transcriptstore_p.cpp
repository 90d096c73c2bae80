// SPDX-License-Identifier: MIT
#include "transcriptstore_p.h"

#include "transcriptschema.h"
#include "transcripttrouble.h"

#include <algorithm>
#include <limits>

using namespace Qt::Literals::StringLiterals;

namespace {

/// What an entry in memory takes besides its payload, in bytes, about.
constexpr qint64 entryOverhead = 96;

} // namespace

ConversationInfo TranscriptStore::Private::Conversation::info() const
{
    return {head->id, head->server, head->name, head->created, lastUsed, last - first + 1, bytes};
}

TranscriptStore::Private::Private(TranscriptStore *store, const QString &file)
    : q(store)
    , fileName(file)
{
    writerThread.setObjectName("transcripts"_L1);
    searchThread.setObjectName("search"_L1);
    if (!fileName.isEmpty())
        openFile();
    if (!hasFile())
        queue.stop();
}

TranscriptStore::Private::~Private()
{
    for (const Searcher &one : {searcher, backwardSearcher}) {
        if (one.search)
            one.search->setCurrent(0);
    }
    if (writer)
        QMetaObject::invokeMethod(writer, &TranscriptWriter::flush, Qt::BlockingQueuedConnection);
    for (QThread *thread : {&writerThread, &searchThread}) {
        thread->quit();
        thread->wait();
    }
}

void TranscriptStore::Private::openFile()
{
    TranscriptSchema::Opened opened = TranscriptSchema::open(reader.database(), fileName);
    if (opened.isUsable && !locks.open(fileName)) {
        opened = {false,
                  TranscriptTrouble::failed(fileName, TranscriptDatabase::Failure::Denied,
                                            qt_error_string())};
    }
    if (!opened.trouble.isEmpty()) {
        // When those who want to know have had the time to say so.
        QMetaObject::invokeMethod(
            q, [this, trouble = opened.trouble] { Q_EMIT q->trouble(trouble); },
            Qt::QueuedConnection);
    }
    if (!opened.isUsable)
        return;
    fileIdentity = TranscriptSchema::identity(fileName);
    startWriter();
}

void TranscriptStore::Private::startWriter()
{
    writer = new TranscriptWriter(fileName, queue);
    writer->moveToThread(&writerThread);
    connect(&writerThread, &QThread::started, writer, &TranscriptWriter::start);
    connect(&writerThread, &QThread::finished, writer, &QObject::deleteLater);
    connect(writer, &TranscriptWriter::written, q, [this] { onWritten(); });
    connect(writer, &TranscriptWriter::failed, q,
            [this](auto failure, const QString &text) { onWriterFailed(failure, text); });
    connect(writer, &TranscriptWriter::recovered, q, [this] {
        if (hasGivenUp)
            return;
        isInTrouble = false;
        Q_EMIT q->notice(TranscriptTrouble::recovered(fileName));
    });
    connect(writer, &TranscriptWriter::pruned, q,
            [this](qint64 id, qint64 firstSeq, qint64 bytes) { onPruned(id, firstSeq, bytes); });
    connect(writer, &TranscriptWriter::notice, q, &TranscriptStore::notice);
    writerThread.start();
    askWriter([this] { writer->setMaxBytes(maxBytes); });
}

void TranscriptStore::Private::startSearch(Searcher &one, TranscriptSearch::Task task)
{
    if (!one.search) {
        one.search = new TranscriptSearch(hasFile() ? fileName : QString());
        one.search->moveToThread(&searchThread);
        connect(&searchThread, &QThread::finished, one.search, &QObject::deleteLater);
        connect(one.search, &TranscriptSearch::found, q,
                [this, &one](quint64 number, const QList<qint64> &seqs) {
                    if (number == one.number)
                        Q_EMIT q->found(one.ticket, seqs);
                });
        connect(one.search, &TranscriptSearch::finished, q,
                [this, &one](quint64 number, qint64 total) {
                    if (number == one.number)
                        Q_EMIT q->searchFinished(one.ticket, total);
                });
        connect(one.search, &TranscriptSearch::failed, q,
                [this](auto failure, const QString &text) { onReadingFailed(failure, text); });
        searchThread.start();
    }
    task.number = ++one.number;
    task.lastStored = std::numeric_limits<qint64>::max();
    if (const Conversation *known = find(task.conversation)) {
        queue.seal(); // what is searched must not grow meanwhile
        task.lastStored = known->stored;
        task.tail = known->tail.batches();
    }
    one.ticket = task.ticket;
    one.search->setCurrent(task.number);
    QMetaObject::invokeMethod(
        one.search, [search = one.search, task] { search->start(task); }, Qt::QueuedConnection);
}

TranscriptStore::Private::Conversation *TranscriptStore::Private::find(qint64 id)
{
    const auto place = conversations.find(id);
    return place == conversations.end() ? nullptr : &place->second;
}

TranscriptStore::Private::Conversation &TranscriptStore::Private::adopt(const ConversationRow &row)
{
    const ConversationInfo &info = row.info;
    Conversation conversation;
    conversation.head = std::make_shared<ConversationHead>(
        ConversationHead{info.id, info.server, names.value(info.id, info.name), info.created});
    conversation.lastUsed = info.lastUsed;
    conversation.first = row.first;
    conversation.last = row.last;
    conversation.stored = row.last;
    conversation.bytes = info.bytes;
    conversation.isHeld = true;
    lastId = std::max(lastId, info.id);
    Conversation &result =
        conversations.insert_or_assign(info.id, std::move(conversation)).first->second;
    heldChanged();
    return result;
}

bool TranscriptStore::Private::takeFromFile(qint64 id)
{
    if (!hasFile() || removed.contains(id) || !locks.take(id))
        return false;
    // Only now, as the one who held it may have written to it until a moment ago.
    if (const std::optional<ConversationRow> row = reader.conversation(id)) {
        adopt(*row);
        return true;
    }
    locks.letGo(id);
    checkReader();
    return false;
}

qint64 TranscriptStore::Private::newId()
{
    if (!hasFile())
        return lastId + 1;
    for (qint64 id = std::max(lastId, reader.lastConversation()) + 1;; ++id) {
        if (!locks.take(id))
            continue; // another window has begun one that is still empty
        if (reader.lastConversation() < id)
            return id;
        locks.letGo(id);
    }
}

void TranscriptStore::Private::settle(qint64 id)
{
    const Conversation *conversation = find(id);
    if (!conversation || conversation->isHeld || !conversation->tail.isEmpty())
        return;
    if (hasFile())
        locks.letGo(id);
    conversations.erase(id);
    heldChanged();
}

void TranscriptStore::Private::forgetTail(Conversation &conversation, qint64 throughSeq)
{
    const TranscriptTail::Dropped dropped = conversation.tail.dropThrough(throughSeq);
    tailEntries -= dropped.entries;
    tailBytes -= dropped.bytes;
}

void TranscriptStore::Private::heldChanged()
{
    QSet<qint64> held;
    for (const auto &[id, conversation] : conversations)
        held.insert(id);
    askWriter([this, held] { writer->setHeld(held); });
}

void TranscriptStore::Private::checkBacklog()
{
    const bool isOver = q->pendingBytes() > highBytes || q->pendingEntries() > highEntries;
    const bool isUnder = q->pendingBytes() <= lowBytes && q->pendingEntries() <= lowEntries;
    if (isBacklogged ? !isUnder : !isOver)
        return;
    isBacklogged = !isBacklogged;
    if (isBacklogged)
        askWriter([this] { writer->write(); });
    Q_EMIT q->backlogged(isBacklogged);
}

void TranscriptStore::Private::pruneMemory()
{
    const auto size = [this] { return tailBytes + tailEntries * entryOverhead; };
    if (isOnDisk() || size() <= maxBytes)
        return;
    // What goes now is never written: then neither is what follows it.
    if (!std::exchange(hasGivenUp, true))
        askWriter([this] { writer->giveUp(); });
    while (size() > maxBytes) {
        // The one used longest ago that is not held, else that is; its newest entries stay.
        Conversation *oldest = nullptr;
        for (auto &[id, conversation] : conversations) {
            if (conversation.tail.isEmpty())
                continue;
            const qint64 left = conversation.last - conversation.tail.batches().front()->lastSeq();
            if (conversation.isHeld && left < TranscriptPruner::keptEntries)
                continue;
            if (!oldest
                || std::pair(conversation.isHeld, conversation.lastUsed)
                    < std::pair(oldest->isHeld, oldest->lastUsed))
                oldest = &conversation;
        }
        if (!oldest)
            break;
        const BatchPointer gone = oldest->tail.batches().front();
        forgetTail(*oldest, gone->lastSeq());
        oldest->first = gone->lastSeq() + 1;
        oldest->bytes = std::max(0LL, oldest->bytes - gone->bytes);
        const qint64 id = oldest->head->id;
        const qint64 first = oldest->first;
        settle(id);
        Q_EMIT q->pruned(id, first);
    }
    if (!std::exchange(hasSaidMemory, true))
        Q_EMIT q->notice(TranscriptTrouble::full(maxBytes));
}

void TranscriptStore::Private::onWritten()
{
    const QHash<qint64, qint64> confirmed = queue.takeConfirmed();
    for (auto i = confirmed.cbegin(); i != confirmed.cend(); ++i) {
        Conversation *conversation = find(i.key());
        if (!conversation)
            continue;
        conversation->stored = i.value();
        forgetTail(*conversation, i.value());
        settle(i.key());
    }
    checkBacklog();
}

void TranscriptStore::Private::onPruned(qint64 id, qint64 firstSeq, qint64 bytes)
{
    if (Conversation *conversation = find(id)) {
        conversation->first = std::max(conversation->first, firstSeq);
        conversation->bytes -= bytes;
    }
    Q_EMIT q->pruned(id, firstSeq);
}

void TranscriptStore::Private::onWriterFailed(TranscriptDatabase::Failure failure,
                                              const QString &text)
{
    if (failure == TranscriptDatabase::Failure::Broken) {
        onBroken(text);
        return;
    }
    if (hasGivenUp) // it was in the middle of something, and the file has been moved away
        return;
    isInTrouble = true;
    Q_EMIT q->trouble(TranscriptTrouble::failed(fileName, failure, text));
    checkBacklog();
}

void TranscriptStore::Private::onReadingFailed(TranscriptDatabase::Failure failure,
                                               const QString &text)
{
    if (failure == TranscriptDatabase::Failure::Broken)
        onBroken(text);
    else if (!hasGivenUp && !std::exchange(hasSaidReading, true))
        Q_EMIT q->trouble(TranscriptTrouble::failed(fileName, failure, text));
}

void TranscriptStore::Private::checkReader()
{
    if (reader.takeFailed())
        onReadingFailed(reader.database().failure(), reader.database().failureText());
}

void TranscriptStore::Private::onBroken(const QString &text)
{
    if (std::exchange(hasGivenUp, true))
        return;
    isInTrouble = true;
    askWriter([this] { writer->giveUp(); });
    const QString movedTo = TranscriptSchema::moveAside(fileName, fileIdentity);
    Q_EMIT q->trouble(TranscriptTrouble::brokenInUse(fileName, text, movedTo));
    checkBacklog();
}
