// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QHostAddress>
#include <QObject>

#include <span>

/*!
    The TCP or TLS connection under a Wire.

    It reads nothing that it is not asked for: what is not read stays with the kernel, and then
    with the peer. It takes all that is written, and keeps what the kernel does not take yet.
*/
class Transport : public QObject
{
    Q_OBJECT

public:
    /// What read() returns at the end of the input.
    static constexpr qint64 endOfInput = -1;
    /// In bytes: from here on it costs more to copy a part than to send it from where it is.
    static constexpr qsizetype largePartSize = 4096;

    [[nodiscard]] const QHostAddress &peerAddress() const { return m_peerAddress; }
    [[nodiscard]] quint16 peerPort() const { return m_peerPort; }

    /// Reads up to \a maxSize bytes into \a data. Returns how many they are, 0 when there are none
    /// now, or endOfInput.
    [[nodiscard]] virtual qint64 read(char *data, qint64 maxSize) = 0;
    /// Whether readyRead() is wanted. It is at first.
    virtual void setReading(bool isReading) = 0;
    /// Sends \a parts, one behind another, now or when the kernel takes them. None is empty.
    virtual void write(std::span<const QByteArray> parts) = 0;
    /// Bytes that the kernel has not taken yet.
    [[nodiscard]] virtual qint64 bytesToWrite() const = 0;
    /// Bytes that the kernel has taken, but the peer's has not acknowledged.
    [[nodiscard]] virtual qint64 bytesInFlight() const = 0;
    /// Tells the peer that nothing more comes; to be called once nothing is left to write. What
    /// the peer still sends can be read.
    virtual void shutDown() = 0;
    /// Ends the connection without closed(). What the kernel has taken is still delivered.
    virtual void close() = 0;
    /// As close(), with a TCP reset: the peer may lose what it has not read.
    virtual void reset() = 0;

Q_SIGNALS:
    /// There is something to read, or the end of the input. Comes again while that is so.
    void readyRead();
    /// The kernel has taken \a bytes that it did not take at first.
    void bytesWritten(qint64 bytes);
    /// Both directions have ended, or the connection has failed. Comes once, from the event loop.
    void closed();

protected:
    Transport(const QHostAddress &peerAddress, quint16 peerPort)
        : m_peerAddress(peerAddress)
        , m_peerPort(peerPort)
    {
    }

private:
    const QHostAddress m_peerAddress;
    const quint16 m_peerPort;
};
