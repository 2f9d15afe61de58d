"""A bot: speaks JSON-RPC over a stream with the built program, and keeps what it hears apart."""

import itertools
import json
import os
import queue
import select
import socket
import threading
import time

from programs import PATIENCE, Failed
from scene import Scene


class Refused(Exception):
    """An error in an answer."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.code = error["code"]
        self.data = error["data"]


class Bot:
    """Lines that are answers wait for whoever asked; notifications wait in `notifications`."""

    def __init__(self, reader, writer, stream=None):
        self.reader = reader
        self.writer = writer
        self.stream = stream  # of both, if there is one
        self.numbers = itertools.count(1)
        self.answers = {}
        self.notifications = queue.Queue()
        self.links = queue.Queue()  # digits of a link
        self.others = queue.Queue()  # answers to nobody: id null, or whole batches
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        try:
            for line in self.reader:
                self._take(json.loads(line))
        except (OSError, ValueError):
            pass  # the stream ended within a line
        for waiting in (self.notifications, self.links, self.others, *self.answers.values()):
            waiting.put(None)

    def _take(self, said):
        if isinstance(said, dict) and said.get("method") == "receive":
            self.notifications.put(said["params"])
        elif isinstance(said, dict) and said.get("method") == "linkDigits":
            self.links.put(said["params"])
        elif isinstance(said, dict) and said["id"] is not None:
            self._waiting(said["id"]).put(said)
        else:
            self.others.put(said)

    def _waiting(self, number):
        with self.lock:
            return self.answers.setdefault(number, queue.Queue())

    def say(self, text):
        self.writer.write(text if isinstance(text, bytes) else text.encode() + b"\n")
        self.writer.flush()

    def ask(self, method, **params):
        number = next(self.numbers)
        self._waiting(number)
        self.say(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}))
        return number

    def wait(self, number):
        said = self._waiting(number).get(timeout=PATIENCE)
        if said is None:
            raise Failed("the stream ended before the answer")
        if "error" in said:
            raise Refused(said["error"])
        return said["result"]

    def call(self, method, **params):
        return self.wait(self.ask(method, **params))

    def message(self, patience=PATIENCE):
        """The next notification, without the frame of a subscription."""
        params = self.notifications.get(timeout=patience)
        if params is None:
            raise Failed("the stream ended before a message")
        return params.get("result", params)

    def text(self, patience=PATIENCE):
        return self.message(patience)["envelope"]["dataMessage"]["message"]

    def digits(self):
        said = self.links.get(timeout=PATIENCE)
        if said is None:
            raise Failed("the stream ended before the digits")
        return said

    def other(self):
        return self.others.get(timeout=PATIENCE)

    def hang_up(self):
        if self.stream is not None:
            try:
                self.stream.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # the other side was faster
        try:
            self.writer.close()
        except OSError:
            pass  # nobody reads what was not written yet

    def close(self):
        self.hang_up()
        self.thread.join(PATIENCE)
        for stream in (self.reader, self.stream):
            if stream is not None:
                stream.close()


def line_of(process, deadline=None):
    """The next line on its standard error, which is not buffered; empty: it has closed that."""
    deadline = deadline or time.monotonic() + PATIENCE
    line = b""
    while not line.endswith(b"\n"):
        left = max(0, deadline - time.monotonic())
        if left == 0 or not select.select([process.stderr], [], [], left)[0]:
            raise Failed(f"{process.args[:4]} says nothing more, its last line is {line}")
        byte = process.stderr.read(1)
        if not byte:
            break
        line += byte
    return line.decode()


def over_standard_streams(process):
    return Bot(process.stdout, process.stdin)


def over_socket(path):
    stream = socket.socket(socket.AF_UNIX)
    stream.settimeout(PATIENCE)
    stream.connect(path)
    return Bot(stream.makefile("rb"), stream.makefile("wb"), stream)


class BotScene(Scene):
    """Alice and Bob, who know each other; bots and daemons of theirs end with the test."""

    def setUp(self):
        super().setUp()
        self.relay, self.alice, self.bob = self.alice_and_bob()
        self.processes = []
        self.addCleanup(self.end_all)

    def end_all(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait(PATIENCE)
            process.stdout.close()
            process.stderr.close()

    def daemon(self, person, *words):
        """Returns when it says that it is ready."""
        process = person.start("daemon", *words, bufsize=0)
        self.processes.append(process)
        line = line_of(process)
        while line.startswith("Another command"):
            line = line_of(process)
        if not line.startswith("Ready"):
            raise Failed(f"no daemon: {line}")
        self.ready = line.strip()
        return process

    def json_rpc(self, person, *words):
        process = person.start("jsonRpc", *words, stdin=-1)
        self.processes.append(process)
        bot = over_standard_streams(process)
        bot.process = process
        self.addCleanup(bot.close)  # after the process has ended
        return bot

    def at_socket(self, person=None):
        bot = over_socket(self.socket_of(person or self.alice))
        self.addCleanup(bot.close)
        return bot

    def socket_of(self, person):
        return os.path.join(person.home, "rpc.sock")

    def ends(self, process, code=0):
        self.assertEqual(process.wait(PATIENCE), code)
