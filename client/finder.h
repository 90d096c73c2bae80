// SPDX-License-Identifier: MIT
#pragma once

#include "transcriptquery.h"

#include <QObject>
#include <QPointer>
#include <QtQml/qqmlregistration.h>

#include <deque>
#include <optional>

class TranscriptStore;

/*!
    What is looked for in a transcript, and where it was found: over the whole log, and among the
    entries that still come in. A Transcript has one.
*/
class Finder : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("A Transcript has one.")

    /// Hits contain this, whatever its case; empty: it does not matter.
    Q_PROPERTY(QString text READ text WRITE setText NOTIFY queryChanged FINAL)
    /// Whose entries can be hits: \c "all", \c "sent" or \c "received".
    Q_PROPERTY(QString direction READ direction WRITE setDirection NOTIFY queryChanged FINAL)
    /// Whether only messages can be hits.
    Q_PROPERTY(bool messagesOnly READ messagesOnly WRITE setMessagesOnly NOTIFY queryChanged FINAL)
    /// Whether only binary messages can be hits.
    Q_PROPERTY(bool binaryOnly READ binaryOnly WRITE setBinaryOnly NOTIFY queryChanged FINAL)
    /// Whether what is no hit is hidden while something is looked for. It is by default.
    Q_PROPERTY(bool hidesOthers READ hidesOthers WRITE setHidesOthers NOTIFY queryChanged FINAL)
    /// Whether anything is looked for.
    Q_PROPERTY(bool active READ isActive NOTIFY queryChanged FINAL)
    /// Whether there may be more hits than were found yet.
    Q_PROPERTY(bool searching READ isSearching NOTIFY searchingChanged FINAL)
    /// How many hits were found.
    Q_PROPERTY(int hitCount READ hitCount NOTIFY hitCountChanged FINAL)

public:
    explicit Finder(QObject *parent = nullptr);
    ~Finder() override;

    [[nodiscard]] QString text() const { return m_query.text; }
    void setText(const QString &text);
    [[nodiscard]] QString direction() const { return m_direction; }
    void setDirection(const QString &direction);
    [[nodiscard]] bool messagesOnly() const { return m_messagesOnly; }
    void setMessagesOnly(bool messagesOnly);
    [[nodiscard]] bool binaryOnly() const { return !m_query.kinds.isEmpty(); }
    void setBinaryOnly(bool binaryOnly);
    [[nodiscard]] bool hidesOthers() const { return m_hidesOthers; }
    void setHidesOthers(bool hidesOthers);
    [[nodiscard]] bool isActive() const { return m_matcher.has_value(); }
    /// Whether entries that are no hits are hidden just now.
    [[nodiscard]] bool isHiding() const { return isActive() && m_hidesOthers; }
    [[nodiscard]] bool isSearching() const { return m_isSearching; }
    [[nodiscard]] int hitCount() const { return int(m_hits.size()); }
    /// The numbers of the hits, the newest first.
    [[nodiscard]] const std::deque<qint64> &hits() const { return m_hits; }

    /// Nothing is looked for any more; whether others are hidden stays as it is.
    Q_INVOKABLE void clear();
    /// The next hit before an entry, or, where there is none, the newest of all; also for \a seq
    /// 0. 0 where there are no hits.
    Q_INVOKABLE qint64 olderHit(qint64 seq) const;
    /// The next hit after an entry, or, where there is none, the oldest of all.
    Q_INVOKABLE qint64 newerHit(qint64 seq) const;
    /// Which hit an entry is, counted from the newest, which is 1; 0 where it is none.
    Q_INVOKABLE int rank(qint64 seq) const;

    /// From now on it looks there.
    void setConversation(TranscriptStore *store, qint64 conversation);
    /// A new entry, with its whole payload, was appended; whether it is a hit.
    bool look(qint64 seq, const Entry &entry);
    /// Entries before \a firstSeq are gone.
    void removeBefore(qint64 firstSeq);
    /// Tells of hits that look() or removeBefore() have changed.
    void announce();

Q_SIGNALS:
    /// Something else is looked for, or shown: it begins anew.
    void queryChanged();
    void searchingChanged();
    void hitCountChanged();
    /// These, older than those found before, are hits.
    void found(const QList<qint64> &seqs);

private:
    void update();
    void search();
    void setSearching(bool isSearching);
    void onFound(int ticket, const QList<qint64> &seqs);
    void onSearchFinished(int ticket);

    QPointer<TranscriptStore> m_store;
    qint64 m_conversation = 0;
    TranscriptQuery m_query;
    std::optional<EntryMatcher> m_matcher;
    QString m_direction = QStringLiteral("all");
    std::deque<qint64> m_hits; // the newest first
    int m_announced = 0; // how many hits were told of
    int m_ticket = 0;
    bool m_messagesOnly = false;
    bool m_hidesOthers = true;
    bool m_isSearching = false;
};
