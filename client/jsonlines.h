// SPDX-License-Identifier: MIT
#pragma once

#include "payloadrow.h"

#include <QByteArray>
#include <QList>

#include <limits>
#include <optional>

/*!
    A JSON text (RFC 8259) laid out in lines: one for each value, and one for the end of each object
    and array that is not empty.

    Nothing is interpreted: members keep their order, keys may come twice, and numbers and strings
    stay as they are written (1.0, 1e400, -0, "\u00e9"). Nothing is tolerated either: what RFC 8259
    does not allow is a problem. The time is linear in the text, and nesting is counted, not
   recursed into.
*/
class JsonLines
{
public:
    /// How deep objects and arrays may nest; QJsonDocument has the same limit.
    static constexpr int maxDepth = 1024;
    /// How many lines are kept for show; those beyond are read, checked and counted.
    static constexpr int defaultMaxLines = 1'000'000;

    enum class Kind : quint8 { Object, Array, End, String, Number, Keyword };

    /// Where a line's words are in the text.
    struct Line
    {
        quint32 keyAt = 0;
        quint32 keySize = 0; ///< with its quotes; 0 where there is no key
        quint32 valueAt = 0;
        quint32 valueSize = 0; ///< of an object or an array only the bracket
        int last = 0; ///< the line that ends an object or an array, maybe beyond the lines kept
        int members = 0; ///< of an object or an array
        quint16 depth = 0;
        Kind kind = Kind::Keyword;
        bool comma = false;

        [[nodiscard]] bool opens() const
        {
            return (kind == Kind::Object || kind == Kind::Array) && members > 0;
        }
        [[nodiscard]] quint32 keyEnd() const { return keyAt + keySize; }
        [[nodiscard]] quint32 valueEnd() const { return valueAt + valueSize; }
    };

    /// Why a text is not JSON; line and column count from 1, columns in characters.
    struct Problem
    {
        QString reason;
        qsizetype line = 1;
        qsizetype column = 1;
    };

    JsonLines() = default;
    /// Reads \a text, at most 2 GiB of UTF-8.
    explicit JsonLines(const QByteArray &text, int maxLines = defaultMaxLines);

    /// What is wrong with the text; nothing when it is JSON.
    [[nodiscard]] const std::optional<Problem> &problem() const { return m_problem; }
    /// The lines for show; none when the text is not JSON.
    [[nodiscard]] const QList<Line> &lines() const { return m_lines; }
    /// How many lines there are, shown or not.
    [[nodiscard]] int lineCount() const { return m_lineCount; }
    [[nodiscard]] const QByteArray &text() const { return m_text; }

    /// The words of \a line, as far as they come from the bytes from \a from to before \a to.
    [[nodiscard]] QList<PayloadSpan> spans(int line, quint32 from = 0,
                                           quint32 to = std::numeric_limits<quint32>::max()) const;
    /// The bracket that ends the object or array of \a line.
    [[nodiscard]] QChar closingBracket(int line) const;

private:
    QByteArray m_text;
    QList<Line> m_lines;
    std::optional<Problem> m_problem;
    int m_lineCount = 0;
};
