// SPDX-License-Identifier: MIT
#include "websocket.h"

#include "address.h"
#include "closecode.h"
#include "requestheaders.h"

#include <QNetworkRequest>
#include <QScopedValueRollback>
#include <QWebSocket>
#include <QWebSocketHandshakeOptions>
#include <QtQml/qqmlinfo.h>

#include <algorithm>
#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace {

// RFC 6455 section 7.4.1
constexpr int normalClosure = 1000;
constexpr int abnormalClosure = 1006;
constexpr int pongCheckInterval = 1000; // ms

// QWebSocket waits until a frame is in the read buffer as a whole, so the buffer has to hold the
// largest one with its header; it also has to hold the server's answer to the handshake.
constexpr qint64 maxFrameHeaderSize = 14;
constexpr qint64 minReadBufferSize = 64 * 1024;

/// Gives \a value to \a member, and tells whether that changed it.
template<typename T>
bool take(T &member, const T &value)
{
    if (member == value)
        return false;
    member = value;
    return true;
}

} // namespace

WebSocket::WebSocket(QObject *parent)
    : QObject(parent)
{
    m_timer.setSingleShot(true);
    m_pongTimer.setInterval(pongCheckInterval);
    connect(&m_timer, &QTimer::timeout, this, &WebSocket::onTimeout);
    connect(&m_pongTimer, &QTimer::timeout, this, &WebSocket::checkPongs);
}

WebSocket::~WebSocket()
{
    // QWebSocket says goodbye to its peer as it goes; nobody here may listen to it any more.
    if (m_socket) {
        m_socket->disconnect(this);
        delete m_socket;
    }
}

void WebSocket::classBegin()
{
    m_complete = false;
}

void WebSocket::componentComplete()
{
    m_complete = true;
    settle();
}

void WebSocket::setUrl(const QUrl &url)
{
    if (m_url == url)
        return;
    m_url = url;
    m_connectionWish = m_active;
    Q_EMIT urlChanged();
    settle();
}

QString WebSocket::address() const
{
    return addressText(m_url);
}

void WebSocket::setActive(bool active)
{
    if (active == m_active)
        return;
    if (active)
        open();
    else
        close();
}

void WebSocket::open()
{
    if (m_state.status != Connecting && m_state.status != Open)
        m_connectionWish = true;
    setActiveWish(true);
    settle();
}

void WebSocket::close(int code, const QString &reason)
{
    const bool canBeSent = canSendCloseCode(code);
    if (!canBeSent)
        qmlWarning(this) << "close code " << code << " cannot be sent; 1000 is";
    m_closeCodeWish = canBeSent ? code : normalClosure;
    m_closeReasonWish = closeReasonThatFits(reason);
    m_connectionWish = false;
    setActiveWish(false);
    settle();
}

void WebSocket::setActiveWish(bool active)
{
    if (take(m_active, active))
        Q_EMIT activeChanged(active);
}

/// Does what is wished for. Not while signals are on their way: each slot shall find the socket as
/// the signal says.
void WebSocket::settle()
{
    if (m_busy)
        QMetaObject::invokeMethod(this, &WebSocket::settle, Qt::QueuedConnection);
    else if (!m_complete)
        return;
    else if (!m_active)
        hangUp();
    else if (std::exchange(m_connectionWish, false))
        connectToServer();
}

void WebSocket::connectToServer()
{
    if (m_state.status == Open || m_state.status == Closing)
        finish({.status = Closed, .closeCode = QWebSocketProtocol::CloseCodeGoingAway});
    if (!m_active) // any more
        return;
    m_connectionWish = false;
    dropSocket();
    if (take(m_roundTripTime, qreal(-1)))
        Q_EMIT roundTripTimeChanged();

    if (m_url.isEmpty() && m_url.errorString().isEmpty()) { // not given yet
        become({.status = Closed});
        return;
    }
    become({.status = Connecting});
    QString problem = addressProblem(m_url);
    if (problem.isEmpty())
        problem = requestHeadersProblem(m_requestHeaders);
    if (problem.isEmpty())
        startSocket();
    else
        fail(problem);
}

void WebSocket::startSocket()
{
    m_socket = new QWebSocket(m_origin, QWebSocketProtocol::VersionLatest, this);
    // One frame a message: QWebSocket cuts text without regard to code points, and refuses such a
    // cut when it comes from a peer.
    m_socket->setOutgoingFrameSize(QWebSocket::maxOutgoingFrameSize());
    limitSocket();

    connect(m_socket, &QWebSocket::connected, this, &WebSocket::onConnected);
    connect(m_socket, &QWebSocket::disconnected, this, &WebSocket::onDisconnected);
    connect(m_socket, QOverload<QAbstractSocket::SocketError>::of(&QWebSocket::error), this,
            &WebSocket::onSocketError);
    connect(m_socket, &QWebSocket::aboutToClose, this, &WebSocket::onAboutToClose);
    connect(m_socket, &QWebSocket::bytesWritten, this, &WebSocket::onBytesWritten);
    connect(m_socket, &QWebSocket::textMessageReceived, this, &WebSocket::textMessageReceived);
    connect(m_socket, &QWebSocket::binaryMessageReceived, this, &WebSocket::binaryMessageReceived);
    connect(m_socket, &QWebSocket::pong, this,
            [this](quint64, const QByteArray &payload) { onPong(payload); });

    m_closeFrameSeen = false;
    m_lastProblem.clear();
    m_ownBytesToWrite = 0;
    m_timer.start(m_handshakeTimeout);

    QWebSocketHandshakeOptions options;
    options.setSubprotocols(m_requestedSubprotocols);
    QNetworkRequest request(urlWithPath(m_url));
    for (auto it = m_requestHeaders.cbegin(); it != m_requestHeaders.cend(); ++it) {
        const QByteArray value = it.value().toString().toLatin1();
        // A null value would take the header away.
        request.setRawHeader(it.key().toLatin1(), value.isNull() ? QByteArray("") : value);
    }
    m_socket->open(request, options);
}

/// Ends the connection that is there as close() was told to.
void WebSocket::hangUp()
{
    if (m_state.status == Connecting) {
        finish({.status = Closed, .closeCode = abnormalClosure});
    } else if (m_state.status == Open) {
        m_closeFrameSeen = true; // ours: how the peer's end of TCP goes down is no error now
        become({.status = Closing, .negotiatedSubprotocol = m_state.negotiatedSubprotocol});
        m_timer.start(m_closeTimeout);
        const QScopedValueRollback busy(m_busy, true); // it writes, and says so
        m_socket->close(static_cast<QWebSocketProtocol::CloseCode>(m_closeCodeWish),
                        m_closeReasonWish);
    }
}

/// Parts with the socket without a word to anybody; a connection that is open gets a close frame.
void WebSocket::dropSocket()
{
    m_timer.stop();
    m_pongTimer.stop();
    if (!m_socket)
        return;
    m_socket->disconnect(this);
    if (m_state.status == Open && m_socket->isValid())
        m_socket->close(QWebSocketProtocol::CloseCodeGoingAway);
    else
        m_socket->abort();
    // Not at once: one of its signals may be on its way through here.
    m_socket->deleteLater();
    m_socket = nullptr;
}

void WebSocket::limitSocket()
{
    const auto limit = static_cast<quint64>(m_maxMessageSize);
    m_socket->setMaxAllowedIncomingFrameSize(limit);
    m_socket->setMaxAllowedIncomingMessageSize(limit);
    m_socket->setReadBufferSize(std::max(m_maxMessageSize, minReadBufferSize) + maxFrameHeaderSize);
}

void WebSocket::onConnected()
{
    m_timer.stop();
    m_pongTimer.start();
    become({.status = Open, .negotiatedSubprotocol = m_socket->subprotocol()});
}

void WebSocket::onSocketError(QAbstractSocket::SocketError error)
{
    if (m_state.status == Closing)
        return; // how it ends is told by onDisconnected() or onTimeout()
    const QString problem = describeFailure(stage(), error, m_socket->errorString(), m_url);
    // While open it may be that a close frame has just been read and answering it has failed; it is
    // known when the socket is through with what it is doing.
    if (m_state.status == Open)
        m_lastProblem = problem;
    else
        fail(problem);
}

/// QWebSocket answers a close frame (or sends one for a peer that broke the rules), then says this.
void WebSocket::onAboutToClose()
{
    // QTcpSocket says it too, after a write that failed; then code and reason are still the
    // defaults. (A peer's bare 1000 whose answer could not be written looks the same, and counts as
    // lost.)
    if (m_state.status != Open
        || (!m_lastProblem.isEmpty() && m_socket->closeCode() == QWebSocketProtocol::CloseCodeNormal
            && m_socket->closeReason().isEmpty()))
        return;
    m_closeFrameSeen = true;
    m_timer.start(m_closeTimeout);
    become({.status = Closing, .negotiatedSubprotocol = m_state.negotiatedSubprotocol});
}

void WebSocket::onDisconnected()
{
    // Not before the socket is through with what it is doing: it may be about to say why.
    QTimer::singleShot(0, m_socket, [this, socket = m_socket] {
        if (socket != m_socket)
            return;
        const int code = socket->closeCode();
        const QString reason = socket->closeReason();
        if (!m_closeFrameSeen) {
            fail(m_lastProblem.isEmpty()
                     ? describeFailure(stage(), QAbstractSocket::RemoteHostClosedError, {}, m_url)
                     : m_lastProblem);
        } else if (const QString violation = describeViolation(code, reason, m_url);
                   !violation.isEmpty()) {
            fail(violation, code);
        } else {
            finish({.status = Closed, .closeCode = code, .closeReason = reason});
        }
    });
}

void WebSocket::onTimeout()
{
    if (m_state.status == Connecting) {
        fail(describeTimeout(stage(), m_handshakeTimeout, m_url));
    } else {
        fail(u"%1 did not finish closing; the connection was dropped."_s.arg(authorityText(m_url)));
    }
}

void WebSocket::onBytesWritten(qint64 bytes)
{
    m_ownBytesToWrite = std::min(std::max<qint64>(m_ownBytesToWrite - bytes, 0), bytesToWrite());
    Q_EMIT bytesToWriteChanged();
}

/// QWebSocket answers every ping, and keeps the answers for a peer that does not read them.
void WebSocket::checkPongs()
{
    if (bytesToWrite() - m_ownBytesToWrite > maxPongBacklog) {
        fail(u"%1 sends pings but does not read; the connection was dropped."_s.arg(
            authorityText(m_url)));
    }
}

/// Takes on \a state as a whole, then says what has changed.
void WebSocket::become(const State &state)
{
    const State previous = std::exchange(m_state, state);
    const QScopedValueRollback busy(m_busy, true);
    if (previous.errorString != state.errorString)
        Q_EMIT errorStringChanged(state.errorString);
    if (previous.status != state.status)
        Q_EMIT statusChanged(state.status);
    if (previous.closeCode != state.closeCode)
        Q_EMIT closeCodeChanged();
    if (previous.closeReason != state.closeReason)
        Q_EMIT closeReasonChanged();
    if (previous.negotiatedSubprotocol != state.negotiatedSubprotocol)
        Q_EMIT negotiatedSubprotocolChanged();
}

/// Ends the connection in \a state.
void WebSocket::finish(const State &state)
{
    dropSocket();
    become(state);
}

void WebSocket::fail(const QString &errorString, int closeCode)
{
    finish({.status = Error, .closeCode = closeCode, .errorString = errorString});
}

Stage WebSocket::stage() const
{
    if (m_state.status != Connecting)
        return Stage::Open;
    // QWebSocket does not say when TCP is through; but then it has a port of its own.
    return m_socket && m_socket->localPort() != 0 ? Stage::Handshake : Stage::Connect;
}

qint64 WebSocket::sendTextMessage(const QString &message)
{
    if (m_state.status != Open || !m_socket->isValid())
        return 0;
    const qint64 accepted = noteSent(m_socket->sendTextMessage(message));
    Q_EMIT textMessageSent(message);
    Q_EMIT bytesToWriteChanged();
    return accepted;
}

qint64 WebSocket::sendBinaryMessage(const QByteArray &message)
{
    if (m_state.status != Open || !m_socket->isValid())
        return 0;
    const qint64 accepted = noteSent(m_socket->sendBinaryMessage(message));
    Q_EMIT binaryMessageSent(message);
    Q_EMIT bytesToWriteChanged();
    return accepted;
}

/// Counts a message of \a bytes among our own; returns \a bytes.
qint64 WebSocket::noteSent(qint64 bytes)
{
    m_ownBytesToWrite += bytes + maxFrameHeaderSize;
    return bytes;
}

void WebSocket::ping()
{
    if (m_state.status != Open || !m_socket->isValid())
        return;
    // A number in the payload and a clock of our own: QWebSocket's clock is restarted by every
    // ping, and a pong may come without one (RFC 6455 section 5.5.3).
    m_pingClock.start();
    m_socket->ping(QByteArray::number(++m_pingNumber));
}

void WebSocket::onPong(const QByteArray &payload)
{
    if (m_pingNumber == 0 || payload != QByteArray::number(m_pingNumber))
        return;
    constexpr qreal nanosecondsInMillisecond = 1e6;
    m_roundTripTime = static_cast<qreal>(m_pingClock.nsecsElapsed()) / nanosecondsInMillisecond;
    Q_EMIT roundTripTimeChanged();
    Q_EMIT pongReceived();
}

qint64 WebSocket::bytesToWrite() const
{
    return m_socket ? m_socket->bytesToWrite() : 0;
}

void WebSocket::setRequestedSubprotocols(const QStringList &subprotocols)
{
    if (take(m_requestedSubprotocols, subprotocols))
        Q_EMIT requestedSubprotocolsChanged();
}

void WebSocket::setOrigin(const QString &origin)
{
    if (take(m_origin, origin))
        Q_EMIT originChanged();
}

void WebSocket::setRequestHeaders(const QVariantMap &headers)
{
    if (take(m_requestHeaders, headers))
        Q_EMIT requestHeadersChanged();
}

void WebSocket::setHandshakeTimeout(int timeout)
{
    if (take(m_handshakeTimeout, std::max(timeout, 1)))
        Q_EMIT handshakeTimeoutChanged();
}

void WebSocket::setCloseTimeout(int timeout)
{
    if (take(m_closeTimeout, std::max(timeout, 1)))
        Q_EMIT closeTimeoutChanged();
}

void WebSocket::setMaxMessageSize(qint64 size)
{
    size = std::clamp<qint64>(size, 1, largestMaxMessageSize);
    if (m_maxMessageSize == size)
        return;
    m_maxMessageSize = size;
    if (m_socket)
        limitSocket();
    Q_EMIT maxMessageSizeChanged();
}
