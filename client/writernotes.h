// SPDX-License-Identifier: MIT
#pragma once

#include "connectionsettings.h"

#include <QList>
#include <QString>
#include <QStringList>

/// The address of \a settings as it is written: with a path, and without user name and password.
[[nodiscard]] QString writtenAddress(const ConnectionSettings &settings);

/// The headers of \a settings, User-Agent last.
[[nodiscard]] QList<RequestHeader> writtenHeaders(const ConnectionSettings &settings);

/// What a form has no words for, where it is not as by default: a sentence each.
class WriterNotes
{
public:
    explicit WriterNotes(const ConnectionSettings &settings)
        : m_settings(settings)
    {
    }

    WriterNotes &pin();
    WriterNotes &pings();
    WriterNotes &messageSize();
    WriterNotes &timeout();
    WriterNotes &certificates();
    WriterNotes &clientCertificate();
    /// Notes \a what where it \a isSaid.
    WriterNotes &add(bool isSaid, const QString &what);

    [[nodiscard]] QStringList list() const { return m_list; }

private:
    const ConnectionSettings &m_settings;
    QStringList m_list;
};
