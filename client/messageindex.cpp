// SPDX-License-Identifier: MIT
#include "messageindex.h"

#include "utf8.h"

#include <algorithm>
#include <utility>

using namespace Qt::Literals::StringLiterals;

bool MessageIndex::open(const QString &fileName)
{
    close();
    m_messages.clear();
    m_server.clear();
    m_error.clear();
    m_connectionFollows = true;
    m_hasAnswers = false;

    m_file.setFileName(fileName);
    if (!m_file.open(QIODevice::ReadOnly))
        setError(u"it cannot be read (%1)."_s.arg(m_file.errorString()));
    else if (m_file.isSequential())
        setError(u"it is a pipe, but has to be a file that can be read twice."_s);
    else
        m_reader.emplace(m_file);
    return m_error.isEmpty();
}

bool MessageIndex::readOn(int count)
{
    for (int i = 0; i < count && m_error.isEmpty(); ++i) {
        if (const std::optional<Entry> entry = m_reader->next()) {
            note(*entry);
            continue;
        }
        m_server = m_reader->server();
        if (!m_reader->error().isEmpty())
            setError(m_reader->error());
        return false;
    }
    return m_error.isEmpty();
}

void MessageIndex::note(const Entry &entry)
{
    if (entry.direction == Entry::Local) {
        m_connectionFollows = m_connectionFollows || entry.kind == Entry::Opened;
        return;
    }
    const bool isSent = entry.direction == Entry::Sent;
    if (isSent && entry.kind == Entry::Text && !decodedUtf8(entry.payload))
        setError(
            u"Line %1 has a text that is not UTF-8, which cannot be sent."_s.arg(m_reader->line()));
    if (m_messages.size() == maxMessages)
        setError(u"Line %1 has one message more than %2, the most that are taken."_s
                     .arg(m_reader->line())
                     .arg(maxMessages));
    m_messages.push_back(
        {.position = m_reader->position(),
         .line = m_reader->line(),
         .time = entry.time.isValid() ? entry.time.toMSecsSinceEpoch() : unknownTime,
         .direction = entry.direction,
         .isFirst = std::exchange(m_connectionFollows, false)});
    m_hasAnswers = m_hasAnswers || !isSent;
}

void MessageIndex::close()
{
    m_reader.reset();
    m_file.close();
}

void MessageIndex::setError(const QString &problem)
{
    m_error = u"“%1”: "_s.arg(m_file.fileName()) + problem;
}

std::size_t MessageIndex::find(Entry::Direction direction, std::size_t index, std::size_t end) const
{
    while (index < end && m_messages[index].direction != direction)
        ++index;
    return index;
}

std::size_t MessageIndex::endOfConnection(std::size_t index) const
{
    do {
        ++index;
    } while (index < size() && !m_messages[index].isFirst);
    return index;
}

qint64 MessageIndex::pauseBefore(std::size_t index) const
{
    const Place &place = m_messages[index];
    if (place.isFirst || place.time == unknownTime || m_messages[index - 1].time == unknownTime)
        return 0;
    return std::clamp<qint64>(place.time - m_messages[index - 1].time, 0, maxPause);
}

std::optional<Entry> MessageIndex::message(std::size_t index)
{
    const Place &place = m_messages[index];
    m_reader->seek(place.position, place.line);
    const std::optional<Entry> entry = m_reader->next();
    if (!entry || entry->direction != place.direction) {
        setError(u"Line %1 has changed since the file was read first."_s.arg(place.line));
        return std::nullopt;
    }
    return entry;
}
