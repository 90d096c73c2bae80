# SPDX-License-Identifier: MIT
"""What systemd is told, and what it hands over: sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds(3).

usage: test_systemd.py AWESOME-CHAT-SERVER OPENSSL
"""

import fcntl
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

from service import PATIENCE, Manager, Peer, Service, free_port, listening, run

MICROSECONDS = 1_000_000
ANYWHERE = ("--listen", "127.0.0.1", "--port", "0")


def make_pair(openssl, directory, name):
    """The flags for a new certificate in that directory, under that name."""
    certificate, key = (os.path.join(directory, name + end) for end in (".crt", ".key"))
    subprocess.run([openssl, "req", "-x509", "-nodes", "-subj", "/CN=localhost", "-days", "1", "-newkey", "ec",
                    "-pkeyopt", "ec_paramgen_curve:prime256v1", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    return "--tls-certificate", certificate, "--tls-key", key


def says_ready_and_stopping(program, _openssl):
    """READY=1 comes once it listens, STOPPING=1 before it has stopped, nothing else"""
    with tempfile.TemporaryDirectory() as directory:
        for path in (os.path.join(directory, "notify"), None):
            with Manager(path) as manager, Service(program, *ANYWHERE, environment=manager.environment()) as service:
                ready = manager.receive()
                match = re.fullmatch(r"Listening on ws://127\.0\.0\.1:(\d+)", ready["STATUS"])
                assert ready["READY"] == "1" and match, ready
                with Peer(int(match[1])) as peer:
                    peer.expect_echo()
                    service.send(signal.SIGTERM)
                    stopping = manager.receive()
                    assert stopping["STOPPING"] == "1", stopping
                    assert service.process.poll() is None, "it had stopped already"  # it waits for the peer's Close
                    service.send(signal.SIGHUP)  # reloads nothing any more
                assert service.exit_code() == 0
                assert manager.is_silent()


def says_nothing_when_it_cannot_start(program, _openssl):
    """no READY=1 from a server that cannot listen"""
    with free_port() as taken, Manager() as manager:
        flags = ("--listen", "127.0.0.1", "--port", str(taken.getsockname()[1]))
        with Service(program, *flags, environment=manager.environment()) as service:
            assert service.exit_code() == 1
            assert manager.is_silent()


def serves_unheard(program, _openssl):
    """a notification socket where nobody listens does no harm"""
    for address in ("/nowhere/notify", "@nobody", "relative", ""):
        environment = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "100000"}
        with Service(program, *ANYWHERE, environment=environment) as service:
            with Peer(service.port()) as peer:
                peer.expect_echo()
            service.send(signal.SIGTERM)
            assert service.exit_code() == 0


def certificate_at(port):
    with Peer(port, tls=True) as peer:
        return peer.socket.getpeercert(binary_form=True)


def says_that_it_reloads(program, openssl):
    """SIGHUP: RELOADING=1 with the time, then READY=1, and by then the new certificate counts"""
    with tempfile.TemporaryDirectory() as directory, Manager() as manager:
        flags = make_pair(openssl, directory, "live")
        with Service(program, *ANYWHERE, *flags, environment=manager.environment()) as service:
            ready = manager.receive()
            port = service.port()
            assert ready["STATUS"] == f"Listening on wss://127.0.0.1:{port}", ready

            def reload():
                before = time.monotonic_ns() // 1000
                service.send(signal.SIGHUP)
                reloading = manager.receive()
                assert reloading["RELOADING"] == "1", reloading
                after = time.monotonic_ns() // 1000
                assert before <= int(reloading["MONOTONIC_USEC"]) <= after, (before, reloading, after)
                assert manager.receive() == ready

            old = certificate_at(port)
            make_pair(openssl, directory, "live")
            reload()
            new = certificate_at(port)
            with open(flags[1], encoding="ascii") as file:
                assert new == ssl.PEM_cert_to_DER_cert(file.read()) != old
            os.remove(flags[1])
            reload()
            assert certificate_at(port) == new, "a certificate that is not there was taken"


def reload_without_tls(program, _openssl):
    """without TLS SIGHUP ends the program in a terminal, but no service"""
    with Service(program, *ANYWHERE, environment={"NOTIFY_SOCKET": ""}) as service:
        service.port()
        service.send(signal.SIGHUP)
        assert service.exit_code() == 0
    with Manager() as manager, Service(program, *ANYWHERE, environment=manager.environment()) as service:
        ready = manager.receive()
        service.send(signal.SIGHUP)
        assert manager.receive()["RELOADING"] == "1"
        assert manager.receive() == ready
        with Peer(service.port()) as peer:
            peer.expect_echo()


def feeds_the_watchdog(program, _openssl):
    """WATCHDOG=1 comes before each timeout, only when asked for and only by the process that is meant"""
    timeout = 3
    for pid, is_fed in (("$$", True), (None, True), ("1", False)):
        environment = {"WATCHDOG_USEC": str(timeout * MICROSECONDS)} | ({"WATCHDOG_PID": pid} if pid else {})
        with Manager() as manager:
            with Service(program, *ANYWHERE, environment=manager.environment(**environment)) as service:
                assert "READY" in manager.receive()
                if not is_fed:
                    service.port()
                    assert manager.is_silent(timeout * 0.75)
                    continue
                last = time.monotonic()
                gaps = []
                for _ in range(2):
                    assert manager.receive() == {"WATCHDOG": "1"}
                    gaps.append(time.monotonic() - last)
                    last = time.monotonic()
                print(f"watchdog of {timeout} s fed after", ", ".join(f"{gap:.2f} s" for gap in gaps))
                assert max(gaps) < timeout * 0.85


WATCHED = {"WATCHDOG_USEC": str(MICROSECONDS // 5)}
LONG = 1.0  # seconds: the watchdog's timeout, five times


def expect_life(manager):
    manager.drain()
    for _ in range(3):
        assert manager.receive() == {"WATCHDOG": "1"}


def stopped_process_is_noticed(program, _openssl):
    """a process that does not run feeds no watchdog"""
    with Manager() as manager, Service(program, *ANYWHERE, environment=manager.environment(**WATCHED)) as service:
        assert "READY" in manager.receive()
        expect_life(manager)
        service.send(signal.SIGSTOP)
        os.waitid(os.P_PID, service.process.pid, os.WSTOPPED)
        manager.drain()
        assert manager.is_silent(LONG)
        service.send(signal.SIGCONT)
        expect_life(manager)


def hung_loop_is_noticed(program, _openssl):
    """an event loop that hangs, here in a log that nobody reads, feeds no watchdog"""
    log, log_end = os.pipe()
    with Manager() as manager, open(log, "rb") as reader:
        with open(log_end, "wb") as writer:
            fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
            service = Service(program, *ANYWHERE, environment=manager.environment(**WATCHED), log_to=writer)
        with service:
            port = service.port()
            assert "READY" in manager.receive()
            expect_life(manager)
            peers = []
            try:
                # Each logs that it is refused; the kernel accepts them even when the server does not.
                for _ in range(200):
                    peers.append(socket.create_connection(("127.0.0.1", port)))
                    peers[-1].sendall(b"nonsense\r\n\r\n")
                deadline = time.monotonic() + PATIENCE
                while not manager.is_silent(LONG):
                    assert time.monotonic() < deadline, "the loop hangs, the watchdog is still fed"
                os.set_blocking(reader.fileno(), False)
                while manager.is_silent():
                    reader.read()
                    assert time.monotonic() < deadline, "the loop runs again, the watchdog is not fed"
            finally:
                for peer in peers:
                    peer.close()


def descriptor_flags(service, descriptor):
    with open(f"/proc/{service.process.pid}/fdinfo/{descriptor}", encoding="ascii") as file:
        return int(next(line.split()[1] for line in file if line.startswith("flags:")), 8)


def port_of(handed):
    return handed.getsockname()[1]


def listens_on_what_it_is_given(program, _openssl):
    """sockets that are handed over are served, each where it listens, whatever --listen and --port say"""
    cases = (
        (["127.0.0.1"], ["ws://127.0.0.1:{}"]),
        (["::1"], ["ws://[::1]:{}"]),
        (["127.0.0.1", "::1"], ["ws://127.0.0.1:{}", "ws://[::1]:{}"]),
        (["0.0.0.0", "::"], ["ws://0.0.0.0:{}", "ws://[::]:{}"]),
    )
    for addresses, expected in cases:
        handed = [listening(address) for address in addresses]
        # As long as the test holds that port, the server cannot listen there.
        with free_port() as taken, Service(program, "--listen", "127.0.0.1", "--port", str(port_of(taken)),
                                           hand_over=handed) as service:
            urls = service.urls(len(handed))
            assert urls == [url.format(port_of(made)) for url, made in zip(expected, handed)], urls
            for number, (address, made) in enumerate(zip(addresses, handed), 3):
                host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)
                with Peer(port_of(made), host) as peer:
                    peer.expect_echo()
                # On loopback it answers to loopback names only, against DNS rebinding.
                with Peer(port_of(made), host) as stranger:
                    assert stranger.upgrade("example.org") == (403 if host == address else 101)
                flags = descriptor_flags(service, number)
                assert flags & os.O_CLOEXEC and flags & os.O_NONBLOCK, oct(flags)
            lines = [line for line in service.log().splitlines() if "not on --listen and --port" in line]
            assert len(lines) == 1, service.log()
            service.send(signal.SIGTERM)
            assert service.exit_code() == 0
        for made in handed:
            made.close()


def blocking_socket(program, _openssl):
    """a socket that blocks does not make the server block"""
    with listening("127.0.0.1") as handed:
        handed.setblocking(True)
        with Service(program, hand_over=[handed]) as service:
            with Peer(service.port()) as first, Peer(port_of(handed)) as second:
                first.expect_echo()
                second.expect_echo()


def dual_stack(program, openssl):
    """IPv4 peers of a dual-stack socket are shown and counted as IPv4"""
    with tempfile.TemporaryDirectory() as directory:
        for tls in ((), make_pair(openssl, directory, "dual")):
            with listening("::", dual=True) as dual, listening("127.0.0.1") as plain:
                with Service(program, "--max-connections-per-address", "2", *tls, hand_over=[dual, plain]) as service:
                    scheme = "wss" if tls else "ws"
                    assert service.urls(2) == [f"{scheme}://[::]:{port_of(dual)}",
                                               f"{scheme}://127.0.0.1:{port_of(plain)}"]
                    with (Peer(port_of(dual), tls=tls) as first, Peer(port_of(plain), tls=tls) as second,
                          Peer(port_of(dual), "::1", tls=tls) as sixth):
                        for peer in (first, second, sixth):
                            peer.expect_echo()
                        for address in (f"127.0.0.1:{first.socket.getsockname()[1]}",
                                        f"127.0.0.1:{second.socket.getsockname()[1]}",
                                        f"[::1]:{sixth.socket.getsockname()[1]}"):
                            assert f" connected from {address} to /" in service.log(), service.log()
                        for made in (dual, plain):
                            with socket.create_connection(("127.0.0.1", port_of(made))) as third:
                                assert third.recv(100).startswith(b"HTTP/1.1 503 ")


def nobody_is_lost_between(program, _openssl):
    """whoever connects while no server runs is served by the next one"""
    with listening("127.0.0.1") as handed:
        for _ in range(3):
            with Peer(port_of(handed)) as early:
                with Service(program, hand_over=[handed]) as service:
                    early.expect_echo()
                    early.socket.close()
                    service.send(signal.SIGTERM)
                    assert service.exit_code() == 0


def made_udp():
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    return made


def made_unix():
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    made.bind("")
    made.listen()
    return made


def refuses_what_it_cannot_use(program, _openssl):
    """anything else that is handed over: exit code 1 and one line that says why"""
    with listening("127.0.0.1") as good:
        wrong = "cannot listen on descriptor {} of LISTEN_FDS: it is no listening TCP socket; use ListenStream="
        none = "cannot take the sockets of LISTEN_FDS: "
        cases = {
            "a UDP socket": ([made_udp()], None, wrong.format(3)),
            "a socket that does not listen": ([free_port()], None, wrong.format(3)),
            "a connection": ([socket.create_connection(good.getsockname())], None, wrong.format(3)),
            "a Unix socket": ([made_unix()], None, wrong.format(3)),
            "a file": ([tempfile.TemporaryFile()], None, wrong.format(3)),
            "a good and a bad one": ([good.dup(), made_udp()], None, wrong.format(4)),
            "a closed descriptor": ([], "1", none),
            "more than there are": ([good.dup()], "2", none),
            "very many": ([good.dup()], "99999", none),
            "no number": ([good.dup()], "many", none),
            "none": ([], "0", none),
            "less than none": ([good.dup()], "-1", none),
        }
        for name, (handed, count, sentence) in cases.items():
            environment = {"LISTEN_PID": "$$"} | ({"LISTEN_FDS": count} if count else {})
            with Service(program, "--port", "0", hand_over=handed, environment=environment) as service:
                code = service.exit_code()
                log = service.log()
                assert code == 1, (name, code, log)
                assert log.startswith("awesome-chat-server: " + sentence) and log.count("\n") == 1, (name, log)
                assert service.process.stdout.read() == "", name
            for made in handed:
                made.close()


def ignores_what_is_for_others(program, _openssl):
    """sockets for another process are not taken"""
    with listening("127.0.0.1") as handed:
        with Service(program, *ANYWHERE, hand_over=[handed], environment={"LISTEN_PID": "1"}) as service:
            port = service.port()
            assert port != port_of(handed)
            with Peer(port) as peer:
                peer.expect_echo()


def help_needs_no_sockets(program, _openssl):
    """--help helps, whatever is handed over"""
    with Service(program, "--help", environment={"LISTEN_FDS": "1", "LISTEN_PID": "$$"}) as service:
        assert service.exit_code() == 0
        assert service.process.stdout.read().startswith("Usage: ")


run((says_ready_and_stopping, says_nothing_when_it_cannot_start, serves_unheard, says_that_it_reloads,
     reload_without_tls, feeds_the_watchdog, stopped_process_is_noticed, hung_loop_is_noticed,
     listens_on_what_it_is_given, blocking_socket, dual_stack, nobody_is_lost_between, refuses_what_it_cannot_use,
     ignores_what_is_for_others, help_needs_no_sockets), *sys.argv[1:])
