// SPDX-License-Identifier: MIT
#pragma once

#include "conversation.h"

#include <QByteArray>
#include <QList>
#include <QString>

/*!
    A row of a table in docs/conformance.md, which says there how to read it.
*/
struct ConformanceRow
{
    QString name;
    /// Frames, or a whole request.
    QByteArray bytes;
    Answer answer;
    /// What a plain QWebSocketServer answers; as \a answer where the cell is empty.
    Answer answerOfQt;
};

/// The rows below "## Frames": the bytes are frames, sent between two texts that are part of the
/// answers too.
[[nodiscard]] QList<ConformanceRow> frameRows();
/// The rows below "## Requests".
[[nodiscard]] QList<ConformanceRow> requestRows();

/// Sends a row of the first kind in pieces of \a size.
[[nodiscard]] Script frameScript(const ConformanceRow &row, qsizetype size);
/// Sends a row of the second kind, which is in \a pieces.
[[nodiscard]] Script requestScript(const QByteArrayList &pieces);
