# SPDX-License-Identifier: MIT
"""Conversations replayed without a window: against our server, and against ones that answer wrongly.

usage: test_replay.py AWESOME-CHAT AWESOME-CHAT-SERVER
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import unittest

from programs import TIMEOUT, Server, without_display

CLIENT, SERVER = sys.argv[1:3]
WELCOME = "Welcome to Awesome Chat"


def sent(text, **more):
    return {"direction": "sent", "text": text, **more}


def received(text, **more):
    return {"direction": "received", "text": text, **more}


class Replay(unittest.TestCase):
    def setUp(self):
        self.server = Server(SERVER)
        self.addCleanup(lambda: self.server.process.poll() is None and self.server.end())
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = os.path.join(folder.name, "talk.jsonl")

    def write(self, *entries):
        """Writes a conversation; a str is a line as it is."""
        with open(self.file, "w", encoding="utf-8") as file:
            for entry in entries:
                file.write((entry if isinstance(entry, str) else json.dumps(entry)) + "\n")

    def replay(self, *arguments):
        return subprocess.run([CLIENT, "--replay", self.file, *arguments], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=TIMEOUT, env=without_display())

    def expect_failure(self, result, code, *words):
        self.assertEqual(result.returncode, code, result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)

    def test_our_server_answers_as_it_did(self):
        self.write(received(WELCOME), sent("hello"), received("hello"),
                   {"direction": "sent", "base64": "AP8="}, {"direction": "received", "base64": "AP8="},
                   sent("€ \x00 \u2028"), received("€ \x00 \u2028"))
        result = self.replay(self.server.url, "--quiet")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
        result = self.replay(self.server.url)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(result.stdout.splitlines(),
                         ["# socket open", f"< {WELCOME}", "> hello", "< hello", "> 00 ff", "< 00 ff",
                          "> € ␀ ⟨U+2028⟩", "< € ␀ ⟨U+2028⟩", "# socket closed cleanly from here: 1000, normal closure",
                          "Every answer is as in the file (sent: 3, received: 4)."])

    def test_the_server_is_that_of_the_file(self):
        header = {"format": "awesome-chat-conversation", "version": 1, "server": self.server.url}
        self.write(header, received(WELCOME))
        self.assertEqual(self.replay("--quiet").returncode, 0)
        self.server.end()
        self.expect_failure(self.replay("--quiet"), 1, "Nothing listens")

    def test_a_wrong_answer_is_shown_beside_the_right_one(self):
        self.write(received(WELCOME), sent("hello"), received("Hello!\x1b"), sent("never sent"))
        for arguments in ((), ("--quiet",)):
            result = self.replay(self.server.url, *arguments)
            self.expect_failure(result, 1)
            self.assertEqual(result.stderr.splitlines(),
                             ["awesome-chat: Answer 2 is not the one in line 3 of the file.",
                              "expected: text, 7 bytes: “Hello!␛”", "received: text, 5 bytes: “hello”"])
            self.assertNotIn("never sent", result.stdout)
            self.assertEqual("< hello" in result.stdout, not arguments)

    def test_another_greeting(self):
        self.write(received(WELCOME), sent("hello"), received("hello"))
        result = self.replay(self.server.url + "/?greeting=Hi", "--quiet")
        self.expect_failure(result, 1, WELCOME, "“Hi”", "line 1")

    def test_no_greeting(self):
        self.write(received(WELCOME), sent("hello"), received("hello"))
        result = self.replay(self.server.url + "/?greeting=off", "--quiet", "--wait", "0.2")
        self.expect_failure(result, 1, "Nothing came for 0.2 s", WELCOME, "received: nothing")

    def test_more_than_expected(self):
        self.write(sent("hello"), received("hello"))
        result = self.replay(self.server.url + "/?greeting=off&flood=3&size=5", "--quiet")
        self.expect_failure(result, 1, "expected: text, 5 bytes: “hello”")
        self.write(received("hello"))
        result = self.replay(self.server.url + "/?greeting=hello&flood=1&size=5", "--quiet")
        self.expect_failure(result, 1, "one message more than the file has after line 1", "expected: nothing")

    def test_slow_answers_are_waited_for(self):
        self.write(sent("a"), received("a"), sent("b"), received("b"))
        result = self.replay(self.server.url + "/?greeting=off&delay=300", "--quiet")
        self.assertEqual(result.returncode, 0, result.stderr)
        result = self.replay(self.server.url + "/?greeting=off&delay=3000", "--quiet", "--wait", "0.1")
        self.expect_failure(result, 1, "Nothing came")

    def test_a_server_that_closes_or_hangs_up(self):
        for query, word in (("close-after=1&code=4000&reason=enough", "4000, “enough”"), ("drop-after=1", "was lost")):
            with self.subTest(query):
                self.write(sent("a"), received("a"), received("b"))
                result = self.replay(self.server.url + "/?greeting=off&" + query, "--quiet")
                self.expect_failure(result, 1, word, "Line 3")
                # After the last answer it is nobody's business.
                self.write(sent("a"), received("a"))
                result = self.replay(self.server.url + "/?greeting=off&" + query, "--quiet")
                self.assertEqual(result.returncode, 0, result.stderr)

    def test_the_original_pace(self):
        self.write(sent("a", time="2026-11-22T15:04:05Z"), received("a", time="2026-11-22T15:04:05Z"),
                   sent("b", time="2026-11-22T15:04:06Z"), received("b", time="2026-11-22T15:04:06Z"))
        begin = time.monotonic()
        result = self.replay(self.server.url + "/?greeting=off", "--quiet", "--pace", "original")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertGreaterEqual(time.monotonic() - begin, 0.95)

    def test_several_connections(self):
        opened = {"direction": "local", "kind": "opened"}
        self.write(opened, received(WELCOME), sent("a"), received("a"), opened, received(WELCOME))
        result = self.replay(self.server.url)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout.count("# socket open"), 2)

    def test_a_file_that_is_no_conversation(self):
        self.write(sent("hello"), "", sent("x", kind="ping"))
        self.expect_failure(self.replay(self.server.url), 2, "talk.jsonl", "Line 3", "“ping”", "known are text")
        self.write(sent("hello"), "hello")
        self.expect_failure(self.replay(self.server.url), 2, "Line 2", "not JSON")
        self.write()
        self.expect_failure(self.replay(self.server.url), 2, "no messages")
        self.write(sent("hello"))
        self.expect_failure(self.replay(), 2, "server")
        os.remove(self.file)
        self.expect_failure(self.replay(self.server.url), 2, "talk.jsonl", "No such file")
        self.assertNotIn("connected", self.server.end_and_log())

    def test_a_pipe_cannot_be_read_twice(self):
        result = subprocess.run(["bash", "-c", f'"$0" --replay <(echo) "$1"', CLIENT, self.server.url],
                                capture_output=True, text=True, timeout=TIMEOUT, env=without_display())
        self.expect_failure(result, 2, "pipe")

    def test_wrong_usage(self):
        self.write(sent("hello"))
        self.expect_failure(self.replay("--pace", "fast"), 2, "fast")
        self.expect_failure(self.replay("--terminal"), 2, "--terminal")

    def test_output_that_nobody_reads(self):
        self.write(received(WELCOME), sent("a" * 100_000), received("a" * 100_000))
        result = subprocess.run(["bash", "-c", 'set -o pipefail; "$0" --replay "$1" "$2" | true',
                                 CLIENT, self.file, self.server.url + "/?delay=300"],
                                capture_output=True, text=True, timeout=TIMEOUT, env=without_display())
        self.expect_failure(result, 1, "output was closed")

    def test_a_long_conversation(self):
        count = 20_000
        lines = [received(WELCOME)]
        for number in range(count):
            lines += [sent(f"line {number}"), received(f"line {number}")]
        self.write(*lines)
        begin = time.monotonic()
        result = self.replay(self.server.url, "--quiet")
        print(f"{count} round trips replayed in {time.monotonic() - begin:.1f} s")
        self.assertEqual(result.returncode, 0, result.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
