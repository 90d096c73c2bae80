// SPDX-License-Identifier: MIT
#include "serversettings.h"

#include "address.h"
#include "commandwriter.h"
#include "websocket.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QUrlQuery>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

static_assert(ServerSettings::Wscat == int(WrittenCommand::Form::Wscat));
static_assert(ServerSettings::Cpp == int(WrittenCommand::Form::Cpp));

namespace {

bool soundsSecret(const QString &name)
{
    constexpr QLatin1StringView words[] = {"auth"_L1, "cookie"_L1,   "key"_L1,     "pass"_L1,
                                           "pwd"_L1,  "secret"_L1,   "session"_L1, "token"_L1,
                                           "sid"_L1,  "signature"_L1};
    return std::any_of(std::begin(words), std::end(words), [&name](QLatin1StringView word) {
        return name.contains(word, Qt::CaseInsensitive);
    });
}

/// Whether \a settings say what may be for nobody else's eyes.
bool mayHoldSecrets(const ConnectionSettings &settings)
{
    const auto items = QUrlQuery(settings.url).queryItems();
    return std::any_of(settings.headers.begin(), settings.headers.end(),
                       [](const RequestHeader &header) { return soundsSecret(header.name); })
        || std::any_of(items.begin(), items.end(),
                       [](const auto &item) { return soundsSecret(item.first); })
        || std::any_of(settings.firstMessages.begin(), settings.firstMessages.end(), soundsSecret);
}

} // namespace

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

void ServerSettings::giveTo(WebSocket *socket, const QUrl &url)
{
    give(socket, settings(url));
}

/// Gives \a socket the \a settings; its own address stays.
void ServerSettings::give(WebSocket *socket, ConnectionSettings settings)
{
    if (!socket)
        return;
    settings.url = socket->url();
    settings.applyTo(*socket);
}

void ServerSettings::applyTo(WebSocket *socket, const QUrl &url)
{
    m_current = settings(url);
    Q_EMIT currentChanged();
    give(socket, m_current);
}

void ServerSettings::setPinnedFingerprint(const QUrl &url, const QString &fingerprint)
{
    ConnectionSettings settings = m_store.settings(url);
    settings.pinnedFingerprint = normalizedFingerprint(fingerprint);
    keep(settings);
}

QString ServerSettings::copyAs(const QUrl &url, int form)
{
    ConnectionSettings settings = m_current;
    settings.url = url;
    if (const QString problem = settings.problem(); !problem.isEmpty())
        return problem;
    if (form < Wscat || form > Cpp)
        return {};
    const auto written = WrittenCommand::of(settings, WrittenCommand::Form(form));
    QGuiApplication::clipboard()->setText(written.text);
    QStringList sentences{form <= Websocat ? tr("The command is on the clipboard.")
                                           : tr("The program is on the clipboard.")};
    if (mayHoldSecrets(settings))
        sentences += tr("It may hold secrets: look at it before you pass it on.");
    return (sentences + written.notes).join(u' ');
}

void ServerSettings::keep(const ConnectionSettings &settings)
{
    m_store.save(settings);
    Q_EMIT problemChanged();
    Q_EMIT saved(settings.url);
}
