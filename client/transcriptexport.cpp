// SPDX-License-Identifier: MIT
// What leaves the transcript: to the clipboard and to files.
#include "transcript.h"

#include "transcriptstore.h"

#include <QClipboard>
#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QStandardPaths>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace {

/// How far back to look for the message before one that went the same way.
constexpr int maxLookBack = 256;

QString asText(const Entry &entry)
{
    return entry.kind == Entry::Binary ? QString::fromLatin1(entry.payload.toHex(' '))
                                       : QString::fromUtf8(entry.payload);
}

} // namespace

QByteArray Transcript::payloadOf(qint64 seq) const
{
    return m_store ? m_store->payload(m_conversation, seq) : QByteArray();
}

bool Transcript::isBinary(qint64 seq) const
{
    return m_pages.entry(seq).kind == Entry::Binary;
}

QByteArray Transcript::previousPayloadOf(qint64 seq) const
{
    const Entry::Direction direction = m_pages.entry(seq).direction;
    for (qint64 i = seq - 1; i > 0 && i >= seq - maxLookBack; --i) {
        if (m_pages.entry(i).direction == direction)
            return payloadOf(i);
    }
    return {};
}

QString Transcript::text(int first, int last, bool withPrefixes, bool withTimes) const
{
    QString result;
    for (int row = std::min(last, count() - 1); row >= std::max(first, 0); --row) {
        const StoredEntry one = wholeEntry(row);
        if (withTimes)
            result += one.time.toString(u"yyyy-MM-dd hh:mm:ss.zzz "_s);
        if (withPrefixes)
            result += one.prefix() + u' ';
        result += asText(one) + u'\n';
    }
    result.chop(1);
    return result;
}

void Transcript::copyRows(qint64 firstSeq, qint64 lastSeq) const
{
    const int oldest = rowOf(std::min(firstSeq, lastSeq));
    const int newest = rowOf(std::max(firstSeq, lastSeq));
    if (oldest != -1 && newest != -1)
        QGuiApplication::clipboard()->setText(text(newest, oldest, true, false));
}

void Transcript::copyPayload(qint64 seq) const
{
    Entry entry = m_pages.entry(seq);
    entry.payload = payloadOf(seq);
    QGuiApplication::clipboard()->setText(asText(entry));
}

QString Transcript::savePayload(qint64 seq) const
{
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::DownloadLocation);
    QDir().mkpath(folder);
    const StoredEntry entry = m_pages.entry(seq);
    const QString name = u"awesome-chat %1 %2.%3"_s.arg(
        entry.time.toString(u"yyyy-MM-dd hh-mm-ss-zzz"_s), QString::number(seq),
        entry.kind == Entry::Binary ? u"bin"_s : u"txt"_s);
    QFile file(folder + u'/' + name);
    // One that is there already is somebody's.
    const QByteArray payload = payloadOf(seq);
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly)
        || file.write(payload) != payload.size() || !file.flush()) {
        return u"Not saved as %1: %2."_s.arg(file.fileName(), file.errorString());
    }
    return u"Saved as %1"_s.arg(file.fileName());
}
