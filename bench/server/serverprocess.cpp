// SPDX-License-Identifier: MIT
#include "serverprocess.h"

#include "fail.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

ServerProcess::ServerProcess(pid_t pid)
    : m_pid(pid)
{
    if (clock_getcpuclockid(pid, &m_clock) != 0)
        fail("there is no process " + std::to_string(pid));
}

double secondsOf(clockid_t clock)
{
    timespec time = {};
    if (clock_gettime(clock, &time) != 0)
        fail("the server's process has ended");
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double ServerProcess::cpuSeconds() const
{
    return secondsOf(m_clock);
}

double ServerProcess::busiestThreadSeconds() const
{
    double most = 0;
    const std::string tasks = "/proc/" + std::to_string(m_pid) + "/task";
    std::error_code error;
    for (const auto &task : std::filesystem::directory_iterator(tasks, error)) {
        double nanoseconds = 0; // the first number of schedstat: time on a CPU
        std::ifstream(task.path() / "schedstat") >> nanoseconds;
        most = std::max(most, nanoseconds * 1e-9);
    }
    if (error)
        fail("cannot read " + tasks + ": " + error.message());
    if (most == 0)
        fail("there is no CPU time in " + tasks
             + "/*/schedstat: the kernel lacks CONFIG_SCHED_INFO");
    return most;
}

double ServerProcess::memory(const char *key) const
{
    const std::string path = "/proc/" + std::to_string(m_pid) + "/smaps_rollup";
    std::ifstream file(path);
    for (std::string word; file >> word;) {
        double kibibytes = 0;
        if (word == std::string(key) + ":" && file >> kibibytes)
            return kibibytes;
    }
    fail("there is no " + std::string(key) + " in " + path);
}
