// SPDX-License-Identifier: MIT
#include "displaytext.h"

#include "codepoint.h"
#include "entry.h"
#include "utf8.h"

#include <algorithm>
#include <limits>
#include <optional>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype unlimited = std::numeric_limits<qsizetype>::max();
constexpr qsizetype maxBytesPerCodePoint = 4;

void appendVisible(QString &text, char32_t c)
{
    constexpr char32_t controlPictures = 0x2400;
    constexpr char32_t pictureOfDelete = 0x2421;
    if (c == U'\n' || c == U'\t')
        text += QChar(char16_t(c));
    else if (c < 0x20)
        text += QChar(char16_t(controlPictures + c));
    else if (c == 0x7f)
        text += QChar(char16_t(pictureOfDelete));
    else if (DisplayText::needsMark(c))
        text += u'⟨' + codePointName(c) + u'⟩';
    else
        text += QString::fromUcs4(&c, 1);
}

bool isPlainText(QStringView text)
{
    return std::none_of(text.begin(), text.end(), [](QChar c) {
        return (c < u' ' && c != u'\n' && c != u'\t' && c != u'\r') || c == QChar(0x7f);
    });
}

DisplayText shown(const Entry &entry, qsizetype maxLength, qsizetype maxLines)
{
    // Only what can be shown is looked at: a message may have megabytes. A payload that is just as
    // long may have been cut by whoever read it, within a code point too.
    const bool isLong = maxLength <= entry.payload.size() / maxBytesPerCodePoint;
    const QByteArrayView bytes =
        QByteArrayView(entry.payload)
            .first(isLong ? maxLength * maxBytesPerCodePoint : entry.payload.size());

    const std::optional<QString> text =
        decodedUtf8(bytes, isLong ? Utf8End::Anywhere : Utf8End::Complete);
    if (text && (entry.kind != Entry::Binary || isPlainText(*text))) {
        DisplayText result = DisplayText::visible(*text, maxLength, maxLines);
        result.cut = result.cut || isLong;
        return result;
    }

    constexpr qsizetype unitsPerByte = 3; // two digits and a blank
    const qsizetype count = std::min(bytes.size(), maxLength / unitsPerByte);
    return {QString::fromLatin1(bytes.first(count).toByteArray().toHex(' ')),
            count < entry.payload.size()};
}

} // namespace

bool DisplayText::needsMark(char32_t c)
{
    switch (c) {
    case 0x200c: // joiners: scripts and emoji need them
    case 0x200d:
        return false;
    case 0x034f: // characters that are letters or marks by name, and are not seen
    case 0x115f:
    case 0x1160:
    case 0x17b4:
    case 0x17b5:
    case 0x3164:
    case 0xffa0:
        return true;
    default:
        break;
    }
    if (c >= 0xe0100 && c <= 0xe01ef) // variation selectors that no font of today needs
        return true;
    switch (QChar::category(c)) {
    case QChar::Other_Control: // C1; C0 has pictures
    case QChar::Other_Format: // bidirectional controls, tags, what takes no room
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        return true;
    default:
        return false;
    }
}

DisplayText DisplayText::visible(QStringView text, qsizetype length, qsizetype lines)
{
    DisplayText result;
    qsizetype line = 1;
    qsizetype shown = 0;
    for (qsizetype i = 0; i < text.size();) {
        const char32_t c = codePointAt(text, i);
        const qsizetype units = QChar::requiresSurrogates(c) ? 2 : 1;
        if (c == U'\n')
            ++line;
        if (shown + units > length || line > lines) {
            result.cut = true;
            break;
        }
        appendVisible(result.text, c);
        shown += units;
        i += units;
    }
    return result;
}

DisplayText DisplayText::of(const Entry &entry)
{
    return shown(entry, maxLength, maxLines);
}

QString DisplayText::whole(const Entry &entry)
{
    return shown(entry, unlimited, unlimited).text;
}
