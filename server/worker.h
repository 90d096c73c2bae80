// SPDX-License-Identifier: MIT
#pragma once

#include "admission.h"
#include "filedescriptor.h"
#include "listener.h"
#include "looplag.h"
#include "servercontext.h"
#include "transport.h"

#include <QList>
#include <QObject>
#include <QPointer>
#include <QSet>
#include <QSslConfiguration>
#include <QTimer>

#include <memory>
#include <optional>
#include <vector>

class Connection;

/*!
    Serves peers in one thread, whose event loop has to run: with sockets to listen on, connections
    and counters of its own, and nothing to share with other workers but the Admission.

    It may be moved to its thread until it is started, and is to be destroyed there.
*/
class Worker : public QObject
{
    Q_OBJECT

public:
    /// What it is to do; see ServerOptions.
    struct Task
    {
        HandshakePolicy policy;
        std::optional<QString> greeting;
        std::optional<QSslConfiguration> tls;
        /// Ten times a second, for metrics().
        bool measuresLag = false;
    };

    /// \a admission outlives the worker.
    Worker(const Limits &limits, Admission &admission, QObject *parent = nullptr);
    /// Ends all connections at once.
    ~Worker() override;

    /// Accepts peers on \a sockets, which listen; there may be none, see serve().
    void start(Task task, std::vector<FileDescriptor> sockets);
    /// Serves the peer at the other end of \a transport, which counts as any other: where there is
    /// no room for it, it is dropped.
    void serve(std::unique_ptr<Transport> transport);
    /// New connections get this certificate; live ones keep theirs.
    void setTls(const QSslConfiguration &tls) { m_tls = tls; }
    /// Accepts nobody any more.
    void stopListening();
    /// Stops listening and closes every peer with 1001, within Limits::drainTimeout.
    void stop();
    /// As stop(), but ends every connection at once.
    void abort();

    /// Peers that are being served or closing; not those that have not finished the handshake.
    [[nodiscard]] qsizetype connectionCount() const { return m_openCount; }
    /// What it has done, and is doing now.
    [[nodiscard]] Metrics metrics() const;

Q_SIGNALS:
    /// The last connection has ended after stop() or abort(). Comes once, from the event loop.
    void stopped();

private:
    void accept(int descriptor, const QHostAddress &peerAddress, quint16 peerPort);
    void turnAway(int descriptor, Refusal reason);
    [[nodiscard]] std::unique_ptr<Transport>
    makeTransport(int descriptor, const QHostAddress &peerAddress, quint16 peerPort) const;
    void take(std::unique_ptr<Transport> transport);
    void openUpgraded(Connection &connection);
    void remove(Connection &connection);
    void removeAll();
    void sweep();
    [[nodiscard]] QList<QPointer<Connection>> everyConnection() const;
    void finishStopping();

    std::optional<QSslConfiguration> m_tls;
    ServerContext m_context;
    Admission &m_admission;
    std::vector<std::unique_ptr<Listener>> m_listeners;
    /// All of them; children of this object.
    QSet<Connection *> m_connections;
    QTimer m_sweepTimer;
    LoopLag m_lag;
    qsizetype m_openCount = 0;
    bool m_isStopping = false;
    bool m_isStopped = false;
};
