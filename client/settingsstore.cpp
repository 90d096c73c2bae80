// SPDX-License-Identifier: MIT
#include "settingsstore.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLockFile>
#include <QSettings>
#include <QStandardPaths>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace {

const auto historyKey = "history"_L1;
const auto serversKey = "servers"_L1;
constexpr int lockTimeout = 1'000; // ms; another program holds the lock for some milliseconds

/// \a url as it is kept.
QUrl withoutUser(const QUrl &url)
{
    return url.adjusted(QUrl::RemoveUserInfo);
}

/// What settings are kept for: "wss://example.org:443".
QString serverKey(const QUrl &url)
{
    constexpr int port = 80;
    constexpr int tlsPort = 443;
    return u"%1://%2:%3"_s.arg(url.scheme(), url.host(QUrl::FullyEncoded))
        .arg(url.port(url.scheme() == "wss"_L1 ? tlsPort : port));
}

QString encoded(const QUrl &url)
{
    return url.toString(QUrl::FullyEncoded);
}

void writeServer(QSettings &file, const QString &key, const ConnectionSettings &settings)
{
    QStringList headers;
    for (const RequestHeader &header : settings.headers)
        headers += header.name + u": "_s + header.value;
    file.setValue("server"_L1, key);
    file.setValue("headers"_L1, headers);
    file.setValue("subprotocols"_L1, settings.subprotocols);
    file.setValue("origin"_L1, settings.origin);
    file.setValue("userAgent"_L1, settings.userAgent);
    file.setValue("maxMessageSize"_L1, settings.maxMessageSize);
    file.setValue("handshakeTimeout"_L1, settings.handshakeTimeout);
    file.setValue("pingInterval"_L1, settings.pingInterval);
    file.setValue("reconnect"_L1, settings.reconnect);
    file.setValue("firstMessages"_L1, settings.firstMessages);
    file.setValue("caFile"_L1, settings.caFile);
    file.setValue("certificateFile"_L1, settings.certificateFile);
    file.setValue("keyFile"_L1, settings.keyFile);
    file.setValue("pinnedFingerprint"_L1, settings.pinnedFingerprint);
}

/// The number under \a key; \a otherwise where there is none.
template<typename Number>
Number number(const QSettings &file, QLatin1StringView key, Number otherwise)
{
    bool ok = false;
    const qint64 value = file.value(key).toLongLong(&ok);
    return ok && std::in_range<Number>(value) ? static_cast<Number>(value) : otherwise;
}

ConnectionSettings readServer(const QSettings &file)
{
    const ConnectionSettings defaults;
    ConnectionSettings settings;
    for (const QString &header : file.value("headers"_L1).toStringList())
        settings.headers += RequestHeader::fromText(header);
    settings.subprotocols = file.value("subprotocols"_L1).toStringList();
    settings.origin = file.value("origin"_L1).toString();
    settings.userAgent = file.value("userAgent"_L1).toString();
    settings.maxMessageSize = number(file, "maxMessageSize"_L1, defaults.maxMessageSize);
    settings.handshakeTimeout = number(file, "handshakeTimeout"_L1, defaults.handshakeTimeout);
    settings.pingInterval = number(file, "pingInterval"_L1, defaults.pingInterval);
    settings.reconnect = file.value("reconnect"_L1, defaults.reconnect).toBool();
    settings.firstMessages = file.value("firstMessages"_L1).toStringList();
    settings.caFile = file.value("caFile"_L1).toString();
    settings.certificateFile = file.value("certificateFile"_L1).toString();
    settings.keyFile = file.value("keyFile"_L1).toString();
    settings.pinnedFingerprint = file.value("pinnedFingerprint"_L1).toString();
    return settings;
}

} // namespace

SettingsStore::SettingsStore(const QString &fileName)
    : m_fileName(fileName)
{
}

QString SettingsStore::defaultFileName()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation)
        + "/awesome-chat/servers.ini"_L1;
}

bool SettingsStore::isSameServer(const QUrl &one, const QUrl &other)
{
    return serverKey(one) == serverKey(other);
}

QList<QUrl> SettingsStore::history()
{
    read();
    return m_history;
}

void SettingsStore::addToHistory(const QUrl &url)
{
    change([this, kept = withoutUser(url)] {
        m_history.removeAll(kept);
        m_history.prepend(kept);
    });
}

void SettingsStore::removeFromHistory(const QUrl &url)
{
    change([this, kept = withoutUser(url)] { m_history.removeAll(kept); });
}

void SettingsStore::clearHistory()
{
    change([this] { m_history.clear(); });
}

ConnectionSettings SettingsStore::settings(const QUrl &url)
{
    read();
    ConnectionSettings found;
    for (const Server &server : std::as_const(m_servers)) {
        if (server.key == serverKey(url)) {
            found = server.settings;
            break;
        }
    }
    found.url = url;
    return found;
}

void SettingsStore::save(const ConnectionSettings &settings)
{
    change([this, &settings] {
        const QString key = serverKey(settings.url);
        m_servers.removeIf([&key](const Server &server) { return server.key == key; });
        m_servers.prepend({key, settings});
        m_servers.first().settings.url = QUrl(); // the history has it
    });
}

void SettingsStore::removeSettings(const QUrl &url)
{
    change([this, key = serverKey(url)] {
        m_servers.removeIf([&key](const Server &server) { return server.key == key; });
    });
}

/// Does \a change to what is kept now.
template<typename Change>
void SettingsStore::change(const Change &change)
{
    m_problem.clear();
    // QSettings itself uses ".lock".
    QLockFile lock(m_fileName + ".changes.lock"_L1);
    if (!m_fileName.isEmpty()) {
        QDir().mkpath(QFileInfo(m_fileName).path());
        // Best effort: without it, a change that another program makes just now may be lost.
        lock.tryLock(lockTimeout);
    }
    read();
    change();
    m_history.resize(std::min(m_history.size(), maxHistory));
    if (m_servers.size() > maxServers)
        m_servers.remove(maxServers, m_servers.size() - maxServers);
    write();
}

void SettingsStore::read()
{
    if (m_fileName.isEmpty())
        return;
    QSettings file(m_fileName, QSettings::IniFormat);
    m_history.clear();
    m_servers.clear();
    for (const QString &kept : file.value(historyKey).toStringList()) {
        const QUrl url(kept);
        if (url.isValid() && m_history.size() < maxHistory)
            m_history += withoutUser(url);
    }
    const int servers = std::min(file.beginReadArray(serversKey), static_cast<int>(maxServers));
    for (int i = 0; i < servers; ++i) {
        file.setArrayIndex(i);
        m_servers += {file.value("server"_L1).toString(), readServer(file)};
    }
    file.endArray();
}

void SettingsStore::write()
{
    if (m_fileName.isEmpty())
        return;
    // QSettings keeps the permissions of a file that is there.
    QFile(m_fileName)
        .open(QIODevice::NewOnly | QIODevice::WriteOnly, QFile::ReadOwner | QFile::WriteOwner);
    QSettings file(m_fileName, QSettings::IniFormat);
    QStringList history;
    for (const QUrl &url : std::as_const(m_history))
        history += encoded(url);
    file.setValue(historyKey, history);
    file.remove(serversKey); // there may be fewer now
    file.beginWriteArray(serversKey, static_cast<int>(m_servers.size()));
    for (int i = 0; i < m_servers.size(); ++i) {
        file.setArrayIndex(i);
        writeServer(file, m_servers[i].key, m_servers[i].settings);
    }
    file.endArray();
    file.sync();
    if (file.status() != QSettings::NoError) {
        m_problem = u"The settings cannot be kept: “%1” cannot be written."_s.arg(
            QDir::toNativeSeparators(m_fileName));
        m_fileName.clear(); // it goes on in memory
    }
}
