# SPDX-License-Identifier: MIT
"""The server beside its peers: what a message, a connection and a handshake cost each of them."""

import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from reporting import measured, number

PEERS = Path(__file__).parent / "server" / "peers"
OPEN_FILES = 10_000
OURS, WS, BEAST, LIMIT = "Awesome Chat", "Node ws", "Boost.Beast", "limit"


@dataclass
class Target:
    """What a value or a ratio is to be: at least that; or at most, where less is better."""
    value: float
    at_most: bool = False

    def words(self, value):
        missed = value > self.value if self.at_most else value < self.value
        return f"{number(value)} (at {'most' if self.at_most else 'least'} {self.value:g}{': missed' if missed else ''})"


AT_LEAST_09 = Target(0.9)


@dataclass
class Load:
    words: str
    options: list
    quick: list | None = None  # instead of the options, to see whether it works


@dataclass
class Row:
    """One line of the table: a value that a load reports, and what it should be beside others'."""
    load: str
    value: str = "rate per CPU"
    words: str = ""  # instead of the load's
    beside_ws: Target | None = None
    beside_beast: Target | None = field(default_factory=lambda: AT_LEAST_09)
    target: Target | None = None
    beside: str = ""  # a load of our own
    beside_target: Target | None = None


LOADS = {
    "small": Load("50 connections, 20 B, 1 in flight", ["--connections", 50]),
    "pipelined": Load("50 connections, 20 B, 16 in flight", ["--connections", 50, "--in-flight", 16],
                      quick=["--connections", 10, "--in-flight", 16]),
    "medium": Load("200 connections, 1 KiB, 1 in flight", ["--connections", 200, "--size", 1024]),
    "large": Load("10 connections, 64 KiB, 1 in flight", ["--connections", 10, "--size", 65536]),
    "binary": Load("50 connections, 20 B of binary, 1 in flight", ["--connections", 50, "--binary"]),
    "few": Load("20 connections, 20 B, 1 in flight", ["--connections", 20]),
    "idle": Load("20 connections, 20 B, 1 in flight, 9,000 idle", ["--connections", 20, "--idle", 9000],
                 quick=["--connections", 5, "--idle", 50, "--binary"]),
    "connects": Load("5,000 connects and handshakes", ["--connections", 0, "--idle", 5000]),
}
ROWS = [
    Row("small", beside_ws=Target(2.2)),
    Row("pipelined", beside_ws=Target(12)),
    Row("medium", beside_ws=Target(2)),
    Row("large", beside_ws=Target(3.5)),
    Row("binary"),
    Row("few"),
    Row("idle", beside_ws=Target(1.8), beside="few", beside_target=AT_LEAST_09),
    Row("idle", "idle memory", "memory for an idle connection, KiB", beside_ws=Target(1.2, at_most=True),
        beside_beast=Target(1.11, at_most=True), target=Target(12, at_most=True)),
    Row("connects", "connects per CPU", beside_ws=Target(1)),
]
WORKER_LOADS = [
    Load("200 connections, 20 B, 1 in flight", ["--connections", 200]),
    Load("200 connections, 20 B, 16 in flight", ["--connections", 200, "--in-flight", 16]),
]


def reported(results, load, name, value):
    """What the runs of a server with a load have reported as that value."""
    return [run[value] for run in results.get((load, name), [])]


def ratio(ours, theirs, target=None):
    """In words; empty where they were not measured."""
    if not theirs:
        return ""
    median = statistics.median(a / b for a, b in zip(ours, theirs))
    return target.words(median) if target else number(median)


def pinned(cores):
    return lambda: os.sched_setaffinity(0, cores)


def raise_file_limit():
    """Of what is started here, too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, OPEN_FILES), max(hard, OPEN_FILES)))
    except ValueError:
        sys.exit(f"bench: 9,000 connections need {OPEN_FILES} open files, but the limit is {hard}: raise it (ulimit -Hn)")


class ServerBench:
    def __init__(self, build, quick, runs):
        self.build = Path(build)
        self.quick = quick
        self.runs = runs
        self.load = self.build / "bench" / "server" / "bench_load"
        self.versions = {}
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) < 2 and not quick:
            sys.exit("bench: the server and the load need a core each")
        self.load_cores, self.server_cores, self.both = cores[:1], cores[-1:], {cores[0], cores[-1]}
        self.commands = self.server_commands()
        if not quick:
            raise_file_limit()

    def our_command(self, threads):
        return [self.build / "bin" / "awesome-chat-server", "--listen", "127.0.0.1", "--port", 0, "--no-greeting",
                "--threads", threads]

    def server_commands(self):
        """In the table's order."""
        programs = self.build / "bench" / "server"
        python = "/usr/bin/python3"  # Debian's own, which sees Debian's modules
        result = {
            OURS: self.our_command(1),
            WS: ["node", PEERS / "ws_echo.js"],
            "Python websockets": [python if Path(python).exists() else sys.executable, PEERS / "websockets_echo.py"],
            BEAST: [programs / "bench_beast"],
            "libwebsockets": [programs / "bench_lws"],
            "QWebSocketServer": [programs / "bench_qwebsocketserver"],
            LIMIT: [programs / "bench_limit"],
        }
        if self.quick:  # these take what scripts/setup --bench installs
            del result[BEAST], result["libwebsockets"]
        for command in result.values():
            if isinstance(command[0], Path) and not command[0].exists():
                sys.exit(f"bench: there is no {command[0]}; scripts/bench builds it")
        return result

    @contextmanager
    def started(self, name, command, cores):
        """The server's port and process."""
        modules = "/usr/share/nodejs" if self.quick else (self.build / "bench" / "server" / "node_modules").resolve()
        with tempfile.TemporaryFile("w+") as log, \
             subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=log, text=True,
                              env=dict(os.environ, NODE_PATH=str(modules)), preexec_fn=pinned(cores)) as server:
            def said():
                log.seek(0)
                return log.read()

            try:
                line = server.stdout.readline()
                match = re.search(r"(?:port |:)(\d+)(?:(?::| with) (.*))?$", line)
                if not match:
                    sys.exit(f"bench: {name} does not listen: {line}{said()}")
                self.versions[name] = match[2]
                yield match[1], server.pid
                if server.poll() is not None:
                    sys.exit(f"bench: {name} has ended: {said()}")
            finally:
                server.kill()

    def run_load(self, name, command, options, server_cores, load_cores):
        seconds = ["--warm-up", 0.05, "--seconds", 0.1] if self.quick else ["--warm-up", 1, "--seconds", 2]
        with self.started(name, command, server_cores) as (port, pid):
            values = measured([self.load, "--port", port, "--pid", pid, *seconds, *options], subject=name,
                              preexec_fn=pinned(load_cores))
        return {what: value for what, (value,) in values.items()}

    def measure(self):
        """Lists of what was reported, by load and server. The order is turned round each time."""
        result = {}
        for key, load in LOADS.items():
            options = load.quick if self.quick else load.options
            if options is None:
                continue
            for run in range(self.runs):
                order = list(self.commands.items())
                for name, command in order if run % 2 == 0 else reversed(order):
                    values = self.run_load(name, command, options, self.server_cores, self.load_cores)
                    result.setdefault((key, name), []).append(values)
        return result

    def print_versions(self):
        version = subprocess.run([str(self.build / "bin" / "awesome-chat-server"), "--version"], capture_output=True, text=True)
        self.versions[OURS] = version.stdout.strip()
        for name in self.commands:
            print(f"- {name}: {self.versions[name]}")

    def print_ratios(self, results):
        print(f"\n### The server beside its peers: messages there and back, per second of the server's CPU time\n\n"
              f"Medians of {self.runs}; a ratio is the median of those of neighbouring runs.\n")
        self.print_versions()
        print(f"\n| | {' | '.join(self.commands)} | to ws | to Beast | to the limit |")
        print(f"|---|{'--:|' * (len(self.commands) + 3)}")
        for row in ROWS:
            ours = reported(results, row.load, OURS, row.value)
            if not ours:
                continue
            cells = [number(statistics.median(reported(results, row.load, name, row.value))) for name in self.commands]
            if row.target:
                cells[0] = row.target.words(statistics.median(ours))
            cells.append(ratio(ours, reported(results, row.load, WS, row.value), row.beside_ws))
            cells.append(ratio(ours, reported(results, row.load, BEAST, row.value), row.beside_beast))
            # It keeps nothing for a connection: its memory is no limit for who keeps one.
            cells.append(ratio(ours, reported(results, row.load, LIMIT, row.value)) if "memory" not in row.value else "")
            print(f"| {row.words or LOADS[row.load].words} | {' | '.join(cells)} |")
            if (row.beside, OURS) in results:
                cells = [ratio(ours, reported(results, row.beside, OURS, row.value), row.beside_target)]
                print(f"| ours beside {LOADS[row.beside].words} | {' | '.join(cells + [''] * (len(self.commands) + 2))} |")
        print(f"\n{self.spread(results)}")

    def spread(self, results):
        """How far the runs of one server with one load are apart, in words."""
        spreads = []
        for (_, name), runs in results.items():
            values = [run["rate per CPU"] for run in runs if "rate per CPU" in run]
            if len(values) > 1:
                spreads.append(((max(values) - min(values)) / statistics.median(values) * 100, name))
        if not spreads:
            return "Each was run once."
        widest, name = max(spreads)
        middle = statistics.median(spread for spread, _ in spreads)
        return (f"From the slowest to the fastest run of a server with a load: {number(middle)} % in half of the cases, "
                f"{number(widest)} % at most ({name}).")

    def print_details(self, results):
        columns = {"rate": "messages a second", "median": "round trip, median, µs", "p99": "99 % are below, µs",
                   "max": "longest, µs", "memory": "memory, MiB", "server share": "the server's core is busy, %",
                   "load share": "the load's, %"}
        percent = ("server share", "load share")
        print(f"\n### The same loads, as they were seen\n\n| | | {' | '.join(columns.values())} |\n|---|---|{'--:|' * len(columns)}")
        limited = []
        for (key, name), runs in results.items():
            if "rate" not in runs[0]:
                continue
            cells = [number(statistics.median(run[column] for run in runs) * (100 if column in percent else 1))
                     for column in columns]
            print(f"| {LOADS[key].words} | {name} | {' | '.join(cells)} |")
            if any(run["bottleneck"] for run in runs):
                limited.append(f"{name} ({LOADS[key].words})")
        print("\n| | | connects and handshakes a second |\n|---|---|--:|")
        for (key, name), runs in results.items():
            if "connects" in runs[0]:
                print(f"| {LOADS[key].words} | {name} | {number(statistics.median(run['connects'] for run in runs))} |")
        if limited:
            print(f"\nThe load was the bottleneck, not the server, here: {', '.join(limited)}. "
                  "Messages a second say nothing there; per second of CPU time they do.")

    def workers(self):
        """Two workers beside one, on the same two cores as the load, which takes its part of them."""
        print("\n### Two workers beside one\n\n"
              "Server and load are on the same two cores, where three threads do not have a core each: what two workers do with two\n"
              "cores of their own is told by what they do per second of CPU time.\n\n"
              "| messages there and back | 1 worker | 2 workers | ratio |\n|---|--:|--:|--:|")
        for load in WORKER_LOADS:
            runs = {1: [], 2: []}
            for run in range(self.runs):
                for threads in (1, 2) if run % 2 == 0 else (2, 1):
                    runs[threads].append(self.run_load(OURS, self.our_command(threads), load.options, self.both, self.both))
            for words, value, per_core, target in (
                    ("per second of CPU time, times the cores that they would have", "rate per CPU", True, Target(1.7)),
                    ("per second of CPU time of the busiest worker", "rate per thread", False, None),
                    ("per second, beside the load", "rate", False, None)):
                one, two = ([of_run[value] * (threads if per_core else 1) for of_run in runs[threads]] for threads in (1, 2))
                print(f"| {load.words}: {words} | {number(statistics.median(one))} | {number(statistics.median(two))} | "
                      f"{ratio(two, one, target)} |")

    def run(self):
        results = self.measure()
        self.print_ratios(results)
        self.print_details(results)
        self.workers()
        sys.stdout.flush()
