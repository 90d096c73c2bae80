// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <QVariantMap>

/*!
    Why \a headers, values by name, cannot go into the request of a WebSocket handshake, in a
   sentence that names the first bad one; empty when they can.

    Refused are names and values that are none (RFC 9110 section 5), among them those that would end
    the line and begin another, and the names that the handshake itself uses.
*/
[[nodiscard]] QString requestHeadersProblem(const QVariantMap &headers);
