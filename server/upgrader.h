// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

#include <memory>

class QWebSocketServer;

/*!
    Has QWebSocketServer answer the requests that Handshake has accepted. For one thread.
*/
class Upgrader
{
public:
    Upgrader();
    ~Upgrader();
    Q_DISABLE_COPY_MOVE(Upgrader)

    /*!
        The answer to a request of that \a head: 101, and \a subprotocol in it, where the client has
        offered that and it is not empty. Empty when QWebSocketServer does not take the head after
        all.
    */
    [[nodiscard]] QByteArray answer(const QByteArray &head, const QByteArray &subprotocol);

private:
    std::unique_ptr<QWebSocketServer> m_server; // since the first request, in whose thread it is
};
