// SPDX-License-Identifier: MIT
#pragma once

#include "entry.h"

#include <optional>

/*!
    An answer that is not the one that was expected.
*/
struct Difference
{
    /// How much of each side text() shows, in bytes of payload, and how much of it comes before the
    /// first byte that differs.
    static constexpr qsizetype maxShown = 200;
    static constexpr qsizetype maxShownBefore = 40;

    /// What the file has; nothing when the server sent more than it did then.
    std::optional<Entry> expected;
    /// What came; nothing when nothing did.
    std::optional<Entry> received;
    /// Which answer it is; the first of the file is 1.
    qint64 number = 0;
    /// Where the file has it, or the last message before it; the first line is 1.
    qint64 line = 0;

    /// Both sides, a line each, around where they differ; harmless and visible as with DisplayText.
    [[nodiscard]] QString text() const;

    /// Whether \a expected and \a received are the same answer: both text or both binary, and the
    /// same bytes.
    [[nodiscard]] static bool areEqual(const Entry &expected, const Entry &received);
};
