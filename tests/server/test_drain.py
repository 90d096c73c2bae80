# SPDX-License-Identifier: MIT
"""The server's end: what every peer is owed then, and that a new server can take its place at once.

usage: test_drain.py AWESOME-CHAT-SERVER
"""

import signal
import socket
import subprocess
import threading
import time
from contextlib import suppress

from rawpeer import (BINARY, CLOSE, ONE_LOOP, PROGRAM, REQUEST, TEXT, TIMEOUT, Crowd, Peer, Server, ServerTest,
                     close_frame, frame, measured, milliseconds, run_tests, timed_visit, wait_for)

DRAIN = 6  # seconds: how long the end may take at most
KIBIBYTE = 1024


class Talker(threading.Thread):
    """Talks until the server says 1001, answers that, and checks that no echo was lost before it."""

    AHEAD = 8  # messages that are on their way

    def __init__(self, server, number):
        super().__init__()
        self.number = number
        self.error = None
        self.echoes = 0
        self.peer = Peer(server)
        self.peer.open()

    def message(self, number):
        return frame(TEXT, b"%d of %d" % (number, self.number))

    def run(self):
        try:
            with self.peer:
                self.talk()
        except (AssertionError, OSError, EOFError) as error:
            self.error = error

    def talk(self):
        peer = self.peer
        peer.send(b"".join(self.message(number) for number in range(self.AHEAD)))
        while True:
            opcode, payload = peer.read_frame()
            if opcode == CLOSE:
                break
            assert (opcode, payload) == (TEXT, b"%d of %d" % (self.echoes, self.number)), payload
            self.echoes += 1
            peer.send(self.message(self.echoes + self.AHEAD - 1))
        assert payload[:2] == (1001).to_bytes(2, "big"), payload
        peer.send(close_frame(1001))
        assert peer.read_end() == b"", "something comes after the Close frame"


class Sigterm(ServerTest):
    def assert_ends(self, server, begin, within=DRAIN):
        code, _ = server.wait()
        seconds = time.monotonic() - begin
        measured(f"{self.id().rpartition('.')[2]}: exit code {code} after", milliseconds(seconds))
        self.assertEqual(code, 0, server.log()[-1000:])
        self.assertLess(seconds, within)

    def test_under_load(self):
        with Server() as server:
            talkers = [Talker(server, number) for number in range(200)]
            for talker in talkers:
                talker.start()
            wait_for(lambda: all(talker.echoes > 20 or talker.error for talker in talkers), "everybody talks")
            begin = time.monotonic()
            server.send_signal(signal.SIGTERM)
            for talker in talkers:
                talker.join()
            self.assertEqual([str(talker.error) for talker in talkers if talker.error], [])
            measured("echoes before 1001", sum(talker.echoes for talker in talkers))
            self.assert_ends(server, begin)

    def test_what_is_owed(self):
        """Peers that have not read their echoes yet get all of them, then 1001."""
        messages = [bytes([number]) * 64 * KIBIBYTE for number in range(96)]  # more than the kernel takes
        with Server(*ONE_LOOP, "--high-mark", str(64 * 1024 * KIBIBYTE)) as server, Peer(server) as other:
            other.open()
            peers = [self.enterContext(Peer(server, receive_buffer=8 * KIBIBYTE)).open() for _ in range(10)]
            memory = server.memory()
            for peer in peers:
                for message in messages:
                    peer.send(frame(BINARY, message))
            # Turns of the server's loop, in which it takes all that.
            for _ in range(200):
                other.echo()
            measured(f"waits in the server for {len(peers)} peers", f"{server.memory() - memory} KiB")
            begin = time.monotonic()
            server.send_signal(signal.SIGTERM)
            self.assertEqual(other.read_close(), 1001)
            for peer in peers:
                for message in messages:
                    answer = peer.read_frame()
                    self.assertTrue(answer == (BINARY, message), f"{answer[0]}, {answer[1][:20]!r} instead of the echo")
                self.assertEqual(peer.read_close(), 1001)
                peer.send(close_frame(1001))
                self.assertEqual(peer.read_end(), b"")
                peer.close()
            other.close()
            self.assert_ends(server, begin)

    def test_half_closed_peers_are_owed_too(self):
        messages = [b"%d" % number * 2000 for number in range(200)]
        with Server(*ONE_LOOP) as server, Peer(server, receive_buffer=8 * KIBIBYTE) as peer, Peer(server) as other:
            other.open()
            peer.open()
            peer.send(b"".join(frame(TEXT, message) for message in messages))
            peer.end_output()
            for _ in range(200):
                other.echo()
            begin = time.monotonic()
            server.send_signal(signal.SIGTERM)
            for message in messages:
                self.assertTrue(peer.read_frame() == (TEXT, message), "an echo is lost")
            self.assertIn(peer.read_end()[:1], (b"", b"\x88"))
            other.close()
            self.assert_ends(server, begin)

    def test_peers_that_do_not_answer(self):
        with Server() as server:
            mute = [self.enterContext(Peer(server)).open() for _ in range(20)]
            begin = time.monotonic()
            server.send_signal(signal.SIGTERM)
            for peer in mute:
                self.assertEqual(peer.read_close(), 1001)
            self.assert_ends(server, begin)

    def test_a_peer_that_does_not_read(self):
        with Server() as server, Peer(server, receive_buffer=8 * KIBIBYTE) as peer:
            self.fill(peer.open())
            begin = time.monotonic()
            server.send_signal(signal.SIGTERM)
            self.assert_ends(server, begin)

    def test_a_second_one(self):
        with Server() as server, Peer(server, receive_buffer=8 * KIBIBYTE) as peer, Peer(server) as other:
            self.fill(peer.open())
            other.open()
            server.send_signal(signal.SIGTERM)
            self.assertEqual(other.read_close(), 1001)  # it has seen the first one
            begin = time.monotonic()
            server.send_signal(signal.SIGTERM)
            self.assert_ends(server, begin, within=1)

    def test_nobody_new(self):
        with Server() as server, Peer(server, receive_buffer=8 * KIBIBYTE) as peer, Peer(server) as other:
            self.fill(peer.open())
            other.open()
            server.send_signal(signal.SIGTERM)
            self.assertEqual(other.read_close(), 1001)
            with self.assertRaises(ConnectionRefusedError):
                Peer(server)
            server.send_signal(signal.SIGTERM)
            # A third one, while it ends, would be taken as the system takes it.
            code, _ = server.wait()
            self.assertEqual(code, 0)

    @staticmethod
    def fill(peer):
        """Sends until nothing more is taken, and reads nothing."""
        peer.socket.settimeout(0.2)
        with suppress(TimeoutError):
            while True:
                peer.send(frame(BINARY, bytes(256 * KIBIBYTE)))
        peer.socket.settimeout(TIMEOUT)


class OtherSignals(ServerTest):
    def test_sigint_during_handshakes(self):
        with Server() as server, Crowd(server, 100) as crowd, Peer(server) as peer:
            crowd.send(REQUEST[:-2])
            peer.open()
            begin = time.monotonic()
            server.send_signal(signal.SIGINT)
            self.assertEqual(peer.read_close(), 1001)
            peer.send(close_frame(1001))
            peer.close()
            code, _ = server.wait()
            seconds = time.monotonic() - begin
            measured("SIGINT beside 100 half-open handshakes: over after", milliseconds(seconds))
            self.assertEqual(code, 0)
            self.assert_below(seconds, 1)  # nothing is owed to half a request

    def test_sigpipe(self):
        with Server() as server, Peer(server) as peer:
            peer.open()
            for _ in range(10):
                server.send_signal(signal.SIGPIPE)
                peer.echo()
            timed_visit(server)

    def test_nohup(self):
        """SIGHUP, which otherwise says that the terminal has gone, does not end who was told to ignore it."""
        process = subprocess.Popen(["nohup", PROGRAM, "--listen", "127.0.0.1", "--port", "0"],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        with process:
            try:
                port = int(process.stdout.readline().rsplit(b":", 1)[1])
                process.send_signal(signal.SIGHUP)
                for _ in range(5):
                    with socket.create_connection(("127.0.0.1", port), TIMEOUT) as connection:
                        connection.sendall(REQUEST + frame(TEXT, b"hello") + close_frame())
                        answer = b""
                        while received := connection.recv(4096):
                            answer += received
                        self.assertIn(b"hello", answer)
            finally:
                process.terminate()
        self.assertEqual(process.returncode, 0)

    def test_a_log_that_nobody_reads_any_more(self):
        process = subprocess.Popen([PROGRAM, "--listen", "127.0.0.1", "--port", "0", "--verbose"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        with process:
            try:
                port = int(process.stdout.readline().rsplit(b":", 1)[1])
                process.stdout.close()
                process.stderr.close()
                for _ in range(3):
                    with socket.create_connection(("127.0.0.1", port), TIMEOUT) as connection:
                        connection.sendall(REQUEST + frame(TEXT, b"hello") + close_frame())
                        answer = b""
                        while received := connection.recv(4096):
                            answer += received
                        self.assertIn(b"hello", answer)
            finally:
                process.terminate()
        self.assertEqual(process.returncode, 0)

    def test_stopped_and_continued(self):
        with Server() as server, Peer(server) as peer:
            peer.open()
            server.send_signal(signal.SIGSTOP)
            peer.send(frame(TEXT, b"are you there?"))
            server.send_signal(signal.SIGCONT)
            self.assertEqual(peer.read_frame(), (TEXT, b"are you there?"))


class Successor(ServerTest):
    """The port is free for a new server as soon as the old one is gone, whatever connections it had."""

    def assert_takes_over(self, port, what):
        begin = time.monotonic()
        with Server(port=port) as server:
            timed_visit(server)
            seconds = time.monotonic() - begin
        measured(f"a new server after {what}, on the same port, answers after", milliseconds(seconds))
        self.assert_below(seconds, 1)

    def test_after_kill(self):
        with Server() as server, Crowd(server, 100) as crowd, Peer(server) as bad:
            crowd.open()
            bad.open()
            bad.send(b"\x81\x01x")  # the server closes first, and its port is in TIME_WAIT
            bad.read_end()
            bad.close()
            crowd.send(frame(TEXT, b"under load") * 100)
            server.send_signal(signal.SIGKILL)
            server.wait()
            self.assert_takes_over(server.port, "kill -9")

    def test_after_sigterm(self):
        with Server() as server, Crowd(server, 100) as crowd:
            crowd.open()
            server.send_signal(signal.SIGTERM)
            for connection in crowd.sockets:
                connection.setblocking(True)
                connection.settimeout(TIMEOUT)
                self.assertEqual(connection.recv(4)[2:], (1001).to_bytes(2, "big"))
                connection.send(close_frame(1001))
            self.assertEqual(server.wait()[0], 0)
            self.assert_takes_over(server.port, "SIGTERM")

    def test_peers_come_back(self):
        """Kill it under load, again and again: whoever comes back is served."""
        port = 0
        for _ in range(3):
            with Server(port=port) as server:
                port = server.port
                talkers = [Talker(server, number) for number in range(20)]
                for talker in talkers:
                    talker.start()
                wait_for(lambda: all(talker.echoes > 20 or talker.error for talker in talkers), "everybody talks")
                self.assertEqual([str(talker.error) for talker in talkers if talker.error], [])
                server.send_signal(signal.SIGKILL)
                server.wait()
                for talker in talkers:
                    talker.join()


if __name__ == "__main__":
    run_tests()
