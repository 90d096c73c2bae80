// SPDX-License-Identifier: MIT
#include "conversationimport.h"

#include "conversationfilereader.h"
#include "typedpath.h"

#include <QFileInfo>
#include <QTemporaryDir>

#include <limits>
#include <utility>

using namespace Qt::Literals::StringLiterals;

ConversationImport::ConversationImport(QObject *parent)
    : QObject(parent)
{
    m_thread.setObjectName("import"_L1);
}

ConversationImport::~ConversationImport()
{
    close();
    m_thread.quit();
    m_thread.wait();
}

QString ConversationImport::title() const
{
    return shownPath(QFileInfo(m_fileName).fileName());
}

void ConversationImport::open(const QString &fileName)
{
    close();
    m_fileName = pathFrom(fileName);
    Q_EMIT fileNameChanged();

    m_folder = std::make_unique<QTemporaryDir>();
    if (!m_folder->isValid()) {
        end(u"There is no temporary folder: %1."_s.arg(m_folder->errorString()));
        return;
    }
    m_store = std::make_unique<TranscriptStore>(m_folder->filePath(u"conversation.sqlite"_s));
    // What is opened is shown, all of it; and it goes to the disk, or not at all.
    m_store->setMaxBytes(std::numeric_limits<qint64>::max());
    connect(m_store.get(), &TranscriptStore::trouble, this, &ConversationImport::end);
    connect(m_store.get(), &TranscriptStore::backlogged, this, [this](bool isBacklogged) {
        if (m_worker && !isBacklogged)
            QMetaObject::invokeMethod(m_worker, &ConversationFileReader::readOn);
    });
    Q_EMIT storeChanged();

    m_worker = new ConversationFileReader(m_fileName);
    m_worker->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    connect(m_worker, &ConversationFileReader::read, this, &ConversationImport::add);
    connect(m_worker, &ConversationFileReader::finished, this, &ConversationImport::end);
    m_thread.start();
    QMetaObject::invokeMethod(m_worker, &ConversationFileReader::open, Qt::QueuedConnection);
    Q_EMIT runningChanged();
}

void ConversationImport::add(const QList<Entry> &entries, const QString &server, qreal progress)
{
    if (m_conversation == 0)
        m_conversation = m_store->newConversation(server);
    for (const Entry &entry : entries)
        m_store->append(m_conversation, entry);
    m_progress = progress;
    Q_EMIT progressChanged();
    if (m_worker && !m_store->isBacklogged())
        QMetaObject::invokeMethod(m_worker, &ConversationFileReader::readOn);
}

void ConversationImport::end(const QString &error)
{
    m_error = shownPath(error);
    if (m_worker) {
        m_worker->disconnect(this);
        m_worker->deleteLater();
        m_worker = nullptr;
        Q_EMIT runningChanged();
    }
    Q_EMIT errorChanged();
    Q_EMIT conversationChanged();
    Q_EMIT finished();
}

void ConversationImport::close()
{
    if (m_worker) {
        m_worker->stop();
        m_worker->disconnect(this);
        m_worker->deleteLater();
        m_worker = nullptr;
        Q_EMIT runningChanged();
    }
    if (const qint64 conversation = std::exchange(m_conversation, 0); conversation != 0) {
        Q_EMIT conversationChanged();
        m_store->removeConversation(conversation); // else its last entries would be written first
    }
    if (m_store) {
        // Whoever has it is told before it goes.
        const std::unique_ptr<TranscriptStore> store = std::move(m_store);
        Q_EMIT storeChanged();
    }
    m_folder.reset();
    m_progress = 0;
    m_error.clear();
    m_fileName.clear();
    Q_EMIT errorChanged();
    Q_EMIT fileNameChanged();
}
