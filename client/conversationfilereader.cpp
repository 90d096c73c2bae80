// SPDX-License-Identifier: MIT
#include "conversationfilereader.h"

#include "address.h"

#include <QFileInfo>

using namespace Qt::Literals::StringLiterals;

ConversationFileReader::ConversationFileReader(const QString &fileName)
{
    m_file.setFileName(fileName);
}

void ConversationFileReader::open()
{
    // A pipe may never say anything, nor end.
    const QFileInfo info(m_file.fileName());
    if (info.exists() && !info.isFile())
        Q_EMIT finished(u"“%1” is no ordinary file."_s.arg(m_file.fileName()));
    else if (!m_file.open(QIODevice::ReadOnly))
        Q_EMIT finished(u"“%1” cannot be read: %2."_s.arg(m_file.fileName(), m_file.errorString()));
    else
        readOn();
}

void ConversationFileReader::readOn()
{
    QList<Entry> entries;
    qint64 bytes = 0;
    while (!m_isStopped && entries.size() < pieceEntries && bytes < pieceBytes) {
        const std::optional<Entry> entry = m_reader.next();
        if (!entry)
            break;
        entries += *entry;
        bytes += entry->payload.size();
    }
    const bool isOver = entries.size() < pieceEntries && bytes < pieceBytes;
    // The first piece tells of the server, even where there is no entry.
    if (!entries.isEmpty() || m_reader.error().isEmpty()) {
        const qint64 size = m_file.size();
        Q_EMIT read(entries, addressText(m_reader.server()),
                    isOver || size == 0 ? 1 : qreal(m_reader.position()) / qreal(size));
    }
    if (isOver)
        Q_EMIT finished(m_reader.error());
}
