// SPDX-License-Identifier: MIT
#pragma once

#include "connectionsettings.h"

#include <QObject>
#include <QPointer>
#include <QTimer>
#include <QtQml/qqmlregistration.h>

class WebSocket;

/*!
    Finds out whether the server of an open WebSocket is still there: TCP does not say when it, or
    the network in between, has gone without a word.

    It sends a ping when the connection opens and then every \c interval. A server from which
    nothing comes for maxMissed of them, neither a pong nor anything else, is gone: the connection
    is dropped, with a sentence. While reading is paused nothing can come, and none is missed.
    WebSocket::roundTripTime tells how long the answers take.
*/
class Heartbeat : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_MOC_INCLUDE("websocket.h")

    Q_PROPERTY(WebSocket *socket READ socket WRITE setSocket NOTIFY socketChanged FINAL)
    /// How long after one ping the next is sent, in ms; 0: no pings. 20 s by default.
    Q_PROPERTY(int interval READ interval WRITE setInterval NOTIFY intervalChanged FINAL)

public:
    static constexpr int maxMissed = 2;

    explicit Heartbeat(QObject *parent = nullptr);
    ~Heartbeat() override;

    [[nodiscard]] WebSocket *socket() const;
    void setSocket(WebSocket *socket);
    [[nodiscard]] int interval() const { return m_interval; }
    void setInterval(int interval);

Q_SIGNALS:
    void socketChanged();
    void intervalChanged();

private:
    void restart();
    void ping();
    void onTimeout();

    QPointer<WebSocket> m_socket;
    QTimer m_timer; // until the next ping
    int m_interval = ConnectionSettings::defaultPingInterval;
    int m_missed = 0; // pings, one after the other
    qint64 m_bytesToWrite = 0; // at the last ping
    bool m_hasHeard = false; // anything since then
};
