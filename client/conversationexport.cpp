// SPDX-License-Identifier: MIT
#include "conversationexport.h"

#include "conversationfilewriter.h"
#include "typedpath.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QUrl>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

ConversationExport::ConversationExport(QObject *parent)
    : QObject(parent)
{
    m_thread.setObjectName("export"_L1);
}

ConversationExport::~ConversationExport()
{
    end();
    m_thread.quit();
    m_thread.wait();
}

qreal ConversationExport::progress() const
{
    return isRunning() && m_last >= m_first ? qreal(m_next - m_first) / qreal(m_last - m_first + 1)
                                            : 0;
}

void ConversationExport::start(TranscriptStore *store, int conversation, const QString &fileName,
                               bool replace)
{
    if (isRunning() || !store)
        return;
    const ConversationInfo info = store->conversation(conversation);
    if (info.id == 0) {
        Q_EMIT failed(u"Nothing is exported: the conversation is no longer there."_s, false);
        return;
    }
    m_store = store;
    m_fileName = pathFrom(fileName);
    m_conversation = conversation;
    m_first = m_next = store->firstSeq(conversation);
    m_last = store->lastSeq(conversation);
    m_count = 0;

    m_worker = new ConversationFileWriter(m_fileName, QUrl(info.server), replace);
    m_worker->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    connect(m_worker, &ConversationFileWriter::ready, this, &ConversationExport::writePiece);
    connect(m_worker, &ConversationFileWriter::finished, this, [this] {
        const QString count = m_count == 1 ? u"1 entry"_s : u"%L1 entries"_s.arg(m_count);
        end();
        Q_EMIT finished(m_fileName, u"Exported as %1 (%2)."_s.arg(shownPath(m_fileName), count));
    });
    connect(m_worker, &ConversationFileWriter::failed, this,
            [this](const QString &problem, bool exists) {
                end();
                Q_EMIT failed(u"Not exported as %1: %2."_s.arg(shownPath(m_fileName), problem),
                              exists);
            });
    m_thread.start();
    QMetaObject::invokeMethod(m_worker, &ConversationFileWriter::open, Qt::QueuedConnection);
    Q_EMIT runningChanged();
    Q_EMIT progressChanged();
}

void ConversationExport::startTemporary(TranscriptStore *store, int conversation)
{
    if (isRunning())
        return;
    m_temporary = std::make_unique<QTemporaryDir>();
    if (m_temporary->isValid())
        start(store, conversation, m_temporary->filePath(u"conversation.jsonl"_s));
    else
        Q_EMIT failed(u"There is no temporary folder: %1."_s.arg(m_temporary->errorString()),
                      false);
}

void ConversationExport::cancel()
{
    end();
}

QString ConversationExport::suggestedName() const
{
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::DownloadLocation);
    const QString stem = folder + "/awesome-chat "_L1
        + QDateTime::currentDateTime().toString(u"yyyy-MM-dd hh-mm-ss"_s);
    QString name = stem + ".jsonl"_L1;
    for (int i = 2; QFileInfo::exists(name); ++i)
        name = stem + u' ' + QString::number(i) + ".jsonl"_L1;
    return name;
}

/// Has the next entries written; the writer says when it is ready for more.
void ConversationExport::writePiece()
{
    QList<Entry> entries;
    qint64 bytes = 0;
    if (m_store)
        m_next = std::max(m_next, m_store->firstSeq(m_conversation)); // the oldest may have gone
    const int count = m_store ? int(std::clamp<qint64>(m_last - m_next + 1, 0, pieceEntries)) : 0;
    const QList<StoredEntry> rows =
        count > 0 ? m_store->read(m_conversation, m_next, count) : QList<StoredEntry>();
    for (const StoredEntry &row : rows) {
        if (!entries.isEmpty() && bytes + row.size > pieceBytes)
            break;
        entries += row;
        if (row.cut())
            entries.last().payload = m_store->payload(m_conversation, row.seq);
        bytes += row.size;
        m_next = row.seq + 1;
    }
    m_count += entries.size();
    if (entries.isEmpty() && m_next <= m_last) {
        // Half of it would look like all of it.
        end();
        Q_EMIT failed(u"Not exported as %1: the conversation cannot be read any more."_s.arg(
                          shownPath(m_fileName)),
                      false);
        return;
    }
    if (entries.isEmpty()) {
        QMetaObject::invokeMethod(m_worker, &ConversationFileWriter::finish, Qt::QueuedConnection);
    } else {
        QMetaObject::invokeMethod(
            m_worker, [worker = m_worker, entries] { worker->write(entries); },
            Qt::QueuedConnection);
    }
    Q_EMIT progressChanged();
}

void ConversationExport::end()
{
    if (!m_worker)
        return;
    m_worker->disconnect(this);
    m_worker->deleteLater(); // with it, what is not finished
    m_worker = nullptr;
    Q_EMIT runningChanged();
    Q_EMIT progressChanged();
}
