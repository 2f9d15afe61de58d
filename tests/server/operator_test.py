#!/usr/bin/env python3
"""What an operator asks a running relay, and what a running relay has given up.

Usage: operator_test.py PATH-TO-bisik-relay [unittest arguments]
"""
import json
import os
import pathlib
import re
import signal
import socket
import threading
import time
import unittest

from relay_program import PATIENCE, RELAY, RelayTest, run


def sanitized():
    with open(RELAY, "rb") as program:
        return re.search(b"__[at]san_init", program.read()) is not None


class OperatorTest(RelayTest):
    # --- limits ---

    def test_limits_are_those_of_the_configuration_while_none_runs(self):
        done = run("limits", "--data", self.data, env={"BISIK_RELAY_LIMITS_KNOCK_CELLS": "7"})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"(?m)^knock_cells +7 cells +strangers write here$")
        self.assertFalse(os.path.exists(self.data), "asking makes nothing")

    def test_limits_are_those_of_the_relay_that_runs(self):
        relay = self.start(env={"BISIK_RELAY_LIMITS_KNOCK_CELLS": "9"})
        said = json.loads(run("limits", "--data", self.data, "--json").stdout)
        self.assertEqual(said["knock_cells"],
                         {"value": 9, "unit": "cells", "reason": "strangers write here"})
        self.assertEqual(relay.stop(), 0)
        said = json.loads(run("limits", "--data", self.data, "--json").stdout)
        self.assertEqual(said["knock_cells"]["value"], 16)

    # --- stats ---

    def test_stats_of_a_relay(self):
        relay = self.start(lines=2)
        strangers = [socket.create_connection(("127.0.0.1", relay.port)) for _ in range(3)]
        strangers[0].sendall(b"\0\x40" + b"x" * 64)  # no handshake
        self.assertEqual(strangers[0].recv(1), b"")
        said = self.stats()
        while said["unfinished_handshakes"]["value"] != 2:  # told by the second
            said = self.stats()
            time.sleep(0.1)
        self.assertEqual(said["accounts"]["value"], 0)
        self.assertEqual(said["connections"]["value"], 3)
        self.assertEqual(said["failed_handshakes"]["value"], 1)
        self.assertGreater(said["database"]["value"], 0)
        self.assertGreater(said["batches"]["value"], 0)
        for count in said.values():
            self.assertTrue(count["unit"] and count["meaning"])
        for stranger in strangers:
            stranger.close()
        words = run("stats", "--data", self.data).stdout
        self.assertRegex(words, r"(?m)^accounts +0 accounts +registered here$")
        self.assertNotIn("127.0.0.1", words)
        self.assertEqual(relay.stop(), 0)

    def stats(self):
        done = run("stats", "--data", self.data, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_stats_where_no_relay_runs(self):
        self.assert_problem(run("stats", "--data", self.data), 3, "bisik-relay up")
        self.assertFalse(os.path.exists(self.data), "asking makes nothing")
        self.assertEqual(self.start(lines=2).stop(), 0)
        self.assert_problem(run("stats", "--data", self.data), 3, "bisik-relay up")

    def test_of_a_directory_that_is_no_directory_nobody_says_that_no_relay_runs(self):
        os.makedirs(os.path.dirname(self.data), exist_ok=True)
        with open(self.data, "w"):
            pass
        for command in ("stats", "limits"):
            self.assert_problem(run(command, "--data", self.data), 1, "cannot be opened")

    def test_one_prefix_does_not_keep_others_out(self):
        relay = self.start(env={"BISIK_RELAY_LIMITS_UNFINISHED_HANDSHAKES_PER_PREFIX": "5",
                                "BISIK_RELAY_LIMITS_UNFINISHED_HANDSHAKES": "10"})
        silent = [self.connect_from("127.0.0.2", relay.port) for _ in range(20)]
        closed = [connection for connection in silent if self.is_closed(connection)]
        self.assertEqual(len(closed), 15)
        other = self.connect_from("127.0.0.3", relay.port)
        self.assertFalse(self.is_closed(other))
        self.assertEqual(self.stats()["turned_away_prefix"]["value"], 15)
        for connection in (*silent, other):
            connection.close()
        relay.stop()

    @staticmethod
    def connect_from(address, port):
        return socket.create_connection(("127.0.0.1", port), PATIENCE, (address, 0))

    @staticmethod
    def is_closed(connection):
        connection.settimeout(0.3)
        try:
            return connection.recv(1) == b""
        except TimeoutError:
            return False
        except ConnectionResetError:
            return True

    # --- what it has given up ---

    def status(self, relay):
        return pathlib.Path(f"/proc/{relay.process.pid}/status").read_text(encoding="utf-8")

    def wait_until_serving(self, relay):
        """All lines of its log up to that one."""
        lines = []
        for line in relay.process.stderr:
            lines.append(line)
            if "serving" in line:
                return "".join(lines)
        return "".join(lines)

    def test_runs_in_a_sandbox(self):
        if sanitized():
            self.skipTest("sanitizers need what it takes away")
        relay = self.start()
        log = self.wait_until_serving(relay)
        self.assertRegex(self.status(relay), r"(?m)^Seccomp:\s+2$")
        self.assertRegex(self.status(relay), r"(?m)^NoNewPrivs:\s+1$")
        for thread in pathlib.Path(f"/proc/{relay.process.pid}/task").iterdir():
            self.assertRegex((thread / "status").read_text(), r"(?m)^Seccomp:\s+2$")
        self.assertNotIn("sandbox", log)
        self.assertEqual(relay.stop(), 0)

    def test_the_sandbox_can_be_switched_off_and_the_log_says_so(self):
        relay = self.start("--no-sandbox")
        log = self.wait_until_serving(relay)
        self.assertRegex(self.status(relay), r"(?m)^Seccomp:\s+0$")
        self.assertIn("sandbox is off", log)
        self.assertEqual(relay.stop(), 0)

    def test_a_data_directory_behind_a_link_works_in_the_sandbox(self):
        real = os.path.join(self.folder, "elsewhere")
        os.mkdir(real, 0o700)
        os.makedirs(os.path.dirname(self.data))
        os.symlink(real, self.data)
        relay = self.start(lines=2)
        self.assertEqual(run("invite", "--data", self.data).returncode, 0)
        self.assertEqual(relay.stop(), 0)
        self.assertIn("relay.db", os.listdir(real))

    def test_stops_cleanly_in_the_middle_of_many_requests(self):
        relay = self.start(lines=2)
        codes = []

        def ask():
            for _ in range(20):
                codes.append(run("invite", "--data", self.data).returncode)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        while len(codes) < 8:
            time.sleep(0.01)
        self.assertEqual(relay.stop(signal.SIGTERM), 0)
        for thread in threads:
            thread.join(PATIENCE)
        self.assertEqual(set(codes), {0}, "an invite is made with or without a relay")
        self.assertNotIn("relay.db-wal", os.listdir(self.data))


if __name__ == "__main__":
    unittest.main()
