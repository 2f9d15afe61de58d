"""move, successor, accept: Alice goes on under another account elsewhere, and Bob follows."""

import os
import unittest

from harness import CommandLineTest, Relay


class Moving(CommandLineTest):
    def setUp(self):
        super().setUp()
        _relay, self.alice, self.bob = self.alice_and_bob()
        self.ends(self.bob.run("send", "Alice", "before"))
        self.alice.texts("receive", "--timeout", "10", "--max", "1")
        self.bob.json("receive", "--timeout", "2")
        folder = os.path.join(self.folder, "elsewhere")
        os.mkdir(folder)
        other = Relay(folder)
        self.addCleanup(other.stop)
        self.fresh = self.person("Fresh")
        self.ends(self.fresh.run("join", other.invite, "--name", "Alice"))

    def code(self):
        shown = self.ends(self.alice.run("move")).out.strip()
        return self.ends(self.fresh.run("successor", shown)).out.strip()

    def move(self):
        code = self.code()
        moved, = self.alice.json("move", code, "--yes")
        self.assertEqual((moved["name"], moved["contacts"], moved["moved"]), ("Alice", 1, True))
        self.bob.json("receive", "--timeout", "3")
        return moved

    def test_a_contact_follows_to_another_relay_and_keeps_the_chat(self):
        moved = self.move()
        contact, = self.bob.json("contacts")
        self.assertEqual((contact["state"], contact["successor"]), ("moved", moved["new_account"]))
        self.complains(self.bob.run("send", "Alice", "too early"), 4, "moved", "bisik accept Alice")
        self.complains(self.bob.run("send", "Alice", "too early", "--queue"), 4, "moved")
        number, = self.bob.json("verify", "Alice")
        accepted, = self.bob.json("accept", "Alice")
        self.assertEqual((accepted["name"], accepted["account"], accepted["trust"]),
                         ("Alice", moved["new_account"], "unverified"))
        self.ends(self.bob.run("send", "Alice", "after"))
        self.assertEqual(self.bob.texts("history", "Alice"), ["before", "after"])
        self.assertEqual(self.fresh.texts("receive", "--timeout", "10", "--max", "1"), ["after"])
        self.assertEqual(self.alice.texts("receive"), [])
        self.assertEqual(self.fresh.json("verify", "Bob")[0]["digits"], number["successor_digits"])
        self.ends(self.fresh.run("send", "Bob", "and back"))
        self.assertEqual(self.bob.texts("receive", "--timeout", "10", "--max", "1"), ["and back"])
        states = {contact["name"]: contact["state"] for contact in self.bob.json("contacts")}
        self.assertEqual(states, {"Alice": "accepted", "Alice-old": "old-key"})
        self.complains(self.bob.run("send", "Alice-old", "no"), 4, "old key", "Write to Alice.")
        self.assertEqual(self.alice.json("whoami")[0]["successor"]["account"],
                         moved["new_account"])

    def test_a_contact_may_stay_with_the_old_key(self):
        self.move()
        self.ends(self.bob.run("accept", "Alice", "--no"))
        self.ends(self.bob.run("send", "Alice", "I stay"))
        self.assertEqual(self.alice.texts("receive", "--timeout", "10", "--max", "1"), ["I stay"])

    def test_people_read_what_they_decide_about(self):
        code = self.code()
        asked = self.ends(self.alice.run("move", code, input=b"no\n"), 1)
        for words in ("contacts (1)", "Alice at bisik://", "cannot be taken back", "type yes"):
            self.assertIn(words, asked.err)
        self.assertEqual(self.bob.json("contacts")[0]["state"], "accepted")
        self.ends(self.alice.run("move", code, input=b"yes\n"))
        self.bob.json("receive", "--timeout", "3")
        listed = self.ends(self.bob.run("contacts")).out
        self.assertIn("says to have a new key, not accepted yet: bisik accept Alice", listed)
        self.assertIn("the key that Alice says to have moved to",
                      self.ends(self.bob.run("verify", "Alice")).out)

    def test_links_in_the_wrong_place_are_named(self):
        shown = self.ends(self.alice.run("move")).out.strip()
        self.complains(self.alice.run("move", shown, "--yes"), 1, "bisik successor")
        self.complains(self.alice.run("successor", shown), 1, "this account itself")
        contact = self.ends(self.fresh.run("invite", "--contact")).out.strip()
        self.complains(self.alice.run("move", contact, "--yes"), 1, "bisik successor")
        self.complains(self.fresh.run("successor", contact), 1, "bisik move")
        self.complains(self.bob.run("accept", "Alice", "--no"), 1, "has not said to have moved")


if __name__ == "__main__":
    unittest.main()
