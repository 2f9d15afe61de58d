#!/usr/bin/env python3
"""The program bisik-relay as its operator and scripts meet it: started, asked, stopped, damaged.

Usage: program_test.py PATH-TO-bisik-relay [unittest arguments]
"""
import ctypes
import json
import os
import pathlib
import random
import re
import resource
import signal
import socket
import stat
import subprocess
import sys
import unittest

from relay_program import LINK, PATIENCE, RELAY, RelayTest, run


class ProgramTest(RelayTest):
    # --- up ---

    def test_prints_its_link_and_one_invite_at_the_first_start_only(self):
        first = self.start(lines=2)
        self.assertRegex(first.lines[0], r"^relay " + LINK.pattern + r"$")
        self.assertRegex(first.lines[1], r"^invite " + LINK.pattern + r"#[A-Za-z0-9_-]+$")
        self.assertEqual(first.stop(), 0)
        self.assertEqual(len(first.lines), 2)
        again = self.start()
        key = first.link.rsplit("/", 1)[1]
        self.assertEqual(again.link.rsplit("/", 1)[1], key, "the same relay")
        self.assertEqual(again.stop(), 0)
        self.assertEqual(len(again.lines), 1)

    def test_stops_cleanly_on_both_signals(self):
        for how in (signal.SIGTERM, signal.SIGINT):
            self.assertEqual(self.start().stop(how), 0)

    def test_a_second_signal_does_not_cut_the_end_short(self):
        for _ in range(5):
            relay = self.start()
            relay.process.send_signal(signal.SIGTERM)
            for _ in range(20):
                relay.process.send_signal(signal.SIGTERM)
            self.assertEqual(relay.end(), 0)
            self.assertNotIn("relay.db-wal", os.listdir(self.data))

    def test_stops_cleanly_with_connections_open(self):
        relay = self.start()
        silent = [socket.create_connection(("127.0.0.1", relay.port)) for _ in range(20)]
        self.assertEqual(relay.stop(), 0)
        for connection in silent:
            connection.close()

    def test_starts_again_after_kill_9(self):
        link = None
        for _ in range(5):
            relay = self.start("--advertise", "chat.example.org:7443")
            link = link or relay.link
            self.assertEqual(relay.link, link)
            relay.stop(signal.SIGKILL)

    def test_its_network_thread_goes_before_others_where_the_system_lets_it(self):
        relay = self.start()
        main = relay.process.pid
        own = os.getpriority(os.PRIO_PROCESS, 0)
        allowed = subprocess.run([sys.executable, "-c", "import os; os.nice(-10)"],
                                 stderr=subprocess.DEVNULL, check=False).returncode == 0
        for thread in map(int, os.listdir(f"/proc/{main}/task")):
            wanted = max(own - 10, -20) if allowed and thread == main else own
            self.assertEqual(os.getpriority(os.PRIO_PROCESS, thread), wanted)
        self.assertEqual(relay.stop(), 0)

    def test_files_are_for_their_user_alone(self):
        os.umask(0)
        relay = self.start()
        self.assertEqual(stat.S_IMODE(os.stat(self.data).st_mode), 0o700)
        for name in os.listdir(self.data):
            mode = stat.S_IMODE(os.lstat(os.path.join(self.data, name)).st_mode)
            self.assertEqual(mode & 0o077, 0, name)
        relay.stop()
        os.umask(0o022)

    def test_dumps_no_core_and_lets_nobody_attach(self):
        relay = self.start()
        limits = pathlib.Path(f"/proc/{relay.process.pid}/limits").read_text()
        self.assertRegex(limits, r"Max core file size\s+0\s+0")
        relay.stop()

    def test_advertises_what_it_is_told(self):
        relay = self.start("--advertise", "Chat.Example.org", lines=2)
        self.assertIn("bisik://chat.example.org:", relay.lines[0])
        self.assertIn("bisik://chat.example.org:", relay.lines[1])
        relay.stop()

    def test_on_a_wildcard_there_is_a_link_for_each_address_and_it_says_so(self):
        relay = self.start(listen="[::]:0")
        relay.stop()
        links = [line for line in relay.lines if line.startswith("relay ")]
        invites = [line for line in relay.lines if line.startswith("invite ")]
        self.assertGreaterEqual(len(links), 1)
        self.assertEqual(len(links), len(invites))
        self.assertNotIn("[::]", "".join(links))
        self.assertIn("--advertise", relay.errors)

    def test_serves_both_families_on_the_wildcard_of_ipv6(self):
        relay = self.start("--advertise", "localhost:1", listen="[::]:0")
        port = self.port_of(relay)
        for host in ("127.0.0.1", "::1"):
            try:
                socket.create_connection((host, port)).close()
            except OSError as error:
                self.assertEqual(host, "::1", error)  # a machine without IPv6
        relay.stop()

    @staticmethod
    def port_of(relay):
        found = subprocess.run(["cat", f"/proc/{relay.process.pid}/net/tcp",
                                f"/proc/{relay.process.pid}/net/tcp6"],
                               capture_output=True, text=True, check=False).stdout
        inodes = set()
        for entry in pathlib.Path(f"/proc/{relay.process.pid}/fd").iterdir():
            match = re.match(r"socket:\[(\d+)\]", os.readlink(entry))
            if match:
                inodes.add(match.group(1))
        for line in found.splitlines():
            fields = line.split()
            if len(fields) > 9 and fields[3] == "0A" and fields[9] in inodes:
                return int(fields[1].rsplit(":", 1)[1], 16)
        raise AssertionError("listens nowhere")

    def test_the_log_has_no_addresses_and_no_keys(self):
        relay = self.start("--log-level", "debug", lines=2)
        socket.create_connection(("127.0.0.1", relay.port)).close()
        relay.stop()
        self.assertNotIn("127.0.0.1", relay.errors)
        self.assertNotIn(relay.link.rsplit("/", 1)[1], relay.errors)

    def test_says_which_file_configures_it_or_where_one_would_be_looked_for(self):
        relay = self.start()
        self.assertEqual(relay.stop(), 0)
        file = os.path.join(self.data, "relay.toml")
        self.assertIn(f"no configuration file: {file} would be one", relay.errors)
        pathlib.Path(file).write_text("[limits]\nknock_cells = 7\n")
        relay = self.start()
        self.assertEqual(relay.stop(), 0)
        self.assertIn(f"configured by {file}", relay.errors)

    # --- up, and what can be wrong ---

    def test_two_relays_do_not_share_a_directory(self):
        relay = self.start()
        self.assert_problem(run("up", "--data", self.data, "--listen", "127.0.0.1:0"), 1, "in use")
        self.assertEqual(relay.stop(), 0)

    def test_a_port_in_use(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = "127.0.0.1:%d" % taken.getsockname()[1]
            self.assert_problem(run("up", "--data", self.data, "--listen", address), 1,
                                "port is in use", "--listen")

    def test_an_address_of_another_machine(self):
        self.assert_problem(run("up", "--data", self.data, "--listen", "192.0.2.1:7443"), 1,
                            "no such address")

    def test_addresses_that_are_none(self):
        for wrong in ("nonsense", "127.0.0.1", "127.0.0.1:99999", ":1"):
            self.assert_problem(run("up", "--data", self.data, "--listen", wrong), 1, "write it")
        self.assert_problem(run("up", "--data", self.data, "--listen", "127.0.0.1:0",
                                "--advertise", "a b"), 1, "write it")

    def test_a_directory_that_cannot_be(self):
        self.assert_problem(run("up", "--data", "/proc/relay"), 1, "/proc/relay")
        in_the_way = os.path.join(self.folder, "file")
        pathlib.Path(in_the_way).write_text("a file")
        self.assert_problem(run("up", "--data", in_the_way), 1, in_the_way)

    def stopped(self):
        self.assertEqual(self.start(lines=2).stop(), 0)
        return os.path.join(self.data, "relay.db")

    def up(self):
        return run("up", "--data", self.data, "--listen", "127.0.0.1:0")

    def test_a_truncated_database_is_left_as_it_is(self):
        database = self.stopped()
        size = os.path.getsize(database)
        for length in (size - 4096, size // 2, 4096, 100, 1, 0):
            with open(database, "r+b") as file:
                file.truncate(length)
            before = pathlib.Path(database).read_bytes()
            self.assert_problem(self.up(), 2, "damaged")
            self.assertEqual(pathlib.Path(database).read_bytes(), before)

    def test_a_damaged_database_is_found_out(self):
        database = self.stopped()
        sound = pathlib.Path(database).read_bytes()
        source = random.Random(1)
        for page in range(1, len(sound) // 4096):
            damaged = bytearray(sound)
            damaged[page * 4096:page * 4096 + 100] = source.randbytes(100)
            pathlib.Path(database).write_bytes(damaged)
            result = self.up_briefly()
            self.assertNotEqual(result, 0, f"page {page}")

    def up_briefly(self):
        """The exit code, of a relay that is stopped once it serves."""
        relay = self.start()
        return relay.stop() if relay.lines[0] else relay.end()

    def test_a_database_of_another_program(self):
        import sqlite3
        database = self.stopped()
        os.remove(database)
        other = sqlite3.connect(database)
        other.execute("CREATE TABLE precious (thing)")
        other.close()
        before = pathlib.Path(database).read_bytes()
        self.assert_problem(self.up(), 1, "another program")
        self.assertEqual(pathlib.Path(database).read_bytes(), before)

    def test_a_database_of_a_newer_version(self):
        import sqlite3
        database = self.stopped()
        ours = sqlite3.connect(database)
        ours.execute("PRAGMA user_version = 1000")
        ours.close()
        self.assert_problem(self.up(), 1, "newer version")

    def test_a_damaged_key_file(self):
        self.stopped()
        key = pathlib.Path(self.data, "relay.key")
        damaged = bytearray(key.read_bytes())
        damaged[3] ^= 0x10
        key.write_bytes(damaged)
        self.assert_problem(self.up(), 1, "relay.key", "damaged")
        self.assertEqual(key.read_bytes(), bytes(damaged))

    def test_a_missing_key_file_is_not_replaced_by_another_relays(self):
        self.stopped()
        key = pathlib.Path(self.data, "relay.key")
        key.unlink()
        self.assert_problem(self.up(), 1, "relay.key", "missing")
        self.assertFalse(key.exists())

    def test_a_full_disk_at_the_start(self):
        # A limit on file sizes fails like a full disk does, and needs no privilege.
        def tiny_files():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        result = run("up", "--data", self.data, "--listen", "127.0.0.1:0", preexec_fn=tiny_files)
        self.assertIn(result.returncode, (1, 2))
        self.assertEqual(len(result.stderr.strip().splitlines()), 1, result.stderr)

    def test_refuses_to_start_without_locked_memory_if_asked_to(self):
        with open(RELAY, "rb") as program:
            if re.search(b"__[at]san_init", program.read()):
                self.skipTest("sanitizers make mlock() always succeed")
        libc = ctypes.CDLL(None)
        pr_capbset_drop, cap_ipc_lock = 24, 14

        def no_locking():
            resource.setrlimit(resource.RLIMIT_MEMLOCK, (0, 0))
            libc.prctl(pr_capbset_drop, cap_ipc_lock, 0, 0, 0)  # matters for root alone
        arguments = ("up", "--data", self.data, "--listen", "127.0.0.1:0", "--require-mlock")
        self.assert_problem(run(*arguments, preexec_fn=no_locking), 1, "ulimit -l")

    # --- invite ---

    def test_invites_while_it_runs_and_while_it_does_not(self):
        relay = self.start(lines=2)
        running = run("invite", "--data", self.data)
        self.assertRegex(running.stdout, "^" + LINK.pattern + r"#[A-Za-z0-9_-]+\n$")
        self.assertTrue(running.stdout.startswith(relay.link + "#"))
        self.assertEqual(relay.stop(), 0)
        stopped = run("invite", "--data", self.data)
        self.assertTrue(stopped.stdout.startswith(relay.link + "#"))
        self.assertNotEqual(stopped.stdout, running.stdout)

    def test_an_invite_as_json(self):
        relay = self.start()
        line = json.loads(run("invite", "--data", self.data, "--json", "--uses", "3",
                              "--expires", "30m").stdout)
        self.assertTrue(line["link"].startswith(relay.link + "#"))
        self.assertEqual(line["uses"], 3)
        self.assertIn(line["link"], line["links"])
        relay.stop()

    def test_invites_that_make_no_sense(self):
        relay = self.start()
        for options in (["--uses", "0"], ["--uses", "1000000"], ["--expires", "99d"]):
            self.assert_problem(run("invite", "--data", self.data, *options), 1, "An invite has")
        self.assert_problem(run("invite", "--data", self.data, "--expires", "soon"), 1, "duration")
        relay.stop()
        self.assert_problem(run("invite", "--data", self.data, "--uses", "0"), 1, "An invite has")

    def test_an_invite_before_the_first_start(self):
        self.assert_problem(run("invite", "--data", self.data), 1, "bisik-relay up")
        os.makedirs(self.data)
        self.assert_problem(run("invite", "--data", self.data), 1, "bisik-relay up")

    def test_twenty_invites_at_once(self):
        relay = self.start()
        commands = [subprocess.Popen([RELAY, "invite", "--data", self.data],
                                     stdout=subprocess.PIPE, text=True) for _ in range(20)]
        links = {command.communicate(timeout=PATIENCE)[0] for command in commands}
        self.assertEqual(len(links), 20)
        self.assertEqual({command.returncode for command in commands}, {0})
        self.assertEqual(relay.stop(), 0)

    # --- the command line ---

    def test_help_and_version(self):
        self.assertIn("up", run("--help").stdout)
        self.assertIn("--listen", run("up", "--help").stdout)
        self.assertRegex(run("version").stdout, r"^bisik-relay \d+\.\d+\.\d+\n$")
        self.assertEqual(run("--version").stdout, run("version").stdout)

    def test_a_wrong_command_line(self):
        for arguments, sentence in (
                ((), "bisik-relay needs a command. See bisik-relay --help."),
                (("down",), "There is no command down. See bisik-relay --help."),
                (("up", "--nonsense"),
                 "bisik-relay up does not take --nonsense. See bisik-relay up --help."),
                (("invite", "--advertise", "x:1"),
                 "bisik-relay invite does not take --advertise. See bisik-relay invite --help."),
                (("limits", "more"), "bisik-relay limits does not take more."),
                (("invite", "--uses", "-1"), "See bisik-relay invite --help."),
                (("--log-level", "loud", "version"), "--log-level: loud not in")):
            self.assert_problem(run(*arguments), 1, sentence)

    def test_says_a_mistake_as_json_where_json_was_asked_for(self):
        for arguments in (("stats", "--data", self.data), ("up", "--nonsense")):
            done = run(*arguments, "--json")
            error = json.loads(done.stderr)["error"]
            self.assertEqual((done.stdout, error["code"]), ("", done.returncode))
            self.assertTrue(error["message"].endswith("."), error)

    def test_a_word_that_is_no_command_is_named(self):
        for word, meant in (("stat", "stats"), ("chek", "check"), ("--lisen", "")):
            done = run(word)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn(f"no command {word}." if meant else f"does not take {word}.", done.stderr)
            self.assertIn(f"Did you mean {meant}?" if meant else "See bisik-relay --help",
                          done.stderr)

    def test_a_closed_stdout_does_not_kill_a_relay(self):
        process = subprocess.Popen(
            [RELAY, "up", "--data", self.data, "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        process.stdout.close()
        for line in process.stderr:
            if "serving" in line:
                break
        process.send_signal(signal.SIGTERM)
        process.stderr.read()
        self.assertEqual(process.wait(PATIENCE), 0)
        process.stderr.close()


if __name__ == "__main__":
    unittest.main()
