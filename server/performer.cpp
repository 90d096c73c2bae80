// SPDX-License-Identifier: MIT
#include "performer.h"

#include "wire.h"

#include <algorithm>
#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace {

/// What a message that is held back costs beside its bytes, so that empty ones are bounded too.
constexpr qint64 heldOverhead = 128;

} // namespace

Performer::Performer(const Behaviour &behaviour, Wire &wire)
    : m_behaviour(behaviour)
    , m_wire(wire)
{
    m_clock.start();
    m_delayTimer.setSingleShot(true);
    m_delayTimer.setTimerType(Qt::PreciseTimer);
    connect(&m_delayTimer, &QTimer::timeout, this, &Performer::releaseDue);
    connect(&m_pushTimer, &QTimer::timeout, this, &Performer::pushNumber);
    connect(&m_pingTimer, &QTimer::timeout, this, [this] {
        if (hasRoom())
            Q_EMIT pingDue();
    });
    connect(&m_wire, &Wire::drained, this, &Performer::pushFlood);
    m_floodTimer.setSingleShot(true);
    connect(&m_floodTimer, &QTimer::timeout, this, &Performer::pushFlood);
}

Performer::~Performer() = default;

std::optional<qint64> Performer::fragmentSize() const
{
    // A million frames at once would hold up everybody.
    return m_isFinishing ? std::nullopt : m_behaviour.fragmentSize;
}

void Performer::start()
{
    endIfCounted(); // after none, maybe
    if (m_isOver)
        return;
    if (m_behaviour.isSilent)
        m_wire.ignorePings();
    if (m_behaviour.pushInterval)
        m_pushTimer.start(*m_behaviour.pushInterval);
    if (m_behaviour.pingInterval)
        m_pingTimer.start(*m_behaviour.pingInterval);
    pushFlood();
}

void Performer::receiveMessage(const QByteArray &message, Opcode type)
{
    if (m_isOver)
        return;
    if (m_behaviour.isSilent) {
        ++m_messageCount;
        endIfCounted();
    } else {
        hold({0, type, message, 0});
    }
}

void Performer::receiveClose(int code, const QString &reason)
{
    if (!m_isOver && !m_behaviour.isSilent)
        hold({0, Opcode::Close, reason.toUtf8(), code});
}

void Performer::hold(Held item)
{
    if (m_behaviour.delay.count() == 0) {
        release(item);
        return;
    }
    item.due = m_clock.elapsed() + m_behaviour.delay.count();
    if (item.payload.capacity() > item.payload.size() + heldOverhead)
        item.payload.squeeze(); // it came in borrowed memory
    m_heldBytes += item.payload.size() + heldOverhead;
    m_held.push_back(std::move(item));
    m_wire.setHeldBytes(m_heldBytes);
    if (!m_delayTimer.isActive())
        m_delayTimer.start(m_behaviour.delay);
}

void Performer::releaseDue()
{
    const qint64 now = m_clock.elapsed();
    const qint64 rest = m_heldBytes - m_wire.readQuantum(); // for the next turn
    while (!m_held.empty() && m_held.front().due <= now && m_heldBytes > rest) {
        const Held item = std::move(m_held.front());
        m_held.pop_front();
        m_heldBytes -= item.payload.size() + heldOverhead;
        release(item);
    }
    m_wire.setHeldBytes(m_heldBytes);
    if (!m_held.empty()) {
        const qint64 wait = std::max<qint64>(m_held.front().due - now, 0);
        m_delayTimer.start(std::chrono::milliseconds(wait));
    }
    endIfDone();
}

void Performer::release(const Held &item)
{
    if (item.type == Opcode::Close) {
        stop();
        Q_EMIT closeDue(item.code, QString::fromUtf8(item.payload));
        return;
    }
    Q_EMIT messageDue(item.payload, item.type);
    ++m_messageCount;
    endIfCounted();
}

/// Holds m_messageCount against what is to happen after so many.
void Performer::endIfCounted()
{
    const bool closes = m_behaviour.closeAfter == m_messageCount;
    const bool resets = m_behaviour.dropAfter == m_messageCount;
    if (!closes && !resets)
        return;
    stop();
    if (resets)
        m_wire.endWithReset();
    if (closes)
        Q_EMIT closeDue(m_behaviour.closeCode, m_behaviour.closeReason);
    if (resets)
        Q_EMIT resetDue();
}

bool Performer::hasRoom() const
{
    return !m_isOver && m_wire.hasRoom();
}

void Performer::pushNumber()
{
    if (hasRoom())
        Q_EMIT messageDue(QByteArray::number(++m_pushed), Opcode::Text);
}

/// As much as is read of one peer in a turn; the rest when it is its turn again.
void Performer::pushFlood()
{
    if (m_floodTimer.isActive())
        return; // it has had its turn
    const int count = m_behaviour.floodCount.value_or(0);
    const qint64 quantum = m_wire.readQuantum();
    qint64 pushed = 0;
    while (m_flooded < count && pushed < quantum && hasRoom()) {
        Q_EMIT messageDue(numberedPayload(++m_flooded, m_behaviour.floodSize), Opcode::Text);
        pushed += m_behaviour.floodSize + heldOverhead;
    }
    if (m_flooded < count && hasRoom())
        m_floodTimer.start(0);
    endIfDone();
}

void Performer::endInput()
{
    m_isInputAtEnd = true;
    m_pushTimer.stop();
    m_pingTimer.stop();
    endIfDone();
}

void Performer::endIfDone()
{
    const bool hasFlood = m_flooded < m_behaviour.floodCount.value_or(0);
    if (m_isOver || !m_isInputAtEnd || !m_held.empty() || hasFlood)
        return;
    stop();
    Q_EMIT ended();
}

void Performer::finish()
{
    m_isFinishing = true;
    while (!m_held.empty() && !m_isOver) {
        const Held item = std::move(m_held.front());
        m_held.pop_front();
        release(item);
    }
    stop();
}

void Performer::stop()
{
    m_isOver = true;
    for (QTimer *timer : {&m_delayTimer, &m_pushTimer, &m_pingTimer, &m_floodTimer})
        timer->stop();
    m_held.clear();
    m_heldBytes = 0;
    m_wire.setHeldBytes(0);
}
