# SPDX-License-Identifier: MIT
"""The times and the rate that a peer is held to, with short times so that nobody has to wait for the long ones.

usage: test_timeouts.py AWESOME-CHAT-SERVER
"""

import multiprocessing
import os
import signal
import socket
import time
from contextlib import suppress

from rawpeer import (BINARY, CLOSE, CONTINUATION, PING, PONG, REQUEST, TEXT, TIMEOUT, Peer, Server, ServerTest,
                     close_frame, frame, measured, milliseconds, run_tests, wait_for)

KIBIBYTE = 1024
SWEEP = 0.25  # seconds: how often the server looks at each peer's times
NOISE = 1  # and how much later it may be on a busy machine


class Timeouts(ServerTest):
    def start(self, *flags):
        self.server = self.enterContext(Server(*(str(flag) for flag in flags)))
        self.files = self.server.files()

    def peer(self, **how):
        return self.enterContext(Peer(self.server, **how)).open()

    def assert_dropped(self, begin, seconds, what):
        """The server forgets its only peer, that long after begin."""
        wait_for(lambda: self.server.files() == self.files, f"the end of {what}")
        took = time.monotonic() - begin
        measured(f"{what}, dropped after", f"{took:.2f} s (wanted: {seconds} s)")
        self.assertGreater(took, seconds - 0.05)
        self.assertLess(took, seconds + SWEEP + NOISE)

    def test_handshake_timeout(self):
        self.start("--handshake-timeout", 500, "--close-timeout", 300)
        with Peer(self.server) as peer:
            begin = time.monotonic()
            self.assertEqual(peer.read_status(), 408)
            peer.read_end()
            self.assertLess(time.monotonic() - begin, 0.5 + SWEEP + NOISE)
            self.assert_dropped(begin, 0.8, "half a handshake")

    def test_silence(self):
        self.start("--ping-after", 500, "--max-silence", 1000)
        peer = self.peer()
        begin = time.monotonic()
        self.assertEqual(peer.read_frame()[0], PING)
        pinged = time.monotonic() - begin
        measured("a silent peer is pinged after", milliseconds(pinged))
        self.assertGreater(pinged, 0.45)
        self.assert_dropped(begin, 1.0, "a silent peer")

    def test_silent_peers_that_answer_pings_stay(self):
        self.start("--ping-after", 300, "--max-silence", 900)
        peer = self.peer()
        begin = time.monotonic()
        pings = 0
        while time.monotonic() - begin < 2.5:
            opcode, payload = peer.read_frame()
            self.assertEqual(opcode, PING)
            pings += 1
            peer.send(frame(PONG, payload))
        measured("pings answered in 2.5 s", pings)
        self.assertGreater(pings, 2)
        self.assertLess(pings, 2.5 / 0.3 + 1, "one ping for each silence")
        peer.echo()
        peer.leave()

    def test_a_stopped_process(self):
        self.start("--ping-after", 300, "--max-silence", 1000)
        process = multiprocessing.Process(target=answer_pings, args=(self.server.port,))
        process.start()
        try:
            wait_for(lambda: self.server.files() > self.files, "it comes")
            begin = time.monotonic()
            while time.monotonic() - begin < 1.5:  # it lives longer than a silent one
                self.assertGreater(self.server.files(), self.files)
                time.sleep(0.05)
            os.kill(process.pid, signal.SIGSTOP)
            # What it has said last may be as old as its last pong.
            begin = time.monotonic() - 0.3 - SWEEP
            self.assert_dropped(begin, 1.0, "a stopped process")
        finally:
            process.kill()
            process.join()
            process.close()

    def test_a_pause_inside_a_message(self):
        """QWebSocket would end it after 5 s."""
        self.start()
        peer = self.peer()
        peer.send(frame(TEXT, "€".encode()[:1], final=False))
        rest = frame(CONTINUATION, "€".encode()[1:])
        peer.send(rest[:7])
        begin = time.monotonic()
        peer.socket.settimeout(5.5)
        with self.assertRaises(TimeoutError):
            peer.read_frame()
        self.assertGreater(time.monotonic() - begin, 5.4)
        peer.socket.settimeout(TIMEOUT)
        peer.send(rest[7:])
        self.assertEqual(peer.read_frame(), (TEXT, "€".encode()))
        peer.leave()

    def fill(self, peer):
        """Sends until nothing more is taken, and reads nothing."""
        peer.socket.settimeout(0.2)
        with self.assertRaises(TimeoutError):
            while True:
                peer.send(frame(BINARY, bytes(64 * KIBIBYTE)))
        peer.socket.settimeout(TIMEOUT)

    def test_a_stalled_reader(self):
        self.start("--max-stall", 1000)
        peer = self.peer(receive_buffer=8 * KIBIBYTE)
        begin = time.monotonic()
        self.fill(peer)
        self.assert_dropped(begin, 1.0, "a peer that reads nothing")
        # Otherwise the kernel would keep what is unread.
        with self.assertRaises(ConnectionResetError):
            peer.read_end()

    def test_a_slow_reader_is_kept(self):
        self.start("--max-stall", 1000, "--ping-after", 200, "--max-silence", 500)
        peer = self.peer(receive_buffer=64 * KIBIBYTE)
        self.fill(peer)
        begin = time.monotonic()
        got = 0
        while time.monotonic() - begin < 3:
            try:
                got += len(peer.socket.recv(4 * KIBIBYTE))
            except ConnectionResetError:
                self.fail(f"dropped after {time.monotonic() - begin:.2f} s and {got // KIBIBYTE} KiB, "
                          "though it reads on")
            time.sleep(0.01)
        measured("read slowly in 3 s", f"{got // KIBIBYTE} KiB")
        self.assertGreater(self.server.files(), self.files, "it is dropped, though it reads on")
        peer.reset()

    def test_a_close_that_is_not_answered(self):
        self.start("--close-timeout", 500)
        peer = self.peer()
        peer.send(b"\x81\x01x")
        begin = time.monotonic()
        self.assertEqual(peer.read_close(), 1002)
        self.assert_dropped(begin, 0.5, "a peer that does not close")

    def test_a_close_that_is_not_read(self):
        """A bad frame behind more echoes than the kernel takes: they are owed first, but not for ever."""
        self.start("--high-mark", 64 * KIBIBYTE * KIBIBYTE, "--max-stall", 1000, "--close-timeout", 500)
        peer = self.peer(receive_buffer=8 * KIBIBYTE)
        for _ in range(100):
            peer.send(frame(BINARY, bytes(64 * KIBIBYTE)))
        peer.send(b"\x81\x01x")
        self.assert_dropped(time.monotonic(), 1.0, "a peer that reads nothing of what it is owed")

    def test_a_close_that_is_read_very_slowly(self):
        self.start("--high-mark", 64 * KIBIBYTE * KIBIBYTE, "--max-stall", 60_000, "--max-closing", 1500)
        peer = self.peer(receive_buffer=64 * KIBIBYTE)
        for _ in range(200):
            peer.send(frame(BINARY, bytes(64 * KIBIBYTE)))
        peer.send(b"\x81\x01x")
        begin = time.monotonic()

        def read():
            with suppress(ConnectionResetError):
                peer.socket.recv(KIBIBYTE)
            return self.server.files() == self.files
        wait_for(read, "it is dropped")
        self.assert_dropped(begin, 1.5, "a closing peer that reads steadily but slowly")

    def test_drain_timeout(self):
        self.start("--drain-timeout", 500)
        self.fill(self.peer(receive_buffer=8 * KIBIBYTE))
        self.server.send_signal(signal.SIGTERM)
        code, seconds = self.server.wait()
        measured("SIGTERM beside a peer that reads nothing: over after", milliseconds(seconds))
        self.assertEqual(code, 0)
        self.assertGreater(seconds, 0.45)
        self.assertLess(seconds, 0.5 + NOISE)


def answer_pings(port):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(REQUEST)
        while connection.recv(4096):
            connection.sendall(frame(PONG))


class Rate(ServerTest):
    RATE, BURST = 200, 400

    def setUp(self):
        self.server = self.enterContext(
            Server("--message-rate", str(self.RATE), "--message-burst", str(self.BURST)))
        self.peer = self.enterContext(Peer(self.server)).open()

    def test_below_the_rate(self):
        """All of the burst, then nine tenths of the rate for a while."""
        peer = self.peer
        peer.send(frame(TEXT, b"burst") * self.BURST)
        for _ in range(self.BURST):
            self.assertEqual(peer.read_frame(), (TEXT, b"burst"))
        begin = time.monotonic()
        count = 0
        while (now := time.monotonic() - begin) < 2:
            if count + 1 < now * self.RATE * 0.9:  # the burst has left nothing
                peer.echo(b"steady", TEXT)
                count += 1
            else:
                time.sleep(0.001)
        measured("messages a second that are no offence",
                 f"{count / 2:.0f} of {self.RATE}, after a burst of {self.BURST}")
        peer.leave()

    def assert_too_many(self, message):
        begin = time.monotonic()
        for _ in range(10):
            self.peer.send(message * self.BURST)
        echoes = 0
        while True:
            opcode, payload = self.peer.read_frame()
            if opcode == CLOSE:
                break
            echoes += 1
        seconds = time.monotonic() - begin
        measured(f"of {10 * self.BURST} at once", f"{echoes} answered, then {int.from_bytes(payload[:2], 'big')}")
        self.assertEqual(int.from_bytes(payload[:2], "big"), 1008)
        self.assertGreaterEqual(echoes, self.BURST)
        self.assertLessEqual(echoes, self.BURST + self.RATE * seconds + 1)

    def test_above_the_rate(self):
        self.assert_too_many(frame(TEXT, b"too much"))

    def test_pings_above_the_rate(self):
        self.assert_too_many(frame(PING, b"too much"))

    def test_pongs_and_a_close_frame_do_not_count(self):
        """A peer has to send them, and cannot choose when."""
        peer = self.peer
        peer.send(frame(PONG) * 4 * self.BURST)
        peer.send(frame(TEXT, b"burst") * self.BURST + close_frame())
        for _ in range(self.BURST):
            self.assertEqual(peer.read_frame(), (TEXT, b"burst"))
        self.assertEqual(peer.read_close(), 1000)

    def test_no_rate_by_default(self):
        with Server() as server, Peer(server) as peer:
            peer.open()
            count = 50_000
            for _ in range(count // 100):
                peer.send(frame(TEXT, b"hello") * 100)
                for _ in range(100):
                    self.assertEqual(peer.read_frame(), (TEXT, b"hello"))
            peer.send(close_frame())
            self.assertEqual(peer.read_close(), 1000)


if __name__ == "__main__":
    run_tests()
