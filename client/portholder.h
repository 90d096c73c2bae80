// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

/*!
    Who keeps us from listening on \a port of localhost, for a sentence: "node (1234)", with its
    process number, or "another user's program" where the system does not say more to us. Empty when
    nobody does. It reads /proc, which takes a few milliseconds where there are many processes.
*/
[[nodiscard]] QString portHolder(quint16 port);
