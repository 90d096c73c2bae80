# SPDX-License-Identifier: MIT
"""What /metrics says is exactly what was done, and it and /healthz answer at once whatever else goes on.

usage: test_metrics.py AWESOME-CHAT-SERVER OPENSSL MILLISECONDS

MILLISECONDS is how long nine of ten answers may take at most, whatever else goes on.
"""

import contextlib
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from watchedserver import (BINARY, CLOSE, CONTINUATION, GREETING, PATIENCE, PING, PONG, REQUEST, TEXT, UPGRADE,
                           Case, Peer, Server, close_frame, frame)


class Counting(Case):
    flags = ("--max-message-size", "65535")

    def test_starts_with_zeros(self):
        self.assertEqual(self.server.lines[1], f"metrics on http://127.0.0.1:{self.server.metrics_port}/metrics\n")
        self.assertEqual(self.server.get("/healthz")[:2], (200, "ok\n"))
        self.assertEqual(self.server.get("/")[0], 404)
        self.assert_counted()

    def test_conversation(self):
        peer = self.open_peer()
        for opcode, kind, payload, count in ((TEXT, "text", "Grüße".encode(), 100), (TEXT, "text", b"", 1),
                                             (BINARY, "binary", bytes(65535), 5), (BINARY, "binary", b"\xff", 7)):
            for _ in range(count):
                peer.send(frame(opcode, payload))
                self.assertEqual(peer.read_frame(), (opcode, payload))
            self.do_message("received", kind, payload, count)
            self.do_message("sent", kind, payload, count)
        # A message in pieces is one, with a ping between them.
        peer.send(frame(TEXT, b"one ", final=False) + frame(PING, b"now") + frame(CONTINUATION, b"message"))
        self.assertEqual(peer.read_frame(), (PONG, b"now"))
        self.assertEqual(peer.read_frame(), (TEXT, b"one message"))
        for direction in ("received", "sent"):
            self.do_message(direction, "text", b"one message")
        self.do_message("received", "ping", b"now")
        self.do_message("sent", "pong", b"now")
        peer.send(frame(PONG, b"unasked"))
        self.do_message("received", "pong", b"unasked")
        self.do("network_received_bytes_total", peer.sent)
        self.do("network_sent_bytes_total", peer.received)
        self.assert_counted(ignore="event_loop_lag")

        sent, received = peer.sent, peer.received
        peer.close()
        self.do_close(1000)
        self.do("network_received_bytes_total", peer.sent - sent)
        self.do("network_sent_bytes_total", peer.received - received)
        self.assert_counted(ignore="event_loop_lag")

    def test_closes_by_code(self):
        for code, label in ((1000, 1000), (1001, 1001), (1011, 1011), (3000, "3xxx"), (4999, "4xxx")):
            self.open_peer().close(code)
            self.do_close(label)
        peer = self.open_peer()
        peer.send(frame(CLOSE))
        peer.read_to_end()
        peer.end()
        self.do_close(1005)
        self.open_peer().reset()
        self.do_close(1006)
        self.open_peer().end()
        self.do_close(1006)
        peer = self.open_peer()
        peer.send(frame(BINARY, bytes(1000))[:500])
        peer.reset()
        self.do_close(1006)
        self.assert_counted()

    def test_closes_of_those_who_break_the_rules(self):
        for bad, code in ((frame(TEXT, b"x", masked=False), 1002), (frame(TEXT, b"\xff"), 1007),
                          (frame(BINARY, final=False) + 1024 * frame(CONTINUATION, final=False), 1008),
                          (b"\x82\xff" + struct.pack(">Q", 65536), 1009)):
            with self.subTest(code=code):
                peer = self.open_peer()
                peer.send(bad)
                opcode, payload = peer.read_frame()
                self.assertEqual((opcode, payload[:2]), (CLOSE, struct.pack(">H", code)))
                peer.send(close_frame(code))
                peer.read_to_end()
                peer.end()
                self.do_close(code)
        self.assert_counted()

    def test_refused(self):
        start = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
        for request, status, reason in (
                (b"\x16\x03\x01\r\n\r\n", 400, "bad_request"),
                (start.replace(b"localhost", b"example.org") + UPGRADE, 403, "forbidden"),
                (REQUEST.replace(b"GET", b"POST"), 405, "method_not_allowed"),
                (start, 408, "request_timeout"),
                (start + b"\r\n", 426, "upgrade_required"),
                (start + 101 * b"A: b\r\n" + b"\r\n", 431, "head_too_large"),
                (REQUEST.replace(b"/1.1", b"/2.0"), 505, "version_not_supported")):
            with self.subTest(status=status):
                peer = self.peer()
                peer.send(request)
                self.assertRegex(peer.read_to_end(), b"^HTTP/1.1 %d " % status)
                peer.end()
                self.do("connections_refused_total", status=status, reason=reason)
        self.assert_counted()

    def test_gone_before_the_handshake(self):
        self.peer().end()
        peer = self.peer()
        peer.send(REQUEST[:50])
        peer.reset()
        self.assert_counted()

    def test_backlog(self):
        peer = self.open_peer()
        payload = bytes(65535)
        peer.socket.setblocking(False)
        count = 0
        rest = b""
        deadline = time.monotonic() + PATIENCE
        while self.server.metrics()["backlog_bytes"] == 0:
            self.assertLess(time.monotonic(), deadline, "a peer that reads nothing has no backlog")
            with contextlib.suppress(BlockingIOError):
                while True:
                    if not rest:
                        rest = frame(BINARY, payload)
                        count += 1
                    rest = rest[peer.socket.send(rest):]
        peer.socket.settimeout(PATIENCE)
        sender = threading.Thread(target=peer.socket.sendall, args=(rest,))
        sender.start()
        for _ in range(count):
            self.assertEqual(peer.read_frame(), (BINARY, payload))
        sender.join()
        for direction in ("received", "sent"):
            self.do_message(direction, "binary", payload, count)
        self.assert_counted()

    def test_drain(self):
        polite, silent = self.open_peer(), self.open_peer()
        self.server.process.send_signal(signal.SIGTERM)
        for peer in (polite, silent):
            self.assertEqual(peer.read_frame(), (CLOSE, b"\x03\xe9Server stopping"))
        self.assertEqual(self.server.get("/healthz")[:2], (503, "draining\n"))
        polite.send(close_frame(1001))
        polite.end()
        self.do_close(1001)
        # The other one is waited for.
        self.assert_counted()
        silent.send(close_frame(1001))
        silent.end()
        self.assertEqual(self.server.process.wait(PATIENCE), 0)


class CountingTheTurnedAway(Case):
    flags = ("--max-connections", "30", "--max-connections-per-address", "20")

    def test_full(self):
        for room, source, other_source, reason in ((20, "127.0.0.1", "127.0.0.1", "address_full"),
                                                   (10, "127.0.0.2", "127.0.0.3", "full")):
            for _ in range(room):
                self.open_peer(source)
            for _ in range(50):
                with self.peer(other_source) as peer:
                    self.assertRegex(peer.read_to_end(), b"^HTTP/1.1 503 ")
                self.do("connections_refused_total", status=503, reason=reason)
        self.assert_counted()


class CountingWithFewFiles(Case):
    max_files = 128

    def test_out_of_files(self):
        """More peers than the system has files for."""
        peers = [self.enterContext(self.server.peer()) for _ in range(300)]
        self.assert_soon("out of files", "/healthz")
        self.assert_soon("out of files", "/metrics")
        refused = 0
        for peer in peers:
            peer.socket.settimeout(PATIENCE)
            try:
                peer.upgrade()
                self.do("connections_upgraded_total")
                self.do("connections_open")
                self.do_message("sent", "text", GREETING)
            except (AssertionError, OSError):
                refused += 1
        self.do("connections_accepted_total", len(peers))
        print(f"{len(peers) - refused} of {len(peers)} served")
        self.assertGreater(refused, 100)
        self.assertGreater(len(peers) - refused, 50)
        refusals = [name for name in self.done if name.startswith("connections_refused_total")]
        deadline = time.monotonic() + PATIENCE
        while sum(self.server.metrics()[name] for name in refusals) != refused:
            self.assertLess(time.monotonic(), deadline, f"not {refused} refused, but {self.server.metrics()}")
        self.assert_counted(ignore=("event_loop_lag", "network_", "connections_refused_total"))


class Visitor(threading.Thread):
    """Comes again and again, talks, and leaves in turns politely and not."""

    VISITS = 200
    MESSAGES = 10
    PAYLOAD = b"one of ten"

    def __init__(self, server):
        super().__init__()
        self.server = server
        self.sent = self.received = 0
        self.error = None

    def run(self):
        try:
            for visit in range(self.VISITS):
                self.visit(is_polite=visit % 2 == 0)
        except (AssertionError, OSError) as error:
            self.error = error

    def visit(self, is_polite):
        with self.server.peer() as peer:
            peer.upgrade()
            for _ in range(self.MESSAGES):
                peer.send(frame(TEXT, self.PAYLOAD))
                assert peer.read_frame() == (TEXT, self.PAYLOAD)
            if is_polite:
                peer.close()
            else:
                peer.reset()
            self.sent += peer.sent
            self.received += peer.received


class CountingInSeveralThreads(Case):
    flags = ("--threads", "4")
    STAYING = 100
    VISITORS = 4

    def test_asked_again_and_again(self):
        """While peers come, talk and leave, each answer is complete and of one moment of each thread."""
        staying = [self.open_peer() for _ in range(self.STAYING)]
        visitors = [Visitor(self.server) for _ in range(self.VISITORS)]
        for visitor in visitors:
            visitor.start()
        answers = 0
        last = self.server.metrics()
        try:
            while any(visitor.is_alive() for visitor in visitors):
                now = self.server.metrics()
                answers += 1
                self.assert_follows(now, last)
                last = now
        finally:
            for visitor in visitors:
                visitor.join()
        self.assertEqual([visitor.error for visitor in visitors if visitor.error], [])
        print(f"{answers} answers while {self.VISITORS} peers at a time came {Visitor.VISITS} times each")
        self.assertGreater(answers, 10)

        visits = self.VISITORS * Visitor.VISITS
        self.do("connections_accepted_total", visits)
        self.do("connections_upgraded_total", visits)
        self.do_message("sent", "text", GREETING, visits)
        for direction in ("received", "sent"):
            self.do_message(direction, "text", Visitor.PAYLOAD, visits * Visitor.MESSAGES)
        for code in (1000, 1006):
            self.do("connections_closed_total", visits // 2, code=code)
        self.do("network_received_bytes_total", sum(peer.sent for peer in (*staying, *visitors)))
        self.do("network_sent_bytes_total", sum(peer.received for peer in (*staying, *visitors)))
        self.assert_counted(ignore="event_loop_lag")

    def assert_follows(self, now, last):
        self.assertEqual(now.keys(), last.keys())
        self.assertEqual([name for name in now if "_total" in name and now[name] < last[name]], [], "it has sunk")
        closed = sum(count for name, count in now.items() if name.startswith("connections_closed_total"))
        self.assertEqual(now["connections_open"], now["connections_upgraded_total"] - closed)
        self.assertLessEqual(now["connections_upgraded_total"], now["connections_accepted_total"])


class AnsweringAtOnce(Case):
    def test_beside_a_flood(self):
        """Small messages as fast as one peer can send and read them."""
        peer = self.open_peer()
        payload = b"16 bytes of text"
        batch = 4000 * frame(TEXT, payload)
        batches = 0
        is_over = threading.Event()

        def send():
            nonlocal batches
            while not is_over.is_set():
                peer.send(batch)
                batches += 1

        def read():
            while peer.fill():
                peer.buffer = b""

        threads = [threading.Thread(target=target) for target in (send, read)]
        for thread in threads:
            thread.start()
        try:
            self.assert_soon("beside a flood", "/healthz")
            self.assert_soon("beside a flood", "/metrics")
        finally:
            is_over.set()
            threads[0].join()
            peer.send(close_frame(1000))
            threads[1].join()
        for direction in ("received", "sent"):
            self.do_message(direction, "text", payload, 4000 * batches)
        self.do_close(1000)
        self.assert_counted()
        print(f"{4000 * batches} messages in the flood, all of them counted")

    def test_beside_metrics_clients_that_say_nothing(self):
        peers = [self.enterContext(Peer(self.server.metrics_port)) for _ in range(200)]
        self.assert_soon("beside 200 silent ones", "/healthz")
        for garbage in (b"\x16\x03\x01" + bytes(200), b"GET / HTTP/1.1\r\nX: " + bytes(1_000_000)):
            peers.append(self.enterContext(Peer(self.server.metrics_port)))
            with contextlib.suppress(OSError):
                peers[-1].send(garbage)
        self.assert_soon("beside garbage", "/metrics")


class AnsweringAtOnceWithTls(Case):
    openssl = None

    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        certificate, key = f"{folder}/certificate.pem", f"{folder}/key.pem"
        subprocess.run([self.openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                        "-nodes", "-subj", "/CN=localhost", "-keyout", key, "-out", certificate],
                       check=True, capture_output=True)
        self.flags = ("--tls-certificate", certificate, "--tls-key", key, "--max-connections-per-address", "2000")
        super().setUp()

    def test_beside_silent_peers(self):
        """TCP connections that do not begin TLS."""
        for count in (31, 80, 2000):
            with contextlib.ExitStack() as peers:
                for _ in range(count):
                    peers.enter_context(self.server.peer())
                self.assert_soon(f"beside {count} silent TLS peers", "/healthz")
                self.assert_soon(f"beside {count} silent TLS peers", "/metrics")


if __name__ == "__main__":
    Server.program, AnsweringAtOnceWithTls.openssl = sys.argv[1:3]
    Case.soon = float(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_NOFILE, 2 * (resource.getrlimit(resource.RLIMIT_NOFILE)[1],))
    unittest.main(argv=sys.argv[:1] + sys.argv[4:], verbosity=2)
