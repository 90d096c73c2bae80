# SPDX-License-Identifier: MIT
"""What the server logs of peers that would like to write its log: one harmless line for each event.

usage: test_logs.py AWESOME-CHAT-SERVER
"""

import re
import signal
import unicodedata

from rawpeer import (BINARY, CLOSE, PING, REQUEST, TEXT, Peer, Server, ServerTest, close_frame, frame, measured,
                     run_tests)

LONGEST_LINE = 1024  # bytes, with its end
FORGED = "2026-01-01 00:00:00.000 #1 disconnected: 1000 all is well"
EVIL = ("\x1b[31mred\x1b]0;title\x07", "bell\x07\x08\x7f", f"a\r\n{FORGED}", f"a\n{FORGED}\n", "\u202eexe.txt",
        "\u2066\u200f\ufeff\u061c", "\u2028\u2029\x85\x9b31m", "tab\tnul\0", "\U000e0041\U000e0042", "\\x1b\\n",
        "\U000e0041" * 2000, "\x1b" * 5000, "é€😀", "x" * 1_000_000)

TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}"
FROM = r"from 127\.0\.0\.1:\d+"
EVENTS = {
    "connected": rf"{TIME} #(\d+) connected {FROM} to .*",
    "disconnected": rf"{TIME} #(\d+) disconnected: .*",
    "refused": rf"{TIME} #(\d+) refused {FROM}(?: to .*)?: HTTP \d{{3}}(?:, origin .*)?",
    "message": rf"{TIME} #(\d+) (?:text|binary) \d+ bytes: .*",
}


def request(target=b"/", host=b"localhost", extra=b""):
    return REQUEST.replace(b"GET / ", b"GET " + target + b" ").replace(b"Host: localhost", b"Host: " + host, 1) \
        .replace(b"\r\n\r\n", b"\r\n" + extra + b"\r\n")


class Logs(ServerTest):
    def start(self, *flags):
        self.server = self.enterContext(Server(*flags))

    def visit(self, head, *frames):
        """Sends all that, and waits for the end."""
        with Peer(self.server) as peer:
            try:
                peer.send(head + b"".join(frames) + close_frame())
                peer.end_output()
                answer = peer.read_end()
            except ConnectionError:  # it may be refused before it has said all
                answer = b""
        return answer

    def events(self):
        """Ends the server; returns (event, number of the peer, line) for each line of the log."""
        self.server.send_signal(signal.SIGTERM)
        self.assertEqual(self.server.wait()[0], 0)
        log = self.server.log()
        self.assertTrue(log.endswith("\n"), log[-200:])
        events = []
        longest = 0
        for line in log[:-1].split("\n"):
            self.assert_harmless(line)
            longest = max(longest, len(line.encode()) + 1)
            for event, pattern in EVENTS.items():
                if match := re.fullmatch(pattern, line):
                    events.append((event, int(match[1]), line))
                    break
            else:
                self.fail(f"no event of the server: {line!r}")
        measured("lines", f"{len(events)}, the longest of {longest} bytes")
        self.assertLessEqual(longest, LONGEST_LINE)
        return events

    def assert_harmless(self, line):
        harmful = {character for character in line
                   if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
        self.assertEqual(harmful, set(), line)

    def assert_one_line_each(self, events, peers):
        """One that comes and one that goes, or one that refuses; nothing else, and each once."""
        of_peers = {}
        for event, number, _ in events:
            of_peers.setdefault(number, []).append(event)
        self.assertEqual(len(of_peers), peers)
        for number, names in of_peers.items():
            self.assertIn(names, (["connected", "disconnected"], ["refused"]), f"of #{number}")

    def test_words_in_the_request(self):
        self.start()
        peers = 0
        refused = 0
        for word in EVIL:
            for encoding in ("utf-8", "latin-1"):
                raw = word.encode(encoding, "replace")
                quoted = "".join(f"%{byte:02x}" for byte in raw[:1000]).encode()
                for head in (request(target=b"/" + raw), request(target=b"/" + quoted),
                             request(target=b"/?greeting=" + quoted),
                             request(host=raw), request(extra=b"Origin: " + raw + b"\r\n"),
                             request(extra=b"Origin: http://" + raw + b"\r\n"),
                             request(extra=b"User-Agent: " + raw + b"\r\n"),
                             request(extra=b"Sec-WebSocket-Protocol: " + raw + b"\r\n"),
                             raw + request(), raw + b"\r\n\r\n"):
                    refused += not self.visit(head).startswith(b"HTTP/1.1 101 ")
                    peers += 1
        measured("requests", f"{peers}, of which {refused} were refused")
        self.assertGreater(refused, 50)
        self.assertGreater(peers - refused, 50)
        self.assert_one_line_each(self.events(), peers)

    def test_words_in_close_frames(self):
        self.start("--verbose")
        for word in EVIL:
            reason = word.encode()[:123]
            while True:  # nor may it be cut inside a character
                try:
                    reason.decode()
                    break
                except UnicodeDecodeError:
                    reason = reason[:-1]
            self.visit(REQUEST, close_frame(1000, reason), close_frame(4999, reason))
            self.visit(REQUEST, close_frame(4999, reason))
        events = self.events()
        self.assert_one_line_each(events, 2 * len(EVIL))
        self.assertTrue(any("red" in line for _, _, line in events), "a reason is logged")

    def messages(self):
        for word in EVIL:
            payload = word.encode()
            yield frame(TEXT, payload)
            yield frame(BINARY, payload)
            yield frame(PING, payload[:125])

    def test_payloads_are_nobodys_business(self):
        self.start()
        marker = b"correct horse battery staple"
        self.visit(REQUEST, *self.messages(), frame(TEXT, marker), frame(BINARY, marker), frame(PING, marker))
        self.visit(REQUEST, frame(TEXT, marker + b"\xff"))  # 1007
        self.visit(REQUEST, frame(TEXT, marker, final=False), frame(TEXT, marker))  # 1002
        events = self.events()
        self.assert_one_line_each(events, 3)
        for _, _, line in events:
            for secret in ("horse", marker.hex(), marker.hex(" "), "red", "forged"):
                self.assertNotIn(secret, line)

    def test_payloads_with_verbose(self):
        self.start("--verbose")
        with Peer(self.server) as peer:
            peer.open()
            for message in self.messages():
                peer.send(message)
                peer.read_frame()
            peer.echo(b"correct horse battery staple")
            peer.leave()
        events = self.events()
        self.assertEqual([event for event, _, _ in events],
                         ["connected"] + ["message"] * (2 * len(EVIL) + 1) + ["disconnected"])
        self.assertIn("horse", events[-2][2])

    def test_broken_frames(self):
        self.start()
        broken = (b"\x81\x01x", frame(TEXT, b"\xff\x1b"), b"\xff\xff\xff\xff", frame(3, b"\x1b"),
                  frame(PING, b"\x1b" * 125)[:50], frame(CLOSE, b"\x03"), frame(CLOSE, b"\x03\xe8\xff\x1b"),
                  frame(TEXT, b"\x1b", final=False))
        for data in broken:
            self.visit(REQUEST, data)
        self.assert_one_line_each(self.events(), len(broken))


if __name__ == "__main__":
    run_tests()
