#!/usr/bin/env python3
"""The configuration of bisik-relay as an operator gets it wrong: files, variables, flags, and what
the system does not allow.

Usage: configuration_test.py PATH-TO-bisik-relay [unittest arguments]
"""
import json
import os
import pathlib
import resource
import socket
import sqlite3
import unittest

from relay_program import RelayTest, run


def as_nobody():
    """Before a command that root would be let do."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)


class ConfigurationTest(RelayTest):
    def setUp(self):
        super().setUp()
        self.file = os.path.join(self.folder, "relay.toml")

    def write(self, text):
        with open(self.file, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())

    def check(self, *options, **more):
        return run("check", "--config", self.file, *options, **more)

    def assert_faults(self, result, *faults):
        """One line for each, which begins with its place."""
        self.assertEqual(result.returncode, 1, result)
        self.assertEqual(result.stderr, "")
        lines = result.stdout.splitlines()
        self.assertEqual(len(lines), len(faults), lines)
        for line, (place, words) in zip(lines, faults):
            self.assertTrue(line.startswith(f"{place}: "), line)
            self.assertIn(words, line)
            self.assertTrue(line.endswith((".", "?")), line)

    # --- check ---

    def test_says_ok_and_changes_nothing(self):
        self.write(f'data = "{self.data}"\nlisten = ["127.0.0.1:0"]\n')
        done = self.check()
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "ok\n", ""))
        self.assertFalse(os.path.exists(self.data))

    def test_says_every_fault_with_its_line(self):
        self.write('lissten = ["127.0.0.1:1"]\n\nlog_level = true\n[limits]\nmailbox_bytes = -1\n')
        self.assert_faults(self.check(), (f"{self.file}:1", "did you mean listen?"),
                           (f"{self.file}:3", "must be one of"),
                           (f"{self.file}:5", "must be from"))

    def test_says_it_as_json(self):
        self.write("x = 1\n")
        done = self.check("--json")
        self.assertEqual(done.returncode, 1)
        said = json.loads(done.stdout)
        self.assertFalse(said["ok"])
        self.assertEqual(said["faults"][0]["line"], 1)
        self.assertEqual(said["faults"][0]["source"], self.file)
        self.write("")
        self.assertEqual(json.loads(self.check("--json").stdout), {"ok": True, "faults": []})

    def test_what_is_no_configuration(self):
        self.assert_faults(self.check(), (self.file, "no such file"))
        os.mkdir(self.file)
        self.assert_faults(self.check(), (self.file, "is a directory"))
        os.rmdir(self.file)
        self.write(b"\n\xff\n")
        self.assert_faults(self.check(), (f"{self.file}:2", "UTF-8"))
        self.write("listen = []\nlisten = []\n")
        self.assert_faults(self.check(), (f"{self.file}:2", "keep one"))
        self.write(os.urandom(1000) + b"\xff")
        self.assertEqual(self.check().returncode, 1)

    def test_a_file_that_may_not_be_read(self):
        self.write("")
        os.chmod(self.folder, 0o755)
        os.chmod(self.file, 0)
        done = self.check(preexec_fn=as_nobody, env={"HOME": "/"})
        self.assert_faults(done, (self.file, "may not be read"))

    def test_variables_and_flags_are_checked_as_well(self):
        done = run("check", "--listen", "nonsense", env={
            "HOME": self.folder, "BISIK_RELAY_LIMITS_MAILBOX_CELLS": "many",
            "BISIK_RELAY_LOG_LEVL": "info"})
        self.assert_faults(done, ("BISIK_RELAY_LIMITS_MAILBOX_CELLS", "whole number"),
                           ("BISIK_RELAY_LOG_LEVL", "BISIK_RELAY_LOG_LEVEL?"),
                           ("--listen", "HOST:PORT"))

    # --- up ---

    def test_serves_as_its_file_says(self):
        os.makedirs(self.data, 0o700)
        with open(os.path.join(self.data, "relay.toml"), "w", encoding="utf-8") as file:
            file.write('listen = ["127.0.0.1:0"]\nadvertise = "chat.example.org"\n'
                       'log_level = "off"\n')
        relay = self.start(listen=None)
        self.assertIn("bisik://chat.example.org:", relay.lines[0])
        self.assertEqual(relay.stop(), 0)
        self.assertEqual(relay.errors, "")

    def test_a_variable_goes_before_the_file_and_a_flag_before_it(self):
        self.write('listen = ["127.0.0.1:0"]\nadvertise = "file.example.org"\n')
        relay = self.start("--config", self.file, listen=None,
                           env={"BISIK_RELAY_ADVERTISE": "variable.example.org"})
        self.assertIn("bisik://variable.example.org:", relay.lines[0])
        relay.stop()
        relay = self.start("--config", self.file, "--advertise", "flag.example.org", listen=None,
                           env={"BISIK_RELAY_ADVERTISE": "variable.example.org"})
        self.assertIn("bisik://flag.example.org:", relay.lines[0])
        relay.stop()

    def test_does_not_start_with_a_fault_and_leaves_everything_as_it_was(self):
        self.write("[limits]\nmailbox_cells = 1\nmailbox_bytes = 1\n")
        done = run("up", "--config", self.file, "--data", self.data)
        self.assert_problem(done, 1, f"{self.file}:2:", "1 more", "check")
        self.assertFalse(os.path.exists(self.data))

    def test_says_its_links_as_json(self):
        relay = self.start("--json", lines=2)
        relay.stop()
        first, second = (json.loads(line) for line in relay.lines)
        self.assertTrue(second["invite"].startswith(first["relay"] + "#"))

    # --- what the system does not allow ---

    def up(self, *options, **more):
        return run("up", "--data", self.data, "--listen", "127.0.0.1:0", *options, **more)

    def limited(self, files):
        return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

    def test_too_few_open_files(self):
        self.assert_problem(self.up(preexec_fn=self.limited(40)), 1, "40 files", "ulimit")
        self.assertFalse(os.path.exists(self.data), "nothing was begun")

    def test_fewer_open_files_than_the_default_means_fewer_connections(self):
        relay = self.start(preexec_fn=self.limited(200))
        self.assertEqual(relay.stop(), 0)
        self.assertIn("at most 136 connections", relay.errors)

    def test_fewer_open_files_than_what_was_chosen(self):
        done = self.up(preexec_fn=self.limited(200), env={"BISIK_RELAY_LIMITS_CONNECTIONS": "1000"})
        self.assert_problem(done, 1, "200 files", "limits.connections")

    def test_a_port_without_the_right_to_it(self):
        start = int(pathlib.Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
        if start == 0:
            self.skipTest("here anybody may take any port")
        os.chmod(self.folder, 0o777)
        done = run("up", "--data", self.data, "--listen", "127.0.0.1:1", preexec_fn=as_nobody)
        self.assert_problem(done, 1, "privilege", "--listen")

    def test_a_port_in_use_of_the_file(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            self.write('listen = ["127.0.0.1:%d"]\n' % taken.getsockname()[1])
            done = run("up", "--config", self.file, "--data", self.data)
            self.assert_problem(done, 1, "port is in use")

    def database(self):
        self.assertEqual(self.start(lines=2).stop(), 0)
        return os.path.join(self.data, "relay.db")

    def test_a_database_or_a_directory_that_may_only_be_read(self):
        database = self.database()
        before = pathlib.Path(database).read_bytes()
        os.chmod(self.folder, 0o755)
        os.chmod(os.path.dirname(self.data), 0o755)
        if os.geteuid() == 0:
            for path in (self.data, *pathlib.Path(self.data).iterdir()):
                os.chown(path, 65534, 65534)
        for path, closed in ((database, 0o400), (self.data, 0o500)):
            mode = os.stat(path).st_mode
            os.chmod(path, closed)
            for done in (self.up(preexec_fn=as_nobody),
                         run("invite", "--data", self.data, preexec_fn=as_nobody)):
                self.assert_problem(done, 1, path + " cannot be read and written", "the rights")
            os.chmod(path, mode)
        self.assertEqual(pathlib.Path(database).read_bytes(), before)

    def test_a_directory_in_place_of_the_database(self):
        database = self.database()
        os.remove(database)
        os.mkdir(database)
        self.assertIn(self.up().returncode, (1, 2))
        self.assertEqual(os.listdir(database), [])

    def test_a_database_of_a_newer_version_is_left_as_it_is(self):
        database = self.database()
        ours = sqlite3.connect(database)
        ours.execute("PRAGMA user_version = 1000")
        ours.close()
        before = pathlib.Path(database).read_bytes()
        self.assert_problem(self.up(), 1, "newer version")
        self.assertEqual(pathlib.Path(database).read_bytes(), before)


if __name__ == "__main__":
    unittest.main()
