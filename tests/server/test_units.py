# SPDX-License-Identifier: MIT
"""The unit files: systemd understands them, finds little that the service could do, and the program runs under that.

usage: test_units.py AWESOME-CHAT-SERVER OPENSSL UNIT-FOLDER INSTALLED-PROGRAM
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
import unittest
import urllib.request

from rawpeer import TIMEOUT, measured, run_tests
from service import ANYWHERE, Manager, Peer, Service, listening, make_pair

SERVER, OPENSSL, FOLDER, INSTALLED = sys.argv[1:5]
NAME = "awesome-chat-server"
MAX_EXPOSURE = 2.0


def text_of(kind):
    with open(os.path.join(FOLDER, f"{NAME}.{kind}"), encoding="utf-8") as file:
        return file.read()


def settings(name):
    """The values that the service has for that setting, one for each line."""
    found = re.findall(rf"^{name}=(.*)$", text_of("service"), re.MULTILINE)
    assert found, f"no {name}="
    return found


def analyze(*arguments):
    """What systemd-analyze says; stderr is where it complains."""
    environment = os.environ | {"SYSTEMD_LOG_LEVEL": "info", "SYSTEMD_COLORS": "0", "LC_ALL": "C"}
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, env=environment)


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


def filters():
    """What SystemCallFilter=, RestrictAddressFamilies= and MemoryDenyWriteExecute= of the unit mean to the kernel."""
    allowed = system_calls("@default")
    for line in settings("SystemCallFilter"):
        calls = set().union(*(system_calls(name) for name in line.lstrip("~").split()))
        allowed = allowed - calls if line.startswith("~") else allowed | calls
    assert settings("SystemCallErrorNumber") == ["EPERM"]
    calls = Filter(Filter.fail_with(errno.EPERM))
    for name in allowed:
        calls.add(Filter.ALLOW, name)

    families = Filter(Filter.ALLOW)
    wanted = {int(getattr(socket, name)) for name in settings("RestrictAddressFamilies")[0].split()}
    for family in set(range(64)) - wanted:
        families.add(Filter.fail_with(errno.EAFNOSUPPORT), "socket", 0, Filter.EQUAL, family, 0)

    assert settings("MemoryDenyWriteExecute") == ["yes"]
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


class Units(unittest.TestCase):
    def test_program(self):
        """The service starts the program where it is installed."""
        self.assertEqual(settings("ExecStart"), [INSTALLED])

    def test_tasks(self):
        """The main thread is one more than --threads takes at most: one per core, on any machine."""
        error = subprocess.run([SERVER, "--threads", "0"], capture_output=True, text=True).stderr
        most = int(re.search(r"from 1 to (\d+)", error)[1])
        self.assertGreater(int(settings("TasksMax")[0]), most)

    def test_verify(self):
        # The program is not installed yet.
        service = text_of("service").replace(INSTALLED, os.path.abspath(SERVER))
        # What is only proposed must be understood too.
        with_tls = re.sub(r"^#(LoadCredential|ExecStart)=", r"\1=", service, flags=re.MULTILINE)
        self.assertNotEqual(with_tls, service)
        units = {f"{NAME}.socket": text_of("socket"), f"{NAME}.service": service, f"{NAME}-tls.service": with_tls}
        folder = self.enterContext(tempfile.TemporaryDirectory())
        for name, text in units.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        result = analyze("verify", "--man=no", "--recursive-errors=no", *(os.path.join(folder, name) for name in units))
        output = result.stdout + result.stderr
        self.assertEqual([line for line in output.splitlines() if NAME in line], [])
        self.assertEqual(result.returncode, 0, output)

    def test_security(self):
        result = analyze("security", "--offline=true", "--no-pager", os.path.join(FOLDER, f"{NAME}.service"))
        match = re.search(r"Overall exposure level for \S+: ([0-9.]+)", result.stdout)
        self.assertTrue(match, result.stdout + result.stderr)
        measured("exposure as systemd-analyze security rates it, of 10", match[1])
        self.assertLess(float(match[1]), MAX_EXPOSURE, result.stdout)

    def test_journal(self):
        """A line of the log begins with its level, as the journal reads it, and has no time of its own."""
        name, value = settings("Environment")[0].strip('"').replace("%%", "%").split("=", 1)
        with Service(SERVER, *ANYWHERE, environment={name: value}) as service:
            with Peer(service.port()) as peer:
                peer.open().echo()
            self.assertEqual(service.stop(), 0)
            self.assertRegex(service.log(), r"\A<6>#1 connected from 127\.0\.0\.1:")


class Confined(unittest.TestCase):
    """The program does all it should under the unit's system call filters."""

    def setUp(self):
        loaded = filters()

        def confine():
            for each in loaded:
                each.load()

        self.confine = confine
        self.manager = self.enterContext(Manager())

    def expect_service(self, *tls, hand_over=()):
        # The leak check of a sanitizer, no part of the program, needs what debuggers do.
        environment = self.manager.environment(ASAN_OPTIONS="detect_leaks=0")
        with Service(SERVER, *ANYWHERE, "--metrics-port", "0", *tls, hand_over=hand_over, environment=environment,
                     confine=self.confine) as service:
            self.assertIn("READY", self.manager.receive())
            port = service.port()
            metrics = service.process.stdout.readline().removeprefix("metrics on ").rstrip("\n")
            with urllib.request.urlopen(metrics, timeout=TIMEOUT) as answer:
                self.assertIn(b"awesomechat_", answer.read())
            with Peer(port, tls=bool(tls)) as peer:
                peer.open().echo()
                service.send(signal.SIGHUP)
                self.assertIn("RELOADING", self.manager.receive())
                self.assertIn("READY", self.manager.receive())
                with Peer(port, tls=bool(tls)) as other:
                    other.open().echo()
            self.assertEqual(service.stop(), 0)
            self.assertIn("STOPPING", self.manager.receive())
            self.assertEqual("new certificate" in service.log(), bool(tls), service.log())

    def test_filters(self):
        subprocess.run([sys.executable, "-c", PROBE], preexec_fn=self.confine, check=True)

    def test_plain(self):
        self.expect_service()

    def test_tls(self):
        self.expect_service(*make_pair(OPENSSL, self.enterContext(tempfile.TemporaryDirectory())))

    def test_activated(self):
        self.expect_service(hand_over=[self.enterContext(listening("127.0.0.1"))])


run_tests()
