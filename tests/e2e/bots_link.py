"""A bot that links a new profile to an account, and what it hears of the account's other device."""

import os
import queue
import signal
import subprocess
import unittest

from bot import BotScene, Refused
from programs import PATIENCE, Failed


class Linking(BotScene):
    """The new profile is a bot's; Alice approves it at her first device."""

    def setUp(self):
        super().setUp()
        self.server = self.folder.person("Server", "Alice")
        self.who = self.alice.json("whoami")[0]

    def new_bot(self):
        return self.json_rpc(self.server, "--link", self.relay.link)

    def approve(self, code):
        process = self.alice.start("link", "--approve", code, "--json", stdin=subprocess.PIPE)
        self.processes.append(process)
        return process

    def type(self, process, digits):
        process.stdin.write(digits.encode() + b"\n")
        process.stdin.flush()

    def linked_at_the_first(self, process):
        self.assertIn(b'"linked":2', process.stdout.readline())

    def ends_well(self, process):
        self.assertEqual(process.wait(PATIENCE), 0, process.stderr.read())
        process.stdin.close()

    def start(self, bot):
        code = bot.call("startLink")["deviceLinkUri"]
        return code, self.approve(code)

    def link_to_the_expected(self, bot):
        code, first = self.start(bot)
        waiting = bot.ask("finishLink", deviceLinkUri=code, expectedAccount=self.who["account"])
        self.type(first, bot.digits()["digits"])
        self.assertEqual(bot.wait(waiting)["deviceId"], 2)
        self.linked_at_the_first(first)
        self.ends_well(first)

    def reach(self, bot):
        """What Bob writes arrives there, once he has heard of the new device."""
        for number in range(PATIENCE):
            self.alice.must("receive", "--timeout", "1")
            self.bob.must("receive", "--timeout", "1")
            self.bob.must("send", "Alice", f"to all devices, {number}")
            try:
                return bot.text(1)
            except queue.Empty:
                pass
        raise Failed("the new device is not written to")

    def refused(self, bot, method, **params):
        with self.assertRaises(Refused) as refused:
            bot.call(method, **params)
        return refused.exception.code

    def test_a_bot_becomes_a_device_with_a_person_at_both_screens(self):
        bot = self.new_bot()
        self.assertEqual(bot.call("listAccounts"), [])
        code, first = self.start(bot)
        waiting = bot.ask("finishLink", deviceLinkUri=code)
        said = bot.digits()
        self.assertEqual(said["deviceLinkUri"], code)
        self.type(first, said["digits"])
        self.linked_at_the_first(first)
        self.assertTrue(bot.answers[waiting].empty(), "linked before a person said so")
        bot.call("acceptLink", deviceLinkUri=code)
        linked = bot.wait(waiting)
        self.ends_well(first)
        self.assertEqual((linked["number"], linked["name"], linked["deviceId"]),
                         (None, "Alice", 2))
        self.assertEqual(linked["uuid"], said["account"])
        self.assertEqual(bot.call("listAccounts", account=linked["uuid"])[0]["uuid"],
                         linked["uuid"])
        # From then on it is handed what people write, over this very stream.
        self.reach(bot)
        self.assertEqual(self.refused(bot, "startLink"), -1)
        bot.writer.close()
        self.ends(bot.process)
        self.assertEqual(self.server.json("whoami")[0]["account"], self.who["account"])

    def test_a_bot_that_knows_its_account_needs_nobody_at_its_own_screen(self):
        bot = self.new_bot()
        self.link_to_the_expected(bot)

    def test_somebody_else_who_has_seen_the_code_gets_no_device(self):
        bot = self.new_bot()
        code = bot.call("startLink")["deviceLinkUri"]
        thief = self.bob.start("link", "--approve", code, "--json", stdin=subprocess.PIPE)
        self.processes.append(thief)
        self.addCleanup(thief.stdin.close)
        waiting = bot.ask("finishLink", deviceLinkUri=code, expectedAccount=self.who["account"])
        self.type(thief, bot.digits()["digits"])
        with self.assertRaises(Refused) as refused:
            bot.wait(waiting)
        self.assertEqual(refused.exception.code, -4)
        self.assertIn(b'"linked":2', thief.stdout.readline())  # as the thief believes
        self.assertEqual(self.refused(bot, "acceptLink", deviceLinkUri=code), -1)
        self.assertEqual(bot.call("listAccounts"), [])
        # The next code is the person's own.
        self.link_to_the_expected(bot)

    def test_through_a_daemon_that_has_begun_without_a_profile(self):
        daemon = self.daemon(self.server, "--socket", "--link", self.relay.link)
        before, bot = self.at_socket(self.server), self.at_socket(self.server)
        self.assertEqual(before.call("listAccounts"), [])
        self.assertEqual(self.refused(before, "send", recipient="Bob", message="x"), -1)
        code, first = self.start(bot)
        self.type(first, self.digits_and_wait(bot, code))
        self.linked_at_the_first(first)
        self.ends_well(first)
        # Whoever was connected before is served too.
        account, = before.call("listAccounts")
        self.assertEqual(account["name"], "Alice")
        self.assertEqual(self.reach(before), bot.text())
        for gone in (before, bot):
            gone.hang_up()
        # And the daemon fetches by itself while nobody is connected.
        self.bob.must("send", "Alice", "to nobody")
        while not self.server.json("contacts")[0]["unread"]:
            self.assertIsNone(daemon.poll())  # each look is a program
        daemon.send_signal(signal.SIGTERM)
        self.ends(daemon)
        self.daemon(self.server, "--socket", "--link", self.relay.link)  # as a unit does again
        self.assertEqual(self.at_socket(self.server).text(), "to nobody")

    def digits_and_wait(self, bot, code):
        bot.ask("finishLink", deviceLinkUri=code, expectedAccount=self.who["account"])
        return bot.digits()["digits"]

    def test_wrong_digits_link_nothing(self):
        bot = self.new_bot()
        code, first = self.start(bot)
        digits = bot.digits()["digits"]
        wrong = digits[:-1] + str((int(digits[-1]) + 1) % 10)
        waiting = bot.ask("finishLink", deviceLinkUri=code)
        self.type(first, wrong)
        self.assertEqual(first.wait(PATIENCE), 4, first.stderr.read())
        first.stdin.close()
        with self.assertRaises(Refused) as refused:
            bot.wait(waiting)
        self.assertEqual(refused.exception.code, -6)
        self.assertEqual(self.refused(bot, "acceptLink", deviceLinkUri=code), -1)
        self.assertEqual(bot.call("listAccounts"), [])
        self.assertEqual([device["device"] for device in self.alice.json("devices")], [1])

    def test_killed_on_the_way_the_profile_begins_anew(self):
        bot = self.new_bot()
        code = bot.call("startLink")["deviceLinkUri"]
        bot.process.kill()
        bot.process.wait(PATIENCE)
        self.assertTrue(os.path.isdir(self.server.home))
        again = self.new_bot()
        self.assertEqual(self.refused(again, "finishLink", deviceLinkUri=code), -1)
        self.assertNotEqual(again.call("startLink")["deviceLinkUri"], code)

    def test_without_link_there_is_no_profile_to_serve(self):
        self.complains(self.server.run("jsonRpc"), 1, "no profile")
        self.assertFalse(os.path.exists(self.server.home))


class OtherDevice(BotScene):
    """A bot at Alice's first device; she writes at her second one."""

    def test_what_the_other_device_writes_is_a_sync_message_and_its_receipts_come_too(self):
        second = self.folder.person("Second", "Alice")
        self.link_by_hand(second)
        bot = self.json_rpc(self.alice)
        uuid = bot.call("listAccounts")[0]["uuid"]
        bob_uuid = next(each["uuid"] for each in bot.call("listContacts") if each["name"] == "Bob")
        daemon = self.daemon(second)
        sent, = second.json("send", "Bob", "from my other device")
        message = self.next_sync(bot)
        envelope = message["envelope"]
        self.assertEqual((envelope["sourceUuid"], message["account"]), (uuid, uuid))
        said = envelope["syncMessage"]["sentMessage"]
        self.assertEqual(said["destinationUuid"], bob_uuid)
        self.assertEqual(said["message"], "from my other device")
        self.assertEqual(said["timestamp"], sent["timestamp"])
        second.must("edit", sent["id"], "better")
        said = self.next_sync(bot)["envelope"]["syncMessage"]["sentMessage"]
        self.assertEqual(said["editMessage"]["targetSentTimestamp"], sent["timestamp"])
        self.assertEqual(said["editMessage"]["dataMessage"]["message"], "better")
        # What the bot itself sends is none.
        bot.call("send", recipient="Bob", message="mine")
        with self.bob.start("receive", "--follow") as says_receipts:
            while sent["timestamp"] not in self.next_of(bot, "receiptMessage")["timestamps"]:
                pass
            says_receipts.kill()
            says_receipts.communicate()
        self.assertIsNone(daemon.poll())

    def link_by_hand(self, second):
        new = second.start("link", self.relay.link, "--json", stdin=subprocess.PIPE, text=True)
        self.processes.append(new)
        code = new.stdout.readline().split('"')[3]
        first = self.alice.start("link", "--approve", code, "--json", stdin=subprocess.PIPE,
                                 text=True)
        self.processes.append(first)
        first.stdin.write(new.stdout.readline().split('"')[3] + "\n")
        first.stdin.flush()
        self.assertIn("linked", first.stdout.readline())
        new.stdin.write("\n")
        new.stdin.flush()
        for process in (new, first):
            self.assertEqual(process.wait(PATIENCE), 0, process.stderr.read())
            process.stdin.close()
        second.must("receive", "--timeout", "5")
        self.assertEqual([each["name"] for each in second.json("contacts")], ["Bob"])

    def next_of(self, bot, what):
        while True:
            envelope = bot.message()["envelope"]
            if what in envelope:
                return envelope[what]

    def next_sync(self, bot):
        while True:
            message = bot.message()
            if "syncMessage" in message["envelope"]:
                return message


if __name__ == "__main__":
    unittest.main()
