// SPDX-License-Identifier: MIT
#pragma once

#include "connectionsettings.h"
#include "networkrefuser.h"

#include <QQmlApplicationEngine>

class QQuickWindow;
class QUrl;

/*!
    The window, and the engine behind it. There has to be a QGuiApplication.
*/
class ChatWindow
{
public:
    /// What a window keeps and shows, beside the server that it talks to.
    struct Settings
    {
        QString transcriptFile = {}; ///< where conversations are kept; empty: in memory only
        QString openFile = {}; ///< a conversation's file that is shown at first; empty: none
        QString addressFile = {}; ///< where addresses are kept; empty: nowhere
        QString outboxFile = {}; ///< where lines that wait are kept; empty: in memory only
        bool reconnect = true; ///< whether a lost connection is tried again
        /// What the command line says of connecting, beside what is kept; see ServerSettings.
        ConnectionSettings flags = {};
        QStringList lines = {}; ///< sent as soon as there is a connection
    };

    /// Opens a window for talking to \a url, which need not be an address: then the window says so.
    /// An empty url beside a file that is shown is not connected to.
    explicit ChatWindow(const QUrl &url, const Settings &settings);
    explicit ChatWindow(const QUrl &url)
        : ChatWindow(url, Settings())
    {
    }

    /// The window; null when it could not be made, after the engine has said why.
    [[nodiscard]] QQuickWindow *window() const;

private:
    NetworkRefuser m_networkRefuser; // before the engine, which uses it
    QQmlApplicationEngine m_engine;
};
