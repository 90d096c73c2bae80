// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

struct Entry;

/// \a entry as a row of the terminal, or several of which only the first looks like one: harmless
/// and visible as with DisplayText, in UTF-8.
[[nodiscard]] QByteArray terminalRow(const Entry &entry);

/// Writes all of \a bytes to \a descriptor, however long it takes. Returns false when it cannot.
bool writeAll(int descriptor, const QByteArray &bytes);
