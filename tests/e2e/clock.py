#!/usr/bin/env python3
"""A clock that is a year off, in either direction, of a person's machine or of the relay's: people
go on talking, nothing that waits expires early, and who has such a clock is told. And one that is
set while messages wait for their time: each goes once.

BISIK_WALL_CLOCK names the library (wall_clock.cpp) that is wrong about the time.
"""

import os
import struct
import sys
import unittest
from unittest import mock

from programs import BISIK
from scene import Scene

YEAR = 365 * 24 * 3600


def has_a_clock_of_its_own(program):
    """The address sanitizer's time comes past any library that was loaded before the program."""
    with open(program, "rb") as file:
        return b"__asan_init" in file.read()


LIBRARY = os.open(os.environ["BISIK_WALL_CLOCK"], os.O_RDONLY)


def off_by(seconds):
    # By a descriptor: LD_PRELOAD takes a space for the end of a name.
    return {"LD_PRELOAD": f"/proc/{os.getpid()}/fd/{LIBRARY}", "BISIK_CLOCK_ERROR": str(seconds)}


class AYearOff(Scene):
    def setUp(self):
        super().setUp()
        self.relay, self.alice, self.bob = self.alice_and_bob()
        self.both_ways()  # from here on Bob needs no link, which does expire by the relay's clock

    def start_relay(self, error):
        self.relay.stop()
        with mock.patch.dict(os.environ, off_by(error)):
            self.relay.start()

    def both_ways(self, **options):
        self.bob.must("send", "Alice", "there", **options)
        self.arrives(self.alice, "there")
        self.alice.must("send", "Bob", "and back")
        done = self.bob.must("receive", "--timeout", "10", "--max", "1", "--json", **options)
        self.assertEqual([message["text"] for message in done.objects], ["and back"])

    def test_a_persons_conversations_go_on(self):
        for error in (YEAR, -YEAR, 0):
            self.both_ways(env=off_by(error))

    def test_the_relays_conversations_go_on(self):
        for error in (YEAR, -YEAR, 0):
            self.start_relay(error)
            self.both_ways()

    def test_what_waits_at_a_relay_does_not_expire_early(self):
        self.bob.must("send", "Alice", "waits")
        for error in (YEAR, -YEAR, YEAR):
            self.start_relay(error)
            self.bob.must("whoami", "--server-view")
        self.start_relay(0)
        self.arrives(self.alice, "waits")

    def test_who_begins_with_such_a_clock_is_told_or_understood(self):
        for error in (YEAR, -YEAR):
            newcomer = self.folder.person(f"{error}", called="Bob")
            wrong = {"env": off_by(error)}
            newcomer.must("join", self.relay.new_invite()["link"], "--name", "Bob", **wrong)
            newcomer.must("add", self.alice.must("invite").out.strip(), **wrong)
            done = newcomer.run("send", "Alice", "hello", **wrong)
            if error > 0:  # keys that were signed today look old
                self.complains(done, 4, "clock")
                newcomer.must("send", "Alice", "hello")
            else:
                self.assertEqual(done.code, 0, done)
            self.arrives(self.alice, "hello")

    def test_the_doctor_says_by_how_much(self):
        for error, word in ((YEAR, "ahead of"), (-YEAR, "behind")):
            said = self.bob.run("doctor", env=off_by(error)).out
            line = next(line for line in said.splitlines() if "clock" in line)
            self.assertRegex(line, f"^warn .* 3153[56]\\d\\d\\d s {word} the relay's")


HOUR = 3600


class SetWhileMessagesWait(Scene):
    """Alice's clock is set, under her commands and the daemon that keeps her profile."""

    def setUp(self):
        super().setUp()
        _relay, self.alice, self.bob = self.alice_and_bob()
        self.clock = os.path.join(self.folder.path, "clock")
        self.set_clock(0)
        self.env = {**off_by(0), "BISIK_CLOCK_FILE": self.clock}
        self.daemon = None
        self.start_daemon()

    def set_clock(self, error):
        with open(self.clock, "r+b" if os.path.exists(self.clock) else "wb") as file:
            file.write(struct.pack("=q", error))

    def start_daemon(self):
        self.daemon = self.alice.start("daemon", env=self.env)
        self.addCleanup(self.end_daemon, self.daemon)
        self.assertIn(b"Ready", self.daemon.stderr.readline())

    @staticmethod
    def end_daemon(daemon):
        daemon.kill()
        daemon.communicate()

    def hers(self, *words):
        """The daemon looks at its clock with each command, and by itself within a minute."""
        return self.alice.must(*words, "--json", env=self.env).objects

    def plan(self, text, when):
        sent, = self.hers("send", "Bob", text, "--at", when)
        return sent

    def test_set_back_it_waits_for_the_time_that_was_named(self):
        sent = self.plan("lunch", "30m")
        self.set_clock(-HOUR)
        waiting, = self.hers("outbox")
        self.assertEqual((waiting["id"], waiting["at"]), (sent["id"], sent["at"]))
        self.set_clock(HOUR // 2 - 60)
        self.assertEqual(len(self.hers("outbox")), 1)
        self.assertEqual(self.bob.texts("receive"), [])
        self.set_clock(HOUR // 2 + 60)
        self.hers("contacts")
        self.arrives(self.bob, "lunch")

    def test_set_forward_by_a_day_it_goes_and_set_back_again_not_once_more(self):
        self.plan("lunch", "1h")
        self.plan("dinner", "8h")
        self.plan("next week", "7d")
        self.set_clock(24 * HOUR)
        self.hers("contacts")
        got = self.bob.texts("receive", "--timeout", "20", "--max", "2")
        self.assertEqual(got, ["lunch", "dinner"])
        for error in (0, -HOUR, 24 * HOUR):
            self.set_clock(error)
            self.assertEqual([each["text"] for each in self.hers("outbox")], ["next week"])
        self.assertEqual(self.bob.texts("receive"), [])
        said = [each["text"] for each in self.hers("history", "Bob")]
        self.assertEqual(sorted(said), ["dinner", "lunch", "next week"])

    def test_whoever_dies_while_the_clock_jumps_loses_nothing_and_repeats_nothing(self):
        self.plan("lunch", "1h")
        self.end_daemon(self.daemon)
        self.set_clock(-HOUR)
        self.start_daemon()
        self.assertEqual(len(self.hers("outbox")), 1)
        self.set_clock(24 * HOUR)
        self.hers("contacts")
        self.end_daemon(self.daemon)
        self.set_clock(0)
        self.start_daemon()
        self.set_clock(24 * HOUR)
        self.hers("contacts")
        self.arrives(self.bob, "lunch")
        self.assertEqual(self.hers("outbox"), [])


if __name__ == "__main__":
    if has_a_clock_of_its_own(BISIK):
        print("SKIPPED: under the address sanitizer nobody else can be wrong about the time.")
        sys.exit(77)
    unittest.main()
