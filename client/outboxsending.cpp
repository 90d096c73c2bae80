// SPDX-License-Identifier: MIT

// The part of Outbox that has to do with the socket, and the model.
#include "outbox.h"

#include "maskedframe.h"
#include "outboxfile.h"
#include "utf8.h"
#include "websocket.h"

#include <QScopedValueRollback>

#include <algorithm>
#include <utility>

using namespace Qt::Literals::StringLiterals;

bool Outbox::canHandOver() const
{
    return m_isOurs && m_socket && m_socket->status() == WebSocket::Open
        && m_socket->bytesToWrite() < maxBytesToWrite;
}

/// Gives the socket the next lines that wait, in order, as far as it has room; further ones in
/// turns of their own, because each batch waits for the disk.
void Outbox::handOver()
{
    // Not from a slot of somebody's, further down.
    if (m_isHandingOver || !canHandOver())
        return;
    const QScopedValueRollback handingOver(m_isHandingOver, true);
    giveFirstMessages();
    if (pendingCount() == 0 || !canHandOver())
        return;
    QList<int> batch;
    QList<int> toNote; // those that the file does not know yet to go out
    qint64 bytes = 0;
    for (Line &line : m_lines) {
        if (batch.size() == maxBatch || bytes >= maxBytesToWrite)
            break;
        if (line.state != Pending)
            continue;
        batch += line.id;
        bytes += line.payload.size();
        if (line.id > 0 && !std::exchange(line.isHandedOver, false))
            toNote += line.id;
    }
    // Otherwise, after a crash, they would go out once more.
    if (!toNote.isEmpty() && !m_store->setHandedOver(toNote, true)) {
        look();
        m_flushTimer.start(retryDelay);
        return;
    }
    for (const int id : batch)
        give(id);
    onBytesToWriteChanged();
    // What the socket has not taken after all.
    batch.removeIf([this](int id) { return !isIn(rowOf(id), Pending); });
    if (batch.isEmpty()) {
        m_turnTimer.start();
        return;
    }
    batch.removeIf([](int id) { return id < 0; });
    if (!batch.isEmpty() && !m_store->setHandedOver(batch, false))
        look(); // then they are in doubt after a crash
}

/// Tells the connection, before all else, what is told to each.
void Outbox::giveFirstMessages()
{
    if (std::exchange(m_hasBegun, true))
        return;
    const QStringList messages = m_firstMessages; // slots may set others
    for (const QString &message : messages)
        m_socket->sendTextMessage(message);
}

/// Gives the socket a line that is Pending, unless it does not take it.
void Outbox::give(int id)
{
    const int row = rowOf(id);
    if (!isIn(row, Pending) || !canHandOver())
        return;
    const bool isBinary = m_lines[row].isBinary;
    const QByteArray payload = m_lines[row].payload;
    m_giving = id;
    // What it returns is 0 for an empty message, too.
    if (isBinary)
        m_socket->sendBinaryMessage(payload);
    else
        m_socket->sendTextMessage(decodedUtf8(payload).value_or(QString()));
    m_giving = 0;
    if (isIn(rowOf(id), Sending))
        Q_EMIT stateChanged(id, Sending, -1);
}

void Outbox::onMessageSent(quint64 number, qint64 size)
{
    const int id = std::exchange(m_giving, 0); // slots may send other messages
    m_given += maskedFrameSize(size);
    const int row = id == 0 ? -1 : rowOf(id);
    if (row == -1)
        return;
    m_lines[row].end = m_given;
    if (m_lineIds.size() >= Echoes::maxWaiting)
        m_lineIds.clear();
    m_lineIds.insert(number, id);
    m_sending.enqueue(id);
    if (!m_confirmTimer.isActive() && m_asked == 0)
        m_confirmTimer.start();
    setState(row, Sending); // what give() tells when all have heard of the message
}

/// What waits in the socket are its last bytes: a line before those is with the system.
void Outbox::onBytesToWriteChanged()
{
    if (m_socket->status() != WebSocket::Open && m_socket->status() != WebSocket::Closing)
        return; // they are gone, one way or the other
    if (m_isHandingOver)
        return; // it asks when it is through
    const qint64 left = m_socket->bytesToWrite();
    while (!m_sending.isEmpty()) {
        const int row = rowOf(m_sending.head());
        if (isIn(row, Sending) && m_given - m_lines[row].end < left)
            break;
        m_sending.dequeue();
        if (isIn(row, Sending))
            setState(row, Sent);
    }
    handOver();
}

void Outbox::onMessagesReceived(const QList<ReceivedMessage> &messages)
{
    for (const ReceivedMessage &message : messages) {
        const int id = message.echoOf == 0 ? 0 : m_lineIds.take(message.echoOf);
        if (id == 0)
            continue;
        const qreal roundTrip = static_cast<qreal>(message.roundTrip) / 1000;
        if (const int row = rowOf(id); row != -1)
            settle(row, Echoed, roundTrip);
        else
            Q_EMIT stateChanged(id, Echoed, roundTrip);
    }
}

void Outbox::onStatusChanged()
{
    if (m_socket->status() == WebSocket::Open) {
        m_isOurs = true;
        m_turnTimer.start(); // others hear first that it is open
    } else if (m_socket->status() != WebSocket::Closing) {
        doubt();
    }
}

/// The connection has ended.
void Outbox::doubt()
{
    m_confirmTimer.stop();
    m_lineIds.clear();
    m_sending.clear();
    m_given = 0;
    m_asked = 0;
    m_hasBegun = false;
    for (int row = 0; row < rowCount(); ++row) {
        if (isIn(row, Sending) || isIn(row, Sent))
            setState(row, InDoubt);
    }
}

/// Asks whether the server has read what has no echo: a server that sends none would leave all in
/// doubt.
void Outbox::askAfter()
{
    if (m_counts[Sending] + m_counts[Sent] == 0 || !m_socket
        || m_socket->status() != WebSocket::Open)
        return;
    m_asked = m_given;
    m_ping = m_socket->ping();
}

void Outbox::onPong(quint64 number)
{
    if (number < m_ping) // somebody else's, from before
        return;
    const qint64 read = std::exchange(m_asked, 0);
    for (int row = rowCount() - 1; row >= 0; --row) {
        if ((isIn(row, Sending) || isIn(row, Sent)) && m_lines[row].end <= read)
            settle(row, Confirmed, -1);
    }
    if (m_counts[Sending] + m_counts[Sent] > 0 && !m_confirmTimer.isActive())
        m_confirmTimer.start();
}

/// No doubt is left about a line: it leaves.
void Outbox::settle(int row, State state, qreal roundTrip)
{
    const int id = m_lines[row].id;
    if (id > 0) {
        m_settled.append({id, m_transcripts ? m_transcripts->newest() : TranscriptStore::Place()});
        if (!m_flushTimer.isActive())
            m_flushTimer.start(flushDelay);
    }
    removeRow(row);
    if (state != InDoubt)
        Q_EMIT stateChanged(id, state, roundTrip);
}

void Outbox::removeRow(int row)
{
    beginRemoveRows({}, row, row);
    m_bytes -= m_lines[row].payload.size();
    --m_counts[m_lines[row].state];
    m_lines.erase(m_lines.begin() + row);
    endRemoveRows();
    Q_EMIT countsChanged();
}

void Outbox::setState(int row, State state)
{
    Line &line = m_lines[row];
    --m_counts[line.state];
    ++m_counts[state];
    line.state = state;
    const int id = line.id;
    Q_EMIT dataChanged(index(row), index(row), {StateRole});
    Q_EMIT countsChanged();
    if (state != Sending)
        Q_EMIT stateChanged(id, state, -1);
}

bool Outbox::isIn(int row, State state) const
{
    return row >= 0 && row < rowCount() && m_lines[row].state == state;
}

/// The row of a line; -1 when it is not in the list.
int Outbox::rowOf(int id) const
{
    const auto found = std::find_if(m_lines.begin(), m_lines.end(),
                                    [id](const Line &line) { return line.id == id; });
    return found == m_lines.end() ? -1 : static_cast<int>(found - m_lines.begin());
}

int Outbox::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_lines.size());
}

QVariant Outbox::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Line &line = m_lines[index.row()];
    switch (role) {
    case Qt::DisplayRole:
    case TextRole: {
        // At most 4 bytes a code point; what is cut in the middle is left out.
        const QByteArrayView begin =
            QByteArrayView(line.payload)
                .first(std::min<qsizetype>(line.payload.size(), rowLength * 4));
        return line.isBinary
            ? QString()
            : decodedUtf8(begin, Utf8End::Anywhere).value_or(QString()).left(rowLength);
    }
    case LineIdRole:
        return line.id;
    case BinaryRole:
        return line.isBinary;
    case SizeRole:
        return line.payload.size();
    case StateRole:
        return line.state;
    default:
        return {};
    }
}

QHash<int, QByteArray> Outbox::roleNames() const
{
    return {{LineIdRole, "lineId"_ba},
            {TextRole, "text"_ba},
            {BinaryRole, "binary"_ba},
            {SizeRole, "size"_ba},
            {StateRole, "lineState"_ba}};
}

/// Looks whether the file is in trouble.
void Outbox::look()
{
    setTrouble(m_store->trouble());
}

void Outbox::setTrouble(const QString &trouble)
{
    if (m_trouble == trouble)
        return;
    m_trouble = trouble;
    Q_EMIT troubleChanged();
}
