// SPDX-License-Identifier: MIT

// The part of SocketConnection that has to do with how a connection ends.
#include "address.h"
#include "socketconnection.h"

#include <QRandomGenerator>
#include <QTcpSocket>
#include <QtEndian>

#include <algorithm>
#include <array>
#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int goingAway = 1001; // RFC 6455 section 7.4.1

/// A masked close frame (RFC 6455 sections 5.2 and 5.3) with \a payload, of at most 125 bytes.
QByteArray maskedCloseFrame(QByteArray payload)
{
    std::array<char, sizeof(quint32)> mask{};
    qToBigEndian(QRandomGenerator::system()->generate(), mask.data());
    for (qsizetype i = 0; i < payload.size(); ++i)
        payload[i] =
            static_cast<char>(payload[i] ^ mask[static_cast<std::size_t>(i) % mask.size()]);
    constexpr auto closeOpcode = '\x88'; // of a frame that is the last of its message
    constexpr int maskBit = 0x80;
    return closeOpcode + QByteArray(1, static_cast<char>(maskBit | payload.size()))
        + QByteArray(mask.data(), mask.size()) + payload;
}

} // namespace

/// What QWebSocket reads frames with, and keeps to itself: an object of a private class, whose
/// signals have been the same from Qt 5.3 on.
QObject *SocketConnection::frameReader() const
{
    const QObjectList children = m_socket.children();
    const auto found = std::find_if(children.cbegin(), children.cend(), [](const QObject *child) {
        return child->inherits("QWebSocketDataProcessor");
    });
    Q_ASSERT(found != children.cend());
    return *found;
}

/// Does itself what QWebSocket would do at a close frame and at a broken rule: that one answers
/// some codes with another one (1012 to 1014, and none), and drops TCP in the same breath.
void SocketConnection::takeOverClosing()
{
    const QObject *reader = frameReader();
    for (const auto &[signal, slot] :
         {std::pair(SIGNAL(closeReceived(QWebSocketProtocol::CloseCode, QString)),
                    SLOT(onCloseFrame())),
          std::pair(SIGNAL(errorEncountered(QWebSocketProtocol::CloseCode, QString)),
                    SLOT(onViolation(QWebSocketProtocol::CloseCode, QString)))}) {
        disconnect(reader, signal, &m_socket, nullptr);
        connect(reader, signal, this, slot);
    }
}

void SocketConnection::close(int code, const QString &reason)
{
    if (m_state != State::Open)
        return;
    beginClosing(
        {.closeCode = code,
         .closeReason = reason,
         .closeSide = CloseSide::Here,
         .unclean = u"the server dropped the connection without a close frame of its own"_s},
        CloseFrame{code, reason}.payload());
}

/// QWebSocket has just read one.
void SocketConnection::onCloseFrame()
{
    if (isHeard())
        hearFrames();
    if (!isHeard())
        return;
    const QByteArray payload = m_tap.closeFrame().value_or(QByteArray());
    const CloseFrame frame = CloseFrame::read(payload);
    const QString problem = describeBadClose(payload, m_request.url);
    if (m_state == State::Closing) {
        m_ending.unclean = problem;
    } else if (problem.isEmpty()) {
        // RFC 6455 section 5.5.1: the answer has the same code.
        beginClosing(
            {.closeCode = frame.code, .closeReason = frame.reason, .closeSide = CloseSide::Server},
            payload);
    } else {
        onViolation(frame.isReasonText ? QWebSocketProtocol::CloseCodeProtocolError
                                       : QWebSocketProtocol::CloseCodeWrongDatatype,
                    {});
        m_ending.errorString = problem;
        return;
    }
    hearNoMore();
}

/// The server broke a rule, as \a code says: nothing that it says from now on counts (RFC 6455
/// section 7.1.7).
void SocketConnection::onViolation(QWebSocketProtocol::CloseCode code, const QString &reason)
{
    if (!isHeard())
        return;
    const QString problem = describeViolation(code, reason, m_request.url);
    if (m_state == State::Closing)
        m_ending.unclean = problem;
    else
        beginClosing({.closeCode = code, .closeSide = CloseSide::Here, .errorString = problem},
                     CloseFrame{code, closeReasonThatFits(reason)}.payload());
    hearNoMore();
}

/// Says Close, with \a payload. If nothing else comes between, the connection ends with \a ending.
void SocketConnection::beginClosing(const SocketEvent::Ended &ending, const QByteArray &payload)
{
    m_state = State::Closing;
    m_ending = ending;
    m_timer.start(m_request.limits.closeTimeout);
    writeClose(payload);
    tell(SocketEvent::Closing());
}

/// Writes a close frame behind all that is to be written.
void SocketConnection::writeClose(const QByteArray &payload)
{
    // It is the last that is said: pings get no answer any more.
    disconnect(frameReader(), SIGNAL(pingReceived(QByteArray)), &m_socket, nullptr);
    QTcpSocket *tcp = tcpSocket();
    if (tcp->state() == QAbstractSocket::ConnectedState)
        m_ownBytesToWrite += tcp->write(maskedCloseFrame(payload));
}

/// Whether what comes counts.
bool SocketConnection::isHeard() const
{
    return (m_state == State::Open || m_state == State::Closing) && !m_hasHeardAll;
}

/// All is said, and it is for the server to end TCP (RFC 6455 section 7.1.1). What comes meanwhile
/// is read, but not heard: where something is unread when TCP ends, it is reset.
void SocketConnection::hearNoMore()
{
    m_hasHeardAll = true;
    QTcpSocket *tcp = tcpSocket();
    disconnect(tcp, &QTcpSocket::readyRead, &m_socket, nullptr);
    m_tap.stop();
    discard();
    tcp->flush(); // so that it is known whether it gets out, even when TCP ends at once
    const int timeout = m_request.limits.closeTimeout;
    m_timer.start(bytesToWrite() > 0 ? timeout : std::min(timeout, SocketLimits::tcpCloseTimeout));
}

/// Reads what is there for nothing.
void SocketConnection::discard()
{
    if (QTcpSocket *tcp = tcpSocket(); tcp->isReadable())
        tcp->readAll();
}

/// The connection was lost with something to write, our close frame at last: \a problem says how.
void SocketConnection::cutShort(const QString &problem)
{
    if (m_ending.closeSide == CloseSide::Server)
        m_ending.unclean = u"the server dropped the connection before it took our answer"_s;
    else if (m_ending.errorString.isEmpty())
        fail(problem);
}

void SocketConnection::onDisconnected()
{
    // Not before the socket is through with what it is doing: it may be about to say why.
    QTimer::singleShot(0, this, [this] {
        if (m_ending.errorString.isEmpty() && m_ending.closeSide == CloseSide::Nobody)
            fail(describeFailure(stage(), QAbstractSocket::RemoteHostClosedError, {},
                                 m_request.url));
        else
            end(m_ending);
    });
}

void SocketConnection::onTimeout()
{
    if (m_state == State::Connecting) {
        fail(describeTimeout(stage(), m_request.limits.handshakeTimeout, m_request.url));
    } else if (bytesToWrite() > 0) {
        cutShort(u"%1 did not finish closing; the connection was dropped."_s.arg(
            authorityText(m_request.url)));
        end(m_ending);
    } else {
        if (!m_hasHeardAll)
            m_ending.unclean = u"the server did not answer the close frame within %1 s"_s.arg(
                m_request.limits.closeTimeout / 1000.0);
        end(m_ending);
    }
}

void SocketConnection::fail(const QString &errorString, FailureCause cause)
{
    end({.closeCode = abnormalClosure, .errorString = errorString, .cause = cause});
}

void SocketConnection::end(const SocketEvent::Ended &event)
{
    if (m_state == State::Ended)
        return;
    endStages(StageState::Failed, {});
    tell(event);
    hangUp();
}

/// Parts with the server, if that is not done, without waiting for it; a connection that is open
/// gets a close frame.
void SocketConnection::hangUp()
{
    m_timer.stop();
    m_pongTimer.stop();
    switch (std::exchange(m_state, State::Ended)) {
    case State::Connecting:
        m_socket.abort();
        break;
    case State::Open:
        writeClose(CloseFrame{goingAway}.payload());
        [[fallthrough]];
    case State::Closing:
        flush();
        tcpSocket()->close();
        break;
    case State::Ended:
        break;
    }
}
