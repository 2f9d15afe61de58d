"""What is said about messages, on both sides: replies, reactions, edits, deletions, receipts."""

import json
import unittest

from harness import CommandLineTest


class Amending(CommandLineTest):
    def setUp(self):
        super().setUp()
        self.relay_, self.alice, self.bob = self.alice_and_bob()
        self.ends(self.bob.run("send", "Alice", "shall we?"))
        self.got(self.alice)

    def got(self, person):
        message, = person.json("receive", "--timeout", "20", "--max", "1")
        return message

    def test_a_reply_shows_what_it_answers(self):
        sent, = self.alice.json("send", "Bob", "--reply", "Bob/1", "yes")
        self.assertEqual(sent["state"], "relay")
        answer = self.got(self.bob)
        self.assertEqual(answer["text"], "yes")
        self.assertEqual((answer["reply_to"]["id"], answer["reply_to"]["text"]),
                         ("Alice/1", "shall we?"))
        self.assertTrue(answer["reply_to"]["ours"])
        self.assertIn("\u201cshall we?\u201d", self.bob.run("history", "Alice").out)

    def test_a_reaction_comes_and_goes(self):
        self.ends(self.alice.run("react", "Bob/1", "\U0001f44d"))
        reaction = self.got(self.bob)["reaction"]
        self.assertEqual((reaction["id"], reaction["emoji"], reaction["removed"]),
                         ("Alice/1", "\U0001f44d", False))
        first = self.bob.json("history", "Alice")[0]
        self.assertEqual(first["reactions"], [{"emoji": "\U0001f44d", "ours": False}])
        self.ends(self.alice.run("react", "Bob/1", "\U0001f44d", "--remove"))
        self.assertTrue(self.got(self.bob)["reaction"]["removed"])
        self.assertNotIn("reactions", self.bob.json("history", "Alice")[0])
        for again in (self.alice.run("react", "Bob/1", "\U0001f44d", "--remove"),
                      self.alice.run("react", "Bob/1", "\U0001f44d", "--remove", "--quiet")):
            self.complains(again, 1, "no reaction to the message Bob/1")

    def test_an_edit_and_a_deletion_change_both_histories(self):
        self.ends(self.bob.run("edit", "Alice/1", "-", input=b"shall we meet?\n"))
        edit = self.got(self.alice)
        self.assertEqual((edit["text"], edit["edit_of"]["id"]), ("shall we meet?", "Bob/1"))
        for person, name in ((self.alice, "Bob"), (self.bob, "Alice")):
            first = person.json("history", name)[0]
            self.assertEqual(first["text"], "shall we meet?")
            self.assertIn("edited_timestamp", first)
        self.ends(self.bob.run("delete", "Alice/1", "--for-everyone"))
        self.assertEqual(self.got(self.alice)["deletion_of"]["id"], "Bob/1")
        for person, name in ((self.alice, "Bob"), (self.bob, "Alice")):
            shown = person.run("history", name).out
            self.assertNotIn("shall", shown)
            self.assertIn("(deleted)", shown)
            self.assertTrue(person.json("history", name)[0]["deleted"])

    def test_what_is_deleted_before_it_is_fetched_is_not_shown(self):
        sent, = self.bob.json("send", "Alice", "not for you")
        self.ends(self.bob.run("delete", sent["id"], "--for-everyone"))
        shown = self.ends(self.alice.run("receive", "--timeout", "1")).out
        self.assertNotIn("not for you", shown)
        self.assertIn("(deleted)", shown)

    def test_what_is_here_already_is_handed_out_as_the_relay_knows_it_by_then(self):
        for consumer in ("bot", "follower"):  # who begin here
            self.ends(self.alice.run("receive", "--consumer", consumer))
        sent, = self.bob.json("send", "Alice", "not for you")
        self.assertEqual(self.got(self.alice)["text"], "not for you")
        self.ends(self.bob.run("delete", sent["id"], "--for-everyone"))
        follows = ("receive", "--consumer", "follower", "--ack", "--follow", "--max", "2")
        shown = self.ends(self.alice.run(*follows)).out
        self.assertNotIn("not for you", shown)
        self.assertIn("(deleted)", shown)
        again = self.ends(self.alice.run("receive", "--consumer", "bot", "--ack"))
        self.assertEqual(again.out, shown)
        self.relay_.stop()
        self.assertEqual(self.ends(self.alice.run(*follows)).out, shown)
        done = self.ends(self.alice.run("receive", "--consumer", "bot", "--ack", "--json"))
        self.assertEqual(done.out.count("\n"), shown.count("\n"))
        self.assertEqual(done.err.count("\n"), 1, done.err)
        self.assertIn("does not answer", done.err)

    def test_a_deletion_here_leaves_the_other_side_alone(self):
        self.ends(self.alice.run("send", "Bob", "not at all"))
        self.got(self.bob)
        done, = self.alice.json("delete", "Bob/1")
        self.assertEqual(done, {"id": "Bob/1", "deleted": True})
        self.assertEqual(self.alice.texts("history", "Bob"), ["not at all"])
        self.assertEqual(self.bob.texts("history", "Alice"), ["shall we?", "not at all"])
        self.ends(self.alice.run("delete", "Bob/2"))  # her own: the same
        self.assertEqual(self.alice.run("history", "Bob").out, "")
        self.assertEqual(len(self.bob.texts("history", "Alice")), 2)
        for words in (("delete", "Bob/1"), ("trace", "Bob/1"), ("react", "Bob/1", "+"),
                      ("delete", "Bob/1", "--for-everyone")):
            self.complains(self.alice.run(*words), 1, "no message Bob/1")

    def test_a_message_and_a_person_are_not_taken_for_each_other(self):
        self.complains(self.alice.run("delete", "Bob/9"), 1, "no message Bob/9")
        self.complains(self.alice.run("delete", "Bob/x"), 1, "no message Bob/x")
        self.complains(self.alice.run("delete", "Bob"), 1, "--yes")
        self.complains(self.alice.run("delete", "Bob", "--for-everyone"), 1, "like bob/7")
        self.ends(self.alice.run("send", "Bob", "later", "--at", "1h"))
        for words in (("delete", "Bob/2"), ("delete", "Bob/2", "--for-everyone"),
                      ("edit", "Bob/2", "now"), ("react", "Bob/2", "+"),
                      ("send", "Bob", "--reply", "Bob/2", "now")):
            self.complains(self.alice.run(*words), 1, "bisik outbox cancel Bob/2")
        self.assertEqual(self.alice.texts("outbox"), ["later"])
        self.assertEqual(len(self.alice.json("contacts")), 1)

    def test_somebody_is_called_otherwise(self):
        contact, = self.alice.json("rename", "bob", "Bob from work")
        self.assertEqual(contact["name"], "Bob from work")
        self.assertEqual(self.alice.texts("history", "bob FROM work"), ["shall we?"])
        self.ends(self.alice.run("send", "Bob from work", "you are"))
        self.assertEqual(self.got(self.bob)["chat"], "Alice")
        self.complains(self.alice.run("rename", "Bob", "Robert"), 1, "Bob")
        for name in ("", "/", "note-to-self", "ab" * 32):
            self.complains(self.alice.run("rename", "Bob from work", name), 1, "name")

    def test_what_cannot_be_said_is_one_sentence_and_nothing_is_sent(self):
        self.complains(self.alice.run("edit", "Bob/1", "mine now"), 1, "not yours")
        self.complains(self.alice.run("delete", "Bob/1", "--for-everyone"), 1, "not yours")
        self.complains(self.alice.run("react", "Bob/9", "+"), 1, "no message Bob/9")
        self.complains(self.alice.run("react", "Bob", "+"), 1, "like bob/7")
        for emoji in ("x" * 65, "x", "xx", "7", " ", "\U0001f44d\U0001f44d"):
            self.complains(self.alice.run("react", "Bob/1", emoji), 1, "one emoji")
        self.complains(self.alice.run("send", "Bob", "--reply", "Bob/9", "to what?"), 1, "Bob/9")
        self.assertEqual(len(self.alice.json("history", "Bob")), 1)

    def test_receipts_are_said_and_can_be_switched_off(self):
        sent, = self.alice.json("send", "Bob", "did you get this?")
        owner = self.bob.own()
        self.addCleanup(owner.wait)
        self.addCleanup(owner.terminate)
        line = json.loads(owner.stdout.readline())
        self.assertEqual(line["text"], "did you get this?")
        follow = self.alice.start("receive", "--follow", "--json")
        self.addCleanup(follow.wait)
        self.addCleanup(follow.terminate)
        state = sent["state"]
        while state != "read":
            state = self.alice.json("history", "Bob", "--last", "1")[0]["state"]
        shown = self.alice.json("history", "Bob", "--last", "1")[0]
        self.assertLessEqual(shown["delivered_timestamp"], shown["read_timestamp"])
        contact, = self.bob.json("receipts", "Alice", "--delivery", "off", "--read", "off")
        self.assertFalse(contact["delivery_receipts"] or contact["read_receipts"])
        contact, = self.bob.json("contacts")
        self.assertFalse(contact["delivery_receipts"])
        self.complains(self.bob.run("receipts", "Alice", "--read", "perhaps"), 1)

    def test_typing_ends_at_once_whoever_hears_it(self):
        self.ends(self.alice.run("typing", "Bob"))
        self.ends(self.alice.run("typing", "Bob", "--stop"))
        self.complains(self.alice.run("typing", "Bobby"), 1, "Bobby")
        self.assertIn("typing: on", self.alice.run("receipts", "Bob").out)
        contact, = self.alice.json("receipts", "Bob", "--typing", "off")
        self.assertFalse(contact["typing_notices"])
        self.complains(self.alice.run("typing", "Bob"), 1, "--typing on")
        self.assertEqual(len(self.alice.json("history", "Bob")), 1)


if __name__ == "__main__":
    unittest.main()
