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
/// RFC 6455 7.4.1.
constexpr int normalClosure = 1000;
/// RFC 6455 7.1.5: stands for an end without a Close frame.
constexpr int abnormalClosure = 1006;

QString logged(QStringView text)
{
    return escaped(text, maxLoggedCharacters);
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
    connect(m_wire.get(), &Wire::closed, this, &Connection::finish);
}

Connection::~Connection()
{
    m_wire->disconnect(this);
    m_wire->drop();
}

void Connection::open()
{
    m_isOpen = true;
    connect(m_wire.get(), &Wire::messageReceived, this, &Connection::receiveMessage);
    connect(m_wire.get(), &Wire::violated, this, &Connection::close);
    connect(m_wire.get(), &Wire::inputEnded, this, &Connection::receiveEnd);
    connect(m_wire.get(), &Wire::closeReceived, this, &Connection::receiveClose);
    if (m_wire->behaviour())
        startPerforming();

    QString line = u"#%1 connected from %2 to %3"_s.arg(
        QString::number(m_id), peerName(), logged(QString::fromLatin1(m_wire->target())));
    if (!m_wire->origin().isEmpty())
        line += u", origin "_s + logged(QString::fromLatin1(m_wire->origin()));
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
}

void Connection::startPerforming()
{
    m_performer = std::make_unique<Performer>(*m_wire->behaviour(), *m_wire);
    connect(m_performer.get(), &Performer::messageDue, this, &Connection::send);
    connect(m_performer.get(), &Performer::pingDue, this, &Connection::ping);
    connect(m_performer.get(), &Performer::closeDue, this, &Connection::close);
    connect(m_performer.get(), &Performer::ended, m_wire.get(), &Wire::close);
    connect(m_performer.get(), &Performer::resetDue, this, &Connection::reset);
}

void Connection::close(std::optional<int> code, const QString &reason)
{
    if (m_closeCode || m_abortReason || m_isFinished)
        return;
    if (!m_isOpen) {
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
    m_wire->sendClose(code, reason);
}

void Connection::reset()
{
    m_abortReason = u"reset, as it has asked"_s;
    m_wire->close();
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
    } else if (!m_isOpen) {
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

void Connection::receiveMessage(const QByteArray &message, Opcode type)
{
    if (lcMessages().isDebugEnabled())
        logMessage(message, type);
    if (m_performer)
        m_performer->receiveMessage(message, type);
    else
        send(message, type);
}

void Connection::receiveClose(int code, const QString &reason)
{
    m_firstCloseCode = m_firstCloseCode.value_or(code);
    // RFC 6455 7.4.1: 1005 must not be sent.
    const int answer = code == Wire::noStatusReceived ? normalClosure : code;
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
        m_wire->close();
}

void Connection::send(const QByteArray &message, Opcode type)
{
    m_wire->send(type, message, frameSizeFor(message));
}

qint64 Connection::frameSizeFor(const QByteArray &message) const
{
    const auto fragmentSize = m_performer ? m_performer->fragmentSize() : std::nullopt;
    if (!fragmentSize)
        return Wire::oneFrame;
    const qint64 smallest = (message.size() + maxFragmentsSent - 1) / maxFragmentsSent;
    return std::max(*fragmentSize, smallest);
}

void Connection::ping()
{
    m_wire->send(Opcode::Ping, {});
}

void Connection::logMessage(const QByteArray &message, Opcode type) const
{
    QString shown;
    if (type == Opcode::Text) {
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
    if (m_isOpen || m_abortReason) {
        const QString how = m_abortReason ? u"aborted, "_s + *m_abortReason
            : m_closeCode ? QString::number(*m_closeCode) + u' ' + logged(m_closeReason)
                          : u"connection lost"_s;
        qCInfo(lcServer).noquote()
            << u"#%1 disconnected: %2"_s.arg(QString::number(m_id), how.trimmed());
    }
    if (m_isOpen)
        m_context.metrics.countClose(m_firstCloseCode.value_or(abnormalClosure));
    Q_EMIT finished();
}
