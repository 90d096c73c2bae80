// SPDX-License-Identifier: MIT
#pragma once

#include "serverlimits.h"

#include <QLatin1StringView>
#include <QString>

#include <optional>
#include <span>
#include <variant>

/*!
    A flag of the command line that sets one of the limits: all that parsing, errors and \c --help
    need to know of it.
*/
struct LimitFlag
{
    using Member = std::variant<int Limits::*, qint64 Limits::*, //
                                std::chrono::milliseconds Limits::*>;

    /// Without the dashes.
    QLatin1StringView name;
    Member member;
    /// Both inclusive, in the unit that valueName names.
    qint64 smallest = 0;
    qint64 largest = 0;
    /// \c N, \c BYTES or \c MS.
    QLatin1StringView valueName;
    QLatin1StringView sentence;
    /// What \c --help says of a default of 0, which the flag itself does not take.
    QLatin1StringView unset = {};

    /// What \a limits hold, in the unit that valueName names.
    [[nodiscard]] qint64 value(const Limits &limits) const;
    void setValue(Limits &limits, qint64 value) const;
};

/// Every one, in the order of \c --help.
[[nodiscard]] std::span<const LimitFlag> limitFlags();

/// Which two of \a limits contradict each other, in one sentence.
[[nodiscard]] std::optional<QString> conflictIn(const Limits &limits);
