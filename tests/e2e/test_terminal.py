# SPDX-License-Identifier: MIT
"""The conversation in the terminal: the two real programs, pipes, and a terminal of its own.

usage: test_terminal.py AWESOME-CHAT AWESOME-CHAT-SERVER
"""

import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

from programs import TIMEOUT, Server, without_display

CLIENT, SERVER = sys.argv[1:3]


def talk_in_bytes(*arguments, lines=b""):
    """What comes out with --raw, after the greeting; and how it ended."""
    result = subprocess.run([CLIENT, "--terminal", "--raw", *arguments], input=lines, capture_output=True,
                            timeout=TIMEOUT, check=False)
    return result.stdout.removeprefix(b"Welcome to Awesome Chat\n"), result.returncode


def talk(*arguments, lines="", environment=None):
    return subprocess.run([CLIENT, *arguments], input=lines, capture_output=True, text=True,
                          timeout=TIMEOUT, env=environment)


class Terminal(unittest.TestCase):
    def setUp(self):
        self.server = Server(SERVER)
        self.addCleanup(lambda: self.server.process.poll() is None and self.server.end())

    def piped(self):
        return subprocess.Popen([CLIENT, "--terminal", self.server.url], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def test_a_line_in_a_pipe(self):
        result = talk("--terminal", self.server.url, lines="hello\n")
        self.assertEqual(result.returncode, 0)
        self.assertEqual(result.stderr, "")
        rows = result.stdout.splitlines()
        self.assertEqual(rows[0], "# socket open")
        self.assertIn("< Welcome to Awesome Chat", rows)
        self.assertEqual([row for row in rows if "hello" in row], ["> hello", "< hello"])

    def test_many_lines_keep_their_order(self):
        count = 2000
        lines = "".join(f"line {number}\n" for number in range(count))
        result = talk("--terminal", self.server.url, lines=lines)
        self.assertEqual(result.returncode, 0)
        echoes = [row for row in result.stdout.splitlines() if row.startswith("< line")]
        self.assertEqual(echoes, [f"< line {number}" for number in range(count)])

    def test_no_input_shows_what_the_server_says(self):
        result = talk("--terminal", "--wait", "0.5", self.server.url)
        self.assertEqual(result.returncode, 0)
        self.assertIn("< Welcome to Awesome Chat", result.stdout)

    def test_without_a_display_it_says_so_in_one_line(self):
        result = talk(self.server.url, lines="hello\n", environment=without_display())
        self.assertEqual(result.returncode, 0)
        self.assertEqual(len(result.stderr.splitlines()), 1)
        self.assertIn("no display", result.stderr)
        self.assertIn("< hello", result.stdout)

    def test_nobody_listens(self):
        self.server.end()
        result = talk("--terminal", self.server.url, lines="hello\n")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(len(result.stderr.splitlines()), 1)
        self.assertIn("Nothing listens", result.stderr)

    def test_no_address(self):
        result = talk("--terminal", "http://localhost:3000")
        self.assertEqual(result.returncode, 1)
        self.assertIn("not a WebSocket address", result.stderr)

    def test_closed_standard_streams(self):
        # Qt's own sockets must not get their numbers.
        for streams, code in (("<&-", 0), (">&- </dev/null", 0), ("2>&- </dev/null", 0),
                              ("<&- >&- 2>&-", 0)):
            with self.subTest(streams):
                result = subprocess.run(
                    ["bash", "-c", f'"$0" --terminal --wait 0.2 "$1" {streams}', CLIENT, self.server.url],
                    capture_output=True, timeout=TIMEOUT, check=False)
                self.assertEqual(result.returncode, code)
        self.assertNotIn("disconnected: 1002", self.server.end_and_log())

    def test_input_that_cannot_be_read(self):
        folder = os.open("/", os.O_RDONLY)
        self.addCleanup(os.close, folder)
        result = subprocess.run([CLIENT, "--terminal", "--wait", "0", self.server.url], stdin=folder,
                                capture_output=True, text=True, timeout=TIMEOUT, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("cannot be read", result.stderr)

    def test_a_peers_words_on_the_screen_are_harmless(self):
        with socket.create_server(("127.0.0.1", 0)) as peer:
            client = subprocess.Popen(
                [CLIENT, "--terminal", f"ws://127.0.0.1:{peer.getsockname()[1]}"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            connection, _ = peer.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 404 Not\x1b]0;PWNED\x07" + b"x" * 10000 + b"\r\n\r\n")
                output, errors = client.communicate(timeout=TIMEOUT)
        self.assertEqual(client.returncode, 1)
        self.assertIn("404", errors.decode())
        for said in (output, errors):
            self.assertNotIn(b"\x1b", said)
            self.assertLess(len(said), 1000)

    def test_wrong_option(self):
        result = talk("--frobnicate")
        self.assertEqual(result.returncode, 2)
        self.assertEqual(len(result.stderr.splitlines()), 1)

    def test_help_and_version(self):
        self.assertIn("--terminal", talk("--help").stdout)
        self.assertRegex(talk("--version").stdout, r"^awesome-chat \d+\.\d+\.\d+\n$")

    def test_output_that_nobody_reads(self):
        with self.piped() as client:
            self.assertEqual(client.stdout.readline(), "# socket open\n")
            client.stdout.close()
            client.stdin.write("hello\n")
            client.stdin.flush()
            self.assertEqual(client.wait(TIMEOUT), 1)
            self.assertIn("output was closed", client.stderr.read())

    def test_a_person_at_a_terminal(self):
        person, terminal = pty.openpty()
        self.addCleanup(os.close, person)
        client = subprocess.Popen([CLIENT, "--terminal", self.server.url], stdin=terminal,
                                  stdout=terminal, stderr=terminal)
        os.close(terminal)
        seen = ""

        def see(words):
            nonlocal seen
            while words not in seen:
                self.assertTrue(select.select([person], [], [], TIMEOUT)[0], seen)
                seen += os.read(person, 4096).decode()
            seen = seen[seen.index(words) + len(words):]

        see("# socket open")
        see("< Welcome to Awesome Chat")
        see("> ")  # the prompt
        os.write(person, b"hello\n")
        see("hello")  # as it is typed; it is not printed once more
        see("< hello")
        self.assertNotIn("> hello", seen)
        see("> ")
        self.server.end()  # goodbye
        see("# socket closed cleanly by the server: 1001, going away, “Server stopping”")
        self.assertEqual(client.wait(TIMEOUT), 0)

    def test_ctrl_d_ends_it(self):
        person, terminal = pty.openpty()
        self.addCleanup(os.close, person)
        client = subprocess.Popen([CLIENT, "--terminal", "--wait", "0", self.server.url],
                                  stdin=terminal, stdout=terminal, stderr=terminal)
        os.close(terminal)
        self.assertTrue(select.select([person], [], [], TIMEOUT)[0])
        os.write(person, b"\x04")
        self.assertEqual(client.wait(TIMEOUT), 0)

    def test_raw_lines_are_byte_exact(self):
        lines = "  a\t\n\n\r\n€ \x1b[31m\x00\x7f\n".encode() + b"x" * 100_000 + b"\nlast"
        self.assertEqual(talk_in_bytes(self.server.url, lines=lines), (lines + b"\n", 0))

    def test_binary_lines_are_byte_exact(self):
        lines = bytes(byte for byte in range(256) if byte != ord("\n")) + b"\n\xff\xfe\n"
        self.assertEqual(talk_in_bytes("--binary", self.server.url, lines=lines), (lines, 0))
        self.assertEqual(talk_in_bytes("--wait", "0.2", self.server.url, lines=lines), (b"", 1))

    def test_once_is_one_message_and_its_reply(self):
        self.assertEqual(talk_in_bytes("--once", self.server.url, lines=b"one\ntwo\n"), (b"one\n", 0))
        self.assertEqual(talk_in_bytes("--once", "--send", "it's", self.server.url, lines=b"no\n"),
                         (b"it's\n", 0))

    def test_once_does_not_wait_for_the_end_of_the_input(self):
        with subprocess.Popen([CLIENT, "--terminal", "--raw", "--once", self.server.url],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as client:
            client.stdin.write(b"hello\n")
            client.stdin.flush()
            self.assertEqual(client.stdout.read(), b"hello\n")
            self.assertEqual(client.wait(TIMEOUT), 0)

    def test_once_without_a_reply(self):
        result = talk("--terminal", "--once", "--wait", "0.2", self.server.url + "/?silent", lines="hello\n")
        self.assertEqual(result.returncode, 1)
        self.assertIn("No reply came", result.stderr)

    def test_messages_before_the_input(self):
        said, code = talk_in_bytes("--send", "one", "--send", "two", self.server.url, lines=b"three\n")
        self.assertEqual((said, code), (b"one\ntwo\nthree\n", 0))

    def test_what_the_server_is_told(self):
        with socket.create_server(("127.0.0.1", 0)) as peer:
            client = subprocess.Popen(
                [CLIENT, "--terminal", f"127.0.0.1:{peer.getsockname()[1]}", "--header", "X-A: b c",
                 "--header", "Authorization:Bearer x", "--subprotocol", "v2", "--subprotocol", "v1",
                 "--origin", "https://example.org"],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            connection, _ = peer.accept()
            with connection:
                request = b""
                while b"\r\n\r\n" not in request:
                    request += connection.recv(4096)
            client.wait(TIMEOUT)
        for line in (b"X-A: b c", b"Authorization: Bearer x", b"Origin: https://example.org",
                     b"Sec-WebSocket-Protocol: v2, v1"):
            self.assertIn(b"\r\n" + line + b"\r\n", request)

    def test_tls_with_a_ca_of_its_own(self):
        with tempfile.TemporaryDirectory() as folder:
            key, certificate = f"{folder}/key.pem", f"{folder}/certificate.pem"
            subprocess.run(["openssl", "req", "-x509", "-nodes", "-days", "1", "-subj", "/CN=here", "-addext",
                            "subjectAltName=IP:127.0.0.1", "-newkey", "ec", "-pkeyopt",
                            "ec_paramgen_curve:prime256v1", "-keyout", key, "-out", certificate],
                           check=True, capture_output=True, timeout=TIMEOUT)
            with subprocess.Popen([SERVER, "--listen", "127.0.0.1", "--port", "0", "--tls-certificate", certificate,
                                   "--tls-key", key], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                  text=True) as server:
                try:
                    url = server.stdout.readline().removeprefix("listening on ").strip()
                    self.assertEqual(talk_in_bytes(url, lines=b"hello\n"), (b"", 1))
                    self.assertEqual(talk_in_bytes("--ca", certificate, url, lines=b"hello\n"), (b"hello\n", 0))
                    # Without it, what is said names the fingerprint with which this one alone is trusted.
                    refused = talk("--terminal", url)
                    self.assertEqual(refused.returncode, 1)
                    pin = re.search(r" with --pin ([0-9A-F:]{95})$", refused.stderr.strip())
                    self.assertTrue(pin, refused.stderr)
                    digest = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"],
                                            check=True, capture_output=True, text=True, timeout=TIMEOUT).stdout
                    self.assertEqual(pin.group(1), digest.strip().partition("=")[2])
                    for typed in (pin.group(1), pin.group(1).replace(":", "").lower()):
                        self.assertEqual(talk_in_bytes("--pin", typed, url, lines=b"hello\n"), (b"hello\n", 0))
                    other = talk("--terminal", "--pin", "ab" * 32, url)
                    self.assertEqual(other.returncode, 1)
                    self.assertIn("has changed", other.stderr)
                    self.assertNotIn("--pin", other.stderr)
                finally:
                    server.terminate()

    def test_wrong_values_are_said_before_connecting(self):
        for arguments in (["--header", "Upgrade: x"], ["--header", "secret"], ["--subprotocol", "a b"],
                          ["--origin", "a\nb"], ["--header", "a\nb: c"],
                          ["--subprotocol", "a\nb"], ["--pin", "ab", "wss://localhost"], ["--pin", "ab" * 32],
                          ["--ping-interval", "often"], ["--ping-interval", "0.5"], ["ws://ann:secret@localhost"]):
            with self.subTest(arguments):
                result = talk("--terminal", *arguments)
                self.assertEqual(result.returncode, 2)
                self.assertEqual(len(result.stderr.splitlines()), 1)
                self.assertNotIn("secret", result.stderr)

    def seen_on_a_screen(self, *arguments, **variables):
        """What a terminal shows of a short conversation."""
        person, terminal = pty.openpty()
        self.addCleanup(os.close, person)
        environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
        client = subprocess.Popen(
            [CLIENT, "--terminal", "--once", "--send", "hello", *arguments, self.server.url],
            stdin=terminal, stdout=terminal, stderr=terminal, env={**environment, **variables})
        os.close(terminal)
        seen = b""
        while b"# socket closed" not in seen:
            self.assertTrue(select.select([person], [], [], TIMEOUT)[0], seen)
            seen += os.read(person, 4096)
        self.assertEqual(client.wait(TIMEOUT), 0)
        return seen

    def test_colours_are_for_terminals(self):
        self.assertIn(b"\x1b[36m> hello\x1b[0m", self.seen_on_a_screen(TERM="xterm"))
        self.assertNotIn(b"\x1b[36m", self.seen_on_a_screen(TERM="xterm", NO_COLOR="1"))
        self.assertNotIn(b"\x1b[36m", self.seen_on_a_screen(TERM="dumb"))
        self.assertNotIn("\x1b", talk("--terminal", self.server.url, lines="hello\n").stdout)

    def test_raw_is_not_for_screens(self):
        self.assertIn(b"# socket open", self.seen_on_a_screen("--raw"))

    def test_a_server_that_is_killed(self):
        with self.piped() as client:
            self.assertEqual(client.stdout.readline(), "# socket open\n")
            self.server.end(signal.SIGKILL)
            self.assertEqual(client.wait(TIMEOUT), 1)
            self.assertIn("was lost", client.stderr.read())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
