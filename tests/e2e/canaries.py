#!/usr/bin/env python3
"""What two people write and what they are called is found nowhere but with them.

Searched: the folder of the relay while it runs, after kill -9 and after a clean stop (database,
write-ahead log, everything), its log at the most talkative level, all that passed over TCP, and the
sealed profiles. Each search has first to find what is planted there in plain.
"""

import os
import random
import shutil
import socket
import sqlite3
import unittest

import canary
from programs import Folder, introduce
from wire import Wire


class Canaries(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(Folder())
        self.folder = folder.path
        self.traffic = os.path.join(self.folder, "traffic")
        self.wire = self.enterContext(Wire(record=self.traffic))
        self.relay = folder.relay(advertise=self.wire.address)
        self.wire.target = self.relay.listen
        seed = random.SystemRandom().randrange(1 << 32)
        source = random.Random(seed)
        self.canaries = {what: canary.plant(source) for what in (
            "short text", "long text", "text with a wrong key", "idempotency key",
            "profile name of Alice", "profile name of Bob", "name that Bob gave Alice",
            "name that nobody has", "passphrase")}
        self.search = canary.Search(self.canaries)
        self.alice = folder.person("Alice", called=self.canaries["profile name of Alice"])
        self.bob = folder.person("Bob", called=self.canaries["profile name of Bob"])
        self.assertNotIn(str(seed), self.canaries.values())

    def talk(self):
        planted = self.canaries
        introduce(self.relay, self.alice, self.bob)
        link = self.alice.must("invite", "--contact").out.strip()
        self.bob.run("add", link, "--name", planted["name that Bob gave Alice"])
        alice_for_bob = self.bob.json("contacts")[0]["name"]
        for number in range(5):
            self.alice.must("send", self.bob.name, planted["short text"],
                            "--idempotency-key", f"{planted['idempotency key']}{number}")
            self.bob.must("send", alice_for_bob, "-",
                          input=f"{planted['long text']} ".encode() * 2000)
        self.assertEqual(self.bob.run("send", planted["name that nobody has"], "x").code, 1)
        self.assertEqual(len(self.alice.texts("receive", "--timeout", "5", "--max", "5")), 5)
        self.assertEqual(len(self.bob.texts("receive", "--timeout", "5", "--max", "5")), 5)

    def must_find(self, path, content):
        """The search of this very file finds the canary once it is there in plain."""
        with open(path, "ab") as file:
            file.write(content)
        self.assertTrue(self.search.in_file(path), f"the search of {path} is blind")
        with open(path, "r+b") as file:
            file.truncate(os.path.getsize(path) - len(content))

    def test_found_nowhere_but_with_the_people(self):
        self.talk()
        self.assertEqual(self.search.below(self.relay.data), [], "while it runs")
        self.assertIn("relay.db-wal", os.listdir(self.relay.data))
        self.relay.kill()
        self.assertEqual(self.search.below(self.relay.data), [], "after kill -9")
        self.relay.start()
        self.alice.must("send", self.bob.name, self.canaries["short text"])
        self.relay.stop()
        self.wire.settle()
        self.assertEqual(self.search.below(self.folder), [], "everything, after a clean stop")
        self.assertGreater(self.wire.recorded_bytes, 10 * 50_000)
        self.assertIn("serving", self.relay.words())

    def test_the_search_of_each_place_finds_what_is_there_in_plain(self):
        self.talk()
        plain = self.canaries["short text"].encode()
        host, port = self.wire.address.rsplit(":", 1)
        with socket.create_connection((host, int(port))) as visitor:
            visitor.sendall(plain)  # on the wire, to a relay that hangs up
            visitor.settimeout(20)
            self.assertEqual(visitor.recv(1), b"")
        self.relay.stop()
        self.wire.settle()
        self.assertEqual(self.search.below(self.folder), [f"{self.traffic}: short text (raw)"])
        for path in (self.relay.log, os.path.join(self.alice.home, "profile.db"),
                     os.path.join(self.relay.data, "relay.db")):
            self.must_find(path, plain.hex().encode())
        copy = os.path.join(self.folder, "copy")
        shutil.copytree(self.relay.data, copy)
        with sqlite3.connect(os.path.join(copy, "relay.db")) as database:
            database.execute("CREATE TABLE planted (cell BLOB)")
            database.execute("INSERT INTO planted VALUES (?)", (bytes(9000) + plain * 40,))
        self.assertIn("short text (raw)", " ".join(self.search.below(copy)))

    def test_a_passphrase_is_nowhere_at_all(self):
        secret = self.canaries["passphrase"]
        given = {"input": f"{secret}\n".encode()}
        self.alice.must("join", self.relay.invite, "--name", "Alice", "--passphrase",
                        "--passphrase-fd", "0", **given)
        wrong = self.alice.run("whoami", "--passphrase-fd", "0", input=b"wrong\n")
        self.assertEqual(wrong.code, 1)
        self.assertNotIn(secret, wrong.err)
        self.alice.must("whoami", "--passphrase-fd", "0", **given)
        self.relay.stop()
        self.wire.settle()
        self.assertEqual(self.search.below(self.folder), [])


if __name__ == "__main__":
    unittest.main()
