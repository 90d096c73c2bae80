// SPDX-License-Identifier: MIT
#include "transcript.h"

#include "closecode.h"
#include "displaytext.h"
#include "websocket.h"

#include <algorithm>
#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int batchInterval = 16; // ms: rows need not come more often than a screen is drawn

QString closedText(int code, const QString &reason)
{
    const QString name = closeCodeName(code);
    QString text = u"socket closed: "_s + QString::number(code);
    if (!name.isEmpty())
        text += u' ' + name;
    if (!reason.isEmpty())
        text += u" (“"_s + reason + u"”)"_s;
    return text;
}

} // namespace

Transcript::Transcript(QObject *parent)
    : QAbstractListModel(parent)
{
    m_batchTimer.setSingleShot(true);
    m_batchTimer.setInterval(batchInterval);
    connect(&m_batchTimer, &QTimer::timeout, this, &Transcript::flush);
}

WebSocket *Transcript::socket() const
{
    return m_socket;
}

void Transcript::setSocket(WebSocket *socket)
{
    if (m_socket == socket)
        return;
    if (m_socket)
        m_socket->disconnect(this);
    m_socket = socket;
    if (socket) {
        connect(socket, &WebSocket::statusChanged, this, &Transcript::onStatusChanged);
        connect(socket, &WebSocket::textMessageReceived, this, [this](const QString &message) {
            append(Entry::Received, Entry::Text, message.toUtf8());
        });
        connect(socket, &WebSocket::binaryMessageReceived, this, [this](const QByteArray &message) {
            append(Entry::Received, Entry::Binary, message);
        });
        connect(socket, &WebSocket::textMessageSent, this, [this](const QString &message) {
            append(Entry::Sent, Entry::Text, message.toUtf8());
        });
        connect(socket, &WebSocket::binaryMessageSent, this,
                [this](const QByteArray &message) { append(Entry::Sent, Entry::Binary, message); });
    }
    Q_EMIT socketChanged();
}

void Transcript::onStatusChanged()
{
    switch (m_socket->status()) {
    case WebSocket::Open:
        append(Entry::Local, Entry::Opened, "socket open"_ba);
        break;
    case WebSocket::Closed:
        append(Entry::Local, Entry::Closed,
               closedText(m_socket->closeCode(), m_socket->closeReason()).toUtf8());
        break;
    case WebSocket::Error:
        append(Entry::Local, Entry::Failed, "socket error: "_ba + m_socket->errorString().toUtf8());
        break;
    case WebSocket::Connecting:
    case WebSocket::Closing:
        break;
    }
}

void Transcript::append(Entry::Direction direction, Entry::Kind kind, const QByteArray &payload)
{
    m_waiting.push_back({direction, kind, QDateTime::currentDateTime(), payload});
    if (!m_batchTimer.isActive())
        flush();
}

void Transcript::flush()
{
    if (m_waiting.empty())
        return;
    const int added = static_cast<int>(m_waiting.size());
    beginInsertRows({}, 0, added - 1);
    for (Entry &entry : std::exchange(m_waiting, {})) {
        m_bytes += entry.payload.size();
        m_entries.push_back(std::move(entry));
    }
    endInsertRows();
    dropOldest();
    Q_EMIT countChanged();
    m_batchTimer.start();
}

void Transcript::dropOldest()
{
    int excess = 0;
    qint64 excessBytes = 0;
    const int size = count();
    while (excess < size - 1
           && (size - excess > m_maxEntries || m_bytes - excessBytes > m_maxBytes)) {
        excessBytes += m_entries.at(static_cast<std::size_t>(excess)).payload.size();
        ++excess;
    }
    if (excess == 0)
        return;
    beginRemoveRows({}, size - excess, size - 1);
    m_entries.erase(m_entries.begin(), m_entries.begin() + excess);
    m_bytes -= excessBytes;
    m_dropped += excess;
    endRemoveRows();
    Q_EMIT droppedChanged();
}

const Entry &Transcript::entry(int row) const
{
    return m_entries.at(m_entries.size() - 1 - static_cast<std::size_t>(row));
}

void Transcript::setMaxEntries(int maxEntries)
{
    maxEntries = std::max(maxEntries, 1);
    if (m_maxEntries == maxEntries)
        return;
    m_maxEntries = maxEntries;
    Q_EMIT maxEntriesChanged();
    dropOldest();
    Q_EMIT countChanged();
}

void Transcript::setMaxBytes(qint64 maxBytes)
{
    if (m_maxBytes == maxBytes)
        return;
    m_maxBytes = maxBytes;
    Q_EMIT maxBytesChanged();
    dropOldest();
    Q_EMIT countChanged();
}

int Transcript::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant Transcript::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Entry &e = entry(index.row());
    switch (role) {
    case DirectionRole:
        return e.direction;
    case TimeRole:
        return e.time;
    case KindRole:
        return e.kind;
    case PayloadRole:
        return e.payload;
    case PrefixRole:
        return e.prefix();
    case Qt::DisplayRole:
    case TextRole:
        return DisplayText::of(e).text;
    case CutRole:
        return DisplayText::of(e).cut;
    case SizeRole:
        return e.payload.size();
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
    };
}
