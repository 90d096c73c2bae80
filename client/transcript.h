// SPDX-License-Identifier: MIT
#pragma once

#include "deliveries.h"
#include "entry.h"
#include "finder.h"
#include "meter.h"
#include "recorder.h"
#include "storedentry.h"
#include "transcriptpages.h"
#include "transcriptrows.h"
#include "transcriptstore.h"

#include <QAbstractListModel>
#include <QPointer>
#include <QQmlParserStatus>
#include <QTimer>
#include <QtQml/qqmlregistration.h>

#include <memory>
#include <vector>

class WebSocket;

/*!
    What was said over a WebSocket, as a list model for a view: the newest entry first.

    It listens to its \c socket by itself and keeps every entry in its \c store, or in memory where
    it has none; or it shows one \c conversation of the store to read. Its rows are what a view
    needs of it: older ones come as one scrolls to them, equal neighbours are folded into one, and a
    filter leaves out what it does not let through. New rows appear at once when there are few, and
    in one batch a frame when there are many.
*/
class Transcript
    : public QAbstractListModel
    , public QQmlParserStatus
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    QML_ELEMENT

    /// The socket whose conversation is written down.
    Q_PROPERTY(WebSocket *socket READ socket WRITE setSocket NOTIFY socketChanged FINAL)
    /// Where entries are kept; without one, in memory only.
    Q_PROPERTY(TranscriptStore *store READ store WRITE setStore NOTIFY storeChanged FINAL)
    /// Where sent messages come from, which knows where each stands; may be null.
    Q_PROPERTY(Outbox *outbox READ outbox WRITE setOutbox NOTIFY outboxChanged FINAL)
    /// With whom the conversation is. Another server is another conversation: the last one with it
    /// is gone on with.
    Q_PROPERTY(QString server READ server WRITE setServer NOTIFY serverChanged FINAL)
    /// Whether a \c conversation is shown as it is, and nothing is written down. To be set at
    /// first.
    Q_PROPERTY(bool readOnly READ isReadOnly WRITE setReadOnly NOTIFY readOnlyChanged FINAL)
    /// The number in the store of the conversation that is shown; 0: none. Set where it is only
    /// read; else it is the one that is gone on with.
    Q_PROPERTY(
        int conversation READ conversation WRITE setConversation NOTIFY conversationChanged FINAL)
    /// What the conversation is called: its name, or else its server, as it may be shown.
    Q_PROPERTY(QString title READ title NOTIFY titleChanged FINAL)
    /// With which server it was, as it may be shown.
    Q_PROPERTY(QString shownServer READ shownServer NOTIFY titleChanged FINAL)
    /// When its first entry and its last one were; invalid where that is not known.
    Q_PROPERTY(QDateTime firstTime READ firstTime NOTIFY countChanged FINAL)
    Q_PROPERTY(QDateTime lastTime READ lastTime NOTIFY countChanged FINAL)
    /// Whether equal neighbours have one row together. They have by default.
    Q_PROPERTY(bool folding READ isFolding WRITE setFolding NOTIFY foldingChanged FINAL)
    /// How many rows there are so far.
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)
    /// How many entries the conversation has.
    Q_PROPERTY(int entryCount READ entryCount NOTIFY countChanged FINAL)
    /// The number of the oldest entry that is there; they have no gaps.
    Q_PROPERTY(int firstSeq READ firstSeq NOTIFY countChanged FINAL)
    /// What is looked for in it; what is no hit may be hidden.
    Q_PROPERTY(Finder *finder READ finder CONSTANT FINAL)
    /// What is wrong with keeping the transcript, or was done for it, in a sentence; or empty.
    Q_PROPERTY(QString notice READ notice NOTIFY noticeChanged FINAL)
    /// Messages and bytes of payload a second, both ways, in the last second.
    Q_PROPERTY(int messageRate READ messageRate NOTIFY ratesChanged FINAL)
    Q_PROPERTY(qreal byteRate READ byteRate NOTIFY ratesChanged FINAL)

public:
    enum Role {
        DirectionRole = Qt::UserRole, ///< Entry::Direction
        TimeRole, ///< QDateTime; of a run of equal entries, that of the newest
        KindRole, ///< Entry::Kind
        PayloadRole, ///< QByteArray, whole, byte for byte
        PrefixRole, ///< ">", "<" or "#"
        TextRole, ///< the payload as it may be shown; see DisplayText
        CutRole, ///< whether TextRole is only the payload's beginning
        SizeRole, ///< bytes of payload
        RepeatRole, ///< how many equal entries the row stands for
        RoundTripRole, ///< how long the echo took, which this is or has come, in ms; -1: none
        DeliveryRole, ///< Outbox::State of what was sent lately; -1 where that is not known
        SeqRole, ///< the number of the entry in its conversation
        MarkRole, ///< Mark: what begins with this row
    };
    Q_ENUM(Role)

    /// How rows are put into the clipboard.
    enum CopyFormat {
        Words, ///< the messages alone
        Rows, ///< with times and prefixes
        JsonLines, ///< as docs/conversation-format.md says
    };
    Q_ENUM(CopyFormat)

    /// What a line above a row says.
    enum Mark {
        NoMark,
        Resumed, ///< what comes is of today's run; what was before is of an earlier one
        Unseen, ///< what comes was not looked at yet
    };
    Q_ENUM(Mark)

    /// How many rows are made of older entries at a time.
    static constexpr int pageRows = 256;
    /// How much is put into the clipboard, in bytes of payload: other programs take a copy of it.
    static constexpr qint64 maxCopyBytes = 16 * 1024 * 1024;

    explicit Transcript(QObject *parent = nullptr);
    ~Transcript() override;

    [[nodiscard]] WebSocket *socket() const;
    void setSocket(WebSocket *socket);
    [[nodiscard]] TranscriptStore *store() const { return m_store; }
    void setStore(TranscriptStore *store);
    [[nodiscard]] Outbox *outbox() const { return m_deliveries.outbox(); }
    void setOutbox(Outbox *outbox);
    [[nodiscard]] QString server() const { return m_server; }
    void setServer(const QString &server);
    [[nodiscard]] bool isReadOnly() const { return m_isReadOnly; }
    void setReadOnly(bool isReadOnly);
    [[nodiscard]] int conversation() const { return int(m_conversation); }
    void setConversation(int conversation);
    [[nodiscard]] QString title() const;
    [[nodiscard]] QString shownServer() const;
    [[nodiscard]] QDateTime firstTime() const;
    [[nodiscard]] QDateTime lastTime() const;
    /// Goes on with \a conversation, with its server, instead of the one so far. False when it is
    /// not there, or another window holds it.
    Q_INVOKABLE bool resume(int conversation);
    [[nodiscard]] bool isFolding() const { return m_isFolding; }
    void setFolding(bool isFolding);
    [[nodiscard]] int count() const { return m_rows.size(); }
    [[nodiscard]] int entryCount() const;
    [[nodiscard]] int firstSeq() const;
    [[nodiscard]] Finder *finder() { return &m_finder; }
    [[nodiscard]] QString notice() const { return m_notice; }
    [[nodiscard]] int messageRate() const { return m_meter.messageRate(); }
    [[nodiscard]] qreal byteRate() const { return qreal(m_meter.byteRate()); }

    /// The entry of \a row, maybe with the beginning of its payload only: 0 is the newest.
    [[nodiscard]] StoredEntry entry(int row) const;
    /// The same with its whole payload.
    [[nodiscard]] StoredEntry wholeEntry(int row) const;
    /// The whole payload of \a row.
    Q_INVOKABLE QByteArray payload(int row) const;
    /// The row of the entry that is the \a seq'th of the conversation, or -1 where it has none
    /// yet.
    Q_INVOKABLE int rowOf(qint64 seq) const { return m_rows.rowOf(seq); }
    /// Of the entry that is the \a seq'th of the conversation: its whole payload, whether that is
    /// binary, whether it is a message, and the payload of the last message of its shape before it
    /// that went the same way.
    Q_INVOKABLE QByteArray payloadOf(qint64 seq) const;
    Q_INVOKABLE bool isBinary(qint64 seq) const;
    Q_INVOKABLE bool isMessage(qint64 seq) const;
    Q_INVOKABLE QByteArray previousPayloadOf(qint64 seq) const;
    /// Makes rows down to the entry that is the \a seq'th of the conversation; its row, or -1
    /// where it has none. Those far above it are not folded.
    Q_INVOKABLE int showEntry(qint64 seq);
    /// Puts the entries of all rows between two entries into the clipboard, whole. False where they
    /// are more than maxCopyBytes; then the notice says so.
    Q_INVOKABLE bool copyRows(qint64 firstSeq, qint64 lastSeq, CopyFormat format);
    /// Puts a payload into the clipboard: as text, or the hexadecimal bytes of what is binary.
    Q_INVOKABLE void copyPayload(qint64 seq) const;
    /// Saves a payload, byte for byte, in a new file in the person's folder for downloads. Returns
    /// a sentence that says where, or why not.
    Q_INVOKABLE QString savePayload(qint64 seq) const;
    /// The whole payload of an entry as text, as it would be sent again.
    Q_INVOKABLE QString textOf(qint64 seq) const;
    /// Writes down an entry, with the present time; not where it only reads.
    void append(Entry::Direction direction, Entry::Kind kind, const QByteArray &payload);
    void append(Entry entry);
    /// Makes rows of the entries that are waiting for their batch.
    Q_INVOKABLE void flush();
    /// The person looks now, or no more: a mark tells what came while they did not.
    Q_INVOKABLE void setLookedAt(bool isLookedAt);

    void classBegin() override { m_isComplete = false; }
    void componentComplete() override;
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;
    [[nodiscard]] bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;

Q_SIGNALS:
    void socketChanged();
    void storeChanged();
    void outboxChanged();
    void serverChanged();
    void readOnlyChanged();
    void conversationChanged();
    void titleChanged();
    void countChanged();
    void foldingChanged();
    void noticeChanged();
    void ratesChanged();

private:
    [[nodiscard]] ConversationInfo info() const;
    [[nodiscard]] StoredEntry wholeEntryOf(qint64 seq) const;
    void openConversation();
    void showConversation(qint64 conversation);
    void onRemoved(qint64 conversation);
    void onPruned(qint64 conversation, qint64 firstSeq);
    void onQueryChanged();
    void onFound(const QList<qint64> &seqs);
    void onBacklogged(bool isBacklogged);
    void setNotice(const QString &notice);
    void resetRows();
    void addWaiting(qint64 seq, const Entry &entry);
    void appendRows(const std::vector<TranscriptRows::Row> &rows);
    [[nodiscard]] std::vector<TranscriptRows::Row> olderRows(qint64 before) const;
    [[nodiscard]] qint64 oldestLoaded() const;

    Recorder m_recorder;
    Deliveries m_deliveries;
    Meter m_meter;
    QPointer<TranscriptStore> m_store;
    std::unique_ptr<TranscriptStore> m_ownStore; // where no other is given
    QString m_server;
    bool m_isReadOnly = false;
    int m_wanted = 0; // the conversation that is to be read
    qint64 m_conversation = 0;
    mutable TranscriptPages m_pages;
    TranscriptRows m_rows;
    std::vector<TranscriptRows::Row> m_waiting; // the oldest first
    qint64 m_waitingForNewest = 0; // entries that belong to row 0
    QDateTime m_lastTime;
    Entry m_newest; // that a row was made of, to see whether the next one is equal
    mutable QTimer m_fetchTimer; // runs while older rows are to come
    QTimer m_batchTimer; // runs while a batch of rows has just been shown

    Finder m_finder;
    bool m_wasHiding = false; // what is no hit
    bool m_isFolding = true;

    qint64 m_resumedSeq = 0; // the first entry of this run
    qint64 m_unseenSeq = 0; // the first entry that was not looked at; 0: none
    bool m_isLookedAt = true;

    QString m_notice;
    bool m_isComplete = true;
};
