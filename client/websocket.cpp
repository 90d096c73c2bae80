// SPDX-License-Identifier: MIT
#include "websocket.h"

#include "address.h"
#include "requestheaders.h"

#include <QNetworkRequest>
#include <QWebSocket>
#include <QWebSocketHandshakeOptions>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int abnormalClosure = 1006; // RFC 6455 section 7.1.5: no close frame was received

// QWebSocket waits until a frame is in the read buffer as a whole, so the buffer has to hold the
// largest one with its header; it also has to hold the server's answer to the handshake.
constexpr qint64 maxFrameHeaderSize = 14;
constexpr qint64 minReadBufferSize = 64 * 1024;

/// \a url with a path: QWebSocket makes a malformed request of "ws://host?query" (QTBUG-120492).
QUrl withPath(QUrl url)
{
    if (url.path().isEmpty())
        url.setPath(u"/"_s);
    return url;
}

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
    connect(&m_timer, &QTimer::timeout, this, &WebSocket::onTimeout);
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
    if (m_active)
        connectToServer();
}

void WebSocket::setUrl(const QUrl &url)
{
    if (m_url == url)
        return;
    m_url = url;
    Q_EMIT urlChanged();
    if (m_active && m_complete)
        connectToServer();
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
    setActiveWish(true);
    if (m_complete && m_status != Connecting && m_status != Open)
        connectToServer();
}

void WebSocket::close(int code, const QString &reason)
{
    setActiveWish(false);
    if (m_status == Connecting) {
        finish(Closed, abnormalClosure, {}, {});
    } else if (m_status == Open) {
        m_closeFrameSeen = true; // ours: how the peer's end of TCP goes down is no error now
        m_timer.start(m_closeTimeout);
        m_socket->close(static_cast<QWebSocketProtocol::CloseCode>(code), reason);
        setStatus(Closing);
    }
}

void WebSocket::connectToServer()
{
    if (m_status == Open || m_status == Closing)
        finish(Closed, QWebSocketProtocol::CloseCodeGoingAway, {}, {});
    dropSocket();
    setErrorString({});
    setCloseCode(0);
    setCloseReason({});
    setNegotiatedSubprotocol({});

    if (m_url.isEmpty() && m_url.errorString().isEmpty()) // not given yet
        return;
    setStatus(Connecting);
    // Whoever heard that may have changed their mind by now.
    if (m_status != Connecting || m_socket)
        return;
    QString problem = addressProblem(m_url);
    if (problem.isEmpty())
        problem = requestHeadersProblem(m_requestHeaders);
    if (problem.isEmpty())
        startSocket();
    else
        finish(Error, abnormalClosure, {}, problem);
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
    connect(m_socket, &QWebSocket::bytesWritten, this, &WebSocket::bytesToWriteChanged);
    connect(m_socket, &QWebSocket::textMessageReceived, this, &WebSocket::textMessageReceived);
    connect(m_socket, &QWebSocket::binaryMessageReceived, this, &WebSocket::binaryMessageReceived);

    connect(m_socket, &QWebSocket::pong, this,
            [this](quint64, const QByteArray &payload) { onPong(payload); });

    m_closeFrameSeen = false;
    m_lastProblem.clear();
    m_timer.start(m_handshakeTimeout);

    QWebSocketHandshakeOptions options;
    options.setSubprotocols(m_requestedSubprotocols);
    QNetworkRequest request(withPath(m_url));
    for (auto it = m_requestHeaders.cbegin(); it != m_requestHeaders.cend(); ++it) {
        const QByteArray value = it.value().toString().toLatin1();
        // A null value would take the header away.
        request.setRawHeader(it.key().toLatin1(), value.isNull() ? QByteArray("") : value);
    }
    m_socket->open(request, options);
}

/// Parts with the socket without a word to anybody; a connection that is open gets a close frame.
void WebSocket::dropSocket()
{
    m_timer.stop();
    if (!m_socket)
        return;
    m_socket->disconnect(this);
    if (m_status == Open)
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
    setNegotiatedSubprotocol(m_socket->subprotocol());
    setStatus(Open);
}

void WebSocket::onSocketError(QAbstractSocket::SocketError error)
{
    if (m_status == Closing)
        return; // how it ends is told by onDisconnected() or onTimeout()
    const QString problem = describeFailure(stage(), error, m_socket->errorString(), m_url);
    // While open it may be that a close frame has just been read and answering it has failed; it is
    // known when the socket is through with what it is doing.
    if (m_status == Open)
        m_lastProblem = problem;
    else
        finish(Error, abnormalClosure, {}, problem);
}

/// QWebSocket answers a close frame (or sends one for a peer that broke the rules), then says this.
void WebSocket::onAboutToClose()
{
    // QTcpSocket says it too, after a write that failed; then the close code is still the default.
    if (m_lastProblem.isEmpty() || m_socket->closeCode() != QWebSocketProtocol::CloseCodeNormal)
        m_closeFrameSeen = true;
}

void WebSocket::onDisconnected()
{
    // Not before the socket is through with what it is doing: it may be about to say why.
    QTimer::singleShot(0, m_socket, [this, socket = m_socket] {
        if (socket != m_socket)
            return;
        if (m_closeFrameSeen) {
            finish(Closed, socket->closeCode(), socket->closeReason(), {});
        } else {
            const QString problem = m_lastProblem.isEmpty()
                ? describeFailure(stage(), QAbstractSocket::RemoteHostClosedError, {}, m_url)
                : m_lastProblem;
            finish(Error, abnormalClosure, {}, problem);
        }
    });
}

void WebSocket::onTimeout()
{
    if (m_status == Connecting) {
        finish(Error, abnormalClosure, {}, describeTimeout(stage(), m_handshakeTimeout, m_url));
    } else {
        finish(
            Error, abnormalClosure, {},
            u"%1 did not finish closing; the connection was dropped."_s.arg(authorityText(m_url)));
    }
}

/// Ends the connection in \a status, with everything that is said of it in place before.
void WebSocket::finish(Status status, int code, const QString &reason, const QString &errorString)
{
    dropSocket();
    setCloseCode(code);
    setCloseReason(reason);
    setErrorString(errorString);
    setNegotiatedSubprotocol({});
    setStatus(status);
}

Stage WebSocket::stage() const
{
    if (m_status != Connecting)
        return Stage::Open;
    // QWebSocket does not say when TCP is through; but then it has a port of its own.
    return m_socket && m_socket->localPort() != 0 ? Stage::Handshake : Stage::Connect;
}

qint64 WebSocket::sendTextMessage(const QString &message)
{
    if (m_status != Open || !m_socket->isValid())
        return 0;
    const qint64 accepted = m_socket->sendTextMessage(message);
    Q_EMIT textMessageSent(message);
    Q_EMIT bytesToWriteChanged();
    return accepted;
}

qint64 WebSocket::sendBinaryMessage(const QByteArray &message)
{
    if (m_status != Open || !m_socket->isValid())
        return 0;
    const qint64 accepted = m_socket->sendBinaryMessage(message);
    Q_EMIT binaryMessageSent(message);
    Q_EMIT bytesToWriteChanged();
    return accepted;
}

void WebSocket::ping()
{
    if (m_status != Open)
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
    if (take(m_handshakeTimeout, timeout))
        Q_EMIT handshakeTimeoutChanged();
}

void WebSocket::setCloseTimeout(int timeout)
{
    if (take(m_closeTimeout, timeout))
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

void WebSocket::setActiveWish(bool active)
{
    if (take(m_active, active))
        Q_EMIT activeChanged();
}

void WebSocket::setStatus(Status status)
{
    if (take(m_status, status))
        Q_EMIT statusChanged();
}

void WebSocket::setErrorString(const QString &errorString)
{
    if (take(m_errorString, errorString))
        Q_EMIT errorStringChanged();
}

void WebSocket::setCloseCode(int code)
{
    if (take(m_closeCode, code))
        Q_EMIT closeCodeChanged();
}

void WebSocket::setCloseReason(const QString &reason)
{
    if (take(m_closeReason, reason))
        Q_EMIT closeReasonChanged();
}

void WebSocket::setNegotiatedSubprotocol(const QString &subprotocol)
{
    if (take(m_negotiatedSubprotocol, subprotocol))
        Q_EMIT negotiatedSubprotocolChanged();
}
