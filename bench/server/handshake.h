// SPDX-License-Identifier: MIT
#pragma once

#include <string>

/// For Sec-WebSocket-Key (RFC 6455 4.1).
[[nodiscard]] std::string randomKey();

/// The Sec-WebSocket-Accept that answers \a key (RFC 6455 4.2.2).
[[nodiscard]] std::string acceptKey(const std::string &key);

/// Ends the program unless \a answer, the head of an HTTP response, is a 101 for \a key, without
/// an extension.
void checkAnswer(const std::string &answer, const std::string &key);
