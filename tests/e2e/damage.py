#!/usr/bin/env python3
"""Databases of relays and profiles, cut short and with bits flipped: refused with one sentence or
read rightly, never read wrongly, never made worse. With the files put back, everything is there.
"""

import json
import os
import random
import shutil
import subprocess
import unittest

from programs import PATIENCE, RELAY, Done
from scene import Scene

FLIPS = 16   # of each file
PAGE = 4096  # of SQLite


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, content):
    with open(path, "wb") as file:
        file.write(content)


def damaged(content, source):
    """Named versions of `content` that are not what was written, and whether SQLite must see it: it
    has no checksums, so what stands inside a row is for those who sealed it."""
    size = len(content)
    for length in (0, 1, 100, PAGE, size // 2):
        yield f"cut to {length}", content[:length], True
    yield "cut by a byte", content[:-1], False
    for at in sorted(source.sample(range(size), FLIPS)):
        flipped = bytes([content[at] ^ 0x10])
        yield f"bit flipped at {at}", content[:at] + flipped + content[at + 1:], False
    yield "a page of noise", content[:2 * PAGE] + source.randbytes(PAGE) + content[3 * PAGE:], True


def in_order(part, whole):
    rest = iter(whole)
    return all(each in rest for each in part)


class Damage(Scene):
    def setUp(self):
        super().setUp()
        self.source = random.Random(1)
        self.relay, self.alice, self.bob = self.alice_and_bob()
        self.texts = [f"message {number} " + "x" * 3000 for number in range(5)]

    def put_back(self, good, folder):
        shutil.rmtree(folder)
        shutil.copytree(good, folder)

    def copy_of(self, folder):
        """Without the socket that a killed owner or relay has left there."""
        return shutil.copytree(folder, folder + " as it was",
                               ignore=shutil.ignore_patterns("*.sock"))

    # --- the relay's ---

    def up(self):
        """None if it serves, which is then stopped; otherwise how it refused."""
        process = subprocess.Popen([RELAY, "--log-level", "off", "up", "--data", self.relay.data,
                                    "--listen", self.relay.listen],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        if process.stdout.readline():
            self.use_what_serves()
            process.terminate()
        out, err = process.communicate(timeout=PATIENCE)
        return None if process.returncode == 0 else Done(process.returncode, out, err)

    def use_what_serves(self):
        """The clients meet a relay that could not see that its database is damaged."""
        for person, *command in ((self.bob, "send", "Alice", "x", "--timeout", "2"),
                                 (self.bob, "whoami", "--server-view"),
                                 (self.alice, "receive", "--json")):
            done = person.run(*command)
            self.assertIn(done.code, (0, 3, 5, 6), done)
            if done.code:
                self.one_sentence(json.loads(done.err)["error"]["message"] + "\n"
                                  if "--json" in command else done.err)
        got = [message["text"] for message in done.objects]
        self.assertTrue(in_order(got, [*self.texts, "x"]), got)

    def try_damage(self, name):
        path = os.path.join(self.relay.data, name)
        folders = [self.relay.data, self.alice.home, self.bob.home]
        copies = [self.copy_of(each) for each in folders]
        for what, content, seen in damaged(read(path), self.source):
            with self.subTest(file=name, damage=what):
                write(path, content)
                how = self.up()
                if how is not None:
                    self.complains(how, 2, "damaged", "put a copy of it back")
                elif seen and name == "relay.db":  # of a log that is cut, the beginning counts
                    self.fail("it serves")
            for copy, folder in zip(copies, folders):
                self.put_back(copy, folder)
        self.relay.start()
        self.arrives(self.alice, *self.texts)

    def send_all(self):
        for text in self.texts:
            self.bob.must("send", "Alice", text)

    def test_the_database_of_a_relay(self):
        self.send_all()
        self.relay.stop()
        self.try_damage("relay.db")

    def test_the_log_of_a_relay_that_was_killed(self):
        self.send_all()
        self.relay.kill()
        self.try_damage("relay.db-wal")

    def test_a_relay_does_not_begin_anew_beside_its_key(self):
        self.relay.stop()
        database = os.path.join(self.relay.data, "relay.db")
        write(database, b"")
        how = self.up()
        self.assertIsNotNone(how, "it serves as if nobody had ever registered")
        self.complains(how, 2, "empty")

    # --- a person's ---

    def test_the_database_of_a_profile(self):
        self.send_all()
        self.try_profile("profile.db")

    def test_the_log_of_a_profile_whose_owner_was_killed(self):
        owner = self.bob.start("receive", "--follow")
        self.send_all()
        owner.kill()
        owner.communicate()
        self.assertIn("profile.db-wal", os.listdir(self.bob.home))
        self.try_profile("profile.db-wal", log=True)

    def try_profile(self, name, log=False):
        path = os.path.join(self.bob.home, name)
        good = self.copy_of(self.bob.home)
        for what, content, seen in damaged(read(path), self.source):
            with self.subTest(file=name, damage=what):
                write(path, content)
                done = self.bob.run("history", "Alice", "--json")
                got = [message["text"] for message in done.objects]
                if done.code:
                    self.assertEqual(done.code, 2, done)
                    sentence = json.loads(done.err)["error"]["message"]
                    self.one_sentence(sentence + "\n")
                    self.assertIn(f"of {self.bob.home} back" if "its folder" not in sentence
                                  else "Put a copy of its folder back", sentence)
                elif not log:
                    self.assertFalse(seen, "it reads a profile that is not whole")
                    self.assertEqual(got, self.texts)
                self.assertEqual(got, self.texts[:len(got)])
            self.put_back(good, self.bob.home)
        self.assertEqual(self.bob.texts("history", "Alice"), self.texts)
        self.bob.must("send", "Alice", "and on it goes")
        self.arrives(self.alice, *self.texts, "and on it goes")


if __name__ == "__main__":
    unittest.main()
