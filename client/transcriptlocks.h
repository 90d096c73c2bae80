// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

/*!
    Which conversations of a file are held, among all windows of all programs.

    A lock is a byte of a file beside the transcripts, so that the kernel lets go of it when its
    holder is gone, whatever became of it.
*/
class TranscriptLocks
{
public:
    TranscriptLocks() = default;
    ~TranscriptLocks();
    TranscriptLocks(const TranscriptLocks &) = delete;
    TranscriptLocks &operator=(const TranscriptLocks &) = delete;

    /// Opens, or makes, the file of locks beside \a transcripts. False when that cannot be.
    [[nodiscard]] bool open(const QString &transcripts);

    /// Takes \a conversation. False when another has it.
    [[nodiscard]] bool take(qint64 conversation);
    void letGo(qint64 conversation);
    /// Whether another object than this one, in whatever program, has it.
    [[nodiscard]] bool isTaken(qint64 conversation) const;

private:
    int m_file = -1;
};
