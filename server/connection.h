// SPDX-License-Identifier: MIT
#pragma once

#include "performer.h"
#include "servercontext.h"
#include "wire.h"

#include <QElapsedTimer>
#include <QObject>

#include <memory>
#include <optional>

/*!
    One peer, from its TCP connection to the end of it: greets it, and sends each of its messages
    back, in order and of the same type; or what it asks for instead, see Behaviour.

    It may be destroyed at any time, except from within a slot of its own signal: there, use
    deleteLater().
*/
class Connection : public QObject
{
    Q_OBJECT

public:
    /// \a id names the peer in the log; \a context outlives the connection.
    Connection(quint64 id, std::unique_ptr<Transport> transport, ServerContext &context,
               QObject *parent = nullptr);
    /// Ends the connection at once, without finished().
    ~Connection() override;

    /// The handshake is over.
    void open();
    /// Sends the greeting, and begins to answer.
    void start();
    /// Starts the closing handshake, with a Close frame that has no body where there is no \a code.
    /// What has not ended after Limits::closeTimeout is aborted.
    void close(std::optional<int> code, const QString &reason);
    /// Ends the connection at once; \a why is for the log.
    void abort(const QString &why);
    /// Holds the peer to the times of the limits.
    void sweep();

    [[nodiscard]] Wire &wire() { return *m_wire; }
    [[nodiscard]] const Wire &wire() const { return *m_wire; }
    [[nodiscard]] bool isOpen() const { return m_isOpen; }
    [[nodiscard]] QHostAddress peerAddress() const { return m_wire->peerAddress(); }

Q_SIGNALS:
    /// The connection has ended. Comes once, and nothing comes after it.
    void finished();

private:
    void startPerforming();
    void receiveMessage(const QByteArray &message, Opcode type);
    void receiveClose(int code, const QString &reason);
    void receiveEnd();
    void send(const QByteArray &message, Opcode type);
    [[nodiscard]] qint64 frameSizeFor(const QByteArray &message) const;
    void ping();
    void reset();
    void logMessage(const QByteArray &message, Opcode type) const;
    [[nodiscard]] QString peerName() const;
    void onRefused(int status);
    void finish();

    const quint64 m_id;
    ServerContext &m_context;
    const std::unique_ptr<Wire> m_wire;
    /// Where the peer has asked for more than an echo.
    std::unique_ptr<Performer> m_performer;
    QElapsedTimer m_age; // of what it is doing: connecting, or closing
    std::optional<int> m_firstCloseCode; // of either side
    std::optional<int> m_closeCode; // of our Close frame
    QString m_closeReason;
    std::optional<QString> m_abortReason;
    bool m_isOpen = false; // it has become a WebSocket, which may have ended since
    bool m_isRefused = false;
    bool m_isPinged = false;
    bool m_isFinished = false;
};
