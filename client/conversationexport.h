// SPDX-License-Identifier: MIT
#pragma once

#include "transcriptstore.h"

#include <QObject>
#include <QPointer>
#include <QThread>
#include <QtQml/qqmlregistration.h>

#include <memory>

class ConversationFileWriter;
class QTemporaryDir;

/*!
    Writes a conversation of a store into a file; docs/conversation-format.md tells of the format.

    The entries are read in pieces and written by a thread of its own, so that nobody waits. The
    file is there when all of it is: not before, and not half. What is appended after the start is
    not in it.
*/
class ConversationExport : public QObject
{
    Q_OBJECT
    QML_ELEMENT

    Q_PROPERTY(bool running READ isRunning NOTIFY runningChanged FINAL)
    /// How much of it is done, 0 to 1.
    Q_PROPERTY(qreal progress READ progress NOTIFY progressChanged FINAL)

public:
    /// What is read at a time, unless it is one entry with more bytes.
    static constexpr int pieceEntries = 256;
    static constexpr qint64 pieceBytes = 1024 * 1024;

    explicit ConversationExport(QObject *parent = nullptr);
    /// Gives up what is not finished.
    ~ConversationExport() override;

    [[nodiscard]] bool isRunning() const { return m_worker != nullptr; }
    [[nodiscard]] qreal progress() const;

    /// Begins, unless it runs. A file that is there already stays as it is, unless \a replace.
    Q_INVOKABLE void start(TranscriptStore *store, int conversation, const QString &fileName,
                           bool replace = false);
    /// The same, into a file that goes with this object, or with the next one.
    Q_INVOKABLE void startTemporary(TranscriptStore *store, int conversation);
    /// Ends it; there is no file then.
    Q_INVOKABLE void cancel();
    /// A name in the person's folder for downloads that is free.
    Q_INVOKABLE QString suggestedName() const;

Q_SIGNALS:
    void runningChanged();
    void progressChanged();
    /// All is in \a fileName; \a sentence says so to people.
    void finished(const QString &fileName, const QString &sentence);
    /// It is not, as \a sentence says. \a exists: only because there is a file already.
    void failed(const QString &sentence, bool exists);

private:
    void writePiece();
    void end();

    QPointer<TranscriptStore> m_store;
    QString m_fileName;
    std::unique_ptr<QTemporaryDir> m_temporary;
    QThread m_thread;
    ConversationFileWriter *m_worker = nullptr; // lives in the thread and goes with its file
    qint64 m_conversation = 0;
    qint64 m_first = 1;
    qint64 m_next = 1;
    qint64 m_last = 0;
    qint64 m_count = 0; // of entries that were written
};
