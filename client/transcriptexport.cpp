// SPDX-License-Identifier: MIT
// What leaves the transcript: to the clipboard and to files.
#include "transcript.h"

#include "conversationfile.h"
#include "transcriptstore.h"
#include "utf8.h"

#include <QBuffer>
#include <QClipboard>
#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStandardPaths>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace {

/// How far back to look for the message before one that went the same way.
constexpr int maxLookBack = 256;

/// What messages have in common that are compared with each other: the keys of a JSON object; none
/// where it is no such, or too large to look.
QStringList shapeOf(const QByteArray &payload)
{
    constexpr qsizetype maxLooked = 64 * 1024;
    return payload.size() > maxLooked ? QStringList()
                                      : QJsonDocument::fromJson(payload).object().keys();
}

/// Not QString::fromUtf8(), which leaves out a byte order mark.
QString textIn(const QByteArray &payload)
{
    return decodedUtf8(payload).value_or(QString::fromUtf8(payload));
}

QString asText(const Entry &entry)
{
    return entry.kind == Entry::Binary ? QString::fromLatin1(entry.payload.toHex(' '))
                                       : textIn(entry.payload);
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

bool Transcript::isMessage(qint64 seq) const
{
    const StoredEntry entry = m_pages.entry(seq);
    return entry.seq != 0 && entry.direction != Entry::Local;
}

QByteArray Transcript::previousPayloadOf(qint64 seq) const
{
    const StoredEntry entry = m_pages.entry(seq);
    const QStringList shape = shapeOf(payloadOf(seq));
    const int row = rowOf(seq);
    const qint64 first = row == -1 ? seq : m_rows.at(row).first(); // not one that is equal
    for (qint64 i = first - 1; i > 0 && i >= first - maxLookBack; --i) {
        const StoredEntry one = m_pages.entry(i);
        if (one.direction != entry.direction || one.kind != entry.kind)
            continue;
        const QByteArray payload = wholeEntryOf(i).payload;
        if (shapeOf(payload) == shape)
            return payload;
    }
    return {};
}

QString Transcript::textOf(qint64 seq) const
{
    return textIn(payloadOf(seq));
}

bool Transcript::copyRows(qint64 firstSeq, qint64 lastSeq, CopyFormat format)
{
    QByteArray json;
    QBuffer buffer(&json);
    buffer.open(QIODevice::WriteOnly);
    ConversationWriter writer(buffer);
    QString text;
    qint64 bytes = 0;
    const auto copy = [&](qint64 seq) {
        bytes += m_pages.entry(seq).size;
        if (bytes > maxCopyBytes)
            return false;
        const StoredEntry one = wholeEntryOf(seq);
        if (format == JsonLines)
            return writer.write(one);
        if (format == Rows)
            text += one.time.toLocalTime().toString(u"yyyy-MM-dd hh:mm:ss.zzz "_s) + one.prefix()
                + u' ';
        text += asText(one) + u'\n';
        return true;
    };
    auto [oldest, newest] = std::minmax({firstSeq, lastSeq});
    bool isWhole = true;
    if (m_finder.isHiding()) {
        const auto &hits = m_finder.hits();
        for (auto hit = hits.crbegin(); hit != hits.crend() && isWhole; ++hit)
            isWhole = *hit < oldest || *hit > newest || copy(*hit);
    } else {
        // A row that stands for several entries is chosen as a whole.
        if (const int row = rowOf(oldest); row != -1)
            oldest = m_rows.at(row).first();
        if (const int row = rowOf(newest); row != -1)
            newest = m_rows.at(row).seq;
        for (qint64 seq = oldest; seq <= newest && isWhole; ++seq)
            isWhole = copy(seq);
    }
    if (!isWhole) {
        setNotice(tr("Not copied: this is more than %L1 MiB. Export the conversation instead.")
                      .arg(maxCopyBytes / 1024 / 1024));
        return false;
    }
    if (format != JsonLines)
        text.chop(1);
    QGuiApplication::clipboard()->setText(format == JsonLines ? QString::fromUtf8(json) : text);
    return true;
}

void Transcript::copyPayload(qint64 seq) const
{
    const StoredEntry entry = wholeEntryOf(seq);
    if (entry.seq == 0)
        return;
    QGuiApplication::clipboard()->setText(asText(entry));
}

QString Transcript::savePayload(qint64 seq) const
{
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::DownloadLocation);
    QDir().mkpath(folder);
    const StoredEntry entry = m_pages.entry(seq);
    if (entry.seq == 0)
        return tr("Not saved: the message is no longer there.");
    const QString name = u"awesome-chat %1 %2.%3"_s.arg(
        entry.time.toLocalTime().toString(u"yyyy-MM-dd hh-mm-ss-zzz"_s), QString::number(seq),
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
