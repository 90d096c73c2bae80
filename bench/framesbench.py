# SPDX-License-Identifier: MIT
"""The way of a frame through the server, in memory: a table of what bench_frames says."""

import json
import statistics
import subprocess
import sys
from pathlib import Path

from reporting import number

SIZES = {"20": "20 B", "1024": "1 KiB", "65536": "64 KiB"}


def run(build, quick, runs):
    command = [str(Path(build) / "bench" / "server" / "bench_frames"), "--benchmark_format=json",
               f"--benchmark_min_time={0.001 if quick else 0.5}", f"--benchmark_repetitions={runs}"]
    finished = subprocess.run(command, capture_output=True, text=True)
    if finished.returncode != 0:
        sys.exit(f"bench: bench_frames failed ({finished.returncode}): {finished.stderr}")
    values = {}
    for of_run in json.loads(finished.stdout)["benchmarks"]:
        if of_run["run_type"] == "iteration":
            way, size, kind = of_run["name"].split("/")
            values.setdefault((size, kind), {}).setdefault(way, []).append(of_run)
    print(f"\n### The way of a frame through the server, in memory\n\n"
          f"Masked frames, one behind another, 64 KiB at a time; medians of {runs}. Read: to messages, unmasked, their UTF-8\n"
          f"checked. Echoed: by all of the server but TCP.\n\n"
          f"| payload | read, messages a second | read, MiB/s | echoed, messages a second | echoed, MiB/s |\n|---|{'--:|' * 4}")
    for (size, kind), ways in values.items():
        cells = [number(statistics.median(of_run[f"{what}_per_second"] for of_run in ways[way]) / unit)
                 for way in ("read", "echo") for what, unit in (("items", 1), ("bytes", 1024 ** 2))]
        print(f"| {SIZES[size]}, {kind} | {' | '.join(cells)} |")
    sys.stdout.flush()
