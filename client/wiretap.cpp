// SPDX-License-Identifier: MIT
#include "wiretap.h"

#include <QtEndian>

#include <algorithm>
#include <array>

namespace {

/// The header of a frame (RFC 6455 section 5.2).
struct FrameHeader
{
    static constexpr qint64 maxSize = 14;

    int opcode = 0;
    bool isMasked = false;
    qint64 size = 0;
    quint64 payloadSize = 0;

    /// Reads the header that \a bytes begin with, if it is all there.
    static std::optional<FrameHeader> read(QByteArrayView bytes)
    {
        constexpr qint64 shortSize = 2;
        constexpr qint64 maskSize = 4;
        if (bytes.size() < shortSize)
            return {};
        const auto first = static_cast<quint8>(bytes[0]);
        const auto second = static_cast<quint8>(bytes[1]);
        FrameHeader header{.opcode = first & 0x0f,
                           .isMasked = (second & 0x80) != 0,
                           .size = shortSize,
                           .payloadSize = second & 0x7fU};
        if (header.payloadSize == 126) {
            header.size += sizeof(quint16);
            if (bytes.size() >= header.size)
                header.payloadSize = qFromBigEndian<quint16>(bytes.data() + shortSize);
        } else if (header.payloadSize == 127) {
            header.size += sizeof(quint64);
            if (bytes.size() >= header.size)
                header.payloadSize = qFromBigEndian<quint64>(bytes.data() + shortSize);
        }
        if (header.isMasked)
            header.size += maskSize;
        return bytes.size() >= header.size ? std::optional(header) : std::nullopt;
    }
};

} // namespace

void WireTap::start(QTcpSocket *socket)
{
    m_socket = socket;
    socket->startTransaction();
}

QByteArray WireTap::peekAnswer(qint64 maxSize) const
{
    if (!m_socket)
        return {};
    if (m_socket->isTransactionStarted())
        m_socket->rollbackTransaction();
    return m_socket->peek(maxSize);
}

QByteArray WireTap::takeAnswer()
{
    if (!m_socket || !m_socket->isTransactionStarted())
        return {};
    const qint64 unread = m_socket->bytesAvailable();
    m_socket->rollbackTransaction();
    QByteArray answer = m_socket->read(m_socket->bytesAvailable() - unread);
    m_socket->startTransaction();
    return answer;
}

void WireTap::takeFrames()
{
    if (!m_socket || !m_socket->isTransactionStarted()) // it is closed
        return;
    const qint64 unread = m_socket->bytesAvailable();
    m_socket->rollbackTransaction();
    qint64 read = m_socket->bytesAvailable() - unread;
    while (takeFrame(read)) { }
    m_socket->startTransaction();
    // The beginning of one that has not come as a whole.
    if (read > 0)
        m_socket->skip(read);
}

void WireTap::stop()
{
    if (m_socket && m_socket->isTransactionStarted())
        m_socket->commitTransaction();
}

/// Takes a frame out of the \a read bytes that come next; false where there is none.
bool WireTap::takeFrame(qint64 &read)
{
    std::array<char, FrameHeader::maxSize> bytes{};
    const qint64 size = m_socket->peek(bytes.data(), std::min<qint64>(read, FrameHeader::maxSize));
    const auto header = FrameHeader::read({bytes.data(), std::max<qint64>(size, 0)});
    if (!header)
        return false;
    m_hasMaskedFrame = m_hasMaskedFrame || header->isMasked;
    if (header->payloadSize > static_cast<quint64>(read - header->size))
        return false;
    const auto payloadSize = static_cast<qint64>(header->payloadSize);
    constexpr int closeOpcode = 8;
    m_socket->skip(header->size);
    if (header->opcode == closeOpcode)
        m_closeFrame = m_socket->read(payloadSize);
    else
        m_socket->skip(payloadSize);
    read -= header->size + payloadSize;
    return true;
}
