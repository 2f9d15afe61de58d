#!/usr/bin/env python3
"""`bisik demo` shows a conversation and leaves nothing behind: no folder and no process, also when
it is interrupted at any moment."""

import os
import pty
import signal
import subprocess
import unittest

from programs import BISIK, PATIENCE, Folder


class Demonstration(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(Folder()).path
        self.environment = dict(os.environ, TMPDIR=self.folder, PATH="/usr/bin:/bin")
        for name in ("BISIK_HOME", "BISIK_PROFILE"):
            self.environment.pop(name, None)

    def start(self, **options):
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                   "stderr": subprocess.PIPE, **options}
        return subprocess.Popen([BISIK, "demo"], env=self.environment, **options)

    def leaves_nothing(self):
        self.assertEqual(os.listdir(self.folder), [])
        needle = self.folder.encode()
        for number in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{number}/cmdline", "rb") as words:
                    self.assertNotIn(needle, words.read())
            except OSError:
                continue  # it ended meanwhile

    def test_shows_a_conversation_and_ends_with_0(self):
        process = self.start()
        out, err = process.communicate(timeout=PATIENCE)
        self.assertEqual((process.returncode, err), (0, b""), out)
        self.assertIn("Dinner at eight", out.decode())
        self.assertNotIn(b"\x1b", out)
        self.leaves_nothing()

    @unittest.skipUnless(os.path.exists("/dev/pts/ptmx"), "no terminals here: mount devpts")
    def test_shows_it_on_a_terminal_too(self):
        master, terminal = pty.openpty()
        process = self.start(stdin=terminal, stdout=terminal, stderr=terminal)
        os.close(terminal)
        shown = b""
        try:
            while part := os.read(master, 65_536):
                shown += part
        except OSError:  # how a terminal says that its last writer went
            pass
        os.close(master)
        self.assertEqual(process.wait(PATIENCE), 0, shown)
        self.assertIn("Dinner at eight", shown.decode())
        self.leaves_nothing()

    def test_interrupted_anywhere_it_still_leaves_nothing(self):
        for how in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            for words in (b"relay$", b"invite bisik", b"Alice$ bisik join", b"Bob$ bisik send"):
                with self.subTest(how=how.name, after=words.decode()):
                    process = self.start()
                    while words not in (line := process.stdout.readline()):
                        self.assertTrue(line, "it ended before")
                    process.send_signal(how)
                    _out, err = process.communicate(timeout=PATIENCE)
                    self.assertEqual(process.returncode, 128 + how, err)
                    self.assertEqual(err, b"")
                    self.leaves_nothing()

    def test_when_nobody_reads_on_it_still_leaves_nothing(self):
        process = self.start()
        process.stdout.readline()
        process.stdout.close()
        process.wait(PATIENCE)
        process.stderr.close()
        self.leaves_nothing()

    def test_without_room_for_a_folder_it_says_so(self):
        self.environment["TMPDIR"] = os.path.join(self.folder, "none")
        process = self.start()
        out, err = process.communicate(timeout=PATIENCE)
        self.assertEqual((process.returncode, out, err.count(b"\n")), (1, b"", 1), err)
        self.leaves_nothing()


if __name__ == "__main__":
    unittest.main()
