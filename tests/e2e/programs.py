"""The two programs as these tests use them, named by the environment: BISIK and BISIK_RELAY.

Everything lives in one temporary folder, every wait has a deadline, and whatever was started is
ended by its process id when the folder goes.
"""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

BISIK = os.path.abspath(os.environ["BISIK"])
RELAY = os.path.abspath(os.environ["BISIK_RELAY"])
PATIENCE = 120  # seconds that no single step takes, also under sanitizers on a busy machine


class Failed(AssertionError):
    """Something that the programs promised did not hold; the text says which."""


def until(condition, what):
    """Waits for it; `what` it stands for, or a function that says so, is in the failure."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise Failed(f"not within {PATIENCE} s: {what() if callable(what) else what}")
        threading.Event().wait(0.02)


def stop(process):
    """Stops every thread of it: the others go on until the one that was told gets to it."""
    process.send_signal(signal.SIGSTOP)
    tasks = f"/proc/{process.pid}/task"

    def state(task):
        with open(f"{tasks}/{task}/stat", encoding="ascii", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()[0]
    until(lambda: all(state(task) == "T" for task in os.listdir(tasks)), "it stops")


def lasting_port():
    """A free one that no outgoing connection is given while the relay is down."""
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as limits:
        first_given = int(limits.read().split()[0])
    while True:
        port = random.SystemRandom().randrange(max(1024, first_given - 20_000), first_given)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Relay:
    """bisik-relay over one data directory: the same port and link each time it is started. With
    `limits` other than its own, by their names."""

    def __init__(self, folder, advertise=None, limits=None):
        self.data = os.path.join(folder, "relay")
        self.log = os.path.join(folder, "relay.log")
        self.listen = f"127.0.0.1:{lasting_port()}"
        self.advertise = advertise
        self.config = self.configure(folder, limits) if limits else None
        self.process = None
        self.link = self.invite = None
        self.start()

    @staticmethod
    def configure(folder, limits):
        path = os.path.join(folder, "relay.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write("[limits]\n")
            file.writelines(f"{name} = {json.dumps(value)}\n" for name, value in limits.items())
        return path

    def command(self):
        words = [RELAY, "--log-level", "debug", "up", "--data", self.data, "--listen", self.listen]
        words += ["--config", self.config] if self.config else []
        return words + (["--advertise", self.advertise] if self.advertise else [])

    def start(self):
        """Returns when it serves: it prints its links after it began to listen."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL,
                                            stdout=subprocess.PIPE, stderr=log, text=True)
        watch = threading.Timer(PATIENCE, self.process.kill)
        watch.start()
        wanted = ["relay"] if self.invite else ["relay", "invite"]
        lines = [self.process.stdout.readline() for _ in wanted]
        watch.cancel()
        links = dict(line.split() for line in lines if line)
        if list(links) != wanted:
            self.kill()
            raise Failed(f"the relay did not start: {self.words()[-500:]}")
        self.link = links["relay"]
        self.invite = self.invite or links["invite"]

    @property
    def running(self):
        return self.process.poll() is None

    def stop(self):
        """By SIGTERM: it promises to end with 0."""
        code = self._end(signal.SIGTERM)
        if code != 0:
            raise Failed(f"the relay ended with {code}: {self.words()[-500:]}")

    def kill(self):
        self._end(signal.SIGKILL)

    def _end(self, how):
        self.process.send_signal(how)
        code = self.process.wait(PATIENCE)
        self.process.stdout.close()
        return code

    def words(self):
        with open(self.log, encoding="utf-8") as log:
            return log.read()

    def new_invite(self, *options):
        done = subprocess.run([RELAY, "invite", "--data", self.data, "--json", *options],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=PATIENCE, check=True)
        return json.loads(done.stdout)


class Done:
    """How a command ended."""

    def __init__(self, code, out, err):
        self.code = code
        self.out = out.decode()
        self.err = err.decode()

    def __repr__(self):
        return f"exit {self.code}, out {self.out[-300:]!r}, err {self.err[-300:]!r}"

    @property
    def objects(self):
        """What was printed as JSON; a line that a kill has cut is none."""
        whole = self.out[:self.out.rfind("\n") + 1]
        return [json.loads(line) for line in whole.splitlines()]


class Person:
    """A profile, and what its person types."""

    def __init__(self, home, name):
        self.home = home
        self.name = name

    def start(self, *words, **options):
        environment = dict(os.environ, BISIK_HOME=self.home, TZ="UTC")
        environment.pop("BISIK_PROFILE", None)
        environment.update(options.pop("env", {}))
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                   "stderr": subprocess.PIPE, **options}
        return subprocess.Popen([BISIK, *words], env=environment, **options)

    def run(self, *words, input=None, kill_after=None, **options):
        """Ends by itself, or by SIGKILL after `kill_after` seconds: then its code is -9."""
        if input is not None:
            options["stdin"] = subprocess.PIPE
        process = self.start(*words, **options)
        try:
            out, err = process.communicate(input, timeout=kill_after or PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            if kill_after is None:
                raise Failed(f"{self.name}: bisik {words[0]} did not end") from None
        return Done(process.returncode, out or b"", err or b"")

    def must(self, *words, **options):
        done = self.run(*words, **options)
        if done.code != 0:
            raise Failed(f"{self.name}: bisik {' '.join(words)[:200]}: {done}")
        return done

    def json(self, *words):
        return self.must(*words, "--json").objects

    def texts(self, *words):
        return [message["text"] for message in self.json(*words)]


class Folder:
    """A temporary folder, as a context: its relays end before it goes."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="bisik-e2e-")
        self.relays = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for relay in self.relays:
            if relay.running:
                relay.kill()
        shutil.rmtree(self.path, ignore_errors=True)

    def relay(self, **options):
        relay = Relay(self.path, **options)
        self.relays.append(relay)
        return relay

    def person(self, name, called=None):
        """The profile in the folder `name`, of somebody who is called that or otherwise."""
        return Person(os.path.join(self.path, name), called or name)


def introduce(relay, alice, bob):
    """Alice joins with the relay's invite, Bob with her link; both know each other."""
    alice.must("join", relay.invite, "--name", alice.name)
    link = alice.must("invite").out.strip()
    bob.must("join", link, "--name", bob.name)
    for _ in range(PATIENCE):
        if alice.json("contacts"):
            return
        alice.must("receive", "--timeout", "1")
    raise Failed(f"{alice.name} never heard of {bob.name}")
