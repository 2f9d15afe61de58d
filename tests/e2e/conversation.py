#!/usr/bin/env python3
"""Two people talk through a relay that is stopped, killed and restarted, with programs that are
killed: at the end both histories are the same, and nothing was lost, doubled or reordered. Nor is
anything of what they said, or what they are called, found in what the relay has or saw.

    conversation.py [--messages N] [--restarts N] [--seed S]

The seed decides texts, sizes, what is killed and when; the operating system decides the rest. Also
from the environment: BISIK_E2E_MESSAGES (each way), BISIK_E2E_RESTARTS, BISIK_E2E_SEED.
"""

import argparse
import itertools
import os
import random
import sys
import threading
import time

import canary
from checker import Stream, compare, judge_history
from programs import Failed, Folder, introduce
from wire import Wire

MAX_BYTES = 50 * 1024
ALPHABET = "abcdefghijklmnopqrstuvwxyz ABCDEF 0123456789.,\n\t\"'\\<>\x1b[éß¢世界🐦"
TRY_AGAIN = (3, 5, -9)  # relay or network, too much at once, killed by us
KILLED_SENDS = 0.15     # a share of them, within what one takes
KILLED_RECEIVES = 0.7   # mostly the owner of the profile, on which the others depend
LONGEST_DOWN = 1.5      # seconds that the relay is away


class Plan:
    """Everything that is random, from the seed alone."""

    def __init__(self, seed, messages, restarts):
        self.seed = seed
        source = self.source("texts")
        self.canaries = {what: canary.plant(source)
                         for what in ("text", "name of Alice", "name of Bob")}
        sizes = [1, MAX_BYTES] + [int(MAX_BYTES ** source.random()) for _ in range(messages)]
        self.texts = {}
        for name in ("Alice", "Bob"):
            chosen = sizes[:2] + source.sample(sizes[2:], messages)
            source.shuffle(chosen)
            self.texts[name] = [self.text(source, size) for size in chosen[:messages]]
        source = self.source("restarts")
        points = sorted(source.sample(range(1, 2 * messages), min(restarts, 2 * messages - 1)))
        kinds = [("term", "kill")[at % 2] for at in range(len(points))]
        source.shuffle(kinds)
        self.restarts = [(point, kind, source.uniform(0, 0.05), source.uniform(0, LONGEST_DOWN))
                         for point, kind in zip(points, kinds)]

    def source(self, purpose):
        return random.Random(f"{self.seed} {purpose}")

    def text(self, source, size):
        """Exactly so many bytes, mostly of several languages; the canary wherever it fits."""
        parts = itertools.repeat(lambda: self.canaries["text"] if source.random() < 0.1
                                 else "".join(source.choices(ALPHABET, k=40)), 1 + size // 24)
        text = "".join(part() for part in parts).encode()[:size].decode(errors="ignore")
        return (text + "." * (size - len(text.encode())))[:-1] + "!"  # no line end at the end


class Conversation:
    """Two people, a sender and a receiver thread each; the caller's thread ill-treats the relay."""

    def __init__(self, folder, plan, wire):
        self.plan = plan
        self.relay = folder.relay(advertise=wire.address)
        wire.target = self.relay.listen
        self.people = {name: folder.person(name, called=plan.canaries[f"name of {name}"])
                       for name in ("Alice", "Bob")}
        self.streams = {name: Stream(name) for name in self.people}
        self.wrong = []
        self.counts = dict.fromkeys(("sends", "receives", "killed", "term", "kill"), 0)
        self.confirmed = 0
        self.changed = threading.Condition()
        self.over = threading.Event()  # also when something failed

    def run(self, seconds):
        introduce(self.relay, *self.people.values())
        deadline = time.monotonic() + seconds
        threads = [threading.Thread(target=self.guarded, args=(work, *pair))
                   for work in (self.send_all, self.receive_all)
                   for pair in itertools.permutations(self.people)]
        for each in threads:
            each.start()
        try:
            for restart in self.plan.restarts:
                self.ill_treat(deadline, *restart)
        finally:
            for each in threads:
                each.join(max(0, deadline - time.monotonic()))
            late = any(each.is_alive() for each in threads)
            self.over.set()
            for each in threads:
                each.join()
        if late:
            self.wrong.append(f"not done in {seconds:.0f} s: {self.confirmed} messages confirmed")
        if not self.relay.running:
            raise Failed(f"the relay ended by itself: {self.relay.words()[-500:]}")
        self.judge()

    def guarded(self, work, ours, theirs):
        try:
            work(ours, theirs)
        except BaseException as error:  # a thread's failure is the run's
            self.fail(f"{type(error).__name__}: {error}")
            raise

    def fail(self, sentence):
        with self.changed:
            self.wrong.append(sentence)
            self.over.set()
            self.changed.notify_all()

    # --- what the four threads do ---

    def command(self, counter, name, *words, kill_after, **options):
        done = self.people[name].run(*words, kill_after=kill_after, **options)
        with self.changed:
            self.counts[counter] += 1
            self.counts["killed"] += done.code == -9
        if done.code not in (0, *TRY_AGAIN) or (done.code > 0 and done.err.count("\n") != 1):
            self.fail(f"{name}: bisik {words[0]}: {done}")
        return done

    def send_all(self, ours, theirs):
        source = self.plan.source(f"{ours} sends")
        for number, text in enumerate(self.plan.texts[ours]):
            words = ["send", "--idempotency-key", f"{number}", self.people[theirs].name]
            piped = source.random() < 0.5
            given = {"input": text.encode()} if piped else {}
            while not self.over.is_set():
                kill_after = source.uniform(0, 0.04) if source.random() < KILLED_SENDS else None
                done = self.command("sends", ours, *words, "-" if piped else text,
                                    kill_after=kill_after, **given)
                if done.code == 0:
                    break
            with self.changed:
                self.confirmed += 1
                self.changed.notify_all()

    def receive_all(self, ours, theirs):
        source = self.plan.source(f"{ours} receives")
        stream = self.streams[ours]
        while not self.over.is_set() and len(stream.texts) < len(self.plan.texts[theirs]):
            kill_after = source.uniform(0, 3) if source.random() < KILLED_RECEIVES else None
            done = self.command("receives", ours, "receive", "--timeout", "2", "--json",
                                kill_after=kill_after)
            stream.add(done.objects, killed=done.code == -9)

    def ill_treat(self, deadline, point, kind, hesitate, down):
        with self.changed:
            self.changed.wait_for(lambda: self.confirmed >= point or self.over.is_set(),
                                  max(0, deadline - time.monotonic()))
            if self.over.is_set() or self.confirmed < point:
                return
            self.counts[kind] += 1
        self.over.wait(hesitate)  # into the middle of something
        (self.relay.stop if kind == "term" else self.relay.kill)()
        self.over.wait(down)
        self.relay.start()

    # --- and how it ended ---

    def judge(self):
        texts = self.plan.texts
        for ours, theirs in itertools.permutations(self.people):
            person, other = self.people[ours], self.people[theirs].name
            stream = self.streams[ours]
            stream.add(person.json("receive", "--timeout", "1"), killed=False)
            self.wrong += stream.wrong
            self.wrong += compare(f"what {ours} received", texts[theirs], stream.texts)
            self.wrong += judge_history(ours, person.json("history", other), texts[ours],
                                        texts[theirs])
            self.wrong += [f"{ours}: still waits: {each['id']}" for each in person.json("outbox")]


def search(folder, plan, conversation, wire):
    """The relay's folder while it runs and after it, its log, what passed, and the profiles."""
    looking = canary.Search(plan.canaries)
    wrong = looking.below(conversation.relay.data)
    conversation.relay.stop()
    wire.settle()
    return looking, wrong + looking.below(folder.path)


def run(options):
    plan = Plan(options.seed, options.messages, options.restarts)
    started = time.monotonic()
    with Folder() as folder, Wire(record=os.path.join(folder.path, "traffic")) as wire:
        conversation = Conversation(folder, plan, wire)
        conversation.run(seconds=300 + 2 * options.messages)
        looking, leaks = search(folder, plan, conversation, wire)
    wrong = conversation.wrong + [f"canary: {leak}" for leak in leaks]
    for sentence in wrong[:50]:
        print(sentence)
    counts = conversation.counts
    print(f"conversation: seed {options.seed}, {options.messages} messages each way,"
          f" {sum(len(t.encode()) for each in plan.texts.values() for t in each) / 1e6:.1f} MB,"
          f" relay stopped {counts['term']} and killed {counts['kill']} times,"
          f" {counts['sends']} sends and {counts['receives']} receives,"
          f" {counts['killed']} of them killed, {wire.connections} connections,"
          f" searched {looking.files} files of {looking.bytes / 1e6:.0f} MB for canaries,"
          f" {time.monotonic() - started:.0f} s: {len(wrong)} violations")
    return 1 if wrong else 0


def main():
    environment = os.environ.get
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--messages", type=int, default=environment("BISIK_E2E_MESSAGES", "60"))
    parser.add_argument("--restarts", type=int, default=environment("BISIK_E2E_RESTARTS", "6"))
    parser.add_argument("--seed", type=int, default=environment(
        "BISIK_E2E_SEED", str(random.SystemRandom().randrange(1_000_000))))
    options = parser.parse_args()
    print(f"conversation: seed {options.seed}", flush=True)
    return run(options)


if __name__ == "__main__":
    sys.exit(main())
