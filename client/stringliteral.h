// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

enum class Language { JavaScript, Python, Cpp };

/*!
    \a text in double quotes, on one line, as a literal that means it in \a language (JavaScript is
    that of QML too). Characters that cannot be seen are escaped; other letters stay as they are.
    What is not Unicode (half a surrogate pair) becomes a question mark.
*/
[[nodiscard]] QString stringLiteral(const QString &text, Language language);
