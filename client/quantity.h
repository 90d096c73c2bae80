// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <optional>

/// Quantities with their units, as people read and type them.
namespace Quantity {

/// "16 MiB", "1000 B": exact, in the largest unit that makes it a whole number.
[[nodiscard]] QString fromBytes(qint64 bytes);
/// Reads that; the unit is B, KiB, MiB or GiB in any case, and B where there is none. Nothing where
/// it is no such quantity, or not of whole bytes.
[[nodiscard]] std::optional<qint64> toBytes(const QString &text);

/// "10 s", "1500 ms": exact.
[[nodiscard]] QString fromMilliseconds(qint64 milliseconds);
/// Reads that; the unit is ms, s or min, and s where there is none.
[[nodiscard]] std::optional<qint64> toMilliseconds(const QString &text);

} // namespace Quantity
