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
    /// Conversations are kept in \a transcriptFile; where it is empty, in memory only. The
    /// conversation in \a openFile is shown at first; where it is empty, none is. Beside it, an
    /// empty url is not connected to.
    explicit ChatWindow(const QUrl &url, const QString &transcriptFile = {},
                        const QString &openFile = {});

    /// The window; null when it could not be made, after the engine has said why.
    [[nodiscard]] QQuickWindow *window() const;

private:
    NetworkRefuser m_networkRefuser; // before the engine, which uses it
    QQmlApplicationEngine m_engine;
};
