// SPDX-License-Identifier: MIT
#pragma once

#include "serveroptions.h"

#include <QList>
#include <QObject>
#include <QSet>
#include <QTimer>
#include <QUrl>
#include <QWebSocketServer>

#include <memory>
#include <optional>
#include <vector>

class Connection;

/*!
    A WebSocket server that greets every peer and sends its messages back.

    It needs a running event loop and serves once: start(), then stop() or abort().
*/
class EchoServer : public QObject
{
    Q_OBJECT

public:
    explicit EchoServer(const ServerOptions &options, QObject *parent = nullptr);
    /// Ends all connections at once.
    ~EchoServer() override;

    /*!
        Listens on all addresses, or on none. Returns nothing on success, otherwise a sentence
        that names the address, the reason and a remedy.
    */
    [[nodiscard]] std::optional<QString> start();

    /// Stops listening and closes every peer with 1001, within Limits::drainTimeout.
    void stop();
    /// As stop(), but ends every connection at once.
    void abort();

    /// Where the server listens, in the order of the options, with the real port.
    [[nodiscard]] QList<QUrl> urls() const;
    /// Peers being served or closed, without those that were too many.
    [[nodiscard]] qsizetype connectionCount() const
    {
        return m_connections.size() - m_rejected.size();
    }
    /// Whether stop() or abort() was called.
    [[nodiscard]] bool isStopping() const { return m_isStopping; }

Q_SIGNALS:
    /// The last connection has ended after stop() or abort(). Comes once, from the event loop.
    void stopped();

private:
    struct ListenError;

    [[nodiscard]] QList<QHostAddress> addressesToUse() const;
    [[nodiscard]] std::optional<ListenError> listen(const QList<QHostAddress> &addresses);
    void acceptPending(QWebSocketServer &listener);
    void admit(Connection &connection);
    void remove(Connection &connection);
    void closeListeners();
    void finishStopping();

    const ServerOptions m_options;
    std::vector<std::unique_ptr<QWebSocketServer>> m_listeners;
    /// All of them; children of this object.
    QSet<Connection *> m_connections;
    QSet<Connection *> m_rejected;
    QTimer m_backlogTimer;
    quint64 m_lastId = 0;
    bool m_isStopping = false;
    bool m_isStopped = false;
};
