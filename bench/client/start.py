# SPDX-License-Identifier: MIT
"""How soon the window is drawn, with a long log, beside the tutorial's own listing in Qt's viewer.

usage: start.py AWESOME-CHAT AWESOME-CHAT-SERVER LOG QML-VIEWER LISTING ROUNDS SETTLING

LOG is copied; its one conversation becomes one with the server that both talk to. Memory is looked at SETTLING
seconds after the first frame.
"""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

FIRST_FRAME_TIMEOUT = 60  # s
# What Qt says of a frame, by the thread that has drawn it. The first one of the threaded loop is empty.
FRAME = re.compile(r"rame rendered (?:with '(?P<loop>\w+)' renderloop )?in (?P<time>\d+)\s?ms")


def memory(pid):
    """Pss in MiB: what is shared with others counts in part."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"/proc/{pid}/smaps_rollup has no Pss")


def is_drawn(line):
    match = FRAME.search(line)
    return match is not None and (match["loop"] == "software" or int(match["time"]) > 0)


def measure(name, command, environment, settling):
    """Starts a program, and reports on it."""
    began = time.monotonic()
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                          text=True, errors="replace") as program:
        timer = threading.Timer(FIRST_FRAME_TIMEOUT, program.kill)
        timer.start()
        try:
            line = next((line for line in program.stderr if is_drawn(line)), None)
            drawn = time.monotonic()
            assert line is not None, f"{command[0]} has drawn nothing"
            # Somebody has to read what it goes on to say.
            threading.Thread(target=program.stderr.read, daemon=True).start()
            time.sleep(settling)
            print(f"{name} time\t{(drawn - began) * 1000:.1f}")
            print(f"{name} memory\t{memory(program.pid):.1f}", flush=True)
        finally:
            timer.cancel()
            program.kill()


def check(log):
    """That the window went on with the long conversation each time."""
    database = sqlite3.connect(log)
    (conversations,), = database.execute("SELECT count(*) FROM conversations")
    database.close()
    assert conversations == 1, "the window has begun a conversation of its own"


def start_server(program):
    server = subprocess.Popen([program, "--listen", "127.0.0.1", "--port", "0"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True)
    return server, server.stdout.readline().removeprefix("listening on ").strip()


def main(client, server_program, log, viewer, listing, rounds, settling):
    settling = float(settling)
    with tempfile.TemporaryDirectory() as folder:
        server, url = start_server(server_program)
        try:
            own = Path(folder, "awesome-chat")
            own.mkdir()
            shutil.copy(log, own / "transcripts.sqlite")
            database = sqlite3.connect(own / "transcripts.sqlite")
            with database:
                database.execute("UPDATE conversations SET server = ?", [url])
            database.close()
            copy = Path(folder, "listing.qml")
            text = Path(listing).read_text()
            assert "ws://localhost:3000" in text, f"{listing} has another address"
            copy.write_text(text.replace("ws://localhost:3000", url))

            environment = dict(os.environ, XDG_DATA_HOME=folder, XDG_CONFIG_HOME=folder, XDG_CACHE_HOME=folder,
                               QT_FORCE_STDERR_LOGGING="1",
                               QT_LOGGING_RULES="qt.scenegraph.time.renderloop=true")
            programs = [("window", [client, url]), ("listing", [viewer, str(copy)])]
            for _, command in programs:  # once before, for what is cached
                with open(os.devnull, "w") as nowhere:
                    program = subprocess.Popen(command, env=environment, stderr=nowhere)
                time.sleep(settling)
                assert program.poll() is None, f"{command[0]} has ended"
                program.kill()
                program.wait()
            for number in range(int(rounds)):
                for name, command in programs if number % 2 == 0 else reversed(programs):
                    measure(name, command, environment, settling)
            check(own / "transcripts.sqlite")
        finally:
            server.kill()
            server.wait()
            server.stdout.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
