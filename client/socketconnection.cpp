// SPDX-License-Identifier: MIT
#include "socketconnection.h"

#include "address.h"
#include "upgradeanswer.h"

#include <QDateTime>
#include <QNetworkRequest>
#include <QScopedValueRollback>
#include <QSignalBlocker>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QWebSocketHandshakeOptions>

#include <algorithm>
#include <utility>

#include <poll.h>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

// While it waits for room: how often it is tried to write what the system has not taken yet.
constexpr auto flushInterval = 10ms;

// QWebSocket waits until a frame is in the read buffer as a whole, so the buffer has to hold the
// largest one with its header; it also has to hold the server's answer to the handshake.
constexpr qint64 maxFrameHeaderSize = 14;
constexpr qint64 minReadBufferSize = UpgradeAnswer::maxSize;

constexpr qreal nanosecondsInMillisecond = 1e6;
// Of pings without a pong, only the last ones are waited for: RFC 6455 section 5.5.3.
constexpr qsizetype maxPings = 16;

/// Whether the other end of \a socket may still read; then writing does no harm.
bool hasPeer(const QAbstractSocket &socket)
{
    pollfd peer{static_cast<int>(socket.socketDescriptor()), POLLRDHUP, 0};
    return ::poll(&peer, 1, 0) == 0;
}

} // namespace

SocketConnection::SocketConnection(const SocketRequest &request, SocketChannel &channel)
    : m_request(request)
    , m_channel(channel)
    , m_socket(request.origin, QWebSocketProtocol::VersionLatest)
{
    // One frame a message: QWebSocket cuts text without regard to code points, and refuses such a
    // cut when it comes from a peer.
    m_socket.setOutgoingFrameSize(QWebSocket::maxOutgoingFrameSize());
    setLimits(request.limits);
    m_timer.setSingleShot(true);

    connect(&m_timer, &QTimer::timeout, this, &SocketConnection::onTimeout);
    connect(&m_pongTimer, &QTimer::timeout, this, &SocketConnection::checkPongs);
    connect(&m_socket, &QWebSocket::stateChanged, this, &SocketConnection::onSocketStateChanged);
    connect(&m_socket, &QWebSocket::connected, this, &SocketConnection::onConnected);
    connect(&m_socket, &QWebSocket::disconnected, this, &SocketConnection::onDisconnected);
    connect(&m_socket, &QWebSocket::sslErrors, this, &SocketConnection::onSslErrors);
    connect(&m_socket, &QWebSocket::alertReceived, this,
            [this](QSsl::AlertLevel, QSsl::AlertType type) {
                m_clientProblem = PeerCertificate::clientProblem(type, m_request.url);
            });
    connect(&m_socket, QOverload<QAbstractSocket::SocketError>::of(&QWebSocket::error), this,
            &SocketConnection::onError);
    connect(&m_socket, &QWebSocket::bytesWritten, this, &SocketConnection::onBytesWritten);
    connect(&m_socket, &QWebSocket::textMessageReceived, this, &SocketConnection::onTextMessage);
    connect(&m_socket, &QWebSocket::binaryMessageReceived, this,
            &SocketConnection::onBinaryMessage);
    connect(&m_socket, &QWebSocket::pong, this,
            [this](quint64, const QByteArray &payload) { onPong(payload); });
}

SocketConnection::~SocketConnection()
{
    // QWebSocket says goodbye to its peer as it goes; nobody here may listen to it any more.
    m_socket.disconnect(this);
}

void SocketConnection::open()
{
    m_timer.start(m_request.limits.handshakeTimeout);
    if (m_request.url.scheme() == "wss"_L1) {
        QSslConfiguration tls = m_socket.sslConfiguration();
        if (const QString problem = m_request.tlsFiles.readInto(tls); !problem.isEmpty()) {
            fail(problem);
            return;
        }
        m_socket.setSslConfiguration(tls);
    }
    QWebSocketHandshakeOptions options;
    options.setSubprotocols(m_request.subprotocols);
    QNetworkRequest request(urlWithPath(m_request.url));
    for (auto it = m_request.headers.cbegin(); it != m_request.headers.cend(); ++it) {
        const QByteArray value = it.value().toString().toLatin1();
        // A null value would take the header away.
        request.setRawHeader(it.key().toLatin1(), value.isNull() ? QByteArray("") : value);
    }
    m_socket.open(request, options);
}

void SocketConnection::runCommands()
{
    for (const SocketChannel::Command &command : m_channel.takeCommands()) {
        command.run(*this);
        setWritten(command.bytes);
    }
}

void SocketConnection::leave()
{
    runCommands();
    hangUp();
}

void SocketConnection::sendText(const QString &text)
{
    if (m_state == State::Open)
        m_ownBytesToWrite += m_socket.sendTextMessage(text) + maxFrameHeaderSize;
}

void SocketConnection::sendBinary(const QByteArray &bytes)
{
    if (m_state == State::Open)
        m_ownBytesToWrite += m_socket.sendBinaryMessage(bytes) + maxFrameHeaderSize;
}

void SocketConnection::ping(quint64 number)
{
    if (m_state != State::Open)
        return;
    // A number in the payload and a clock of our own: QWebSocket's clock is restarted by every
    // ping, and a pong may come without one (RFC 6455 section 5.5.3).
    if (m_pings.size() == maxPings)
        m_pings.dequeue();
    m_pings.enqueue({number, m_clock.nsecsElapsed()});
    m_socket.ping(QByteArray::number(number));
}

void SocketConnection::setLimits(const SocketLimits &limits)
{
    m_request.limits = limits;
    const auto size = static_cast<quint64>(limits.maxMessageSize);
    m_socket.setMaxAllowedIncomingFrameSize(size);
    m_socket.setMaxAllowedIncomingMessageSize(size);
    m_socket.setReadBufferSize(std::max(limits.maxMessageSize, minReadBufferSize)
                               + maxFrameHeaderSize);
}

void SocketConnection::onTextMessage(const QString &text)
{
    receive(ReceivedMessage::Text, text.toUtf8());
}

void SocketConnection::onBinaryMessage(const QByteArray &bytes)
{
    receive(ReceivedMessage::Binary, bytes);
}

void SocketConnection::receive(ReceivedMessage::Kind kind, const QByteArray &payload)
{
    if (isHeard())
        hearFrames();
    // A TLS socket may go on reading while it closes.
    if (!isHeard())
        return;
    const SocketChannel::Told told =
        m_channel.push({kind, QDateTime::currentMSecsSinceEpoch(), payload});
    if (told.first)
        Q_EMIT eventsWaiting();
    if (told.attention)
        attend();
}

/// Looks at the frames that QWebSocket has just read.
void SocketConnection::hearFrames()
{
    m_tap.takeFrames();
    // RFC 6455 section 5.1: this is the end of it, but not for QWebSocket.
    if (m_tap.hasMaskedFrame())
        onViolation(QWebSocketProtocol::CloseCodeProtocolError,
                    u"A server must not mask its frames."_s);
}

/// Does commands while there is no room for further messages. This is called from inside the
/// socket's signals: the event loop's turn may be far away.
void SocketConnection::attend()
{
    if (m_attending) // see receive()
        return;
    const QScopedValueRollback attending(m_attending, true);
    std::optional<std::chrono::milliseconds> timeout;
    do {
        runCommands();
        if (m_channel.isStopped())
            leave();
        // The event loop's turn is far away for the timer too.
        if (m_state == State::Closing && m_timer.remainingTime() <= 0)
            onTimeout();
        if (!isHeard())
            return;
        flush();
        timeout = bytesToWrite() > 0 ? std::optional(flushInterval) : std::nullopt;
        if (m_state == State::Closing)
            timeout = std::min(timeout.value_or(flushInterval), m_timer.remainingTimeAsDuration());
    } while (!m_channel.waitForRoom(timeout));
}

/// Gives the system what there is to write, as far as it takes it.
void SocketConnection::flush()
{
    auto *tcp = tcpSocket();
    // A write that fails would drop what has been received and not been read.
    if (bytesToWrite() == 0 || tcp == nullptr || !hasPeer(*tcp))
        return;
    // A TLS socket reads when it is flushed, and QWebSocket is in the middle of a message: it
    // reads on by itself when this is through with it.
    auto *tls = tlsSocket();
    const QSignalBlocker blocker(tls);
    m_socket.flush();
    if (tls != nullptr) {
        onBytesWritten(0);
        if (tls->state() != QAbstractSocket::ConnectedState)
            onDisconnected();
    }
}

/// What QWebSocket speaks through, and keeps to itself; null before it connects.
QTcpSocket *SocketConnection::tcpSocket() const
{
    return m_socket.findChild<QTcpSocket *>({}, Qt::FindDirectChildrenOnly);
}

/// The same over TLS; null without.
QSslSocket *SocketConnection::tlsSocket() const
{
    return qobject_cast<QSslSocket *>(tcpSocket());
}

/// Over TLS, QWebSocket leaves out what has been encrypted and the system has not taken yet.
qint64 SocketConnection::bytesToWrite() const
{
    const auto *tls = tlsSocket();
    return m_socket.bytesToWrite() + (tls == nullptr ? 0 : tls->encryptedBytesToWrite());
}

void SocketConnection::onPong(const QByteArray &payload)
{
    const auto answered =
        std::find_if(m_pings.cbegin(), m_pings.cend(), [&payload](const Ping &ping) {
            return payload == QByteArray::number(ping.number);
        });
    if (answered == m_pings.cend())
        return;
    const Ping ping = *answered;
    m_pings.erase(m_pings.cbegin(), answered + 1); // those before it need no answer
    tell(SocketEvent::Pong{ping.number,
                           static_cast<qreal>(m_clock.nsecsElapsed() - ping.time)
                               / nanosecondsInMillisecond});
}

void SocketConnection::onBytesWritten(qint64 bytes)
{
    m_ownBytesToWrite = std::min(std::max<qint64>(m_ownBytesToWrite - bytes, 0), bytesToWrite());
    setWritten(0);
}

/// Of commands, \a done bytes went to the socket.
void SocketConnection::setWritten(qint64 done)
{
    if (m_channel.setWritten(done, bytesToWrite()))
        Q_EMIT eventsWaiting();
}

void SocketConnection::onError(QAbstractSocket::SocketError error)
{
    const QString problem = describeFailure(stage(), error, m_socket.errorString(), m_request.url);
    if (m_state == State::Closing && bytesToWrite() > 0)
        cutShort(problem);
    if (m_state != State::Connecting && m_state != State::Open)
        return; // how it ends is told by onDisconnected() or onTimeout()
    if (error == QAbstractSocket::SslHandshakeFailedError && !m_certificate.isNull()) {
        refuseCertificate();
        return;
    }
    if (m_state == State::Connecting && !m_clientProblem.isEmpty()) {
        fail(m_clientProblem, FailureCause::Tls);
        return;
    }
    if (stage() == Stage::Upgrade) {
        const auto answer = UpgradeAnswer::read(m_tap.peekAnswer(UpgradeAnswer::maxSize));
        failUpgrade(answer, describeRefusal(answer, m_socket.errorString(), m_request.url));
        return;
    }
    // While open it may be that a close frame is about to be read; it is known when the socket is
    // through with what it is doing.
    if (m_state == State::Open)
        m_ending = {.closeCode = abnormalClosure, .errorString = problem};
    else
        fail(problem, causeOf(error));
}

/// QWebSocket answers every ping, and keeps the answers for a peer that does not read them.
void SocketConnection::checkPongs()
{
    if (bytesToWrite() - m_ownBytesToWrite > SocketLimits::maxPongBacklog) {
        fail(u"%1 sends pings but does not read; the connection was dropped."_s.arg(
            authorityText(m_request.url)));
    }
}

void SocketConnection::tell(SocketEvent::Any event)
{
    if (m_channel.push(std::move(event)).first)
        Q_EMIT eventsWaiting();
}
