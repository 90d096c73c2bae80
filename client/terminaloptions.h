// SPDX-License-Identifier: MIT
#pragma once

#include "connectionsettings.h"

/// What a Terminal does, and with whom.
struct TerminalOptions
{
    /// All of it counts but whether to connect again.
    ConnectionSettings connection;
    /// How long replies are waited for in silence, in ms.
    int wait = 2'000;
    /// Whether what is sent goes as binary messages.
    bool binary = false;
    /// Whether messages that come are written as they are, a line each, and nothing else is. (To a
    /// terminal they go as rows, because of what they could do there.)
    bool raw = false;
    /// Whether it ends after one message and the reply to it.
    bool once = false;
};
