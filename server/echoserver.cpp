// SPDX-License-Identifier: MIT
#include "echoserver.h"

#include "connection.h"
#include "logging.h"
#include "tcptransport.h"
#include "tlspair.h"
#include "tlstransport.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int maxFreePortAttempts = 20;
constexpr auto stoppingReason = "Server stopping"_L1;

QUrl webSocketUrl(const QHostAddress &address, quint16 port, bool isSecure)
{
    // IPv6 and IPv4 in one socket, which Qt shows as 0.0.0.0.
    const bool isDual = address.protocol() == QAbstractSocket::AnyIPProtocol;
    QUrl url;
    url.setScheme(isSecure ? u"wss"_s : u"ws"_s);
    url.setHost((isDual ? QHostAddress(QHostAddress::AnyIPv6) : address).toString());
    url.setPort(port);
    return url;
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

/// Lets the process have as many files as the system allows, and returns how many that are.
rlim_t raiseFileLimit()
{
    rlimit limit = {};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
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
    , m_context(options.limits)
    , m_upgrader(u"awesome-chat-server"_s, QWebSocketServer::NonSecureMode)
    , m_maxConnections(options.limits.maxConnections)
{
    connect(&m_upgrader, &QWebSocketServer::newConnection, this, &EchoServer::openUpgraded);
    connect(&m_sweepTimer, &QTimer::timeout, this, &EchoServer::sweep);
}

EchoServer::~EchoServer()
{
    // Before the upgrader, which has slots on their wires.
    qDeleteAll(m_connections);
}

std::optional<QString> EchoServer::start()
{
    if (!m_options.tlsCertificate.isEmpty()) {
        if (std::optional<QString> problem = loadTls())
            return problem;
    }
    const qint64 files = qint64(raiseFileLimit()) - Limits::reservedFiles;
    m_maxConnections =
        int(std::min<qint64>(m_context.limits.maxConnections, std::max<qint64>(files, 1)));
    const QList<int> &sockets = m_options.listenSockets;
    if (auto problem = sockets.isEmpty() ? listenOnAddresses() : adopt(sockets))
        return problem;
    m_context.greeting = m_options.greeting;
    m_context.policy.allowedOrigins = m_options.allowedOrigins;
    m_context.policy.allowedHosts = m_options.allowedHosts;
    // Against DNS rebinding: a page from elsewhere that reached this machine would name that
    // elsewhere.
    m_context.policy.loopbackHostsOnly =
        std::all_of(m_listeners.cbegin(), m_listeners.cend(),
                    [](const auto &listener) { return listener->serverAddress().isLoopback(); });
    return std::nullopt;
}

std::optional<QString> EchoServer::listenOnAddresses()
{
    const QList<QHostAddress> addresses = addressesToUse();
    // A port that is free on the first address may be taken on the next one.
    std::optional<ListenError> error = listen(addresses);
    for (int attempt = 1; error && m_options.port == 0 && attempt < maxFreePortAttempts; ++attempt)
        error = listen(addresses);
    return error ? std::optional(error->sentence()) : std::nullopt;
}

std::optional<QString> EchoServer::loadTls()
{
    const auto pair = loadTlsPair(m_options.tlsCertificate, m_options.tlsKey);
    if (const auto *problem = std::get_if<QString>(&pair))
        return *problem;
    m_tls = std::get<QSslConfiguration>(pair);
    return std::nullopt;
}

void EchoServer::reloadTls()
{
    if (const std::optional<QString> problem = loadTls()) {
        qCWarning(lcServer).noquote() << u"the old certificate stays: "_s + *problem;
        return;
    }
    qCInfo(lcServer).noquote() << u"new certificate, SHA-256 %1"_s.arg(QString::fromLatin1(
        m_tls->localCertificate().digest(QCryptographicHash::Sha256).toHex(':')));
}

void EchoServer::stop()
{
    if (std::exchange(m_isStopping, true))
        return;
    closeListeners();
    QTimer::singleShot(m_context.limits.drainTimeout, this, &EchoServer::abort);
    const auto connections = everyConnection();
    for (const auto &connection : connections) {
        if (connection && connection->isOpen())
            connection->close(QWebSocketProtocol::CloseCodeGoingAway, stoppingReason);
    }
    finishStopping();
}

void EchoServer::abort()
{
    m_isStopping = true;
    closeListeners();
    const auto connections = everyConnection();
    for (const auto &connection : connections) {
        if (connection)
            connection->abort(u"server stopping"_s);
    }
    finishStopping();
}

Metrics EchoServer::metrics() const
{
    Metrics metrics = m_context.metrics;
    metrics.open = m_openCount;
    for (const Connection *connection : m_connections)
        metrics.backlogBytes += connection->wire().backlog();
    return metrics;
}

QList<QUrl> EchoServer::urls() const
{
    QList<QUrl> urls;
    for (const auto &listener : m_listeners)
        urls.append(
            webSocketUrl(listener->serverAddress(), listener->serverPort(), m_tls.has_value()));
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
    std::vector<std::unique_ptr<Listener>> listeners;
    quint16 port = m_options.port;
    for (const QHostAddress &address : addresses) {
        auto listener = std::make_unique<Listener>();
        listener->setListenBacklogSize(m_context.limits.listenBacklog);
        if (!listener->listen(address, port)) {
            return ListenError{webSocketUrl(address, port, m_tls.has_value()),
                               listener->serverError(), listener->errorString()};
        }
        port = listener->serverPort();
        listeners.push_back(std::move(listener));
    }
    startAccepting(std::move(listeners));
    return std::nullopt;
}

std::optional<QString> EchoServer::adopt(const QList<int> &sockets)
{
    std::vector<std::unique_ptr<Listener>> listeners;
    for (const int socket : sockets) {
        auto listener = std::make_unique<Listener>();
        if (!listener->setSocketDescriptor(socket)) {
            return u"cannot listen on descriptor %1: %2; hand over a listening TCP socket"_s.arg(
                QString::number(socket), listener->errorString());
        }
        listeners.push_back(std::move(listener));
    }
    startAccepting(std::move(listeners));
    return std::nullopt;
}

void EchoServer::startAccepting(std::vector<std::unique_ptr<Listener>> listeners)
{
    for (const auto &listener : listeners) {
        connect(listener.get(), &Listener::accepted, this, &EchoServer::accept);
        connect(listener.get(), &Listener::acceptedTooMany, this,
                [this](int descriptor) { turnAway(descriptor, Refusal::OutOfFiles); });
        listener->startAccepting();
    }
    m_listeners = std::move(listeners);
}

std::unique_ptr<Transport>
EchoServer::makeTransport(int descriptor, const QHostAddress &peerAddress, quint16 peerPort) const
{
    if (!m_tls)
        return std::make_unique<TcpTransport>(descriptor, peerAddress, peerPort);
    return std::make_unique<TlsTransport>(descriptor, peerAddress, peerPort, *m_tls,
                                          m_context.limits.readQuantum);
}

void EchoServer::accept(int descriptor, const QHostAddress &peerAddress, quint16 peerPort)
{
    if (m_connections.size() >= m_maxConnections)
        turnAway(descriptor, Refusal::Full);
    else if (m_connectionsFrom.value(peerAddress) >= m_context.limits.maxConnectionsPerAddress)
        turnAway(descriptor, Refusal::AddressFull);
    else
        serve(makeTransport(descriptor, peerAddress, peerPort));
}

/// Answers a peer for whom there is no room without spending anything on it.
void EchoServer::turnAway(int descriptor, Refusal reason)
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

void EchoServer::serve(std::unique_ptr<Transport> transport)
{
    ++m_context.metrics.accepted;
    auto *connection = new Connection(++m_lastId, std::move(transport), m_context, this);
    m_connections.insert(connection);
    ++m_connectionsFrom[connection->peerAddress()];
    connect(connection, &Connection::finished, this, [this, connection] { remove(*connection); });
    connect(&connection->wire(), &Wire::upgraded, this,
            [this, connection] { m_upgraded = connection; });
    m_upgrader.handleConnection(&connection->wire());
    // It would delete the wire, which is not its own.
    QObject::disconnect(&connection->wire(), &QTcpSocket::disconnected, &m_upgrader, nullptr);
    if (!m_sweepTimer.isActive())
        m_sweepTimer.start(sweepInterval(m_context.limits));
}

/// The upgrader writes its answer, then says this, in one go: it is m_upgraded's.
void EchoServer::openUpgraded()
{
    auto socket = std::unique_ptr<QWebSocket>(m_upgrader.nextPendingConnection());
    Connection *connection = std::exchange(m_upgraded, nullptr);
    if (!connection || !socket)
        return;
    connection->open(std::move(socket));
    ++m_openCount;
    ++m_context.metrics.upgraded;
    if (m_isStopping) {
        connection->close(QWebSocketProtocol::CloseCodeGoingAway, stoppingReason);
        return;
    }
    connection->start();
}

void EchoServer::sweep()
{
    const auto connections = everyConnection();
    for (const auto &connection : connections) {
        if (connection)
            connection->sweep();
    }
}

/// For a loop in which any of them may end.
QList<QPointer<Connection>> EchoServer::everyConnection() const
{
    return {m_connections.cbegin(), m_connections.cend()};
}

void EchoServer::remove(Connection &connection)
{
    m_connections.remove(&connection);
    if (connection.isOpen())
        --m_openCount;
    if (--m_connectionsFrom[connection.peerAddress()] == 0)
        m_connectionsFrom.remove(connection.peerAddress());
    if (m_upgraded == &connection)
        m_upgraded = nullptr;
    // Its socket is still emitting the signal that led here.
    connection.deleteLater();
    if (m_connections.isEmpty())
        m_sweepTimer.stop();
    if (m_isStopping)
        finishStopping();
}

void EchoServer::closeListeners()
{
    for (const auto &listener : m_listeners)
        listener->stop();
}

void EchoServer::finishStopping()
{
    // Whoever has not finished the handshake is owed nothing, but may finish it while others are
    // there.
    if (m_openCount > 0 || std::exchange(m_isStopped, true))
        return;
    qDeleteAll(std::exchange(m_connections, {}));
    // From the event loop, so that a slot may destroy the server.
    QMetaObject::invokeMethod(this, &EchoServer::stopped, Qt::QueuedConnection);
}
