// SPDX-License-Identifier: MIT
#include "transcripttrouble.h"

#include <QFileInfo>
#include <QLocale>

using namespace Qt::Literals::StringLiterals;

QString TranscriptTrouble::failed(const QString &fileName, TranscriptDatabase::Failure failure,
                                  const QString &text)
{
    using Failure = TranscriptDatabase::Failure;
    switch (failure) {
    case Failure::Full:
        return u"No room is left on the disk for the transcripts in “%1”. The chat goes on in "
               "memory; it is written down once there is room: free some."_s.arg(fileName);
    case Failure::Busy:
        return u"Another program keeps “%1” locked. The chat goes on in memory; it is written down "
               "once that program lets go: close it."_s.arg(fileName);
    case Failure::Denied:
        return u"“%1” cannot be written (%2). The chat goes on in memory only: see to it that you "
               "may write in “%3”, and start again."_s.arg(fileName, text,
                                                           QFileInfo(fileName).path());
    default:
        return u"“%1” cannot be used (%2). The chat goes on in memory; it is written down once "
               "that works again: look after the disk."_s.arg(fileName, text);
    }
}

QString TranscriptTrouble::broken(const QString &fileName, const QString &text,
                                  const QString &movedTo)
{
    if (movedTo.isEmpty())
        return u"The transcripts in “%1” cannot be read (%2). The chat goes on in memory only: "
               "move that file away, and start again."_s.arg(fileName, text);
    return u"The transcripts in “%1” could not be read (%2). That file is now “%3”, and a new one "
           "has been begun; “sqlite3 FILE .recover” may bring back what is in the old one."_s.arg(
               fileName, text, movedTo);
}

QString TranscriptTrouble::brokenInUse(const QString &fileName, const QString &text,
                                       const QString &movedTo)
{
    if (movedTo.isEmpty())
        return broken(fileName, text, {});
    return u"The transcripts in “%1” have become unreadable (%2). That file is now “%3”; the chat "
           "goes on in memory only: start again for a new file; “sqlite3 FILE .recover” may bring "
           "back what is in the old one."_s.arg(fileName, text, movedTo);
}

QString TranscriptTrouble::newer(const QString &fileName)
{
    return u"The transcripts in “%1” were written by a newer version of Awesome Chat. They stay "
           "as they are, and the chat goes on in memory only: install the newer version."_s.arg(
               fileName);
}

QString TranscriptTrouble::foreign(const QString &fileName)
{
    return u"“%1” belongs to another program. It stays as it is, and the chat goes on in memory "
           "only: move that file away, and start again."_s.arg(fileName);
}

QString TranscriptTrouble::noDriver()
{
    return u"Qt's driver for SQLite is missing, so that the chat is kept in memory only: install "
           "libqt6sql6-sqlite, and start again."_s;
}

QString TranscriptTrouble::full(qint64 maxBytes)
{
    return u"The transcripts have reached their limit of %1: the oldest entries make room for the "
           "new ones."_s.arg(QLocale::c().formattedDataSize(maxBytes));
}

QString TranscriptTrouble::recovered(const QString &fileName)
{
    return u"“%1” is written again, and nothing is missing in it."_s.arg(fileName);
}
