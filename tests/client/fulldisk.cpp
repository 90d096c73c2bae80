// SPDX-License-Identifier: MIT
#include "fulldisk.h"

#include <atomic>
#include <cerrno>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

std::atomic<bool> isDiskFull = false;

} // namespace

void setDiskFull(bool isFull)
{
    isDiskFull = isFull;
}

// What SQLite writes with: the dynamic linker takes a program's function before the C library's.
extern "C" ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t offset)
{
    struct stat status = {};
    if (isDiskFull && ::fstat(file, &status) == 0
        && offset + static_cast<off64_t>(size) > status.st_size) {
        errno = ENOSPC;
        return -1;
    }
    return ::syscall(SYS_pwrite64, file, bytes, size, offset);
}

extern "C" ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset)
{
    return ::pwrite64(file, bytes, size, offset);
}
