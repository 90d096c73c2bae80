// SPDX-License-Identifier: MIT
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

/// Ends the program with \a sentence: what was measured until here is worth nothing.
[[noreturn]] inline void fail(const std::string &sentence)
{
    std::fprintf(stderr, "bench_load: %s\n", sentence.c_str());
    std::exit(1);
}
