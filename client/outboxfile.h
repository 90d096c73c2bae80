// SPDX-License-Identifier: MIT
#pragma once

#include "outboxline.h"
#include "transcriptdatabase.h"
#include "transcriptlocks.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>

/*!
    Where an Outbox keeps its lines and its draft: an SQLite file, for all windows and servers.

    Each window has lines of its own, so that none is sent by two. Those of a window that is gone,
    whatever became of it, are taken over by the next that looks for the same server.

    What returns false or nothing has not been written; then trouble() says why, in a sentence. What
    returns true is on the disk, whatever happens to the program or the power; except settle() and
    setDraft(), which a power cut may take back.
*/
class OutboxFile
{
public:
    struct Content
    {
        QList<OutboxLine> lines;
        OutboxDraft draft;
    };

    /// Opens \a fileName, made with its folder where it is not there yet. With an empty name, or
    /// where the file cannot be used, all is in memory only.
    void open(const QString &fileName);
    [[nodiscard]] QString trouble() const { return m_trouble; }

    /// What is kept for \a server and not another window's.
    [[nodiscard]] Content load(const QString &server);
    /// Adds \a lines for \a server, in the last places; they get their ids. With a \a draft,
    /// it is kept at the same moment.
    [[nodiscard]] bool add(const QString &server, QList<OutboxLine> &lines,
                           const std::optional<OutboxDraft> &draft);
    [[nodiscard]] bool edit(int id, const QByteArray &payload);
    [[nodiscard]] bool remove(int id);
    [[nodiscard]] bool setHandedOver(const QList<int> &ids, bool handedOver);
    /// Gives each of \a lines its place.
    [[nodiscard]] bool setPlaces(const QList<OutboxLine> &lines);
    /// Removes lines of which no doubt is left.
    [[nodiscard]] bool settle(const QList<int> &ids);
    [[nodiscard]] bool setDraft(const QString &server, const OutboxDraft &draft);

private:
    [[nodiscard]] bool prepare(const QString &fileName);
    bool upgrade();
    void takeNumber();
    void takeOver(const QString &server);
    enum class Wait { Yes, No };
    template<typename Write>
    bool commit(const Write &write, Wait wait = Wait::Yes);
    template<typename... Values>
    bool run(const QString &sql, const Values &...values);
    bool writeDraft(const QString &server, const OutboxDraft &draft);
    bool insert(const QString &server, OutboxLine &line);
    bool settleAs(const QList<int> &ids);
    void fail();

    TranscriptDatabase m_database;
    TranscriptLocks m_locks;
    QString m_fileName; // empty: in memory
    QString m_trouble;
    QString m_lastingTrouble; // until it is opened again
    qint64 m_owner = 0; // the number of this window; its lock says that it lives
};
