// SPDX-License-Identifier: MIT
#include "transcriptlocks.h"

#include <QFile>

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace {

// Locks of an open file description, fcntl(2): POSIX locks of a process would be lost with the
// first of its windows that closes the file, and two windows of it would not see each other.
struct flock byteOf(qint64 conversation, short type)
{
    struct flock lock = {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = conversation;
    lock.l_len = 1;
    return lock;
}

} // namespace

TranscriptLocks::~TranscriptLocks()
{
    if (m_file != -1)
        ::close(m_file);
}

bool TranscriptLocks::open(const QString &transcripts)
{
    const QByteArray name = QFile::encodeName(transcripts + "-lock"_L1);
    m_file = ::open(name.constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    return m_file != -1;
}

bool TranscriptLocks::take(qint64 conversation)
{
    struct flock lock = byteOf(conversation, F_WRLCK);
    // Where the file system knows no locks, there is nobody to ask.
    return ::fcntl(m_file, F_OFD_SETLK, &lock) == 0 || (errno != EAGAIN && errno != EACCES);
}

void TranscriptLocks::letGo(qint64 conversation)
{
    struct flock lock = byteOf(conversation, F_UNLCK);
    ::fcntl(m_file, F_OFD_SETLK, &lock);
}

bool TranscriptLocks::isTaken(qint64 conversation) const
{
    struct flock lock = byteOf(conversation, F_WRLCK);
    return ::fcntl(m_file, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}
