# SPDX-License-Identifier: MIT
"""The server as systemd runs it: with a notification socket, a watchdog, sockets handed over."""

import json
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile

PATIENCE = 20  # seconds that anything may take on a busy machine
GREETING = b"Welcome to Awesome Chat"

# Becomes the program: "$$" in the environment stands for its own process id, the descriptors follow each other from 3.
BECOME = """
import fcntl, json, os, sys
descriptors, environment, program = json.loads(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3:]
high = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, 100) for descriptor in descriptors]
for number, descriptor in enumerate(high, 3):
    os.dup2(descriptor, number)
os.closerange(3 + len(high), 200)
for name, value in environment.items():
    os.environ[name] = value.replace("$$", str(os.getpid()))
os.execv(program[0], program)
"""


class Service:
    """The program with its flags. hand_over: sockets and files that become descriptors 3 and up, with LISTEN_FDS and LISTEN_PID
    to match; environment: added to that. Its log goes to a file, or to the pipe log_to, of which the reader may be slow."""

    def __init__(self, program, *flags, hand_over=(), environment=None, log_to=None, **popen):
        variables = {"LISTEN_FDS": str(len(hand_over)), "LISTEN_PID": "$$"} if hand_over else {}
        variables |= environment or {}
        descriptors = [file.fileno() for file in hand_over]
        self.log_file = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [sys.executable, "-c", BECOME, json.dumps(descriptors), json.dumps(variables), program, *flags],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log_to or self.log_file, text=True,
            pass_fds=descriptors, **popen)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.log_file.close()

    def urls(self, count):
        """What it says that it listens on."""
        lines = [self.process.stdout.readline() for _ in range(count)]
        assert all(line.startswith("listening on ") for line in lines), f"{lines}, {self.log()}"
        return [line.removeprefix("listening on ").rstrip("\n") for line in lines]

    def port(self):
        return int(self.urls(1)[0].rsplit(":", 1)[1])

    def log(self):
        self.log_file.seek(0)
        return self.log_file.read().decode()

    def send(self, signal_number):
        self.process.send_signal(signal_number)

    def exit_code(self):
        return self.process.wait(PATIENCE)


class Manager:
    """The side of systemd: a socket for notifications, at a path or with an abstract name."""

    def __init__(self, path=None):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path or "")  # "": the kernel finds an abstract name
        name = self.socket.getsockname()
        self.address = name if path else "@" + name[1:].decode()
        self.socket.settimeout(PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.socket.close()

    def environment(self, **more):
        return {"NOTIFY_SOCKET": self.address} | more

    def receive(self):
        """The assignments of the next notification."""
        lines = self.socket.recv(65536).decode().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def is_silent(self, seconds=0.0):
        """Whether nothing comes in that time."""
        self.socket.settimeout(seconds)
        try:
            self.receive()
            return False
        except (BlockingIOError, TimeoutError):
            return True
        finally:
            self.socket.settimeout(PATIENCE)

    def drain(self):
        """Takes what has come so far."""
        self.socket.setblocking(False)
        try:
            while True:
                self.receive()
        except BlockingIOError:
            pass
        finally:
            self.socket.settimeout(PATIENCE)


class Peer:
    """A WebSocket client, just as much as is needed."""

    def __init__(self, port, host="127.0.0.1", tls=False):
        self.socket = socket.create_connection((host, port), PATIENCE)
        if tls:
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            self.socket = context.wrap_socket(self.socket)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.socket.close()

    def read(self, size):
        data = b""
        while len(data) < size:
            piece = self.socket.recv(size - len(data))
            assert piece, f"the server closed after {data!r}"
            data += piece
        return data

    def upgrade(self, name="localhost"):
        """The HTTP status that the server answers to a handshake for that host."""
        self.socket.sendall(b"GET / HTTP/1.1\r\nHost: " + name.encode() + b"\r\nUpgrade: websocket\r\n"
                            b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.read(1)
        return int(re.match(rb"HTTP/1\.1 (\d{3}) ", head)[1])

    def frame(self):
        opcode, size = self.read(2)
        return opcode, self.read(size)

    def expect_echo(self):
        assert self.upgrade() == 101
        assert self.frame() == (0x81, GREETING)
        self.socket.sendall(b"\x81\x85\0\0\0\0hello")
        assert self.frame() == (0x81, b"hello")


def free_port(family=socket.AF_INET, address="127.0.0.1"):
    """A socket that is bound to a free port and does not listen: nobody else can take the port."""
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.bind((address, 0))
    return bound


def listening(address, dual=False):
    """A listening socket as a .socket unit makes it: not blocking, with a free port."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    if family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, not dual)
    made.bind((address, 0))
    made.listen(4096)
    made.setblocking(False)
    return made


def run(checks, *arguments):
    """Runs every check, and says which."""
    for check in checks:
        check(*arguments)
        print(f"ok: {check.__doc__}", flush=True)
