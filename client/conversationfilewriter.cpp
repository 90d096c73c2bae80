// SPDX-License-Identifier: MIT
#include "conversationfilewriter.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

ConversationFileWriter::ConversationFileWriter(const QString &fileName, const QUrl &server,
                                               bool replace)
    : m_server(server)
    , m_replace(replace)
{
    m_file.setFileName(fileName);
}

void ConversationFileWriter::open()
{
    if (isTaken())
        return;
    const QFileInfo info(m_file.fileName());
    if (info.exists() && !info.isFile())
        Q_EMIT failed(u"that is no ordinary file"_s, false);
    else if (!QDir().mkpath(info.path()) || !m_file.open(QIODevice::WriteOnly)
             || !m_writer.writeHeader(m_server))
        Q_EMIT failed(m_file.errorString(), false);
    else
        Q_EMIT ready();
}

void ConversationFileWriter::write(const QList<Entry> &entries)
{
    const bool isWritten = std::all_of(entries.begin(), entries.end(), [this](const Entry &entry) {
        return m_writer.write(entry);
    });
    if (isWritten)
        Q_EMIT ready();
    else
        Q_EMIT failed(m_file.errorString(), false);
}

void ConversationFileWriter::finish()
{
    if (isTaken())
        return;
    if (m_file.commit())
        Q_EMIT finished();
    else
        Q_EMIT failed(m_file.errorString(), false);
}

bool ConversationFileWriter::isTaken()
{
    // A link that leads nowhere is somebody's, too.
    const QFileInfo info(m_file.fileName());
    if (m_replace || (!info.exists() && !info.isSymLink()))
        return false;
    Q_EMIT failed(u"there is such a file already"_s, true);
    return true;
}
