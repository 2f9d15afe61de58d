"""What the tests of bad input share: a relay, Alice and Bob, and what a complaint looks like."""

import unittest

from programs import Folder, introduce

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
