// SPDX-License-Identifier: MIT
#pragma once

#include "chatwindow.h"
#include "serverprocess.h"
#include "windowview.h"

#include <QTest>

#include <optional>

/// A window and the echo server that it talks to.
class EchoWindow
{
public:
    /// Starts the server, the program of that path, and opens the window. Returns whether it is
    /// greeted.
    [[nodiscard]] bool open(const char *serverProgram, const ChatWindow::Settings &settings = {})
    {
        if (!server.startEchoServer(serverProgram))
            return false;
        m_chat.emplace(server.url(), settings);
        return QTest::qWaitForWindowExposed(window())
            && QTest::qWaitFor([this] { return visibleRows(window()) == greeted(); });
    }
    [[nodiscard]] QQuickWindow *window() const { return m_chat->window(); }
    /// The rows that it shows by then.
    [[nodiscard]] static QStringList greeted()
    {
        return {QStringLiteral("# socket open"), QStringLiteral("< Welcome to Awesome Chat")};
    }

    ServerProcess server;

private:
    std::optional<ChatWindow> m_chat; // ends before its server
};
