// SPDX-License-Identifier: MIT
#pragma once

#include "admission.h"
#include "listeningplace.h"
#include "metrics.h"
#include "serveroptions.h"

#include <QList>
#include <QObject>
#include <QSslConfiguration>
#include <QUrl>

#include <memory>
#include <optional>
#include <vector>

class Worker;
class WorkerThread;

/*!
    A WebSocket server that greets every peer and sends its messages back, with as many workers as
    ServerOptions::threads says. One alone works in the server's own thread, whose event loop has to
    run; several have a thread each.

    It serves once: start(), then stop() or abort().
*/
class EchoServer : public QObject
{
    Q_OBJECT

public:
    explicit EchoServer(const ServerOptions &options, QObject *parent = nullptr);
    /// Ends all connections at once.
    ~EchoServer() override;

    /*!
        Listens on all addresses or handed-over sockets, or on none, and starts its threads. Returns
        nothing on success, otherwise a sentence that names what is wrong and a remedy.
    */
    [[nodiscard]] std::optional<QString> start();

    /// Reads certificate and key again: new connections get the new ones, live ones keep theirs. A
    /// bad pair changes nothing, and is told in the log.
    void reloadTls();
    /// Stops listening and closes every peer with 1001, within Limits::drainTimeout.
    void stop();
    /// As stop(), but ends every connection at once.
    void abort();

    /// Where the server listens, in the order of the options, with the real port.
    [[nodiscard]] QList<QUrl> urls() const { return m_urls; }
    /// Peers that are being served or closing; not those that have not finished the handshake.
    [[nodiscard]] qsizetype connectionCount() const;
    /// What it has done, and is doing now. Waits for each worker's turn.
    [[nodiscard]] Metrics metrics() const;
    /// Returns as soon as each worker has had a turn, which never happens if one hangs.
    void waitForTurns() const;
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
    [[nodiscard]] std::optional<QString> loadTls();
    [[nodiscard]] std::optional<QString> reserveFiles(qsizetype placeCount);
    [[nodiscard]] std::optional<QString> startWorkers();
    [[nodiscard]] bool addWorker();
    void countStopped();

    const ServerOptions m_options;
    std::optional<QSslConfiguration> m_tls;
    std::vector<ListeningPlace> m_places;
    QList<QUrl> m_urls;
    /// There may be none.
    qint64 m_filesForPeers = 0;
    std::optional<Admission> m_admission;
    /// Either the one or the others.
    std::unique_ptr<Worker> m_ownWorker;
    std::vector<std::unique_ptr<WorkerThread>> m_threads;
    /// All of them.
    std::vector<Worker *> m_workers;
    std::size_t m_stoppedCount = 0;
    bool m_isStopping = false;
};
