// SPDX-License-Identifier: MIT
#include "difference.h"

#include "displaytext.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace {

/// Where the code point begins that the byte at \a place of \a bytes belongs to, were it UTF-8.
qsizetype codePointAt(const QByteArray &bytes, qsizetype place)
{
    constexpr qsizetype maxContinuation = 3;
    const qsizetype first = std::max<qsizetype>(place - maxContinuation, 0);
    for (qsizetype i = place; i > first && i < bytes.size(); --i) {
        if ((bytes.at(i) & 0xc0) != 0x80)
            return i;
    }
    return place == bytes.size() ? place : first;
}

/// `text, 5 bytes: “hello”`, of which what is around \a place is shown.
QString side(const std::optional<Entry> &entry, qsizetype place)
{
    if (!entry)
        return u"nothing"_s;
    const QByteArray &bytes = entry->payload;
    const qsizetype begin = codePointAt(
        bytes, std::clamp<qsizetype>(place - Difference::maxShownBefore, 0, bytes.size()));
    const qsizetype end = codePointAt(bytes, std::min(begin + Difference::maxShown, bytes.size()));
    Entry part = *entry;
    part.payload = bytes.sliced(begin, end - begin);
    QString shown = DisplayText::whole(part);
    // Each side is one line, with every blank at its end to be seen.
    shown.replace(u'\n', u'␊').replace(u'\t', u'␉');
    return u"%1, %2 bytes: %3“%4”%5"_s.arg(
        entry->kind == Entry::Binary ? u"binary"_s : u"text"_s, QString::number(bytes.size()),
        begin > 0 ? u"… "_s : QString(), shown, end < bytes.size() ? u" …"_s : QString());
}

} // namespace

QString Difference::text() const
{
    qsizetype place = 0;
    if (expected && received) {
        const auto [theirs, ours] =
            std::mismatch(expected->payload.begin(), expected->payload.end(),
                          received->payload.begin(), received->payload.end());
        place = std::distance(expected->payload.begin(), theirs);
    }
    return u"expected: %1\nreceived: %2"_s.arg(side(expected, place), side(received, place));
}

bool Difference::areEqual(const Entry &expected, const Entry &received)
{
    return expected.kind == received.kind && expected.payload == received.payload;
}
