"""The checker and the search for canaries find what they are there for: each planted defect."""

import base64
import os
import random
import tempfile
import unittest

import canary
from checker import Stream, compare, judge_history

SENT = ["one", "two", "two", "three", "x" * 50_000]


def message(number, text="text"):
    return {"id": f"Bob/{number}", "text": text}


class Comparing(unittest.TestCase):
    def test_the_same_in_the_same_order_is_right(self):
        self.assertEqual(compare("Alice", SENT, list(SENT)), [])

    def test_each_defect_is_named(self):
        for got, word in ((SENT[:-1], "lost"), (SENT[1:], "lost"), (SENT[:1] + SENT[2:], "lost"),
                          (SENT + ["one"], "doubled"), (SENT + ["four"], "phantom"),
                          (SENT[:-1] + ["x" * 49_999 + "y"], "corrupt"),
                          ([SENT[1], SENT[0]] + SENT[2:], "reordered"), ([], "lost")):
            self.assertIn(word, " ".join(compare("Alice", SENT, got)))

    def test_a_history_has_both_sides_their_states_and_unique_ids(self):
        def row(number, text, ours, state):
            return {"id": f"Bob/{number}", "text": text, "ours": ours, "state": state}
        good = [row(1, "a", True, "relay"), row(2, "b", False, "received")]
        self.assertEqual(judge_history("Alice", good, ["a"], ["b"]), [])
        read = [row(1, "a", True, "read"), good[1]]
        self.assertEqual(judge_history("Alice", read, ["a"], ["b"]), [])
        self.assertTrue(judge_history("Alice", good, ["b"], ["a"]))
        waiting = [row(1, "a", True, "waiting"), good[1]]
        self.assertIn("waiting", judge_history("Alice", waiting, ["a"], ["b"])[0])
        same_id = [good[0], row(1, "b", False, "received")]
        self.assertIn("twice", judge_history("Alice", same_id, ["a"], ["b"])[0])


class Printing(unittest.TestCase):
    def test_what_a_killed_command_printed_may_come_again(self):
        stream = Stream("Alice")
        stream.add([message(1), message(2)], killed=True)
        stream.add([], killed=True)
        stream.add([message(1), message(2), message(3)], killed=False)
        self.assertEqual((stream.wrong, len(stream.texts)), ([], 3))

    def test_nothing_else_may(self):
        stream = Stream("Alice")
        stream.add([message(1)], killed=False)
        stream.add([message(1)], killed=False)
        self.assertEqual(len(stream.wrong), 1)

    def test_it_has_the_same_text_then(self):
        stream = Stream("Alice")
        stream.add([message(1)], killed=True)
        stream.add([message(1, "other")], killed=False)
        self.assertEqual(len(stream.wrong), 1)


class Searching(unittest.TestCase):
    def setUp(self):
        self.canary = canary.plant(random.Random(1))
        self.search = canary.Search({"text": self.canary})

    def test_every_disguise_is_found_wherever_it_begins(self):
        raw = self.canary.encode()
        for before in range(7):
            around = os.urandom(before) + raw + os.urandom(9)
            for hidden in (around, around.hex().encode(), around.hex().upper().encode(),
                           base64.b64encode(around), base64.urlsafe_b64encode(around)):
                self.assertTrue(self.search.in_bytes(b"\0\1\2" + hidden + b"\3"))
            for encoding in ("utf-16-le", "utf-16-be"):
                self.assertTrue(self.search.in_bytes(bytes(before) + self.canary.encode(encoding)))

    def test_what_is_not_there_is_not_found(self):
        self.assertEqual(self.search.in_bytes(os.urandom(1 << 20)), [])

    def test_files_and_their_names_are_searched(self):
        with tempfile.TemporaryDirectory() as folder:
            inner = os.path.join(folder, "a", "b")
            os.makedirs(inner)
            self.assertEqual(self.search.below(folder), [])
            with open(os.path.join(inner, "relay.db-wal"), "wb") as file:
                file.write(bytes(5000) + self.canary.encode() + bytes(5000))
            self.assertIn("relay.db-wal", self.search.below(folder)[0])
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, self.canary))
            with open(os.path.join(folder, self.canary, "empty"), "wb"):
                pass
            self.assertTrue(self.search.below(folder))


if __name__ == "__main__":
    unittest.main()
