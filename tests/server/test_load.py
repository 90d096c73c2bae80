# SPDX-License-Identifier: MIT
"""Many peers at once, and some that send more than they read: what they cost, and whether the others notice.

usage: test_load.py AWESOME-CHAT-SERVER
"""

import selectors
import signal
import time
from contextlib import ExitStack

from rawpeer import (BINARY, GREETING, ONE_LOOP, PING, PONG, REQUEST, TEXT, Crowd, Peer, Server, ServerTest,
                     close_frame, frame, header, measured, milliseconds, percentile, run_tests, source, timed_visit,
                     wait_for)

KIBIBYTE = 1024
MEBIBYTE = 1024 * 1024
GIBIBYTE = 1024 * 1024 * 1024
MOST_GROWTH = 8 * KIBIBYTE  # KiB of memory, for a peer that reads nothing


def offer(peer, data, total, patience=0.3):
    """
    Sends data, over and over, until that makes total bytes or nothing has been taken for patience seconds. Returns how
    many bytes were taken.
    """
    taken = 0
    view = memoryview(data * 2)
    peer.socket.setblocking(False)
    try:
        with selectors.DefaultSelector() as selector:
            selector.register(peer.socket, selectors.EVENT_WRITE)
            while taken < total and selector.select(patience):
                begin = taken % len(data)
                taken += peer.socket.send(view[begin:begin + min(len(data), total - taken)])
    finally:
        peer.socket.setblocking(True)
    return taken


class SlowReaders(ServerTest):
    """A peer that does not read costs little, however much it sends, and loses nothing."""

    def setUp(self):
        self.server = self.enterContext(Server())
        self.other = self.enterContext(Peer(self.server)).open()
        self.other.echo(bytes(MEBIBYTE), BINARY)
        self.memory = self.server.memory()

    def assert_small(self, what):
        growth = self.server.memory() - self.memory
        echo = percentile([self.other.echo() for _ in range(500)], 99)
        measured(what, f"memory {growth:+} KiB, p99 of another peer's echo {milliseconds(echo)}")
        self.assert_below(growth, MOST_GROWTH)
        self.assert_below(echo, 0.025)

    def test_a_gibibyte_and_nothing_read(self):
        message = frame(BINARY, bytes(64 * KIBIBYTE - 8))
        with Peer(self.server) as peer:
            taken = offer(peer.open(), message * 16, GIBIBYTE)
            self.assert_small(f"1 GiB offered, {taken // MEBIBYTE} MiB taken")
            peer.reset()

    def test_ten_mebibytes_read_then_no_more(self):
        message = frame(BINARY, bytes(64 * KIBIBYTE - 8))
        with Peer(self.server) as peer:
            peer.open()
            for _ in range(160):
                peer.send(message)
                peer.read_frame()
            taken = offer(peer, message * 16, GIBIBYTE)
            self.assert_small(f"10 MiB echoed, then 1 GiB offered, {taken // MEBIBYTE} MiB taken")
            peer.reset()

    def test_a_few_bytes_read_now_and_then(self):
        message = frame(BINARY, bytes(64 * KIBIBYTE - 8))
        with Peer(self.server, receive_buffer=64 * KIBIBYTE) as peer:
            taken = offer(peer.open(), message * 16, GIBIBYTE)
            for _ in range(100):
                peer.socket.recv(1)
                taken += offer(peer, message[taken % len(message):], 1, patience=0)
            self.assert_small(f"100 bytes read of {taken // MEBIBYTE} MiB")
            peer.reset()

    def in_turns(self, other, peer, message, count):
        """Sends it so many times, each behind a larger one of another peer, whose memory is free to use then."""
        for _ in range(count):
            other.echo(bytes(3900), BINARY)
            peer.send(message)
        other.echo()

    def assert_small_in_turns(self, server, other, peer, message, count, what):
        memory = server.memory()
        self.in_turns(other, peer, message, count)
        growth = server.memory() - memory
        measured(f"{count} {what}", f"memory {growth:+} KiB")
        self.assert_below(growth, 2 * KIBIBYTE)

    def test_small_messages_beside_a_busy_peer(self):
        with Server(*ONE_LOOP, "--high-mark", str(64 * MEBIBYTE)) as server, Peer(server) as other:
            other.open().echo(bytes(MEBIBYTE), BINARY)
            with Peer(server, receive_buffer=4 * KIBIBYTE) as peer:
                offer(peer.open(), frame(BINARY, bytes(64 * KIBIBYTE - 8)), 8 * MEBIBYTE)  # more than the kernel takes
                self.in_turns(other, peer, frame(BINARY), 500)  # so much takes some turns to read
                self.assert_small_in_turns(server, other, peer, frame(BINARY), 10_000,
                                           "empty messages, each in a turn of its own")
                peer.reset()

    def test_small_messages_that_are_held_back(self):
        with Server(*ONE_LOOP) as server, Peer(server) as other, Peer(server) as peer:
            other.open().echo(bytes(MEBIBYTE), BINARY)
            peer.send(REQUEST.replace(b"GET / ", b"GET /?delay=60000 "))
            self.assertEqual(peer.read_status(), 101)
            self.assert_small_in_turns(server, other, peer, frame(BINARY, b"x"), 5000, "messages of a byte, held back")
            peer.reset()

    def test_many_at_once(self):
        count = 20
        message = frame(BINARY, bytes(64 * KIBIBYTE - 8))
        peers = [self.enterContext(Peer(self.server, receive_buffer=64 * KIBIBYTE)).open() for _ in range(count)]
        for peer in peers:
            offer(peer, message * 16, GIBIBYTE, patience=0.05)
        growth = (self.server.memory() - self.memory) // count
        measured(f"{count} peers that read nothing", f"memory {growth:+} KiB each")
        self.assert_below(growth, MOST_GROWTH)
        for peer in peers:
            peer.reset()

    def test_nothing_is_lost(self):
        # It reads only when no more is taken, and then some.
        total = 256 * MEBIBYTE
        size = 64 * KIBIBYTE - 8
        count = total // (64 * KIBIBYTE)
        head = header(BINARY, size, masked=False)
        highest = 0
        with Peer(self.server) as peer:
            peer.open()
            peer.socket.setblocking(False)
            unsent = memoryview(b"")
            sent = received = 0
            with selectors.DefaultSelector() as selector:
                selector.register(peer.socket, selectors.EVENT_WRITE)
                while received < count:
                    while (unsent or sent < count) and selector.select(0.002):
                        if not unsent:
                            unsent = memoryview(frame(BINARY, sent.to_bytes(8, "big") * (size // 8)))
                            sent += 1
                        unsent = unsent[peer.socket.send(unsent):]
                    highest = max(highest, self.server.memory())
                    peer.socket.settimeout(10)
                    for _ in range(min(10, count - received)):
                        echo = peer.read(len(head) + size)
                        self.assertTrue(echo == head + received.to_bytes(8, "big") * (size // 8),
                                        f"message {received} of {count} is not what was sent")
                        received += 1
                    peer.socket.setblocking(False)
            peer.socket.settimeout(10)
            peer.leave()
        measured(f"{total // MEBIBYTE} MiB to a reader that is always late",
                 f"nothing lost, memory {highest - self.memory:+} KiB at most")
        self.assert_below(highest - self.memory, MOST_GROWTH)

    def test_two_million_pings_and_no_pong_read(self):
        count = 2_000_000
        ping = frame(PING, bytes(125))
        with Peer(self.server) as peer:
            taken = offer(peer.open(), ping * 8000, count * len(ping))
            self.assert_small(f"{count} pings offered, {taken // len(ping)} taken")
            peer.reset()

    def test_pings_that_are_answered(self):
        count = 20_000
        with Peer(self.server) as peer:
            peer.open()
            begin = time.monotonic()
            for number in range(0, count, 100):
                peer.send(b"".join(frame(PING, b"%08d" % n) for n in range(number, number + 100)))
                for n in range(number, number + 100):
                    self.assertEqual(peer.read_frame(), (PONG, b"%08d" % n))
            measured("pings answered", f"{count / (time.monotonic() - begin):.0f}/s")
            peer.leave()


class Scale(ServerTest):
    def test_connects_at_once(self):
        with Server() as server, Crowd(server, 2000) as crowd:
            seconds = time.monotonic() - crowd.begin
            measured("2,000 connects", milliseconds(seconds))
            self.assert_below(seconds, 1)
            crowd.open()
            measured("2,000 connects and handshakes", milliseconds(time.monotonic() - crowd.begin))

    def test_connects_while_it_is_busy(self):
        """The system takes them, and the server later."""
        count = 2000
        with Server() as server:
            server.send_signal(signal.SIGSTOP)
            try:
                with Crowd(server, count) as crowd:
                    seconds = time.monotonic() - crowd.begin
                    server.send_signal(signal.SIGCONT)
                    crowd.open()
            finally:
                server.send_signal(signal.SIGCONT)
            measured(f"{count} connects to a server that is stopped", milliseconds(seconds))
            self.assert_below(seconds, 1)

    def test_idle_peers(self):
        count = 1000
        with Server() as server, Peer(server) as active:
            active.open().echo()
            memory = server.memory()
            with Crowd(server, count) as crowd:
                crowd.open()
                each = (server.memory() - memory) / count
                share = server.cpu_share(2)
                echoes = [active.echo() for _ in range(1000)]
                measured(f"{count} idle peers",
                         f"{each:.1f} KiB each, CPU {share:.1%}, an active peer's echo "
                         f"p50 {milliseconds(percentile(echoes, 50))}, p99 {milliseconds(percentile(echoes, 99))}")
                self.assert_below(each, 30)
                self.assert_below(share, 0.02)
                self.assert_below(percentile(echoes, 50), 0.025)

    def test_all_leave_at_once(self):
        count = 200
        rounds = 32
        with Server() as server, Peer(server) as active:
            active.open()
            files = server.files()
            memories, times = [], []
            for number in range(rounds):
                with Crowd(server, count) as crowd:
                    crowd.open()
                    begin = time.monotonic()
                    if number % 2 == 0:
                        crowd.reset()
                    else:
                        crowd.close()
                    wait_for(lambda: server.files() == files, "all are forgotten", seconds=3)
                times.append(time.monotonic() - begin)
                active.echo()
                memories.append(server.memory())
            # Memory that is free but in pieces grows at first.
            growth = memories[-1] - memories[rounds // 2]
            measured(f"{count} peers gone at once, {rounds} times",
                     f"forgotten within {milliseconds(max(times))}, memory {growth:+} KiB over the second half")
            self.assert_below(growth, 2 * KIBIBYTE)

    def test_memory_of_large_messages_comes_back(self):
        """However many threads have had some."""
        threads, largest = 8, 16 * MEBIBYTE
        with Server("--threads", str(threads)) as server:
            before = server.memory()
            for _ in range(3):
                with ExitStack() as stack:
                    peers = [stack.enter_context(Peer(server)).open() for _ in range(2 * threads)]
                    for size in (MEBIBYTE, 3 * MEBIBYTE, largest):
                        for peer in peers:
                            peer.echo(bytes(size), BINARY)
            growth = server.memory() - before
            measured(f"messages of up to {largest >> 20} MiB on {threads} threads", f"memory {growth:+} KiB afterwards")
            self.assert_below(growth, 2 * largest // KIBIBYTE)

    def test_churn(self):
        """Peers that come and go, each in one of the ways there are."""
        count = 4000
        with Server() as server:
            timed_visit(server)
            files = server.files()
            begin = time.monotonic()
            memory = None
            for number in range(count):
                peer = Peer(server, address=source(number % 1000))
                way = number % 5
                if way == 0:
                    peer.open().leave()
                elif way == 1:
                    peer.open().close()
                elif way == 2:
                    peer.open().reset()
                elif way == 3:
                    peer.send(REQUEST[:50])
                    peer.close()
                else:
                    peer.send(REQUEST + frame(TEXT, b"hello") + close_frame())
                    peer.end_output()
                    rest = peer.read_end()
                    peer.close()
                    self.assertEqual(rest[-len(b"?\x05hello??\x03\xe8"):][2:7], b"hello")
                if number == count // 4:
                    memory = server.memory()
            rate = count / (time.monotonic() - begin)
            wait_for(lambda: server.files() <= files, "all are forgotten")
            growth = server.memory() - memory
            measured(f"{count} peers that come and go",
                     f"{rate:.0f}/s, memory {growth:+} KiB over the last three quarters")
            self.assert_below(growth, 2048)
            self.assertIn(GREETING, rest)


if __name__ == "__main__":
    run_tests()
