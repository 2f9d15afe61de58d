"""send --at and --wait, the outbox and trace with the real programs."""

import time
import unittest

from bot import BotScene


class Planned(BotScene):
    def test_it_goes_at_its_time_to_each_and_not_before(self):
        self.daemon(self.alice)
        before = time.time()
        sent, = self.alice.json("send", "Bob", "later", "--at", "3s")
        self.assertEqual((sent["to"], sent["state"]), ("Bob", "waiting"))
        self.assertAlmostEqual(sent["at"] / 1000, before + 3, delta=2)
        waiting, = self.alice.json("outbox")
        self.assertEqual((waiting["id"], waiting["at"]), (sent["id"], sent["at"]))
        self.alice.must("send", "Bob", "sooner")
        got = self.bob.json("receive", "--timeout", "20", "--max", "2")
        self.assertEqual([message["text"] for message in got], ["sooner", "later"])
        self.assertGreaterEqual(time.time(), before + 3)
        self.assertGreaterEqual(got[1]["timestamp"], sent["at"])
        self.assertEqual(self.alice.json("outbox"), [])
        steps = {step["step"]: step["timestamp"] for step in self.alice.json("trace", sent["id"])}
        self.assertEqual(list(steps), ["queued", "planned", "relay"])
        self.assertLess(steps["queued"], steps["planned"])
        self.assertLessEqual(steps["planned"], steps["relay"])

    def test_it_outlives_owners_and_goes_with_the_first_command_after_its_time(self):
        sent, = self.alice.json("send", "Bob", "later", "--at", "1s")
        time.sleep(max(0.0, sent["at"] / 1000 - time.time()))
        self.alice.must("contacts")
        self.arrives(self.bob, "later")

    def test_it_is_taken_back(self):
        sent, = self.alice.json("send", "Bob", "later", "--at", "1h")
        self.alice.must("outbox", "cancel", sent["id"])
        self.assertEqual(self.alice.json("outbox"), [])
        self.assertEqual(self.alice.json("history", "Bob"), [])
        self.complains(self.alice.run("trace", sent["id"]), 1, sent["id"])

    def test_several_get_it_with_a_result_each(self):
        carol = self.folder.person("Carol")
        carol.must("join", self.alice.must("invite").out.strip(), "--name", "Carol")
        while len(self.alice.json("contacts")) < 2:
            self.alice.must("receive", "--timeout", "1")
        self.sends_to_several("all of you", ("Bob", "relay"), ("Carol", "relay"))
        self.sends_to_several("and Dave",
                              ("Bob", "failed"), ("Carol", "failed"), ("Dave", "failed"))
        self.arrives(carol, "all of you")
        self.alice.must("block", "Carol")
        self.sends_to_several("without her", ("Bob", "relay"), ("Carol", "failed"))
        self.arrives(self.bob, "all of you", "without her")

    def sends_to_several(self, text, *results):
        names = [name for name, _ in results]
        done = self.alice.run("send", *names, "-", "--json", input=text.encode())
        self.assertEqual(done.code == 0, all(state == "relay" for _, state in results))
        self.assertEqual([(one["to"], one["state"]) for one in done.objects], list(results))

    def test_what_is_no_time_or_is_over_is_refused(self):
        self.complains(self.alice.run("send", "Bob", "x", "--at", "soon"), 1, "--at")
        self.complains(self.alice.run("send", "Bob", "x", "--at", "2020-01-01"), 1, "over")
        self.assertEqual(self.alice.json("outbox"), [])


class Waiting(BotScene):
    def test_it_ends_when_the_receiver_says_that_it_is_there_or_was_read(self):
        done = self.alice.run("send", "Bob", "one", "--wait", "delivered", "--timeout", "5",
                              "--json")
        self.assertEqual(done.code, 3)
        result, = done.objects
        self.assertEqual((result["state"], result["error"]["code"]), ("relay", 3))
        listening = self.bob.start("receive", "--follow")
        self.processes.append(listening)
        for what in ("delivered", "read"):
            result, = self.alice.json("send", "Bob", what, "--wait", what)
            self.assertEqual(result["state"], what)
            steps = [step["step"] for step in self.alice.json("trace", result["id"])]
            self.assertIn(what, steps)

    def test_whoever_gets_nothing_is_not_waited_for(self):
        done = self.alice.run("send", "Nobody", "one", "--wait", "read", "--json")
        self.assertEqual((done.code, done.objects[0]["state"]), (1, "failed"))
        self.complains(self.alice.run("send", "Bob", "x", "--wait", "read", "--queue"), 1)


if __name__ == "__main__":
    unittest.main()
