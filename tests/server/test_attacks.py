# SPDX-License-Identifier: MIT
"""Peers that want to harm: half-open handshakes, endless heads, floods that are not read, odd ends.

usage: test_attacks.py AWESOME-CHAT-SERVER
"""

import socket
import sys
import threading
import unittest
from contextlib import suppress

from rawpeer import BINARY, CLOSE, GREETING, REQUEST, TEXT, Peer, Server, frame, run_tests

SERVER = sys.argv[1]
KIBIBYTE = 1024
MEBIBYTE = 1024 * 1024


class HalfClose(unittest.TestCase):
    """A peer that has said all (FIN) and still listens is owed every echo, and a clean end."""

    def setUp(self):
        self.server = self.enterContext(Server(SERVER))

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
        # What the kernel takes differs; at one of these sizes the end comes while echoes wait in the server, at the larger
        # ones while it does not read.
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


if __name__ == "__main__":
    run_tests()
