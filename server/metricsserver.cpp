// SPDX-License-Identifier: MIT
#include "metricsserver.h"

#include "listener.h"

#include <QHttpServerRequest>
#include <QHttpServerResponder>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTimer>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int maxFreePortAttempts = 20;

QUrl metricsUrl(const QHostAddress &address, quint16 port)
{
    QUrl url;
    url.setScheme(u"http"_s);
    url.setHost(address.toString());
    url.setPort(port);
    url.setPath(u"/metrics"_s);
    return url;
}

QString reasonAndRemedy(const QTcpServer &server)
{
    switch (server.serverError()) {
    case QAbstractSocket::AddressInUseError:
        return u"the port is taken; use --metrics-port N for another one"_s;
    case QAbstractSocket::SocketAccessError:
        return u"no permission for this port; use --metrics-port N with 1024 or more"_s;
    default:
        return server.errorString() + u"; use --metrics-port N for another one"_s;
    }
}

/// Whether \a host, a Host header, names this machine. Only a browser can be led here by another
/// name (DNS rebinding), and it never leaves the header out.
bool isLoopback(const QByteArray &host)
{
    if (host.isEmpty())
        return true;
    QUrl url;
    url.setAuthority(QString::fromLatin1(host), QUrl::StrictMode);
    const QString name = url.host();
    return name == "localhost"_L1 || QHostAddress(name).isLoopback();
}

} // namespace

/*!
    Hands out connections that MetricsServer has admitted, one after another.
*/
class MetricsServer::AdmittingListener : public QTcpServer
{
public:
    explicit AdmittingListener(MetricsServer &server)
        : m_server(server)
    {
    }

    /// Starts to accept, once it listens.
    void startAccepting()
    {
        pauseAccepting(); // QTcpServer's own way; see Listener
        m_listener.emplace(FileDescriptor::duplicateOf(int(socketDescriptor())));
        connect(&*m_listener, &Listener::accepted, this, &AdmittingListener::admit);
        connect(&*m_listener, &Listener::acceptedTooMany, this,
                [](int descriptor) { ::close(descriptor); });
    }

private:
    void admit(int descriptor)
    {
        auto *socket = new QTcpSocket(this);
        if (!socket->setSocketDescriptor(descriptor)) {
            delete socket;
            ::close(descriptor);
            return;
        }
        m_server.admit(socket);
        addPendingConnection(socket);
        Q_EMIT newConnection();
        pauseAccepting(); // nextPendingConnection() has resumed it
    }

    MetricsServer &m_server;
    std::optional<Listener> m_listener;
};

struct MetricsServer::Answer
{
    QHttpServerResponder::StatusCode status;
    QByteArray body;
    QByteArray contentType = "text/plain; charset=utf-8"_ba;
};

MetricsServer::MetricsServer(quint16 port, GetMetrics getMetrics, IsDraining isDraining,
                             const MetricsServerLimits &limits, QObject *parent)
    : QAbstractHttpServer(parent)
    , m_port(port)
    , m_getMetrics(std::move(getMetrics))
    , m_isDraining(std::move(isDraining))
    , m_limits(limits)
{
}

std::optional<QString> MetricsServer::listen()
{
    // A port that is free on 127.0.0.1 may be taken on ::1.
    std::optional<QString> problem = listen(m_port);
    for (int attempt = 1; problem && m_port == 0 && attempt < maxFreePortAttempts; ++attempt)
        problem = listen(m_port);
    return problem;
}

std::optional<QString> MetricsServer::listen(quint16 port)
{
    std::vector<std::unique_ptr<AdmittingListener>> listeners;
    for (const auto special : {QHostAddress::LocalHost, QHostAddress::LocalHostIPv6}) {
        const QHostAddress address(special);
        const bool isOptional = special == QHostAddress::LocalHostIPv6;
        if (isOptional && !QTcpServer().listen(address))
            continue;
        auto listener = std::make_unique<AdmittingListener>(*this);
        if (!listener->listen(address, port)) {
            return u"cannot listen on %1: %2"_s.arg(metricsUrl(address, port).toString(),
                                                    reasonAndRemedy(*listener));
        }
        port = listener->serverPort();
        listeners.push_back(std::move(listener));
    }
    for (auto &listener : listeners) {
        listener->startAccepting();
        bind(listener.release());
    }
    return std::nullopt;
}

QList<QUrl> MetricsServer::urls() const
{
    QList<QUrl> urls;
    const auto listeners = servers();
    for (const QTcpServer *listener : listeners)
        urls.append(metricsUrl(listener->serverAddress(), listener->serverPort()));
    return urls;
}

void MetricsServer::admit(QTcpSocket *socket)
{
    if (m_connections.size() >= m_limits.maxConnections)
        m_connections.first()->abort();
    m_connections.append(socket);
    connect(socket, &QTcpSocket::disconnected, this,
            [this, socket] { m_connections.removeOne(socket); });
    socket->setReadBufferSize(m_limits.maxRequestSize);
    // Not QTimer::singleShot(), which would outlive the socket.
    auto *timer = new QTimer(socket);
    timer->setSingleShot(true);
    connect(timer, &QTimer::timeout, socket, &QTcpSocket::abort);
    timer->start(m_limits.maxAge);
}

bool MetricsServer::handleRequest(const QHttpServerRequest &request, QTcpSocket *socket)
{
    const Answer answer = answerTo(request);
    QHttpServerResponder responder = makeResponder(request, socket);
    responder.writeStatusLine(answer.status);
    responder.writeHeader("Content-Type"_ba, answer.contentType);
    responder.writeHeader("Content-Length"_ba, QByteArray::number(answer.body.size()));
    if (answer.status == QHttpServerResponder::StatusCode::MethodNotAllowed)
        responder.writeHeader("Allow"_ba, "GET, HEAD"_ba);
    responder.writeHeader("Connection"_ba, "close"_ba);
    const bool isHead = request.method() == QHttpServerRequest::Method::Head;
    responder.writeBody(isHead ? QByteArray() : answer.body);
    // One request a connection: Qt would answer all that are sent, read or not, and keep them.
    disconnect(socket, &QTcpSocket::readyRead, this, nullptr);
    socket->disconnectFromHost();
    return true;
}

/// Qt calls it for a request for a WebSocket only, which handleRequest() has answered.
void MetricsServer::missingHandler(const QHttpServerRequest & /*request*/, QTcpSocket * /*socket*/)
{
}

MetricsServer::Answer MetricsServer::answerTo(const QHttpServerRequest &request) const
{
    using Status = QHttpServerResponder::StatusCode;
    using Method = QHttpServerRequest::Method;
    if (!isLoopback(request.value("host"_ba)))
        return {Status::Forbidden, "Ask for this by a name of this machine: localhost.\n"_ba};
    if (request.method() != Method::Get && request.method() != Method::Head)
        return {Status::MethodNotAllowed, "Only GET and HEAD are known here.\n"_ba};
    const QString path = request.url().path();
    if (path == "/metrics"_L1) {
        return {Status::Ok, prometheusText(m_getMetrics()),
                "text/plain; version=0.0.4; charset=utf-8"_ba};
    }
    if (path == "/healthz"_L1) {
        if (m_isDraining())
            return {Status::ServiceUnavailable, "draining\n"_ba};
        return {Status::Ok, "ok\n"_ba};
    }
    return {Status::NotFound, "Here are /metrics and /healthz.\n"_ba};
}
