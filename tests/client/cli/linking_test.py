"""Devices of one account: a mistyped digit, a linking that is given up, a removed device."""

import json
import signal
import subprocess
import unittest

from harness import CommandLineTest, PATIENCE


class Linking(CommandLineTest):
    def setUp(self):
        super().setUp()
        self.relay_ = self.relay()
        self.alice, self.second = self.person("Alice"), self.person("second")
        self.ends(self.alice.run("join", self.relay_.invite, "--name", "Alice"))

    def begin(self):
        """The new device, which has shown its code, and the code."""
        link, = self.alice.json("whoami")
        fresh = self.second.start("link", link["relay"], "--json", stdin=subprocess.PIPE)
        return fresh, json.loads(fresh.stdout.readline())["code"]

    def approve(self, code):
        first = self.alice.start("link", "--approve", code, stdin=subprocess.PIPE)
        self.assertIn(b"Six digits", first.stderr.readline())
        return first

    def end_of(self, process, typed=None):
        process.out, process.err = (
            part.decode() for part in process.communicate(typed, timeout=PATIENCE))
        return process

    def linked(self):
        fresh, code = self.begin()
        first = self.approve(code)
        digits = json.loads(fresh.stdout.readline())["digits"]
        first.stdin.write(digits.encode() + b"\n")
        first.stdin.flush()
        self.assertIn(b"Linked as device", first.stdout.readline())
        self.ends(self.end_of(fresh, b"\n"))
        self.ends(self.end_of(first))

    def hears_of_the_end(self, fresh):
        """Although nobody has pressed Enter there."""
        fresh.wait(PATIENCE)
        told = self.ends(self.end_of(fresh), 6).err.splitlines()[-1]
        self.assertIn("linked nothing", json.loads(told)["error"]["message"])

    def test_a_mistyped_digit_ends_both_sides(self):
        fresh, code = self.begin()
        first = self.approve(code)
        digits = json.loads(fresh.stdout.readline())["digits"]
        wrong = digits[:-1] + ("0" if digits[-1] != "0" else "1")
        self.ends(self.end_of(first, wrong.encode() + b"\n"), 4)
        self.assertIn("not the digits", first.err)
        self.hears_of_the_end(fresh)
        self.linked()

    def test_a_linking_that_is_broken_off_ends_at_the_new_device_too(self):
        fresh, code = self.begin()
        first = self.approve(code)
        fresh.stdout.readline()
        first.send_signal(signal.SIGINT)
        self.ends(self.end_of(first), 128 + signal.SIGINT)
        self.hears_of_the_end(fresh)

    def test_doctor_says_of_a_removed_device_that_it_is_none(self):
        self.linked()
        device, = [row for row in self.second.json("doctor") if row["check"] == "device"]
        self.assertEqual(device["verdict"], "ok")
        self.ends(self.alice.run("devices", "remove", "2"))
        done = self.ends(self.second.run("doctor"), 6)
        self.assertIn("fail  device     This device was removed", done.out)


if __name__ == "__main__":
    unittest.main()
