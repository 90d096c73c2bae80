# SPDX-License-Identifier: MIT
"""What systemd is told, and what it hands over: sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds(3).

usage: test_systemd.py AWESOME-CHAT-SERVER OPENSSL
"""

import fcntl
import os
import re
import resource
import signal
import socket
import ssl
import sys
import tempfile
import time
import unittest
from contextlib import ExitStack

from rawpeer import TIMEOUT, measured, run_tests
from service import ANYWHERE, Manager, Peer, Service, listening, make_pair, port_of

SERVER, OPENSSL = sys.argv[1:3]
MICROSECONDS = 1_000_000


def bound():
    """A TCP socket that has a port, which nobody else can take, and does not listen."""
    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    return made


def certificate_at(port):
    with Peer(port, tls=True) as peer:
        return peer.socket.getpeercert(binary_form=True)


class Notifications(unittest.TestCase):
    """What comes out of NOTIFY_SOCKET."""

    def setUp(self):
        self.manager = self.enterContext(Manager())

    def start(self, *flags, **environment):
        return self.enterContext(Service(SERVER, *(flags or ANYWHERE),
                                         environment=self.manager.environment(**environment)))

    def expect_start_and_end(self):
        service = self.start()
        ready = self.manager.receive()
        match = re.fullmatch(r"Listening on ws://127\.0\.0\.1:(\d+)", ready["STATUS"])
        self.assertTrue(ready["READY"] == "1" and match, ready)
        with Peer(int(match[1])) as peer:
            peer.open().echo()
            service.send(signal.SIGTERM)
            self.assertEqual(self.manager.receive()["STOPPING"], "1")
            self.assertIsNone(service.process.poll(), "said when it was over")  # it waits for the peer's Close
            service.send(signal.SIGHUP)  # there is nothing to reload any more
        self.assertEqual(service.exit_code(), 0)
        self.assertTrue(self.manager.is_silent())

    def test_start_and_end(self):
        """READY=1 once it listens, STOPPING=1 before it has stopped, nothing else."""
        self.expect_start_and_end()

    def test_socket_at_a_path(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.manager = self.enterContext(Manager(os.path.join(folder, "notify")))
        self.expect_start_and_end()

    def test_failed_start(self):
        taken = self.enterContext(bound())
        service = self.start("--listen", "127.0.0.1", "--port", str(port_of(taken)))
        self.assertEqual(service.exit_code(), 1)
        self.assertTrue(self.manager.is_silent())

    def test_no_more_threads(self):
        """Where the system refuses a thread, as TasksMax= makes it, a sentence says so, and it ends."""
        stack = (1 << 46, resource.getrlimit(resource.RLIMIT_STACK)[1])  # for which there is no room
        service = self.enterContext(Service(SERVER, *ANYWHERE, "--threads", "2", environment=self.manager.environment(),
                                            confine=lambda: resource.setrlimit(resource.RLIMIT_STACK, stack)))
        self.assertEqual(service.exit_code(), 1)
        self.assertIn("cannot start thread 1 of 2; use --threads N for fewer, or allow more", service.log())
        self.assertTrue(self.manager.is_silent())

    def test_nobody_listens(self):
        """A notification socket that is not there does no harm."""
        for address in ("/nowhere/notify", "@nobody", "relative", ""):
            with self.subTest(address=address):
                service = self.start(NOTIFY_SOCKET=address, WATCHDOG_USEC="100000")
                with Peer(service.port()) as peer:
                    peer.open().echo()
                self.assertEqual(service.stop(), 0)

    def test_reload(self):
        """RELOADING=1 with the time, then READY=1; by then the new certificate counts."""
        folder = self.enterContext(tempfile.TemporaryDirectory())
        flags = make_pair(OPENSSL, folder)
        service = self.start(*ANYWHERE, *flags)
        ready = self.manager.receive()
        port = service.port()
        self.assertEqual(ready["STATUS"], f"Listening on wss://127.0.0.1:{port}")

        def reload():
            before = time.monotonic_ns() // 1000
            service.send(signal.SIGHUP)
            reloading = self.manager.receive()
            self.assertEqual(reloading["RELOADING"], "1")
            self.assertTrue(before <= int(reloading["MONOTONIC_USEC"]) <= time.monotonic_ns() // 1000, reloading)
            self.assertEqual(self.manager.receive(), ready)

        old = certificate_at(port)
        make_pair(OPENSSL, folder)
        reload()
        new = certificate_at(port)
        self.assertNotEqual(new, old)
        with open(flags[1], encoding="ascii") as file:
            self.assertEqual(new, ssl.PEM_cert_to_DER_cert(file.read()))
        os.remove(flags[1])
        reload()
        self.assertEqual(certificate_at(port), new, "the certificate that is not there any more stays")

    def test_reload_without_tls(self):
        """Without TLS, SIGHUP ends the program of a terminal that has gone, but no service."""
        service = self.start()
        ready = self.manager.receive()
        service.send(signal.SIGHUP)
        self.assertEqual(self.manager.receive()["RELOADING"], "1")
        self.assertEqual(self.manager.receive(), ready)
        with Peer(service.port()) as peer:
            peer.open().echo()

        # The tests themselves may run under nohup(1).
        self.addCleanup(signal.signal, signal.SIGHUP, signal.signal(signal.SIGHUP, signal.SIG_DFL))
        unmanaged = self.start(NOTIFY_SOCKET="")
        unmanaged.port()
        unmanaged.send(signal.SIGHUP)
        self.assertEqual(unmanaged.exit_code(), 0)


class Watchdog(unittest.TestCase):
    """A service that hangs is one that does not say WATCHDOG=1."""

    SHORT = {"WATCHDOG_USEC": str(MICROSECONDS // 5)}
    LONG = 1.0  # seconds: five times that

    def setUp(self):
        self.manager = self.enterContext(Manager())

    def start(self, log=None, **environment):
        return self.enterContext(
            Service(SERVER, *ANYWHERE, environment=self.manager.environment(**environment), log=log))

    def expect_life(self):
        self.manager.drain()
        for _ in range(3):
            self.assertEqual(self.manager.receive(), {"WATCHDOG": "1"})

    def test_interval(self):
        """WATCHDOG=1 comes in good time, if it is this process that was asked."""
        timeout = 3
        for pid, is_asked in (("$$", True), ("", True), ("1", False)):
            with self.subTest(pid=pid):
                self.manager = self.enterContext(Manager())
                variables = {"WATCHDOG_USEC": str(timeout * MICROSECONDS)} | ({"WATCHDOG_PID": pid} if pid else {})
                self.start(**variables)
                self.assertIn("READY", self.manager.receive())
                if not is_asked:
                    self.assertTrue(self.manager.is_silent(timeout * 0.75))
                    continue
                begin = time.monotonic()
                for _ in range(2):
                    self.assertEqual(self.manager.receive(), {"WATCHDOG": "1"})
                    seconds, begin = time.monotonic() - begin, time.monotonic()
                    measured(f"between signs of life for a watchdog of {timeout} s", f"{seconds:.2f} s")
                    self.assertLess(seconds, timeout * 0.85)

    def test_stopped_process(self):
        service = self.start(**self.SHORT)
        self.assertIn("READY", self.manager.receive())
        self.expect_life()
        service.send(signal.SIGSTOP)
        os.waitid(os.P_PID, service.process.pid, os.WSTOPPED)
        self.manager.drain()
        self.assertTrue(self.manager.is_silent(self.LONG))
        service.send(signal.SIGCONT)
        self.expect_life()

    def test_hung_event_loop(self):
        """It hangs in its log, which nobody reads: the process runs, the loop does not."""
        read_end, write_end = os.pipe()
        reader = self.enterContext(open(read_end, "rb"))
        with open(write_end, "wb") as writer:
            fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
            service = self.start(log=writer, **self.SHORT)
        port = service.port()
        self.assertIn("READY", self.manager.receive())
        self.expect_life()
        for _ in range(200):  # the kernel accepts them even when the server does not
            peer = self.enterContext(socket.create_connection(("127.0.0.1", port)))
            peer.sendall(b"nonsense\r\n\r\n")  # which is logged
        deadline = time.monotonic() + TIMEOUT
        while not self.manager.is_silent(self.LONG):
            self.assertLess(time.monotonic(), deadline, "the loop hangs, the watchdog is told that it runs")
        os.set_blocking(read_end, False)
        while self.manager.is_silent():
            reader.read()
            self.assertLess(time.monotonic(), deadline, "the loop runs again, the watchdog is not told")


class Activation(unittest.TestCase):
    """Sockets that are there before the server: LISTEN_FDS."""

    def start(self, hand_over, *flags, **environment):
        return self.enterContext(Service(SERVER, *flags, hand_over=hand_over, environment=environment))

    def listen(self, *addresses, **how):
        return [self.enterContext(listening(address, **how)) for address in addresses]

    def test_listens_on_what_it_is_given(self):
        cases = (
            (["127.0.0.1"], ["ws://127.0.0.1:{}"]),
            (["::1"], ["ws://[::1]:{}"]),
            (["127.0.0.1", "::1"], ["ws://127.0.0.1:{}", "ws://[::1]:{}"]),
            (["0.0.0.0", "::"], ["ws://0.0.0.0:{}", "ws://[::]:{}"]),
        )
        for addresses, urls in cases:
            with self.subTest(addresses=addresses):
                listeners = self.listen(*addresses)
                service = self.start(listeners)
                self.assertEqual(service.urls(len(listeners)),
                                 [url.format(port_of(listener)) for url, listener in zip(urls, listeners)])
                for descriptor, (address, listener) in enumerate(zip(addresses, listeners), 3):
                    self.expect_service(service, descriptor, listener, address)
                self.assertEqual(service.stop(), 0)

    def expect_service(self, service, descriptor, listener, address):
        local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)
        with Peer(port_of(listener), local) as peer, Peer(port_of(listener), local) as second:
            peer.open().echo()
            second.open().echo()
        # On loopback it answers to loopback names only, against DNS rebinding.
        with Peer(port_of(listener), local) as stranger:
            self.assertEqual(stranger.ask_for("example.org"), 403 if local == address else 101)
        with open(f"/proc/{service.process.pid}/fdinfo/{descriptor}", encoding="ascii") as file:
            flags = int(next(line.split()[1] for line in file if line.startswith("flags:")), 8)
        self.assertTrue(flags & os.O_CLOEXEC and flags & os.O_NONBLOCK, oct(flags))

    def test_flags_do_not_count(self):
        """The sockets count, not --listen and --port; a line of the log says so."""
        taken = self.enterContext(bound())  # there the server could not listen
        listeners = self.listen("127.0.0.1")
        service = self.start(listeners, "--listen", "127.0.0.1", "--port", str(port_of(taken)))
        self.assertEqual(service.port(), port_of(listeners[0]))
        self.assertEqual(service.log().count("not on --listen and --port"), 1)

    def test_dual_stack(self):
        """IPv4 peers of a socket for both families are shown and counted as IPv4."""
        folder = self.enterContext(tempfile.TemporaryDirectory())
        for scheme, flags in (("ws", ()), ("wss", make_pair(OPENSSL, folder))):
            with self.subTest(scheme=scheme), ExitStack() as stack:
                dual, plain = self.listen("::", dual=True) + self.listen("127.0.0.1")
                service = self.start([dual, plain], "--max-connections-per-address", "2", *flags)
                self.assertEqual(service.urls(2), [f"{scheme}://[::]:{port_of(dual)}",
                                                   f"{scheme}://127.0.0.1:{port_of(plain)}"])
                for listener, address, shown in ((dual, "127.0.0.1", "127.0.0.1"), (plain, "127.0.0.1", "127.0.0.1"),
                                                 (dual, "::1", "[::1]")):
                    peer = stack.enter_context(Peer(port_of(listener), address, tls=bool(flags)))
                    peer.open().echo()
                    self.assertIn(f" connected from {shown}:{peer.socket.getsockname()[1]} to /", service.log())
                for listener in (dual, plain):
                    third = stack.enter_context(socket.create_connection(("127.0.0.1", port_of(listener)), TIMEOUT))
                    answer = third.recv(100)
                    self.assertEqual(answer[:13], b"" if scheme == "wss" else b"HTTP/1.1 503 ")

    def test_nobody_is_lost_between(self):
        """Who connects while no server runs is served by the next one."""
        listeners = self.listen("127.0.0.1")
        for _ in range(3):
            with Peer(port_of(listeners[0])) as early:
                service = self.start(listeners)
                early.open().echo()
            self.assertEqual(service.stop(), 0)

    def test_draining_costs_nothing(self):
        """Who comes to the socket of systemd while the server closes its connections waits for the next server."""
        for threads in ("1", "2"):
            with self.subTest(threads=threads):
                listeners = self.listen("127.0.0.1")
                service = self.start(listeners, "--threads", threads)
                with Peer(port_of(listeners[0])) as peer:
                    peer.open().echo()
                    service.send(signal.SIGTERM)
                    peer.read_close()  # and it is not answered yet
                    self.enterContext(socket.create_connection(listeners[0].getsockname()))
                    begin = service.cpu_seconds()
                    time.sleep(1)
                    seconds = service.cpu_seconds() - begin
                measured(f"CPU time of a second of draining, threads: {threads}", f"{seconds:.2f} s")
                self.assertLess(seconds, 0.1)

    def test_what_is_no_listening_tcp_socket(self):
        good = self.listen("127.0.0.1")[0]
        udp = self.enterContext(socket.socket(type=socket.SOCK_DGRAM))
        local = self.enterContext(socket.socket(socket.AF_UNIX))
        local.bind("")
        local.listen()
        cases = {
            "UDP": [udp],
            "does not listen": [self.enterContext(bound())],
            "connection": [self.enterContext(socket.create_connection(good.getsockname()))],
            "Unix": [local],
            "file": [self.enterContext(tempfile.TemporaryFile())],
            "one good, one bad": [good, udp],
        }
        for name, files in cases.items():
            with self.subTest(name):
                self.expect_refusal(self.start(files), f"cannot listen on descriptor {2 + len(files)} of LISTEN_FDS: "
                                    "it is no listening TCP socket; use ListenStream=ADDRESS:PORT without Accept=yes")

    def test_wrong_count(self):
        good = self.listen("127.0.0.1")
        for files, count, reason in (
                ([], "1", "Bad file descriptor"), (good, "2", "Bad file descriptor"),
                (good, "99999", "Bad file descriptor"), ([], "0", "Invalid argument"), (good, "-1", "Invalid argument"),
                (good, "many", "Invalid argument")):
            with self.subTest(files=len(files), count=count):
                self.expect_refusal(
                    self.start(files, LISTEN_FDS=count, LISTEN_PID="$$"),
                    f"cannot take the sockets of LISTEN_FDS: {reason}; start the .socket unit, or unset it")

    def expect_refusal(self, service, sentence):
        self.assertEqual(service.exit_code(), 1)
        self.assertEqual(service.log(), f"awesome-chat-server: {sentence}\n")
        self.assertEqual(service.process.stdout.read(), "")

    def test_for_another_process(self):
        listeners = self.listen("127.0.0.1")
        service = self.start(listeners, *ANYWHERE, LISTEN_PID="1")
        port = service.port()
        self.assertNotEqual(port, port_of(listeners[0]))
        with Peer(port) as peer:
            peer.open().echo()

    def test_help(self):
        """--help helps, whatever is handed over."""
        service = self.start([], "--help", LISTEN_FDS="1", LISTEN_PID="$$")
        self.assertEqual(service.exit_code(), 0)
        self.assertTrue(service.process.stdout.read().startswith("Usage: "))


run_tests()
