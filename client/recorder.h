// SPDX-License-Identifier: MIT
#pragma once

#include "entry.h"

#include <QObject>
#include <QPointer>

class WebSocket;

/*!
    Makes entries of what happens on a WebSocket: each message that is sent or received, each
    connection that opens, closes or fails.
*/
class Recorder : public QObject
{
    Q_OBJECT

public:
    explicit Recorder(QObject *parent = nullptr);
    ~Recorder() override;

    [[nodiscard]] WebSocket *socket() const;
    /// Listens to \a socket from now on, and to no other.
    void setSocket(WebSocket *socket);

Q_SIGNALS:
    void recorded(const Entry &entry);

private:
    void onStatusChanged();
    void record(Entry::Direction direction, Entry::Kind kind, const QByteArray &payload);

    QPointer<WebSocket> m_socket;
};
