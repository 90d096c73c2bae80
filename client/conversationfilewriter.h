// SPDX-License-Identifier: MIT
#pragma once

#include "conversationfile.h"

#include <QObject>
#include <QSaveFile>

/*!
    Writes a conversation's file for ConversationExport, in a thread.
*/
class ConversationFileWriter : public QObject
{
    Q_OBJECT

public:
    /// For a conversation with \a server. Where the file is there, it stays, unless \a replace.
    ConversationFileWriter(const QString &fileName, const QUrl &server, bool replace);

    void open();
    void write(const QList<Entry> &entries);
    /// Lets the file be there.
    void finish();

Q_SIGNALS:
    /// More entries can be written, or it can be finished.
    void ready();
    void finished();
    /// It is over; \a exists: because there is such a file.
    void failed(const QString &problem, bool exists);

private:
    [[nodiscard]] bool isTaken();

    QSaveFile m_file{this};
    ConversationWriter m_writer{m_file};
    QUrl m_server;
    bool m_replace;
};
