// SPDX-License-Identifier: MIT
#pragma once

#include "terminaloptions.h"

#include <QString>
#include <QStringList>
#include <QUrl>

/*!
    What the command line of awesome-chat asks for.
*/
struct CommandLine
{
    enum class Action { Chat, ShowHelp, ShowVersion };
    enum class Theme { System, Light, Dark };
    enum class Pace { None, Original };

    static constexpr int defaultReplayWait = 10'000;

    Action action = Action::Chat;
    /// Where to connect to, as it was typed; it need not be an address. Empty for a replay with the
    /// server of its file, and where a file is opened, to connect nowhere.
    QUrl url = QUrl(QStringLiteral("ws://localhost:3000"));
    /// Whether to talk in the terminal instead of in a window.
    bool terminal = false;
    /// How to connect, and what is sent at first; the rest of it is for the terminal alone.
    TerminalOptions terminalOptions;
    /// Whether the window's conversations are kept in memory only.
    bool isPrivate = false;
    bool reconnect = true; ///< whether a lost connection is tried again, in the window
    /// The conversation's file that the window opens; empty when none is. Then url may be empty.
    QString openFile;
    /// The conversation to replay instead; empty when none is.
    QString replayFile;
    /// Whether the replay prints nothing but what went wrong.
    bool quiet = false;
    /// Which of the conversation's pauses the replay keeps.
    Pace pace = Pace::None;
    /// How long a replay waits for an answer, longer than it took then, in ms.
    int replayWait = defaultReplayWait;
    Theme theme = Theme::System;
    /// What is wrong with the command line, in a sentence; empty when nothing is.
    QString error;

    /// Reads \a arguments, the first of which is the program's name.
    [[nodiscard]] static CommandLine parse(const QStringList &arguments);
    /// The text for --help; there has to be a QCoreApplication.
    [[nodiscard]] static QString helpText();
};
