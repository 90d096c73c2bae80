// SPDX-License-Identifier: MIT
#include "transcriptwriter.h"

#include "transcriptschema.h"
#include "transcripttrouble.h"

#include <algorithm>
#include <limits>
#include <utility>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using Failure = TranscriptDatabase::Failure;

namespace {

/// What goes to the file in one transaction, at most.
constexpr std::size_t transactionEntries = 20'000;
constexpr qint64 transactionBytes = 16 * 1024 * 1024;
/// After so many in one, the index waits a while: a flood needs the processor.
constexpr std::size_t floodEntries = 1000;
constexpr auto floodPause = 1s;
/// What an entry takes in the file besides its payload, in bytes, about.
constexpr qint64 entryOverhead = 64;
/// Stands for more than there can be: what was removed is to leave the index soon.
constexpr qint64 mustForget = 1LL << 60;
constexpr qint64 unlimited = std::numeric_limits<qint64>::max();

std::size_t countEntries(const std::deque<BatchPointer> &batches)
{
    std::size_t result = 0;
    for (const BatchPointer &batch : batches)
        result += batch->entries.size();
    return result;
}

qint64 sizeInFile(const std::deque<BatchPointer> &batches)
{
    qint64 result = 0;
    for (const BatchPointer &batch : batches)
        result += batch->bytes + entryOverhead * static_cast<qint64>(batch->entries.size());
    return result;
}

} // namespace

TranscriptWriter::TranscriptWriter(const QString &fileName, EntryQueue &queue)
    : m_fileName(fileName)
    , m_queue(queue)
    , m_index(m_database)
    , m_pruner(m_database, m_locks)
    , m_writeTimer(this)
    , m_upkeepTimer(this)
{
    m_writeTimer.setSingleShot(true);
    connect(&m_writeTimer, &QTimer::timeout, this, &TranscriptWriter::write);
    m_upkeepTimer.setSingleShot(true);
    connect(&m_upkeepTimer, &QTimer::timeout, this, &TranscriptWriter::upkeep);
}

void TranscriptWriter::start()
{
    if (!m_database.open(m_fileName, patience) || !m_locks.open(m_fileName))
        onFailed();
    else
        m_upkeepTimer.start(floodPause); // not while the window opens
}

void TranscriptWriter::wake()
{
    if (!m_writeTimer.isActive() && !m_isInTrouble && !m_hasGivenUp)
        m_writeTimer.start(batchInterval);
}

void TranscriptWriter::rename(qint64 conversation, const QString &name)
{
    // What was appended before comes first: it may be what makes the conversation.
    for (const BatchPointer &batch : m_queue.take(m_queue.size(), unlimited))
        m_batches.push_back(batch);
    m_names.insert(conversation, name);
    wake();
}

void TranscriptWriter::remove(qint64 conversation)
{
    m_queue.drop(conversation);
    std::erase_if(m_batches,
                  [&](const auto &batch) { return batch->conversation->id == conversation; });
    m_removed.insert(conversation);
    wake();
}

void TranscriptWriter::setMaxBytes(qint64 maxBytes)
{
    m_pruner.setMaxBytes(maxBytes);
    m_upkeepTimer.start(0ms);
}

void TranscriptWriter::setHeld(const QSet<qint64> &held)
{
    m_pruner.setHeld(held);
}

void TranscriptWriter::flush()
{
    do
        write();
    while (m_queue.size() > 0 && !m_isInTrouble);
}

void TranscriptWriter::giveUp()
{
    m_hasGivenUp = true;
    m_writeTimer.stop();
    m_upkeepTimer.stop();
    m_batches.clear();
    m_queue.stop();
}

void TranscriptWriter::write()
{
    m_writeTimer.stop();
    if (m_hasGivenUp)
        return;
    if (m_batches.empty())
        m_batches = m_queue.take(transactionEntries, transactionBytes);
    if (m_batches.empty() && m_names.isEmpty() && m_removed.isEmpty() && !m_isInTrouble)
        return;
    if (m_database.isOpen() && m_database.begin() && writeBatches() && writeChanges()
        && m_database.commit())
        onWritten();
    else
        onFailed();
}

bool TranscriptWriter::writeBatches()
{
    // Found once for all of them, and bound by name: each of the two saves half of Qt's time.
    QSqlQuery &query = m_database.statement(
        u"INSERT INTO entries (id, time, direction, kind, roundTrip, size, payload) "
        "VALUES (:id, :time, :direction, :kind, :roundTrip, :size, :payload)"_s);
    for (const BatchPointer &batch : m_batches) {
        if (!writeConversation(*batch))
            return false;
        qint64 id = TranscriptSchema::rowId(batch->conversation->id, batch->firstSeq);
        for (const Entry &entry : batch->entries) {
            if (!writeEntry(query, id++, entry))
                return false;
        }
    }
    return true;
}

bool TranscriptWriter::writeConversation(const EntryBatch &batch)
{
    QSqlQuery &query = m_database.statement(
        u"INSERT INTO conversations (id, server, name, created, used, first, last, bytes, indexed) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE "
        "SET used = excluded.used, last = excluded.last, bytes = bytes + excluded.bytes"_s);
    const ConversationHead &head = *batch.conversation;
    query.bindValue(0, head.id);
    query.bindValue(1, head.server + ""_L1); // a null QString would be NULL
    query.bindValue(2, head.name + ""_L1);
    query.bindValue(3, head.created.toMSecsSinceEpoch());
    query.bindValue(4, batch.entries.back().time.toMSecsSinceEpoch());
    query.bindValue(5, batch.firstSeq);
    query.bindValue(6, batch.lastSeq());
    query.bindValue(7, batch.bytes);
    query.bindValue(8, batch.firstSeq - 1);
    return m_database.run(query);
}

bool TranscriptWriter::writeEntry(QSqlQuery &query, qint64 id, const Entry &entry)
{
    const bool isLong = entry.payload.size() > TranscriptSchema::inlineBytes;
    QByteArray payload = entry.payload;
    if (isLong)
        payload = QByteArray::fromRawData(payload.constData(), TranscriptSchema::inlineBytes);
    else if (payload.isNull())
        payload = ""_ba; // a null QByteArray would be NULL
    query.bindValue(u":id"_s, id);
    query.bindValue(u":time"_s,
                    entry.time.isValid() ? entry.time.toMSecsSinceEpoch()
                                         : TranscriptSchema::unknownTime);
    query.bindValue(u":direction"_s, static_cast<int>(entry.direction));
    query.bindValue(u":kind"_s, static_cast<int>(entry.kind));
    query.bindValue(u":roundTrip"_s, entry.roundTrip < 0 ? QVariant() : entry.roundTrip);
    query.bindValue(u":size"_s, isLong ? entry.payload.size() : QVariant());
    query.bindValue(u":payload"_s, payload);
    return m_database.run(query) && (!isLong || writeParts(id, entry.payload));
}

bool TranscriptWriter::writeParts(qint64 id, const QByteArray &payload)
{
    QSqlQuery &query = m_database.statement(u"INSERT INTO parts (entry, bytes) VALUES (?, ?)"_s);
    for (qsizetype from = TranscriptSchema::inlineBytes; from < payload.size();
         from += TranscriptSchema::partBytes) {
        const qsizetype size = std::min(TranscriptSchema::partBytes, payload.size() - from);
        query.bindValue(0, id);
        query.bindValue(1, QByteArray::fromRawData(payload.constData() + from, size));
        if (!m_database.run(query))
            return false;
    }
    query.bindValue(1, QByteArray()); // its copy must not outlive the payload
    return true;
}

bool TranscriptWriter::writeChanges()
{
    QSqlQuery &rename = m_database.statement(u"UPDATE conversations SET name = ? WHERE id = ?"_s);
    for (auto i = m_names.cbegin(); i != m_names.cend(); ++i) {
        rename.bindValue(0, i.value() + ""_L1);
        rename.bindValue(1, i.key());
        if (!m_database.run(rename))
            return false;
    }
    QSqlQuery &forget = m_database.statement(
        u"UPDATE upkeep SET stale = %1 WHERE EXISTS "
        "(SELECT 1 FROM conversations WHERE id = ? AND indexed >= first)"_s.arg(mustForget));
    QSqlQuery &remove =
        m_database.statement(u"UPDATE conversations SET removed = 1 WHERE id = ?"_s);
    for (const qint64 conversation : std::as_const(m_removed)) {
        forget.bindValue(0, conversation);
        remove.bindValue(0, conversation);
        if (!m_database.run(forget) || !m_database.run(remove))
            return false;
    }
    return true;
}

void TranscriptWriter::onWritten()
{
    const bool isFlood = countEntries(m_batches) >= floodEntries;
    const qint64 newBytes = sizeInFile(m_batches);
    for (const BatchPointer &batch : m_batches)
        m_queue.confirm(batch->conversation->id, batch->lastSeq());
    m_batches.clear();
    m_names.clear();
    m_removed.clear();
    Q_EMIT written();
    if (std::exchange(m_isInTrouble, false))
        Q_EMIT recovered();
    keepWithinLimit(newBytes);
    if (const std::size_t waiting = m_queue.size(); waiting > 0)
        m_writeTimer.start(waiting >= floodEntries ? 0ms : batchInterval);
    m_upkeepTimer.start(isFlood ? std::chrono::milliseconds(floodPause) : 0ms);
}

void TranscriptWriter::onFailed()
{
    const Failure failure = m_database.failure();
    const QString text = m_database.failureText();
    if (m_database.isOpen())
        m_database.rollback();
    m_upkeepTimer.stop();
    if (failure == Failure::Broken)
        giveUp();
    else
        m_writeTimer.start(retryInterval);
    if (!std::exchange(m_isInTrouble, true))
        Q_EMIT failed(failure, text);
}

void TranscriptWriter::upkeep()
{
    if (m_isInTrouble || m_hasGivenUp)
        return;
    UpkeepStep step = prune();
    if (step == UpkeepStep::Done)
        step = m_index.step();
    if (step == UpkeepStep::Done)
        step = m_pruner.tidy();
    if (step == UpkeepStep::More)
        m_upkeepTimer.start(0ms);
    else if (step == UpkeepStep::Failed && m_database.failure() == Failure::Broken)
        onFailed();
    else if (step == UpkeepStep::Failed) // it can wait; writing entries will say what is wrong
        m_upkeepTimer.start(retryInterval);
}

UpkeepStep TranscriptWriter::prune()
{
    TranscriptPruner::Pruned gone;
    const UpkeepStep step = m_pruner.step(&gone);
    if (gone.entries > 0) {
        Q_EMIT pruned(gone.conversation, gone.firstSeq, gone.bytes);
        if (!m_sinceNotice.isValid() || m_sinceNotice.hasExpired(pruneNoticeInterval.count())) {
            m_sinceNotice.start();
            Q_EMIT notice(TranscriptTrouble::full(m_pruner.maxBytes()));
        }
    }
    return step;
}

/// When \a newBytes have come to the file.
void TranscriptWriter::keepWithinLimit(qint64 newBytes)
{
    // While entries pour in there is no time for upkeep; then the file may grow over its limit by
    // so much. From there on twice of what is written has to go, but not all at once that is too
    // much: the next entries wait.
    const qint64 tolerance = m_pruner.maxBytes() / 16;
    const qint64 excess = m_pruner.excess();
    if (excess <= tolerance)
        return;
    const qint64 goal = std::max(tolerance, excess - 2 * newBytes);
    while (m_pruner.excess() > goal && prune() == UpkeepStep::More) { }
}
