"""What bots and scripts get of a daemon: JSON-RPC sends a second, its memory, an inbox drained; and
what the disk does in the same run. Used by commands.py."""

import contextlib
import json
import os
import re
import socket
import subprocess
import time

IN_FLIGHT = 32
PROFILES = 10  # of one daemon


def resident_mib(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        return int(re.search(r"VmRSS:\s*(\d+) kB", status.read())[1]) / 1024


@contextlib.contextmanager
def daemon_of(person, *words, **options):
    daemon = person.start("daemon", *words, **options)
    try:
        line = daemon.stderr.readline()
        if not line.startswith(b"Ready"):
            raise RuntimeError(line.decode())
        yield daemon
    finally:
        daemon.terminate()
        daemon.communicate()


def syncs_per_second(path, rounds=200):
    block = b"x" * 4096
    with open(path, "wb", buffering=0) as file:
        begun = time.perf_counter()
        for _ in range(rounds):
            file.write(block)
            os.fdatasync(file.fileno())
        return rounds / (time.perf_counter() - begun)


def sends_per_second(person, to, count):
    """Over one connection, with IN_FLIGHT that are not answered; each is on the relay's disk."""
    with socket.socket(socket.AF_UNIX) as stream:
        stream.connect(os.path.join(person.home, "rpc.sock"))
        reader = stream.makefile("rb")
        asked = answered = 0
        begun = time.perf_counter()
        while answered < count:
            lines = []
            while asked < count and asked - answered < IN_FLIGHT:
                lines.append(json.dumps({"jsonrpc": "2.0", "id": asked, "method": "send",
                                         "params": {"recipient": to, "message": f"no. {asked}"}}))
                asked += 1
            if lines:
                stream.sendall("\n".join(lines).encode() + b"\n")
            said = json.loads(reader.readline())
            if said.get("method") == "receive":
                continue
            if "error" in said:
                raise RuntimeError(said)
            answered += 1
        return count / (time.perf_counter() - begun)


def drained_per_second(person):
    """An inbox that is here: shown with --ack and acknowledged up to its last cursor."""
    begun = time.perf_counter()
    shown = person.must("receive", "--json", "--ack").out.splitlines()
    person.must("ack", "--cursor", str(json.loads(shown[-1])["cursor"]))
    return len(shown), len(shown) / (time.perf_counter() - begun)


def measure_several(show, folder, alice):
    """What a profile more takes: a daemon of all profiles that have names, which work a little."""
    data = os.path.join(folder.path, "data")
    people = [folder.person(os.path.join("data", "bisik", f"p{number}"), f"Person {number}")
              for number in range(PROFILES)]
    for person in people:
        person.must("join", alice.must("invite").out.strip(), "--name", person.name)
    with daemon_of(alice, "--all", "--socket", env={"XDG_DATA_HOME": data}) as daemon:
        for person in people:
            person.must("send", "Alice", "hello")
        show(f"daemon of {PROFILES} profiles", resident_mib(daemon), "MiB", "<= 25")


def measure_bots(show, folder, alice, bob, count):
    synced = os.path.join(folder.path, "synced")
    show("this disk: write and sync 4 KiB, a second", syncs_per_second(synced), "")
    with daemon_of(bob, "--socket", "--receive-mode", "manual") as daemon:
        bob.must("send", "Alice", "hello")
        show("daemon, idle", resident_mib(daemon), "MiB", "<= 25")
        rate = sends_per_second(bob, "Alice", count)
        show(f"JSON-RPC send, {IN_FLIGHT} in flight, {count} messages, a second", rate, "",
             ">= 1500")
        show("daemon, after them", resident_mib(daemon), "MiB")
    measure_several(show, folder, alice)
    show("this disk afterwards: write and sync 4 KiB, a second", syncs_per_second(synced), "")
    alice.must("receive", "--ack", "--timeout", "3", stdout=subprocess.DEVNULL)  # to the inbox
    drained, rate = drained_per_second(alice)
    show(f"receive --ack and ack, {drained} messages, a second", rate, "", ">= 5000")
