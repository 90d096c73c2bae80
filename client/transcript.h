// SPDX-License-Identifier: MIT
#pragma once

#include "entry.h"

#include <QAbstractListModel>
#include <QPointer>
#include <QTimer>
#include <QtQml/qqmlregistration.h>

#include <deque>
#include <vector>

class WebSocket;

/*!
    What was said over a WebSocket, as a list model for a view: one row an entry, the newest first.

    It listens to its \c socket by itself: messages in and out, and what happens to the connection.
    Rows appear at once when there are few, and in one batch a frame when there are many.
*/
class Transcript : public QAbstractListModel
{
    Q_OBJECT
    QML_ELEMENT

    /// The socket whose conversation is written down.
    Q_PROPERTY(WebSocket *socket READ socket WRITE setSocket NOTIFY socketChanged FINAL)
    /// How many rows there are.
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)
    /// How many entries, and how many bytes of payload, are kept; beyond either the oldest entries
    /// go, all but one. 100,000 entries and 256 MiB by default.
    Q_PROPERTY(int maxEntries READ maxEntries WRITE setMaxEntries NOTIFY maxEntriesChanged FINAL)
    Q_PROPERTY(qint64 maxBytes READ maxBytes WRITE setMaxBytes NOTIFY maxBytesChanged FINAL)
    /// How many entries went that way.
    Q_PROPERTY(int dropped READ dropped NOTIFY droppedChanged FINAL)

public:
    /// The first four are the entry, the others derived from it for show.
    enum Role {
        DirectionRole = Qt::UserRole, ///< Entry::Direction
        TimeRole, ///< QDateTime
        KindRole, ///< Entry::Kind
        PayloadRole, ///< QByteArray, byte for byte
        PrefixRole, ///< ">", "<" or "#"
        TextRole, ///< the payload as it may be shown; see DisplayText
        CutRole, ///< whether TextRole is only the payload's beginning
        SizeRole, ///< bytes of payload
    };
    Q_ENUM(Role)

    static constexpr int defaultMaxEntries = 100'000;
    static constexpr qint64 defaultMaxBytes = 256 * 1024 * 1024;

    explicit Transcript(QObject *parent = nullptr);

    [[nodiscard]] WebSocket *socket() const;
    void setSocket(WebSocket *socket);
    [[nodiscard]] int count() const { return static_cast<int>(m_entries.size()); }
    [[nodiscard]] int maxEntries() const { return m_maxEntries; }
    void setMaxEntries(int maxEntries);
    [[nodiscard]] qint64 maxBytes() const { return m_maxBytes; }
    void setMaxBytes(qint64 maxBytes);
    [[nodiscard]] int dropped() const { return m_dropped; }

    /// The entry of \a row: 0 is the newest.
    [[nodiscard]] const Entry &entry(int row) const;
    /// Writes down an entry, with the present time.
    void append(Entry::Direction direction, Entry::Kind kind, const QByteArray &payload);
    /// Makes rows of the entries that are waiting for their batch.
    Q_INVOKABLE void flush();

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void socketChanged();
    void countChanged();
    void maxEntriesChanged();
    void maxBytesChanged();
    void droppedChanged();

private:
    void onStatusChanged();
    void dropOldest();

    QPointer<WebSocket> m_socket;
    std::deque<Entry> m_entries; // the oldest first
    std::vector<Entry> m_waiting;
    QTimer m_batchTimer; // runs while a batch of rows has just been shown
    qint64 m_bytes = 0;
    qint64 m_maxBytes = defaultMaxBytes;
    int m_dropped = 0;
    int m_maxEntries = defaultMaxEntries;
};
