// SPDX-License-Identifier: MIT
#pragma once

#include "listener.h"
#include "servercontext.h"
#include "serveroptions.h"
#include "transport.h"

#include <QHash>
#include <QList>
#include <QObject>
#include <QPointer>
#include <QSet>
#include <QSslConfiguration>
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
        Listens on all addresses or handed-over sockets, or on none. Returns nothing on success,
        otherwise a sentence that names the address, the reason and a remedy.
    */
    [[nodiscard]] std::optional<QString> start();

    /// Serves the peer at the other end of \a transport.
    void serve(std::unique_ptr<Transport> transport);
    /// Reads certificate and key again: new connections get the new ones, live ones keep theirs. A
    /// bad pair changes nothing, and is told in the log.
    void reloadTls();
    /// Stops listening and closes every peer with 1001, within Limits::drainTimeout.
    void stop();
    /// As stop(), but ends every connection at once.
    void abort();

    /// Where the server listens, in the order of the options, with the real port.
    [[nodiscard]] QList<QUrl> urls() const;
    /// Peers that are being served or closing; not those that have not finished the handshake.
    [[nodiscard]] qsizetype connectionCount() const { return m_openCount; }
    /// What it has done, and is doing now; without the event loop's lag.
    [[nodiscard]] Metrics metrics() const;
    /// Whether it speaks TLS.
    [[nodiscard]] bool isSecure() const { return m_tls.has_value(); }
    /// Whether stop() or abort() was called.
    [[nodiscard]] bool isStopping() const { return m_isStopping; }

Q_SIGNALS:
    /// The last connection has ended after stop() or abort(). Comes once, from the event loop.
    void stopped();

private:
    struct ListenError;

    [[nodiscard]] QList<QHostAddress> addressesToUse() const;
    [[nodiscard]] std::optional<QString> listenOnAddresses();
    [[nodiscard]] std::optional<ListenError> listen(const QList<QHostAddress> &addresses);
    [[nodiscard]] std::optional<QString> adopt(const QList<int> &sockets);
    void startAccepting(std::vector<std::unique_ptr<Listener>> listeners);
    [[nodiscard]] std::optional<QString> loadTls();
    void accept(int descriptor, const QHostAddress &peerAddress, quint16 peerPort);
    void turnAway(int descriptor, Refusal reason);
    [[nodiscard]] std::unique_ptr<Transport>
    makeTransport(int descriptor, const QHostAddress &peerAddress, quint16 peerPort) const;
    void openUpgraded();
    void remove(Connection &connection);
    void sweep();
    [[nodiscard]] QList<QPointer<Connection>> everyConnection() const;
    void closeListeners();
    void finishStopping();

    const ServerOptions m_options;
    ServerContext m_context;
    std::optional<QSslConfiguration> m_tls;
    std::vector<std::unique_ptr<Listener>> m_listeners;
    /// Answers the handshakes; it does not listen.
    QWebSocketServer m_upgrader;
    /// Which handshake it is answering.
    Connection *m_upgraded = nullptr;
    /// All of them; children of this object.
    QSet<Connection *> m_connections;
    QHash<QHostAddress, int> m_connectionsFrom;
    QTimer m_sweepTimer;
    qsizetype m_openCount = 0;
    quint64 m_lastId = 0;
    int m_maxConnections;
    bool m_isStopping = false;
    bool m_isStopped = false;
};
