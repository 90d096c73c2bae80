// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QLoggingCategory>

/// Bytes of a line of the log, with its time and its line feed.
inline constexpr qsizetype maxLogLineSize = 1024;

/// `awesomechat.server`: who comes and goes, and trouble. On by default.
Q_DECLARE_LOGGING_CATEGORY(lcServer)
/// `awesomechat.server.messages`: every message received. Off by default.
Q_DECLARE_LOGGING_CATEGORY(lcMessages)

/*!
    One event as one line of the log, in UTF-8: with its time, a line feed at its end, and an
    ellipsis for what is beyond maxLogLineSize. Control characters that \a message should not have
    had come out as escapes.
*/
[[nodiscard]] QByteArray logLine(QtMsgType type, const QMessageLogContext &context,
                                 const QString &message);

/*!
    Sends every log line to stderr, one per event and with its time, and never to journald as Qt
    may choose. \a verbose turns on `awesomechat.server.messages`. QT_LOGGING_RULES and
    QT_MESSAGE_PATTERN have the last word.
*/
void setUpLogging(bool verbose);
