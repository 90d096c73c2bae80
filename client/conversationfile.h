// SPDX-License-Identifier: MIT
#pragma once

#include "entry.h"

#include <QByteArray>
#include <QUrl>

#include <optional>

class QIODevice;
class QJsonObject;

/*!
    Writes a conversation as JSON Lines, one entry a line; docs/conversation-format.md tells of the
    format. The same entries become the same bytes, always.
*/
class ConversationWriter
{
public:
    /// Writes to \a device, which is open and outlives this.
    explicit ConversationWriter(QIODevice &device);

    /// Writes the first line, which names the format and \a server, without user name and password.
    bool writeHeader(const QUrl &server);
    bool write(const Entry &entry);
    /// Why a function has returned false, in a sentence. A device with a buffer may find out only
    /// when it is flushed.
    [[nodiscard]] QString error() const { return m_error; }

private:
    bool writeLine(const QByteArray &line);

    QIODevice &m_device;
    QString m_error;
};

/*!
    Reads a conversation back, one entry at a time; no more than one line of it is in memory.
*/
class ConversationReader
{
public:
    /// The longest line that is read, in bytes: a message of 16 MiB fits, whatever is in it.
    static constexpr qint64 defaultMaxLineLength = 128 * 1024 * 1024;

    /// Reads from \a device, which is open, not in text mode, and outlives this; reading from it
    /// waits for what is not there yet, as files do.
    explicit ConversationReader(QIODevice &device, qint64 maxLineLength = defaultMaxLineLength);

    /// The next entry; nothing at the end, and nothing more after an error.
    [[nodiscard]] std::optional<Entry> next();
    /// What is wrong with the file, in a sentence with the number of the line; else empty.
    [[nodiscard]] QString error() const { return m_error; }
    /// The server that the first line names; empty before next(), and where it names none.
    [[nodiscard]] QUrl server() const { return m_server; }

    /// Where the entry that was read last stands: its line, the first is 1, and the place of its
    /// first byte.
    [[nodiscard]] qint64 line() const { return m_line; }
    [[nodiscard]] qint64 position() const { return m_position; }
    /// Goes to where an entry stands, for next(); the device has to be one that can.
    void seek(qint64 position, qint64 line);

private:
    bool readLine();
    bool readHeader(const QJsonObject &object);
    std::nullopt_t fail(const QString &problem);

    QIODevice &m_device;
    QByteArray m_chunk; // of the device
    QByteArray m_bytes; // of the line
    QUrl m_server;
    QString m_error;
    qint64 m_maxLineLength;
    qint64 m_nextPosition; // of the next line
    qint64 m_position = 0;
    qsizetype m_chunkDone = 0; // how much of the chunk has been read
    qint64 m_line = 0;
    bool m_headerExpected = true;
};
