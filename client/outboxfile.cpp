// SPDX-License-Identifier: MIT
#include "outboxfile.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace {

/// How long to wait for another window that writes.
constexpr std::chrono::milliseconds patience{500};
constexpr int version = 2; // 1 had drafts of text only
constexpr int applicationId = 0x4177'4f62; // "AwOb"

/// Makes a file for its owner only, and its folder, where they are not there.
bool makeFile(const QString &fileName)
{
    const QDir folder = QFileInfo(fileName).dir();
    if (!folder.exists()) {
        QDir().mkpath(QFileInfo(folder.path()).path());
        QDir().mkdir(folder.path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    // Never opened when it is there (https://www.sqlite.org/howtocorrupt.html, 2.2).
    const int file = ::open(QFile::encodeName(fileName).constData(),
                            O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file != -1)
        return ::close(file) == 0;
    return errno == EEXIST;
}

} // namespace

/// Runs \a sql with \a values.
template<typename... Values>
bool OutboxFile::run(const QString &sql, const Values &...values)
{
    QSqlQuery &statement = m_database.statement(sql);
    int index = 0;
    (statement.bindValue(index++, QVariant::fromValue(values)), ...);
    return m_database.run(statement);
}

/// Does what \a write does as a whole or not at all, and waits until it is on the disk or not.
template<typename Write>
bool OutboxFile::commit(const Write &write, Wait wait)
{
    if (!m_database.isOpen())
        return false;
    const bool isWritten = (wait == Wait::Yes || m_database.run(u"PRAGMA synchronous=NORMAL"_s))
        && m_database.begin() && write() && m_database.commit();
    if (isWritten)
        m_trouble = m_lastingTrouble;
    else
        fail();
    if (wait == Wait::No && !m_database.run(u"PRAGMA synchronous=FULL"_s))
        fail();
    return isWritten;
}

void OutboxFile::open(const QString &fileName)
{
    m_database.close();
    m_fileName = fileName;
    m_lastingTrouble.clear();
    m_owner = 0;
    if (!TranscriptDatabase::isAvailable()) {
        m_lastingTrouble =
            u"Qt's driver for SQLite is missing, so that lines that wait are lost with "
            "the window: install libqt6sql6-sqlite, and start again."_s;
        m_trouble = m_lastingTrouble;
        return;
    }
    if (!fileName.isEmpty()) {
        if (makeFile(fileName) && prepare(fileName) && m_locks.open(fileName)) {
            takeNumber();
            m_trouble.clear();
            return;
        }
        m_lastingTrouble =
            u"“%1” cannot be used (%2), so that lines that wait are lost with the window: "
            "see to it that it can be written, or move it away, and start again."_s.arg(
                fileName,
                m_database.failureText().isEmpty() ? qt_error_string() : m_database.failureText());
        m_database.close();
        m_fileName.clear();
    }
    m_trouble = m_lastingTrouble;
    if (!prepare(u":memory:"_s))
        fail();
}

bool OutboxFile::prepare(const QString &fileName)
{
    // FULL: a line that may have gone out must not come back as one that has not, not even after
    // a power cut.
    if (!m_database.open(fileName, patience) || !m_database.run(u"PRAGMA journal_mode=WAL"_s)
        || !m_database.run(u"PRAGMA synchronous=FULL"_s) || !m_database.begin())
        return false;
    const bool isNew = m_database.number(u"SELECT count(*) FROM sqlite_master"_s, -1) == 0;
    // "owner": the window whose line it is; "handed": it may have gone out. AUTOINCREMENT: a
    // number is never given twice.
    const bool isReady = !isNew
        || (m_database.run(u"CREATE TABLE lines (id INTEGER PRIMARY KEY AUTOINCREMENT, "
                           "server TEXT NOT NULL, owner INTEGER NOT NULL, place INTEGER NOT NULL, "
                           "binary INTEGER NOT NULL, handed INTEGER NOT NULL, "
                           "payload BLOB NOT NULL)"_s)
            && m_database.run(u"CREATE TABLE drafts (server TEXT NOT NULL, "
                              "owner INTEGER NOT NULL, text TEXT NOT NULL, "
                              "PRIMARY KEY (server, owner))"_s)
            && m_database.run(u"CREATE INDEX linesByPlace ON lines (place)"_s)
            && m_database.run(u"PRAGMA application_id=%1"_s.arg(applicationId))
            && m_database.run(u"PRAGMA user_version=1"_s));
    if (!isReady || !upgrade() || !m_database.commit()) {
        m_database.rollback();
        return false;
    }
    return m_database.number(u"PRAGMA application_id"_s) == applicationId
        && m_database.number(u"PRAGMA user_version"_s) == version;
}

/// Makes a file of version 1 one of version 2.
bool OutboxFile::upgrade()
{
    return m_database.number(u"PRAGMA application_id"_s) != applicationId
        || m_database.number(u"PRAGMA user_version"_s) != 1
        || (m_database.run(u"ALTER TABLE drafts ADD COLUMN hex TEXT NOT NULL DEFAULT ''"_s)
            && m_database.run(u"ALTER TABLE drafts ADD COLUMN base64 TEXT NOT NULL DEFAULT ''"_s)
            && m_database.run(
                u"ALTER TABLE drafts ADD COLUMN encoding INTEGER NOT NULL DEFAULT 0"_s)
            && m_database.run(u"PRAGMA user_version=%1"_s.arg(version)));
}

/// Takes a number that no window has, and nobody's lines.
void OutboxFile::takeNumber()
{
    m_owner = m_database.number(
        u"SELECT ifnull(max(owner), 0) + 1 FROM (SELECT owner FROM lines UNION ALL "
        "SELECT owner FROM drafts)"_s,
        1);
    while (!m_locks.take(m_owner))
        ++m_owner;
}

/// Takes over what windows have left for \a server that are gone.
void OutboxFile::takeOver(const QString &server)
{
    if (m_fileName.isEmpty())
        return;
    QList<qint64> owners;
    QSqlQuery &others =
        m_database.statement(u"SELECT owner FROM lines WHERE server=? AND owner<>? UNION "
                             "SELECT owner FROM drafts WHERE server=? AND owner<>?"_s);
    for (const int index : {0, 2}) {
        others.bindValue(index, server);
        others.bindValue(index + 1, m_owner);
    }
    if (!m_database.run(others)) {
        fail();
        return;
    }
    while (others.next())
        owners += others.value(0).toLongLong();
    others.finish();
    for (const qint64 owner : owners) {
        if (!m_locks.take(owner))
            continue;
        // Of several drafts the others wait for the next windows.
        commit([&] {
            return run(u"UPDATE lines SET owner=? WHERE server=? AND owner=?"_s, m_owner, server,
                       owner)
                && run(u"UPDATE OR IGNORE drafts SET owner=? WHERE server=? AND owner=?"_s, m_owner,
                       server, owner);
        });
        m_locks.letGo(owner);
    }
}

OutboxFile::Content OutboxFile::load(const QString &server)
{
    takeOver(server);
    Content content;
    QSqlQuery &lines = m_database.statement(u"SELECT id, place, binary, handed, payload FROM lines "
                                            "WHERE server=? AND owner=? ORDER BY place, id"_s);
    lines.bindValue(0, server);
    lines.bindValue(1, m_owner);
    if (!m_database.run(lines))
        fail();
    while (lines.next()) {
        content.lines.append({lines.value(0).toInt(), lines.value(1).toLongLong(),
                              lines.value(2).toBool(), lines.value(3).toBool(),
                              lines.value(4).toByteArray()});
    }
    lines.finish();
    QSqlQuery &draft = m_database.statement(u"SELECT text, hex, base64, encoding FROM drafts "
                                            "WHERE server=? AND owner=?"_s);
    draft.bindValue(0, server);
    draft.bindValue(1, m_owner);
    if (!m_database.run(draft))
        fail();
    else if (draft.next())
        content.draft = {draft.value(0).toString(), draft.value(1).toString(),
                         draft.value(2).toString(), draft.value(3).toInt()};
    draft.finish();
    return content;
}

bool OutboxFile::add(const QString &server, QList<OutboxLine> &lines,
                     const std::optional<OutboxDraft> &draft)
{
    return commit([&] {
        for (OutboxLine &line : lines) {
            if (!insert(server, line))
                return false;
        }
        return !draft || writeDraft(server, *draft);
    });
}

bool OutboxFile::insert(const QString &server, OutboxLine &line)
{
    QSqlQuery &statement = m_database.statement(
        u"INSERT INTO lines (server, owner, place, binary, handed, payload) SELECT ?, ?, "
        "(SELECT ifnull(max(place), 0) + 1 FROM lines), ?, ?, ? RETURNING id, place"_s);
    // Null is not what an empty payload is for SQLite.
    const QByteArray payload = line.payload.isNull() ? ""_ba : line.payload;
    int index = 0;
    for (const QVariant &value : {QVariant(server), QVariant(m_owner), QVariant(line.isBinary),
                                  QVariant(line.isHandedOver), QVariant(payload)})
        statement.bindValue(index++, value);
    if (!m_database.run(statement) || !statement.next())
        return false;
    line.id = statement.value(0).toInt();
    line.place = statement.value(1).toLongLong();
    statement.finish();
    return true;
}

bool OutboxFile::edit(int id, const QByteArray &payload)
{
    return commit([&] {
        return run(u"UPDATE lines SET payload=? WHERE id=?"_s, payload.isNull() ? ""_ba : payload,
                   id);
    });
}

bool OutboxFile::remove(int id)
{
    return commit([&] { return settleAs({id}); });
}

bool OutboxFile::setHandedOver(const QList<int> &ids, bool handedOver)
{
    return commit([&] {
        for (const int id : ids) {
            if (!run(u"UPDATE lines SET handed=? WHERE id=?"_s, handedOver, id))
                return false;
        }
        return true;
    });
}

bool OutboxFile::setPlaces(const QList<OutboxLine> &lines)
{
    return commit([&] {
        for (const OutboxLine &line : lines) {
            if (!run(u"UPDATE lines SET place=? WHERE id=?"_s, line.place, line.id))
                return false;
        }
        return true;
    });
}

bool OutboxFile::settle(const QList<int> &ids)
{
    // At worst they come back in doubt.
    return commit([&] { return settleAs(ids); }, Wait::No);
}

bool OutboxFile::settleAs(const QList<int> &ids)
{
    for (const int id : ids) {
        if (!run(u"DELETE FROM lines WHERE id=?"_s, id))
            return false;
    }
    return true;
}

bool OutboxFile::setDraft(const QString &server, const OutboxDraft &draft)
{
    return commit([&] { return writeDraft(server, draft); }, Wait::No);
}

bool OutboxFile::writeDraft(const QString &server, const OutboxDraft &draft)
{
    if (draft.text.isEmpty() && draft.hex.isEmpty() && draft.base64.isEmpty())
        return run(u"DELETE FROM drafts WHERE server=? AND owner=?"_s, server, m_owner);
    // Null is not what an empty string is for SQLite.
    const auto text = [](const QString &words) { return words.isNull() ? u""_s : words; };
    return run(u"INSERT OR REPLACE INTO drafts (server, owner, text, hex, base64, encoding) "
               "VALUES (?, ?, ?, ?, ?, ?)"_s,
               server, m_owner, text(draft.text), text(draft.hex), text(draft.base64),
               draft.encoding);
}

void OutboxFile::fail()
{
    m_database.rollback();
    m_trouble = u"What waits to be sent cannot be written to “%1” (%2): see to it that there is "
                "room on the disk. Until then, what is not there is lost with the window."_s.arg(
                    m_fileName, m_database.failureText());
}
