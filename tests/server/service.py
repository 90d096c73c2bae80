# SPDX-License-Identifier: MIT
"""The server as systemd runs it: with a notification socket, a watchdog, sockets handed over."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile

import rawpeer
from rawpeer import REQUEST, TIMEOUT, cpu_of, trusting

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

ANYWHERE = ("--listen", "127.0.0.1", "--port", "0")


def make_pair(openssl, folder):
    """A new certificate in that folder: the flags for it."""
    certificate, key = os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem")
    subprocess.run([openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    return "--tls-certificate", certificate, "--tls-key", key


class Service:
    """The program with its flags, until the end of the with statement."""

    def __init__(self, program, *flags, hand_over=(), environment=None, log=None, confine=None):
        """hand_over: sockets and files that become descriptors 3 and up, with LISTEN_FDS and LISTEN_PID to match.
        environment: added to that. log: a pipe for its log. confine: called in the process that becomes the program."""
        variables = {"LISTEN_FDS": str(len(hand_over)), "LISTEN_PID": "$$"} if hand_over else {}
        variables |= environment or {}
        descriptors = [file.fileno() for file in hand_over]
        self.log_file = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [sys.executable, "-c", BECOME, json.dumps(descriptors), json.dumps(variables), program, *flags],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log or self.log_file, text=True,
            pass_fds=descriptors, preexec_fn=confine)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with self.process, self.log_file:
            if self.process.poll() is None:
                self.process.kill()

    def urls(self, count=1):
        """Where it says that it listens."""
        lines = [self.process.stdout.readline() for _ in range(count)]
        assert all(line.startswith("listening on ") for line in lines), f"{lines}, {self.log()}"
        return [line.removeprefix("listening on ").rstrip("\n") for line in lines]

    def port(self):
        return int(self.urls()[0].rsplit(":", 1)[1])

    def log(self):
        return os.pread(self.log_file.fileno(), os.fstat(self.log_file.fileno()).st_size, 0).decode()

    def send(self, signal_number):
        self.process.send_signal(signal_number)

    def cpu_seconds(self):
        """What it has used until now."""
        return cpu_of(self.process.pid)

    def exit_code(self):
        return self.process.wait(TIMEOUT)

    def stop(self):
        """Its exit code after SIGTERM."""
        self.send(signal.SIGTERM)
        return self.exit_code()


class Manager:
    """The side of systemd: a socket for notifications, at a path or with an abstract name."""

    def __init__(self, path=None):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path or "")  # "": the kernel finds an abstract name
        name = self.socket.getsockname()
        self.address = name if path else "@" + name[1:].decode()
        self.socket.settimeout(TIMEOUT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
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
            self.socket.settimeout(TIMEOUT)

    def drain(self):
        """Takes what has come so far."""
        while not self.is_silent():
            pass


class Peer(rawpeer.Peer):
    """A client of any family."""

    def __init__(self, port, address="127.0.0.1", tls=False):
        self.input = bytearray()
        self.socket = socket.create_connection((address, port), TIMEOUT)
        if tls:
            self.socket = trusting().wrap_socket(self.socket)

    def ask_for(self, name):
        """The HTTP status of the answer to a handshake with the host of that name."""
        self.send(REQUEST.replace(b"localhost", name.encode()))
        return self.read_status()


def listening(address, dual=False):
    """A listening socket as a .socket unit makes it, with a free port."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    if family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, not dual)
    made.bind((address, 0))
    made.listen(4096)
    return made


def port_of(listener):
    return listener.getsockname()[1]
