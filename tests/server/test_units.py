# SPDX-License-Identifier: MIT
"""The unit files: systemd understands them, finds little that the service could do, and the program runs under that.

usage: test_units.py UNIT-FOLDER INSTALLED-PROGRAM AWESOME-CHAT-SERVER OPENSSL
"""

import ctypes
import errno
import mmap
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile

from service import Manager, Peer, Service, listening, run

MAX_EXPOSURE = 2.0
NAME = "awesome-chat-server"


def text_of(folder, kind):
    with open(os.path.join(folder, f"{NAME}.{kind}"), encoding="utf-8") as file:
        return file.read()


def settings(folder, name):
    """The values that the service has for that setting, one for each line."""
    found = re.findall(rf"^{name}=(.*)$", text_of(folder, "service"), re.MULTILINE)
    assert found, f"no {name}="
    return found


def analyze(*arguments):
    """What systemd-analyze says; stderr is where it complains."""
    environment = os.environ | {"SYSTEMD_LOG_LEVEL": "info", "SYSTEMD_COLORS": "0", "LC_ALL": "C"}
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, env=environment)


def names_the_program(folder, installed, _program, _openssl):
    """the service starts the program where it is installed"""
    assert settings(folder, "ExecStart") == [installed]


def is_understood(folder, installed, program, _openssl):
    """systemd-analyze verify has no complaint"""
    # The program is not installed yet.
    service = text_of(folder, "service").replace(installed, os.path.abspath(program))
    # What is only proposed must be understood too.
    with_tls = re.sub(r"^#(LoadCredential|ExecStart)=", r"\1=", service, flags=re.MULTILINE)
    assert with_tls != service
    units = {f"{NAME}.socket": text_of(folder, "socket"), f"{NAME}.service": service, f"{NAME}-tls.service": with_tls}
    with tempfile.TemporaryDirectory() as copies:
        paths = [os.path.join(copies, name) for name in units]
        for path, text in zip(paths, units.values()):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        checked = analyze("verify", "--man=no", "--recursive-errors=no", *paths)
    complaints = [line for line in (checked.stdout + checked.stderr).splitlines() if NAME in line]
    assert checked.returncode == 0 and not complaints, checked.stdout + checked.stderr


def is_hardened(folder, _installed, _program, _openssl):
    """systemd-analyze security finds an exposure under 2.0"""
    result = analyze("security", "--offline=true", "--no-pager", os.path.join(folder, f"{NAME}.service"))
    match = re.search(r"Overall exposure level for \S+: ([0-9.]+)", result.stdout)
    assert match, result.stdout + result.stderr
    print(f"exposure {match[1]}")
    assert float(match[1]) < MAX_EXPOSURE, result.stdout


class Filter:
    """System calls as systemd filters them, by libseccomp, which it uses too: see systemd.exec(5)."""

    ALLOW = 0x7FFF0000
    EQUAL, MASKED = 4, 7  # enum scmp_compare

    class Comparison(ctypes.Structure):
        _fields_ = [("argument", ctypes.c_uint), ("operation", ctypes.c_int),
                    ("first", ctypes.c_uint64), ("second", ctypes.c_uint64)]

    def __init__(self, otherwise):
        self.library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
        self.library.seccomp_init.restype = ctypes.c_void_p
        self.context = ctypes.c_void_p(self.library.seccomp_init(ctypes.c_uint32(otherwise)))
        assert self.context, "no seccomp here"

    @staticmethod
    def fail_with(error):
        return 0x00050000 | error

    def add(self, action, call, *comparison):
        number = self.library.seccomp_syscall_resolve_name(call.encode())
        if number == -1:
            return  # of another architecture or kernel
        compared = (self.Comparison(*comparison),) if comparison else ()
        done = self.library.seccomp_rule_add(self.context, ctypes.c_uint32(action), number, len(compared), *compared)
        assert done == 0, (call, os.strerror(-done))

    def load(self):
        done = self.library.seccomp_load(self.context)
        assert done == 0, os.strerror(-done)


def system_calls(group):
    """The names in a group of systemd's, and in the groups in it."""
    if not group.startswith("@"):
        return {group}
    listed = analyze("syscall-filter", group).stdout.split("\n")
    names = [line.strip() for line in listed[1:] if line.strip() and not line.strip().startswith("#")]
    assert names, group
    return set().union(*(system_calls(name) for name in names))


def filters(folder):
    """What SystemCallFilter=, RestrictAddressFamilies= and MemoryDenyWriteExecute= of the unit mean to the kernel."""
    allowed = system_calls("@default")
    for line in settings(folder, "SystemCallFilter"):
        calls = set().union(*(system_calls(name) for name in line.lstrip("~").split()))
        allowed = allowed - calls if line.startswith("~") else allowed | calls
    assert settings(folder, "SystemCallErrorNumber") == ["EPERM"]
    calls = Filter(Filter.fail_with(errno.EPERM))
    for name in allowed:
        calls.add(Filter.ALLOW, name)

    families = Filter(Filter.ALLOW)
    wanted = {int(getattr(socket, name)) for name in settings(folder, "RestrictAddressFamilies")[0].split()}
    for family in set(range(64)) - wanted:
        families.add(Filter.fail_with(errno.EAFNOSUPPORT), "socket", 0, Filter.EQUAL, family, 0)

    assert settings(folder, "MemoryDenyWriteExecute") == ["yes"]
    execute, writable = mmap.PROT_EXEC, mmap.PROT_EXEC | mmap.PROT_WRITE
    memory = Filter(Filter.ALLOW)
    memory.add(Filter.fail_with(errno.EPERM), "mmap", 2, Filter.MASKED, writable, writable)
    for call in ("mprotect", "pkey_mprotect"):
        memory.add(Filter.fail_with(errno.EPERM), call, 2, Filter.MASKED, execute, execute)
    return families, memory, calls  # the last one would not let the others load


# Fails where the filters do not filter.
PROBE = """
import errno, mmap, os, socket

def expect(error, call, *arguments, **named):
    try:
        call(*arguments, **named)
    except OSError as refused:
        assert refused.errno == error, refused
    else:
        raise AssertionError(f"{call} was let through")

socket.socket().close()
expect(errno.EAFNOSUPPORT, socket.socket, socket.AF_NETLINK, socket.SOCK_RAW)
expect(errno.EPERM, mmap.mmap, -1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC)
expect(errno.EPERM, os.setpriority, os.PRIO_PROCESS, 0, 0)
expect(errno.EPERM, os.chroot, "/")
"""


def runs_under_it(folder, _installed, program, openssl):
    """the program starts, echoes, speaks TLS, takes a new certificate and ends under the unit's system call filters"""
    loaded = filters(folder)

    def confine():
        for each in loaded:
            each.load()

    subprocess.run([sys.executable, "-c", PROBE], preexec_fn=confine, check=True)
    with tempfile.TemporaryDirectory() as directory:
        certificate, key = os.path.join(directory, "crt"), os.path.join(directory, "key")
        subprocess.run([openssl, "req", "-x509", "-nodes", "-subj", "/CN=localhost", "-days", "1", "-newkey",
                        "rsa:2048", "-keyout", key, "-out", certificate], check=True, capture_output=True)
        for tls in ((), ("--tls-certificate", certificate, "--tls-key", key)):
            for handed in ([], [listening("127.0.0.1")]):
                # The leak check of a sanitizer is no part of the program, and stops it as a debugger does.
                with Manager() as manager, Service(
                        program, "--listen", "127.0.0.1", "--port", "0", *tls, hand_over=handed, preexec_fn=confine,
                        environment=manager.environment(ASAN_OPTIONS="detect_leaks=0")) as service:
                    assert "READY" in manager.receive()
                    port = service.port()
                    with Peer(port, tls=tls) as peer:
                        peer.expect_echo()
                        service.send(signal.SIGHUP)
                        assert "RELOADING" in manager.receive()
                        assert "READY" in manager.receive()
                        with Peer(port, tls=tls) as other:
                            other.expect_echo()
                    service.send(signal.SIGTERM)
                    assert "STOPPING" in manager.receive()
                    assert service.exit_code() == 0
                    assert ("new certificate" in service.log()) == bool(tls), service.log()
                for made in handed:
                    made.close()


def journal_reads_the_level(folder, _installed, program, _openssl):
    """a line of the log begins with its level, as the journal reads it, and has no time of its own"""
    name, value = settings(folder, "Environment")[0].strip('"').replace("%%", "%").split("=", 1)
    with Service(program, "--listen", "127.0.0.1", "--port", "0", environment={name: value}) as service:
        with Peer(service.port()) as peer:
            peer.expect_echo()
        service.send(signal.SIGTERM)
        assert service.exit_code() == 0
        assert service.log().startswith("<6>#1 connected from 127.0.0.1:"), service.log()


run((names_the_program, is_understood, is_hardened, runs_under_it, journal_reads_the_level), *sys.argv[1:])
