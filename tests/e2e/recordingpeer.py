# SPDX-License-Identifier: MIT
"""A WebSocket server of the test's own, which writes down each line that it reads, and misbehaves when told to."""

import base64
import contextlib
import hashlib
import socket
import struct
import threading
import time

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
LATE = 0.03  # seconds


def read_exactly(connection, size):
    data = b""
    while len(data) < size:
        more = connection.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def read_frame(connection):
    """The opcode and the payload of a client's frame (RFC 6455 section 5.2)."""
    first, second = read_exactly(connection, 2)
    size = second & 0x7F
    if size == 126:
        size, = struct.unpack("!H", read_exactly(connection, 2))
    elif size == 127:
        size, = struct.unpack("!Q", read_exactly(connection, 8))
    mask = read_exactly(connection, 4)
    payload = read_exactly(connection, size)
    return first & 0x0F, bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


def frame(opcode, payload):
    assert len(payload) < 126, "longer ones are not needed here"
    return bytes([0x80 | opcode, len(payload)]) + payload


class RecordingPeer:
    """Listens on one port of the loopback, whether it is up or down.

    What it does with a line is its manner: "echo"; "late", an echo after a while; "silent": nothing, not even a
    pong; "drop" and "close": after a few lines it resets or closes the connection.
    """

    def __init__(self):
        self.received = []  # lists of lines, one for each connection
        self.manner = "echo"
        self.patience = 3  # lines, before "drop" and "close"
        self.lock = threading.Lock()
        self.connections = set()
        self.threads = []
        self.listener = None
        # Bound, and never listening: keeps the port while the peer is down.
        self.guard = self.bind(0)
        self.port = self.guard.getsockname()[1]

    @staticmethod
    def bind(port):
        bound = socket.socket()
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", port))
        return bound

    @property
    def url(self):
        return f"ws://127.0.0.1:{self.port}"

    def go_up(self):
        if self.listener:
            return
        self.listener = self.bind(self.port)
        self.listener.listen()
        self.start(self.accept, self.listener)

    def go_down(self):
        """Nobody gets in any more, and those who are there are dropped."""
        if not self.listener:
            return
        with self.lock:
            listener, self.listener = self.listener, None
            for connection in self.connections:
                self.reset(connection)
        listener.shutdown(socket.SHUT_RDWR)  # ends accept()
        listener.close()

    def end(self):
        self.go_down()
        for thread in self.threads:
            thread.join()
        self.guard.close()

    def start(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments)
        self.threads.append(thread)
        thread.start()

    def accept(self, listener):
        while True:
            try:
                connection = listener.accept()[0]
            except OSError:
                return
            with self.lock:
                if listener is not self.listener:
                    connection.close()
                    return
                self.connections.add(connection)
            self.start(self.serve, connection)

    @staticmethod
    def reset(connection):
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.shutdown(socket.SHUT_RD)  # ends recv(); close() then resets

    def serve(self, connection):
        lines = []
        with self.lock:
            self.received.append(lines)
        try:
            self.upgrade(connection)
            self.talk(connection, lines)
        except (EOFError, OSError):
            pass
        with self.lock:
            self.connections.discard(connection)
            connection.close()

    @staticmethod
    def upgrade(connection):
        request = b""
        while b"\r\n\r\n" not in request:
            request += read_exactly(connection, 1)
        key = next(line.split(b":")[1].strip() for line in request.split(b"\r\n")
                   if line.lower().startswith(b"sec-websocket-key:"))
        accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
        connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                           b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")

    def talk(self, connection, lines):
        while True:
            opcode, payload = read_frame(connection)
            if opcode == TEXT:
                lines.append(payload.decode())
            manner = self.manner
            if opcode == CLOSE:
                connection.sendall(frame(CLOSE, payload))
                return
            if manner == "silent":
                continue
            if opcode == PING:
                connection.sendall(frame(PONG, payload))
            elif opcode == TEXT:
                if manner == "late":
                    time.sleep(LATE)
                connection.sendall(frame(TEXT, payload))
                if manner == "drop" and len(lines) >= self.patience:
                    self.reset(connection)
                    return
                if manner == "close" and len(lines) == self.patience:
                    connection.sendall(frame(CLOSE, struct.pack("!H", 1000)))
