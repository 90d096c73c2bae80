// SPDX-License-Identifier: MIT
#include "editablerows.h"

using namespace Qt::Literals::StringLiterals;

QList<EditableRows::Row> EditableRows::filled() const
{
    QList<Row> rows = m_rows;
    rows.removeIf([](const Row &row) { return row.isEmpty(); });
    return rows;
}

void EditableRows::setRows(const QList<Row> &rows)
{
    beginResetModel();
    m_rows = rows;
    endResetModel();
    Q_EMIT countChanged();
    Q_EMIT edited();
}

int EditableRows::add()
{
    if (!m_rows.isEmpty() && m_rows.constLast().isEmpty())
        return count() - 1;
    if (count() >= maxRows)
        return -1;
    beginInsertRows({}, count(), count());
    m_rows.append(Row());
    endInsertRows();
    Q_EMIT countChanged();
    Q_EMIT edited();
    return count() - 1;
}

void EditableRows::remove(int row)
{
    if (row < 0 || row >= count())
        return;
    beginRemoveRows({}, row, row);
    m_rows.removeAt(row);
    endRemoveRows();
    Q_EMIT countChanged();
    Q_EMIT edited();
}

void EditableRows::setName(int row, const QString &name)
{
    set(row, &Row::name, name, NameRole);
}

void EditableRows::setValue(int row, const QString &value)
{
    set(row, &Row::value, value, ValueRole);
}

void EditableRows::set(int row, QString Row::*member, const QString &text, Role role)
{
    if (row < 0 || row >= count() || m_rows[row].*member == text)
        return;
    m_rows[row].*member = text;
    Q_EMIT dataChanged(index(row), index(row), {role});
    Q_EMIT edited();
}

int EditableRows::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant EditableRows::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    if (role == NameRole)
        return m_rows[index.row()].name;
    return role == ValueRole || role == Qt::DisplayRole ? m_rows[index.row()].value : QVariant();
}

QHash<int, QByteArray> EditableRows::roleNames() const
{
    return {{NameRole, "name"_ba}, {ValueRole, "value"_ba}};
}
