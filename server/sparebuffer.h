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
    /// Empty, with the memory that was given back last; without any if that is lent.
    [[nodiscard]] QByteArray take() { return std::exchange(m_buffer, {}); }

    /// Takes over the memory of \a buffer, unless that is much, or somebody else's as well.
    void giveBack(QByteArray buffer)
    {
        if (!buffer.isDetached() || buffer.capacity() > maxCapacity
            || buffer.capacity() <= m_buffer.capacity())
            return;
        m_buffer = std::move(buffer);
        m_buffer.resize(0);
    }

    /// Who borrows more than it needs, and keeps it for long, keeps no more than that.
    static constexpr qsizetype maxCapacity = 4096;

private:
    QByteArray m_buffer;
};
