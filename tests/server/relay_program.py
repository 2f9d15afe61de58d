"""The program bisik-relay, started, asked and stopped: what its tests in Python share."""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

RELAY = os.path.abspath(sys.argv.pop(1))
LINK = re.compile(r"bisik://127\.0\.0\.1:\d+/[A-Za-z0-9_-]{43}")
PATIENCE = 20  # seconds; nothing here takes one


class Running:
    """A relay on a free loopback port, whose two first lines have been read."""

    def __init__(self, data, *options, listen="127.0.0.1:0", lines=None, **more):
        where = ["--listen", listen] if listen else []
        self.process = subprocess.Popen(
            [RELAY, "up", "--data", data, *where, *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
        self.watch = threading.Timer(PATIENCE, self.process.kill)
        self.watch.start()
        self.lines = [self.process.stdout.readline().rstrip("\n") for _ in range(lines or 1)]

    @property
    def link(self):
        return self.lines[0].removeprefix("relay ")

    @property
    def port(self):
        return int(self.link.split(":")[2].split("/")[0])

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.end()

    def end(self):
        """The exit code, and the rest of what it has said."""
        self.lines += self.process.stdout.read().splitlines()
        self.errors = self.process.stderr.read()
        self.process.wait(PATIENCE)
        self.watch.cancel()
        return self.process.returncode


def run(*arguments, **options):
    return subprocess.run([RELAY, *arguments], capture_output=True, text=True, timeout=PATIENCE,
                          check=False, **options)


class RelayTest(unittest.TestCase):
    """Each test has a data directory of its own, and relays in it that end with the test."""

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.data = os.path.join(self.folder, "state", "relay")

    def start(self, *options, **more):
        relay = Running(self.data, *options, **more)

        def clean_up():
            relay.watch.cancel()
            if relay.process.poll() is None:
                relay.process.kill()
            relay.process.wait()
            relay.process.stdout.close()
            relay.process.stderr.close()
        self.addCleanup(clean_up)
        return relay

    def assert_problem(self, result, code, *words):
        """One sentence on stderr, nothing on stdout, the right exit code."""
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertEqual(len(result.stderr.strip().splitlines()), 1, result.stderr)
        self.assertTrue(result.stderr.startswith("bisik-relay: "), result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)
