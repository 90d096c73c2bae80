// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArrayView>
#include <QString>

/// The character that begins at \a at, which is inside \a utf16: half of one where the other half
/// is not there. It takes two units where it is above U+FFFF.
[[nodiscard]] char32_t codePointAt(QStringView utf16, qsizetype at);

/// "U+202E".
[[nodiscard]] QString codePointName(char32_t c);

/*!
    One character of a UTF-8 text, looked at where it stands, without decoding the rest.
*/
struct CodePoint
{
    /// The character; U+FFFD where there is none.
    char32_t value = 0xfffd;
    /// How many bytes it takes; 1 for a byte that begins no well-formed character.
    int bytes = 1;
    bool valid = false;

    /// The one that begins at \a at, which is inside \a utf8 (Unicode, table 3-7).
    [[nodiscard]] static CodePoint at(QByteArrayView utf8, qsizetype at);

    /// How many columns of a fixed font its DisplayText takes at most: 0 for a combining mark, 2
    /// for a wide letter. A guess, for fonts have the last word; tabs are the caller's.
    [[nodiscard]] int columns() const;
};
