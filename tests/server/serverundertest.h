// SPDX-License-Identifier: MIT
#pragma once

#include "echoserver.h"
#include "testclients.h"

#include <QLoggingCategory>
#include <QUrl>

#include <memory>

/*!
    The server that is tested: ours, in this process, or any other whose URL is in the environment
    variable AWESOMECHAT_SERVER_URL. That one should send no greeting, and allow pages of
    https://chat.example only.
*/
class ServerUnderTest
{
public:
    explicit ServerUnderTest(const Limits &limits = {})
        : m_url(qEnvironmentVariable(variable))
    {
        if (isForeign())
            return;
        // Thousands of clients come and go.
        QLoggingCategory::setFilterRules(QStringLiteral("awesomechat.server.info=false"));
        ServerOptions options = quietLoopbackOptions();
        options.allowedOrigins = {QStringLiteral("https://chat.example")};
        options.limits = limits;
        m_server = std::make_unique<EchoServer>(options);
        if (const auto problem = m_server->start())
            qFatal("%s", qPrintable(*problem));
        m_url = m_server->urls().first();
    }

    [[nodiscard]] const QUrl &url() const { return m_url; }
    /// Whether it is not ours, and has the limits that it has.
    [[nodiscard]] static bool isForeign() { return qEnvironmentVariableIsSet(variable); }

private:
    static constexpr auto variable = "AWESOMECHAT_SERVER_URL";

    std::unique_ptr<EchoServer> m_server;
    QUrl m_url;
};
