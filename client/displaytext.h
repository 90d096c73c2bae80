// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

struct Entry;

/*!
    An entry's payload as it may be shown: harmless and visible, whatever a stranger put into it.

    Control characters become their pictures (ESC is \c ␛), characters that turn the direction of
    writing or take no room become marks (\c ⟨U+202E⟩). Line feeds and tabs stay. A binary payload
   is shown as text where it is text, else as hexadecimal bytes.
*/
struct DisplayText
{
    /// How much of a message a row shows, in UTF-16 code units and in lines: laying out more of it
    /// would stop the window (1 M letters without a blank: over 40 s).
    static constexpr qsizetype maxLength = 4096;
    static constexpr qsizetype maxLines = 100;

    QString text;
    /// Whether \c text is only the payload's beginning.
    bool cut = false;

    /// The beginning of \a entry, at most maxLength units and maxLines lines of it.
    [[nodiscard]] static DisplayText of(const Entry &entry);
    /// The beginning of \a text, at most \a length units and \a lines lines of it.
    [[nodiscard]] static DisplayText visible(QStringView text, qsizetype length = maxLength,
                                             qsizetype lines = maxLines);
    /// \a text on one line, for a sentence that quotes it.
    [[nodiscard]] static QString quoted(const QString &text)
    {
        return visible(text.simplified()).text;
    }
    /// Whether \a c, printed as it is, could hide, reorder or take no room at all.
    [[nodiscard]] static bool needsMark(char32_t c);
    /// All of \a entry.
    [[nodiscard]] static QString whole(const Entry &entry);
};
