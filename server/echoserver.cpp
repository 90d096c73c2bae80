// SPDX-License-Identifier: MIT
#include "echoserver.h"

#include "connection.h"
#include "logging.h"

#include <QTcpServer>
#include <QTcpSocket>

#include <algorithm>
#include <iterator>
#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int maxFreePortAttempts = 20;
// RFC 6455 7.4.2, registered with IANA; Qt has no name for it.
constexpr auto closeCodeTryAgainLater = QWebSocketProtocol::CloseCode(1013);
constexpr auto stoppingReason = "Server stopping"_L1;

QUrl webSocketUrl(const QHostAddress &address, quint16 port)
{
    QUrl url;
    url.setScheme(u"ws"_s);
    url.setHost(address.toString());
    url.setPort(port);
    return url;
}

/// The reason why nobody can listen there; QWebSocketServer tells it only as translated text.
QAbstractSocket::SocketError listenError(const QHostAddress &address, quint16 port)
{
    QTcpServer probe;
    probe.listen(address, port);
    return probe.serverError();
}

bool isAvailable(const QHostAddress &address)
{
    return QTcpServer().listen(address);
}

/// Listening on "any" takes the port of every other address of its family.
bool isCoveredByAny(const QHostAddress &address, const QList<QHostAddress> &addresses)
{
    const bool isIPv6 = address.protocol() == QAbstractSocket::IPv6Protocol;
    const QHostAddress any(isIPv6 ? QHostAddress::AnyIPv6 : QHostAddress::AnyIPv4);
    return address != any && addresses.contains(any);
}

/// Of the TCP connection under \a socket. QWebSocket does not give it away, but the server owns it.
qintptr socketDescriptor(const QWebSocketServer &listener, const QWebSocket &socket)
{
    const auto candidates = listener.findChildren<QTcpSocket *>();
    for (const QTcpSocket *candidate : candidates) {
        // All four: a peer may reach two of our addresses from one port of its own.
        if (candidate->peerPort() == socket.peerPort()
            && candidate->localPort() == socket.localPort()
            && candidate->peerAddress() == socket.peerAddress()
            && candidate->localAddress() == socket.localAddress())
            return candidate->socketDescriptor();
    }
    return -1;
}

} // namespace

struct EchoServer::ListenError
{
    QUrl url;
    QAbstractSocket::SocketError error;
    QString description;

    [[nodiscard]] QString sentence() const
    {
        return u"cannot listen on %1: %2"_s.arg(url.toString(), reasonAndRemedy());
    }

    [[nodiscard]] QString reasonAndRemedy() const
    {
        switch (error) {
        case QAbstractSocket::AddressInUseError:
            return u"the port is taken; use --port N for another one"_s;
        case QAbstractSocket::SocketAccessError:
            return u"no permission for this port; use --port N with 1024 or more"_s;
        case QAbstractSocket::SocketAddressNotAvailableError:
        case QAbstractSocket::UnsupportedSocketOperationError:
            return u"this machine has no such address; use --listen ADDRESS for another one"_s;
        default:
            return description + u"; use --listen ADDRESS or --port N for another place"_s;
        }
    }
};

EchoServer::EchoServer(const ServerOptions &options, QObject *parent)
    : QObject(parent)
    , m_options(options)
{
    connect(&m_backlogTimer, &QTimer::timeout, this, [this] {
        const auto connections = m_connections;
        for (Connection *connection : connections)
            connection->checkBacklog();
    });
}

EchoServer::~EchoServer()
{
    // Before the listeners, which own the TCP sockets under the connections.
    qDeleteAll(m_connections);
}

std::optional<QString> EchoServer::start()
{
    const QList<QHostAddress> addresses = addressesToUse();
    // A port that is free on the first address may be taken on the next one.
    std::optional<ListenError> error = listen(addresses);
    for (int attempt = 1; error && m_options.port == 0 && attempt < maxFreePortAttempts; ++attempt)
        error = listen(addresses);
    return error ? std::optional(error->sentence()) : std::nullopt;
}

void EchoServer::stop()
{
    if (std::exchange(m_isStopping, true))
        return;
    closeListeners();
    QTimer::singleShot(m_options.limits.drainTimeout, this, &EchoServer::abort);
    // A copy, since a connection may end within close().
    const auto connections = m_connections;
    for (Connection *connection : connections)
        connection->close(QWebSocketProtocol::CloseCodeGoingAway, stoppingReason);
    finishStopping();
}

void EchoServer::abort()
{
    m_isStopping = true;
    closeListeners();
    const auto connections = m_connections;
    for (Connection *connection : connections)
        connection->abort(u"server stopping"_s);
    finishStopping();
}

QList<QUrl> EchoServer::urls() const
{
    QList<QUrl> urls;
    for (const auto &listener : m_listeners)
        urls.append(webSocketUrl(listener->serverAddress(), listener->serverPort()));
    return urls;
}

QList<QHostAddress> EchoServer::addressesToUse() const
{
    QList<QHostAddress> wanted;
    for (const ListenAddress &candidate : m_options.addresses) {
        if (candidate.isOptional && !isAvailable(candidate.address)) {
            qCInfo(lcServer).noquote().nospace()
                << "not listening on " << candidate.address.toString()
                << ": this machine has no such address";
            continue;
        }
        if (!wanted.contains(candidate.address))
            wanted.append(candidate.address);
    }
    QList<QHostAddress> addresses;
    std::copy_if(
        wanted.cbegin(), wanted.cend(), std::back_inserter(addresses),
        [&wanted](const QHostAddress &address) { return !isCoveredByAny(address, wanted); });
    return addresses;
}

std::optional<EchoServer::ListenError> EchoServer::listen(const QList<QHostAddress> &addresses)
{
    std::vector<std::unique_ptr<QWebSocketServer>> listeners;
    quint16 port = m_options.port;
    for (const QHostAddress &address : addresses) {
        auto listener = std::make_unique<QWebSocketServer>(u"awesome-chat-server"_s,
                                                           QWebSocketServer::NonSecureMode);
        if (!listener->listen(address, port)) {
            return ListenError{webSocketUrl(address, port), listenError(address, port),
                               listener->errorString()};
        }
        port = listener->serverPort();
        listeners.push_back(std::move(listener));
    }
    for (const auto &listener : listeners) {
        listener->setHandshakeTimeout(m_options.limits.handshakeTimeout);
        connect(listener.get(), &QWebSocketServer::newConnection, this,
                [this, server = listener.get()] { acceptPending(*server); });
        connect(listener.get(), &QWebSocketServer::acceptError, this,
                [server = listener.get()](QAbstractSocket::SocketError error) {
                    qCWarning(lcServer).noquote().nospace()
                        << "cannot accept a connection: " << error << ", " << server->errorString();
                });
    }
    m_listeners = std::move(listeners);
    return std::nullopt;
}

void EchoServer::acceptPending(QWebSocketServer &listener)
{
    // One signal may stand for several connections.
    while (auto socket = std::unique_ptr<QWebSocket>(listener.nextPendingConnection())) {
        // A peer that left during the handshake may never emit disconnected().
        if (!socket->isValid() || socket->peerAddress().isNull()) {
            qCInfo(lcServer) << "a peer was gone as soon as it had connected";
            continue;
        }
        const qintptr descriptor = socketDescriptor(listener, *socket);
        auto *connection =
            new Connection(++m_lastId, std::move(socket), descriptor, m_options.limits, this);
        connect(connection, &Connection::finished, this,
                [this, connection] { remove(*connection); });
        admit(*connection);
    }
}

void EchoServer::admit(Connection &connection)
{
    const bool isFull = connectionCount() >= m_options.limits.maxConnections;
    m_connections.insert(&connection);
    if (m_isStopping) {
        // It was between TCP connection and HTTP upgrade when stop() came.
        connection.close(QWebSocketProtocol::CloseCodeGoingAway, stoppingReason);
    } else if (isFull) {
        m_rejected.insert(&connection);
        connection.close(closeCodeTryAgainLater, u"Too many connections"_s);
    } else {
        if (m_options.greeting)
            connection.greet(*m_options.greeting);
        if (!m_backlogTimer.isActive())
            m_backlogTimer.start(m_options.limits.backlogCheckInterval);
    }
}

void EchoServer::remove(Connection &connection)
{
    m_connections.remove(&connection);
    m_rejected.remove(&connection);
    // Its socket is still emitting the signal that led here.
    connection.deleteLater();
    if (m_connections.isEmpty())
        m_backlogTimer.stop();
    if (m_isStopping)
        finishStopping();
}

void EchoServer::closeListeners()
{
    for (const auto &listener : m_listeners)
        listener->close();
}

void EchoServer::finishStopping()
{
    if (!m_connections.isEmpty() || std::exchange(m_isStopped, true))
        return;
    // From the event loop, so that a slot may destroy the server.
    QMetaObject::invokeMethod(this, &EchoServer::stopped, Qt::QueuedConnection);
}
