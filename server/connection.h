// SPDX-License-Identifier: MIT
#pragma once

#include "serverlimits.h"

#include <QObject>
#include <QWebSocket>

#include <memory>
#include <optional>

class LingeringClose;

/*!
    One peer: greets it, and sends each of its messages back, in order and of the same type.

    It may be destroyed at any time, except from within a slot of its own signal: there, use
    deleteLater().
*/
class Connection : public QObject
{
    Q_OBJECT

public:
    /*!
        \a id names the peer in the log; \a socket is open, and \a limits are set on it; \a
        descriptor is of the TCP connection under it.
    */
    Connection(quint64 id, std::unique_ptr<QWebSocket> socket, qintptr descriptor,
               const Limits &limits, QObject *parent = nullptr);
    /// Ends the connection at once, without finished().
    ~Connection() override;

    /// Sends \a text before any echo.
    void greet(const QString &text);
    /// Starts the closing handshake; what has not ended after Limits::closeTimeout is aborted.
    void close(QWebSocketProtocol::CloseCode code, const QString &reason);
    /// Ends the connection at once; \a why is for the log.
    void abort(const QString &why);
    /// Aborts when more than Limits::maxBacklog bytes wait for the peer.
    void checkBacklog();

    [[nodiscard]] const QWebSocket &socket() const { return *m_socket; }

Q_SIGNALS:
    /// The connection has ended. Comes once, and nothing comes after it.
    void finished();

private:
    void echoText(const QString &message);
    void echoBinary(const QByteArray &message);
    void watchClosing();
    void linger();
    void finish();

    const quint64 m_id;
    const Limits m_limits;
    const std::unique_ptr<QWebSocket> m_socket;
    const qintptr m_descriptor;
    /// Set while closing, that is, from the first Close frame of either side.
    std::unique_ptr<LingeringClose> m_lingeringClose;
    bool m_isFinished = false;
    std::optional<QString> m_abortReason;
};
