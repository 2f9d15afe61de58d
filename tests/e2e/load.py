"""One profile under 20 one-shot commands at once, with a daemon that is killed again and again:
what `send` said is so, and each consumer has each message once."""

import collections
import os
import threading
import time
import unittest

from bot import BotScene
from programs import PATIENCE

SECONDS = int(os.environ.get("BISIK_LOAD_SECONDS", "5"))
KILLS = int(os.environ.get("BISIK_LOAD_KILLS", "2"))
SENDERS = RECEIVERS = 10


class Load(BotScene):
    def setUp(self):
        super().setUp()
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.codes = collections.Counter()
        self.sent, self.written = [], []  # by Alice, by Bob: with exit 0
        self.doubtful = set()
        self.seen = collections.defaultdict(list)  # by consumer
        self.failures = []

    def run_all(self, *works):
        def guarded(work, *arguments):
            try:
                work(*arguments)
            except BaseException as failure:  # shown by the test itself
                self.failures.append(failure)
                self.over.set()

        threads = [threading.Thread(target=guarded, args=work) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(SECONDS + 3 * PATIENCE)
        self.assertEqual(self.failures, [])

    def note(self, code):
        with self.lock:
            self.codes[code] += 1

    def send(self, sender):
        number = 0
        while not self.over.is_set():
            text = f"{sender}/{number}"
            number += 1
            done = self.alice.run("send", "Bob", text)
            self.note(done.code)
            with self.lock:
                if done.code == 0:
                    self.sent.append(text)
                else:
                    self.doubtful.add(text)

    def write(self):
        """What Alice's receivers see: Bob's own profile, which nobody disturbs."""
        while not self.over.is_set():
            text = f"bob/{len(self.written)}"
            self.bob.must("send", "Alice", text)
            self.written.append(text)

    def receive(self, consumer):
        while not self.over.is_set():
            self.receive_once(consumer, "--timeout", "0.2", "--max", "5")

    def receive_once(self, consumer, *until):
        done = self.alice.run("receive", "--json", "--consumer", consumer, *until)
        self.note(done.code)
        self.assertIn(done.code, (0, 3), done)
        self.seen[consumer] += [message["text"] for message in done.objects]

    def kill_daemons(self):
        begun = time.monotonic()
        for kill in range(1, KILLS + 1):
            daemon = self.alice.start("daemon", "--quiet")
            self.over.wait(begun + kill * SECONDS / (KILLS + 1) - time.monotonic())
            self.assertIsNone(daemon.poll())
            daemon.kill()
            daemon.communicate()
        self.over.wait(begun + SECONDS - time.monotonic())
        self.over.set()

    def test_every_message_arrives_once_and_every_exit_code_is_true(self):
        consumers = [f"c{number}" for number in range(RECEIVERS)]
        for consumer in consumers:
            self.alice.must("receive", "--consumer", consumer)
        self.run_all((self.kill_daemons,), (self.write,),
                     *((self.send, sender) for sender in range(SENDERS)),
                     *((self.receive, consumer) for consumer in consumers))
        for consumer in consumers:
            self.receive_once(consumer, "--timeout", "1")
            self.assertEqual(self.seen[consumer], self.written, consumer)
        self.alice.must("receive", "--timeout", "1")  # so that what is kept has gone
        arrived = self.bob.texts("receive", "--timeout", "2")
        counts = collections.Counter(arrived)
        self.assertEqual([text for text, count in counts.items() if count > 1], [])
        self.assertEqual(set(self.sent) - set(counts), set())
        self.assertEqual(set(counts) - set(self.sent) - self.doubtful, set())
        self.assertLessEqual(set(self.codes), {0, 3})
        self.assertGreater(len(self.sent), SENDERS)
        print(f"{SECONDS} s, {KILLS} daemons killed, {sum(self.codes.values())} commands "
              f"({dict(self.codes)}), {len(self.sent)} messages sent and {len(self.written)} "
              f"received by each of {RECEIVERS}", flush=True)


if __name__ == "__main__":
    unittest.main()
