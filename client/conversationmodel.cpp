// SPDX-License-Identifier: MIT
#include "conversationmodel.h"

#include <QSet>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace {

qsizetype indexOf(const QList<ConversationInfo> &rows, qint64 id, qsizetype from = 0)
{
    const auto found = std::find_if(rows.begin() + from, rows.end(),
                                    [id](const ConversationInfo &row) { return row.id == id; });
    return found == rows.end() ? -1 : found - rows.begin();
}

} // namespace

ConversationModel::ConversationModel(QObject *parent)
    : QAbstractListModel(parent)
{
    m_timer.setInterval(refreshInterval);
    connect(&m_timer, &QTimer::timeout, this, &ConversationModel::refresh);
}

void ConversationModel::setStore(TranscriptStore *store)
{
    if (m_store == store)
        return;
    if (m_store)
        m_store->disconnect(this);
    m_store = store;
    if (store) {
        for (const auto change :
             {&TranscriptStore::conversationRemoved, &TranscriptStore::conversationRenamed})
            connect(store, change, this, &ConversationModel::refresh);
        connect(store, &QObject::destroyed, this, &ConversationModel::refresh);
    }
    Q_EMIT storeChanged();
    refresh();
}

void ConversationModel::setActive(bool isActive)
{
    if (m_isActive == isActive)
        return;
    m_isActive = isActive;
    if (isActive)
        m_timer.start();
    else
        m_timer.stop();
    refresh();
    Q_EMIT activeChanged();
}

void ConversationModel::setCurrent(int conversation)
{
    if (m_current == conversation)
        return;
    m_current = conversation;
    Q_EMIT currentChanged();
    if (!m_rows.isEmpty())
        Q_EMIT dataChanged(index(0), index(count() - 1), {CurrentRole});
    refresh();
}

void ConversationModel::setFilter(const QString &filter)
{
    if (m_filter == filter)
        return;
    m_filter = filter;
    Q_EMIT filterChanged();
    refresh();
}

int ConversationModel::rowOf(int conversation) const
{
    return int(indexOf(m_rows, conversation));
}

bool ConversationModel::rename(int conversation, const QString &name)
{
    return m_store
        && m_store->renameConversation(conversation, name.simplified().left(maxNameLength));
}

bool ConversationModel::remove(int conversation)
{
    return m_store && m_store->removeConversation(conversation);
}

bool ConversationModel::isHeldElsewhere(int conversation) const
{
    return m_store && m_store->conversation(conversation).isHeldElsewhere;
}

QList<ConversationInfo> ConversationModel::wantedRows()
{
    if (!m_isActive || !m_store)
        return {};
    QList<ConversationInfo> rows = m_store->conversations();
    rows.removeIf([this](const ConversationInfo &row) {
        // Nobody has said anything in it, or it is not looked for.
        return (row.entries == 0 && row.id != m_current)
            || (!row.name.contains(m_filter, Qt::CaseInsensitive)
                && !row.server.contains(m_filter, Qt::CaseInsensitive));
    });
    return rows;
}

void ConversationModel::refresh()
{
    // Step by step, so that a view stays where it is.
    const QList<ConversationInfo> wanted = wantedRows();
    const qsizetype countBefore = m_rows.size();
    if (m_rows.isEmpty() && !wanted.isEmpty()) {
        beginInsertRows({}, 0, int(wanted.size()) - 1);
        m_rows = wanted;
        endInsertRows();
    }
    QSet<qint64> ids;
    for (const ConversationInfo &row : wanted)
        ids.insert(row.id);
    for (qsizetype row = m_rows.size() - 1; row >= 0; --row) {
        if (!ids.contains(m_rows.at(row).id)) {
            beginRemoveRows({}, int(row), int(row));
            m_rows.removeAt(row);
            endRemoveRows();
        }
    }
    for (qsizetype row = 0; row < wanted.size(); ++row) {
        const qsizetype now = indexOf(m_rows, wanted.at(row).id, row);
        if (now == -1) {
            beginInsertRows({}, int(row), int(row));
            m_rows.insert(row, wanted.at(row));
            endInsertRows();
        } else if (now != row) {
            beginMoveRows({}, int(now), int(now), {}, int(row));
            m_rows.move(now, row);
            endMoveRows();
        }
    }
    m_rows = wanted;
    if (!m_rows.isEmpty())
        Q_EMIT dataChanged(index(0), index(count() - 1));
    if (m_rows.size() != countBefore)
        Q_EMIT countChanged();
}

int ConversationModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant ConversationModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const ConversationInfo &row = m_rows.at(index.row());
    switch (role) {
    case ConversationRole:
        return int(row.id);
    case Qt::DisplayRole:
    case TitleRole:
        return row.shownName();
    case NameRole:
        return row.name;
    case ServerRole:
        return row.shownServer();
    case EntriesRole:
        return int(row.entries);
    case LastUsedRole:
        return row.lastUsed;
    case CurrentRole:
        return row.id == m_current;
    case ElsewhereRole:
        return row.isHeldElsewhere;
    default:
        return {};
    }
}

QHash<int, QByteArray> ConversationModel::roleNames() const
{
    return {
        {ConversationRole, "conversation"_ba},
        {TitleRole, "title"_ba},
        {NameRole, "name"_ba},
        {ServerRole, "server"_ba},
        {EntriesRole, "entries"_ba},
        {LastUsedRole, "lastUsed"_ba},
        {CurrentRole, "current"_ba},
        {ElsewhereRole, "elsewhere"_ba},
    };
}
