// SPDX-License-Identifier: MIT
#pragma once

#include <QAbstractListModel>
#include <QList>
#include <QString>
#include <QtQml/qqmlregistration.h>

/*!
    Rows of a form that are typed into: a name and a value each, or a value alone.
*/
class EditableRows : public QAbstractListModel
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("They are a form's.")

    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)

public:
    enum Role {
        NameRole = Qt::UserRole + 1,
        ValueRole,
    };

    struct Row
    {
        QString name = {};
        QString value = {};

        friend bool operator==(const Row &, const Row &) = default;
        [[nodiscard]] bool isEmpty() const { return name.isEmpty() && value.isEmpty(); }
    };

    /// More are not added.
    static constexpr int maxRows = 100;

    explicit EditableRows(QObject *parent = nullptr)
        : QAbstractListModel(parent)
    {
    }

    [[nodiscard]] int count() const { return static_cast<int>(m_rows.size()); }
    /// Those that something was typed into.
    [[nodiscard]] QList<Row> filled() const;
    void setRows(const QList<Row> &rows);

    /// Adds a row at the end, and returns which it is; the last one where that is empty already,
    /// and -1 where there are maxRows.
    Q_INVOKABLE int add();
    Q_INVOKABLE void remove(int row);
    Q_INVOKABLE void setName(int row, const QString &name);
    Q_INVOKABLE void setValue(int row, const QString &value);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void countChanged();
    /// Something was typed, or a row added or removed.
    void edited();

private:
    void set(int row, QString Row::*member, const QString &text, Role role);

    QList<Row> m_rows;
};
