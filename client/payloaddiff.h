// SPDX-License-Identifier: MIT
#pragma once

#include "jsonlines.h"

/*!
    What differs between two JSON messages of the same shape.

    Values are compared by their paths, not lines by their text: a member of an object with the
    member of the same key, wherever it stands (the second of that key with the second), an element
    of an array with the element of the same index. Keys and values are compared as they are
    written: 1 and 1.0 differ.
*/
class PayloadDiff
{
public:
    /// Messages with more lines than this are not compared.
    static constexpr int maxLines = 100'000;

    /// A line to be shown.
    struct Line
    {
        int line = 0; ///< in the message, or in the one before when it was removed
        int last = 0; ///< the line of the difference that ends this object or array
        int former = -1; ///< the line before, of a value that changed
        PayloadType::Change change = PayloadType::Same;
    };

    /// Whether both are objects with the same keys, and values of the same type under each; or
    /// arrays as long as each other, with elements of the same types; or other values of the same
    /// type. null has any type, for many a value is optional. What is within is not looked at.
    [[nodiscard]] static bool sameShape(const JsonLines &now, const JsonLines &before);

    PayloadDiff() = default;
    /// Compares two messages of the same shape.
    PayloadDiff(const JsonLines &now, const JsonLines &before);

    /// The lines of the message, and those removed at the places where they were.
    [[nodiscard]] const QList<Line> &lines() const { return m_lines; }
    /// How many values were added, removed or changed; one with all that is within counts once.
    [[nodiscard]] int changeCount() const { return m_changeCount; }

private:
    QList<Line> m_lines;
    int m_changeCount = 0;
};
