// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <QStringList>

/*!
    The words of a command as a POSIX shell reads them: blanks part words; single and double quotes,
    backslashes and \c $'…' keep them together. Nothing is run and nothing is expanded: what would
    need a shell (variables, pipes, redirections, substitutions) is a problem.
*/
struct ShellWords
{
    QStringList words;
    /// Why the words cannot be told without running something, in a sentence; empty when they can.
    QString problem;

    [[nodiscard]] static ShellWords of(const QString &command);
};

/*!
    \a word as a shell reads it back, on one line: as it is where it is harmless, else in single
    quotes. One that holds control characters, or others that cannot be seen, is written as
    \c $'…', which bash, ksh, zsh and POSIX.1-2024 know. U+0000 has no place in a word and is left
    out.
*/
[[nodiscard]] QString shellQuoted(const QString &word);
