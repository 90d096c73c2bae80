// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

/// The close code of a connection that ended without a close frame (RFC 6455 section 7.4.1).
inline constexpr int abnormalClosure = 1006;

/*!
    What the close code \a code means, in a few lower-case words, as RFC 6455 section 7.4.1 and the
    IANA registry name it; empty for a code that has no meaning of its own.
*/
[[nodiscard]] QString closeCodeName(int code);

/// Whether a close frame may hold \a code: those that have a meaning of their own, but 1005, 1006
/// and 1015, and those from 3000 to 4999 (RFC 6455 section 7.4).
[[nodiscard]] bool canReceiveCloseCode(int code);

/// Who sent the close frame that ended a connection.
enum class CloseSide { Nobody, Here, Server };

/// How a connection ended, in words: "closed cleanly by the server: 1001, going away, “see you”".
/// The \a reason is what its sender says; \a unclean is why it did not end cleanly, in words, and
/// empty where it did: both ends have sent a close frame (RFC 6455 section 7.1.4).
[[nodiscard]] QString describeClose(CloseSide side, int code, const QString &reason,
                                    const QString &unclean);

/// What the payload of a close frame says (RFC 6455 section 5.5.1).
struct CloseFrame
{
    static constexpr int noStatus = 1005; ///< without a code

    int code = noStatus;
    QString reason = {};
    bool isReasonText = true; ///< it is UTF-8

    [[nodiscard]] static CloseFrame read(const QByteArray &payload);
    /// The payload that says it; the reason has to fit.
    [[nodiscard]] QByteArray payload() const;
};

/// Whether an application may send \a code: 1000, or one from 3000 to 4999 (RFC 6455
/// section 7.4.2).
[[nodiscard]] bool canSendCloseCode(int code);

/// The beginning of \a reason that fits into a close frame, 123 bytes of UTF-8.
[[nodiscard]] QString closeReasonThatFits(QString reason);
