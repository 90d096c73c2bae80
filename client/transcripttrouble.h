// SPDX-License-Identifier: MIT
#pragma once

#include "transcriptdatabase.h"

#include <QString>

/*!
    What is wrong with the file of transcripts, in sentences for people: what, what follows, what
    helps.
*/
namespace TranscriptTrouble {

/// Reading or writing \a fileName failed.
[[nodiscard]] QString failed(const QString &fileName, TranscriptDatabase::Failure failure,
                             const QString &text);
/// It could not be read, and has become \a movedTo; when that is empty, it could not be moved.
[[nodiscard]] QString broken(const QString &fileName, const QString &text, const QString &movedTo);
/// The same, found while it is in use.
[[nodiscard]] QString brokenInUse(const QString &fileName, const QString &text,
                                  const QString &movedTo);
[[nodiscard]] QString newer(const QString &fileName);
[[nodiscard]] QString foreign(const QString &fileName);
[[nodiscard]] QString noDriver();

/// It has become \a maxBytes large.
[[nodiscard]] QString full(qint64 maxBytes);
/// It works again.
[[nodiscard]] QString recovered(const QString &fileName);

} // namespace TranscriptTrouble
