// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <QStringView>

/*!
    \a text in one harmless line for a log or a terminal.

    Control characters, invisible and bidirectional format characters, line separators, lone
    surrogates and the backslash become backslash escapes: \c \n, \c \x1b, \c \u{202e}. After \a
    maxLength characters (code points of \a text) an ellipsis stands for the rest.
*/
[[nodiscard]] QString escaped(QStringView text, qsizetype maxLength);

/// The same for a text of which parts are escaped already: it keeps backslashes, and is not cut.
[[nodiscard]] QString withoutControls(QStringView text);
