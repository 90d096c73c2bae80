// SPDX-License-Identifier: MIT
#pragma once

#include "connectionsettings.h"
#include "settingsstore.h"

#include <QObject>
#include <QStringList>
#include <QUrl>
#include <QVariant>
#include <QtQml/qqmlregistration.h>

class WebSocket;

/*!
    How to connect to each server, kept in a file; and the settings of the one that was connected to
    last, as far as others than the WebSocket need them.

    Settings of the command line are laid over what is kept, for their server alone. They are kept
    only where somebody saves them with the rest.
*/
class ServerSettings : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_MOC_INCLUDE("websocket.h")

    /// Where settings are kept; see SettingsStore. Empty: in memory only.
    Q_PROPERTY(QString file READ file WRITE setFile NOTIFY fileChanged FINAL)
    /// What the command line says, ConnectionSettings; see takeFrom() there. Without an address,
    /// nothing.
    Q_PROPERTY(QVariant flags READ flags WRITE setFlags NOTIFY flagsChanged FINAL)
    /// Why settings are not kept, in a sentence; or empty.
    Q_PROPERTY(QString problem READ problem NOTIFY problemChanged FINAL)

    /// \name Of the server that applyTo() was last called for
    /// @{
    /// Whether a connection that is lost is tried again.
    Q_PROPERTY(bool reconnect READ reconnect NOTIFY currentChanged FINAL)
    /// How often the server is asked whether it is there, in ms; 0: never.
    Q_PROPERTY(int pingInterval READ pingInterval NOTIFY currentChanged FINAL)
    /// What is sent on every connect, before anything else.
    Q_PROPERTY(QStringList firstMessages READ firstMessages NOTIFY currentChanged FINAL)
    /// @}

public:
    /// What a connection is copied as; see WrittenCommand::Form.
    enum Form { Wscat, Websocat, JavaScript, Python, Qml, Cpp };
    Q_ENUM(Form)

    explicit ServerSettings(QObject *parent = nullptr);

    [[nodiscard]] QString file() const { return m_file; }
    void setFile(const QString &file);
    [[nodiscard]] QVariant flags() const { return QVariant::fromValue(m_flags); }
    void setFlags(const QVariant &flags);
    [[nodiscard]] QString problem() const { return m_store.problem(); }
    [[nodiscard]] bool reconnect() const { return m_current.reconnect; }
    [[nodiscard]] int pingInterval() const { return m_current.pingInterval; }
    [[nodiscard]] QStringList firstMessages() const { return m_current.firstMessages; }

    /// How to connect to \a url: what is kept, and the flags.
    [[nodiscard]] ConnectionSettings settings(const QUrl &url);
    /// Keeps \a settings for the server of its address. The flags for that server are forgotten:
    /// whoever saves has seen them.
    void save(const ConnectionSettings &settings);

    [[nodiscard]] Q_INVOKABLE static bool isSameServer(const QUrl &one, const QUrl &other)
    {
        return SettingsStore::isSameServer(one, other);
    }
    /*!
        Puts the connection that applyTo() was last called for, to \a url, on the clipboard in a \a
        form, which is one of Form. Returns what there is to say of it, in sentences: what this form
        cannot say, and whether it may hold secrets.
    */
    Q_INVOKABLE QString copyAs(const QUrl &url, int form);
    /// Gives \a socket what is set for the server of \a url, before it is opened there. Its own
    /// address stays.
    Q_INVOKABLE void giveTo(WebSocket *socket, const QUrl &url);
    /// The same; and that is the server whose settings are here from now on.
    Q_INVOKABLE void applyTo(WebSocket *socket, const QUrl &url);
    /// Keeps at once that the server of \a url has to show the certificate with \a fingerprint
    /// (SHA-256); empty: any that is valid. Whatever else is set for it stays.
    Q_INVOKABLE void setPinnedFingerprint(const QUrl &url, const QString &fingerprint);

Q_SIGNALS:
    void fileChanged();
    void flagsChanged();
    void problemChanged();
    void currentChanged();
    /// There are other settings for the server of \a url now.
    void saved(const QUrl &url);

private:
    static void give(WebSocket *socket, ConnectionSettings settings);
    void keep(const ConnectionSettings &settings);

    QString m_file;
    SettingsStore m_store;
    ConnectionSettings m_flags;
    ConnectionSettings m_current;
};
