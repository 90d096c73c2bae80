// SPDX-License-Identifier: MIT
#pragma once

#include "storedentry.h"
#include "transcriptdatabase.h"

#include <QList>

#include <optional>

/*!
    A conversation as its row says.
*/
struct ConversationRow
{
    ConversationInfo info;
    qint64 first = 1;
    qint64 last = 0;
};

/*!
    Reads what is in the file of transcripts, for the thread that made it. What cannot be read is
    missing in what it gives; then hasFailed() until it is asked.
*/
class TranscriptReader
{
public:
    /// Where reading fails, as said by the failure() of it.
    [[nodiscard]] TranscriptDatabase &database() { return m_database; }
    /// Whether something could not be read since the last call.
    [[nodiscard]] bool takeFailed();

    /// All conversations, or those with \a server only; the last used first.
    [[nodiscard]] QList<ConversationRow> conversations(const QString &server = {});
    [[nodiscard]] std::optional<ConversationRow> conversation(qint64 id);
    /// The greatest number a conversation ever had.
    [[nodiscard]] qint64 lastConversation();

    /// The entries from \a first to \a last, with at most \a maxPayload bytes of each payload.
    [[nodiscard]] QList<StoredEntry> read(qint64 conversation, qint64 first, qint64 last,
                                          qsizetype maxPayload);
    /// A whole payload; null when there is no such entry.
    [[nodiscard]] QByteArray payload(qint64 conversation, qint64 seq);

private:
    [[nodiscard]] QList<ConversationRow> rows(QSqlQuery &query);
    /// Ends reading \a query, well or not.
    void finish(QSqlQuery &query);

    TranscriptDatabase m_database;
    bool m_hasFailed = false;
};
