// SPDX-License-Identifier: MIT
#include "worker.h"

#include "connection.h"
#include "tcptransport.h"
#include "tlstransport.h"

#include <QWebSocketProtocol>

#include <utility>

#include <sys/socket.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto stoppingReason = "Server stopping"_L1;

} // namespace

// Members that are objects are children, so that they move to the worker's thread with it.
Worker::Worker(const Limits &limits, Admission &admission, QObject *parent)
    : QObject(parent)
    , m_context(limits)
    , m_admission(admission)
    , m_sweepTimer(this)
{
    m_lag.setParent(this);
    connect(&m_sweepTimer, &QTimer::timeout, this, &Worker::sweep);
}

Worker::~Worker()
{
    // Before the context, which they use to their end.
    removeAll();
}

void Worker::start(Task task, std::vector<FileDescriptor> sockets)
{
    m_tls = std::move(task.tls);
    m_context.policy = std::move(task.policy);
    m_context.greeting = std::move(task.greeting);
    if (task.measuresLag)
        m_lag.start();
    for (FileDescriptor &socket : sockets) {
        m_listeners.push_back(std::make_unique<Listener>(std::move(socket)));
        Listener *const listener = m_listeners.back().get();
        connect(listener, &Listener::accepted, this, &Worker::accept);
        connect(listener, &Listener::acceptedTooMany, this,
                [this](int descriptor) { turnAway(descriptor, Refusal::OutOfFiles); });
    }
}

void Worker::stop()
{
    if (std::exchange(m_isStopping, true))
        return;
    stopListening();
    QTimer::singleShot(m_context.limits.drainTimeout, this, &Worker::abort);
    const auto connections = everyConnection();
    for (const auto &connection : connections) {
        if (connection && connection->isOpen())
            connection->close(QWebSocketProtocol::CloseCodeGoingAway, stoppingReason);
    }
    finishStopping();
}

void Worker::abort()
{
    m_isStopping = true;
    stopListening();
    const auto connections = everyConnection();
    for (const auto &connection : connections) {
        if (connection)
            connection->abort(u"server stopping"_s);
    }
    finishStopping();
}

Metrics Worker::metrics() const
{
    Metrics metrics = m_context.metrics;
    metrics.open = m_openCount;
    for (const Connection *connection : m_connections)
        metrics.backlogBytes += connection->wire().backlog();
    metrics.loopLag = m_lag.last();
    metrics.largestLoopLag = m_lag.largest();
    return metrics;
}

void Worker::accept(int descriptor, const QHostAddress &peerAddress, quint16 peerPort)
{
    if (const std::optional<Refusal> refusal = m_admission.enter(peerAddress))
        turnAway(descriptor, *refusal);
    else
        take(makeTransport(descriptor, peerAddress, peerPort));
}

/// Answers a peer for whom there is no room without spending anything on it.
void Worker::turnAway(int descriptor, Refusal reason)
{
    if (!m_tls) { // whose handshake would cost more than the answer
        const QByteArray answer = Handshake::full().response;
        ::send(descriptor, answer.constData(), size_t(answer.size()), MSG_NOSIGNAL);
        ::shutdown(descriptor, SHUT_WR);
    }
    ::close(descriptor);
    ++m_context.metrics.accepted;
    m_context.metrics.countRefusal(reason);
}

std::unique_ptr<Transport> Worker::makeTransport(int descriptor, const QHostAddress &peerAddress,
                                                 quint16 peerPort) const
{
    if (!m_tls)
        return std::make_unique<TcpTransport>(descriptor, peerAddress, peerPort);
    return std::make_unique<TlsTransport>(descriptor, peerAddress, peerPort, *m_tls,
                                          m_context.limits.readQuantum);
}

void Worker::serve(std::unique_ptr<Transport> transport)
{
    if (!m_admission.enter(transport->peerAddress()))
        take(std::move(transport));
}

void Worker::take(std::unique_ptr<Transport> transport)
{
    ++m_context.metrics.accepted;
    auto *connection = new Connection(m_admission.nextId(), std::move(transport), m_context, this);
    m_connections.insert(connection);
    connect(connection, &Connection::finished, this, [this, connection] { remove(*connection); });
    connect(&connection->wire(), &Wire::upgraded, this,
            [this, connection] { openUpgraded(*connection); });
    if (!m_sweepTimer.isActive())
        m_sweepTimer.start(sweepInterval(m_context.limits));
}

void Worker::openUpgraded(Connection &connection)
{
    connection.open();
    ++m_openCount;
    ++m_context.metrics.upgraded;
    if (m_isStopping) {
        connection.close(QWebSocketProtocol::CloseCodeGoingAway, stoppingReason);
        return;
    }
    connection.start();
}

void Worker::sweep()
{
    const auto connections = everyConnection();
    for (const auto &connection : connections) {
        if (connection)
            connection->sweep();
    }
}

/// For a loop in which any of them may end.
QList<QPointer<Connection>> Worker::everyConnection() const
{
    return {m_connections.cbegin(), m_connections.cend()};
}

void Worker::remove(Connection &connection)
{
    m_connections.remove(&connection);
    if (connection.isOpen())
        --m_openCount;
    m_admission.leave(connection.peerAddress());
    // Its wire is still emitting the signal that led here.
    connection.deleteLater();
    if (m_connections.isEmpty())
        m_sweepTimer.stop();
    if (m_isStopping)
        finishStopping();
}

void Worker::removeAll()
{
    const QSet<Connection *> connections = std::exchange(m_connections, {});
    for (Connection *const connection : connections) {
        m_admission.leave(connection->peerAddress());
        delete connection;
    }
}

void Worker::stopListening()
{
    for (const auto &listener : m_listeners)
        listener->stop();
}

void Worker::finishStopping()
{
    // Whoever has not finished the handshake is owed nothing, but may finish it while others are
    // there.
    if (m_openCount > 0 || std::exchange(m_isStopped, true))
        return;
    removeAll();
    // From the event loop, so that a slot may destroy the worker.
    QMetaObject::invokeMethod(this, &Worker::stopped, Qt::QueuedConnection);
}
