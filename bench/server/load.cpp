// SPDX-License-Identifier: MIT
// A load for WebSocket echo servers; see loadoptions.cpp for what it does.
#include "fail.h"
#include "loadconnection.h"
#include "loadoptions.h"
#include "serverprocess.h"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace {

/// Of one source address: below what servers limit them to, and ports suffice.
constexpr int idlePerAddress = 500;
constexpr std::size_t idleMessageSize = 20;
/// Before idle memory is looked at, in seconds.
constexpr double settling = 0.5;
/// Both sides of "says so when it is the bottleneck", in shares of a core.
constexpr double busy = 0.9;

double now()
{
    return secondsOf(CLOCK_MONOTONIC);
}

void report(const char *name, double value)
{
    std::printf("%s\t%.6g\n", name, value);
}

/// One file for each connection, and a few more.
void raiseFileLimit(int connections)
{
    const rlim_t needed = static_cast<rlim_t>(connections) + 32;
    rlimit limit = {};
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= needed)
        return;
    limit.rlim_cur = needed;
    limit.rlim_max = std::max(limit.rlim_max, needed);
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        fail("needs " + std::to_string(needed) + " open files: raise the limit (ulimit -n)");
}

class LoadRun
{
public:
    explicit LoadRun(const LoadOptions &options)
        : m_options(options)
        , m_server(options.pid)
        , m_message(options.size, options.isBinary)
        , m_idleMessage(idleMessageSize, options.isBinary)
    {
        constexpr std::size_t inputSize = 256 * 1024;
        m_load.epoll = epoll_create1(EPOLL_CLOEXEC);
        m_load.input.resize(inputSize);
    }
    ~LoadRun() { close(m_load.epoll); }
    LoadRun(const LoadRun &) = delete;
    LoadRun &operator=(const LoadRun &) = delete;

    void openIdle();
    void openBusy();
    void measure();

private:
    using Connections = std::vector<std::unique_ptr<LoadConnection>>;

    Connections open(int count, const Message &message, int inFlight, int perAddress,
                     int firstHost);
    void turn(double until);
    void turnWhile(const auto &condition);
    void turnFor(double seconds);

    const LoadOptions m_options;
    const ServerProcess m_server;
    const Message m_message;
    const Message m_idleMessage;
    Load m_load;
    Connections m_idle;
    Connections m_busy;
};

/// Handles what is there, or waits for it until then.
void LoadRun::turn(double until)
{
    std::array<epoll_event, 256> events;
    const double wait = std::max(0.0, until - now()) * 1000;
    const int count = epoll_wait(m_load.epoll, events.data(), static_cast<int>(events.size()),
                                 static_cast<int>(wait) + 1);
    for (int i = 0; i < count; ++i) {
        const epoll_event &event = events[static_cast<std::size_t>(i)];
        static_cast<LoadConnection *>(event.data.ptr)->handle(event.events);
    }
}

void LoadRun::turnWhile(const auto &condition)
{
    double deadline = now() + m_options.patienceSeconds;
    for (std::uint64_t progress = 0; condition();) {
        turn(deadline);
        if (const std::uint64_t done = m_load.answered + m_load.upgraded; done != progress) {
            progress = done;
            deadline = now() + m_options.patienceSeconds;
        } else if (now() > deadline) {
            fail("the server is silent");
        }
    }
}

void LoadRun::turnFor(double seconds)
{
    const double end = now() + seconds;
    turnWhile([end] { return now() < end; });
}

LoadRun::Connections LoadRun::open(int count, const Message &message, int inFlight, int perAddress,
                                   int firstHost)
{
    Connections result;
    const std::uint64_t before = m_load.upgraded;
    const auto total = static_cast<std::size_t>(count);
    const auto concurrent = static_cast<std::size_t>(m_options.concurrentConnects);
    turnWhile([&] {
        const std::size_t upgraded = m_load.upgraded - before;
        while (result.size() < total && result.size() < upgraded + concurrent) {
            const int host = firstHost + static_cast<int>(result.size()) / perAddress;
            if (host > UINT8_MAX)
                fail("takes fewer connections: there are no more addresses");
            result.push_back(std::make_unique<LoadConnection>(
                message, inFlight, static_cast<std::uint8_t>(host), m_options.port, m_load));
        }
        return upgraded < total;
    });
    return result;
}

void LoadRun::openIdle()
{
    const double memory = m_server.memory("Pss");
    const double time = now();
    const double cpu = m_server.cpuSeconds();
    m_idle = open(m_options.idle, m_idleMessage, 1, idlePerAddress, 2);
    report("connects", m_options.idle / (now() - time));
    report("connects per CPU", m_options.idle / (m_server.cpuSeconds() - cpu));

    // A connection that was never used is not yet what one has that is idle.
    const std::uint64_t before = m_load.answered;
    for (const auto &connection : m_idle)
        connection->send(1);
    turnWhile([&] { return m_load.answered < before + m_idle.size(); });
    const double end = now() + settling;
    while (now() < end)
        turn(end);
    report("idle memory", (m_server.memory("Pss") - memory) / m_options.idle);
}

void LoadRun::openBusy()
{
    m_busy = open(m_options.connections, m_message, m_options.inFlight, m_options.connections, 1);
}

void LoadRun::measure()
{
    m_load.isOn = true;
    for (const auto &connection : m_busy)
        connection->send(m_options.inFlight);
    turnFor(m_options.warmUpSeconds);

    m_load.roundTrips = {};
    const double time = now();
    const double ownCpu = secondsOf(CLOCK_PROCESS_CPUTIME_ID);
    const double cpu = m_server.cpuSeconds();
    const double threadCpu = m_server.busiestThreadSeconds();
    const std::uint64_t answered = m_load.answered;
    turnFor(m_options.seconds);
    const auto messages = static_cast<double>(m_load.answered - answered);
    const double seconds = now() - time;
    const double serverShare = (m_server.cpuSeconds() - cpu) / seconds;
    const double loadShare = (secondsOf(CLOCK_PROCESS_CPUTIME_ID) - ownCpu) / seconds;
    const double threadShare = (m_server.busiestThreadSeconds() - threadCpu) / seconds;

    report("rate", messages / seconds);
    report("rate per CPU", messages / seconds / serverShare);
    report("rate per thread", messages / seconds / threadShare);
    report("median", static_cast<double>(m_load.roundTrips.quantile(0.5)) / 1000);
    report("p99", static_cast<double>(m_load.roundTrips.quantile(0.99)) / 1000);
    report("max", static_cast<double>(m_load.roundTrips.longest()) / 1000);
    report("server share", serverShare);
    report("load share", loadShare);
    report("bottleneck", loadShare > busy && serverShare < busy ? 1 : 0);
    report("memory", m_server.memory("Pss") / 1024);

    // What is on its way has to come back as well.
    m_load.isOn = false;
    turnWhile([this] {
        return std::any_of(m_busy.begin(), m_busy.end(),
                           [](const auto &connection) { return connection->isWaiting(); });
    });
}

} // namespace

int main(int argc, char **argv)
{
    const LoadOptions options = parseLoadOptions(argc, argv);
    raiseFileLimit(options.connections + options.idle);
    LoadRun run(options);
    if (options.idle > 0)
        run.openIdle();
    if (options.connections > 0) {
        run.openBusy();
        if (options.seconds > 0)
            run.measure();
    }
}
