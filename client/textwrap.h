// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArrayView>
#include <QString>

/*!
    A piece of a UTF-8 text that fits into one row of a fixed font.
*/
struct TextWrap
{
    /// How many columns a tab goes on to a multiple of.
    static constexpr int tabColumns = 8;
    /// How many combining marks in a row take no column; a tower of more would be painted over
    /// other rows.
    static constexpr int maxMarks = 8;

    qsizetype end = 0; ///< where the rest begins
    int columns = 0; ///< how many the piece takes

    /// The piece that begins at \a from and takes at most \a columns, but at least one character.
    /// It ends before \a to, after a blank if there is one in its second half, and never within a
    /// character, nor before a combining mark.
    [[nodiscard]] static TextWrap next(QByteArrayView utf8, qsizetype from, qsizetype to,
                                       int columns);

    /// \a utf8 as it may be shown: harmless as DisplayText makes it, U+FFFD for what is not UTF-8,
    /// and blanks for tabs.
    [[nodiscard]] static QString shown(QByteArrayView utf8);
};
