// SPDX-License-Identifier: MIT
#pragma once

#include "connectionsettings.h"

#include <QString>
#include <QStringList>

/*!
    A connection as something to paste elsewhere: a command of wscat or websocat, or a program.
*/
struct WrittenCommand
{
    enum class Form {
        Wscat, ///< wscat 6
        Websocat, ///< websocat 1.14
        JavaScript, ///< for browsers; for Node's ws where a browser could not say it
        Python, ///< for the package websockets, 15 and later
        Qml, ///< Qt's element; ours where Qt's could not say it
        Cpp, ///< QWebSocket, a whole program
    };

    /// The command on one line, or the program with a line feed at its end. It holds the secrets
    /// that headers hold, but no user name and password of the address.
    QString text;
    /// What is not said in the text because this form has no words for it, a sentence each.
    QStringList notes;

    /// \a settings, which have no problem(), in \a form.
    [[nodiscard]] static WrittenCommand of(const ConnectionSettings &settings, Form form);
};
