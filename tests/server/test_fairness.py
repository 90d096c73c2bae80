# SPDX-License-Identifier: MIT
"""Quiet peers beside one that floods the server.

usage: test_fairness.py AWESOME-CHAT-SERVER
"""

import multiprocessing
import selectors
import socket
import time

from rawpeer import (REQUEST, TEXT, TIMEOUT, Peer, Server, ServerTest, frame, header, measured, milliseconds,
                     percentile, run_tests)

KIBIBYTE = 1024
MEBIBYTE = 1024 * 1024
MOST_P99 = 0.025  # seconds


def summary(seconds):
    return (f"p50 {milliseconds(percentile(seconds, 50))}, p99 {milliseconds(percentile(seconds, 99))}, "
            f"longest {milliseconds(max(seconds))}")


def flood(port, size, echoed, ready):
    """Sends messages of that many bytes as fast as they are taken, and reads as eagerly; a process of its own."""
    data = memoryview(frame(TEXT, b"x" * size) * max(1, 64 * KIBIBYTE // (size + 6)))
    echo = len(header(TEXT, size, masked=False)) + size
    room = bytearray(MEBIBYTE)
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(REQUEST)
        connection.setblocking(False)
        sent = 0
        with selectors.DefaultSelector() as selector:
            selector.register(connection, selectors.EVENT_READ | selectors.EVENT_WRITE)
            while True:
                for _, events in selector.select():
                    if events & selectors.EVENT_READ:
                        count = connection.recv_into(room)
                        if count == 0:
                            return
                        with echoed.get_lock():
                            echoed.value += count / echo
                        ready.set()
                    if events & selectors.EVENT_WRITE:
                        sent += connection.send(data[sent % len(data):])


class Fairness(ServerTest):
    QUIET_PEERS = 50
    WINDOWS = range(6, 21)  # of half a second

    def latencies(self, peers, seconds):
        """Everybody says something at once, over and over."""
        result = []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            begins = []
            for peer in peers:
                begins.append(time.monotonic())
                peer.send(frame(TEXT, b"is anybody there"))
            for peer, begin in zip(peers, begins):
                assert peer.read_frame() == (TEXT, b"is anybody there")
                result.append(time.monotonic() - begin)
        return result

    def test_quiet_peers_beside_a_flood(self):
        with Server() as server:
            peers = [self.enterContext(Peer(server)).open() for _ in range(self.QUIET_PEERS)]
            measured(f"{len(peers)} peers alone", summary(self.latencies(peers, 0.5)))
            for size in (16, 64 * KIBIBYTE):
                with self.subTest(size=size):
                    echoed = multiprocessing.Value("d", 0)
                    ready = multiprocessing.Event()
                    flooder = multiprocessing.Process(target=flood, args=(server.port, size, echoed, ready))
                    flooder.start()
                    try:
                        self.assertTrue(ready.wait(TIMEOUT), "the flood does not start")
                        before, begin = echoed.value, time.monotonic()
                        windows = []
                        # Whatever else the machine does, it does not do it all the time; an unfair server is always
                        # unfair.
                        while len(windows) < self.WINDOWS.start or (
                                len(windows) < self.WINDOWS.stop and self.best_p99(windows) >= MOST_P99):
                            windows.append(self.latencies(peers, 0.5))
                        rate = (echoed.value - before) / (time.monotonic() - begin)
                    finally:
                        flooder.terminate()
                        flooder.join()
                        flooder.close()
                    measured(f"{len(peers)} peers beside {rate:.0f} messages of {size} bytes a second",
                             summary(sum(windows, [])))
                    self.assertGreater(rate, 100)
                    self.assert_below(self.best_p99(windows), MOST_P99)

    @staticmethod
    def best_p99(windows):
        return min(percentile(window, 99) for window in windows)


if __name__ == "__main__":
    run_tests()
