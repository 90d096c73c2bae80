// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

/*!
    What the close code \a code means, in a few lower-case words, as RFC 6455 section 7.4.1 and the
    IANA registry name it; empty for a code that has no meaning of its own.
*/
[[nodiscard]] QString closeCodeName(int code);
