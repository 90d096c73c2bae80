# SPDX-License-Identifier: MIT
"""Our programs as processes, for the tests of the whole."""

import os
import re
import signal
import subprocess

TIMEOUT = 20  # seconds: how long anything may take on a busy machine before the test gives up


class Server:
    """awesome-chat-server, listening on 127.0.0.1."""

    def __init__(self, program, port=0):
        self.process = subprocess.Popen(
            [program, "--listen", "127.0.0.1", "--port", str(port)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.url = re.fullmatch(r"listening on (ws://127\.0\.0\.1:\d+)\n", line).group(1)
        self.port = int(self.url.rsplit(":", 1)[1])

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.log = self.process.communicate(timeout=TIMEOUT)[1]
        return self.process.returncode

    def end_and_log(self):
        """Ends it, and returns what it has logged."""
        self.end()
        return self.log


def without_display():
    """The environment of a machine that has no screen."""
    return {name: value for name, value in os.environ.items()
            if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
