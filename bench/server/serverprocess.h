// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <ctime>

/// What a process has cost until now.
class ServerProcess
{
public:
    /// Fails when there is no process \a pid.
    explicit ServerProcess(pid_t pid);

    /// Seconds of CPU time of all threads, ended ones too.
    [[nodiscard]] double cpuSeconds() const;
    /// Seconds of CPU time of the thread that has had most of it.
    [[nodiscard]] double busiestThreadSeconds() const;
    /// KiB; \a key is Pss or Rss. Pss counts what is shared with other processes in part.
    [[nodiscard]] double memory(const char *key) const;

private:
    const pid_t m_pid;
    clockid_t m_clock = 0;
};

/// Seconds on \a clock.
[[nodiscard]] double secondsOf(clockid_t clock);
