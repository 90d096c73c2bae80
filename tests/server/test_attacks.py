# SPDX-License-Identifier: MIT
"""Peers that want to harm: half-open handshakes, endless heads, floods that are not read, odd ends.

usage: test_attacks.py AWESOME-CHAT-SERVER
"""

import socket
import statistics
import threading
import time
from contextlib import suppress

from rawpeer import (BINARY, CLOSE, GREETING, ONE_LOOP, REQUEST, TEXT, Crowd, Peer, Server, ServerTest, Visits,
                     close_frame, frame, is_served, measured, milliseconds, percentile, run_tests, source,
                     timed_visit, wait_for)

KIBIBYTE = 1024
MEBIBYTE = 1024 * 1024


class HalfOpen(ServerTest):
    """Connections whose request never ends."""

    def test_silence_and_half_a_request(self):
        count = 2000
        with Server() as server:
            timed_visit(server)
            memory, files = server.memory(), server.files()
            with Visits(server) as visits, Crowd(server, count) as crowd:
                for connection in crowd.sockets[::3]:
                    connection.send(REQUEST[:-2])
                wait_for(lambda: server.files() >= files + count, "all are taken", seconds=2)
                each = (server.memory() - memory) / count
                ends = crowd.read_ends()
                wait_for(lambda: server.files() <= files + 1, "the end of all", seconds=4)
                gone = time.monotonic() - crowd.begin
            self.assertEqual({answer.split(b"\r\n")[0] for answer, _ in ends}, {b"HTTP/1.1 408 Request Timeout"})
            first, half, last = (percentile([seconds for _, seconds in ends], part) for part in (0, 50, 100))
            measured(f"{count} half-open handshakes",
                     f"ended from {first:.2f} s to {last:.2f} s, half of them by {half:.2f} s, "
                     f"forgotten at {gone:.2f} s though they do not close, "
                     f"{each:.1f} KiB each; honest visits beside them: {visits}")
            self.assertGreater(first, 2.5)
            self.assert_below(half, 3.5)
            self.assert_below(last, 4)
            # They have 2 s more to close their side, as any peer has.
            self.assert_below(gone, 6)
            self.assert_below(each, 30)
            self.assert_below(statistics.median(visits.seconds), 0.1)
            self.assert_below(max(visits.seconds), 2)

    def test_endless_heads(self):
        with Server() as server, Crowd(server, 20) as crowd:
            before = server.cpu()
            memory = server.memory()
            line = b"X-Endless: " + bytes([120]) * 1000 + b"\r\n"
            crowd.send(REQUEST[:-2])
            for _ in range(780):
                for connection in crowd.sockets:
                    with suppress(OSError):  # it may be refused by now
                        connection.send(line)
            answers = crowd.read_ends()
            cpu = server.cpu() - before
            growth = server.memory() - memory
            measured("20 heads of 780 KB", f"{cpu:.2f} s of CPU, {growth} KiB")
            self.assertEqual({answer.split(b"\r\n")[0] for answer, _ in answers},
                             {b"HTTP/1.1 431 Request Header Fields Too Large"})
            self.assert_below(cpu, 0.2)

    def test_a_byte_at_a_time(self):
        with Server() as server, Crowd(server, 20) as crowd:
            before = server.cpu()
            sent = 0

            def dribble():
                nonlocal sent
                for connection in crowd.sockets:
                    with suppress(OSError):
                        sent += connection.send(b"GET /" if sent == 0 else b"a")
                return time.monotonic() - crowd.begin > 2.5
            wait_for(dribble, "2.5 s")
            ends = crowd.read_ends(2)
            cpu = server.cpu() - before
            measured(f"{sent} bytes of 20 heads, one at a time", f"{cpu:.2f} s of CPU")
            for answer, seconds in ends:
                self.assertEqual(answer.split(b"\r\n")[0], b"HTTP/1.1 408 Request Timeout")
                self.assert_below(seconds, 3.5)
            self.assert_below(cpu, 0.2 + 0.0001 * sent)


class TooMany(ServerTest):
    def assert_full(self, crowd):
        ends = crowd.read_ends()
        slowest = max(seconds for _, seconds in ends)
        self.assertEqual({answer.split(b"\r\n")[0] for answer, _ in ends}, {b"HTTP/1.1 503 Service Unavailable"})
        measured(f"{len(ends)} peers too many", f"all refused within {milliseconds(slowest)}")
        self.assert_below(slowest, 1)

    def test_of_one_address(self):
        with Server() as server, Crowd(server, 1000, per_address=1000) as crowd:
            crowd.open()
            for request in (b"", REQUEST):
                with Crowd(server, 10, per_address=1000) as more:
                    more.send(request)
                    self.assert_full(more)
            timed_visit(server)  # from another address
            crowd.sockets.pop().close()
            wait_for(lambda: is_served(server, address=source(0)), "room for another one", seconds=1)

    def test_in_all(self):
        with Server("--max-connections", "50") as server, Crowd(server, 49, per_address=10) as crowd:
            crowd.open()
            with Peer(server, address=source(100)) as peer:
                peer.open()
                with Crowd(server, 200, first=1000) as more:
                    self.assert_full(more)
                echo = percentile([peer.echo() for _ in range(100)], 99)
                measured("p99 of an echo while it is full", milliseconds(echo))
                peer.leave()
            wait_for(lambda: is_served(server), "room for another one", seconds=1)


class HalfClose(ServerTest):
    """A peer that has said all (FIN) and still listens is owed every echo, and a clean end."""

    def setUp(self):
        self.server = self.enterContext(Server(*ONE_LOOP))

    def assert_echoes_and_end(self, peer, messages):
        for number, message in enumerate(messages):
            try:
                answer = peer.read_frame()
            except (EOFError, ConnectionResetError) as error:
                answer = error
            if answer != message:
                self.fail(f"instead of the echo of message {number} of {len(messages)}: {str(answer)[:200]}")
        rest = peer.read_end()
        self.assertIn(rest[:1], (b"", bytes([0x80 | CLOSE])), "nothing but a Close frame may follow")

    def test_after_some_messages(self):
        messages = [(TEXT, b"%06d" % number) for number in range(1000)]
        with Peer(self.server) as peer:
            peer.open()
            peer.send(b"".join(frame(*message) for message in messages))
            peer.end_output()
            self.assert_echoes_and_end(peer, messages)

    def test_with_the_request(self):
        messages = [(TEXT, b"one"), (BINARY, b"two"), (TEXT, b"three")]
        with Peer(self.server) as peer:
            peer.send(REQUEST + b"".join(frame(*message) for message in messages))
            peer.end_output()
            try:
                status = peer.read_status()
            except EOFError as error:
                status = error
            self.assertEqual(status, 101)
            self.assertEqual(peer.read_frame(), (TEXT, GREETING))
            self.assert_echoes_and_end(peer, messages)

    def test_with_a_backlog(self):
        # What the kernel takes differs; at one of these sizes the end comes while echoes wait in the server, at the
        # larger ones while it does not read.
        for size in range(MEBIBYTE, 12 * MEBIBYTE, MEBIBYTE // 2):
            messages = [(BINARY, bytes([number]) * 64 * KIBIBYTE) for number in range(size // 64 // KIBIBYTE)]
            with self.subTest(size=size), Peer(self.server, receive_buffer=64 * KIBIBYTE) as peer:
                self.assert_echoes_of_a_late_reader(peer.open(), messages)

    def test_with_a_large_message(self):
        messages = [(TEXT, b"first"), (BINARY, bytes(16 * MEBIBYTE)), (TEXT, b"last")]
        with Peer(self.server, receive_buffer=64 * KIBIBYTE) as peer:
            self.assert_echoes_of_a_late_reader(peer.open(), messages)

    def assert_echoes_of_a_late_reader(self, peer, messages):
        def speak():
            for message in messages:
                peer.send(frame(*message))
            peer.end_output()
        speaker = threading.Thread(target=speak)
        speaker.start()
        try:
            speaker.join(0.1)
            # Turns of the server's loop, in which it takes what it wants to take.
            with Peer(self.server) as other:
                other.open()
                for _ in range(200):
                    other.echo()
            self.assert_echoes_and_end(peer, messages)
        finally:
            with suppress(OSError):  # which wakes the speaker, if need be
                peer.socket.shutdown(socket.SHUT_RDWR)
            speaker.join()


class NoClose(ServerTest):
    """A closing handshake that the peer does not finish ends 2 s after the server's Close frame."""

    def assert_dropped(self, server, peer, code, what):
        begin = time.monotonic()
        self.assertEqual(peer.read_close(), code)
        wait_for(lambda: server.files() == self.files, f"the end of {what}", seconds=5)
        seconds = time.monotonic() - begin
        measured(f"{what}, dropped after", f"{seconds:.2f} s")
        self.assertGreater(seconds, 1.5)
        self.assert_below(seconds, 2.5)

    def test_silent_after_the_close_frame(self):
        with Server() as server:
            self.files = server.files()
            for code, what, last in ((1000, "a closing peer that stays", close_frame()),
                                     (1002, "a peer with a bad frame that stays", b"\x81\x01x")):
                with self.subTest(what), Peer(server) as peer:
                    peer.open()
                    peer.send(last)
                    self.assert_dropped(server, peer, code, what)

    def test_talking_after_the_close_frame(self):
        with Server() as server:
            self.files = server.files()
            with Peer(server) as peer:
                peer.open()
                peer.send(b"\x81\x01x")
                stop = threading.Event()

                def speak():
                    with suppress(OSError):  # what the test is about
                        while not stop.is_set():
                            peer.send(bytes(64 * KIBIBYTE))
                speaker = threading.Thread(target=speak)
                speaker.start()
                try:
                    self.assert_dropped(server, peer, 1002, "a peer that talks on")
                finally:
                    stop.set()
                    speaker.join()


if __name__ == "__main__":
    run_tests()
