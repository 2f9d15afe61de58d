#!/usr/bin/env python3
"""What comes over TCP and is not what it should be, to the relay and to the client, at each stage;
and relays that go away in the middle of a send. Strangers, and who says nothing: silence.py.

Whoever sends it gets a closed connection. The person at the other end gets one sentence and exit 3,
sends the same again with the same key once the wire is whole, and the message arrives once.
"""

import itertools
import os
import random
import unittest

from scene import WireScene
from wire import DOWN, LONGEST, UP, Mute, Tap, framed

LONG_ENOUGH = 3  # seconds that only a message which does not end takes


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


class BrokenWire(WireScene):
    def fails_or_recovers(self, done):
        self.assertIn(done.code, (0, 3), done)
        if done.code == 3:
            self.complains(done, 3)

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
            done = self.bob.run("receive", "--timeout", "0.5", kill_after=LONG_ENOUGH)
            if done.code != -9:  # who waits for the rest of a message: silence.py, in full
                self.fails_or_recovers(done)
        self.assertGreater(Spoiler.spoilt, 0, "nothing was spoilt")

    # --- the relay goes away in the middle of a send ---

    def test_the_relay_takes_it_and_its_answer_is_lost(self):
        self.wire.make_tap = Mute
        self.complains(self.send("--timeout", "1"), 3, "not be doubled")
        self.heal_and_send_again()
        self.all_arrived()

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
