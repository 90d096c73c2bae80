// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

#include <utility>

/*!
    Memory that the connections of a worker lend one another: a silent one holds none, and a busy
    one does not ask for some in each of its turns.
*/
class SpareBuffer
{
public:
    /// In bytes; a larger one is not kept.
    static constexpr qsizetype maxCapacity = 4096;

    /// Empty, with the memory that was given back last; without any if that is lent.
    [[nodiscard]] QByteArray take() { return std::exchange(m_buffer, {}); }

    /// Takes over the memory of \a buffer, where it is worth keeping.
    void giveBack(QByteArray buffer)
    {
        if (!isWorthKeeping(buffer) || buffer.capacity() <= m_buffer.capacity())
            return;
        m_buffer = std::move(buffer);
        m_buffer.resize(0);
    }

    /// Whether the memory of \a buffer may be used for something else: it is nobody else's, and not
    /// so much that it had better go.
    [[nodiscard]] static bool isWorthKeeping(const QByteArray &buffer)
    {
        return buffer.isDetached() && buffer.capacity() <= maxCapacity;
    }

private:
    QByteArray m_buffer;
};
