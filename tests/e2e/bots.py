"""Bots and the real programs: over standard streams and through a daemon's socket, in both
directions, over kills, and with all that a mistaken or hostile program may say."""

import json
import os
import signal
import socket
import stat
import unittest
from unittest import mock

from bot import BotScene, Refused
from programs import PATIENCE, Person


class Daemons(BotScene):
    def test_a_daemon_owns_the_profile_until_it_is_ended_and_takes_no_message(self):
        daemon = self.daemon(self.alice)
        self.bob.must("send", "Alice", "hello")
        self.assertEqual(self.alice.texts("receive", "--timeout", "20", "--max", "1"), ["hello"])
        self.alice.must("send", "Bob", "through the daemon")
        daemon.send_signal(signal.SIGTERM)
        self.ends(daemon)
        self.assertEqual(daemon.stderr.read(), b"")
        self.assertFalse(os.path.exists(os.path.join(self.alice.home, "api.sock")))
        self.arrives(self.bob, "through the daemon")

    def test_a_daemon_takes_over_when_the_present_owner_ends(self):
        owner = self.alice.start("receive", "--follow")
        self.processes.append(owner)
        while self.alice.run("whoami").code or not os.path.exists(
                os.path.join(self.alice.home, "api.sock")):
            self.assertIsNone(owner.poll())
        waiting = self.alice.start("daemon")
        self.processes.append(waiting)
        self.assertIn("waiting", waiting.stderr.readline().decode())
        owner.send_signal(signal.SIGTERM)
        self.ends(owner)
        self.assertTrue(waiting.stderr.readline().startswith(b"Ready"))
        self.alice.must("whoami")
        waiting.send_signal(signal.SIGINT)
        self.ends(waiting)

    def test_a_service_manager_is_told_when_it_is_ready(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(os.path.join(self.folder.path, "notify"))
            manager.settimeout(PATIENCE)
            daemon = self.alice.start("daemon", env={"NOTIFY_SOCKET": manager.getsockname()})
            self.processes.append(daemon)
            self.assertEqual(manager.recv(100), b"READY=1")
            daemon.send_signal(signal.SIGTERM)
            self.assertEqual(manager.recv(100), b"STOPPING=1")
            self.ends(daemon)

    def test_without_a_profile_there_is_no_daemon(self):
        nobody = self.folder.person("Nobody")
        self.complains(nobody.run("daemon"), 1, "no profile")
        self.complains(nobody.run("jsonRpc"), 1, "no profile")

    def test_the_socket_is_for_its_person_and_gone_afterwards(self):
        daemon = self.daemon(self.alice, "--socket")
        status = os.stat(self.socket_of(self.alice))
        self.assertTrue(stat.S_ISSOCK(status.st_mode))
        self.assertEqual(stat.S_IMODE(status.st_mode), 0o600)
        daemon.send_signal(signal.SIGTERM)
        self.ends(daemon)
        self.assertFalse(os.path.exists(self.socket_of(self.alice)))

    def test_a_socket_is_not_taken_from_whoever_has_it(self):
        taken = os.path.join(self.folder.path, "taken")
        with open(taken, "w", encoding="ascii") as file:
            file.write("precious")
        self.complains(self.alice.run("daemon", "--socket", taken), 1, "something else")
        with open(taken, encoding="ascii") as file:
            self.assertEqual(file.read(), "precious")
        deep = os.path.join(self.folder.path, "d" * 100)
        os.mkdir(deep)
        self.daemon(self.alice, "--socket", os.path.join(deep, "socket"))
        self.complains(self.bob.run("daemon", "--socket", os.path.join(deep, "socket")), 1,
                       "another program")


class Talking(BotScene):
    def test_a_bot_on_standard_streams_sends_and_is_handed_messages(self):
        bot = self.json_rpc(self.alice)
        bob_uuid = bot.call("listContacts")[0]["uuid"]
        sent = bot.call("send", recipient=[bob_uuid], message="Gr\u00fc\u00dfe")
        self.assertEqual(sent["results"][0]["type"], "SUCCESS")
        self.assertEqual(sent["results"][0]["recipientAddress"]["uuid"], bob_uuid)
        received, = self.bob.json("receive", "--timeout", "20", "--max", "1")
        self.assertEqual((received["text"], received["timestamp"]),
                         ("Gr\u00fc\u00dfe", sent["timestamp"]))
        answer, = self.bob.json("send", "Alice", "back \x1b[31m\u202e\U0001f600")
        message = bot.message()
        self.assertEqual(message["envelope"]["sourceUuid"], bob_uuid)
        self.assertEqual(message["envelope"]["timestamp"], answer["timestamp"])
        self.assertEqual(message["envelope"]["dataMessage"]["message"],
                         "back \x1b[31m\u202e\U0001f600")
        self.assertEqual(message["account"], bot.call("listAccounts")[0]["uuid"])
        bot.writer.close()
        self.ends(bot.process)
        self.assertEqual(self.alice.json("receive"), [])

    def test_a_bot_is_ended_by_a_signal_and_loses_nothing(self):
        bot = self.json_rpc(self.alice)
        self.bob.must("send", "Alice", "one")
        self.assertEqual(bot.text(), "one")
        bot.process.send_signal(signal.SIGTERM)
        self.ends(bot.process)
        self.bob.must("send", "Alice", "two")
        self.arrives(self.alice, "two")

    def test_an_account_is_found_by_name_id_and_uuid(self):
        id_of_alice = self.alice.json("whoami")[0]["account"]
        bot = self.json_rpc(self.alice)
        uuid = bot.call("listAccounts")[0]["uuid"]
        bot.writer.close()
        self.ends(bot.process)
        data = os.path.join(self.folder.path, "data")
        os.makedirs(os.path.join(data, "bisik"))
        os.rename(self.alice.home, os.path.join(data, "bisik", "helper"))
        os.rename(self.bob.home, os.path.join(data, "bisik", "default"))
        somebody = Person("", "Alice")
        for account in ("helper", id_of_alice, uuid, uuid.upper()):
            done = somebody.run("-a", account, "jsonRpc", env={"XDG_DATA_HOME": data},
                                input=self.line("listAccounts", account=account).encode())
            self.assertEqual(done.objects[0]["result"][0]["uuid"], uuid, done)
        self.complains(somebody.run("-a", "+491234", "jsonRpc", env={"XDG_DATA_HOME": data}), 1,
                       "+491234")

    @staticmethod
    def line(method, **params):
        return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}) + "\n"

    def test_input_from_a_file_is_answered_to_its_end(self):
        path = os.path.join(self.folder.path, "requests")
        with open(path, "w", encoding="ascii") as file:
            file.write(self.line("version") + self.line("send", recipient="Bob", message="filed"))
            file.write(self.line("listContacts")[:-1])  # the last line has no end
        out = os.path.join(self.folder.path, "answers")
        with open(path, "rb") as requests, open(out, "wb") as answers:
            done = self.alice.run("jsonRpc", stdin=requests, stdout=answers)
        self.assertEqual(done.code, 0, done)
        with open(out, encoding="ascii") as answers:
            self.assertEqual(["result" in json.loads(line) for line in answers], [True] * 3)
        self.arrives(self.bob, "filed")

    def test_a_bot_that_works_through_a_daemon_becomes_the_owner_when_that_is_killed(self):
        daemon = self.daemon(self.alice)
        bot = self.json_rpc(self.alice)
        self.bob.must("send", "Alice", "one")
        self.assertEqual(bot.text(), "one")
        daemon.kill()
        self.bob.must("send", "Alice", "two")
        self.assertEqual(bot.text(), "two")
        bot.call("send", recipient="Bob", message="three")
        self.arrives(self.bob, "three")

    def test_two_bots_at_one_daemon_are_both_told_and_work_at_once(self):
        self.daemon(self.alice, "--socket")
        first, second = (self.at_socket() for _ in range(2))
        first.call("version")  # both are being handed messages
        second.call("version")
        self.bob.must("send", "Alice", "to both")
        self.assertEqual([first.text(), second.text()], ["to both", "to both"])
        asked = [(bot, bot.ask("send", recipient="Bob", message=f"{name} {number}"))
                 for number in range(20) for name, bot in (("first", first), ("second", second))]
        stamps = [bot.wait(number)["timestamp"] for bot, number in asked]
        self.assertEqual(len(set(stamps)), 40)
        got = self.bob.json("receive", "--timeout", "20", "--max", "40")
        self.assertEqual(sorted(message["timestamp"] for message in got), sorted(stamps))

    def test_by_hand_nothing_comes_before_it_was_asked_for(self):
        self.daemon(self.alice, "--socket", "--receive-mode", "manual")
        self.bob.must("send", "Alice", "one")
        bot = self.at_socket()
        got = bot.call("receive", timeout=20, maxMessages=1)
        self.assertEqual(got[0]["envelope"]["dataMessage"]["message"], "one")
        subscription = bot.call("subscribeReceive")
        with self.assertRaises(Refused) as refused:
            bot.call("receive")
        self.assertEqual(refused.exception.code, -1)
        self.bob.must("send", "Alice", "two")
        self.assertEqual(bot.text(), "two")
        bot.call("unsubscribeReceive", subscription=subscription)
        self.assertTrue(bot.notifications.empty())

    def test_on_start_the_daemon_fetches_while_no_bot_is_there(self):
        self.daemon(self.alice, "--socket")
        self.bob.must("send", "Alice", "fetched")
        while self.alice.json("contacts")[0]["unread"] == 0:
            pass  # each look is a program
        self.relay.stop()
        bot = self.at_socket()
        self.assertEqual(bot.text(), "fetched")

    def test_what_is_wrong_has_its_code(self):
        bot = self.json_rpc(self.alice)

        def code(method, **params):
            with self.assertRaises(Refused) as refused:
                bot.call(method, **params)
            return refused.exception.code

        self.assertEqual(code("send", recipient="nobody", message="x"), -1)
        self.assertEqual(code("send", recipient="Bob", message=""), -1)
        self.assertEqual(code("send", message="x"), -32602)
        self.assertEqual(code("send", recipient=7, message="x"), -32602)
        self.assertEqual(code("send", recipient="Bob", message="x", account="other"), -32602)
        self.assertEqual(code("sendReaction", recipient="Bob", emoji="x"), -32602)
        with self.assertRaises(Refused) as no_message:
            bot.call("remoteDelete", recipient="Bob", targetTimestamp=1)
        self.assertEqual((no_message.exception.code, no_message.exception.data), (-1, None))
        with self.assertRaises(Refused) as nobody:
            bot.call("remoteDelete", recipient="nobody", targetTimestamp=1)
        self.assertEqual(nobody.exception.data["response"]["results"][0]["type"],
                         "UNREGISTERED_FAILURE")
        self.assertEqual(code("updateGroup"), -1)
        self.assertEqual(code("register"), -32601)
        mixed = bot.call("send", recipients=["Bob", "nobody"], message="to one of them")
        self.assertEqual([result["type"] for result in mixed["results"]],
                         ["SUCCESS", "UNREGISTERED_FAILURE"])
        bot.call("block", recipient="Bob")
        self.assertTrue(bot.call("listContacts")[0]["isBlocked"])
        bot.call("unblock", recipient="Bob")
        identity, = bot.call("listIdentities", number="Bob")
        bot.call("trust", recipient="Bob", verifiedSafetyNumber=identity["safetyNumber"])
        self.assertEqual(bot.call("listIdentities")[0]["trustLevel"], "TRUSTED_VERIFIED")
        self.assertGreater(len(bot.call("getLimits")["limits"]), 0)
        self.assertTrue(bot.call("getState")["reachable"])
        self.relay.stop()
        self.assertEqual(code("getLimits"), -3)


class Killed(BotScene):
    """The bot keeps the cursor of what it has handled; nothing else survives."""

    def subscribe(self):
        bot = self.at_socket()
        bot.call("subscribeReceive", since=self.handled)
        return bot

    def handle(self, bot, texts):
        for _ in texts:
            message = bot.message()
            self.assertGreater(message["cursor"], self.handled)
            self.handled = message["cursor"]
            self.got.append(message["envelope"]["dataMessage"]["message"])

    def test_over_kills_of_the_daemon_nothing_is_lost_or_doubled_either_way(self):
        self.handled, self.got, wanted, sent = 0, [], [], []
        for life in range(4):
            daemon = self.daemon(self.alice, "--socket", "--receive-mode", "manual")
            bot = self.subscribe()
            texts = [f"life {life}, message {number}" for number in range(6)]
            for text in texts:
                self.bob.must("send", "Alice", text)
            wanted += texts
            self.handle(bot, texts[life:])  # some of them are cut off
            asked = [bot.ask("send", recipient="Bob", message=f"from {life}, {number}",
                             idempotencyKey=f"{life} {number}") for number in range(6)]
            for number in asked[:life]:
                bot.wait(number)
            daemon.kill()
            daemon.wait(PATIENCE)
            sent += [f"from {life}, {number}" for number in range(6)]
        self.daemon(self.alice, "--socket", "--receive-mode", "manual")
        bot = self.subscribe()
        self.handle(bot, wanted[len(self.got):])
        self.assertEqual(self.got, wanted)
        for life in range(4):  # whatever had no answer is asked for again by its key
            for number in range(6):
                bot.call("send", recipient="Bob", message=f"from {life}, {number}",
                         idempotencyKey=f"{life} {number}")
        got = self.bob.texts("receive", "--timeout", "10", "--max", "24")
        self.assertEqual(sorted(got + self.bob.texts("receive")), sorted(sent))


class Hostile(BotScene):
    def setUp(self):
        super().setUp()
        # A sanitizer keeps what was given back for a while, which is not the daemon's memory.
        options = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"
        with mock.patch.dict(os.environ, ASAN_OPTIONS=options):
            self.daemon_process = self.daemon(self.alice, "--socket", "--receive-mode", "manual")
        self.bot = self.at_socket()

    def memory_kb(self):
        with open(f"/proc/{self.daemon_process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def still_serves(self):
        self.assertIn("version", self.at_socket().call("version"))
        self.assertIsNone(self.daemon_process.poll())

    def test_nonsense_is_answered_line_by_line(self):
        for text, code in ((b"nonsense\n", -32700), (b"\xff\xfe\n", -32700), (b"\0\0\n", -32700),
                           (b'"\\ud800"\n', -32700), (b"[]\n", -32600), (b"7\n", -32600),
                           (b"[" * 1000 + b"\n", -32700), (b'{"jsonrpc":"2.0"}\n', -32600),
                           (b'{"jsonrpc":"2.0","id":null,"method":"version"}\n', -32600)):
            self.bot.say(text)
            self.assertEqual(self.bot.other()["error"]["code"], code, text)
        self.bot.say(b"\n \r\n")
        self.bot.call("version")

    def test_a_line_without_end_is_dropped_and_the_next_one_read(self):
        self.bot.call("version")
        before = self.memory_kb()
        for _ in range(64):
            self.bot.say(b'{"' + b"x" * 1024 * 1024)
        self.bot.say(b"\n")
        self.assertEqual(self.bot.other()["error"]["code"], -32700)
        self.bot.call("version")
        self.assertLess(self.memory_kb() - before, 20_000)

    def test_ten_thousand_requests_at_once_are_all_answered(self):
        numbers = range(10_000, 20_000)
        asked = [{"jsonrpc": "2.0", "id": number, "method": "listContacts"} for number in numbers]
        self.bot.say("".join(json.dumps(each) + "\n" for each in asked).encode())
        for number in numbers:
            self.assertEqual(len(self.bot.wait(number)), 1)

    def test_half_a_request_and_then_nothing(self):
        self.bot.say(b'{"jsonrpc":"2.0","id":1,"method":"send","params":{"recipient":"Bob","mess')
        self.bot.stream.shutdown(socket.SHUT_WR)
        self.assertEqual(self.bot.other()["error"]["code"], -32700)
        self.bot.thread.join(PATIENCE)  # its stream is at its end
        self.assertFalse(self.bot.thread.is_alive())
        self.still_serves()
        self.assertEqual(self.bob.json("receive"), [])

    def test_who_does_not_read_is_not_read_from_and_takes_no_memory(self):
        stream = socket.socket(socket.AF_UNIX)
        self.addCleanup(stream.close)
        stream.connect(self.socket_of(self.alice))
        stream.setblocking(False)
        line = json.dumps({"jsonrpc": "2.0", "id": "x" * 900, "method": "listContacts"}) + "\n"
        before, written = self.memory_kb(), 0
        idle = 0
        while idle < 50:  # until nothing more is taken, over so many answers to somebody else
            try:
                written += stream.send(line.encode() * 50)
                idle = 0
            except BlockingIOError:
                self.bot.call("version")
                idle += 1
            self.assertLess(written, 64 * 1024 * 1024)
        self.assertLess(self.memory_kb() - before, 20_000)
        self.still_serves()

    def test_more_programs_than_there_is_room_for_wait_for_it(self):
        bots = [self.at_socket() for _ in range(31)]
        for bot in bots:
            bot.call("version")
        late = self.at_socket()
        number = late.ask("version")
        self.bot.call("version")
        self.assertTrue(late.answers[number].empty())
        bots[0].hang_up()
        self.assertIn("version", late.wait(number))


if __name__ == "__main__":
    unittest.main()
