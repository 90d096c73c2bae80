# SPDX-License-Identifier: MIT
"""The server as a process that is watched through its metrics, and peers that count what they do."""

import contextlib
import re
import resource
import socket
import statistics
import struct
import subprocess
import time
import unittest

PATIENCE = 20  # seconds: how long anything may take on a busy machine before the test gives up
GREETING = b"hi"
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
UPGRADE = (b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
           b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n" + UPGRADE


def frame(opcode, payload=b"", final=True, masked=True):
    """A frame of up to 64 KiB; its mask is 0, which leaves the payload as it is."""
    size = len(payload)
    mask = 0x80 if masked else 0
    head = bytes([0x80 * final | opcode, mask | (size if size <= 125 else 126)])
    return head + (struct.pack(">H", size) if size > 125 else b"") + (bytes(4) if masked else b"") + payload


def close_frame(code):
    return frame(CLOSE, struct.pack(">H", code))


class Peer:
    """A TCP connection that counts its bytes."""

    def __init__(self, port, source="127.0.0.1"):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE, (source, 0))
        self.sent = self.received = 0
        self.buffer = b""

    def send(self, data):
        self.socket.sendall(data)
        self.sent += len(data)

    def fill(self):
        data = self.socket.recv(65536)
        self.received += len(data)
        self.buffer += data
        return bool(data)

    def read(self, size):
        while len(self.buffer) < size:
            assert self.fill(), f"the connection ended, after {self.buffer!r}"
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def read_frame(self):
        first, size = self.read(2)
        if size == 126:
            size = struct.unpack(">H", self.read(2))[0]
        return first & 0x0F, self.read(size)

    def read_to_end(self):
        """All that comes until the server has closed."""
        with contextlib.suppress(ConnectionResetError):
            while self.fill():
                pass
        return self.buffer

    def upgrade(self):
        self.send(REQUEST)
        while b"\r\n\r\n" not in self.buffer:
            assert self.fill(), f"the connection ended, after {self.buffer!r}"
        head = self.read(self.buffer.index(b"\r\n\r\n") + 4)
        assert head.startswith(b"HTTP/1.1 101 "), head
        assert self.read_frame() == (TEXT, GREETING)
        return self

    def close(self, code=1000):
        """A closing handshake, which the peer begins."""
        self.send(close_frame(code))
        assert self.read_frame() == (CLOSE, struct.pack(">H", code))
        assert self.read_to_end() == b""
        self.end()

    def reset(self):
        """Ends the connection with RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.end()

    def end(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


class Server:
    """awesome-chat-server on 127.0.0.1, with metrics."""

    program = None

    def __init__(self, *flags, max_files=None):
        def limit_files():
            resource.setrlimit(resource.RLIMIT_NOFILE, (max_files, max_files))

        self.process = subprocess.Popen(
            [self.program, "--listen", "127.0.0.1", "--port", "0", "--metrics-port", "0",
             "--greeting", GREETING.decode(), *flags],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            preexec_fn=limit_files if max_files else None)
        self.lines = [self.process.stdout.readline() for _ in range(2)]
        if not self.lines[1]:
            self.__exit__()
            raise AssertionError(f"the server does not say where it and its metrics are, but {self.lines}")
        self.port = int(self.lines[0].rsplit(":", 1)[1])
        self.metrics_port = int(re.search(r":(\d+)/metrics$", self.lines[1]).group(1))

    def peer(self, source="127.0.0.1"):
        return Peer(self.port, source)

    def get(self, path):
        """Status, body, and the seconds it took."""
        start = time.monotonic()
        with Peer(self.metrics_port) as peer:
            peer.send(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            head, body = peer.read_to_end().split(b"\r\n\r\n", 1)
        size = int(re.search(rb"\r\nContent-Length: (\d+)", head, re.IGNORECASE)[1])
        assert size == len(body), f"{len(body)} bytes of an answer with {size}"
        return int(head.split()[1]), body.decode(), time.monotonic() - start

    def metrics(self):
        """Each series, without its awesomechat_, and its value."""
        status, text, _ = self.get("/metrics")
        assert status == 200, status
        return {name.removeprefix("awesomechat_"): float(value) for name, value in
                (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


class Case(unittest.TestCase):
    flags = ()
    max_files = None
    soon = None

    def setUp(self):
        self.server = self.enterContext(Server(*self.flags, max_files=self.max_files))
        self.done = dict.fromkeys(self.server.metrics(), 0)

    def peer(self, *source):
        """A peer that has only connected."""
        self.do("connections_accepted_total")
        return self.enterContext(self.server.peer(*source))

    def open_peer(self, *source):
        """A peer that has been greeted."""
        peer = self.peer(*source).upgrade()
        self.do("connections_upgraded_total")
        self.do("connections_open")
        self.do_message("sent", "text", GREETING)
        return peer

    def do(self, name, count=1, **labels):
        """Something was done that the server is to count."""
        if labels:
            name += "{" + ",".join(f'{label}="{value}"' for label, value in labels.items()) + "}"
        self.assertIn(name, self.done, "/metrics has no such series")
        self.done[name] += count

    def do_message(self, direction, kind, payload, count=1):
        self.do(f"messages_{direction}_total", count, type=kind)
        self.do(f"payload_{direction}_bytes_total", count * len(payload), type=kind)

    def do_close(self, code):
        self.do("connections_open", -1)
        self.do("connections_closed_total", code=code)

    def assert_counted(self, ignore=("event_loop_lag", "network_")):
        """A thing is counted a moment after it is seen, and then exactly once."""
        deadline = time.monotonic() + PATIENCE
        while True:
            counted = self.server.metrics()
            differences = [f"{name}: counted {counted[name]:.0f}, done {self.done[name]}" for name in self.done
                           if counted[name] != self.done[name] and not name.startswith(ignore)]
            if not differences:
                return
            if time.monotonic() > deadline:
                self.fail("\n".join(["the numbers are wrong:", *differences]))

    def assert_soon(self, what, path, times=50, windows=3):
        """The server answers in time. A busy machine is not busy all the time; a slow server is always slow."""
        slow = None
        while windows > 0 and (slow is None or slow >= Case.soon):
            windows -= 1
            taken = []
            for _ in range(times):
                status, _, seconds = self.server.get(path)
                self.assertEqual(status, 200)
                taken.append(seconds * 1000)
            first = taken[0]
            taken.sort()
            slow = taken[times * 9 // 10]
            print(f"{path} {what}: first {first:.1f} ms, median {statistics.median(taken):.1f} ms, "
                  f"nine of ten {slow:.1f} ms, worst {taken[-1]:.1f} ms")
        self.assertLess(slow, Case.soon, "milliseconds")
