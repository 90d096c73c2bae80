# SPDX-License-Identifier: MIT
"""The load notices whatever a server does wrong, and nothing that it does right.

usage: test_load.py BENCH-LOAD
"""

import base64
import hashlib
import os
import socket
import subprocess
import sys
import threading

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, BINARY, CLOSE, PING = 0x81, 0x82, 0x88, 0x89


def frame(payload, first=TEXT):
    size = len(payload)
    header = bytes([first, size]) if size < 126 else bytes([first, 126]) + size.to_bytes(2, "big")
    return header + payload


def frames_of(stream):
    """The payloads of a client's frames of up to 64 KiB, unmasked, with their first bytes."""
    while header := stream.read(2):
        size = header[1] & 0x7f
        if size == 126:
            size = int.from_bytes(stream.read(2), "big")
        key = stream.read(4) * (size // 4 + 1)
        masked = stream.read(size)
        yield header[0], (int.from_bytes(masked, "big") ^ int.from_bytes(key[:size], "big")).to_bytes(size, "big")


class Server:
    """Answers each message with what `reply` makes of its number, type and payload."""

    def __init__(self, reply, accept=lambda key: key, greeting=b""):
        self.reply, self.accept, self.greeting = reply, accept, greeting
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.threads = []
        self.sockets = []
        self.thread = threading.Thread(target=self.listen)
        self.thread.start()

    def listen(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.sockets.append(peer)
            self.threads.append(threading.Thread(target=self.serve, args=(peer,)))
            self.threads[-1].start()

    def serve(self, peer):
        with peer, peer.makefile("rb") as stream:
            try:
                key = b""
                while (line := stream.readline().strip()):
                    if line.lower().startswith(b"sec-websocket-key:"):
                        key = line.split()[1]
                digest = base64.b64encode(hashlib.sha1(key + GUID.encode()).digest()).decode()
                peer.sendall("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             f"Sec-WebSocket-Accept: {self.accept(digest)}\r\n\r\n".encode() + self.greeting)
                for number, (first, payload) in enumerate(frames_of(stream)):
                    answer = self.reply(number, first, payload)
                    if answer is None:
                        peer.shutdown(socket.SHUT_RDWR)
                        return
                    peer.sendall(answer)
            except OSError:
                pass  # the load has ended

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()
        for thread in self.threads:
            thread.join()


def flip(payload, place):
    changed = bytearray(payload)
    changed[place] ^= 1
    return bytes(changed)


def echo(number, first, payload):
    return b"" if first & 0xf == 10 else frame(payload, first)


def at(number_of_fault, fault):
    """An echo, but for one message."""
    return lambda number, first, payload: (fault if number == number_of_fault else echo)(number, first, payload)


def in_pieces(number, first, payload):
    """Fragments, one of them empty, with a ping in between."""
    half = len(payload) // 2
    return (frame(payload[:half], first & 0x7f) + frame(b"still there?", PING) + frame(b"", 0) + frame(payload[half:], 0x80)
            if first in (TEXT, BINARY) else b"")


CASES = [
    # what the server does, the load's exit code, a part of what it says, options
    ("an echo", dict(reply=echo), 0, "", []),
    ("a greeting", dict(reply=echo, greeting=frame(b"Welcome")), 0, "", ["--idle", "3"]),
    ("a greeting of that size", dict(reply=echo, greeting=frame(b"x" * 300)), 0, "", []),
    ("fragments and pings", dict(reply=in_pieces), 0, "", ["--binary"]),
    ("a wrong stamp", dict(reply=at(5, lambda n, f, p: frame(flip(p, 7)))), 1, "differs", []),
    ("a wrong last byte", dict(reply=at(5, lambda n, f, p: frame(flip(p, -1)))), 1, "differs", []),
    ("a wrong first reply", dict(reply=at(0, lambda n, f, p: frame(flip(p, 9)))), 1, "silent", ["--connections", "1", "--patience", "0.3"]),
    ("a reply twice", dict(reply=at(5, lambda n, f, p: 2 * frame(p))), 1, "differs", []),
    ("a reply too short", dict(reply=at(5, lambda n, f, p: frame(p[:-1]))), 1, "too short", []),
    ("a reply too long", dict(reply=at(5, lambda n, f, p: frame(p + b"x"))), 1, "differs", []),
    ("a reply of the wrong type", dict(reply=at(5, lambda n, f, p: frame(p, BINARY))), 1, "wrong type", []),
    ("no reply", dict(reply=at(5, lambda n, f, p: b"")), 1, "differs", ["--in-flight", "4"]),
    ("no reply any more", dict(reply=at(5, lambda n, f, p: b"")), 1, "silent", ["--connections", "1", "--patience", "0.3"]),
    ("a lost connection", dict(reply=at(5, lambda n, f, p: None)), 1, "", []),
    ("a Close frame", dict(reply=at(5, lambda n, f, p: frame(b"\x03\xe8", CLOSE))), 1, "closed", []),
    ("a wrong Sec-WebSocket-Accept", dict(reply=echo, accept=lambda key: key.swapcase()), 1, "Sec-WebSocket-Accept", []),
]


def main(load):
    failures = 0
    for name, server_options, code, words, options in CASES:
        server = Server(**server_options)
        run = subprocess.run([load, "--port", str(server.listener.getsockname()[1]), "--pid", str(os.getpid()),
                              "--connections", "3", "--size", "300", "--warm-up", "0", "--seconds", "0.1", *options],
                             capture_output=True, text=True, timeout=60)
        server.close()
        if run.returncode != code or words not in run.stderr or (code == 0) != (run.stderr == ""):
            failures += 1
            print(f"{name}: exit code {run.returncode} instead of {code}, “{run.stderr.strip()}” instead of “…{words}…”")
    return 1 if failures else 0


sys.exit(main(*sys.argv[1:]))
