# SPDX-License-Identifier: MIT
"""The server runs out of file descriptors: from the start, and when somebody lowers its limit while it runs.

usage: test_files.py AWESOME-CHAT-SERVER
"""

import contextlib
import http.client
import resource

from rawpeer import (REQUEST, Crowd, Peer, Server, ServerTest, is_served, measured, milliseconds, percentile,
                     run_tests, timed_visit, wait_for)

RESERVED = 32  # files that the server keeps for what is no connection
CROWD = 300
QUIET = 2.0  # seconds over which its CPU time is measured
MOST_CPU = 0.1


def health(port):
    """What /healthz says."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().read()
    finally:
        connection.close()


class FewFiles(ServerTest):
    def test_a_small_limit_from_the_start(self):
        # The server raises the soft limit to the hard one.
        for soft, hard in ((64, 64), (128, 128), (64, 256)):
            # One thread alone accepts in the order in which they came.
            with self.subTest(files=hard), Server("--threads", "1", files=(soft, hard)) as server, Peer(server) as early:
                early.open()
                room = hard - RESERVED - 1  # the early one is there
                with Crowd(server, CROWD) as crowd:
                    # Those too many are told so at once; the others are waited for until they send their request.
                    crowd.sockets, held = crowd.sockets[room:], crowd.sockets[:room]
                    refused = crowd.read_ends()
                    crowd.sockets += held
                    self.assertEqual({answer.split(b"\r\n")[0] for answer, _ in refused},
                                     {b"HTTP/1.1 503 Service Unavailable"})
                    slowest = max(seconds for _, seconds in refused)
                    share = server.cpu_share(QUIET)
                    echo = percentile([early.echo() for _ in range(500)], 99)
                measured(f"{hard} files, {CROWD} connects",
                         f"{len(refused)} refused within {milliseconds(slowest)}, CPU {share:.1%}, "
                         f"p99 of an echo {milliseconds(echo)}")
                self.assert_below(slowest, 1)
                self.assert_below(share, MOST_CPU)
                self.assert_below(echo, 0.02)
                self.assert_recovers(server)

    def test_a_limit_that_sinks_while_it_runs(self):
        with Server() as server:
            bare = server.files()
            # Everything has happened once: UndefinedBehaviorSanitizer needs files to look at what is new to it.
            timed_visit(server)
            Crowd(server, 5).close()
            wait_for(lambda: server.files() == bare, "the end of the visits")
            self.assert_lives_without_files(server, bare + 5)

    def test_more_threads_than_files(self):
        """The soft limit is raised first; where the hard one is too low, a sentence says so."""
        with Server("--threads", "64", files=(64, 512)) as server, Peer(server) as peer:
            peer.open().echo()
        with self.assertRaisesRegex(AssertionError, "256 threads need 989 more open files than this process may have; "
                                                    "use --threads N for fewer, or allow more"):
            Server("--threads", "256", files=(64, 64))

    def assert_lives_without_files(self, server, limit):
        with Peer(server) as early:
            early.open()
            resource.prlimit(server.pid, resource.RLIMIT_NOFILE,
                             (limit, resource.prlimit(server.pid, resource.RLIMIT_NOFILE)[1]))
            with Crowd(server, CROWD):
                share = server.cpu_share(QUIET)
                echo = percentile([early.echo() for _ in range(500)], 99)
                measured(f"limit lowered to {limit} files, {CROWD} connects",
                         f"CPU {share:.1%}, p99 of an echo {milliseconds(echo)}")
            self.assert_below(share, MOST_CPU, "it spins while it is out of files")
            self.assert_below(echo, 0.02)
            self.assert_recovers(server)
            early.echo()

    def test_a_limit_that_rises_again(self):
        for name, visits in (("the first peer ever", 0), ("a later one", 3)):
            with self.subTest(name), Server() as server:
                bare = server.files()
                for _ in range(visits):
                    timed_visit(server)
                before = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
                wait_for(lambda: server.files() == bare, "the end of the visits")
                resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (bare, before[1]))
                with Peer(server) as peer:
                    peer.send(REQUEST)
                    peer.socket.settimeout(1)
                    try:
                        status = peer.read_status()
                    except TimeoutError:
                        status = "no answer within 1 s"
                    share = server.cpu_share(0.5)
                    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, before)
                self.assertEqual(status, 503, "whoever is one too many is told so at once")
                self.assert_below(share, MOST_CPU, "it spins while it is out of files")
                self.assert_recovers(server)

    def test_health_while_a_limit_sinks(self):
        for name, visits in (("the first one ever", 0), ("a later one", 1)):
            with self.subTest(name), Server("--metrics-port", "0") as server:
                port = server.metrics_port()
                for _ in range(visits):
                    self.assertEqual(health(port), b"ok\n")
                before = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
                bare = server.files()
                resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (bare, before[1]))
                with contextlib.suppress(OSError, http.client.HTTPException):
                    health(port)
                share = server.cpu_share(0.5)
                resource.prlimit(server.pid, resource.RLIMIT_NOFILE, before)
                self.assert_below(share, MOST_CPU, "it spins while it is out of files")
                self.assertEqual(health(port), b"ok\n")

    def assert_recovers(self, server):
        """Within 1 s of when files are free again, whoever comes is served."""
        seconds = wait_for(lambda: is_served(server), "recovery from the lack of files", seconds=1)
        measured("recovery", milliseconds(seconds))


if __name__ == "__main__":
    run_tests()
