// SPDX-License-Identifier: MIT
#pragma once

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
    /// Opens a window for talking to \a url, which need not be an address: then the window says so.
    /// Conversations are kept in \a transcriptFile; where it is empty, in memory only.
    explicit ChatWindow(const QUrl &url, const QString &transcriptFile = {});

    /// The window; null when it could not be made, after the engine has said why.
    [[nodiscard]] QQuickWindow *window() const;

private:
    NetworkRefuser m_networkRefuser; // before the engine, which uses it
    QQmlApplicationEngine m_engine;
};
