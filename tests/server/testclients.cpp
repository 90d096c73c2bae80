// SPDX-License-Identifier: MIT
#include "testclients.h"

#include <QTcpServer>
#include <QtEndian>

#include <utility>

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

ServerOptions quietLoopbackOptions()
{
    ServerOptions options;
    options.addresses = {{QHostAddress(QHostAddress::LocalHost)}};
    options.port = 0;
    options.greeting.reset();
    options.threads = 1; // this one
    return options;
}

QUrl withQuery(QUrl url, const QString &query)
{
    url.setPath(u"/"_s);
    url.setQuery(query);
    return url;
}

bool hasIPv6Loopback()
{
    return QTcpServer().listen(QHostAddress(QHostAddress::LocalHostIPv6));
}

TestClient::TestClient()
{
    // One frame per message: Qt would cut text inside a code point.
    setOutgoingFrameSize(maxOutgoingFrameSize());
    connect(this, &QWebSocket::textMessageReceived, this,
            [this](const QString &message) { m_received.append(message); });
    connect(this, &QWebSocket::binaryMessageReceived, this,
            [this](const QByteArray &message) { m_received.append(message); });
    connect(this, &QWebSocket::disconnected, this, [this] { m_isClosed = true; });
}

TestClient::~TestClient()
{
    // ~QWebSocket still emits signals, when nothing of this class is left.
    disconnect();
}

QByteArray upgradeRequest(const QByteArray &target, const QByteArray &headers)
{
    return "GET "_ba + target
        + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
          "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"_ba
        + headers + "\r\n"_ba;
}

RawClient::~RawClient()
{
    abort();
}

QByteArray RawClient::bytesOf(const Frame &frame)
{
    return char((frame.isFinal ? 0x80 : 0) | frame.opcode) + frame.payload;
}

QByteArrayList RawClient::received() const
{
    QByteArrayList received;
    for (const Frame &frame : m_frames)
        received += bytesOf(frame);
    return received;
}

void RawClient::open(const QUrl &url, const QByteArray &headers)
{
    m_headers = headers;
    connect(&m_socket, &QTcpSocket::connected, this, &RawClient::upgrade);
    openTcp(url);
}

void RawClient::bindWithSmallBuffer()
{
    bind(0);
    m_socket.setSocketOption(QAbstractSocket::ReceiveBufferSizeSocketOption, 64 * 1024);
}

void RawClient::upgrade()
{
    m_socket.write(upgradeRequest(m_target, m_headers));
}

void RawClient::openTcp(const QUrl &url)
{
    m_target = url.toEncoded(QUrl::RemoveScheme | QUrl::RemoveAuthority);
    if (!m_target.startsWith('/'))
        m_target.prepend('/');
    connect(&m_socket, &QTcpSocket::readyRead, this, &RawClient::parse);
    connect(&m_socket, &QTcpSocket::connected, this,
            [this] { m_duplicate = ::dup(int(m_socket.socketDescriptor())); });
    connect(&m_socket, &QTcpSocket::disconnected, this, &RawClient::findOutHowItEnded);
    m_socket.connectToHost(url.host(), quint16(url.port()));
}

void RawClient::send(Opcode opcode, const QByteArray &payload, bool isFinal)
{
    QByteArray frame;
    frame.append(char((isFinal ? 0x80 : 0) | opcode));
    constexpr int isMasked = 0x80;
    if (payload.size() <= 125) {
        frame.append(char(isMasked | payload.size()));
    } else if (payload.size() <= 0xffff) {
        frame.append(char(isMasked | 126));
        frame.resize(4);
        qToBigEndian(quint16(payload.size()), frame.data() + 2);
    } else {
        frame.append(char(isMasked | 127));
        frame.resize(10);
        qToBigEndian(quint64(payload.size()), frame.data() + 2);
    }
    const QByteArray mask = QByteArray::fromHex("37fa213d");
    frame.append(mask);
    const qsizetype headerSize = frame.size();
    frame.append(payload);
    char *masked = frame.data() + headerSize;
    for (qsizetype i = 0; i < payload.size(); ++i)
        masked[i] = char(masked[i] ^ mask.constData()[i % 4]);
    m_socket.write(frame);
}

void RawClient::stopReading()
{
    m_isReading = false;
    m_socket.setReadBufferSize(1);
}

void RawClient::resumeReading()
{
    m_isReading = true;
    m_socket.setReadBufferSize(0);
    parse();
}

void RawClient::abort()
{
    closeDuplicate();
    m_socket.disconnect(this);
    m_socket.abort();
}

void RawClient::endInput()
{
    ::shutdown(int(m_socket.socketDescriptor()), SHUT_WR);
}

int RawClient::closeCode() const
{
    if (m_frames.isEmpty() || m_frames.last().opcode != Close)
        return 0;
    if (m_frames.last().payload.size() < 2)
        return 1005;
    return qFromBigEndian<quint16>(m_frames.last().payload.constData());
}

QByteArray RawClient::closeReason() const
{
    return m_frames.isEmpty() ? QByteArray() : m_frames.last().payload.mid(2);
}

/// Qt tells of a FIN and of a reset in the same way, and closes its descriptor before it does. But
/// a FIN counts as a byte (RFC 9293 3.4).
void RawClient::findOutHowItEnded()
{
    tcp_info info = {};
    socklen_t size = sizeof info;
    ::getsockopt(m_duplicate, IPPROTO_TCP, TCP_INFO, &info, &size);
    m_end = info.tcpi_bytes_received > m_bytesRead ? End::Fin : End::Reset;
    closeDuplicate();
}

void RawClient::closeDuplicate()
{
    if (m_duplicate != -1)
        ::close(std::exchange(m_duplicate, -1));
}

void RawClient::parse()
{
    if (!m_isReading)
        return;
    const QByteArray input = m_socket.readAll();
    m_bytesRead += quint64(input.size());
    m_input += input;
    if (!m_isUpgraded) {
        const QByteArray endOfHeader("\r\n\r\n");
        const qsizetype end = m_input.indexOf(endOfHeader);
        if (end == -1)
            return;
        m_isUpgraded = m_input.startsWith("HTTP/1.1 101 ");
        if (!m_isUpgraded)
            return;
        m_head = m_input.first(end + endOfHeader.size());
        m_input.remove(0, m_head.size());
        if (std::exchange(m_isToStopReading, false)) {
            stopReading();
            return;
        }
    }
    while (m_input.size() >= 2) {
        const auto *bytes = m_input.constData();
        qsizetype headerSize = 2;
        quint64 size = quint8(bytes[1]) & 0x7f;
        if (size >= 126) {
            headerSize = size == 126 ? 4 : 10;
            if (m_input.size() < headerSize)
                return;
            size = size == 126 ? qFromBigEndian<quint16>(bytes + 2)
                               : qFromBigEndian<quint64>(bytes + 2);
        }
        if (quint64(m_input.size() - headerSize) < size)
            return;
        m_frames.append(
            {(bytes[0] & 0x80) != 0, bytes[0] & 0x0f, m_input.mid(headerSize, qsizetype(size))});
        m_input.remove(0, headerSize + qsizetype(size));
    }
}
