// SPDX-License-Identifier: MIT
#pragma once

#include "connectionsettings.h"

#include <QString>
#include <QStringList>

/*!
    A command line of wscat or websocat as the connection that it would make. Nothing of it is run.

    The flags are those of wscat 6 and websocat 1.14; see their --help.
*/
struct ParsedCommand
{
    /// What the command says; the rest is as by default. Its messages are the first messages.
    ConnectionSettings settings;
    /// Whether the command sends binary messages.
    bool binary = false;
    /// What was understood but is not done here, a sentence each.
    QStringList notes;
    /// Why the command cannot be taken over, in a sentence; empty when it can. It holds nothing of
    /// the command that may be secret.
    QString problem;

    /// Whether \a text looks like such a command, rather than like an address.
    [[nodiscard]] static bool isCommand(const QString &text);
    [[nodiscard]] static ParsedCommand of(const QString &text);
};
