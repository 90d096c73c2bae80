# SPDX-License-Identifier: MIT
"""The real window as a process, driven by commands: see drive-window --help."""

import json
import os
import subprocess
import time

from programs import TIMEOUT


class DrivenWindow:
    """A window that does what it is told, each thing at once."""

    def __init__(self, program, *arguments):
        self.process = subprocess.Popen(
            [program, *arguments], env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.draft = self.answer().removeprefix("ready ")

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError("the window has ended")
        return line.removesuffix("\n")

    def do(self, command):
        """Has a command done, and returns the answer."""
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self.answer()

    def get(self, name, what="text"):
        """That property of the item of that name; None where there is none."""
        answer = self.do(f"get {name} {what}")
        return None if answer == "not there" else json.loads(answer)

    def rows(self):
        return json.loads(self.do("rows"))

    def wait_for(self, condition, what):
        deadline = time.monotonic() + TIMEOUT
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"{what}: it has not come to this; the rows are {self.rows()}")
            time.sleep(0.02)

    def wait_for_row(self, row):
        self.wait_for(lambda: any(row in shown for shown in self.rows()), row)

    def quit(self):
        self.process.stdin.close()  # which is its end
        self.process.stdout.close()
        return self.process.wait(TIMEOUT)
