# SPDX-License-Identifier: MIT
"""What a window leaves on the disk: all that was said, even when it is killed; or, with --private, nothing.

usage: test_transcripts.py AWESOME-CHAT AWESOME-CHAT-SERVER
"""

import contextlib
import os
import pathlib
import select
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

from programs import TIMEOUT, Server, without_display

CLIENT, SERVER = sys.argv[1:3]
WELCOME = b"Welcome to Awesome Chat"


class TranscriptsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)
        self.file = self.home / "data/awesome-chat/transcripts.sqlite"
        self.server = Server(SERVER)
        self.addCleanup(self.server.end)

    def window(self, *arguments):
        environment = without_display() | {
            "QT_QPA_PLATFORM": "offscreen", "HOME": str(self.home),
            "XDG_DATA_HOME": str(self.home / "data"), "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_CACHE_HOME": str(self.home / "cache")}
        window = subprocess.Popen([CLIENT, *arguments, self.server.url], env=environment)
        self.addCleanup(self.kill, window)
        return window

    @staticmethod
    def kill(window):
        window.kill()  # SIGKILL
        window.wait(TIMEOUT)

    def ask(self, sql):
        with contextlib.closing(sqlite3.connect(self.file)) as database:
            return [row[0] for row in database.execute(sql)]

    def wait_for_welcomes(self, count):
        """Waits until so many are on the disk."""
        deadline = time.monotonic() + TIMEOUT
        welcomes = 0
        while time.monotonic() < deadline and welcomes != count:
            time.sleep(0.01)
            with contextlib.suppress(sqlite3.OperationalError):  # there is no file yet
                # Read only: this must not be who makes it.
                uri = f"{self.file.as_uri()}?mode=ro"
                with contextlib.closing(sqlite3.connect(uri, uri=True)) as database:
                    sql = "SELECT count(*) FROM entries WHERE payload = ?"
                    welcomes = database.execute(sql, [WELCOME]).fetchone()[0]
        self.assertEqual(welcomes, count, "what was said does not get to the disk")

    def test_what_was_said_is_there_after_kill_9(self):
        self.kill_when_welcomed(1)
        self.kill_when_welcomed(2)  # the same conversation once more
        self.assertEqual(self.ask("PRAGMA integrity_check"), ["ok"])
        self.assertEqual(self.ask("SELECT server FROM conversations"), [self.server.url])
        self.assertEqual(self.ask("SELECT payload FROM entries ORDER BY id"), [b"socket open", WELCOME] * 2)

    def kill_when_welcomed(self, count):
        window = self.window()
        self.wait_for_welcomes(count)
        self.kill(window)

    def test_a_private_window_keeps_nothing(self):
        window = self.window("--private")
        ready = select.select([self.server.process.stderr], [], [], TIMEOUT)[0]
        self.assertTrue(ready, "the window has not connected")
        self.server.end()  # waits until the window has answered: it has heard all
        self.assertIsNone(window.poll(), "the window has gone")
        self.kill(window)
        for folder, _, names in os.walk(self.home):
            for name in names:
                content = (pathlib.Path(folder) / name).read_bytes()
                self.assertNotIn(WELCOME, content, f"{name} in {folder} has what was said")
        self.assertFalse(self.file.parent.exists(), f"{self.file.parent} was made")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
