// SPDX-License-Identifier: MIT
#pragma once

#include "storedentry.h"
#include "transcriptstore.h"

#include <QAbstractListModel>
#include <QPointer>
#include <QTimer>
#include <QtQml/qqmlregistration.h>

#include <chrono>

/*!
    The conversations of a store as a list model for a view, the last used first; kept up to date
    while it is \c active.
*/
class ConversationModel : public QAbstractListModel
{
    Q_OBJECT
    QML_ELEMENT

    Q_PROPERTY(TranscriptStore *store READ store WRITE setStore NOTIFY storeChanged FINAL)
    /// Whether anybody looks at it.
    Q_PROPERTY(bool active READ isActive WRITE setActive NOTIFY activeChanged FINAL)
    /// Which one the person is in, by its number.
    Q_PROPERTY(int current READ current WRITE setCurrent NOTIFY currentChanged FINAL)
    /// Only those with this text in their name or server, whatever its case; empty: all.
    Q_PROPERTY(QString filter READ filter WRITE setFilter NOTIFY filterChanged FINAL)
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)

public:
    enum Role {
        ConversationRole = Qt::UserRole, ///< its number in the store
        TitleRole, ///< its name, or else its server, as it may be shown
        NameRole, ///< the name as the person wrote it; empty where it has none
        ServerRole, ///< as it may be shown
        EntriesRole,
        LastUsedRole, ///< QDateTime
        CurrentRole, ///< whether it is the one the person is in
        ElsewhereRole, ///< whether another window has it
    };
    Q_ENUM(Role)

    /// How long a name may be, in UTF-16 code units.
    static constexpr int maxNameLength = 200;
    /// How long until others' changes are seen.
    static constexpr std::chrono::milliseconds refreshInterval{1000};

    explicit ConversationModel(QObject *parent = nullptr);

    [[nodiscard]] TranscriptStore *store() const { return m_store; }
    void setStore(TranscriptStore *store);
    [[nodiscard]] bool isActive() const { return m_isActive; }
    void setActive(bool isActive);
    [[nodiscard]] int current() const { return m_current; }
    void setCurrent(int conversation);
    [[nodiscard]] QString filter() const { return m_filter; }
    void setFilter(const QString &filter);
    [[nodiscard]] int count() const { return int(m_rows.size()); }

    /// The row of \a conversation, or -1.
    Q_INVOKABLE int rowOf(int conversation) const;
    /// Gives it another name, in one line and at most maxNameLength long; an empty one takes its
    /// name away. False when it is not there any more.
    Q_INVOKABLE bool rename(int conversation, const QString &name);
    /// Deletes it. False when another window has it.
    Q_INVOKABLE bool remove(int conversation);
    /// Whether another window has it.
    Q_INVOKABLE bool isHeldElsewhere(int conversation) const;
    /// Sees what has changed.
    Q_INVOKABLE void refresh();

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void storeChanged();
    void activeChanged();
    void currentChanged();
    void filterChanged();
    void countChanged();

private:
    [[nodiscard]] QList<ConversationInfo> wantedRows();

    QPointer<TranscriptStore> m_store;
    QList<ConversationInfo> m_rows;
    QTimer m_timer;
    QString m_filter;
    int m_current = 0;
    bool m_isActive = false;
};
