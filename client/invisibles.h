// SPDX-License-Identifier: MIT
#pragma once

#include <QStringList>
#include <QStringView>

/*!
    What is in \a text and cannot be seen, or not for what it is: a blank or a line feed at its
    beginning or end, special blanks, controls, what takes no room, and half a character. A few
    words for each kind, such as "no-break space (U+00A0) at 1:5": line and column of the first
    one, counted from 1, the columns in characters.
*/
[[nodiscard]] QStringList invisiblesIn(QStringView text);

/// How many blanks, and tabs, are at the end of \a text.
[[nodiscard]] int trailingBlanks(QStringView text);
