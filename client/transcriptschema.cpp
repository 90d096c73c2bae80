// SPDX-License-Identifier: MIT
#include "transcriptschema.h"

#include "transcriptdatabase.h"
#include "transcripttrouble.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace {

/// How long to wait for another window that opens the file, too.
constexpr std::chrono::milliseconds openPatience{2000};
constexpr auto ownerOnly = QFile::ReadOwner | QFile::WriteOwner;

// Times are in ms since 1970 in UTC; directions and kinds are numbered as in EntryType.
constexpr std::array firstVersion = {
    // "indexed": up to which entry the conversation is in the index; "removed": its entries are
    // being deleted. AUTOINCREMENT: a number is never given twice.
    "CREATE TABLE conversations ("
    "id INTEGER PRIMARY KEY AUTOINCREMENT, server TEXT NOT NULL, name TEXT NOT NULL, "
    "created INTEGER NOT NULL, used INTEGER NOT NULL, "
    "first INTEGER NOT NULL, last INTEGER NOT NULL, bytes INTEGER NOT NULL, "
    "indexed INTEGER NOT NULL, removed INTEGER NOT NULL DEFAULT 0)"_L1,
    // "size" is null where the whole payload is in the row, "roundTrip" where there is none.
    "CREATE TABLE entries (id INTEGER PRIMARY KEY, time INTEGER NOT NULL, "
    "direction INTEGER NOT NULL, kind INTEGER NOT NULL, "
    "roundTrip INTEGER, size INTEGER, payload BLOB NOT NULL)"_L1,
    "CREATE TABLE parts (id INTEGER PRIMARY KEY, entry INTEGER NOT NULL, "
    "bytes BLOB NOT NULL)"_L1,
    "CREATE INDEX partsOfEntry ON parts (entry, id)"_L1,
    // "stale": how many entries are in the index and no longer in the transcripts.
    "CREATE TABLE upkeep (stale INTEGER NOT NULL)"_L1,
    "INSERT INTO upkeep VALUES (0)"_L1,
};

bool create(TranscriptDatabase &database)
{
    for (const auto sql : firstVersion) {
        if (!database.run(sql))
            return false;
    }
    return database.run(TranscriptSchema::createIndex())
        && database.run(u"PRAGMA application_id=%1"_s.arg(TranscriptSchema::applicationId))
        && database.run(u"PRAGMA user_version=%1"_s.arg(TranscriptSchema::version));
}

/// Makes a file for its owner only, and its folder, where they are not there. False when the
/// system does not let us; errno says why.
bool makeFile(const QString &fileName)
{
    const QDir folder = QFileInfo(fileName).dir();
    if (!folder.exists()) {
        QDir().mkpath(QFileInfo(folder.path()).path());
        QDir().mkdir(folder.path(), ownerOnly | QFile::ExeOwner);
    }
    // Never opened when it is there: closing it again would take away the locks that SQLite holds
    // on it for another window of this process (https://www.sqlite.org/howtocorrupt.html, 2.2).
    const int file = ::open(QFile::encodeName(fileName).constData(),
                            O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file != -1)
        return ::close(file) == 0;
    return errno == EEXIST;
}

enum class State {
    Ready, // as this version writes it
    Newer, // a newer version of this program wrote it
    Foreign, // another program did
    Failed, // see the database's failure()
};

/// Looks whether an open database is ours, and brings it up to this version.
State prepare(TranscriptDatabase &database)
{
    constexpr qint64 unknown = -1;
    qint64 found = database.number(u"PRAGMA user_version"_s, unknown);
    if (found == unknown)
        return State::Failed;
    if (found == 0 && database.number(u"SELECT count(*) FROM sqlite_master"_s, unknown) == 0) {
        // Before anything is in it: the first has no effect later.
        if (!database.run(u"PRAGMA auto_vacuum=INCREMENTAL"_s)
            || !database.run(u"PRAGMA journal_mode=WAL"_s) || !database.begin())
            return State::Failed;
        found = database.number(u"PRAGMA user_version"_s, unknown); // another window may have won
        if ((found == 0 && !create(database)) || !database.commit()) {
            database.rollback();
            return State::Failed;
        }
    }
    const qint64 id = database.number(u"PRAGMA application_id"_s, unknown);
    if (id == unknown)
        return State::Failed;
    if (id != TranscriptSchema::applicationId)
        return State::Foreign;
    // There is one version so far. When there are more, each brings the file to the next here, in
    // one transaction that also sets user_version.
    if (database.number(u"PRAGMA user_version"_s, unknown) > TranscriptSchema::version)
        return State::Newer;
    // Every table is there, and their beginnings can be read.
    for (const QString &sql :
         {u"SELECT count(*) FROM conversations"_s, u"SELECT max(id) FROM entries"_s,
          u"SELECT max(id) FROM parts"_s, u"SELECT stale FROM upkeep"_s,
          u"SELECT rowid FROM trigrams WHERE trigrams MATCH 'aaa' LIMIT 1"_s}) {
        if (!database.run(sql))
            return State::Failed;
    }
    return State::Ready;
}

} // namespace

TranscriptSchema::Opened TranscriptSchema::open(TranscriptDatabase &database,
                                                const QString &fileName)
{
    using Failure = TranscriptDatabase::Failure;
    if (!TranscriptDatabase::isAvailable())
        return {false, TranscriptTrouble::noDriver()};
    QString trouble;
    for (;;) {
        if (!makeFile(fileName))
            return {false, TranscriptTrouble::failed(fileName, Failure::Denied, qt_error_string())};
        const quint64 file = identity(fileName);
        const State state =
            database.open(fileName, openPatience) ? prepare(database) : State::Failed;
        if (state == State::Ready) {
            QFile::setPermissions(fileName, ownerOnly);
            return {true, trouble};
        }
        const Failure failure = database.failure();
        const QString text = database.failureText();
        database.close();
        if (state == State::Newer)
            return {false, TranscriptTrouble::newer(fileName)};
        if (state == State::Foreign)
            return {false, TranscriptTrouble::foreign(fileName)};
        if (failure != Failure::Broken)
            return {false, TranscriptTrouble::failed(fileName, failure, text)};
        // Once only: the new one cannot be broken, unless the disk is.
        const QString movedTo = trouble.isEmpty() ? moveAside(fileName, file) : QString();
        trouble = TranscriptTrouble::broken(fileName, text, movedTo);
        if (movedTo.isEmpty())
            return {false, trouble};
    }
}

QString TranscriptSchema::createIndex()
{
    // Only which entries hold which three characters, not where, and not the text again: so it is
    // small, and what it finds is looked at again. What goes in has no upper case any more.
    return u"CREATE VIRTUAL TABLE trigrams USING fts5(text, content='', columnsize=0, "
           "detail=none, tokenize='trigram case_sensitive 1')"_s;
}

quint64 TranscriptSchema::identity(const QString &fileName)
{
    struct stat status = {};
    return ::stat(QFile::encodeName(fileName).constData(), &status) == 0 ? status.st_ino : 0;
}

QString TranscriptSchema::moveAside(const QString &fileName, quint64 identityOfFile)
{
    if (identity(fileName) != identityOfFile)
        return {};
    const QString stamp = QDateTime::currentDateTimeUtc().toString(u"yyyyMMdd-HHmmss"_s);
    QString name = fileName + ".broken-"_L1 + stamp;
    for (int i = 2; QFile::exists(name); ++i)
        name = fileName + ".broken-"_L1 + stamp + u'-' + QString::number(i);
    // Not QFile::rename(), which copies where it cannot rename. Whoever has them open goes on
    // reading and writing them under the new names.
    const auto rename = [&](QLatin1StringView suffix) {
        return std::rename(QFile::encodeName(fileName + suffix).constData(),
                           QFile::encodeName(name + suffix).constData())
            == 0;
    };
    if (!rename(""_L1))
        return {};
    rename("-wal"_L1);
    rename("-shm"_L1);
    return name;
}
