// SPDX-License-Identifier: MIT
#pragma once

#include "entry.h"

#include <QByteArray>
#include <QByteArrayMatcher>
#include <QList>
#include <QString>

/*!
    What to look for in a transcript: entries that contain \c text, and are of one of the
    \c directions and one of the \c kinds. What is empty does not matter.
*/
struct TranscriptQuery
{
    /// As QString::contains(text, Qt::CaseInsensitive) in the payload, read as UTF-8.
    QString text;
    QList<Entry::Direction> directions;
    QList<Entry::Kind> kinds;
};

/*!
    Says of entries whether a query looks for them.

    TranscriptStore::search() looks at what is there when it is called; with this one can look at
    what comes in afterwards.
*/
class EntryMatcher
{
public:
    explicit EntryMatcher(const TranscriptQuery &query);

    /// Whether \a entry, with its whole payload, is looked for.
    [[nodiscard]] bool matches(const Entry &entry) const;
    /// Whether entries of that direction and kind are looked for at all.
    [[nodiscard]] bool accepts(Entry::Direction direction, Entry::Kind kind) const;
    /// Whether the query's text is in \a payload.
    [[nodiscard]] bool contains(QByteArrayView payload) const;

    /// The same for a payload that comes in pieces. All but the last have more follow.
    class Pieces
    {
    public:
        explicit Pieces(const EntryMatcher &matcher)
            : m_matcher(matcher)
        {
        }
        /// Whether the text is in what has come so far, as far as it does not depend on the rest.
        [[nodiscard]] bool contains(QByteArrayView piece, bool isLast);

    private:
        const EntryMatcher &m_matcher;
        QByteArray m_before; // the end of the pieces before, where the text may have begun
    };

    /// \a payload without the difference between upper and lower case, in UTF-8; what is not
    /// UTF-8 has become U+FFFD. One text contains another when it does so folded.
    [[nodiscard]] static QByteArray folded(QByteArrayView payload);
    /// The query's text, folded.
    [[nodiscard]] QByteArray foldedText() const { return m_text.pattern(); }
    [[nodiscard]] const TranscriptQuery &query() const { return m_query; }

private:
    TranscriptQuery m_query;
    QByteArrayMatcher m_text;
};
