// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

/*!
    What the close code \a code means, in a few lower-case words, as RFC 6455 section 7.4.1 and the
    IANA registry name it; empty for a code that has no meaning of its own.
*/
[[nodiscard]] QString closeCodeName(int code);

/// Whether an application may send \a code: 1000, or one from 3000 to 4999 (RFC 6455
/// section 7.4.2).
[[nodiscard]] bool canSendCloseCode(int code);

/// The beginning of \a reason that fits into a close frame, 123 bytes of UTF-8.
[[nodiscard]] QString closeReasonThatFits(QString reason);
