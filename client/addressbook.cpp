// SPDX-License-Identifier: MIT
#include "addressbook.h"

#include "address.h"

AddressBook::AddressBook(QObject *parent)
    : QObject(parent)
{
}

void AddressBook::setFile(const QString &file)
{
    if (m_file == file)
        return;
    m_file = file;
    m_store = SettingsStore(file);
    Q_EMIT fileChanged();
    Q_EMIT addressesChanged();
}

QStringList AddressBook::addresses()
{
    QStringList result;
    const QList<QUrl> history = m_store.history();
    for (const QUrl &url : history)
        result += addressText(url);
    return result;
}

void AddressBook::add(const QUrl &url)
{
    // Each connection to the same server would write the file once more.
    if (!addressProblem(url).isEmpty() || addresses().value(0) == addressText(url))
        return;
    m_store.addToHistory(url);
    Q_EMIT addressesChanged();
}

void AddressBook::remove(const QString &address)
{
    const QList<QUrl> history = m_store.history();
    for (const QUrl &url : history) {
        if (addressText(url) == address)
            m_store.removeFromHistory(url);
    }
    Q_EMIT addressesChanged();
}

QUrl AddressBook::urlOf(const QString &typed)
{
    return typedAddress(typed).url;
}

QString AddressBook::problemOf(const QString &typed)
{
    return typedAddress(typed).problem;
}
