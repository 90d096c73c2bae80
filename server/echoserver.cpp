// SPDX-License-Identifier: MIT
#include "echoserver.h"

#include "logging.h"
#include "tlspair.h"
#include "worker.h"
#include "workerthread.h"

#include <QTcpServer>

#include <algorithm>
#include <iterator>
#include <type_traits>
#include <utility>

#include <sys/resource.h>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int maxFreePortAttempts = 20;
/// One more has these of its event dispatcher, and for each place to listen.
constexpr int filesPerWorker = 2;
constexpr int filesPerListener = 2;

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

/// Lets \a worker do it: at once where it works in this thread, otherwise soon.
template<typename Function>
void tell(Worker &worker, Function function)
{
    QMetaObject::invokeMethod(&worker, std::move(function));
}

/// Lets \a worker do it, and waits until that is done. Returns what it returns.
template<typename Function>
auto ask(Worker &worker, Function function)
{
    using Result = std::invoke_result_t<Function>;
    const bool isHere = worker.thread() == QThread::currentThread();
    const auto type = isHere ? Qt::DirectConnection : Qt::BlockingQueuedConnection;
    if constexpr (std::is_void_v<Result>) {
        QMetaObject::invokeMethod(&worker, std::move(function), type);
    } else {
        Result result;
        QMetaObject::invokeMethod(
            &worker, [&] { result = function(); }, type);
        return result;
    }
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
}

EchoServer::~EchoServer() = default;

std::optional<QString> EchoServer::start()
{
    if (!m_options.tlsCertificate.isEmpty()) {
        if (std::optional<QString> problem = loadTls())
            return problem;
    }
    const QList<int> &sockets = m_options.listenSockets;
    if (auto problem = sockets.isEmpty() ? listenOnAddresses() : adopt(sockets))
        return problem;
    for (const ListeningPlace &place : m_places)
        m_urls.append(webSocketUrl(place.address, place.port, m_tls.has_value()));
    return startWorkers();
}

/// Lets the process have as many files as it may, and leaves to peers what is not needed to listen
/// at so many places. Returns a sentence where there are too few even for that.
std::optional<QString> EchoServer::reserveFiles(qsizetype placeCount)
{
    const qint64 ownFiles = Limits::reservedFiles
        + (m_options.threads - 1) * (filesPerWorker + filesPerListener * qint64(placeCount));
    m_filesForPeers = qint64(raiseFileLimit()) - ownFiles;
    if (m_filesForPeers > 0 || m_options.threads == 1) // which takes few
        return std::nullopt;
    return u"%1 threads need %2 more open files than this process may have; use --threads N for "
           "fewer, or allow more (ulimit -n, LimitNOFILE= of systemd)"_s.arg(
               QString::number(m_options.threads), QString::number(1 - m_filesForPeers));
}

std::optional<QString> EchoServer::startWorkers()
{
    const Limits &limits = m_options.limits;
    m_admission.emplace(
        int(std::min<qint64>(limits.maxConnections, std::max<qint64>(m_filesForPeers, 1))),
        limits.maxConnectionsPerAddress);
    Worker::Task task;
    task.greeting = m_options.greeting;
    task.tls = m_tls;
    task.measuresLag = m_options.metricsPort.has_value();
    task.policy.allowedOrigins = m_options.allowedOrigins;
    task.policy.allowedHosts = m_options.allowedHosts;
    // Against DNS rebinding: a page from elsewhere that reached this machine would name that
    // elsewhere.
    task.policy.loopbackHostsOnly =
        std::all_of(m_places.cbegin(), m_places.cend(),
                    [](const ListeningPlace &place) { return place.address.isLoopback(); });
    for (int i = 0; i < m_options.threads; ++i) {
        if (!addWorker()) {
            return u"cannot start thread %1 of %2; use --threads N for fewer, or allow more "
                   "(ulimit -u, TasksMax= of systemd)"_s.arg(QString::number(i + 1),
                                                             QString::number(m_options.threads));
        }
        std::vector<FileDescriptor> sockets;
        for (ListeningPlace &place : m_places)
            sockets.push_back(std::move(place.sockets[std::size_t(i)]));
        Worker &worker = *m_workers.back();
        ask(worker, [&] { worker.start(task, std::move(sockets)); });
    }
    return std::nullopt;
}

/// Returns whether it runs: the system may refuse a thread.
bool EchoServer::addWorker()
{
    auto worker = std::make_unique<Worker>(m_options.limits, *m_admission);
    connect(worker.get(), &Worker::stopped, this, &EchoServer::countStopped);
    m_workers.push_back(worker.get());
    if (m_options.threads == 1) {
        m_ownWorker = std::move(worker);
        return true;
    }
    m_threads.push_back(std::make_unique<WorkerThread>(std::move(worker)));
    m_threads.back()->start();
    return m_threads.back()->isRunning();
}

std::optional<QString> EchoServer::listenOnAddresses()
{
    const QList<QHostAddress> addresses = addressesToUse();
    if (std::optional<QString> problem = reserveFiles(addresses.size()))
        return problem;
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
    for (Worker *const worker : m_workers)
        ask(*worker, [&] { worker->setTls(*m_tls); });
    qCInfo(lcServer).noquote() << u"new certificate, SHA-256 %1"_s.arg(QString::fromLatin1(
        m_tls->localCertificate().digest(QCryptographicHash::Sha256).toHex(':')));
}

void EchoServer::stop()
{
    if (std::exchange(m_isStopping, true))
        return;
    // Whoever is told to go comes back to nobody, whichever worker would have it.
    for (Worker *const worker : m_workers)
        ask(*worker, [worker] { worker->stopListening(); });
    for (Worker *const worker : m_workers)
        tell(*worker, [worker] { worker->stop(); });
}

void EchoServer::abort()
{
    m_isStopping = true;
    for (Worker *const worker : m_workers)
        tell(*worker, [worker] { worker->abort(); });
}

void EchoServer::countStopped()
{
    if (++m_stoppedCount == m_workers.size())
        Q_EMIT stopped();
}

qsizetype EchoServer::connectionCount() const
{
    qsizetype count = 0;
    for (Worker *const worker : m_workers)
        count += ask(*worker, [worker] { return worker->connectionCount(); });
    return count;
}

void EchoServer::waitForTurns() const
{
    for (Worker *const worker : m_workers)
        ask(*worker, [] {});
}

Metrics EchoServer::metrics() const
{
    Metrics metrics;
    for (Worker *const worker : m_workers)
        metrics += ask(*worker, [worker] { return worker->metrics(); });
    return metrics;
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
    std::vector<ListeningPlace> places;
    quint16 port = m_options.port;
    for (const QHostAddress &address : addresses) {
        auto place =
            ListeningPlace::open(address, port, m_options.limits.listenBacklog, m_options.threads);
        if (const auto *error = std::get_if<ListeningPlace::Error>(&place)) {
            return ListenError{webSocketUrl(address, port, m_tls.has_value()), error->code,
                               error->description};
        }
        places.push_back(std::move(std::get<ListeningPlace>(place)));
        port = places.back().port;
    }
    m_places = std::move(places);
    return std::nullopt;
}

std::optional<QString> EchoServer::adopt(const QList<int> &sockets)
{
    if (std::optional<QString> problem = reserveFiles(sockets.size()))
        return problem;
    for (const int socket : sockets) {
        auto place = ListeningPlace::adopt(socket, m_options.threads);
        if (const auto *error = std::get_if<ListeningPlace::Error>(&place)) {
            return u"cannot listen on descriptor %1: %2; hand over a listening TCP socket"_s.arg(
                QString::number(socket), error->description);
        }
        m_places.push_back(std::move(std::get<ListeningPlace>(place)));
    }
    return std::nullopt;
}
