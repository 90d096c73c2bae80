// SPDX-License-Identifier: MIT
#pragma once

#include "conversationfile.h"

#include <QFile>

#include <limits>
#include <optional>
#include <vector>

/*!
    Where the messages of a conversation's file stand, so that each can be had when it is needed
    without all of them in memory.
*/
class MessageIndex
{
public:
    /// How many messages a file may have; each takes 32 bytes of memory.
    static constexpr std::size_t maxMessages = 10'000'000;
    /// The longest pause of a file that is told, in ms.
    static constexpr qint64 maxPause = 60 * 60 * 1000;

    /// Begins with another file, which has to be one that can be read twice. Returns whether it
    /// can.
    bool open(const QString &fileName);
    /// Reads up to \a count entries more; false at the end of the file, and on an error.
    bool readOn(int count);
    void close();
    /// What is wrong with the file, in a sentence; else empty.
    [[nodiscard]] QString error() const { return m_error; }

    /// The server that the file names; empty where it names none.
    [[nodiscard]] QUrl server() const { return m_server; }
    [[nodiscard]] std::size_t size() const { return m_messages.size(); }
    [[nodiscard]] bool hasAnswers() const { return m_hasAnswers; }

    /// The line of the message at \a index; the first one is 1.
    [[nodiscard]] qint64 line(std::size_t index) const { return m_messages[index].line; }
    /// The first message of \a direction at \a index or after it, before \a end; else \a end.
    [[nodiscard]] std::size_t find(Entry::Direction direction, std::size_t index,
                                   std::size_t end) const;
    /// The end of the messages of the same connection as the one at \a index.
    [[nodiscard]] std::size_t endOfConnection(std::size_t index) const;
    /// How long it was from the message before to the one at \a index, in ms; 0 where that is not
    /// known, or there was none in this connection.
    [[nodiscard]] qint64 pauseBefore(std::size_t index) const;
    /// The message at \a index; nothing, with an error, when the file is not what it was.
    [[nodiscard]] std::optional<Entry> message(std::size_t index);

private:
    static constexpr qint64 unknownTime = std::numeric_limits<qint64>::min();

    struct Place
    {
        qint64 position;
        qint64 line;
        qint64 time; // ms since 1970, or unknownTime
        Entry::Direction direction;
        bool isFirst; // of its connection
    };

    void note(const Entry &entry);
    void setError(const QString &problem);

    QFile m_file;
    std::optional<ConversationReader> m_reader; // of m_file
    std::vector<Place> m_messages;
    QUrl m_server;
    QString m_error;
    bool m_connectionFollows = true; // the next message is the first of its connection
    bool m_hasAnswers = false;
};
