// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

struct Entry;

/// \a entry as a row of the terminal, or several of which only the first looks like one: harmless
/// and visible as with DisplayText, in UTF-8. With \a colours, sent rows and those of the status
/// have one, by escape sequences.
[[nodiscard]] QByteArray terminalRow(const Entry &entry, bool colours = false);

/// Whether \a descriptor is a terminal that shows colours, and the person wants them: NO_COLOR
/// (no-color.org) is not set, and TERM is not "dumb".
[[nodiscard]] bool hasColours(int descriptor);

/// Writes all of \a bytes to \a descriptor, however long it takes. Returns false when it cannot.
bool writeAll(int descriptor, const QByteArray &bytes);
