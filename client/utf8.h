// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArrayView>
#include <QString>

#include <optional>

enum class Utf8End {
    Complete, ///< a code point that is not complete at the end is an error
    Anywhere, ///< such a code point is left out
};

/// The text that \a bytes are, a byte order mark included; nothing when they are not UTF-8.
[[nodiscard]] std::optional<QString> decodedUtf8(QByteArrayView bytes,
                                                 Utf8End end = Utf8End::Complete);
