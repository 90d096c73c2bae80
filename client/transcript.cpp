// SPDX-License-Identifier: MIT
#include "transcript.h"

#include "displaytext.h"
#include "transcriptstore.h"
#include "websocket.h"

#include <algorithm>
#include <utility>

using namespace Qt::Literals::StringLiterals;
using Row = TranscriptRows::Row;

namespace {

constexpr int batchInterval = 16; // ms: rows need not come more often than a screen is drawn
/// How near to the last row one may come before older ones are made.
constexpr int fetchedAhead = Transcript::pageRows / 4;
/// How much of messages too long for a row is read once more for a page, to see which are equal.
constexpr qint64 comparedBytes = 16LL * 1024 * 1024;
/// The beginning that a row is read with is all that it shows.
static_assert(TranscriptStore::rowBytes >= DisplayText::maxLength * 4);

/// Whether two neighbours are shown as one: equal messages, and attempts that fail alike.
bool canFold(const Entry &older, const Entry &newer)
{
    const bool isOfOnce = newer.kind == Entry::Opened || newer.kind == Entry::Closed;
    return !isOfOnce && older.direction == newer.direction && older.kind == newer.kind
        && older.payload == newer.payload;
}

/// A row for each entry.
template<typename Seqs>
std::vector<Row> rowsOf(const Seqs &seqs)
{
    std::vector<Row> rows;
    rows.reserve(std::size_t(seqs.size()));
    for (const qint64 seq : seqs)
        rows.push_back({seq, 1});
    return rows;
}

} // namespace

Transcript::Transcript(QObject *parent)
    : QAbstractListModel(parent)
{
    m_batchTimer.setSingleShot(true);
    m_batchTimer.setInterval(batchInterval);
    connect(&m_batchTimer, &QTimer::timeout, this, &Transcript::flush);
    m_fetchTimer.setSingleShot(true);
    m_fetchTimer.setInterval(0); // not while a view is making items
    connect(&m_fetchTimer, &QTimer::timeout, this, [this] { fetchMore({}); });
    connect(&m_recorder, &Recorder::recorded, this, qOverload<Entry>(&Transcript::append));
    connect(&m_deliveries, &Deliveries::changed, this, [this](qint64 seq) {
        if (const int row = m_rows.rowOf(seq); row != -1)
            Q_EMIT dataChanged(index(row), index(row), {DeliveryRole, RoundTripRole});
    });
    connect(&m_meter, &Meter::ratesChanged, this, &Transcript::ratesChanged);
    connect(&m_finder, &Finder::queryChanged, this, &Transcript::onQueryChanged);
    connect(&m_finder, &Finder::found, this, &Transcript::onFound);
}

Transcript::~Transcript()
{
    if (m_store)
        m_store->disconnect(this);
}

WebSocket *Transcript::socket() const
{
    return m_recorder.socket();
}

void Transcript::setSocket(WebSocket *socket)
{
    if (this->socket() == socket)
        return;
    m_recorder.setSocket(socket);
    Q_EMIT socketChanged();
}

void Transcript::setOutbox(Outbox *outbox)
{
    if (this->outbox() == outbox)
        return;
    m_deliveries.setOutbox(outbox);
    Q_EMIT outboxChanged();
}

void Transcript::append(Entry::Direction direction, Entry::Kind kind, const QByteArray &payload)
{
    append({direction, kind, QDateTime::currentDateTimeUtc(), payload});
}

void Transcript::append(Entry entry)
{
    if (m_isReadOnly)
        return;
    if (m_conversation == 0)
        openConversation();
    // A message is stamped by the socket's thread, a status row here: what is said later is not
    // earlier.
    entry.time = std::max(entry.time, m_lastTime);
    m_lastTime = entry.time;
    const qint64 seq = m_store->append(m_conversation, entry);
    if (entry.direction == Entry::Sent)
        m_deliveries.setNewest(seq);
    if (entry.direction != Entry::Local)
        m_meter.count(entry.payload.size());
    if (!m_isLookedAt && m_unseenSeq == 0)
        m_unseenSeq = seq;
    addWaiting(seq, entry);
    m_newest = std::move(entry);
    if (!m_batchTimer.isActive())
        flush();
}

void Transcript::addWaiting(qint64 seq, const Entry &entry)
{
    const bool isHit = m_finder.look(seq, entry);
    if (m_finder.isHiding()) {
        if (isHit)
            m_waiting.push_back({seq, 1});
        return;
    }
    const bool isMarked = seq == m_resumedSeq || seq == m_unseenSeq;
    if (isMarked || !m_isFolding || !canFold(m_newest, entry)) {
        m_waiting.push_back({seq, 1});
    } else if (!m_waiting.empty()) {
        m_waiting.back().seq = seq;
        ++m_waiting.back().count;
    } else if (!m_rows.isEmpty()) {
        ++m_waitingForNewest;
    } else {
        m_waiting.push_back({seq, 1});
    }
}

void Transcript::flush()
{
    if (m_waitingForNewest > 0) {
        const qint64 count = std::exchange(m_waitingForNewest, 0);
        m_rows.extendNewest(m_rows.at(0).seq + count, count);
        Q_EMIT dataChanged(index(0), index(0),
                           {RepeatRole, TimeRole, SeqRole, RoundTripRole, DeliveryRole});
    }
    if (!m_waiting.empty()) {
        beginInsertRows({}, 0, int(m_waiting.size()) - 1);
        m_rows.prepend(std::exchange(m_waiting, {}));
        endInsertRows();
    } else if (!m_store) {
        return;
    }
    m_finder.announce();
    Q_EMIT countChanged();
    m_batchTimer.start();
}

int Transcript::entryCount() const
{
    return m_conversation == 0
        ? 0
        : int(m_store->lastSeq(m_conversation) - m_store->firstSeq(m_conversation) + 1);
}

int Transcript::firstSeq() const
{
    return m_conversation == 0 ? 1 : int(m_store->firstSeq(m_conversation));
}

qint64 Transcript::oldestLoaded() const
{
    return m_rows.at(m_rows.size() - 1).first();
}

bool Transcript::canFetchMore(const QModelIndex &parent) const
{
    return !parent.isValid() && !m_rows.isEmpty() && !m_finder.isHiding()
        && oldestLoaded() > m_store->firstSeq(m_conversation);
}

void Transcript::fetchMore(const QModelIndex &parent)
{
    if (canFetchMore(parent))
        appendRows(olderRows(oldestLoaded()));
}

int Transcript::showEntry(qint64 seq)
{
    if (canFetchMore({}) && seq >= firstSeq() && seq < oldestLoaded()) {
        // What is skipped is not read: there may be a million of them.
        const qint64 near = std::min(oldestLoaded(), seq + pageRows / 2);
        const std::vector<Row> older = olderRows(near);
        const qint64 added = oldestLoaded() - near + qint64(older.size());
        beginInsertRows({}, count(), count() + int(added) - 1);
        m_rows.appendDownTo(near);
        m_rows.append(older);
        endInsertRows();
        Q_EMIT countChanged();
    }
    return rowOf(seq);
}

void Transcript::appendRows(const std::vector<Row> &rows)
{
    if (rows.empty())
        return;
    beginInsertRows({}, count(), count() + int(rows.size()) - 1);
    m_rows.append(rows);
    endInsertRows();
    Q_EMIT countChanged();
}

/// Of at most pageRows entries before \a before, the newest first.
std::vector<Row> Transcript::olderRows(qint64 before) const
{
    const qint64 first = std::max(m_store->firstSeq(m_conversation), before - pageRows);
    const QList<StoredEntry> entries = m_store->read(m_conversation, first, int(before - first));
    qint64 left = comparedBytes;
    const auto canFoldWhole = [&](const StoredEntry &older, const StoredEntry &newer) {
        if (older.size != newer.size || !canFold(older, newer))
            return false;
        if (!newer.cut())
            return true;
        left -= older.size + newer.size;
        return left >= 0
            && m_store->payload(m_conversation, older.seq)
            == m_store->payload(m_conversation, newer.seq);
    };
    std::vector<Row> rows;
    for (auto i = entries.crbegin(); i != entries.crend(); ++i) {
        const bool isNext = i != entries.crbegin() && rows.back().first() == i->seq + 1;
        const bool isMarked = isNext && (i->seq + 1 == m_resumedSeq || i->seq + 1 == m_unseenSeq);
        if (isNext && m_isFolding && !isMarked && canFoldWhole(*i, *std::prev(i)))
            ++rows.back().count;
        else
            rows.push_back({i->seq, 1});
    }
    return rows;
}

void Transcript::resetRows()
{
    beginResetModel();
    m_rows.clear();
    m_waiting.clear();
    m_waitingForNewest = 0;
    m_newest = {};
    if (m_finder.isHiding()) {
        m_rows.append(rowsOf(m_finder.hits()));
    } else if (m_conversation != 0) {
        m_rows.append(olderRows(m_store->lastSeq(m_conversation) + 1));
        if (!m_rows.isEmpty())
            m_newest = wholeEntry(0);
    }
    endResetModel();
    Q_EMIT countChanged();
}

void Transcript::setFolding(bool isFolding)
{
    if (m_isFolding == isFolding)
        return;
    m_isFolding = isFolding;
    resetRows();
    Q_EMIT foldingChanged();
}

void Transcript::onQueryChanged()
{
    // Rows that are all shown, before and after, stay where they are.
    if (m_finder.isHiding() || std::exchange(m_wasHiding, false))
        resetRows();
    m_wasHiding = m_finder.isHiding();
}

void Transcript::onFound(const QList<qint64> &seqs)
{
    if (m_finder.isHiding())
        appendRows(rowsOf(seqs));
}

void Transcript::onPruned(qint64 conversation, qint64 firstSeq)
{
    if (conversation != m_conversation)
        return;
    m_pages.setConversation(m_store, m_conversation);
    m_finder.removeBefore(firstSeq);
    m_finder.announce();
    const int gone = m_rows.countBefore(firstSeq);
    if (gone > 0) {
        beginRemoveRows({}, count() - gone, count() - 1);
        m_rows.removeLast(gone);
        endRemoveRows();
    }
    Q_EMIT countChanged();
}

void Transcript::onBacklogged(bool isBacklogged)
{
    // The log is never thinned: the server waits for the disk.
    if (socket())
        socket()->setReadPaused(isBacklogged);
}

void Transcript::setNotice(const QString &notice)
{
    if (m_notice == notice)
        return;
    m_notice = notice;
    Q_EMIT noticeChanged();
}

void Transcript::setLookedAt(bool isLookedAt)
{
    if (std::exchange(m_isLookedAt, isLookedAt) == isLookedAt || isLookedAt)
        return;
    // What came the last time has been looked at since.
    const int row = m_unseenSeq == 0 ? -1 : m_rows.rowOf(m_unseenSeq);
    m_unseenSeq = 0;
    if (row != -1)
        Q_EMIT dataChanged(index(row), index(row), {MarkRole});
}

StoredEntry Transcript::entry(int row) const
{
    return m_pages.entry(m_rows.at(row).seq);
}

StoredEntry Transcript::wholeEntry(int row) const
{
    return wholeEntryOf(m_rows.at(row).seq);
}

StoredEntry Transcript::wholeEntryOf(qint64 seq) const
{
    StoredEntry whole = m_pages.entry(seq);
    if (whole.cut())
        whole.payload = payloadOf(seq);
    return whole;
}

QByteArray Transcript::payload(int row) const
{
    return row >= 0 && row < count() ? m_store->payload(m_conversation, m_rows.at(row).seq)
                                     : QByteArray();
}

int Transcript::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant Transcript::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    // Here and not in the view: Qt 6.4 asks for more only where it makes a new item for the last
    // row, and not where it uses one again.
    if (index.row() >= count() - fetchedAhead && !m_fetchTimer.isActive() && canFetchMore({}))
        m_fetchTimer.start();
    const Row &row = m_rows.at(index.row());
    switch (role) {
    case PayloadRole:
        return payload(index.row());
    case RepeatRole:
        return row.count;
    case SeqRole:
        return row.seq;
    case MarkRole:
        return row.first() == m_unseenSeq ? Unseen : row.first() == m_resumedSeq ? Resumed : NoMark;
    case DeliveryRole:
        if (const auto delivery = m_deliveries.of(row.seq))
            return int(delivery->state);
        return -1;
    default:
        break;
    }
    const StoredEntry e = m_pages.entry(row.seq);
    switch (role) {
    case DirectionRole:
        return e.direction;
    case TimeRole:
        return e.time;
    case KindRole:
        return e.kind;
    case PrefixRole:
        return e.prefix();
    case Qt::DisplayRole:
    case TextRole:
        return DisplayText::of(e).text;
    case CutRole:
        return e.cut() || DisplayText::of(e).cut;
    case SizeRole:
        return e.size;
    case RoundTripRole:
        if (const auto delivery = m_deliveries.of(row.seq))
            return delivery->roundTrip;
        return e.roundTrip < 0 ? -1.0 : qreal(e.roundTrip) / 1000;
    default:
        return {};
    }
}

QHash<int, QByteArray> Transcript::roleNames() const
{
    return {
        {DirectionRole, "direction"_ba},
        {TimeRole, "time"_ba},
        {KindRole, "kind"_ba},
        {PayloadRole, "payload"_ba},
        {PrefixRole, "prefix"_ba},
        {TextRole, "text"_ba},
        {CutRole, "cut"_ba},
        {SizeRole, "size"_ba},
        {RepeatRole, "repeat"_ba},
        {RoundTripRole, "roundTrip"_ba},
        {DeliveryRole, "delivery"_ba},
        {SeqRole, "seq"_ba},
        {MarkRole, "mark"_ba},
    };
}
