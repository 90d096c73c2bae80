// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <QVariantMap>

/*!
    Why \a headers, values by name, cannot go into the request of a WebSocket handshake, in a
   sentence that names the first bad one; empty when they can.

    Refused are names and values that are none (RFC 9110 section 5), among them those that would end
    the line and begin another, the names that the handshake itself uses, and those that are for the
    next hop alone.
*/
[[nodiscard]] QString requestHeadersProblem(const QVariantMap &headers);

/// The same for one header.
[[nodiscard]] QString requestHeaderProblem(const QString &name, const QString &value);

/// Whether \a text is a token (RFC 9110 section 5.6.2), as names of headers and subprotocols are.
[[nodiscard]] bool isToken(const QString &text);

/// Whether \a text can be the value of a header: visible ASCII, blanks and tabs.
[[nodiscard]] bool isFieldValue(const QString &text);
