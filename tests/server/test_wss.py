# SPDX-License-Identifier: MIT
"""The server's TLS among peers that open a connection and say nothing, and while its certificate changes.

usage: test_wss.py AWESOME-CHAT-SERVER OPENSSL
"""

import errno
import hashlib
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path

from rawpeer import (BINARY, ONE_LOOP, REQUEST, TEXT, Crowd, Peer, Server, ServerTest, Visits, close_frame, frame,
                     measured, milliseconds, run_tests, timed_visit, trusting, wait_for)

OPENSSL = sys.argv[2]


def sha256(der):
    return hashlib.sha256(der).hexdigest()


class CertificateVisits(Visits):
    """Visitors who remember which certificate they were shown."""

    def __init__(self, server):
        super().__init__(server, pause=0, context=trusting())
        self.shown = []  # when it began to connect, and the certificate's SHA-256

    def visit(self):
        begin = time.monotonic()
        with Peer(self.server, **self.how) as peer:
            self.shown.append((begin, sha256(peer.socket.getpeercert(binary_form=True))))
            peer.open().echo()
            peer.leave()


class Tls(ServerTest):
    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.certificate, self.key = folder / "certificate.pem", folder / "key.pem"
        self.make_pair()
        self.server = self.enterContext(Server(*self.flags()))

    def flags(self):
        return "--tls-certificate", str(self.certificate), "--tls-key", str(self.key)

    def make_pair(self):
        """A new certificate with its key, as one makes them by hand; self.context trusts this one only."""
        subprocess.run([OPENSSL, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                        "-keyout", self.key, "-out", self.certificate], check=True, capture_output=True)
        self.context = ssl.create_default_context(cafile=self.certificate)

    def fingerprint(self):
        der = ssl.PEM_cert_to_DER_cert(self.certificate.read_text(encoding="ascii"))
        return sha256(der)

    def test_beside_silent_connections(self):
        for count in (31, 80, 2000):
            longest = []
            for _ in range(3):  # whatever else the machine does, it does not do it all the time
                with Crowd(self.server, count):
                    visits = [timed_visit(self.server, context=self.context) for _ in range(5)]
                longest.append(max(visits))
            measured(f"wss beside {count} silent TCP connections",
                     f"median {milliseconds(statistics.median(visits))}, longest of each burst "
                     f"{', '.join(milliseconds(seconds) for seconds in longest)}")
            with self.subTest(count=count):
                self.assert_below(min(longest), 0.5)

    def test_silence_ends(self):
        with Crowd(self.server, 100) as crowd:
            for connection in crowd.sockets[::2]:
                connection.send(b"\x16\x03\x01")  # the begin of a ClientHello
            seconds = [seconds for _, seconds in crowd.read_ends(8)]
            measured("100 half-open TLS handshakes", f"ended from {min(seconds):.2f} s to {max(seconds):.2f} s")
            self.assertGreater(min(seconds), 2.5)
            self.assert_below(statistics.median(seconds), 3.5)

    def test_half_of_a_handshake(self):
        """TLS goes well, and then there is no request: the same 3 s."""
        with Peer(self.server, context=self.context) as peer:
            begin = time.monotonic()
            self.assertEqual(peer.read_status(), 408)
            peer.read_end()
            self.assert_below(time.monotonic() - begin, 4)

    def test_garbage(self):
        files = self.server.files()
        for garbage in (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", bytes(1000),
                        b"\x16\x03\x01\xff\xff" + bytes(70000), b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00"):
            with self.subTest(garbage[:8]), Crowd(self.server, 1) as crowd:
                crowd.send(garbage)
                crowd.read_ends(8)
        wait_for(lambda: self.server.files() == files, "all are forgotten")
        timed_visit(self.server, context=self.context)

    def test_versions(self):
        for version, works in ((ssl.TLSVersion.TLSv1, False), (ssl.TLSVersion.TLSv1_1, False),
                               (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)):
            with self.subTest(version.name):
                context = ssl.create_default_context(cafile=self.certificate)
                context.set_ciphers("ALL:@SECLEVEL=0")  # otherwise it is the client that refuses the old ones
                # Python warns of the old ones, which is what they are here for.
                with self.assertWarns(DeprecationWarning) if not works else self.subTest():
                    context.minimum_version = version
                    context.maximum_version = version
                if works:
                    timed_visit(self.server, context=context)
                else:
                    with self.assertRaises(ssl.SSLError):
                        Peer(self.server, context=context).close()

    def test_nothing_read(self):
        with Peer(self.server, context=self.context) as peer, Peer(self.server, context=self.context) as other:
            other.open().echo(bytes(1024 * 1024), BINARY)
            memory = self.server.memory()
            peer.open().socket.settimeout(0.3)
            taken = 0
            with suppress(TimeoutError):
                while taken < 1024:
                    peer.send(frame(BINARY, bytes(64 * 1024)) * 16)
                    taken += 1
            growth = self.server.memory() - memory
            measured(f"1 GiB offered over TLS, {taken} MiB taken", f"memory {growth:+} KiB")
            self.assert_below(growth, 8 * 1024)
            other.echo()
            peer.reset()

    def test_what_is_owed_at_the_end(self):
        messages = [bytes([number]) * 64 * 1024 for number in range(8)]
        server = self.enterContext(Server(*ONE_LOOP, *self.flags()))
        peers = [self.enterContext(Peer(server, receive_buffer=8192, context=self.context)).open()
                 for _ in range(5)]
        with Peer(server, context=self.context) as other:
            other.open()
            for peer in peers:
                for message in messages:
                    peer.send(frame(BINARY, message))
            for _ in range(200):  # turns of the server's loop, in which it takes all that
                other.echo()
            server.send_signal(signal.SIGTERM)
            self.assertEqual(other.read_close(), 1001)
        for peer in peers:
            for message in messages:
                self.assertTrue(peer.read_frame() == (BINARY, message), "an echo is lost")
            self.assertEqual(peer.read_close(), 1001)
            peer.send(close_frame(1001))
            peer.read_end()
            peer.close()
        self.assertEqual(server.wait()[0], 0)

    def test_reset_on_request(self):
        with Peer(self.server, receive_buffer=8192, context=self.context) as peer:
            peer.send(REQUEST.replace(b"GET / ", b"GET /?greeting=off&drop-after=1 "))
            self.assertEqual(peer.read_status(), 101)
            message = bytes(2 * 1024 * 1024)  # the kernel takes it at once, and delivers it as it is read
            peer.send(frame(BINARY, message))
            self.assertTrue(peer.read_frame() == (BINARY, message), "the reset has overtaken the echo")
            # Python reports this end of TLS as it does a FIN.
            wait_for(lambda: peer.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == errno.ECONNRESET, "the reset")
            self.assertEqual(peer.read_end(), b"")

    def test_new_certificates_under_load(self):
        rounds = 20
        old_context = self.context
        live = [self.enterContext(Peer(self.server, context=old_context)).open() for _ in range(50)]
        slowest = 0
        for number in range(rounds):
            self.make_pair()
            self.server.send_signal(signal.SIGHUP)
            begin = time.monotonic()
            wait_for(self.is_new, "the new certificate", seconds=1)
            slowest = max(slowest, time.monotonic() - begin)
            with Visits(self.server, context=self.context):
                for peer in live:
                    peer.echo(b"%d" % number, TEXT)
                    peer.echo(bytes(20000), BINARY)
            self.assertIn(self.fingerprint(), self.server.log().replace(":", ""))
        for peer in live:
            peer.leave()
        measured(f"{rounds} new certificates beside {len(live)} peers",
                 f"none dropped, in use within {milliseconds(slowest)}")

    def test_new_certificates_in_several_threads(self):
        """Who connects while it changes gets the old one or the new, who comes later the new, in each thread."""
        rounds = 10
        told = [(time.monotonic(), self.fingerprint())]  # since when nobody may be shown the one before
        with Server("--threads", "4", *self.flags()) as server, ExitStack() as stack:
            visitors = [stack.enter_context(CertificateVisits(server)) for _ in range(4)]
            for _ in range(rounds):
                before = [len(visits.shown) for visits in visitors]
                self.make_pair()
                server.send_signal(signal.SIGHUP)
                wait_for(lambda: self.fingerprint() in server.log().replace(":", ""), "the new certificate")
                told.append((time.monotonic(), self.fingerprint()))
                wait_for(lambda: all(visits.error or len(visits.shown) > count + 10
                                     for visits, count in zip(visitors, before)), "ten visits more of each")
        shown = sorted(visit for visits in visitors for visit in visits.shown)
        for begin, fingerprint in shown:
            newest = max(number for number, (since, _) in enumerate(told) if since <= begin)
            self.assertIn(fingerprint, [certificate for _, certificate in told[newest:newest + 2]],
                          f"another one than certificate {newest} or the next")
        measured(f"{rounds} new certificates in 4 threads", f"none of {len(shown)} handshakes meanwhile failed")

    def is_new(self):
        try:
            timed_visit(self.server, context=self.context)
        except ssl.SSLCertVerificationError:  # still the old one
            return False
        return True

    def test_a_bad_pair_changes_nothing(self):
        good = self.certificate.read_bytes(), self.key.read_bytes()
        context = self.context
        live = self.enterContext(Peer(self.server, context=context)).open()
        self.make_pair()
        other_key = self.key.read_bytes()
        for name, certificate, key in (("no certificate", b"", good[1]), ("no key", good[0], b""),
                                       ("another key", good[0], other_key), ("garbage", bytes(range(256)), b"\0")):
            with self.subTest(name):
                self.certificate.write_bytes(certificate)
                self.key.write_bytes(key)
                lines = self.server.log().count("the old certificate stays")
                self.server.send_signal(signal.SIGHUP)
                wait_for(lambda: self.server.log().count("the old certificate stays") == lines + 1, "the warning")
                timed_visit(self.server, context=context)
                live.echo()


if __name__ == "__main__":
    run_tests()
