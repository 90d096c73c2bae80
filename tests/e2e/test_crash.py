# SPDX-License-Identifier: MIT
"""The window is killed as kill -9 does, at moments of chance, 50 times, whatever its server does meanwhile, and
started again: every line that it took is in the transcript as sent or in the outbox, and none goes out twice.
A server that it started ends with it.

usage: test_crash.py DRIVE-WINDOW AWESOME-CHAT-SERVER [SEED]
"""

import collections
import contextlib
import os
import pathlib
import random
import select
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

from drivenwindow import DrivenWindow
from programs import TIMEOUT
from recordingpeer import RecordingPeer

WINDOW, SERVER = sys.argv[1:3]
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1_000_000)
CRASHES = 50
LINES = 200  # that are given to a window at most
DURING_START = 0.25  # the part of the windows that are killed before they take a line
START = 0.3  # seconds: about how long a window takes to open
TALK = 0.25  # seconds that a window talks at most
LONG_TALK = 1.0  # the same for every tenth, which sees connections come back
SENT = 0  # Entry::Sent


class Window:
    """A window in which somebody types line after line."""

    def __init__(self, folder, url, lines):
        environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
        self.process = subprocess.Popen(
            [WINDOW, "--data", folder, url], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.lines = lines
        self.process.stdin.write("".join(f"say {line}\n" for line in lines).encode())
        self.process.stdin.flush()

    def wait_for_line(self):
        """Waits until the first line was taken; what was read of the answers so far."""
        answers = b""
        while answers.count(b"\n") < 2:
            if not select.select([self.process.stdout], [], [], TIMEOUT)[0]:
                raise AssertionError("the window does not take lines")
            answers += os.read(self.process.stdout.fileno(), 4096)
        return answers

    def end(self, answers=b""):
        """Reads what there is to read after it has ended: its draft at first, and the lines that it took."""
        answers = (answers + self.process.stdout.read()).decode().splitlines()
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(TIMEOUT)
        unexpected = [answer for answer in answers[1:] if answer != "ok"]
        assert not unexpected, f"the window did not take a line: {unexpected}"
        return answers[0].partition(" ")[2] if answers else "", self.lines[:max(0, len(answers) - 1)]


def wait_until(condition, complaint):
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(complaint)
        time.sleep(0.02)


class LocalServerTest(unittest.TestCase):
    def test_the_server_of_a_killed_window_ends(self):
        with socket.socket() as closed:  # bound, so nobody else listens there
            closed.bind(("127.0.0.1", 0))
            url = "ws://127.0.0.1:%d" % closed.getsockname()[1]
            window = DrivenWindow(WINDOW, "--server", SERVER, url)
            self.addCleanup(window.quit)
            window.wait_for(lambda: window.get("startServer", "visible"), "a server is offered")
            window.do("key Ctrl+Shift+E")
            window.wait_for_row("< Welcome")
        port = int(window.get("address").rsplit(":", 1)[1])
        self.assertTrue(self.listens(port))
        window.process.kill()
        wait_until(lambda: not self.listens(port), "the server has outlived its window")

    @staticmethod
    def listens(port):
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", port)) == 0


class CrashTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.peer = RecordingPeer()
        self.addCleanup(self.peer.end)
        self.random = random.Random(SEED)
        self.typed = 0
        self.accepted = []
        self.circumstances = {}  # of each line: in which run, with what manner

    def ask(self, file, sql):
        with contextlib.closing(sqlite3.connect(self.folder / file, timeout=TIMEOUT)) as database:
            return database.execute(sql).fetchall()

    def next_lines(self):
        self.typed += LINES
        return [f"line {number}" for number in range(self.typed - LINES, self.typed)]

    def crash(self, run):
        """One window: opened, typed into, killed."""
        chance = self.random
        self.peer.manner = chance.choice(["echo", "echo", "late", "drop", "close", "silent"])
        self.peer.patience = chance.randint(1, 12)
        change = self.peer.go_down
        if chance.random() < 0.25:
            self.peer.go_down()
            change = self.peer.go_up
        else:
            self.peer.go_up()
        window = Window(self.folder, self.peer.url, self.next_lines())
        talk = chance.uniform(0, LONG_TALK if run % 10 == 9 else TALK)
        answers = b""
        if chance.random() < DURING_START:
            talk = chance.uniform(0, START)
        else:
            answers = window.wait_for_line()
        if chance.random() < 0.3:
            first = chance.uniform(0, talk)
            time.sleep(first)
            change()
            talk -= first
        time.sleep(talk)  # the moment of chance
        window.process.kill()
        draft, accepted = window.end(answers)
        self.assertNotIn(draft, self.accepted, "a line that was taken is a draft again")
        self.accepted += accepted
        for line in accepted:
            self.circumstances[line] = f"run {run}, {self.peer.manner}"
        return len(accepted)

    def test_not_a_line_is_lost_and_none_goes_out_twice(self):
        print(f"seed {SEED}", flush=True)
        began = time.monotonic()
        taken = [self.crash(run) for run in range(CRASHES)]

        # What still waits goes out.
        self.peer.manner = "echo"
        self.peer.go_up()
        window = Window(self.folder, self.peer.url, [])
        wait_until(lambda: not self.ask("outbox.sqlite", "SELECT 1 FROM lines WHERE NOT handed"),
                   "lines still wait for the connection that is there")
        window.process.stdin.write(b"quit\n")
        window.process.stdin.flush()
        window.process.wait(TIMEOUT)
        self.assertEqual(window.process.returncode, 0)
        window.process.stdin.close()
        window.process.stdout.close()
        self.peer.end()

        sent = [payload.decode() for payload, in self.ask(
            "transcripts.sqlite", f"SELECT payload FROM entries WHERE direction = {SENT} ORDER BY id")]
        waiting = [payload.decode() for payload, in self.ask("outbox.sqlite", "SELECT payload FROM lines")]
        received = [line for connection in self.peer.received for line in connection]
        print(f"{CRASHES} crashes in {time.monotonic() - began:.1f} s, {taken.count(0)} of them before a line was "
              f"taken; {len(self.accepted)} lines taken, {len(sent)} in the transcript, {len(waiting)} in doubt, "
              f"{len(received)} received over {len(self.peer.received)} connections", flush=True)

        known = set(sent) | set(waiting)
        lost = [(line, self.circumstances[line]) for line in self.accepted if line not in known]
        self.assertEqual(lost, [], "lines are lost")
        self.assertEqual([line for line in received if line not in known], [],
                         "lines were sent of which the window knows nothing")
        self.assertEqual(self.repeated(received), [], "lines went out twice")
        self.assertEqual(self.repeated(sent), [], "lines are in the transcript twice")
        for connection in self.peer.received:
            numbers = [int(line.split()[1]) for line in connection]
            self.assertEqual(numbers, sorted(numbers), "lines went out in another order")
        self.assertTrue(received, "not a line was sent: this tests nothing")
        self.assertEqual(self.ask("transcripts.sqlite", "PRAGMA integrity_check"), [("ok",)])
        self.assertEqual(self.ask("outbox.sqlite", "PRAGMA integrity_check"), [("ok",)])

    @staticmethod
    def repeated(lines):
        return [line for line, count in collections.Counter(lines).items() if count > 1]


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
