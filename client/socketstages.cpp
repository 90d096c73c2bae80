// SPDX-License-Identifier: MIT

// The part of SocketConnection that has to do with how connecting gets on, and how it ends.
#include "socketconnection.h"

#include "address.h"
#include "upgradeanswer.h"

#include <QHostAddress>
#include <QSslCipher>
#include <QSslSocket>

using namespace Qt::Literals::StringLiterals;

namespace {

/// Where \a socket is connected to.
QString peerText(const QAbstractSocket &socket)
{
    const QString host = socket.peerAddress().toString();
    return (host.contains(u':') ? u'[' + host + u']' : host) + u':'
        + QString::number(socket.peerPort());
}

} // namespace

/// Looks at how QWebSocket's own socket gets on, from before it connects.
void SocketConnection::onSocketStateChanged(QAbstractSocket::SocketState state)
{
    QTcpSocket *tcp = tcpSocket();
    if (state != QAbstractSocket::ConnectingState || tcp == nullptr)
        return;
    connect(tcp, &QTcpSocket::hostFound, this, [this] { beginStage(Stage::Tcp); });
    connect(tcp, &QTcpSocket::readyRead, this, &SocketConnection::onReadyRead);
    if (auto *tls = qobject_cast<QSslSocket *>(tcp)) {
        connect(tls, &QSslSocket::connected, this,
                [this, tls] { beginStage(Stage::Tls, peerText(*tls)); });
        connect(tls, &QSslSocket::encrypted, this, [this, tls] {
            const QSslCipher cipher = tls->sessionCipher();
            beginStage(Stage::Upgrade, cipher.protocolString() + u", "_s + cipher.name());
            m_tap.start(tls);
        });
    } else {
        connect(tcp, &QTcpSocket::connected, this, [this, tcp] {
            beginStage(Stage::Upgrade, peerText(*tcp));
            m_tap.start(tcp);
        });
    }
    beginStage(Stage::Name);
}

/// QWebSocket has just read what it can use.
void SocketConnection::onReadyRead()
{
    if (m_state == State::Open) {
        hearFrames();
    } else if (m_state == State::Connecting
               && tcpSocket()->bytesAvailable() >= UpgradeAnswer::maxSize) {
        failUpgrade(
            {},
            u"%1 does not come to an end with its answer to the WebSocket handshake, after "
            "%2 KiB: is it a WebSocket server?"_s.arg(
                authorityText(m_request.url), QString::number(UpgradeAnswer::maxSize / 1024)));
    }
}

/// The server's \a answer leads to no WebSocket.
void SocketConnection::failUpgrade(const UpgradeAnswer &answer, const QString &problem)
{
    endStages(StageState::Failed, answer.statusText());
    fail(problem);
}

void SocketConnection::beginStage(Stage stage, const QString &detail)
{
    if (m_state != State::Connecting)
        return;
    m_stages.begin(stage, detail);
    tell(SocketEvent::Progress{m_stages.stages()});
}

/// Connecting is over; those to come are left out.
void SocketConnection::endStages(StageState::State state, const QString &detail)
{
    if (!m_stages.isRunning())
        return;
    m_stages.end(state, detail);
    tell(SocketEvent::Progress{m_stages.stages()});
}

Stage SocketConnection::stage() const
{
    return m_state == State::Connecting ? m_stages.stage() : Stage::Open;
}

/// One end or the other has sent a close frame.
void SocketConnection::endAsSaid()
{
    const int code = m_socket.closeCode();
    const QString reason = m_socket.closeReason();
    if (const auto &payload = m_tap.closeFrame(); payload && m_closeSide == CloseSide::Server) {
        const CloseFrame frame = CloseFrame::read(*payload);
        if (const QString problem = describeBadClose(*payload, m_request.url); !problem.isEmpty())
            fail(problem, FailureCause::Other, code, CloseSide::Here);
        else
            end({.closeCode = frame.code, .closeReason = frame.reason, .closeSide = m_closeSide});
    } else if (m_isOurWish) {
        end({.closeCode = code, .closeReason = reason, .closeSide = CloseSide::Here});
    } else {
        fail(describeViolation(code, reason, m_request.url), FailureCause::Other, code,
             CloseSide::Here);
    }
}
