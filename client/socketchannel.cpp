// SPDX-License-Identifier: MIT
#include "socketchannel.h"

#include <utility>

bool SocketChannel::post(Command command)
{
    const std::lock_guard lock(m_mutex);
    m_commandBytes += command.bytes;
    m_commands.push_back(std::move(command));
    m_wake.notify_one();
    return m_commands.size() == 1;
}

void SocketChannel::stop()
{
    const std::lock_guard lock(m_mutex);
    m_stopped = true;
    m_open = false;
    m_wake.notify_one();
}

bool SocketChannel::beginTaking()
{
    const std::lock_guard lock(m_mutex);
    m_ownerTold = false;
    return std::exchange(m_bytesToWriteChanged, false);
}

std::unique_ptr<SocketEvent::Any> SocketChannel::take(bool withMessages)
{
    const std::lock_guard lock(m_mutex);
    if (m_items.empty())
        return {};
    const auto *messages = std::get_if<SocketEvent::Messages>(m_items.front().event.get());
    if (messages != nullptr && !withMessages)
        return {};
    if (messages != nullptr)
        m_messages -= messages->size();
    m_bytes -= m_items.front().bytes;
    if (m_full && m_messages <= maxMessages / 2 && m_bytes <= maxBytes / 2) {
        m_full = false;
        m_wake.notify_one();
    }
    std::unique_ptr<SocketEvent::Any> event = std::move(m_items.front().event);
    m_items.pop_front();
    return event;
}

bool SocketChannel::isOpen() const
{
    const std::lock_guard lock(m_mutex);
    return m_open;
}

qint64 SocketChannel::bytesToWrite() const
{
    const std::lock_guard lock(m_mutex);
    return m_commandBytes + m_socketBytes;
}

SocketChannel::Told SocketChannel::push(ReceivedMessage message)
{
    const std::lock_guard lock(m_mutex);
    if (m_stopped)
        return {.attention = true};
    const qint64 bytes = message.payload.size();
    auto *batch =
        m_items.empty() ? nullptr : std::get_if<SocketEvent::Messages>(m_items.back().event.get());
    if (batch == nullptr || batch->size() >= maxBatchMessages
        || m_items.back().bytes + bytes > maxBatchBytes) {
        m_items.push_back({std::make_unique<SocketEvent::Any>(SocketEvent::Messages()), 0});
        batch = &std::get<SocketEvent::Messages>(*m_items.back().event);
    }
    batch->append(std::move(message));
    m_items.back().bytes += bytes;
    m_bytes += bytes;
    ++m_messages;
    m_full = m_full || m_messages >= maxMessages || m_bytes >= maxBytes;
    return told();
}

SocketChannel::Told SocketChannel::push(SocketEvent::Any event)
{
    const std::lock_guard lock(m_mutex);
    if (m_stopped)
        return {.attention = true};
    if (std::holds_alternative<SocketEvent::Opened>(event))
        m_open = true;
    else if (std::holds_alternative<SocketEvent::Closing>(event)
             || std::holds_alternative<SocketEvent::Ended>(event))
        m_open = false;
    m_items.push_back({std::make_unique<SocketEvent::Any>(std::move(event)), 0});
    return told();
}

SocketChannel::Told SocketChannel::told()
{
    return {.first = !std::exchange(m_ownerTold, true), .attention = m_full || !m_commands.empty()};
}

bool SocketChannel::waitForRoom(std::optional<std::chrono::milliseconds> timeout)
{
    std::unique_lock lock(m_mutex);
    const auto isNews = [this] { return !m_full || m_stopped || !m_commands.empty(); };
    if (timeout)
        m_wake.wait_for(lock, *timeout, isNews);
    else
        m_wake.wait(lock, isNews);
    return !m_full && !m_stopped && m_commands.empty();
}

bool SocketChannel::isStopped() const
{
    const std::lock_guard lock(m_mutex);
    return m_stopped;
}

std::vector<SocketChannel::Command> SocketChannel::takeCommands()
{
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_commands, {});
}

bool SocketChannel::setWritten(qint64 done, qint64 left)
{
    const std::lock_guard lock(m_mutex);
    const qint64 before = m_commandBytes + m_socketBytes;
    m_commandBytes -= done;
    m_socketBytes = left;
    if (m_commandBytes + m_socketBytes == before)
        return false;
    m_bytesToWriteChanged = true;
    return !std::exchange(m_ownerTold, true);
}
