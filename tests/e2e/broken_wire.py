#!/usr/bin/env python3
"""What comes over TCP and is not what it should be, to the relay and to the client, at each stage;
and relays that go away in the middle of a send.

Whoever sends it gets a closed connection. The person at the other end gets one sentence and exit 3,
sends the same again with the same key once the wire is whole, and the message arrives once.
"""

import contextlib
import itertools
import os
import random
import resource
import socket
import unittest

from programs import PATIENCE
from scene import Scene
from wire import DOWN, UP, Tap, Wire

LONGEST = 0xFFFF


def framed(message, length=None):
    return (len(message) if length is None else length).to_bytes(2, "big") + message


class Spoiler(Tap):
    """Spoils message number `stage` of one direction: 0 is of the handshake, and so may 1 be.

    Both the handshake and the records are messages with a length of two bytes before them.
    """

    spoilt = 0  # of all connections

    def __init__(self, direction, stage, spoil):
        self.direction, self.stage, self.spoil = direction, stage, spoil
        self.waiting = b""
        self.passed = 0

    def pass_on(self, direction, data):
        if direction != self.direction:
            return data
        self.waiting += data
        out = b""
        while len(self.waiting) >= 2:
            end = 2 + int.from_bytes(self.waiting[:2], "big")
            if len(self.waiting) < end:
                break
            message, self.waiting = self.waiting[2:end], self.waiting[end:]
            if self.passed == self.stage:
                Spoiler.spoilt += 1
                out += self.spoil(message)
                self.over = self.spoil is shortened
            else:
                out += framed(message)
            self.passed += 1
        return out


def flipped(message):
    middle = len(message) // 2
    return framed(message[:middle] + bytes([message[middle] ^ 1]) + message[middle + 1:])


def shortened(message):  # after which the connection is cut
    return framed(message)[:-len(message) // 2]


SPOILS = {
    "a bit flipped": flipped,
    "cut short": shortened,
    "without its last byte": lambda message: framed(message[:-1]),
    "with a byte more": lambda message: framed(message + b"\0"),
    "twice": lambda message: framed(message) * 2,
    "empty": lambda message: framed(b""),
    "other bytes": lambda message: framed(os.urandom(len(message))),
    "the longest there is": lambda message: framed(os.urandom(LONGEST)),
    "declared longer than it is": lambda message: framed(message, LONGEST) + framed(message),
}

class Mute(Tap):
    """The handshake comes back, and after it nothing."""

    def __init__(self):
        self.answers = 0

    def pass_on(self, direction, data):
        self.answers += direction == DOWN
        return data if direction == UP or self.answers == 1 else b""


GARBAGE = [b"\0", b"\xff", b"\0\0", b"\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0" * 4,
           b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03",
           framed(b""), framed(b"\1"), framed(bytes(66)), framed(b"\1" + bytes(80)),
           framed(b"\2" + os.urandom(80)), framed(b"\3" + os.urandom(80)),
           framed(os.urandom(256)), framed(os.urandom(257)), framed(os.urandom(LONGEST)),
           framed(b"\1" * 100, LONGEST), os.urandom(100_000)]


class BrokenWire(Scene):
    def setUp(self):
        super().setUp()
        self.wire = self.enterContext(Wire())
        self.relay = self.folder.relay(advertise=self.wire.address)
        self.wire.target = self.relay.listen
        self.alice, self.bob = self.folder.person("Alice"), self.folder.person("Bob")
        self.sent = []
        self.alice.must("join", self.relay.invite, "--name", "Alice")
        self.bob.must("join", self.alice.must("invite").out.strip(), "--name", "Bob")

    def send(self, *more):
        """The next message, as often as it is asked for by its key."""
        number = len(self.sent)
        return self.bob.run("send", "Alice", f"message {number}", "--idempotency-key", f"{number}",
                            *more)

    def heal_and_send_again(self):
        self.wire.make_tap = Tap
        done = self.send()
        self.assertEqual(done.code, 0, done)
        self.sent.append(f"message {len(self.sent)}")

    def fails_or_recovers(self, done):
        self.assertIn(done.code, (0, 3), done)
        if done.code == 3:
            self.complains(done, 3)

    def all_arrived(self):
        self.arrives(self.alice, *self.sent)
        self.assertEqual(self.bob.texts("history", "Alice"), self.sent)
        self.assertTrue(self.relay.running)
        self.assertEqual(self.bob.json("outbox"), [])

    def test_each_message_of_each_stage_spoilt_in_each_way(self):
        for direction, stages in ((UP, 3), (DOWN, 2)):
            for stage, (name, spoil) in itertools.product(range(stages), SPOILS.items()):
                with self.subTest(direction=direction, stage=stage, message=name):
                    self.spoil(lambda: Spoiler(direction, stage, spoil))
                self.heal_and_send_again()
        self.all_arrived()

    def spoil(self, make_tap):
        Spoiler.spoilt = 0
        self.wire.make_tap = make_tap
        self.fails_or_recovers(self.send("--timeout", "0.3"))
        if Spoiler.spoilt == 0:  # a send alone may have no third message
            self.fails_or_recovers(self.bob.run("receive", "--timeout", "0.5"))
        self.assertGreater(Spoiler.spoilt, 0, "nothing was spoilt")

    def test_garbage_gets_a_closed_connection_and_disturbs_nobody(self):
        host, port = self.relay.listen.rsplit(":", 1)
        with contextlib.ExitStack() as cleanup:
            strangers = []
            for garbage in GARBAGE * 5 + [b""] * 50:  # those that say nothing wait for the deadline
                stranger = cleanup.enter_context(socket.create_connection((host, int(port))))
                stranger.settimeout(PATIENCE)
                with contextlib.suppress(ConnectionError):
                    stranger.sendall(garbage)
                strangers.append(stranger)
            self.heal_and_send_again()
            for stranger in strangers:
                with contextlib.suppress(ConnectionError):
                    self.assertEqual(stranger.recv(1), b"", "a stranger got an answer")
        self.all_arrived()

    def test_a_byte_now_and_then_is_not_waited_for_without_end(self):
        host, port = self.relay.listen.rsplit(":", 1)
        with socket.create_connection((host, int(port))) as slow:
            slow.settimeout(0.2)
            with self.assertRaises(ConnectionError):
                for byte in itertools.islice(itertools.cycle(framed(bytes(200))), 5 * PATIENCE):
                    slow.sendall(bytes([byte]))
                    with contextlib.suppress(TimeoutError):
                        if slow.recv(1) == b"":
                            raise ConnectionResetError
        self.heal_and_send_again()
        self.all_arrived()

    # --- the relay goes away in the middle of a send ---

    def test_the_relay_takes_it_and_its_answer_is_lost(self):
        self.wire.make_tap = Mute
        self.complains(self.send("--timeout", "1"), 3, "not be doubled")
        self.heal_and_send_again()
        self.all_arrived()

    def test_who_reads_from_a_relay_that_fell_silent_hears_of_it(self):
        self.wire.make_tap = Mute
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        self.complains(self.bob.run("receive", "--timeout", "0.5"), 3, "does not answer")
        self.complains(self.bob.run("whoami", "--server-view"), 3)
        used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
        self.assertLess(used, 5, "seconds of computing, while there was nothing but to wait")

    def test_nothing_gets_through_any_more(self):
        class BlackHole(Tap):
            def __init__(self):
                self.left = random.Random(1).randrange(100, 500)

            def pass_on(self, direction, data):
                passed = data[:max(0, self.left)]
                self.left -= len(data)
                return passed

        self.wire.make_tap = BlackHole
        self.complains(self.send("--timeout", "1"), 3)
        self.heal_and_send_again()
        self.all_arrived()

    def test_the_relay_ends_when_it_gets_the_message(self):
        for end, start_again in ((self.relay.kill, True), (self.relay.stop, True),
                                 (self.relay.kill, False)):
            with self.subTest(end=end.__name__, start_again=start_again):
                self.end_at_first_record(end, start_again)
                if not self.relay.running:
                    self.relay.start()
                self.heal_and_send_again()
        self.all_arrived()

    def end_at_first_record(self, end, start_again):
        relay = self.relay

        class Murder(Tap):
            def __init__(self):
                self.up = 0

            def pass_on(self, direction, data):
                self.up += direction == UP
                if direction == UP and self.up == 2 and relay.running:
                    end()
                    if start_again:
                        relay.start()
                return data

        self.wire.make_tap = Murder
        self.fails_or_recovers(self.send("--timeout", "3"))


if __name__ == "__main__":
    unittest.main()
