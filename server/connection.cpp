// SPDX-License-Identifier: MIT
#include "connection.h"

#include "escape.h"
#include "logging.h"

#include <QHostAddress>

#include <algorithm>
#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype maxLoggedCharacters = 200;
constexpr qsizetype maxLoggedBytes = 64;
/// A message that is to be cut into more frames gets larger ones.
constexpr qint64 maxFragmentsSent = 65'536;
/// RFC 6455 7.1.5: stands for an end without a Close frame.
constexpr int abnormalClosure = 1006;

QString logged(QStringView text)
{
    return escaped(text, maxLoggedCharacters);
}

QString requestTarget(const QUrl &url)
{
    const QString path = url.path(QUrl::FullyEncoded);
    return url.hasQuery() ? path + u'?' + url.query(QUrl::FullyEncoded) : path;
}

} // namespace

Connection::Connection(quint64 id, std::unique_ptr<Transport> transport, ServerContext &context,
                       QObject *parent)
    : QObject(parent)
    , m_id(id)
    , m_context(context)
    , m_wire(std::make_unique<Wire>(std::move(transport), context))
{
    m_age.start();
    connect(m_wire.get(), &Wire::requestRefused, this, &Connection::onRefused);
    connect(m_wire.get(), &Wire::disconnected, this, &Connection::finish);
}

Connection::~Connection()
{
    // ~QWebSocket still emits signals.
    m_wire->disconnect(this);
    if (m_socket)
        m_socket->disconnect(this);
    m_wire->drop();
}

void Connection::open(std::unique_ptr<QWebSocket> socket)
{
    m_socket = std::move(socket);
    // The wire has held the peer to its limits; Qt's own, 2 GiB (CVE-2018-21035), need not be
    // reached.
    m_socket->setMaxAllowedIncomingFrameSize(quint64(m_context.limits.maxMessageSize));
    m_socket->setMaxAllowedIncomingMessageSize(quint64(m_context.limits.maxMessageSize));

    connect(m_socket.get(), &QWebSocket::binaryMessageReceived, this, &Connection::receiveMessage);
    connect(m_wire.get(), &Wire::violated, this, &Connection::close);
    connect(m_wire.get(), &Wire::inputEnded, this, &Connection::receiveEnd);
    connect(m_wire.get(), &Wire::closeReceived, this, &Connection::receiveClose);
    if (m_wire->behaviour())
        startPerforming();

    QString line = u"#%1 connected from %2 to %3"_s.arg(
        QString::number(m_id), peerName(), logged(requestTarget(m_socket->requestUrl())));
    if (!m_socket->origin().isEmpty())
        line += u", origin "_s + logged(m_socket->origin());
    qCInfo(lcServer).noquote() << line;
}

void Connection::start()
{
    const std::optional<QString> &usual = m_context.greeting;
    const std::optional<QString> greeting =
        m_performer ? m_performer->behaviour().greetingInsteadOf(usual) : usual;
    if (greeting)
        send(greeting->toUtf8(), Opcode::Text);
    if (m_performer)
        m_performer->start();
    m_wire->startFrames();
}

void Connection::startPerforming()
{
    m_performer = std::make_unique<Performer>(*m_wire->behaviour(), *m_wire);
    connect(m_performer.get(), &Performer::messageDue, this, &Connection::send);
    connect(m_performer.get(), &Performer::pingDue, this, &Connection::ping);
    connect(m_performer.get(), &Performer::closeDue, this, &Connection::close);
    connect(m_performer.get(), &Performer::ended, m_wire.get(), &Wire::disconnectFromHost);
    connect(m_performer.get(), &Performer::resetDue, this, &Connection::reset);
}

void Connection::close(std::optional<int> code, const QString &reason)
{
    if (m_closeCode || m_abortReason || m_isFinished)
        return;
    if (!m_socket) {
        abort(u"closed during the handshake"_s);
        return;
    }
    if (m_performer)
        m_performer->finish();
    if (m_closeCode || m_abortReason)
        return; // it was about to do so itself
    m_closeCode = code.value_or(Wire::noStatusReceived);
    m_firstCloseCode = m_firstCloseCode.value_or(*m_closeCode);
    m_closeReason = reason;
    m_age.start();
    if (!code)
        m_wire->markNextAsBareClose();
    m_socket->close(static_cast<QWebSocketProtocol::CloseCode>(*m_closeCode), reason);
}

void Connection::reset()
{
    m_abortReason = u"reset, as it has asked"_s;
    m_wire->disconnectFromHost();
}

void Connection::abort(const QString &why)
{
    if (m_isFinished)
        return;
    m_abortReason = why;
    m_wire->drop();
}

void Connection::sweep()
{
    if (m_closeCode || m_isRefused) {
        // What is owed is written first, for as long as the peer reads it.
        if (m_wire->sinceShutdown() > m_context.limits.closeTimeout.count())
            abort(u"not closed after %1 ms"_s.arg(m_context.limits.closeTimeout.count()));
        else if (m_wire->stall() > m_context.limits.maxStall.count()
                 || m_age.hasExpired(m_context.limits.maxClosing.count()))
            abort(u"does not read what it is owed"_s);
    } else if (!m_socket) {
        if (m_age.hasExpired(m_context.limits.handshakeTimeout.count()))
            m_wire->refuse(Handshake::timedOut());
    } else if (m_wire->hasBacklog() || m_wire->isHoldingBack()) {
        // It may not be read from, or has nothing to say until it has its answer.
        m_wire->restartSilence();
        if (m_wire->hasBacklog() && m_wire->stall() > m_context.limits.maxStall.count())
            abort(u"read nothing for %1 ms"_s.arg(m_context.limits.maxStall.count()));
    } else if (m_wire->silence() > m_context.limits.maxSilence.count()) {
        abort(u"silent for %1 ms"_s.arg(m_context.limits.maxSilence.count()));
    } else if (m_wire->silence() <= m_context.limits.pingAfter.count()) {
        m_isPinged = false;
    } else if (!std::exchange(m_isPinged, true)) {
        ping();
    }
}

void Connection::receiveMessage(const QByteArray &message)
{
    if (lcMessages().isDebugEnabled())
        logMessage(message);
    // It comes as binary, whatever it is, so that text stays the bytes that the wire has checked.
    if (m_performer)
        m_performer->receiveMessage(message, m_wire->messageType());
    else
        send(message, m_wire->messageType());
}

void Connection::receiveClose(int code, const QString &reason)
{
    m_firstCloseCode = m_firstCloseCode.value_or(code);
    // RFC 6455 7.4.1: 1005 must not be sent.
    const int answer = code == Wire::noStatusReceived ? QWebSocketProtocol::CloseCodeNormal : code;
    if (m_performer)
        m_performer->receiveClose(answer, reason);
    else
        close(answer, reason);
}

/// Who says no Close gets none, but all that it is owed.
void Connection::receiveEnd()
{
    if (m_performer)
        m_performer->endInput();
    else
        m_wire->disconnectFromHost();
}

void Connection::send(const QByteArray &message, Opcode type)
{
    if (m_closeCode || m_isFinished)
        return;
    m_socket->setOutgoingFrameSize(frameSizeFor(message));
    if (type == Opcode::Text)
        m_wire->markNextAsText();
    m_context.metrics.countSent(type, message.size());
    m_socket->sendBinaryMessage(message);
}

quint64 Connection::frameSizeFor(const QByteArray &message) const
{
    const auto fragmentSize = m_performer ? m_performer->fragmentSize() : std::nullopt;
    if (!fragmentSize)
        return QWebSocket::maxOutgoingFrameSize(); // an echo goes out as one frame
    const qint64 smallest = (message.size() + maxFragmentsSent - 1) / maxFragmentsSent;
    return quint64(std::max(*fragmentSize, smallest));
}

void Connection::ping()
{
    m_context.metrics.countSent(Opcode::Ping, 0);
    m_socket->ping();
}

void Connection::logMessage(const QByteArray &message) const
{
    QString shown;
    if (m_wire->messageType() == Opcode::Text) {
        shown = u"text %1 bytes: "_s.arg(message.size()) + logged(QString::fromUtf8(message));
    } else {
        shown = u"binary %1 bytes: "_s.arg(message.size())
            + QString::fromLatin1(message.first(qMin(message.size(), maxLoggedBytes)).toHex(' '));
        if (message.size() > maxLoggedBytes)
            shown += u" …"_s;
    }
    qCDebug(lcMessages).noquote() << u"#%1 "_s.arg(m_id) + shown;
}

QString Connection::peerName() const
{
    const QHostAddress address = peerAddress();
    const bool isIPv6 = address.protocol() == QAbstractSocket::IPv6Protocol;
    return (isIPv6 ? u"[%1]:%2"_s : u"%1:%2"_s)
        .arg(address.toString(), QString::number(m_wire->peerPort()));
}

void Connection::onRefused(int status)
{
    m_isRefused = true;
    m_age.start();
    m_context.metrics.countRefusal(refusalWithStatus(status));
    QString line = u"#%1 refused from %2"_s.arg(QString::number(m_id), peerName());
    if (!m_wire->target().isEmpty())
        line += u" to "_s + logged(QString::fromLatin1(m_wire->target()));
    line += u": HTTP %1"_s.arg(status);
    if (!m_wire->origin().isEmpty())
        line += u", origin "_s + logged(QString::fromLatin1(m_wire->origin()));
    qCInfo(lcServer).noquote() << line;
}

void Connection::finish()
{
    if (std::exchange(m_isFinished, true))
        return;
    if (m_socket || m_abortReason) {
        const QString how = m_abortReason ? u"aborted, "_s + *m_abortReason
            : m_closeCode ? QString::number(*m_closeCode) + u' ' + logged(m_closeReason)
                          : u"connection lost"_s;
        qCInfo(lcServer).noquote()
            << u"#%1 disconnected: %2"_s.arg(QString::number(m_id), how.trimmed());
    }
    if (m_socket)
        m_context.metrics.countClose(m_firstCloseCode.value_or(abnormalClosure));
    Q_EMIT finished();
}
