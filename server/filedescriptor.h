// SPDX-License-Identifier: MIT
#pragma once

#include <QtGlobal>

#include <utility>

#include <fcntl.h>
#include <unistd.h>

/*!
    Owns an open file of the system, or none.
*/
class FileDescriptor
{
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int number)
        : m_number(number)
    {
    }
    /// Another number of the file of \a number, which is closed on exec and is none of the standard
    /// streams'; none where there are too few, and errno says so.
    [[nodiscard]] static FileDescriptor duplicateOf(int number)
    {
        return FileDescriptor(::fcntl(number, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    }
    ~FileDescriptor() { close(); }
    FileDescriptor(FileDescriptor &&other) noexcept
        : m_number(std::exchange(other.m_number, -1))
    {
    }
    FileDescriptor &operator=(FileDescriptor &&other) noexcept
    {
        std::swap(m_number, other.m_number);
        return *this;
    }
    Q_DISABLE_COPY(FileDescriptor)

    [[nodiscard]] bool isOpen() const { return m_number != -1; }
    /// -1 when there is none.
    [[nodiscard]] int number() const { return m_number; }
    void close()
    {
        if (isOpen())
            ::close(release());
    }
    /// Leaves the file to somebody else.
    int release() { return std::exchange(m_number, -1); }

private:
    int m_number = -1;
};
