// SPDX-License-Identifier: MIT
#pragma once

#include "connectionsettings.h"
#include "editablerows.h"

#include <QObject>
#include <QPointer>
#include <QString>
#include <QUrl>
#include <QtQml/qqmlregistration.h>

#include <array>

class ServerSettings;

/*!
    The settings of one server while they are edited: what was typed, and what is wrong with it.

    Nothing counts before it is saved, and nothing that was typed is lost: what has been changed and
    not saved is put aside while another server's settings are shown, and is there again with its
    own.
*/
class SettingsForm : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_MOC_INCLUDE("serversettings.h")

    /// Where they come from and are kept. It is set once.
    Q_PROPERTY(
        ServerSettings *settings READ settings WRITE setSettings NOTIFY settingsChanged FINAL)
    /// Whose settings they are.
    Q_PROPERTY(QUrl url READ url NOTIFY urlChanged FINAL)
    /// That, for people: without user name and password.
    Q_PROPERTY(QString address READ address NOTIFY urlChanged FINAL)
    /// Whether connections to it are TLS's.
    Q_PROPERTY(bool isSecure READ isSecure NOTIFY urlChanged FINAL)

    /// \name As they were typed; empty: as by default
    /// @{
    Q_PROPERTY(EditableRows *headers READ headers CONSTANT FINAL)
    Q_PROPERTY(EditableRows *firstMessages READ firstMessages CONSTANT FINAL)
    /// With commas or blanks between them.
    Q_PROPERTY(QString subprotocols MEMBER m_subprotocols NOTIFY edited FINAL)
    Q_PROPERTY(QString origin MEMBER m_origin NOTIFY edited FINAL)
    Q_PROPERTY(QString userAgent MEMBER m_userAgent NOTIFY edited FINAL)
    /// "16 MiB"; see Quantity.
    Q_PROPERTY(QString maxMessageSize MEMBER m_maxMessageSize NOTIFY edited FINAL)
    /// "10 s"; see Quantity.
    Q_PROPERTY(QString handshakeTimeout MEMBER m_handshakeTimeout NOTIFY edited FINAL)
    Q_PROPERTY(QString pingInterval MEMBER m_pingInterval NOTIFY edited FINAL)
    Q_PROPERTY(bool reconnect MEMBER m_reconnect NOTIFY edited FINAL)
    Q_PROPERTY(QString caFile MEMBER m_caFile NOTIFY edited FINAL)
    Q_PROPERTY(QString certificateFile MEMBER m_certificateFile NOTIFY edited FINAL)
    Q_PROPERTY(QString keyFile MEMBER m_keyFile NOTIFY edited FINAL)
    Q_PROPERTY(QString pinnedFingerprint MEMBER m_pinnedFingerprint NOTIFY edited FINAL)
    /// @}

    /// Why they cannot be saved, in a sentence; empty when they can.
    Q_PROPERTY(QString problem READ problem NOTIFY judged FINAL)
    /// Whether they are others than those that are kept.
    Q_PROPERTY(bool modified READ isModified NOTIFY judged FINAL)
    /// Whether they come from a command and have not been saved.
    Q_PROPERTY(bool isPasted READ isPasted NOTIFY judged FINAL)
    /// What of that command is not done here, a sentence each; or empty.
    Q_PROPERTY(QString notes READ notes NOTIFY judged FINAL)
    /// Of which other servers there are changes that are not saved, in a sentence; or empty.
    Q_PROPERTY(QString putAside READ putAside NOTIFY urlChanged FINAL)
    /// What the prompts of empty fields say.
    Q_PROPERTY(QString defaultMaxMessageSize READ defaultMaxMessageSize CONSTANT FINAL)
    Q_PROPERTY(QString defaultHandshakeTimeout READ defaultHandshakeTimeout CONSTANT FINAL)
    Q_PROPERTY(QString defaultPingInterval READ defaultPingInterval CONSTANT FINAL)

public:
    explicit SettingsForm(QObject *parent = nullptr);

    [[nodiscard]] ServerSettings *settings() const;
    void setSettings(ServerSettings *settings);
    [[nodiscard]] QUrl url() const { return m_base.url; }
    [[nodiscard]] QString address() const;
    [[nodiscard]] bool isSecure() const;
    [[nodiscard]] EditableRows *headers() { return &m_headers; }
    [[nodiscard]] EditableRows *firstMessages() { return &m_firstMessages; }
    [[nodiscard]] QString problem() const { return m_problem; }
    [[nodiscard]] bool isModified() const { return m_modified; }
    [[nodiscard]] bool isPasted() const { return m_isPasted; }
    [[nodiscard]] QString notes() const { return m_notes; }
    [[nodiscard]] QString putAside() const;
    [[nodiscard]] static QString defaultMaxMessageSize();
    [[nodiscard]] static QString defaultHandshakeTimeout();
    [[nodiscard]] static QString defaultPingInterval();

    /// Whether there are changes for the server of \a url that are not saved.
    [[nodiscard]] Q_INVOKABLE bool hasChangesFor(const QUrl &url) const;
    /// Shows the settings for the server of \a url, with the changes to them that are not saved.
    Q_INVOKABLE void load(const QUrl &url);
    /// Keeps what was typed. False where there is a problem.
    Q_INVOKABLE bool save();
    /// Shows what is kept again.
    Q_INVOKABLE void revert();

    /// Whether \a text is a command of wscat or websocat rather than an address.
    [[nodiscard]] Q_INVOKABLE static bool isCommand(const QString &text);
    /*!
        Fills in what the command \a text says; what was there is gone. Returns why it cannot, in a
        sentence without secrets; empty when it has.
    */
    Q_INVOKABLE QString paste(const QString &text);

Q_SIGNALS:
    void settingsChanged();
    void urlChanged();
    void edited();
    void judged();

private:
    /// What was typed for a server, while another's settings are shown.
    struct Draft
    {
        ConnectionSettings base;
        QList<EditableRows::Row> headers;
        QList<EditableRows::Row> firstMessages;
        QStringList fields; // as fields() has them
        QString notes;
        bool reconnect = true;
        bool isPasted = false;
    };

    [[nodiscard]] std::array<QString *, 10> fields();
    void putThisAside();
    bool takeBack(const QUrl &url);
    void onSaved();
    void show(const ConnectionSettings &settings);
    void judge();
    [[nodiscard]] ConnectionSettings typed(QString &unread) const;

    QPointer<ServerSettings> m_settings;
    ConnectionSettings m_base; // what is kept
    QList<Draft> m_drafts; // of other servers
    EditableRows m_headers;
    EditableRows m_firstMessages;
    QString m_subprotocols;
    QString m_origin;
    QString m_userAgent;
    QString m_maxMessageSize;
    QString m_handshakeTimeout;
    QString m_pingInterval;
    QString m_caFile;
    QString m_certificateFile;
    QString m_keyFile;
    QString m_pinnedFingerprint;
    QString m_problem;
    QString m_notes;
    bool m_reconnect = true;
    bool m_modified = false;
    bool m_isPasted = false;
    bool m_isShowing = false; // show() is under way
};
