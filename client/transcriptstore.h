// SPDX-License-Identifier: MIT
#pragma once

#include "storedentry.h"
#include "transcriptquery.h"

#include <QList>
#include <QObject>
#include <QString>
#include <QtQml/qqmlregistration.h>

#include <memory>

/*!
    The transcripts of all conversations, in an SQLite file that a thread of the store's own writes.

    Each conversation numbers its entries by itself: 1, 2, 3 and so on, without gaps. Appending
    never waits for the disk, and what was appended can be read at once, whether it is on the disk
    yet or not. When the file cannot be used, or no longer, trouble() says why in a sentence, and
    the store goes on in memory with all that is not on the disk.

    Several stores, in one program or in many, can use the same file: each conversation is held by
    the one that opened it, until it is closed; the others can read it.

    It belongs to the thread that made it and never runs an event loop of its own there. What its
    signals say before the event loop runs is said when it runs.

    In QML, several Transcript elements can have one store.
*/
class TranscriptStore : public QObject
{
    Q_OBJECT
    QML_ELEMENT

    /// Where transcripts are kept: an SQLite file; empty: in memory only. It is set once, at first.
    Q_PROPERTY(QString file READ file WRITE setFile NOTIFY fileChanged FINAL)

public:
    /// How large the file may become, in bytes; in memory, the payloads. Then the oldest entries
    /// go.
    static constexpr qint64 defaultMaxBytes = 1024LL * 1024 * 1024;
    /// How much of a payload a row comes with, in bytes.
    static constexpr qsizetype rowBytes = 16 * 1024;
    /// From where on the disk does not keep up, and down to where it has caught up again.
    /// So much is on the disk after a tenth of a second or so: when the program is killed, more
    /// than that must not get lost.
    static constexpr qint64 highBytes = 16 * 1024 * 1024;
    static constexpr qint64 lowBytes = 4 * 1024 * 1024;
    static constexpr qint64 highEntries = 10'000;
    static constexpr qint64 lowEntries = 2'500;

    /// Where transcripts are kept: transcripts.sqlite in the program's folder for data.
    [[nodiscard]] static QString defaultFileName();

    /// A store in \a fileName, made with its folder where it is not there yet. With an empty name
    /// everything is kept in memory only, and nowhere when the store is gone.
    explicit TranscriptStore(const QString &fileName = {}, QObject *parent = nullptr);
    /// Waits until all is on the disk.
    ~TranscriptStore() override;

    [[nodiscard]] QString file() const;
    /// Has no effect where there is a file, or a conversation, already.
    void setFile(const QString &fileName);

    /// Whether entries go to the disk: not in memory only, and no trouble.
    [[nodiscard]] bool isOnDisk() const;

    /// \name Conversations
    /// @{
    /// The last conversation with \a server that no other window holds, or a new one. A new one
    /// that stays empty leaves no trace.
    qint64 openConversation(const QString &server);
    /// A new conversation with \a server.
    qint64 newConversation(const QString &server);
    /// Takes an existing conversation to go on with it. False when it is not there, or another
    /// window holds it.
    bool resumeConversation(qint64 conversation);
    /// Lets go of it, so that another window may have it.
    void closeConversation(qint64 conversation);
    /// All that are not empty, and those held; the last used first.
    [[nodiscard]] QList<ConversationInfo> conversations();
    /// False when it is not there.
    bool renameConversation(qint64 conversation, const QString &name);
    /// Deletes it, held or not; conversationRemoved() says so to whoever shows it. False when
    /// another window holds it.
    bool removeConversation(qint64 conversation);
    /// What is known of one; with the number 0 when it is not there.
    [[nodiscard]] ConversationInfo conversation(qint64 conversation);
    /// @}

    /// Adds \a entry to a conversation that this store holds; its number. 0 when it is not held.
    qint64 append(qint64 conversation, const Entry &entry);
    /// The numbers of the first entry that is still there and of the last one. While there is
    /// none, first is last + 1.
    [[nodiscard]] qint64 firstSeq(qint64 conversation);
    [[nodiscard]] qint64 lastSeq(qint64 conversation);

    /// At most \a count entries from \a firstSeq on, in order, with at most \a maxPayload bytes of
    /// each payload, up to rowBytes. Fast, and reads no more from the disk than it gives.
    [[nodiscard]] QList<StoredEntry> read(qint64 conversation, qint64 firstSeq, int count,
                                          qsizetype maxPayload = rowBytes);
    /// A whole payload; null when there is no such entry.
    [[nodiscard]] QByteArray payload(qint64 conversation, qint64 seq);

    /// What waits for the disk. When it is more than highBytes or highEntries, backlogged(true)
    /// asks to slow down the sender; below lowBytes and lowEntries backlogged(false) says that all
    /// is well. Nothing waits for the disk while everything is kept in memory.
    [[nodiscard]] qint64 pendingBytes() const;
    [[nodiscard]] qint64 pendingEntries() const;
    [[nodiscard]] bool isBacklogged() const;
    /// Waits until all is on the disk.
    void flush();

    /// An entry, by its conversation and number; with 0, none.
    struct Place
    {
        qint64 conversation = 0;
        qint64 seq = 0;
    };
    /// The entry that was appended last.
    [[nodiscard]] Place newest() const;
    /// Whether that entry and all that were appended before it are on the disk, as far as anybody
    /// wants them there.
    [[nodiscard]] bool isStored(const Place &place) const;

    /// Looks for the entries of \a conversation that are there now, in another thread: found()
    /// gives their numbers, the newest first, as they turn up, then searchFinished() says how many
    /// they were. A new search ends the one before, of which nothing more is heard.
    /// Whoever searches in a store that others search in, too, has its tickets from newTicket().
    void search(int ticket, qint64 conversation, const TranscriptQuery &query);
    void cancelSearch();
    /// The same for the newest of those before entry \a before, \a limit at most, besides any
    /// search(): only another of its own kind ends it.
    void searchBefore(int ticket, qint64 conversation, const TranscriptQuery &query, qint64 before,
                      int limit);
    [[nodiscard]] int newTicket();

    [[nodiscard]] qint64 maxBytes() const;
    void setMaxBytes(qint64 maxBytes);

Q_SIGNALS:
    void fileChanged();
    void conversationRemoved(qint64 conversation);
    void conversationRenamed(qint64 conversation);
    /// What went wrong with the file, and what helps.
    void trouble(const QString &sentence);
    /// What a person should know and need not do anything about.
    void notice(const QString &sentence);
    /// The disk does not keep up, or has caught up.
    void backlogged(bool backlogged);
    /// Entries before \a firstSeq went because of the size limit.
    void pruned(qint64 conversation, qint64 firstSeq);
    void found(int ticket, const QList<qint64> &seqs);
    void searchFinished(int ticket, qint64 total);

private:
    class Private;
    std::unique_ptr<Private> d;
};
