// SPDX-License-Identifier: MIT
#pragma once

#include "conversationfile.h"

#include <QFile>
#include <QObject>

#include <atomic>

/*!
    Reads a conversation's file for ConversationImport, in a thread.
*/
class ConversationFileReader : public QObject
{
    Q_OBJECT

public:
    /// What is read at a time, unless it is one entry with more bytes.
    static constexpr qsizetype pieceEntries = 1000;
    static constexpr qint64 pieceBytes = 1024 * 1024;

    explicit ConversationFileReader(const QString &fileName);

    void open();
    /// Reads a piece.
    void readOn();
    /// Ends what is being read soon; for any thread.
    void stop() { m_isStopped = true; }

Q_SIGNALS:
    /// A piece; more is read at readOn(). \a progress is 0 to 1.
    void read(const QList<Entry> &entries, const QString &server, qreal progress);
    /// There is no more, because of \a error where it is not empty.
    void finished(const QString &error);

private:
    QFile m_file{this};
    ConversationReader m_reader{m_file};
    std::atomic_bool m_isStopped = false;
};
