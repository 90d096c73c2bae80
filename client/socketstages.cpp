// SPDX-License-Identifier: MIT

// The part of SocketConnection that has to do with how connecting gets on.
#include "socketconnection.h"

#include "address.h"
#include "upgradeanswer.h"

#include <QHostAddress>
#include <QSslCipher>
#include <QSslSocket>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto pongCheckInterval = 1s;

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
        // The request is with the TLS socket as soon as TCP is through, and is written when the
        // slots of this signal have returned.
        connect(tls, &QSslSocket::encrypted, this, &SocketConnection::onEncrypted);
    } else {
        connect(tcp, &QTcpSocket::connected, this, [this, tcp] {
            beginStage(Stage::Upgrade, peerText(*tcp));
            m_tap.start(tcp);
        });
    }
    beginStage(Stage::Name);
}

/// The certificate is not valid: then TLS fails, unless it is the pinned one.
void SocketConnection::onSslErrors(const QList<QSslError> &errors)
{
    auto *tls = tlsSocket();
    m_certificate = PeerCertificate(tls->peerCertificate(), errors, m_request.url);
    if (!m_certificate.isNull() && m_certificate.fingerprint() == m_request.pinnedFingerprint)
        tls->ignoreSslErrors(errors);
}

/// TLS is through. A pin is for the certificate that has changed, however valid the new one is:
/// nothing may be written to its owner.
void SocketConnection::onEncrypted()
{
    QSslSocket *tls = tlsSocket();
    if (m_certificate.isNull())
        m_certificate = PeerCertificate(tls->peerCertificate(), {}, m_request.url);
    if (!m_request.pinnedFingerprint.isEmpty()
        && m_certificate.fingerprint() != m_request.pinnedFingerprint) {
        refuseCertificate();
        return;
    }
    const QSslCipher cipher = tls->sessionCipher();
    beginStage(Stage::Upgrade, cipher.protocolString() + u", "_s + cipher.name());
    m_tap.start(tls);
}

void SocketConnection::refuseCertificate()
{
    end({.closeCode = abnormalClosure,
         .errorString = m_certificate.refusal(m_request.url, m_request.pinnedFingerprint),
         .cause = FailureCause::Tls,
         .certificate = m_certificate});
}

/// QWebSocket has just read what it can use.
void SocketConnection::onReadyRead()
{
    if (m_hasHeardAll) {
        discard();
    } else if (isHeard()) {
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

void SocketConnection::onConnected()
{
    const UpgradeAnswer answer = UpgradeAnswer::read(m_tap.takeAnswer());
    if (const QString problem = describeAcceptance(answer, m_request.url); !problem.isEmpty()) {
        failUpgrade(answer, problem);
        return;
    }
    endStages(StageState::Done, answer.statusText());
    m_state = State::Open;
    m_timer.stop();
    takeOverClosing();
    m_clock.start();
    m_pongTimer.start(pongCheckInterval);
    tell(SocketEvent::Opened{m_socket.subprotocol(), m_certificate});
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
