// SPDX-License-Identifier: MIT
#pragma once

#include "entry.h"

#include <QList>
#include <QString>

/*!
    What to look for in a transcript: entries that contain \c text, and are of one of the
    \c directions and one of the \c kinds. What is empty does not matter.
*/
struct TranscriptQuery
{
    /// As QString::contains(text, Qt::CaseInsensitive) over the payload, read as UTF-8.
    QString text;
    QList<Entry::Direction> directions;
    QList<Entry::Kind> kinds;

    /// Whether \a entry, with its whole payload, is looked for. For entries that come in while a
    /// search is on: TranscriptStore::search() looks at those that were there when it was called.
    [[nodiscard]] bool matches(const Entry &entry) const;
};
