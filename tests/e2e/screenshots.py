# SPDX-License-Identifier: MIT
"""Takes the pictures of the window's main states: see scripts/screenshots.

usage: screenshots.py DRIVE-WINDOW AWESOME-CHAT-SERVER FOLDER
"""

import contextlib
import pathlib
import socket
import subprocess
import sys
import tempfile

from drivenwindow import DrivenWindow

WINDOW, SERVER, FOLDER = sys.argv[1:4]
PORT = 3000  # that everybody knows
SIZE = (720, 480)
URL = f"ws://localhost:{PORT}"


@contextlib.contextmanager
def window(theme, *arguments):
    with tempfile.TemporaryDirectory() as data:
        opened = DrivenWindow(WINDOW, "--theme", theme, "--data", data, *arguments)
        try:
            opened.do("size %d %d" % SIZE)
            yield opened
        finally:
            opened.quit()


@contextlib.contextmanager
def server(*arguments):
    with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("localhost", PORT)):
        sys.exit(f"Port {PORT} is taken: end what has it, and try again.")
    process = subprocess.Popen([SERVER, "--port", str(PORT), *arguments],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        process.stdout.readline()
        yield process
    finally:
        process.terminate()
        process.communicate()


def grab(shown, state, theme):
    file = pathlib.Path(FOLDER) / f"{state}-{theme}.png"
    answer = shown.do(f"grab {file.resolve()}")
    if answer != "ok":
        sys.exit(f"{file}: {answer}")
    print(file)


def talk(shown):
    for words, reply in (("hello", "< hello"),
                         ('{"user": {"name": "Ada", "id": 12345678901234567890}, "ok": true}', "< {"),
                         ("How long does it take to you and back?", "< How")):
        assert shown.do(f"say {words}") == "ok"
        shown.wait_for_row(reply)


def first_run(theme):
    with window(theme, URL) as shown:
        shown.wait_for(lambda: shown.get("startServer", "visible"), "nobody listens")
        grab(shown, "first-run", theme)


def talking_and_offline(theme):
    with server() as process, window(theme, URL) as shown:
        shown.wait_for_row("Welcome")
        talk(shown)
        grab(shown, "window", theme)
        process.terminate()
        shown.wait_for_row("# socket closed")
        for line in ("This is typed without a network,", "and waits in order,", "each line once."):
            assert shown.do(f"say {line}") == "ok"
        shown.wait_for(lambda: shown.get("retryWords") != "", "it waits for the next attempt")
        grab(shown, "offline", theme)


def certificate(theme, folder):
    """A server whose certificate nobody has signed but itself."""
    with server("--tls-certificate", folder / "own.pem", "--tls-key", folder / "own.key"), \
            window(theme, f"wss://localhost:{PORT}") as shown:
        shown.wait_for(lambda: shown.get("certificateQuestion", "visible"), "it asks about the certificate")
        grab(shown, "certificate", theme)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "90", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "own.key", "-out", folder / "own.pem"],
            check=True, capture_output=True)
        for theme in ("dark", "light"):
            first_run(theme)
            talking_and_offline(theme)
            certificate(theme, folder)


main()
