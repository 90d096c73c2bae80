# SPDX-License-Identifier: MIT
"""The server as a process, and peers on raw sockets that may do what no WebSocket library would."""

import os
import re
import resource
import selectors
import signal
import socket
import ssl
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from contextlib import ExitStack
from pathlib import Path

PROGRAM = sys.argv[1]  # the server, as every test that uses this is given it
# Sanitizers take memory and time of their own.
IS_SANITIZED = b"__asan_init" in Path(PROGRAM).read_bytes()
TIMEOUT = 20  # seconds: how long anything may take on a busy machine before the test gives up
ONE_LOOP = ("--threads", "1")  # in which one peer's turns tell of everybody's
GREETING = b"Welcome to Awesome Chat"
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
REQUEST = (b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")

# Some tests hold thousands of connections.
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)


class ServerTest(unittest.TestCase):
    def assert_below(self, value, limit, what=None):
        """For measured memory and times."""
        if not IS_SANITIZED:
            self.assertLess(value, limit, what)


def run_tests():
    """What a test file ends with."""
    if IS_SANITIZED:
        print("The server is built with sanitizers: what is measured is only said, not held against its limits.")
    unittest.main(argv=sys.argv[:1], testRunner=unittest.TextTestRunner(sys.stdout, verbosity=2))


def measured(what, value):
    print(f"measured: {what}: {value}", flush=True)


def milliseconds(seconds):
    return f"{seconds * 1000:.1f} ms"


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def wait_for(condition, what, seconds=TIMEOUT):
    """Looks until it is so; returns how many seconds that took."""
    begin = time.monotonic()
    while not condition():
        assert time.monotonic() - begin < seconds, f"not within {seconds} s: {what}"
        time.sleep(0.005)
    return time.monotonic() - begin


def cpu_of(pid):
    """Seconds of CPU time that a process has used."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def trusting():
    """For a TLS client that takes any certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def source(number, per_address=500):
    """An address for the peer of that number, so that no address has more than per_address of them."""
    return f"127.0.1.{1 + number // per_address}"


def header(opcode, size, final=True, masked=True):
    first = (0x80 if final else 0) | opcode
    mask = 0x80 if masked else 0
    if size <= 125:
        return bytes([first, mask | size])
    if size <= 0xFFFF:
        return bytes([first, mask | 126]) + struct.pack(">H", size)
    return bytes([first, mask | 127]) + struct.pack(">Q", size)


def frame(opcode, payload=b"", final=True):
    """A client's frame; the mask is zero, and the payload stays readable."""
    return header(opcode, len(payload), final) + bytes(4) + payload


def close_frame(code=1000, reason=b""):
    return frame(CLOSE, struct.pack(">H", code) + reason)


class Server:
    """awesome-chat-server, listening on 127.0.0.1, until the end of the with statement."""

    def __init__(self, *flags, port=0, files=None):
        """files: its soft and its hard limit of open files; None: as they are here."""
        self.log_file = tempfile.TemporaryFile()
        limit = None if files is None else lambda: resource.setrlimit(resource.RLIMIT_NOFILE, files)
        self.process = subprocess.Popen(
            [PROGRAM, "--listen", "127.0.0.1", "--port", str(port), *flags],
            stdout=subprocess.PIPE, stderr=self.log_file, preexec_fn=limit)
        line = self.process.stdout.readline().decode()
        match = re.fullmatch(r"listening on wss?://127\.0\.0\.1:(\d+)\n", line)
        if not match:
            with self.process, self.log_file:
                self.process.kill()
                raise AssertionError(f"the server does not listen: {line!r} {self.log()!r}")
        self.port = int(match[1])
        self.pid = self.process.pid

    def metrics_port(self):
        """Where the metrics are; to be asked once."""
        return int(re.fullmatch(r"metrics on http://127\.0\.0\.1:(\d+)/metrics\n",
                                self.process.stdout.readline().decode())[1])

    def __enter__(self):
        return self

    def __exit__(self, error, *_):
        with self.process, self.log_file:
            if self.process.poll() is None:
                self.process.terminate()
            try:
                code = self.process.wait(TIMEOUT)
            except subprocess.TimeoutExpired:
                self.process.kill()
                code = self.process.wait()
            # After another error this one says little.
            assert error or code in (0, -signal.SIGKILL), f"exit code {code}: {self.log()[-2000:]}"

    def send_signal(self, number):
        self.process.send_signal(number)

    def wait(self):
        """Its exit code, and after how many seconds it came."""
        begin = time.monotonic()
        return self.process.wait(TIMEOUT), time.monotonic() - begin

    def log(self):
        """What it has written to standard error."""
        return os.pread(self.log_file.fileno(), os.fstat(self.log_file.fileno()).st_size, 0).decode()

    def memory(self):
        """Resident memory in KiB."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))

    def cpu(self):
        """Seconds of CPU time so far."""
        return cpu_of(self.pid)

    def cpu_share(self, seconds):
        """Which part of one CPU it uses from now on, for that long."""
        before = self.cpu()
        begin = time.monotonic()
        wait_for(lambda: time.monotonic() - begin >= seconds, "the end of the measurement")
        return (self.cpu() - before) / (time.monotonic() - begin)

    def files(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))


class Peer:
    """A client on a blocking socket. What it does not check, it lets through."""

    def __init__(self, server, address="127.0.0.1", receive_buffer=None, context=None):
        """receive_buffer: bytes that the kernel takes for it while it does not read. context: an ssl.SSLContext."""
        self.input = bytearray()
        self.socket = socket.socket()
        self.socket.settimeout(TIMEOUT)
        try:
            if receive_buffer is not None:
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.socket.bind((address, 0))
            self.socket.connect(("127.0.0.1", server.port))
            if context is not None:
                self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        except BaseException:
            self.socket.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def close(self):
        self.socket.close()

    def reset(self):
        """Ends the connection with an RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def end_output(self):
        """Says that nothing more comes, and goes on reading."""
        self.socket.shutdown(socket.SHUT_WR)

    def _more(self):
        received = self.socket.recv(1 << 20)
        if not received:
            raise EOFError(f"the server closed its side; unread are {len(self.input)} bytes: "
                           f"{bytes(self.input[:40])!r}")
        self.input += received

    def read(self, size):
        while len(self.input) < size:
            self._more()
        data = bytes(self.input[:size])
        del self.input[:size]
        return data

    def read_head(self):
        """The head of an HTTP answer."""
        while b"\r\n\r\n" not in self.input:
            self._more()
        return self.read(self.input.index(b"\r\n\r\n") + 4)

    def read_status(self):
        return int(self.read_head().split(b" ", 2)[1])

    def read_frame(self):
        first, size = self.read(2)
        if size == 126:
            size = struct.unpack(">H", self.read(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", self.read(8))[0]
        return first & 0x0F, self.read(size)

    def read_close(self):
        """The code of the Close frame that comes next."""
        opcode, payload = self.read_frame()
        assert opcode == CLOSE, f"opcode {opcode} instead of a Close frame"
        return struct.unpack(">H", payload[:2])[0]

    def read_end(self):
        """What comes until the server closes its side, which it must do without an RST."""
        try:
            while True:
                self._more()
        except EOFError:
            rest = bytes(self.input)
            self.input.clear()
            return rest

    def open(self):
        """The handshake and the greeting."""
        self.send(REQUEST)
        status = self.read_status()
        assert status == 101, f"HTTP {status} instead of 101"
        greeting = self.read_frame()
        assert greeting == (TEXT, GREETING), greeting
        return self

    def echo(self, payload=b"hello", opcode=TEXT):
        """Has a message sent back; returns how many seconds that took."""
        begin = time.monotonic()
        self.send(frame(opcode, payload))
        answer = self.read_frame()
        assert answer == (opcode, payload), f"{answer[0]}, {answer[1][:100]!r} instead of the echo"
        return time.monotonic() - begin

    def leave(self):
        """The closing handshake, begun by the peer."""
        self.send(close_frame())
        assert self.read_close() == 1000
        self.read_end()
        self.close()


def timed_visit(server, **how):
    """Comes as an honest peer would, has one message sent back and goes; returns how many seconds that took."""
    begin = time.monotonic()
    with Peer(server, **how) as peer:
        peer.open().echo()
        seconds = time.monotonic() - begin
        peer.leave()
    return seconds


def is_served(server, **how):
    """Whether it lets a visitor in; not whether it lives."""
    assert server.process.poll() is None, f"the server has ended: {server.log()[-2000:]}"
    try:
        timed_visit(server, **how)
    except (AssertionError, OSError, EOFError):
        return False
    return True


class Visits:
    """Honest peers who come one after the other, as long as the with statement lasts: whether trouble troubles them."""

    def __init__(self, server, pause=0.02, **how):
        self.server, self.how = server, how
        self.seconds = []
        self.error = None
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(pause,))

    def _run(self, pause):
        try:
            while not self._end.wait(pause):
                self.visit()
        except (AssertionError, OSError, EOFError) as error:
            self.error = error

    def visit(self):
        self.seconds.append(timed_visit(self.server, **self.how))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, error, *_):
        self._end.set()
        self._thread.join()
        if error is None and self.error:
            raise self.error

    def __str__(self):
        return (f"{len(self.seconds)}, median {milliseconds(statistics.median(self.seconds))}, "
                f"longest {milliseconds(max(self.seconds))}")


class Crowd:
    """Many connections that cost this process little: non-blocking, without buffers of ours."""

    def __init__(self, server, count, first=0, per_address=500):
        """Connects all at once and waits until the last one is connected; all its times are since the begin of that."""
        self.begin = time.monotonic()
        self.sockets = []
        self._stack = ExitStack()
        try:
            with selectors.DefaultSelector() as selector:
                for number in range(first, first + count):
                    connection = self._stack.enter_context(socket.socket())
                    connection.setblocking(False)
                    connection.bind((source(number, per_address), 0))
                    connection.connect_ex(("127.0.0.1", server.port))
                    selector.register(connection, selectors.EVENT_WRITE)
                    self.sockets.append(connection)
                deadline = time.monotonic() + TIMEOUT
                while selector.get_map():
                    assert time.monotonic() < deadline, f"{len(selector.get_map())} of {count} are not connected"
                    for key, _ in selector.select(1):
                        selector.unregister(key.fileobj)
        except BaseException:
            self._stack.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._stack.close()

    def reset(self):
        for connection in self.sockets:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def send(self, data):
        for connection in self.sockets:
            connection.send(data)

    def read_until(self, is_complete, seconds=TIMEOUT):
        """Reads from each until is_complete(what has come), or its end; returns a list of (bytes, seconds)."""
        deadline = time.monotonic() + seconds
        got = {connection: bytearray() for connection in self.sockets}
        done = {}
        with selectors.DefaultSelector() as selector:
            for connection in self.sockets:
                selector.register(connection, selectors.EVENT_READ)
            while selector.get_map() and time.monotonic() < deadline:
                for key, _ in selector.select(0.1):
                    connection = key.fileobj
                    try:
                        received = connection.recv(1 << 16)
                    except ConnectionResetError:
                        received = b""
                    got[connection] += received
                    if not received or is_complete(got[connection]):
                        selector.unregister(connection)
                        done[connection] = time.monotonic() - self.begin
        assert len(done) == len(self.sockets), \
            f"{len(self.sockets) - len(done)} of {len(self.sockets)} got no end within {seconds} s"
        return [(bytes(got[connection]), done[connection]) for connection in self.sockets]

    def read_ends(self, seconds=TIMEOUT):
        return self.read_until(lambda _: False, seconds)

    def open(self):
        """The handshake and the greeting, for each."""
        self.send(REQUEST)
        for answer, _ in self.read_until(lambda data: data.endswith(GREETING)):
            assert answer.startswith(b"HTTP/1.1 101 "), answer[:200]
        return self
