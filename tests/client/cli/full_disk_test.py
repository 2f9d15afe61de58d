"""A profile on a disk that is full. Needs a small disk: run by `unshare -rm`, which lets us
mount one; exit code 77, loudly, where the system does not allow that."""

import os
import subprocess
import sys
import unittest

from harness import CommandLineTest

if os.environ.get("BISIK_SMALL_DISK") != "1":
    COMMAND = ["unshare", "--map-root-user", "--mount", sys.executable, __file__]
    try:
        ALLOWED = subprocess.run(
            ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
            check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        ALLOWED = False
    if not ALLOWED:
        print("SKIPPED: this system lets nobody mount a small disk (unshare --mount).")
        sys.exit(77)
    os.environ["BISIK_SMALL_DISK"] = "1"
    os.execvp(COMMAND[0], COMMAND)


class FullDisk(CommandLineTest):
    def fill(self, folder):
        filler = os.open(os.path.join(folder, "filler"), os.O_WRONLY | os.O_CREAT)
        try:
            while True:
                os.write(filler, b"x" * 4096)
        except OSError:
            os.close(filler)

    def test_a_disk_that_can_only_be_read_is_not_damage(self):
        disk = os.path.join(self.folder, "disk")
        os.mkdir(disk)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", disk], check=False)
        alice = self.person("Alice")
        alice.home = os.path.join(disk, "Alice")
        self.ends(alice.run("join", self.relay().invite, "--name", "Alice"))
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        shown = self.ends(alice.run("doctor"), 1).out
        self.assertIn("can only be read", shown)
        for words in (("contacts",), ("send", "Bob", "hello"), ("receive",), ("daemon",),
                      ("join", "bisik://x", "--name", "Alice")):
            self.complains(alice.run(*words), 1, "can only be read")
        for word in ("damaged", "copy"):
            self.assertNotIn(word, shown)
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        self.assertIn("whole", alice.run("doctor").out)

    def test_nothing_is_lost_and_it_goes_on_when_there_is_room(self):
        relay, alice, bob = None, None, None
        disk = os.path.join(self.folder, "disk")
        os.mkdir(disk)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", disk], check=False)
        relay = self.relay()
        alice, bob = self.person("Alice"), self.person("Bob")
        bob.home = os.path.join(disk, "Bob")
        self.ends(alice.run("join", relay.invite, "--name", "Alice"))
        link = self.ends(alice.run("invite")).out.strip()
        self.ends(bob.run("join", link, "--name", "Bob"))
        self.ends(bob.run("send", "Alice", "before"))
        self.fill(disk)
        refused = bob.run("send", "Alice", "x" * 50_000)
        if refused.returncode != 0:
            self.complains(refused, 1, "full")
        os.remove(os.path.join(disk, "filler"))
        self.ends(bob.run("send", "Alice", "after"))
        texts = alice.texts("receive", "--timeout", "5")
        self.assertEqual([texts[0], texts[-1]], ["before", "after"])
        self.assertEqual(len(texts), 3 if refused.returncode == 0 else 2)
        self.assertNotEqual(refused.returncode, 0, "the disk was not full")


if __name__ == "__main__":
    unittest.main()
