// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

/// What bench_load is asked for; see its --help.
struct LoadOptions
{
    std::uint16_t port = 0;
    pid_t pid = 0;
    int connections = 50;
    int idle = 0;
    int concurrentConnects = 64;
    int inFlight = 1;
    /// Bytes of payload.
    std::size_t size = 20;
    bool isBinary = false;
    double warmUpSeconds = 1;
    double seconds = 3;
    /// How long nothing at all may happen.
    double patienceSeconds = 10;
};

/// Reads the command line, or ends the program: with a sentence, or after --help.
[[nodiscard]] LoadOptions parseLoadOptions(int argc, char **argv);
