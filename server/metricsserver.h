// SPDX-License-Identifier: MIT
#pragma once

#include "metrics.h"

#include <QAbstractHttpServer>
#include <QHostAddress>
#include <QList>
#include <QString>
#include <QUrl>

#include <chrono>
#include <functional>
#include <optional>

/*!
    What the metrics may cost at most.
*/
struct MetricsServerLimits
{
    /// Connections at a time; one more ends the oldest, so that nobody can keep the others out.
    int maxConnections = 16;
    /// Bytes of a request; no more of a larger one is read.
    qint64 maxRequestSize = 8 * 1024;
    /// From TCP connection to its end.
    std::chrono::milliseconds maxAge = std::chrono::seconds(5);
};

/*!
    Tells programs of this machine how a server is doing, over HTTP on the loopback: \c /metrics for
    Prometheus, \c /healthz for whoever has to know whether it still takes clients.

    Each connection is for one request. A request that is no HTTP, too large or too slow is not
    answered; QAbstractHttpServer has no limits and no way to answer these.
*/
class MetricsServer : public QAbstractHttpServer
{
    Q_OBJECT

public:
    using GetMetrics = std::function<Metrics()>;
    using IsDraining = std::function<bool()>;

    /// \a port 0 is any free port. The functions are called for each request that needs them.
    MetricsServer(quint16 port, GetMetrics getMetrics, IsDraining isDraining,
                  const MetricsServerLimits &limits = {}, QObject *parent = nullptr);

    /*!
        Listens on 127.0.0.1 and, where the machine has it, ::1, on the same port, or on none.
        Returns nothing on success, otherwise a sentence that names the address, the reason and a
        remedy.
    */
    [[nodiscard]] std::optional<QString> listen();

    /// Where the metrics are.
    [[nodiscard]] QList<QUrl> urls() const;

protected:
    bool handleRequest(const QHttpServerRequest &request, QTcpSocket *socket) override;
    void missingHandler(const QHttpServerRequest &request, QTcpSocket *socket) override;

private:
    class AdmittingListener;
    struct Answer;

    [[nodiscard]] std::optional<QString> listen(quint16 port);
    void admit(QTcpSocket *socket);
    [[nodiscard]] Answer answerTo(const QHttpServerRequest &request) const;

    const quint16 m_port;
    const GetMetrics m_getMetrics;
    const IsDraining m_isDraining;
    const MetricsServerLimits m_limits;
    /// The oldest first.
    QList<QTcpSocket *> m_connections;
};
