# SPDX-License-Identifier: MIT
"""The real window on a real screen: keys are typed into it, and it is read as a screen reader does.

usage: test_desktop.py AWESOME-CHAT AWESOME-CHAT-SERVER, in a D-Bus session of its own
"""

import os
import signal
import subprocess
import sys
import tempfile
import unittest

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

from programs import TIMEOUT, Server  # noqa: E402

CLIENT, SERVER = sys.argv[1:3]


def wait_for(condition):
    """Runs the main loop until the condition holds, and returns what it gives; None when it never did."""
    loop = GLib.MainLoop()
    result = None

    def look():
        nonlocal result
        try:
            result = condition()
        except GLib.Error:  # what was looked at has gone meanwhile
            result = None
        if result:
            loop.quit()
        return not result

    look_again = GLib.timeout_add(20, look)
    give_up = GLib.timeout_add_seconds(TIMEOUT, loop.quit)
    loop.run()
    for source in (look_again, give_up):
        found = GLib.MainContext.default().find_source_by_id(source)
        if found:
            found.destroy()
    return result


def find(accessible, role):
    """All objects of the role in an accessible one, itself included."""
    found = [accessible] if accessible.get_role() == role else []
    for index in range(accessible.get_child_count()):
        child = accessible.get_child_at_index(index)
        if child:
            found += find(child, role)
    return found


class Window:
    """awesome-chat in a window of its own."""

    def __init__(self, url):
        self.process = subprocess.Popen([CLIENT, url], stderr=subprocess.PIPE, text=True)
        self.id = subprocess.run(
            ["xdotool", "search", "--sync", "--onlyvisible", "--pid", str(self.process.pid)],
            capture_output=True, text=True, timeout=TIMEOUT, check=True).stdout.split()[-1]
        self.xdotool("windowfocus", "--sync", self.id)

    def xdotool(self, *arguments):
        subprocess.run(["xdotool", *arguments], timeout=TIMEOUT, check=True)

    def type(self, text):
        self.xdotool("type", "--window", self.id, text)

    def press(self, key):
        self.xdotool("key", "--window", self.id, key)

    def application(self):
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(index)
            if child and child.get_process_id() == self.process.pid:
                return child
        return None

    def rows(self):
        application = self.application()
        if not application:
            return []
        application.clear_cache()
        rows = find(application, Atspi.Role.LIST_ITEM)
        rows.sort(key=lambda row: row.get_extents(Atspi.CoordType.SCREEN).y)
        return [row.get_name() for row in rows]

    def shows(self, rows):
        return wait_for(lambda: self.rows() == rows)

    def input_text(self):
        entries = [entry for entry in find(self.application(), Atspi.Role.TEXT) if entry.get_name() == "Message"]
        return entries[0].get_text(0, -1) if entries else None

    def close(self):
        self.process.terminate()
        return self.process.communicate(timeout=TIMEOUT)[1]


class Desktop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        read_end, write_end = os.pipe()
        cls.screen = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1280x1024x24", "-nolisten", "tcp"],
            pass_fds=[write_end], stderr=subprocess.DEVNULL)
        os.close(write_end)
        with os.fdopen(read_end) as display:
            os.environ["DISPLAY"] = ":" + display.readline().strip()
        os.environ["QT_QPA_PLATFORM"] = "xcb"
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        os.environ["XDG_DATA_HOME"] = folder.name
        os.environ["QT_LINUX_ACCESSIBILITY_ALWAYS_ON"] = "1"
        Atspi.init()

    @classmethod
    def tearDownClass(cls):
        cls.screen.terminate()
        cls.screen.wait(TIMEOUT)

    def setUp(self):
        self.server = Server(SERVER)
        self.addCleanup(lambda: self.server.process.poll() is None and self.server.end())
        self.window = Window(self.server.url)
        self.addCleanup(lambda: self.window.process.poll() is None and self.window.close())
        self.greeted = ["# socket open", "< Welcome to Awesome Chat"]
        self.assertTrue(self.window.shows(self.greeted), self.window.rows())

    def test_a_conversation(self):
        self.window.type("hello")
        self.assertTrue(wait_for(lambda: self.window.input_text() == "hello"))
        self.window.press("Return")
        rows = self.greeted + ["> hello", "< hello"]
        self.assertTrue(self.window.shows(rows), self.window.rows())
        self.assertEqual(self.window.input_text(), "")
        self.window.type("second")
        self.window.press("Return")
        rows += ["> second", "< second"]
        self.assertTrue(self.window.shows(rows), self.window.rows())
        self.assertEqual(self.window.close(), "", "nothing was complained of")

    def test_the_server_is_killed_and_restarted(self):
        self.server.end(signal.SIGKILL)
        self.assertTrue(wait_for(lambda: "was lost" in self.window.rows()[-1]), self.window.rows())
        self.window.type("kept")
        self.window.press("Return")
        self.server = Server(SERVER, self.server.port)
        self.window.press("ctrl+r")
        self.assertTrue(wait_for(lambda: self.window.rows()[-1] == "< kept"), self.window.rows())
        self.assertEqual(self.window.rows().count("> kept"), 1)
        self.assertEqual(self.window.input_text(), "")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
