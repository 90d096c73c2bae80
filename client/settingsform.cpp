// SPDX-License-Identifier: MIT
#include "settingsform.h"

#include "address.h"
#include "commandparser.h"
#include "displaytext.h"
#include "quantity.h"
#include "serversettings.h"
#include "typedpath.h"

#include <QRegularExpression>

#include <algorithm>
#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace {

/// The path of a file as it was typed; nothing where nothing was.
QString fileFrom(const QString &typed)
{
    return typed.trimmed().isEmpty() ? QString() : pathFrom(typed.trimmed());
}

/// Gives \a setting the quantity \a text, or what it is by default where that is empty.
template<typename Number>
void readQuantity(const QString &text, std::optional<qint64> (*read)(const QString &),
                  const QString &what, Number &setting, QString &problem)
{
    if (text.trimmed().isEmpty())
        return;
    const auto quantity = read(text);
    if (quantity && std::in_range<Number>(*quantity))
        setting = static_cast<Number>(*quantity);
    else if (problem.isEmpty())
        problem = what.arg(DisplayText::quoted(text));
}

} // namespace

SettingsForm::SettingsForm(QObject *parent)
    : QObject(parent)
{
    connect(&m_headers, &EditableRows::edited, this, &SettingsForm::edited);
    connect(&m_firstMessages, &EditableRows::edited, this, &SettingsForm::edited);
    connect(this, &SettingsForm::edited, this, &SettingsForm::judge);
}

ServerSettings *SettingsForm::settings() const
{
    return m_settings;
}

void SettingsForm::setSettings(ServerSettings *settings)
{
    if (m_settings == settings)
        return;
    m_settings = settings;
    // A fingerprint may be kept, or another window's form saved.
    if (settings) {
        connect(settings, &ServerSettings::saved, this, [this](const QUrl &url) {
            if (ServerSettings::isSameServer(url, m_base.url))
                onSaved();
        });
    }
    Q_EMIT settingsChanged();
}

QString SettingsForm::address() const
{
    return addressText(m_base.url);
}

bool SettingsForm::isSecure() const
{
    return m_base.url.scheme() == "wss"_L1;
}

QString SettingsForm::defaultMaxMessageSize()
{
    return Quantity::fromBytes(ConnectionSettings().maxMessageSize);
}

QString SettingsForm::defaultHandshakeTimeout()
{
    return Quantity::fromMilliseconds(ConnectionSettings().handshakeTimeout);
}

QString SettingsForm::defaultPingInterval()
{
    return Quantity::fromMilliseconds(ConnectionSettings::defaultPingInterval);
}

void SettingsForm::load(const QUrl &url)
{
    if (!m_settings || (m_modified && ServerSettings::isSameServer(url, m_base.url)))
        return;
    if (m_modified)
        putThisAside();
    if (takeBack(url))
        return;
    m_notes.clear();
    m_isPasted = false;
    m_base = m_settings->settings(url);
    show(m_base);
}

/// The fields of one line, the same ones in the same order every time.
std::array<QString *, 10> SettingsForm::fields()
{
    return {&m_subprotocols,     &m_origin,           &m_userAgent, &m_maxMessageSize,
            &m_handshakeTimeout, &m_pingInterval,     &m_caFile,    &m_certificateFile,
            &m_keyFile,          &m_pinnedFingerprint};
}

void SettingsForm::putThisAside()
{
    Draft draft{.base = m_base,
                .headers = m_headers.filled(),
                .firstMessages = m_firstMessages.filled(),
                .fields = {},
                .notes = m_notes,
                .reconnect = m_reconnect,
                .isPasted = m_isPasted};
    for (const QString *field : fields())
        draft.fields += *field;
    m_drafts += draft;
    m_modified = false;
}

/// Shows what was typed for the server of \a url, if anything was.
bool SettingsForm::takeBack(const QUrl &url)
{
    const auto at = std::find_if(m_drafts.begin(), m_drafts.end(), [&url](const Draft &draft) {
        return ServerSettings::isSameServer(url, draft.base.url);
    });
    if (at == m_drafts.end())
        return false;
    const Draft draft = *at;
    m_drafts.erase(at);
    m_isShowing = true;
    m_base = draft.base;
    m_headers.setRows(draft.headers);
    m_firstMessages.setRows(draft.firstMessages);
    for (qsizetype i = 0; QString * field : fields())
        *field = draft.fields.at(i++);
    m_reconnect = draft.reconnect;
    m_notes = draft.notes;
    m_isPasted = draft.isPasted;
    m_isShowing = false;
    m_modified = true;
    Q_EMIT urlChanged();
    onSaved(); // others may have saved meanwhile
    return true;
}

bool SettingsForm::hasChangesFor(const QUrl &url) const
{
    return (m_modified && ServerSettings::isSameServer(url, m_base.url))
        || std::any_of(m_drafts.cbegin(), m_drafts.cend(), [&url](const Draft &draft) {
               return ServerSettings::isSameServer(url, draft.base.url);
           });
}

QString SettingsForm::putAside() const
{
    if (m_drafts.isEmpty())
        return {};
    QStringList servers;
    for (const Draft &draft : m_drafts)
        servers += addressText(draft.base.url);
    return tr("Not saved, but there again when you go back: the changes for %1.")
        .arg(DisplayText::visible(servers.join(u", "_s)).text);
}

void SettingsForm::onSaved()
{
    if (!m_modified)
        return load(m_base.url);
    const QString before =
        std::exchange(m_base, m_settings->settings(m_base.url)).pinnedFingerprint;
    // What was typed stays; but a certificate that was trusted meanwhile is not forgotten with it.
    if (m_pinnedFingerprint == before)
        m_pinnedFingerprint = m_base.pinnedFingerprint;
    Q_EMIT edited();
}

bool SettingsForm::save()
{
    judge(); // files may be there now
    if (!m_settings || !m_problem.isEmpty())
        return false;
    QString unread;
    const ConnectionSettings settings = typed(unread);
    m_modified = false;
    m_settings->save(settings); // which loads it
    return true;
}

void SettingsForm::revert()
{
    m_modified = false;
    load(m_base.url);
}

bool SettingsForm::isCommand(const QString &text)
{
    return ParsedCommand::isCommand(text);
}

QString SettingsForm::paste(const QString &text)
{
    const ParsedCommand command = ParsedCommand::of(text);
    if (!command.problem.isEmpty())
        return command.problem;
    load(command.settings.url);
    if (m_modified && !m_isPasted) {
        return tr("The settings of %1 have changes that are not saved: save or revert them first.")
            .arg(address());
    }
    QStringList notes = command.notes;
    if (command.binary)
        notes += tr("The command sends binary messages; a line that is typed here goes as text.");
    if (std::exchange(m_modified, false))
        load(command.settings.url); // instead of the command that was pasted before
    m_isPasted = true;
    m_notes = notes.join(u'\n');
    ConnectionSettings settings = command.settings;
    settings.pinnedFingerprint = m_base.pinnedFingerprint; // no command speaks of it
    m_base.url = settings.url;
    show(settings);
    return {};
}

/// Fills in \a settings, of the server that it is about.
void SettingsForm::show(const ConnectionSettings &settings)
{
    const ConnectionSettings defaults;
    QList<EditableRows::Row> headers;
    for (const RequestHeader &header : settings.headers)
        headers += {header.name, header.value};
    QList<EditableRows::Row> messages;
    for (const QString &message : settings.firstMessages)
        messages += {{}, message};

    m_isShowing = true;
    m_headers.setRows(headers);
    m_firstMessages.setRows(messages);
    m_subprotocols = settings.subprotocols.join(u", "_s);
    m_origin = settings.origin;
    m_userAgent = settings.userAgent;
    m_maxMessageSize = settings.maxMessageSize == defaults.maxMessageSize
        ? QString()
        : Quantity::fromBytes(settings.maxMessageSize);
    m_handshakeTimeout = settings.handshakeTimeout == defaults.handshakeTimeout
        ? QString()
        : Quantity::fromMilliseconds(settings.handshakeTimeout);
    m_pingInterval = settings.pingInterval == defaults.pingInterval
        ? QString()
        : Quantity::fromMilliseconds(settings.pingInterval);
    m_reconnect = settings.reconnect;
    m_caFile = settings.caFile;
    m_certificateFile = settings.certificateFile;
    m_keyFile = settings.keyFile;
    m_pinnedFingerprint = settings.pinnedFingerprint;
    m_isShowing = false;
    Q_EMIT urlChanged();
    Q_EMIT edited();
}

void SettingsForm::judge()
{
    if (m_isShowing)
        return;
    QString unread;
    const ConnectionSettings settings = typed(unread);
    m_modified = settings != m_base || !unread.isEmpty();
    m_problem = unread.isEmpty() ? settings.problem() : unread;
    Q_EMIT judged();
}

/// What was typed. \a unread tells what could not be read, in a sentence.
ConnectionSettings SettingsForm::typed(QString &unread) const
{
    ConnectionSettings settings;
    settings.url = m_base.url;
    for (const EditableRows::Row &row : m_headers.filled())
        settings.headers += {row.name.trimmed(), row.value.trimmed()};
    for (const EditableRows::Row &row : m_firstMessages.filled())
        settings.firstMessages += row.value;
    static const QRegularExpression separator(u"[\\s,]+"_s);
    settings.subprotocols = m_subprotocols.split(separator, Qt::SkipEmptyParts);
    settings.origin = m_origin.trimmed();
    settings.userAgent = m_userAgent.trimmed();
    settings.reconnect = m_reconnect;
    settings.caFile = fileFrom(m_caFile);
    settings.certificateFile = fileFrom(m_certificateFile);
    settings.keyFile = fileFrom(m_keyFile);
    settings.pinnedFingerprint = m_pinnedFingerprint.trimmed();
    readQuantity(m_maxMessageSize, &Quantity::toBytes,
                 tr("“%1” is no size of a message: it looks like 16 MiB, 64 KiB or 1000 B."),
                 settings.maxMessageSize, unread);
    readQuantity(m_handshakeTimeout, &Quantity::toMilliseconds,
                 tr("“%1” does not say how long connecting may take: it looks like 10 s."),
                 settings.handshakeTimeout, unread);
    readQuantity(m_pingInterval, &Quantity::toMilliseconds,
                 tr("“%1” does not say how often to ping: it looks like 30 s."),
                 settings.pingInterval, unread);
    return settings;
}
