// SPDX-License-Identifier: MIT
#pragma once

#include "settingsstore.h"

#include <QObject>
#include <QStringList>
#include <QtQml/qqmlregistration.h>

/*!
    The addresses that were connected to, and what people type as one.
*/
class AddressBook : public QObject
{
    Q_OBJECT
    QML_ELEMENT

    /// Where they are kept, without user names and passwords; empty: nowhere.
    Q_PROPERTY(QString file READ file WRITE setFile NOTIFY fileChanged FINAL)
    /// The newest first.
    Q_PROPERTY(QStringList addresses READ addresses NOTIFY addressesChanged FINAL)
    /// Why they could not be kept, in a sentence; or empty.
    Q_PROPERTY(QString problem READ problem NOTIFY addressesChanged FINAL)

public:
    explicit AddressBook(QObject *parent = nullptr);

    [[nodiscard]] QString file() const { return m_file; }
    void setFile(const QString &file);
    [[nodiscard]] QStringList addresses();
    [[nodiscard]] QString problem() const { return m_store.problem(); }

    /// Puts \a url first.
    Q_INVOKABLE void add(const QUrl &url);
    /// Forgets one of the \c addresses.
    Q_INVOKABLE void remove(const QString &address);

    /// Where what was \a typed leads to; empty where it leads nowhere, as problemOf() says.
    [[nodiscard]] Q_INVOKABLE static QUrl urlOf(const QString &typed);
    [[nodiscard]] Q_INVOKABLE static QString problemOf(const QString &typed);

Q_SIGNALS:
    void fileChanged();
    void addressesChanged();

private:
    QString m_file;
    SettingsStore m_store;
};
