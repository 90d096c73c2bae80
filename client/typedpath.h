// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

/// The absolute path that a person means by \a typed: \c ~/ is the home folder, and a URL of a
/// local file is that file.
[[nodiscard]] QString pathFrom(const QString &typed);

/// A path, or a sentence with one, as it may be shown: harmless and visible, in one line.
[[nodiscard]] QString shownPath(const QString &path);
