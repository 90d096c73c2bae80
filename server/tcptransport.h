// SPDX-License-Identifier: MIT
#pragma once

#include "transport.h"

#include <QByteArrayList>
#include <QSocketNotifier>

#include <memory>

/*!
    A TCP connection on its file descriptor.

    QTcpSocket will not do: at the peer's FIN it throws away what is not yet written, though such a
    peer still reads.
*/
class TcpTransport : public Transport
{
    Q_OBJECT

public:
    /// Owns \a descriptor: a connected socket that does not block.
    TcpTransport(int descriptor, const QHostAddress &peerAddress, quint16 peerPort);
    ~TcpTransport() override;

    [[nodiscard]] qint64 read(char *data, qint64 maxSize) override;
    void setReading(bool isReading) override;
    void write(std::span<const QByteArray> parts) override;
    [[nodiscard]] qint64 bytesToWrite() const override { return m_bytesToWrite; }
    [[nodiscard]] qint64 bytesInFlight() const override;
    void shutDown() override;
    void close() override;
    void reset() override;

private:
    /// Where in a list of parts.
    struct Position
    {
        std::size_t part = 0;
        qsizetype byte = 0;
    };

    [[nodiscard]] Position send(std::span<const QByteArray> parts, Position position);
    void keep(const QByteArray &part);
    void writePending();
    void waitForKernel();
    void closeIfBothEnded();
    void fail();

    int m_descriptor;
    QSocketNotifier m_readNotifier;
    std::unique_ptr<QSocketNotifier> m_writeNotifier; // since the kernel was first full
    QByteArrayList m_pending; // what the kernel has not taken
    qsizetype m_pendingBegin = 0; // in the first one
    qint64 m_bytesToWrite = 0;
    bool m_isInputAtEnd = false;
    bool m_isShutDown = false;
};
