// SPDX-License-Identifier: MIT
#include "serversettings.h"

#include "websocket.h"

ServerSettings::ServerSettings(QObject *parent)
    : QObject(parent)
{
}

void ServerSettings::setFile(const QString &file)
{
    if (m_file == file)
        return;
    m_file = file;
    m_store = SettingsStore(file);
    Q_EMIT fileChanged();
}

void ServerSettings::setFlags(const QVariant &flags)
{
    const auto settings = flags.value<ConnectionSettings>();
    if (m_flags == settings)
        return;
    m_flags = settings;
    Q_EMIT flagsChanged();
}

ConnectionSettings ServerSettings::settings(const QUrl &url)
{
    ConnectionSettings settings = m_store.settings(url);
    if (!m_flags.url.isEmpty() && SettingsStore::isSameServer(m_flags.url, url))
        settings.takeFrom(m_flags);
    return settings;
}

void ServerSettings::save(const ConnectionSettings &settings)
{
    if (SettingsStore::isSameServer(m_flags.url, settings.url))
        setFlags({});
    keep(settings);
}

void ServerSettings::applyTo(WebSocket *socket, const QUrl &url)
{
    m_current = settings(url);
    Q_EMIT currentChanged();
    if (!socket)
        return;
    ConnectionSettings settings = m_current;
    settings.url = socket->url();
    settings.applyTo(*socket);
}

void ServerSettings::setPinnedFingerprint(const QUrl &url, const QString &fingerprint)
{
    ConnectionSettings settings = m_store.settings(url);
    settings.pinnedFingerprint = normalizedFingerprint(fingerprint);
    keep(settings);
}

void ServerSettings::keep(const ConnectionSettings &settings)
{
    m_store.save(settings);
    Q_EMIT problemChanged();
    Q_EMIT saved(settings.url);
}
