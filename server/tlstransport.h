// SPDX-License-Identifier: MIT
#pragma once

#include "transport.h"

#include <QSocketNotifier>
#include <QSslConfiguration>
#include <QSslSocket>

#include <memory>

/*!
    A TLS connection, of which this is the server. What is written before TLS is there is dropped:
    the peer could not read it.

    What a peer has not read when it ends its own direction is lost: TLS before 1.3 has no half of
    a connection (RFC 5246 7.2.1), and QSslSocket none at all.
*/
class TlsTransport : public Transport
{
    Q_OBJECT

public:
    /// Owns \a descriptor: a connected socket that does not block. At most \a readBufferSize bytes
    /// of input are kept.
    TlsTransport(int descriptor, const QHostAddress &peerAddress, quint16 peerPort,
                 const QSslConfiguration &configuration, qint64 readBufferSize);
    ~TlsTransport() override;

    [[nodiscard]] qint64 read(char *data, qint64 maxSize) override;
    void setReading(bool isReading) override;
    void write(std::span<const QByteArray> parts) override;
    [[nodiscard]] qint64 bytesToWrite() const override;
    [[nodiscard]] qint64 bytesInFlight() const override;
    void shutDown() override;
    void close() override;
    void reset() override;

private:
    void startTls();
    void end();
    void announceInput();
    void announceInputAgain();
    void onDisconnected();

    const QSslConfiguration m_configuration;
    const qint64 m_readBufferSize;
    /// Until the peer says something: a QSslSocket costs more than to connect and be silent does.
    int m_descriptor;
    QSocketNotifier m_firstByte;
    std::unique_ptr<QSslSocket> m_socket;
    bool m_isReading = true;
};
