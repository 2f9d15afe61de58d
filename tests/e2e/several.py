"""Several accounts in one daemon: each is found as if it had a daemon of its own, a bot names the
one that it means, and what is wrong with one is no end of the others."""

import fcntl
import hashlib
import hmac
import http.client
import json
import os
import signal
import unittest

from bot import BotScene, Refused, line_of, over_socket
from hooks import Server
from programs import PATIENCE, Person, stop, until


class Several(BotScene):
    """Alice and her helper on one machine, and Bob elsewhere, who knows both."""

    def setUp(self):
        super().setUp()
        self.data = os.path.join(self.folder.path, "data")
        self.names = os.path.join(self.data, "bisik")
        os.makedirs(self.names, mode=0o700)
        os.rename(self.alice.home, os.path.join(self.names, "alice"))
        self.alice.home = os.path.join(self.names, "alice")
        self.helper = self.folder.person("data/bisik/helper", "Helper")
        self.helper.must("join", self.alice.must("invite").out.strip(), "--name", "Helper")
        self.bob.must("add", self.helper.must("invite", "--contact").out.strip())
        until(lambda: self.helper.must("receive") and
              "Bob" in [one["name"] for one in self.helper.json("contacts")], "Helper knows Bob")
        self.machine = Machine(self.data)

    def served(self, *words):
        """A daemon of the machine, a bot at its socket, and the uuids of the two accounts."""
        process = self.daemon(self.machine, *words, "--socket")
        bot = self.bot()
        accounts = {one["name"]: one["uuid"] for one in bot.call("listAccounts")}
        return process, bot, accounts

    def bot(self):
        bot = over_socket(os.path.join(self.names, "rpc.sock"))
        self.addCleanup(bot.close)
        return bot

    def begun(self, *words):
        """A daemon of the machine, of which what it says is still to be read."""
        process = self.machine.start("daemon", *words, bufsize=0)
        self.processes.append(process)
        return process

    def refused(self, bot, method, **params):
        with self.assertRaises(Refused) as refused:
            bot.call(method, **params)
        return refused.exception.code

    def texts_of_bob(self, count):
        got = self.bob.json("receive", "--timeout", "20", "--max", str(count))
        return {message["text"]: message["from"] for message in got}

    def damage(self, person):
        with open(os.path.join(person.home, "profile.db"), "r+b") as file:
            file.write(b"no database" * 1000)


class Machine(Person):
    """Whoever has several profiles: nothing says which."""

    def __init__(self, data):
        super().__init__("", "Somebody")
        self.data = data

    def start(self, *words, **options):
        env = {"XDG_DATA_HOME": self.data, **options.pop("env", {})}
        return super().start(*words, env=env, **options)


class Bots(Several):
    def test_each_request_names_its_account_and_each_message_too(self):
        _process, bot, accounts = self.served("--all")
        self.assertEqual(sorted(accounts), ["Alice", "Helper"])
        asked = [bot.ask("send", recipient="Bob", message=f"of {name}", account=name)
                 for name in ("alice", accounts["Helper"])]
        for number in asked:
            self.assertEqual(bot.wait(number)["results"][0]["type"], "SUCCESS")
        self.assertEqual(self.texts_of_bob(2),
                         {"of alice": "Alice", f"of {accounts['Helper']}": "Helper"})
        for name in ("Alice", "Helper"):
            self.bob.must("send", name, f"to {name}")
            message = bot.message()
            self.assertEqual(message["account"], accounts[name])
            self.assertEqual(message["envelope"]["dataMessage"]["message"], f"to {name}")

    def test_no_account_and_an_unknown_one_are_refused_and_the_stream_stays(self):
        _process, bot, _accounts = self.served("--profile", "alice", "--profile", "helper")
        self.assertEqual(self.refused(bot, "send", recipient="Bob", message="x"), -32602)
        for wrong in ("mallory", "", "../alice", "\u202e", "a" * 5000, 7, None, ["alice"], {}):
            self.assertEqual(self.refused(bot, "listContacts", account=wrong), -32602, wrong)
        self.assertEqual(self.refused(bot, "startLink", account="alice", relay="x"), -1)
        self.assertEqual(len(bot.call("listContacts", account="helper")), 2)

    def test_one_subscription_is_of_all(self):
        _process, bot, accounts = self.served("--all", "--receive-mode", "manual")
        number = bot.call("subscribeReceive")
        for name in ("Alice", "Helper"):
            self.bob.must("send", name, "hello")
            params = bot.notifications.get(timeout=PATIENCE)
            self.assertEqual((params["subscription"], params["result"]["account"]),
                             (number, accounts[name]))
        bot.call("unsubscribeReceive", subscription=number)
        self.bob.must("send", "Helper", "asked for")
        got = bot.call("receive", account="helper", timeout=20, maxMessages=1)
        self.assertEqual(got[0]["envelope"]["dataMessage"]["message"], "asked for")

    def test_events_over_http_are_of_the_account_that_is_named(self):
        self.daemon(self.machine, "--all", "--http", "127.0.0.1:0")
        with open(os.path.join(self.names, "rpc.token"), encoding="ascii") as file:
            token = file.read().strip()
        address = self.ready.split("http://")[1]

        def events(query):
            connection = http.client.HTTPConnection(address, timeout=PATIENCE)
            self.addCleanup(connection.close)
            connection.request("GET", "/api/v1/events" + query,
                               headers={"Authorization": "Bearer " + token})
            return connection.getresponse()

        refused = events("?account=mallory")
        self.assertEqual(refused.status, 400)
        self.assertIn(b"listAccounts", refused.read())
        of_all, of_helper = events(""), events("?account=helper")
        self.addCleanup(of_all.close)
        self.addCleanup(of_helper.close)
        self.assertEqual((of_all.status, of_helper.status), (200, 200))
        self.bob.must("send", "Alice", "to Alice")
        self.bob.must("send", "Helper", "to Helper")
        heard = {self.event(of_all), self.event(of_all)}
        self.assertEqual(heard, {"to Alice", "to Helper"})
        self.assertEqual(self.event(of_helper), "to Helper")

    def event(self, stream):
        while not (line := stream.readline()).startswith(b"data: "):
            self.assertTrue(line, "the stream of events has ended")
        return json.loads(line[6:])["envelope"]["dataMessage"]["message"]


class Owners(Several):
    def test_commands_find_each_owner_and_the_end_is_a_clean_one(self):
        process, bot, _accounts = self.served("-a", "alice", "-a", "helper", "-a", "alice")
        self.assertEqual(self.ready.count("alice"), 1, self.ready)
        for person in (self.alice, self.helper):
            self.assertTrue(os.path.exists(os.path.join(person.home, "api.sock")))
            person.must("send", "Bob", f"command of {person.name}")
        self.assertEqual(self.machine.json("-a", "helper", "whoami")[0]["name"], "Helper")
        self.assertEqual(self.texts_of_bob(2), {f"command of {name}": name
                                                for name in ("Alice", "Helper")})
        bot.call("send", account="helper", recipient="Bob", message="the last one")
        process.send_signal(signal.SIGTERM)
        self.ends(process)
        self.assertEqual(process.stderr.read(), b"")
        for left in ("alice/api.sock", "helper/api.sock", "rpc.sock", "alice/profile.db-wal"):
            self.assertFalse(os.path.exists(os.path.join(self.names, left)), left)
        self.arrives(self.bob, "the last one")

    def test_one_that_another_command_owns_is_served_through_it_and_taken_over(self):
        owner = self.helper.start("receive", "--follow", "--consumer", "other")
        self.processes.append(owner)
        until(lambda: os.path.exists(os.path.join(self.helper.home, "api.sock")), "it owns that")
        log = os.path.join(self.folder.path, "log")
        process = self.begun("--all", "--socket", "--receive-mode", "manual",
                             "--exec", "tee", "--", "-a", log)
        self.assertIn("helper: another command owns", line_of(process))
        self.assertTrue(line_of(process).startswith("Ready"))
        bot = self.bot()
        bot.call("send", account="helper", recipient="Bob", message="through the other")
        self.arrives(self.bob, "through the other")
        self.bob.must("send", "Helper", "for who owns it")
        got = bot.call("receive", account="helper", ack=True, timeout=20, maxMessages=1)
        self.assertEqual(got[0]["envelope"]["dataMessage"]["message"], "for who owns it")
        self.assertFalse(os.path.exists(log), "two would handle it")
        owner.kill()
        owner.wait(PATIENCE)
        until(lambda: os.path.exists(log) and os.path.getsize(log), "the daemon takes it over")
        with open(log, encoding="utf-8") as file:
            self.assertEqual(json.loads(file.readline())["text"], "for who owns it")

    def test_handlers_are_told_whose_message_it_is_and_speak_for_that_account(self):
        handler = os.path.join(self.folder.path, "handler")
        log = os.path.join(self.folder.path, "log")
        with open(handler, "w", encoding="ascii") as file:
            file.write(f'#!/bin/sh\ncat >>"{log}"\n"$BISIK" send Bob "got it" --quiet\n')
        os.chmod(handler, 0o700)
        open(log, "wb").close()
        self.daemon(self.machine, "--all", "--exec", handler)
        ids = {name: person.json("whoami")[0]["account"]
               for name, person in (("Alice", self.alice), ("Helper", self.helper))}
        for name, account in ids.items():
            self.bob.must("send", name, f"to {name}")
            got, = self.bob.json("receive", "--timeout", "20", "--max", "1")
            self.assertEqual((got["text"], got["from"]), ("got it", name))
            with open(log, encoding="utf-8") as file:
                last = json.loads(file.read().splitlines()[-1])
            self.assertEqual((last["profile"], last["to_account"], last["text"]),
                             (name.lower(), account, f"to {name}"))

    def test_an_address_is_told_of_all_with_one_secret(self):
        server = Server()
        self.addCleanup(server.end)
        url = f"http://127.0.0.1:{server.server_port}/"
        process = self.daemon(self.machine, "--all", "--webhook", url)
        self.bob.must("send", "Alice", "to Alice")
        self.bob.must("send", "Helper", "to Helper")
        with open(os.path.join(self.names, "webhook.secret"), "rb") as file:
            secret = file.read().strip()
        told = {}
        for _path, headers, body in server.wait_for(2):
            mac = hmac.new(secret, body, hashlib.sha256).hexdigest()
            self.assertEqual(headers["X-Bisik-Signature"], f"sha256={mac}")
            message = json.loads(body)
            told[message["profile"]] = message["text"]
        self.assertEqual(told, {"alice": "to Alice", "helper": "to Helper"})
        self.assertEqual(self.ready.count(url), 1)
        server.answers.append(500)
        self.bob.must("send", "Helper", "again")
        self.assertTrue(line_of(process).startswith("helper: webhook of Bob/2 failed: HTTP 500."))
        self.assertEqual(json.loads(server.wait_for(4)[3][2])["text"], "again")


class Wrong(Several):
    def test_a_damaged_profile_is_one_line_and_the_other_is_served(self):
        self.damage(self.helper)
        process = self.begun("--all", "--socket")
        line = line_of(process)
        self.one_sentence(line.split(": ", 1)[1])
        self.assertTrue(line.startswith("helper: "), line)
        self.assertTrue(line_of(process).startswith("Ready: serving the profiles alice,"))
        bot = self.bot()
        self.assertEqual(len(bot.call("listAccounts")), 1)
        self.assertEqual(self.refused(bot, "listContacts", account="helper"), -32603)
        bot.call("send", account="alice", recipient="Bob", message="still here")
        self.arrives(self.bob, "still here")
        process.send_signal(signal.SIGTERM)
        self.ends(process)

    def test_one_that_is_lost_while_it_is_served_is_one_line_and_the_other_goes_on(self):
        process, bot, accounts = self.served("--all")
        for number in range(64):  # more than is kept in memory
            bot.call("send", account="helper", noteToSelf=True, message=f"{number}" + 50_000 * "x")
        for name in ("profile.db", "profile.db-wal"):
            path = os.path.join(self.helper.home, name)
            with open(path, "r+b") as file:
                file.write(b"x" * os.path.getsize(path))
        self.assertEqual(self.helper.run("history", "note-to-self").code, 2)
        self.assertTrue(line_of(process).startswith("helper: "))
        told = bot.message()
        self.assertEqual(told["account"], accounts["Helper"])
        self.assertIn("exception", told)
        self.assertEqual(self.refused(bot, "listContacts", account="helper"), -32603)
        bot.call("send", account="alice", recipient="Bob", message="still here")
        self.bob.must("send", "Alice", "and heard")
        self.assertEqual(bot.text(), "and heard")
        process.send_signal(signal.SIGTERM)
        self.ends(process)

    def test_one_that_can_be_opened_at_last_is_served_then(self):
        key = os.path.join(self.helper.home, "key")
        os.rename(key, key + ".away")
        process = self.begun("--all", "--socket")
        self.assertTrue(line_of(process).startswith("helper: "))
        self.assertTrue(line_of(process).startswith("Ready: serving the profiles alice,"))
        bot = self.bot()
        self.assertEqual(self.refused(bot, "listContacts", account="helper"), -32603)
        os.rename(key + ".away", key)
        self.assertIn("helper: this profile is served again", line_of(process))
        until(lambda: len(bot.call("listAccounts")) == 2, "it has said whose it is")
        bot.call("send", account="helper", recipient="Bob", message="at last")
        self.arrives(self.bob, "at last")
        self.bob.must("send", "Helper", "and heard")
        self.assertEqual(bot.text(), "and heard")

    def test_a_lock_that_nobody_serves_holds_up_nobody_else(self):
        with open(os.path.join(self.helper.home, "lock"), "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = self.begun("--all", "--socket")
            self.assertIn("helper: Another process owns this profile", line_of(process))
            self.assertTrue(line_of(process).startswith("Ready: serving the profiles alice,"))
            bot = self.bot()
            bot.call("send", account="alice", recipient="Bob", message="meanwhile")
            self.arrives(self.bob, "meanwhile")
        self.assertIn("helper: this profile is served again", line_of(process))
        self.helper.must("send", "Bob", "at last")
        self.arrives(self.bob, "at last")

    def test_one_consumer_too_many_is_one_line_and_the_other_is_served(self):
        for number in range(16):
            self.helper.must("receive", "--consumer", f"c{number}")
        process = self.begun("--all", "--exec", "cat")
        self.assertIn("helper: There are 16 consumers already", line_of(process))
        self.assertTrue(line_of(process).startswith("Ready: serving the profiles alice,"))
        self.helper.must("consumers", "remove", "c0")
        self.assertIn("helper: this profile is served again", line_of(process))

    def test_an_owner_that_is_stopped_holds_up_nobody_else(self):
        owner = self.helper.start("receive", "--follow", "--consumer", "other")
        self.processes.append(owner)
        until(lambda: os.path.exists(os.path.join(self.helper.home, "api.sock")), "it owns that")
        process = self.begun("--all", "--socket")
        self.assertIn("helper: another command owns", line_of(process))
        self.assertTrue(line_of(process).startswith("Ready"))
        stop(owner)
        self.addCleanup(owner.send_signal, signal.SIGCONT)
        new = self.bot()
        new.call("send", account="alice", recipient="Bob", message="meanwhile")
        self.assertIn("helper: Another process owns this profile", line_of(process))
        self.assertEqual(self.refused(new, "listContacts", account="helper"), -32603)
        self.arrives(self.bob, "meanwhile")
        owner.send_signal(signal.SIGCONT)
        self.assertIn("helper: this profile is served again", line_of(process))

    def test_where_none_can_be_opened_the_code_says_why(self):
        done = self.machine.run("daemon", "-a", "nobody", "-a", "noone")
        self.assertEqual((done.code, done.out, done.err.count("\n")), (1, "", 2), done)
        self.damage(self.alice)
        done = self.machine.run("daemon", "--profile", "alice", "--profile", "nobody", "--json")
        self.assertEqual(done.code, 2, done)
        errors = [json.loads(line)["error"] for line in done.err.splitlines()]
        self.assertEqual([(one["profile"], one["code"]) for one in errors],
                         [("alice", 2), ("nobody", 1)])
        empty = Machine(os.path.join(self.folder.path, "empty"))
        self.complains(empty.run("daemon", "--all"), 1, "no profile")

    def test_a_passphrase_is_not_asked_for(self):
        secret = os.path.join(self.folder.path, "secret")
        with open(secret, "w", encoding="ascii") as file:
            file.write("correct horse\n")
        locked = self.folder.person("data/bisik/locked", "Locked")
        locked.must("join", self.alice.must("invite").out.strip(), "--name", "Locked",
                    "--passphrase", "--passphrase-file", secret)
        process = self.begun("--all")
        self.assertIn("--passphrase-file", line_of(process))
        self.assertIn("alice, helper", line_of(process))
        process.send_signal(signal.SIGTERM)
        self.ends(process)
        self.daemon(self.machine, "--all", "--passphrase-file", secret)
        self.assertIn("alice, helper, locked", self.ready)

    def test_what_only_one_profile_can_have_is_said(self):
        several = ("--profile", "alice", "--profile", "helper")
        for words, word in ((("send", "Bob", "x"), "bisik daemon"), (("whoami",), "bisik daemon"),
                            (("jsonRpc",), "bisik daemon"), (("daemon", "--link", "x"), "--link"),
                            (("daemon", "--passphrase-fd", "0"), "--passphrase-file")):
            self.complains(self.machine.run(*several, *words), 1, word)
        self.complains(self.machine.run("-a", "alice", "-a", "helper", "contacts"), 1,
                       "bisik daemon")


if __name__ == "__main__":
    unittest.main()
