// SPDX-License-Identifier: MIT

// The part of WebSocket that has to do with how it is to connect, how far it came, and with whom.
#include "address.h"
#include "connectionsettings.h"
#include "socketworker.h"
#include "websocket.h"

#include <algorithm>

QString WebSocket::address() const
{
    return addressText(m_request.url);
}

void WebSocket::setRequestedSubprotocols(const QStringList &subprotocols)
{
    if (take(m_request.subprotocols, subprotocols))
        Q_EMIT requestedSubprotocolsChanged();
}

void WebSocket::setOrigin(const QString &origin)
{
    if (take(m_request.origin, origin))
        Q_EMIT originChanged();
}

void WebSocket::setRequestHeaders(const QVariantMap &headers)
{
    if (take(m_request.headers, headers))
        Q_EMIT requestHeadersChanged();
}

void WebSocket::setTlsFiles(const TlsFiles &files)
{
    if (take(m_request.tlsFiles, files))
        Q_EMIT tlsFilesChanged();
}

void WebSocket::setCaFile(const QString &file)
{
    TlsFiles files = tlsFiles();
    files.ca = file;
    setTlsFiles(files);
}

void WebSocket::setCertificateFile(const QString &file)
{
    TlsFiles files = tlsFiles();
    files.certificate = file;
    setTlsFiles(files);
}

void WebSocket::setKeyFile(const QString &file)
{
    TlsFiles files = tlsFiles();
    files.key = file;
    setTlsFiles(files);
}

void WebSocket::setPinnedFingerprint(const QString &fingerprint)
{
    // What is none stays: no certificate has it, so that none is accepted.
    const QString normalized = normalizedFingerprint(fingerprint);
    if (take(m_request.pinnedFingerprint, normalized.isEmpty() ? fingerprint : normalized))
        Q_EMIT pinnedFingerprintChanged();
}

bool WebSocket::isCertificateRefused() const
{
    return m_state.status == Error && !m_state.certificate.isNull();
}

WebSocket::Trust WebSocket::trust() const
{
    if (m_state.status == Error || m_state.certificate.isNull())
        return NoTls;
    return m_state.certificate.problem().isEmpty() ? Verified : Pinned;
}

void WebSocket::setHandshakeTimeout(int timeout)
{
    if (take(m_request.limits.handshakeTimeout, std::max(timeout, 1)))
        Q_EMIT handshakeTimeoutChanged();
}

void WebSocket::setCloseTimeout(int timeout)
{
    if (!take(m_request.limits.closeTimeout, std::max(timeout, 1)))
        return;
    setLimits();
    Q_EMIT closeTimeoutChanged();
}

void WebSocket::setMaxMessageSize(qint64 size)
{
    if (!take(m_request.limits.maxMessageSize, std::clamp<qint64>(size, 1, largestMaxMessageSize)))
        return;
    setLimits();
    Q_EMIT maxMessageSizeChanged();
}

/// Tells the connection that is there of other limits.
void WebSocket::setLimits()
{
    if (m_worker)
        m_worker->setLimits(m_request.limits);
}

void WebSocket::setReadPaused(bool paused)
{
    if (!take(m_readPaused, paused))
        return;
    m_turnTimer.start();
    Q_EMIT readPausedChanged();
}

void WebSocket::setStages(const QList<ConnectionStage> &stages)
{
    m_stageClock.start();
    if (take(m_stages, stages))
        Q_EMIT stagesChanged();
}

/// Nobody waits any more for the stage that is running.
void WebSocket::giveUpStages()
{
    if (m_stages.isEmpty() || m_stages.last().state != StageState::Running)
        return;
    m_stages.last().state = StageState::GivenUp;
    m_stages.last().milliseconds = static_cast<qreal>(m_stageClock.elapsed());
    Q_EMIT stagesChanged();
}
