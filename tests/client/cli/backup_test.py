"""backup and restore: the file, its code, and what a person is told."""

import json
import os
import stat
import unittest

from harness import CommandLineTest


class Backups(CommandLineTest):
    def path(self, name):
        return os.path.join(self.folder, name)

    def test_the_account_is_back_with_everybody_in_it(self):
        _relay, alice, bob = self.alice_and_bob()
        self.ends(bob.run("send", "Alice", "before"))
        alice.texts("receive", "--timeout", "10", "--max", "1")
        file = self.path("alice.bisik")
        made, = alice.json("backup", file)
        self.assertEqual((made["contacts"], made["messages"]), (1, 1))
        self.assertEqual(stat.S_IMODE(os.stat(file).st_mode), 0o600)
        again = self.person("Again")
        done = self.ends(again.run("restore", file, "--json", input=made["code"].encode()))
        who = json.loads(done.out)
        self.assertEqual((who["name"], who["messages"]), ("Alice", 1))
        self.assertEqual(again.texts("history", "Bob"), ["before"])
        again.json("receive", "--timeout", "2")
        bob.json("receive", "--timeout", "2")  # has had only Alice's link so far: it is gone
        self.ends(bob.run("send", "Alice", "after"))
        self.assertIn("after", again.texts("receive", "--timeout", "10", "--max", "1"))
        self.ends(again.run("send", "Bob", "and back"))
        self.assertIn("and back", bob.texts("receive", "--timeout", "5"))
        self.assertIn("removed", alice.run("receive").err)

    def test_a_file_that_is_there_is_not_replaced_without_force(self):
        _relay, alice, _bob = self.alice_and_bob()
        file = self.path("mine")
        with open(file, "w", encoding="utf-8") as mine:
            mine.write("mine")
        self.complains(alice.run("backup", file), 1, "--force")
        with open(file, encoding="utf-8") as mine:
            self.assertEqual(mine.read(), "mine")
        words = self.ends(alice.run("backup", file, "--force")).out.strip()
        self.assertEqual(len(words.split("-")), 9)
        self.assertEqual(os.listdir(self.folder).count("mine.new"), 0)
        self.complains(alice.run("backup", self.path("nowhere/file")), 1, "nowhere")

    def test_what_cannot_be_restored_is_one_sentence_and_leaves_no_account(self):
        relay, alice, _bob = self.alice_and_bob()
        file = self.path("alice.bisik")
        code = self.ends(alice.run("backup", file)).out.encode()
        with open(file, "rb") as whole:
            content = whole.read()
        with open(self.path("cut"), "wb") as cut:
            cut.write(content[:-1])
        again = self.person("Again")
        self.complains(again.run("restore", self.path("absent"), input=code), 1, "absent")
        self.complains(again.run("restore", self.path("cut"), input=code), 1, "cut short")
        self.complains(again.run("restore", file, input=b"kuzof-bidad"), 1, "mistyped")
        self.complains(alice.run("restore", file, input=code), 1, "already")
        relay.stop()
        self.complains(again.run("restore", file, input=code), 3, "does not answer")
        self.complains(again.run("whoami"), 1, "bisik join")


if __name__ == "__main__":
    unittest.main()
