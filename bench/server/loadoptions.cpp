// SPDX-License-Identifier: MIT
#include "loadoptions.h"

#include "fail.h"
#include "message.h"

#include <getopt.h>

#include <charconv>
#include <cstring>

namespace {

constexpr char usage[] =
    R"(Usage: bench_load --port N --pid N [OPTION...]
Sends messages to a WebSocket echo server on 127.0.0.1, compares what comes back, and says what
that has cost. Messages differ, and each byte of each reply is looked at.

  --port N            where the server listens
  --pid N             its process
  --connections N     that have something to say (default: 50)
  --in-flight N       messages that each of them waits for (default: 1)
  --size BYTES        of payload, from 8 (default: 20)
  --binary            binary messages (default: text)
  --idle N            connections that are opened first, say one thing, and then nothing; 500 from
                      one address: 127.0.0.2, 127.0.0.3 and so on (default: 0)
  --concurrent N      connections that are opened at a time (default: 64)
  --warm-up SECONDS   how long the load is on before it is measured (default: 1)
  --seconds SECONDS   how long it is measured; 0: not at all, as with --connections 0 (default: 3)
  --patience SECONDS  how long nothing at all may happen (default: 10)
  --help              print this and exit

Prints lines of a name, a tab and a number. With --idle:
  connects            connections and handshakes a second
  connects per CPU    the same per second of CPU time that the server has had
  idle memory         KiB (Pss) that the server has taken for each
With --seconds:
  rate                messages there and back a second
  rate per CPU        the same per second of CPU time that the server has had, on all cores
  rate per thread     the same per second of CPU time of its busiest thread
  median, p99, max    microseconds from sending a message until its last byte is back
  server share        of a core that the server has used: 1 is all of one
  load share          of a core that this program has used
  bottleneck          1 when the server has waited for this program, which is then the one that
                      was measured: "rate" says nothing, "rate per CPU" still does
  memory              MiB (Pss) that the server has when all connections are there
The exit status is 0; or 1 when a byte was wrong, a reply missing or a connection lost; or 2 when
an option is wrong.
)";

[[noreturn]] void refuse(const std::string &sentence)
{
    std::fprintf(stderr, "bench_load: %s; see --help\n", sentence.c_str());
    std::exit(2);
}

/// The number that \a text is, from \a lowest on.
template<typename Number>
Number parse(const char *name, const char *text, Number lowest)
{
    Number number = {};
    const char *end = text + std::strlen(text);
    const auto [rest, error] = std::from_chars(text, end, number);
    if (error != std::errc() || rest != end || number < lowest)
        refuse(std::string("--") + name + " takes a number from "
               + std::to_string(static_cast<long>(lowest)));
    return number;
}

} // namespace

LoadOptions parseLoadOptions(int argc, char **argv)
{
    enum Flag {
        Port,
        Pid,
        Connections,
        InFlight,
        Size,
        Binary,
        Idle,
        Concurrent,
        WarmUp,
        Seconds,
        Patience
    };
    constexpr int helpFlag = 'h';
    constexpr int unknownFlag = '?';
    const option flags[] = {
        {"port", required_argument, nullptr, Port},
        {"pid", required_argument, nullptr, Pid},
        {"connections", required_argument, nullptr, Connections},
        {"in-flight", required_argument, nullptr, InFlight},
        {"size", required_argument, nullptr, Size},
        {"binary", no_argument, nullptr, Binary},
        {"idle", required_argument, nullptr, Idle},
        {"concurrent", required_argument, nullptr, Concurrent},
        {"warm-up", required_argument, nullptr, WarmUp},
        {"seconds", required_argument, nullptr, Seconds},
        {"patience", required_argument, nullptr, Patience},
        {"help", no_argument, nullptr, helpFlag},
        {},
    };
    LoadOptions result;
    int index = 0;
    for (int flag = 0; (flag = getopt_long(argc, argv, "", flags, &index)) != -1;) {
        if (flag == unknownFlag)
            refuse("an option is wrong");
        const char *name = flags[index].name;
        switch (flag) {
        case Port:
            result.port = parse<std::uint16_t>(name, optarg, 1);
            break;
        case Pid:
            result.pid = parse<pid_t>(name, optarg, 1);
            break;
        case Connections:
            result.connections = parse(name, optarg, 0);
            break;
        case InFlight:
            result.inFlight = parse(name, optarg, 1);
            break;
        case Size:
            result.size = parse<std::size_t>(name, optarg, Message::smallestSize);
            break;
        case Binary:
            result.isBinary = true;
            break;
        case Idle:
            result.idle = parse(name, optarg, 0);
            break;
        case Concurrent:
            result.concurrentConnects = parse(name, optarg, 1);
            break;
        case WarmUp:
            result.warmUpSeconds = parse(name, optarg, 0.0);
            break;
        case Seconds:
            result.seconds = parse(name, optarg, 0.0);
            break;
        case Patience:
            result.patienceSeconds = parse(name, optarg, 0.0);
            break;
        case helpFlag:
            std::fputs(usage, stdout);
            std::exit(0);
        }
    }
    if (optind < argc)
        refuse(std::string("what is ") + argv[optind]);
    if (result.port == 0 || result.pid == 0)
        refuse("--port and --pid are needed");
    return result;
}
