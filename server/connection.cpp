// SPDX-License-Identifier: MIT
#include "connection.h"

#include "escape.h"
#include "lingeringclose.h"
#include "logging.h"

#include <QHostAddress>
#include <QTimer>

#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype maxLoggedCharacters = 200;
constexpr qsizetype maxLoggedBytes = 64;
constexpr qsizetype maxUtf8BytesPerUtf16Unit = 3;

QString logged(QStringView text)
{
    return escaped(text, maxLoggedCharacters);
}

QString logged(const QByteArray &bytes)
{
    const QString hex =
        QString::fromLatin1(bytes.first(qMin(bytes.size(), maxLoggedBytes)).toHex(' '));
    return bytes.size() > maxLoggedBytes ? hex + u" …"_s : hex;
}

QString peerName(const QWebSocket &socket)
{
    const QHostAddress address = socket.peerAddress();
    const bool isIPv6 = address.protocol() == QAbstractSocket::IPv6Protocol;
    return (isIPv6 ? u"[%1]:%2"_s : u"%1:%2"_s)
        .arg(address.toString(), QString::number(socket.peerPort()));
}

QString requestTarget(const QUrl &url)
{
    const QString path = url.path(QUrl::FullyEncoded);
    return url.hasQuery() ? path + u'?' + url.query(QUrl::FullyEncoded) : path;
}

} // namespace

Connection::Connection(quint64 id, std::unique_ptr<QWebSocket> socket, qintptr descriptor,
                       const Limits &limits, QObject *parent)
    : QObject(parent)
    , m_id(id)
    , m_limits(limits)
    , m_socket(std::move(socket))
    , m_descriptor(descriptor)
{
    // Qt's own limits are 2 GiB (CVE-2018-21035).
    m_socket->setMaxAllowedIncomingFrameSize(quint64(m_limits.maxMessageSize));
    m_socket->setMaxAllowedIncomingMessageSize(quint64(m_limits.maxMessageSize));
    m_socket->setReadBufferSize(m_limits.readBufferSize());
    // Qt cuts text into frames without regard to code points, which its own receiver then refuses.
    m_socket->setOutgoingFrameSize(QWebSocket::maxOutgoingFrameSize());

    connect(m_socket.get(), &QWebSocket::textMessageReceived, this, &Connection::echoText);
    connect(m_socket.get(), &QWebSocket::binaryMessageReceived, this, &Connection::echoBinary);
    connect(m_socket.get(), &QWebSocket::aboutToClose, this, &Connection::watchClosing);
    connect(m_socket.get(), &QWebSocket::disconnected, this, &Connection::linger);

    QString line = u"#%1 connected from %2 to %3"_s.arg(
        QString::number(m_id), peerName(*m_socket), logged(requestTarget(m_socket->requestUrl())));
    if (!m_socket->origin().isEmpty())
        line += u", origin "_s + logged(m_socket->origin());
    qCInfo(lcServer).noquote() << line;
}

Connection::~Connection()
{
    // ~QWebSocket still emits signals. It also leaves the TCP socket behind unless that has ended.
    m_socket->disconnect(this);
    m_socket->abort();
}

void Connection::greet(const QString &text)
{
    m_socket->sendTextMessage(text);
}

void Connection::close(QWebSocketProtocol::CloseCode code, const QString &reason)
{
    m_socket->close(code, reason);
}

void Connection::abort(const QString &why)
{
    if (m_isFinished)
        return;
    m_abortReason = why;
    m_socket->abort();
    // Where the TCP socket is gone already, Qt does not say so again.
    finish();
}

void Connection::checkBacklog()
{
    if (m_socket->bytesToWrite() > m_limits.maxBacklog)
        abort(u"more than %1 bytes not read by the peer"_s.arg(m_limits.maxBacklog));
}

void Connection::echoText(const QString &message)
{
    qCDebug(lcMessages).noquote() << u"#%1 text %2 bytes: %3"_s.arg(
        QString::number(m_id), QString::number(message.toUtf8().size()), logged(message));
    // Qt counts earlier fragments in UTF-16 units, so that a text of several may be too large here.
    if (message.size() * maxUtf8BytesPerUtf16Unit > m_limits.maxMessageSize
        && message.toUtf8().size() > m_limits.maxMessageSize) {
        close(QWebSocketProtocol::CloseCodeTooMuchData, u"Received message is too big."_s);
        return;
    }
    m_socket->sendTextMessage(message);
    checkBacklog();
}

void Connection::echoBinary(const QByteArray &message)
{
    qCDebug(lcMessages).noquote() << u"#%1 binary %2 bytes: %3"_s.arg(
        QString::number(m_id), QString::number(message.size()), logged(message));
    m_socket->sendBinaryMessage(message);
    checkBacklog();
}

void Connection::watchClosing()
{
    // Also emitted when the TCP connection breaks, where no Close frame was sent.
    if (m_lingeringClose || m_abortReason
        || m_socket->error() != QAbstractSocket::UnknownSocketError)
        return;
    m_lingeringClose = std::make_unique<LingeringClose>(m_descriptor);
    connect(m_lingeringClose.get(), &LingeringClose::finished, this, [this] {
        if (m_socket->state() == QAbstractSocket::UnconnectedState)
            finish();
    });
    // Neither Qt nor the peer sets a limit to how long this takes.
    QTimer::singleShot(m_limits.closeTimeout, this, [this] {
        abort(u"not closed after %1 ms"_s.arg(m_limits.closeTimeout.count()));
    });
}

void Connection::linger()
{
    if (m_lingeringClose && m_lingeringClose->isValid() && !m_abortReason)
        m_lingeringClose->finishWriting();
    else
        finish();
}

void Connection::finish()
{
    if (std::exchange(m_isFinished, true))
        return;
    // closeCode() is 1000 also when the peer vanished.
    QString how = u"connection lost"_s;
    if (m_abortReason)
        how = u"aborted, "_s + *m_abortReason;
    else if (m_lingeringClose)
        how = QString::number(m_socket->closeCode()) + u' ' + logged(m_socket->closeReason());
    qCInfo(lcServer).noquote() << u"#%1 disconnected: %2"_s.arg(QString::number(m_id),
                                                                how.trimmed());
    Q_EMIT finished();
}
