// SPDX-License-Identifier: MIT
#include "transcriptquery.h"

#include <QChar>

#include <algorithm>
#include <string>

namespace {

/// Folding takes several times the memory of what is folded.
constexpr qsizetype pieceBytes = 1024 * 1024;

/// Where the character begins that \a place in UTF-8 is within, or \a place where one begins.
qsizetype characterStart(QByteArrayView text, qsizetype place)
{
    const auto byte = [&](qsizetype at) { return static_cast<unsigned char>(text[at]); };
    for (qsizetype start = place - 1; start >= 0 && start > place - 4; --start) {
        if ((byte(start) & 0xc0) == 0x80)
            continue;
        const int length = byte(start) < 0xc0 ? 1
            : byte(start) < 0xe0              ? 2
            : byte(start) < 0xf0              ? 3
                                              : 4;
        return start + length > place ? start : place;
    }
    return place;
}

} // namespace

EntryMatcher::EntryMatcher(const TranscriptQuery &query)
    : m_query(query)
    , m_text(folded(query.text.toUtf8()))
{
}

bool EntryMatcher::matches(const Entry &entry) const
{
    return accepts(entry.direction, entry.kind) && contains(entry.payload);
}

bool EntryMatcher::accepts(Entry::Direction direction, Entry::Kind kind) const
{
    return (m_query.directions.isEmpty() || m_query.directions.contains(direction))
        && (m_query.kinds.isEmpty() || m_query.kinds.contains(kind));
}

bool EntryMatcher::contains(QByteArrayView payload) const
{
    if (m_query.text.isEmpty())
        return true;
    if (payload.size() <= pieceBytes)
        return m_text.indexIn(folded(payload)) != -1;
    Pieces pieces(*this);
    for (; payload.size() > pieceBytes; payload = payload.sliced(pieceBytes)) {
        if (pieces.contains(payload.first(pieceBytes), false))
            return true;
    }
    return pieces.contains(payload, true);
}

bool EntryMatcher::Pieces::contains(QByteArrayView piece, bool isLast)
{
    m_before += piece;
    const QByteArrayView all(m_before);
    const qsizetype whole = isLast ? all.size() : characterStart(all, all.size());
    if (m_matcher.m_text.indexIn(folded(all.first(whole))) != -1)
        return true;
    // What the text may need of it: no character has more than four bytes, folded or not.
    const qsizetype overlap = 4 * m_matcher.m_query.text.size();
    m_before.remove(0, characterStart(all, std::max<qsizetype>(0, whole - overlap)));
    return false;
}

QByteArray EntryMatcher::folded(QByteArrayView payload)
{
    QByteArray result(payload.size(), Qt::Uninitialized);
    char *to = result.data();
    char seen = 0;
    for (const char c : payload) {
        seen |= c;
        *to++ = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    }
    const bool ascii = (seen & '\x80') == 0;
    if (ascii)
        return result;

    // As Qt compares without case: each character by itself, so that nothing grows ("ß" stays).
    std::u32string characters = QString::fromUtf8(payload).toStdU32String();
    for (char32_t &character : characters)
        character = QChar::toCaseFolded(character);
    return QString::fromStdU32String(characters).toUtf8();
}
