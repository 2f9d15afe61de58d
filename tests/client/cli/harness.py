"""People, profiles and a relay for the tests of the command line: real programs, real TCP on
127.0.0.1, everything in one temporary folder. Programs are named by BISIK and BISIK_RELAY."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

BISIK = os.environ["BISIK"]
RELAY = os.environ.get("BISIK_RELAY", "")
PATIENCE = 60  # seconds that nothing here takes, also under sanitizers


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Person:
    """A profile, and what its person types."""

    def __init__(self, folder, name):
        self.name = name
        self.home = os.path.join(folder, name)

    def start(self, *words, **options):
        environment = dict(os.environ, BISIK_HOME=self.home, TZ="UTC")
        environment.update(options.pop("env", {}))
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        return subprocess.Popen([BISIK, *words], env=environment, **options)

    def run(self, *words, input=None, **options):
        if input is not None:
            options["stdin"] = subprocess.PIPE
        process = self.start(*words, **options)
        try:
            out, err = process.communicate(input, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        process.out = (out or b"").decode()
        process.err = (err or b"").decode()
        return process

    def own(self):
        """A process that owns the profile until it is terminated."""
        owner = self.start("receive", "--follow", "--json")
        while not self.is_served():
            assert owner.poll() is None, owner.communicate()
            os.sched_yield()
        return owner

    def is_served(self):
        # By a short name: those of sockets have at most 107 bytes.
        folder = os.open(self.home, os.O_PATH)
        try:
            with socket.socket(socket.AF_UNIX) as visitor:
                return visitor.connect_ex(f"/proc/self/fd/{folder}/api.sock") == 0
        finally:
            os.close(folder)

    def json(self, *words):
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.err
        return [json.loads(line) for line in done.out.splitlines()]

    def texts(self, *words):
        return [message["text"] for message in self.json(*words)]

    def file(self, name):
        return os.path.join(self.home, name)


class Relay:
    def __init__(self, folder):
        self.data = os.path.join(folder, "relay")
        self.listen = f"127.0.0.1:{free_port()}"
        self.invite = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [RELAY, "up", "--data", self.data, "--listen", self.listen],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            if line.startswith("relay "):
                self.link = line.split()[1]
                if self.invite is not None:
                    return
            if line.startswith("invite "):
                self.invite = line.split()[1]
                return
        raise AssertionError("the relay did not start")

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(PATIENCE)
        self.process.stdout.close()


class CommandLineTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="bisik-cli-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def person(self, name):
        return Person(self.folder, name)

    def relay(self):
        relay = Relay(self.folder)
        self.addCleanup(lambda: relay.process.poll() is None and relay.stop())
        return relay

    def alice_and_bob(self):
        relay = self.relay()
        alice, bob = self.person("Alice"), self.person("Bob")
        self.ends(alice.run("join", relay.invite, "--name", "Alice"))
        link = self.ends(alice.run("invite")).out.strip()
        self.ends(bob.run("join", link, "--name", "Bob"))
        return relay, alice, bob

    def ends(self, process, code=0):
        self.assertEqual(process.returncode, code, process.out + process.err)
        return process

    def complains(self, process, code, *words):
        """One sentence on standard error, nothing on standard output."""
        self.ends(process, code)
        self.assertEqual(process.out, "")
        self.assertEqual(process.err.count("\n"), 1, process.err)
        for word in words:
            self.assertIn(word, process.err)
