// SPDX-License-Identifier: MIT
#pragma once

#include <QLoggingCategory>

/// `awesomechat.server`: who comes and goes, and trouble. On by default.
Q_DECLARE_LOGGING_CATEGORY(lcServer)
/// `awesomechat.server.messages`: every message received. Off by default.
Q_DECLARE_LOGGING_CATEGORY(lcMessages)

/*!
    Sends every log line to stderr, one per event and with its time, and never to journald as Qt
    may choose. \a verbose turns on `awesomechat.server.messages`. QT_LOGGING_RULES and
    QT_MESSAGE_PATTERN have the last word.
*/
void setUpLogging(bool verbose);
