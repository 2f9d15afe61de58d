"""What the tests of bad input share: a relay, Alice and Bob, what a complaint looks like, and a
wire that can be broken and healed."""

import unittest

from programs import Folder, introduce
from wire import Tap, Wire

# What a person must never see: the inner life of a program that fell over.
CRASH = ("terminate called", "what():", "Assertion", "assert", "Sanitizer", "core dumped",
         "stack", "std::", ".cpp", "Something unexpected")


class Scene(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(Folder())
        self.secrets = []  # that no complaint may repeat

    def alice_and_bob(self, **options):
        relay = self.folder.relay(**options)
        alice, bob = self.folder.person("Alice"), self.folder.person("Bob")
        introduce(relay, alice, bob)
        return relay, alice, bob

    def complains(self, done, code, *words):
        """The code, and one sentence on standard error that says these words; nothing else."""
        self.assertEqual(done.code, code, done)
        self.assertEqual(done.out, "", done)
        self.one_sentence(done.err)
        for word in words:
            self.assertIn(word, done.err)

    def one_sentence(self, text):
        self.assertEqual(text.count("\n"), 1, text)
        self.assertTrue(text.endswith(".\n"), text)
        self.assertLess(len(text), 400)
        for crash in CRASH:
            self.assertNotIn(crash, text)
        for secret in self.secrets:
            self.assertNotIn(secret, text)

    def arrives(self, reader, *texts):
        """These, once each and in this order, and nothing behind them."""
        got = reader.texts("receive", "--timeout", "10", "--max", str(len(texts)))
        self.assertEqual(got + reader.texts("receive"), list(texts))


class WireScene(Scene):
    """All of Alice, Bob and the relay is joined by one wire. Bob sends; Alice has not answered."""

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

    def all_arrived(self):
        self.arrives(self.alice, *self.sent)
        self.assertEqual(self.bob.texts("history", "Alice"), self.sent)
        self.assertTrue(self.relay.running)
        self.assertEqual(self.bob.json("outbox"), [])
