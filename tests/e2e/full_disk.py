#!/usr/bin/env python3
"""A relay whose disk is full: it says so, loses nothing that it took, gives it to its reader, and
takes messages again by itself once there is room.

Needs a small disk of its own: runs itself under `unshare`, which makes us able to mount one, and
ends with 77, loudly, where the system does not allow that.
"""

import os
import subprocess
import sys
import unittest

from programs import PATIENCE, Failed, Relay, introduce
from scene import Scene

DISK = "72m"  # the relay keeps 64 MiB of it back
TEXT = "x" * 50_000
LEFT = 1_000_000
MANY = 400    # more than fit into what is left


def run_where_disks_can_be_mounted():
    # As root, as anybody, and below a changed root, which cannot be made private.
    for how in ((), ("--map-root-user",), ("--propagation", "unchanged")):
        isolate = ["unshare", "--mount", *how]
        try:
            probe = subprocess.run([*isolate, "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
                                   check=False, capture_output=True)
        except FileNotFoundError:
            break
        if probe.returncode == 0:
            if "unchanged" in how:
                subprocess.run(["umount", "/mnt"], check=False)
            os.execvp(isolate[0], [*isolate, sys.executable, __file__, "inside", *sys.argv[1:]])
    print("SKIPPED: this system lets nobody mount a small disk (unshare --mount).")
    sys.exit(77)


class FullDisk(Scene):
    def setUp(self):
        super().setUp()
        self.disk = os.path.join(self.folder.path, "disk")
        os.mkdir(self.disk)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", self.disk],
                       check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=False)
        self.relay = Relay(self.disk)
        self.folder.relays.append(self.relay)
        self.alice, self.bob = self.folder.person("Alice"), self.folder.person("Bob")
        introduce(self.relay, self.alice, self.bob)

    def fill(self):
        with open(os.path.join(self.disk, "filler"), "wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(b"x" * 4096)
            except OSError:
                filler.truncate(filler.tell() - LEFT)

    def send(self, number):
        return self.bob.run("send", "Alice", f"{number} {TEXT}", "--idempotency-key", f"{number}")

    def send_until_refused(self):
        for number in range(MANY):
            done = self.send(number)
            if done.code != 0:
                return number, done
        raise Failed("the disk was not full")

    def test_nothing_is_lost_and_it_goes_on_by_itself(self):
        self.fill()
        refused, done = self.send_until_refused()
        self.complains(done, 5, "takes no more")
        self.assertTrue(self.relay.running)
        accepted = [f"{number} {TEXT}" for number in range(refused)]
        self.assertGreater(len(accepted), 2)
        got = self.alice.texts("receive", "--timeout", "2")
        self.assertEqual(got, accepted, "it hands out what it has, and lets it be acknowledged")
        os.remove(os.path.join(self.disk, "filler"))
        for _ in range(3 * PATIENCE):
            done = self.send(refused)
            if done.code == 0:
                break
            self.complains(done, 5)
        self.assertEqual(done.code, 0, "it never took messages again")
        self.arrives(self.alice, f"{refused} {TEXT}")
        self.relay.stop()
        self.relay.start()
        self.assertEqual(self.alice.texts("receive", "--timeout", "1"), [])


if __name__ == "__main__":
    if "inside" not in sys.argv:
        run_where_disks_can_be_mounted()
    sys.argv.remove("inside")
    unittest.main()
