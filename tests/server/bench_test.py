#!/usr/bin/env python3
"""`bisik-relay bench` as a person runs it: every step once, with little to do and no word on time.

Usage: bench_test.py PATH-TO-bisik-relay [unittest arguments]
"""
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

RELAY = None
PATIENCE = 300  # seconds; under a sanitizer the keys of the accounts take some
LITTLE = ["--seconds", "0.1", "--pairs", "3", "--window", "4", "--cells", "60",
          "--connections", "40", "--registrations", "3"]
STEPS = ["sync", "sqlite", "echo", "idle", "online", "latency", "store", "drain", "logins",
         "register", "grants", "surge"]
MAY_BE_NOTHING = ["bytes_per_connection", "asked_to_wait"]


def bench(*arguments):
    return subprocess.run([RELAY, "bench", *arguments], capture_output=True, text=True,
                          timeout=PATIENCE, check=False)


class Scratch(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = folder.name

    def measured(self, *arguments):
        done = bench("--scratch", self.path, "--json", *LITTLE, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)


class EveryStep(Scratch):
    def test_all_steps_have_figures_and_leave_nothing_behind(self):
        figures = self.measured()
        self.assertEqual(list(figures), STEPS)
        for step, values in figures.items():
            self.assertTrue(values, step)
            for name, value in values.items():
                if "cpu" not in name and name not in MAY_BE_NOTHING:
                    self.assertGreater(value, 0, f"{step} {name}")
        self.assertEqual(os.listdir(self.path), [])

    def test_named_steps_alone_are_run(self):
        self.assertEqual(list(self.measured("drain")), ["drain"])

    def test_a_drain_finds_cells_whatever_is_measured_beside_it(self):
        self.assertGreater(self.measured("drain", "logins")["drain"]["cells_per_second"], 0)

    def test_text_has_the_same_figures(self):
        done = bench("--scratch", self.path, *LITTLE, "online")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("messages_per_second", done.stdout)


class OtherRelays(Scratch):
    def test_a_relay_of_ones_own_is_measured_and_goes_on(self):
        data = os.path.join(self.path, "data")
        relay = subprocess.Popen([RELAY, "up", "--data", data, "--listen", "127.0.0.1:0",
                                  "--shared-addresses", "127.0.0.1"],
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        watch = threading.Timer(PATIENCE, relay.kill)
        watch.start()
        try:
            self.assertTrue(relay.stdout.readline().startswith("relay "))
            self.assertIn("online", self.measured("--data", data, "online"))
            self.assertIsNone(relay.poll())
            relay.send_signal(signal.SIGTERM)
            self.assertEqual(relay.wait(PATIENCE), 0)
        finally:
            watch.cancel()
            relay.kill()
            relay.stdout.close()
            relay.wait()

    def test_a_folder_without_a_relay_is_named(self):
        done = bench("--data", self.path, "online")
        self.assertEqual(done.returncode, 3)
        self.assertIn(self.path, done.stderr)


class Refusals(unittest.TestCase):
    def test_an_unknown_step_is_the_persons_to_fix(self):
        done = bench("stare")
        self.assertEqual(done.returncode, 1)
        self.assertIn("stare", done.stderr)
        self.assertEqual(done.stdout, "")

    def test_a_scratch_folder_that_is_not_there_is_named(self):
        done = bench("--scratch", "/nowhere/at/all", "sync")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("/nowhere/at/all", done.stderr)


if __name__ == "__main__":
    RELAY = sys.argv.pop(1)
    unittest.main()
