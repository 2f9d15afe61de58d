"""Named consumers and the real programs: each has what it has not acknowledged, whatever others do
and whatever is killed."""

import itertools
import os
import random
import signal
import subprocess
import threading
import unittest

from bot import BotScene, Refused
from programs import BISIK, PATIENCE

KILLS = int(os.environ.get("BISIK_CONSUMER_KILLS", "20"))

# As somebody writes it: shows are kept under their cursor before they are acknowledged. Says each
# cursor, so that whoever kills it knows that it stands between the two.
CONSUMER = """
while "$BISIK" receive --json --consumer work --ack --max 1 --timeout 30 >line; do
  cursor=$(sed -n 's/.*"cursor":\\([0-9]*\\).*/\\1/p' line)
  [ -n "$cursor" ] || exit 1
  mv line "seen/$cursor"
  echo "$cursor"
  "$BISIK" ack --consumer work --cursor "$cursor" || exit 1
done
"""


class Consumers(BotScene):
    def test_each_has_a_place_of_its_own(self):
        self.alice.must("receive", "--consumer", "one")
        self.alice.must("receive", "--consumer", "two")
        for text in ("first", "second"):
            self.bob.must("send", "Alice", text)
        self.arrives_for("one", "first", "second")
        shown = self.alice.json("receive", "--consumer", "two", "--ack")
        self.assertEqual([message["text"] for message in shown], ["first", "second"])
        self.alice.must("ack", "--consumer", "two", "--cursor", str(shown[0]["cursor"]))
        self.arrives(self.alice, "first", "second")
        self.assertEqual(self.waiting(), {"one": 0, "two": 1})
        self.arrives_for("two", "second")
        self.alice.must("consumers", "remove", "two")
        self.assertEqual(self.waiting(), {"one": 0})
        self.complains(self.alice.run("ack", "--consumer", "two", "--cursor", "1"), 1, "two")
        self.complains(self.alice.run("receive", "--consumer", "a b"), 1, "name")

    def test_a_cursor_acknowledges_all_up_to_it_and_keeps_the_rest(self):
        for text in ("first", "second", "third"):
            self.bob.must("send", "Alice", text)
        first = self.alice.json("receive", "--ack", "--timeout", "20", "--max", "1")[0]["cursor"]
        since = ("--consumer", "new", "--since", str(first))
        for _again in range(2):
            self.assertEqual(self.alice.texts("receive", *since), ["second", "third"])
        self.assertEqual(self.alice.texts("receive", "--since", str(first)), ["second", "third"])
        self.arrives(self.alice, "second", "third")
        self.arrives_for("new", "second", "third")

    def test_a_time_shows_what_came_since_and_leaves_the_rest(self):
        self.bob.must("send", "Alice", "now")
        self.alice.must("receive", "--ack", "--timeout", "20", "--max", "1")
        self.assertEqual(self.alice.texts("receive", "--since", "2999-01-01"), [])
        self.assertEqual(self.alice.texts("receive", "--since", "1h"), ["now"])
        self.complains(self.alice.run("receive", "--since", "soon"), 1, "--since")

    def test_killed_between_receive_and_ack_it_loses_nothing(self):
        folder = os.path.join(self.folder.path, "consumer")
        os.makedirs(os.path.join(folder, "seen"))
        self.alice.must("receive", "--consumer", "work")
        self.daemon(self.alice)
        sender = threading.Thread(target=self.send_all, args=(2 * KILLS,))
        sender.start()
        again, before = 0, None
        for _kill in range(KILLS):
            consumer = self.start_consumer(folder)
            for _ in range(random.randrange(1, 3)):
                shown = consumer.stdout.readline()
                again += shown == before
                before = shown
            threading.Event().wait(random.choice([0, 0, 0.005, 0.02]))
            os.killpg(consumer.pid, signal.SIGKILL)
            consumer.wait(PATIENCE)
            consumer.stdout.close()
        sender.join()
        self.assertGreater(again, 0, "no kill came between receive and ack")
        seen = self.seen(folder) + self.alice.texts("receive", "--consumer", "work", "--timeout",
                                                    "5")
        self.assertEqual(set(seen), {f"message {number}" for number in range(2 * KILLS)})
        print(f"{KILLS} kills, {again} of them before the acknowledgement, {2 * KILLS} messages, "
              "0 lost", flush=True)

    def test_a_bot_that_is_killed_before_it_acknowledges_gets_it_again(self):
        self.daemon(self.alice)
        for name in ("work", "other"):
            self.subscribed(name).process.kill()
        texts = [f"message {number}" for number in range(4)]
        for text in texts:
            self.bob.must("send", "Alice", text)
        for text in texts:
            for life in ("dies before", "dies behind"):
                bot = self.subscribed("work")
                message = bot.message()
                self.assertEqual(message["envelope"]["dataMessage"]["message"], text, life)
                if life == "dies behind":
                    bot.call("ack", consumer="work", cursor=message["cursor"])
                bot.process.kill()
                bot.process.wait(PATIENCE)
        self.assertEqual(self.waiting(), {"work": 0, "other": 4})
        self.arrives(self.alice, *texts)  # nobody's inbox is another one again
        bot = self.by_hand()
        self.assertEqual(self.got(bot, consumer="other", ack=True, maxMessages=2), texts[:2])
        self.assertEqual(self.got(bot, consumer="other", maxMessages=2), texts[:2])
        self.assertEqual(self.got(bot, consumer="other", since=0), texts[2:])
        self.assertEqual(self.got(bot, consumer="other", since=0), texts[2:])
        self.arrives_for("other", *texts[2:])

    def test_a_bot_is_told_what_is_wrong_with_a_consumer(self):
        bot = self.by_hand()
        for method, params in (("subscribeReceive", {"consumer": "a b"}),
                               ("receive", {"consumer": "a b"}),
                               ("ack", {"consumer": "nobody", "cursor": 1})):
            with self.assertRaises(Refused) as refused:
                bot.call(method, **params)
            self.assertEqual(refused.exception.code, -1, method)
        self.assertEqual(self.waiting(), {})
        self.assertEqual(bot.call("subscribeReceive", consumer="good"), 1)
        self.assertEqual(self.waiting(), {"good": 0})

    def by_hand(self):
        return self.json_rpc(self.alice, "--receive-mode", "manual")

    def subscribed(self, consumer):
        bot = self.by_hand()
        bot.call("subscribeReceive", consumer=consumer, ack=True)
        return bot

    @staticmethod
    def got(bot, **params):
        return [each["envelope"]["dataMessage"]["message"]
                for each in bot.call("receive", timeout=1, **params)]

    def send_all(self, count):
        for number in range(count):
            self.bob.must("send", "Alice", f"message {number}")

    def start_consumer(self, folder):
        return subprocess.Popen(
            ["sh", "-c", CONSUMER], cwd=folder, start_new_session=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, env=dict(os.environ, BISIK=BISIK, BISIK_HOME=self.alice.home))

    @staticmethod
    def seen(folder):
        texts = []
        for name in os.listdir(os.path.join(folder, "seen")):
            with open(os.path.join(folder, "seen", name), encoding="ascii") as file:
                texts.append(file.read().split('"text":"')[1].split('"')[0])
        return texts

    def arrives_for(self, consumer, *texts):
        got = self.alice.texts("receive", "--consumer", consumer, "--timeout", "10", "--max",
                               str(len(texts)))
        rest = self.alice.texts("receive", "--consumer", consumer)
        self.assertEqual(list(itertools.chain(got, rest)), list(texts))

    def waiting(self):
        return {entry["name"]: entry["waiting"] for entry in self.alice.json("consumers")}


if __name__ == "__main__":
    unittest.main()
