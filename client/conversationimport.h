// SPDX-License-Identifier: MIT
#pragma once

#include "entry.h"
#include "transcriptstore.h"

#include <QObject>
#include <QThread>
#include <QtQml/qqmlregistration.h>

#include <memory>

class ConversationFileReader;
class QTemporaryDir;

/*!
    Opens a conversation's file to be read: fills a store of its own with it, which is in a
   temporary file. The file itself is never changed; docs/conversation-format.md tells of the
   format.

    The lines are read by a thread of its own, and go to the store in pieces. Where a line is wrong,
    the entries before it are there.
*/
class ConversationImport : public QObject
{
    Q_OBJECT
    QML_ELEMENT

    /// The file that was opened last, and how it may be shown; empty: none.
    Q_PROPERTY(QString fileName READ fileName NOTIFY fileNameChanged FINAL)
    Q_PROPERTY(QString title READ title NOTIFY fileNameChanged FINAL)
    /// Where its entries are, and as which conversation; 0 while it is being read, and when there
    /// is none.
    Q_PROPERTY(TranscriptStore *store READ store NOTIFY storeChanged FINAL)
    Q_PROPERTY(int conversation READ conversation NOTIFY conversationChanged FINAL)
    Q_PROPERTY(bool running READ isRunning NOTIFY runningChanged FINAL)
    /// How much of the file has been read, 0 to 1.
    Q_PROPERTY(qreal progress READ progress NOTIFY progressChanged FINAL)
    /// What is wrong with the file, in a sentence with the number of the line; or empty.
    Q_PROPERTY(QString error READ error NOTIFY errorChanged FINAL)

public:
    explicit ConversationImport(QObject *parent = nullptr);
    ~ConversationImport() override;

    [[nodiscard]] QString fileName() const { return m_fileName; }
    [[nodiscard]] QString title() const;
    [[nodiscard]] TranscriptStore *store() const { return m_store.get(); }
    [[nodiscard]] int conversation() const { return isRunning() ? 0 : int(m_conversation); }
    [[nodiscard]] bool isRunning() const { return m_worker != nullptr; }
    [[nodiscard]] qreal progress() const { return m_progress; }
    [[nodiscard]] QString error() const { return m_error; }

    /// Closes what is open, and begins to read \a fileName, which may be a local file's URL.
    Q_INVOKABLE void open(const QString &fileName);
    /// Forgets it.
    Q_INVOKABLE void close();

Q_SIGNALS:
    void fileNameChanged();
    void storeChanged();
    void conversationChanged();
    void runningChanged();
    void progressChanged();
    void errorChanged();
    /// All is read that can be; see error and conversation.
    void finished();

private:
    void add(const QList<Entry> &entries, const QString &server, qreal progress);
    void end(const QString &error);

    QString m_fileName;
    QString m_error;
    std::unique_ptr<QTemporaryDir> m_folder; // of the store
    std::unique_ptr<TranscriptStore> m_store;
    QThread m_thread;
    ConversationFileReader *m_worker = nullptr; // lives in the thread
    qint64 m_conversation = 0;
    qreal m_progress = 0;
};
