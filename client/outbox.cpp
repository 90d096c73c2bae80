// SPDX-License-Identifier: MIT
#include "outbox.h"

#include "outboxfile.h"
#include "utf8.h"
#include "websocket.h"

#include <algorithm>
#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace {

QString textOf(const QByteArray &payload)
{
    return decodedUtf8(payload).value_or(QString());
}

} // namespace

Outbox::Outbox(QObject *parent)
    : QAbstractListModel(parent)
    , m_store(std::make_unique<OutboxFile>())
{
    m_store->open({});
    m_flushTimer.setSingleShot(true);
    connect(&m_flushTimer, &QTimer::timeout, this, &Outbox::flush);
    m_turnTimer.setSingleShot(true);
    m_turnTimer.setInterval(0);
    connect(&m_turnTimer, &QTimer::timeout, this, &Outbox::handOver);
    m_confirmTimer.setSingleShot(true);
    m_confirmTimer.setInterval(confirmDelay);
    connect(&m_confirmTimer, &QTimer::timeout, this, &Outbox::askAfter);
}

Outbox::~Outbox()
{
    m_socket.clear(); // nothing goes out any more
    if (m_transcripts && !m_settled.isEmpty())
        m_transcripts->flush();
    flush();
}

WebSocket *Outbox::socket() const
{
    return m_socket;
}

void Outbox::setSocket(WebSocket *socket)
{
    if (m_socket == socket)
        return;
    if (m_socket)
        m_socket->disconnect(this);
    doubt();
    m_socket = socket;
    if (socket) {
        connect(socket, &WebSocket::statusChanged, this, &Outbox::onStatusChanged);
        connect(socket, &WebSocket::bytesToWriteChanged, this, &Outbox::onBytesToWriteChanged);
        connect(socket, &WebSocket::messagesReceived, this, &Outbox::onMessagesReceived);
        connect(socket, &WebSocket::pongReceived, this, &Outbox::onPong);
        connect(socket, &WebSocket::messageSent, this,
                [this](quint64 number, ReceivedMessage::Kind, const QByteArray &payload) {
                    onMessageSent(number, payload.size());
                });
        connect(socket, &QObject::destroyed, this, &Outbox::doubt);
    }
    Q_EMIT socketChanged();
    handOver();
}

void Outbox::setFile(const QString &fileName)
{
    if (m_fileName == fileName)
        return;
    m_fileName = fileName;
    m_store->open(fileName);
    Q_EMIT fileChanged();
    load();
}

void Outbox::setStore(TranscriptStore *store)
{
    if (m_transcripts == store)
        return;
    m_transcripts = store;
    Q_EMIT storeChanged();
}

void Outbox::setServer(const QString &server)
{
    if (m_server == server)
        return;
    flush();
    m_lineIds.clear();
    m_sending.clear();
    // The connection that is there, if any, is one to the server before.
    m_isOurs = m_server.isEmpty();
    m_server = server.isNull() ? u""_s : server;
    Q_EMIT serverChanged();
    load();
}

/// Shows what is kept for the server.
void Outbox::load()
{
    const OutboxFile::Content content = m_store->load(m_server);
    beginResetModel();
    m_lines.clear();
    m_counts = {};
    m_bytes = 0;
    for (const OutboxLine &line : content.lines) {
        m_lines.push_back({line, line.isHandedOver ? InDoubt : Pending});
        ++m_counts[m_lines.back().state];
        m_bytes += line.payload.size();
    }
    endResetModel();
    Q_EMIT countsChanged();
    m_draftChanged = false;
    if (std::exchange(m_draft, content.draft) != content.draft)
        Q_EMIT draftChanged();
    look();
    handOver();
}

void Outbox::setDraft(const QString &draft)
{
    OutboxDraft changed = m_draft;
    changed.text = draft;
    take(changed);
}

void Outbox::setHexDraft(const QString &draft)
{
    OutboxDraft changed = m_draft;
    changed.hex = draft;
    take(changed);
}

void Outbox::setBase64Draft(const QString &draft)
{
    OutboxDraft changed = m_draft;
    changed.base64 = draft;
    take(changed);
}

void Outbox::setDraftEncoding(int encoding)
{
    OutboxDraft changed = m_draft;
    changed.encoding = encoding;
    take(changed);
}

/// Has \a draft as what is being typed, which is kept before long.
void Outbox::take(const OutboxDraft &draft)
{
    if (m_draft == draft)
        return;
    m_draft = draft;
    m_draftChanged = true;
    if (!m_flushTimer.isActive())
        m_flushTimer.start(flushDelay);
    Q_EMIT draftChanged();
}

void Outbox::setFirstMessages(const QStringList &messages)
{
    if (m_firstMessages == messages)
        return;
    m_firstMessages = messages;
    Q_EMIT firstMessagesChanged();
}

/// What of \a draft is kept.
OutboxDraft Outbox::kept(OutboxDraft draft)
{
    for (QString *words : {&draft.text, &draft.hex, &draft.base64}) {
        if (words->size() > maxDraftLength)
            words->clear();
    }
    return draft;
}

/// Writes down what need not be at once.
void Outbox::flush()
{
    m_flushTimer.stop();
    removeSettled();
    if (std::exchange(m_draftChanged, false)) {
        const bool isKept = m_store->setDraft(m_server, kept(m_draft));
        m_draftChanged = !isKept; // once more with the next change
    }
    look();
    // After trouble with the disk.
    handOver();
}

/// A line is always in the file, or in the transcript on the disk: even a crash leaves one of them.
void Outbox::removeSettled()
{
    QList<int> ids;
    for (const Settled &settled : std::as_const(m_settled)) {
        if (m_transcripts && !m_transcripts->isStored(settled.entry))
            break;
        ids += settled.id;
    }
    const bool isDone = ids.isEmpty() || m_store->settle(ids);
    if (isDone)
        m_settled.remove(0, ids.size());
    if (!m_settled.isEmpty())
        m_flushTimer.start(isDone ? flushDelay : retryDelay);
}

bool Outbox::append(const QString &text)
{
    return append(QList<OutboxLine>{{.payload = text.toUtf8()}});
}

bool Outbox::appendBinary(const QByteArray &bytes)
{
    return append(QList<OutboxLine>{{.isBinary = true, .payload = bytes}});
}

bool Outbox::appendLines(const QStringList &texts)
{
    QList<OutboxLine> lines;
    for (const QString &text : texts)
        lines.append({.payload = text.toUtf8()});
    return append(lines);
}

bool Outbox::appendDraft()
{
    OutboxDraft rest = m_draft;
    rest.text.clear();
    if (!append(QList<OutboxLine>{{.payload = m_draft.text.toUtf8()}}, kept(rest)))
        return false;
    take(rest);
    return true;
}

bool Outbox::appendBinaryDraft(const QByteArray &bytes)
{
    OutboxDraft rest = m_draft;
    (rest.encoding == 2 ? rest.base64 : rest.hex).clear();
    if (!append(QList<OutboxLine>{{.isBinary = true, .payload = bytes}}, kept(rest)))
        return false;
    take(rest);
    return true;
}

bool Outbox::append(QList<OutboxLine> lines, const std::optional<OutboxDraft> &draft)
{
    if (lines.isEmpty())
        return true;
    qint64 bytes = 0;
    for (const OutboxLine &line : lines)
        bytes += line.payload.size();
    if (rowCount() + lines.size() > maxLines || !hasRoom(bytes)) {
        setTrouble(tr("So much waits to be sent already that this was not taken: there is room for "
                      "%1 lines and %2 MiB.")
                       .arg(maxLines)
                       .arg(maxBytes / 1024 / 1024));
        return false;
    }
    // Noted as going out at once, where it is about to: that is one write instead of two.
    if (lines.size() == 1)
        lines.first().isHandedOver = canHandOver() && pendingCount() == 0;
    if (!m_store->add(m_server, lines, draft)) {
        qint64 place = m_lines.empty() ? 0 : m_lines.back().place;
        for (OutboxLine &line : lines) {
            line.id = --m_unkept;
            line.place = ++place;
        }
    }
    const int row = rowCount();
    beginInsertRows({}, row, row + static_cast<int>(lines.size()) - 1);
    for (const OutboxLine &line : lines)
        m_lines.push_back({line});
    m_bytes += bytes;
    m_counts[Pending] += static_cast<int>(lines.size());
    endInsertRows();
    Q_EMIT countsChanged();
    look();
    handOver();
    return true;
}

bool Outbox::hasRoom(qint64 bytes) const
{
    return m_bytes + bytes <= maxBytes;
}

bool Outbox::edit(int row, const QString &text)
{
    const QByteArray payload = text.toUtf8();
    if (!isIn(row, Pending) || m_lines[row].isBinary
        || !hasRoom(payload.size() - m_lines[row].payload.size()))
        return false;
    Line &line = m_lines[row];
    if (line.id > 0 && !m_store->edit(line.id, payload)) {
        look();
        return false;
    }
    m_bytes += payload.size() - line.payload.size();
    line.payload = payload;
    Q_EMIT dataChanged(index(row), index(row), {TextRole, SizeRole});
    look();
    return true;
}

bool Outbox::remove(int row)
{
    if (!isIn(row, Pending) || (m_lines[row].id > 0 && !m_store->remove(m_lines[row].id))) {
        look();
        return false;
    }
    removeRow(row);
    look();
    return true;
}

bool Outbox::move(int row, int to)
{
    if (!isIn(row, Pending) || !isIn(to, Pending))
        return false;
    if (row == to)
        return true;
    // Those between move by one; the places stay.
    const int first = std::min(row, to);
    const int last = std::max(row, to);
    QList<OutboxLine> moved(m_lines.begin() + first, m_lines.begin() + last + 1);
    QList<qint64> places;
    for (const OutboxLine &line : moved)
        places += line.place;
    moved.move(row - first, to - first);
    for (qsizetype i = 0; i < moved.size(); ++i)
        moved[i].place = places[i];
    if (!m_store->setPlaces(moved)) {
        look();
        return false;
    }
    beginMoveRows({}, row, row, {}, to > row ? to + 1 : to);
    const auto begin = m_lines.begin();
    if (row < to)
        std::rotate(begin + row, begin + row + 1, begin + to + 1);
    else
        std::rotate(begin + to, begin + row, begin + row + 1);
    for (int i = first; i <= last; ++i)
        m_lines[i].place = places[i - first];
    endMoveRows();
    look();
    return true;
}

bool Outbox::sendAgain(int row)
{
    if (!isIn(row, InDoubt))
        return false;
    Line &line = m_lines[row];
    if (line.id > 0 && !m_store->setHandedOver({line.id}, false)) {
        look();
        return false;
    }
    line.isHandedOver = false;
    setState(row, Pending);
    look();
    handOver();
    return true;
}

bool Outbox::dismiss(int row)
{
    if (!isIn(row, InDoubt))
        return false;
    settle(row, InDoubt, -1);
    return true;
}

QString Outbox::textAt(int row) const
{
    return row >= 0 && row < rowCount() && !m_lines[row].isBinary ? textOf(m_lines[row].payload)
                                                                  : QString();
}

QByteArray Outbox::payloadAt(int row) const
{
    return row >= 0 && row < rowCount() ? m_lines[row].payload : QByteArray();
}
