#!/usr/bin/env python3
"""How long commands take, as their person waits for them, and what an idle relay takes: medians of
the programs in BISIK and BISIK_RELAY, beside what is promised for a machine with nothing else to
do. Only prints: what a machine and its disk take is beside it, and a slow one is no failure.

    commands.py [--rounds N] [--messages N]
"""

import argparse
import contextlib
import os
import re
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

from daemons import measure_bots, resident_mib  # noqa: E402
from programs import BISIK, Folder, introduce  # noqa: E402

BLOCK = b"x" * 4096


def median_ms(work, rounds):
    """Of `rounds` times, after one that fills caches; and what the work returned each time."""
    work()
    times, returned = [], []
    for _ in range(rounds):
        begun = time.perf_counter()
        returned.append(work())
        times.append((time.perf_counter() - begun) * 1e3)
    return statistics.median(times), returned


def show(what, value, unit, promise=None):
    print(f"{what:60} {value:9.1f} {unit}" + (f"   promised {promise} {unit}" if promise else ""),
          flush=True)


def parts(sends):
    """The medians of what `send --timing` said: pairs of name and milliseconds."""
    said = [re.findall(r"(\w[\w ]*?) (\d+) us", done.err) for done in sends]
    for each in zip(*said):
        yield each[0][0], statistics.median(int(time_us) for _, time_us in each) / 1e3


def show_sends(what, promise, bob, rounds):
    whole, sends = median_ms(lambda: bob.must("send", "Alice", "hello", "--timing"), rounds)
    show(what, whole, "ms", promise)
    for name, part in parts(sends):
        show(f"    {name}", part, "ms")


@contextlib.contextmanager
def owner_of(person):
    """A process that owns the profile: it answers as soon as it does."""
    owner = person.start("receive", "--follow", stdout=subprocess.DEVNULL)
    try:
        while not os.path.exists(os.path.join(person.home, "api.sock")):
            if owner.poll() is not None:
                raise RuntimeError(owner.communicate()[1].decode())
        yield
    finally:
        owner.terminate()
        owner.communicate()


def room_for(messages):
    """Limits of a relay at which one mailbox takes as many messages as are sent here, and more."""
    cells = messages + 20_000
    return {"mailbox_cells": cells, "mailbox_bytes": f"{cells * 16 // 1024 + 1} MiB"}


def write_and_sync(file):
    file.write(BLOCK)
    os.fsync(file.fileno())


def measure(folder, rounds, messages):
    with open(os.path.join(folder.path, "synced"), "wb", buffering=0) as file:
        show("this machine: write and sync 4 KiB",
             median_ms(lambda: write_and_sync(file), rounds)[0], "ms")
    show("this machine: start and end a process",
         median_ms(lambda: subprocess.run(["/bin/true"], check=True), rounds)[0], "ms")
    show("bisik --help", median_ms(lambda: subprocess.run(
        [BISIK, "--help"], check=True, stdout=subprocess.DEVNULL), rounds)[0], "ms", "<= 15")
    relay = folder.relay(limits=room_for(messages))
    show("relay, before anybody came", resident_mib(relay.process), "MiB", "<= 20")
    alice, bob = folder.person("Alice"), folder.person("Bob")
    introduce(relay, alice, bob)
    show_sends("bisik send, cold, with a key file", "<= 60", bob, rounds)
    with owner_of(bob):
        show_sends("bisik send, through a running owner", "<= 15", bob, rounds)
    show("relay, idle again", resident_mib(relay.process), "MiB", "<= 20")
    measure_bots(show, folder, alice, bob, messages)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=41)
    parser.add_argument("--messages", type=int, default=10_000)
    arguments = parser.parse_args()
    with Folder() as folder:
        measure(folder, arguments.rounds, arguments.messages)


if __name__ == "__main__":
    main()
