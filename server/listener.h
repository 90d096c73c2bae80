// SPDX-License-Identifier: MIT
#pragma once

#include <QTcpServer>

/*!
    A QTcpServer that hands out what it accepts as file descriptors, and keeps none.
*/
class Listener : public QTcpServer
{
    Q_OBJECT

public:
    using QTcpServer::QTcpServer;

Q_SIGNALS:
    /// \a descriptor is a connected TCP socket, and the slot's to close.
    void accepted(qintptr descriptor);

protected:
    void incomingConnection(qintptr descriptor) override { Q_EMIT accepted(descriptor); }
};
