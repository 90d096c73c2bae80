# SPDX-License-Identifier: MIT
"""Runs the benchmarks and prints what they measured, in Markdown.

usage: run.py BUILD-FOLDER [--quick] [--runs N] [--only NAME] [--viewer QML]

--quick is to see whether they work: small numbers, once. Its times say nothing.
"""

import argparse
import datetime
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import framesbench
from reporting import measured, number
from serverbench import ServerBench

ROOT = Path(__file__).resolve().parents[1]
NOWHERE = "ws://127.0.0.1:9"  # nobody listens there


@dataclass
class Row:
    """What one line of a table shows, and what it should be at most; or at least, where more is better."""
    name: str
    words: str
    unit: str = "ms"
    target: float | None = None
    more_is_better: bool = False


FLOOD = [
    Row("seconds", "until all have arrived", "s"),
    Row("rate", "messages a second", "", more_is_better=True),
    Row("stall", "longest stall", target=100),
    Row("stall p99", "99 % of the stalls are below"),
    Row("frame", "longest time between two frames"),
    Row("frame p99", "99 % of them are below"),
    Row("frame median", "half of them are below"),
    Row("key", "a key until its letter is drawn, longest", target=50),
    Row("key median", "half of the keys are faster than"),
    Row("memory", "memory, at most", "MiB", target=250),
    Row("closing", "closing the window, with what is left to write"),
]
HIDDEN = [
    Row("seconds", "until all have arrived", "s"),
    Row("rate", "messages a second", "", more_is_better=True),
    Row("frames", "frames drawn meanwhile", "", target=0),
    Row("stall", "longest stall", target=100),
    Row("showing", "longest stall when it is shown again", target=100),
    Row("memory", "memory, at most", "MiB", target=250),
]
HOSTILE = [
    Row(f"{name} {place}", f"{words}: {what}", target=250)
    for name, words in (("words", "10 MB of words"), ("json", "10 MB of JSON"), ("again", "10 MB of like JSON"),
                        ("objects", "10,000 objects of JSON"), ("changed", "10,000 objects that differ"),
                        ("letters", "1 M letters without a blank"),
                        ("bidi", "1 M letters in both directions"), ("marks", "10,000 combining marks on a letter"),
                        ("lines", "1 M line feeds"))
    for place, what in (("row", "arrives"), ("details", "opened whole"), ("end", "to its end"), ("hex", "as bytes"),
                        ("width", "another width"))
] + [
    Row("changed compared", "10,000 objects that differ: compared", target=250),
    Row("memory", "memory, at most", "MiB"),
]
SCROLL = [
    Row("pages", "back by 300 pages, longest stall", target=50),
    Row("pages frame", "longest time between two frames"),
    Row("flicks", "forty flicks, longest stall", target=50),
    Row("newest", "to the newest row, longest stall", target=50),
    Row("oldest", "back to the oldest row, longest stall", target=50),
    Row("oldest frame", "longest time between two frames"),
    Row("oldest seconds", "the whole way", "s"),
    Row("jumps", "long jumps between all rows, longest stall", target=50),
    Row("jumps frame", "longest time between two frames"),
    Row("memory", "memory, at most", "MiB"),
]
SEARCH = [
    Row(f"{name} {what}", f"{words}: {said}", target=target)
    for name, words in (("rare", "a word in 10 rows"), ("frequent", "a word in every row"), ("missing", "a word in no row"))
    for what, said, target in (("first", "last key until the first hit is drawn", 100), ("all", "last key until all are found", None),
                               ("stall", "longest stall", 50), ("leaving", "longest stall when all rows are back", 50))
    if (name, what) != ("missing", "first")
] + [Row("memory", "memory, at most", "MiB")]
START = [
    Row("window time", "the window: to the first frame"),
    Row("listing time", "the listing: to the first frame"),
    Row("time ratio", "the window takes so many times as long", "", target=1.5),
    Row("window memory", "the window: memory (Pss)", "MiB"),
    Row("listing memory", "the listing: memory (Pss)", "MiB"),
    Row("memory ratio", "the window takes so many times as much", "", target=1.3),
]


def print_table(title, rows, values):
    runs = max(len(of_row) for of_row in values.values())
    print(f"\n### {title}\n\n| | median of {runs} | worst | target |\n|---|--:|--:|--:|")
    for row in rows:
        of_row = values.get(row.name)
        if not of_row:
            sys.exit(f"bench: nothing was reported about “{row.words}”")
        worst = min(of_row) if row.more_is_better else max(of_row)
        median = statistics.median(of_row)
        if row.target is None:
            target = ""
        else:
            target = f"{row.target:g}" + ("" if worst <= row.target else " (missed)" if median > row.target
                                          else " (missed at worst)")
        unit = f" {row.unit}" if row.unit else ""
        print(f"| {row.words} | {number(median)}{unit} | {number(worst)}{unit} | {target} |")
    sys.stdout.flush()


def renderer(client):
    """What Qt draws with, as it says itself."""
    environment = dict(os.environ, QT_LOGGING_RULES="qt.rhi.general=true", QT_FORCE_STDERR_LOGGING="1")
    try:
        subprocess.run([client, "--private", NOWHERE], env=environment, stderr=subprocess.PIPE, timeout=3)
        sys.exit("bench: the window has ended")
    except subprocess.TimeoutExpired as window:
        found = re.search(r"RENDERER: (.*?) VERSION: (.*)", (window.stderr or b"").decode())
    return f"{found[1]}, {found[2].strip()}" if found else "no OpenGL"


def print_machine(client):
    """No client is needed where nothing is drawn."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())[1]) / 1024 ** 2
    qt = subprocess.run(["qmake6", "-query", "QT_VERSION"], capture_output=True, text=True).stdout.strip()
    print(f"- date: {datetime.date.today()}")
    print(f"- processor: {model[1] if model else platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB of memory")
    print(f"- system: Linux {platform.release()}, Qt {qt}")
    if client:
        print(f"- renderer: {renderer(client)}")
    print(f"- load when it began: {os.getloadavg()[0]:.1f}", flush=True)


class Suite:
    def __init__(self, options, folder):
        self.build = Path(options.build)
        self.programs = self.build / "bench" / "client"
        self.client = self.build / "bin" / "awesome-chat"
        self.server_program = self.build / "bin" / "awesome-chat-server"
        self.viewer = options.viewer
        self.quick = options.quick
        self.runs = 1 if options.quick else options.runs
        self.folder = Path(folder)
        self.log = self.folder / "log.sqlite"
        self.count = 20_000 if options.quick else 1_000_000

    def repeat(self, command):
        values = {}
        for _ in range(self.runs):
            for name, of_run in measured(command).items():
                values.setdefault(name, []).extend(of_run)
        return values

    def long_log(self):
        if not self.log.exists():
            measured([self.programs / "bench_makelog", self.log, self.count, NOWHERE])
        return self.log

    def start(self):
        listing = ROOT / "examples" / "ws_client.qml"
        rounds = 1 if self.quick else max(5, self.runs)
        values = measured([sys.executable, ROOT / "bench" / "client" / "start.py", self.client, self.server_program, self.long_log(),
                           self.viewer, listing, rounds, 0.5 if self.quick else 3])
        for what in ("time", "memory"):
            ours, theirs = values[f"window {what}"], values[f"listing {what}"]
            values[f"{what} ratio"] = [a / b for a, b in zip(ours, theirs)]
        print_table(f"Start, with {self.count:,} rows in the log, beside the tutorial's listing", START, values)

    def flood(self):
        flood = [self.programs / "bench_flood", self.count]
        print_table(f"Flood of {self.count:,} messages of 100 bytes", FLOOD, self.repeat(flood))
        print_table("The same with the window hidden", HIDDEN, self.repeat([*flood, "--hidden"]))

    def hostile(self):
        values = self.repeat([self.programs / "bench_hostile", self.count])
        print_table("Messages that are hard to show: longest stalls", HOSTILE, values)

    def scroll(self):
        values = self.repeat([self.programs / "bench_scroll", self.long_log(), NOWHERE])
        print_table(f"Scrolling through {self.count:,} rows", SCROLL, values)

    def search(self):
        values = self.repeat([self.programs / "bench_search", self.long_log(), NOWHERE])
        print_table(f"Searching {self.count:,} rows", SEARCH, values)

    def server(self):
        ServerBench(self.build, self.quick, self.runs).run()

    def frames(self):
        framesbench.run(self.build, self.quick, self.runs)


OF_WINDOW = ("start", "flood", "hostile", "scroll", "search")
BENCHMARKS = (*OF_WINDOW, "server", "frames")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", choices=BENCHMARKS)
    parser.add_argument("--viewer", default="/usr/lib/qt6/bin/qml")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        # Nobody's own transcripts and settings.
        for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
            os.environ[variable] = folder
        suite = Suite(options, folder)
        print_machine(suite.client if options.only in (None, *OF_WINDOW) else None)
        for name in BENCHMARKS:
            if options.only in (None, name):
                getattr(suite, name)()


if __name__ == "__main__":
    main()
