"""The command line with a relay: people talk, many processes share a profile, owners die."""

import base64
import json
import os
import shutil
import signal
import subprocess
import unittest

from harness import BISIK, CommandLineTest, PATIENCE


def with_another_token(link):
    """The link, as somebody has it whom its maker never met. The token is its last field."""
    address, payload = link.split("#")
    raw = bytearray(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    raw[-1] ^= 1
    return address + "#" + base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("=")


class Talking(CommandLineTest):
    def test_what_is_sent_arrives_once_and_in_both_histories(self):
        _relay, alice, bob = self.alice_and_bob()
        self.ends(bob.run("send", "Alice", "hello"))
        message, = alice.json("receive", "--timeout", "10", "--max", "1")
        self.assertEqual((message["from"], message["chat"], message["text"]),
                         ("Bob", "Bob", "hello"))
        self.assertEqual(message["id"], "Bob/1")
        self.assertFalse(message["ours"])
        self.assertAlmostEqual(message["timestamp"], message["received_timestamp"], delta=60_000)
        self.assertEqual(len(bytes.fromhex(message["account"])), 32)
        self.assertEqual(alice.json("receive"), [])
        self.ends(alice.run("send", "bob", "-", input="Grüße\n世界\n".encode()))
        self.assertEqual(bob.texts("receive", "--timeout", "10", "--max", "1"), ["Grüße\n世界"])
        for person in (alice, bob):
            name = "Bob" if person is alice else "Alice"
            self.assertEqual(person.texts("history", name), ["hello", "Grüße\n世界"])
        self.assertEqual(alice.texts("history", "Bob", "--last", "1"), ["Grüße\n世界"])

    def test_who_has_just_joined_is_known_to_the_first_command(self):
        text = "welcome"
        for words in (("send", "Bob", text), ("verify", "Bob"), ("history", "bob"),
                      ("receive", "--chat", "Bob")):
            with self.subTest(words[0]):
                relay, alice, bob = self.alice_and_bob()
                self.ends(alice.run(*words))
                if words[0] == "send":
                    self.assertEqual(bob.texts("receive", "--timeout", "10", "--max", "1"), [text])
                relay.stop()
                shutil.rmtree(self.folder)
        relay, alice, bob = self.alice_and_bob()
        done = self.ends(alice.run("chat", "Bob", input=b"welcome\n/quit\n"))
        self.assertIn("e2e unverified", done.out)
        self.assertEqual(bob.texts("receive", "--timeout", "10", "--max", "1"), [text])

    def test_who_waits_at_the_relay_is_among_the_contacts_and_requests(self):
        relay, alice, bob = self.alice_and_bob()
        contact, = alice.json("contacts")
        self.assertEqual(contact["name"], "Bob")
        mallory = self.person("Mallory")
        self.ends(mallory.run("join", self.ends(bob.run("invite")).out.strip(), "--name", "Mal"))
        link = self.ends(alice.run("invite", "--contact")).out.strip()
        self.ends(mallory.run("add", with_another_token(link)))
        self.ends(mallory.run("send", "Alice", "a prize for you"))
        request, = alice.json("requests")
        self.assertEqual((request["name"], request["first_text"]), ("Mal", "a prize for you"))
        relay.stop()
        for words in ("contacts", "requests"):
            done = self.ends(alice.run(words))
            self.assertEqual(done.out.count("Mal"), 1)
            self.assertIn("as this device knows it", done.err)
            self.assertEqual(done.err.count("\n"), 1)
            self.assertEqual(self.ends(alice.run(words, "--quiet")).err, "")

    def test_nobody_is_looked_for_where_there_is_no_relay(self):
        relay, alice, _bob = self.alice_and_bob()
        relay.stop()
        self.complains(alice.run("send", "Bob", "x", "--timeout", "20"), 1, "no contact")
        self.complains(alice.run("chat", "Bob", input=b"x\n"), 1, "no contact")

    def test_each_command_speaks_json(self):
        _relay, alice, bob = self.alice_and_bob()
        sent, = bob.json("send", "Alice", "hello")
        self.assertEqual((sent["to"], sent["id"], sent["state"]), ("Alice", "Alice/1", "relay"))
        alice.texts("receive", "--timeout", "10", "--max", "1")
        contact, = alice.json("contacts")
        self.assertEqual((contact["name"], contact["trust"]), ("Bob", "unverified"))
        who, = bob.json("whoami")
        self.assertEqual(who["account"], contact["account"])
        self.assertTrue(who["relay"].startswith("bisik://127.0.0.1:"))
        self.assertGreater(len(bob.json("whoami", "--server-view")), 1)
        self.assertEqual(bob.json("outbox"), [])
        limits = {limit["name"]: limit["value"] for limit in bob.json("limits")}
        self.assertGreater(len(limits), 3)
        self.assertEqual(self.ends(bob.run("limits")).out.count("\n") >= len(limits), True)
        invite, = bob.json("invite", "--expires", "1h")
        self.assertTrue(invite["link"].startswith("bisik://"))
        verdicts = {row["check"]: row["verdict"] for row in bob.json("doctor")}
        self.assertEqual((verdicts["relay"], verdicts["database"]), ("ok", "ok"))

    def test_both_see_the_same_safety_number_and_the_label_follows(self):
        _relay, alice, bob = self.alice_and_bob()
        self.ends(bob.run("send", "Alice", "hello"))
        alice.texts("receive", "--timeout", "10", "--max", "1")
        digits = [person.json("verify", name)[0]["digits"]
                  for person, name in ((alice, "Bob"), (bob, "Alice"))]
        self.assertEqual(digits[0], digits[1])
        self.assertEqual(len(digits[0].replace(" ", "")), 60)
        self.assertEqual(alice.json("verify", "Bob", "--confirm")[0]["trust"], "verified")
        self.assertIn("e2e ✓ verified", alice.run("contacts").out)
        self.assertEqual(alice.json("verify", "Bob", "--withdraw")[0]["trust"], "unverified")

    def test_a_strangers_request_waits_until_it_is_accepted(self):
        relay = self.relay()
        alice, bob = self.person("Alice"), self.person("Bob")
        self.ends(alice.run("join", relay.invite, "--name", "Alice"))
        invite = self.ends(alice.run("invite")).out.strip()
        self.ends(bob.run("join", invite, "--name", "Bob"))
        mallory = self.person("Mallory")
        invite = self.ends(bob.run("invite")).out.strip()
        self.ends(mallory.run("join", invite, "--name", "Mallory"))
        link = self.ends(alice.run("invite", "--contact")).out.strip()
        self.ends(mallory.run("add", with_another_token(link), "--name", "Alice"))
        self.ends(mallory.run("send", "Alice", "you have won \x1b[31m a prize"))
        alice.run("receive", "--timeout", "1")
        request, = alice.json("requests")
        self.assertEqual((request["name"], request["state"]), ("Mallory", "request"))
        self.assertEqual(request["first_text"], "you have won \x1b[31m a prize")
        self.assertNotIn("\x1b", alice.run("requests").out)
        self.assertEqual(alice.json("receive"), [])
        self.complains(alice.run("send", "Mallory", "no"), 1, "request")
        self.ends(alice.run("accept", "Mallory", "--name", "lottery"))
        self.assertEqual(len(alice.texts("receive")), 1)
        self.ends(alice.run("send", "lottery", "really?"))
        self.assertEqual(mallory.texts("receive", "--timeout", "10", "--max", "1"), ["really?"])
        self.complains(alice.run("accept", "lottery"), 1, "already")
        self.complains(alice.run("delete", "lottery"), 1, "--yes")
        self.ends(alice.run("delete", "lottery", "--yes"))
        self.complains(alice.run("history", "lottery"), 1, "lottery")

    def test_a_blocked_contact_is_not_heard_and_not_told(self):
        _relay, alice, bob = self.alice_and_bob()
        self.ends(bob.run("send", "Alice", "hello"))
        alice.texts("receive", "--timeout", "10", "--max", "1")
        self.ends(alice.run("block", "Bob"))
        self.assertIn("blocked", alice.run("contacts").out)
        self.ends(bob.run("send", "Alice", "hear me"))
        self.assertEqual(alice.json("receive", "--timeout", "1"), [])
        self.complains(alice.run("send", "Bob", "no"), 1, "unblock")
        self.ends(alice.run("unblock", "Bob"))
        self.ends(bob.run("send", "Alice", "thanks"))
        self.assertEqual(alice.texts("receive", "--timeout", "10", "--max", "1"), ["thanks"])

    def test_an_invite_in_a_pipe_is_the_link_alone(self):
        relay = self.relay()
        alice = self.person("Alice")
        self.ends(alice.run("join", relay.invite, "--name", "Alice"))
        link = self.ends(alice.run("invite")).out
        self.assertRegex(link, r"\Abisik://[^\s]+#[^\s]+\n\Z")
        self.complains(self.person("Bob").run("join", relay.invite, "--name", "Bob"), 6, "invite")

    def test_what_cannot_be_sent_is_said_and_nothing_is_kept(self):
        _relay, alice, bob = self.alice_and_bob()
        self.complains(bob.run("send", "alise", "x"), 1, "Alice")
        for text in ("", "   ", "\t", "\n\n"):
            self.complains(bob.run("send", "Alice", text), 1, "empty")
        self.complains(bob.run("send", "Alice", "-", input=b" \n \n"), 1, "empty")
        self.complains(bob.run("send", "Alice", "-", input=b"x" * 51_201), 1, "51200")
        self.complains(bob.run("send", "Alice", "-", input=b"\xff\xfe"), 1, "UTF-8")
        self.complains(bob.run("history", "eve"), 1, "eve")
        self.assertEqual(bob.json("history", "Alice"), [])
        self.ends(bob.run("send", "Alice", "-", input=b"x" * 51_200))
        self.assertEqual([len(t) for t in alice.texts("receive", "--timeout", "10", "--max", "1")],
                         [51_200])

    def test_a_text_without_quotes_goes_to_nobody(self):
        _relay, alice, bob = self.alice_and_bob()
        self.complains(bob.run("send", "Alice", "hi", "there"), 1, "named hi", "quotes")
        self.complains(bob.run("send", "hi", "Alice", "-", input=b"x"), 1, "named hi", "Nothing")
        done = self.ends(bob.run("send", "Alice", "hi", "there", "--json"), 1)
        of = {each["to"]: each for each in map(json.loads, done.out.splitlines())}
        self.assertEqual(set(of), {"Alice", "hi"})
        for each in of.values():
            self.assertEqual((each["id"], each["state"]), ("", "failed"))
            self.assertIn("named hi", each["error"]["message"])
        self.assertEqual(bob.json("history", "Alice"), [])
        self.ends(bob.run("send", "Alice", "note-to-self", "hi there"))
        self.assertEqual(alice.texts("receive", "--timeout", "10", "--max", "1"), ["hi there"])

    def test_who_cannot_be_written_to_does_not_keep_it_from_others(self):
        _relay, alice, bob = self.alice_and_bob()
        self.ends(bob.run("block", "Alice"))
        self.ends(bob.run("send", "Alice", "note-to-self", "partly"), 1)
        self.assertEqual(bob.texts("history", "note-to-self"), ["partly"])

    def test_a_name_that_is_not_the_one_typed_is_told(self):
        relay = self.relay()
        alice, bob = self.person("Alice"), self.person("Bob")
        joined = self.ends(alice.run("join", relay.invite, "--name", "a/b"))
        self.assertIn("\u201ca b\u201d", joined.err)
        link = self.ends(alice.run("invite")).out.strip()
        self.assertEqual(self.ends(bob.run("join", link, "--name", "Bob")).err, "")
        for words in (("profile", "--name"), ("rename", "a b")):
            done = self.ends(bob.run(*words, "x" * 3_000))
            self.assertIn("\u201c" + "x" * 64 + "\u201d", done.err)
        self.assertEqual(self.ends(bob.run("rename", "x" * 64, "A  l")).err.count("A l"), 1)
        self.assertEqual(self.ends(bob.run("rename", "A l", "Alice")).err, "")

    def test_words_behind_two_dashes_are_text_whatever_they_look_like(self):
        _relay, alice, bob = self.alice_and_bob()
        texts = ["-h", "--help", "--version", "-q", "-x", "--queue", "--json", "--", "send"]
        for text in texts:
            self.ends(bob.run("send", "Alice", "--", text))
        self.ends(bob.run("send", "--quiet", "--", "Alice", "-h"))
        self.ends(bob.run("send", "Alice", "note-to-self", "--", "-h"))
        self.assertEqual(bob.texts("history", "Alice"), [*texts, "-h", "-h"])
        self.complains(bob.run("ack", "Alice/1", "--", "--help"), 1, "--help")

    def test_a_text_in_brackets_stays_as_it_is(self):
        _relay, _alice, bob = self.alice_and_bob()
        texts = ["[ALERT]", "[Alice,twice]", "[]", "{}", "[a] and [b]"]
        for text in texts:
            self.ends(bob.run("send", "Alice", text))
        self.assertEqual(bob.texts("history", "Alice"), texts)

    def test_without_a_relay_nothing_is_kept_unless_asked_to(self):
        relay, alice, bob = self.alice_and_bob()
        relay.stop()
        self.complains(bob.run("send", "Alice", "lost", "--timeout", "1"), 3)
        self.assertEqual(bob.texts("history", "Alice"), [])
        failed = json.loads(self.ends(bob.run("send", "Alice", "lost", "--json"), 3).out)
        self.assertEqual((failed["id"], failed["state"]), ("", "failed"))
        for _again in range(2):
            note, = bob.json("send", "note-to-self", "mine", "--idempotency-key", "note")
            self.assertEqual((note["id"], note["state"]), ("note-to-self/1", "read"))
        self.assertEqual(bob.json("history", "note-to-self")[0]["state"], "read")
        self.ends(bob.run("send", "Alice", "kept", "--queue"))
        waiting, = bob.json("outbox")
        self.assertEqual((waiting["text"], waiting["state"]), ("kept", "waiting"))
        self.ends(bob.run("send", "Alice", "regretted", "--queue"))
        self.ends(bob.run("outbox", "cancel", bob.json("outbox")[1]["id"]))
        relay.start()
        self.ends(bob.run("send", "Alice", "later"))
        self.assertEqual(alice.texts("receive", "--timeout", "10", "--max", "2"),
                         ["kept", "later"])
        self.complains(bob.run("outbox", "cancel", "Alice/1"), 1, "on the relay already")
        self.complains(alice.run("outbox", "cancel", "Bob/1"), 1, "was written to you")

    def test_a_key_that_names_another_message_ends_with_a_code_of_its_own(self):
        _relay, alice, bob = self.alice_and_bob()
        key = ("--idempotency-key", "disk")
        first, = bob.json("send", "Alice", "91% full", *key)
        self.complains(bob.run("send", "Alice", "92% full", *key), 7, first["id"])
        again, = bob.json("send", "Alice", "91% full", *key)
        self.assertEqual((again["id"], again["timestamp"]), (first["id"], first["timestamp"]))
        self.assertEqual(alice.texts("receive", "--timeout", "1"), ["91% full"])
        refused = self.ends(bob.run("send", "Alice", "92% full", "--json", *key), 7)
        self.assertEqual(json.loads(refused.err)["error"]["code"], 7)

    def test_the_outbox_lists_all_that_is_planned_whichever_goes_first(self):
        _relay, _alice, bob = self.alice_and_bob()
        for text, when in (("first", "50m"), ("second", "40m"), ("third", "2199-12-01T09:00Z")):
            self.ends(bob.run("send", "Alice", text, "--at", when))
        self.assertEqual(sorted(bob.texts("outbox")), ["first", "second", "third"])
        shown = self.ends(bob.run("outbox")).out
        self.assertIn("Alice/3  at 01 Dec 2199 09:00  third\n", shown)
        self.assertEqual(shown.count("\n"), 3)

    def test_a_chat_in_a_pipe_sends_lines_and_shows_what_comes(self):
        _relay, alice, bob = self.alice_and_bob()
        self.ends(bob.run("send", "Alice", "are you there?"))
        alice.texts("receive", "--timeout", "10", "--max", "1")
        done = self.ends(alice.run("chat", "Bob", input=b"yes\n//slash\n/quit\nnot this\n"))
        self.assertIn("e2e unverified · post-quantum", done.out)
        self.assertEqual(bob.texts("receive", "--timeout", "10", "--max", "2"), ["yes", "/slash"])

    def test_a_chat_sends_no_line_that_shows_nothing(self):
        _relay, alice, bob = self.alice_and_bob()
        self.ends(bob.run("chat", "Alice", input=b"   \n\t\nyes\n"))
        self.assertEqual(bob.texts("history", "Alice"), ["yes"])

    def test_the_demonstration_runs_without_a_terminal_and_leaves_nothing(self):
        done = self.ends(self.person("Alice").run("demo", env={"TMPDIR": self.folder}))
        self.assertIn("found in 0 of", done.out)
        self.assertEqual(os.listdir(self.folder), [])


class Receiving(CommandLineTest):
    def test_with_ack_a_message_is_shown_until_it_is_acknowledged(self):
        _relay, alice, bob = self.alice_and_bob()
        for text in ("one", "two", "three"):
            self.ends(bob.run("send", "Alice", text))
        waiting = ("receive", "--ack", "--timeout", "10", "--max", "3")
        self.assertEqual(alice.texts(*waiting), ["one", "two", "three"])
        messages = alice.json(*waiting)
        self.assertEqual(len(messages), 3)
        self.ends(alice.run("ack", "--cursor", str(messages[0]["cursor"])))
        self.ends(alice.run("ack", messages[2]["id"]))
        self.assertEqual(alice.texts("receive", "--ack"), ["two"])
        self.complains(alice.run("ack", "Bob/99"), 1, "Bob/99")

    def test_what_the_output_did_not_take_is_shown_again(self):
        _relay, alice, bob = self.alice_and_bob()
        self.ends(bob.run("send", "Alice", "precious"))
        with open("/dev/full", "wb") as full:
            process = alice.run("receive", "--timeout", "10", "--max", "1", stdout=full)
        self.ends(process, 1)
        self.assertEqual(process.err.count("\n"), 1)
        reader, writer = os.pipe()
        os.close(reader)
        self.ends(alice.run("receive", stdout=writer), 1)
        os.close(writer)
        self.assertEqual(alice.texts("receive"), ["precious"])
        self.assertEqual(alice.texts("receive"), [])

    def test_following_shows_what_comes_and_ends_cleanly(self):
        _relay, alice, bob = self.alice_and_bob()
        follower = alice.own()
        for text in ("one", "two"):
            self.ends(bob.run("send", "Alice", text))
            self.assertEqual(json.loads(follower.stdout.readline())["text"], text)
        self.ends(alice.run("send", "Bob", "through the owner"))  # which is no news to it
        self.ends(alice.run("verify", "Bob", "--confirm"))
        follower.send_signal(signal.SIGTERM)
        out, err = follower.communicate(timeout=PATIENCE)
        self.assertEqual((follower.returncode, out, err), (0, b"", b""))
        self.assertEqual(alice.json("receive"), [])


    def test_following_ends_once_nothing_came_for_as_long_as_was_said(self):
        _relay, alice, bob = self.alice_and_bob()
        self.ends(bob.run("send", "Alice", "one"))
        self.assertEqual(alice.texts("receive", "--follow", "--timeout", "1"), ["one"])
        self.assertEqual(alice.texts("receive", "--follow", "--max", "1", "--timeout", "0"), [])

    def test_none_at_all_is_not_all(self):
        alice = self.person("Alice")
        self.complains(alice.run("receive", "--max", "0"), 1, "--max")
        self.complains(alice.run("history", "Bob", "--last", "0"), 1, "--last")


class Sharing(CommandLineTest):
    def test_twenty_processes_at_once_lose_and_double_nothing(self):
        _relay, alice, bob = self.alice_and_bob()
        texts = [f"message {number}" for number in range(20)]
        senders = [bob.start("send", "Alice", text) for text in texts]
        for sender in senders:
            _out, err = sender.communicate(timeout=PATIENCE)
            self.assertEqual(sender.returncode, 0, err)
        received = alice.texts("receive", "--timeout", "20", "--max", "20")
        self.assertEqual(sorted(received), sorted(texts))
        self.assertEqual(sorted(bob.texts("history", "Alice")), sorted(texts))
        self.assertFalse(os.path.exists(bob.file("api.sock")))

    def test_when_the_owner_is_killed_the_others_go_on(self):
        _relay, alice, bob = self.alice_and_bob()
        owner = bob.own()
        self.ends(bob.run("send", "Alice", "first"))
        senders = [bob.start("send", "Alice", f"message {number}") for number in range(8)]
        owner.kill()
        owner.communicate()
        for sender in senders:
            _out, err = sender.communicate(timeout=PATIENCE)
            self.assertEqual(sender.returncode, 0, err)
        received = alice.texts("receive", "--timeout", "20", "--max", "9")
        self.assertEqual(sorted(received), sorted(["first"] + [f"message {n}" for n in range(8)]))
        self.assertEqual(alice.json("receive"), [])

    def test_a_deep_folder_has_a_socket_too(self):
        relay = self.relay()
        alice = self.person("Alice")
        alice.home = os.path.join(self.folder, *["d" * 60] * 4)
        self.ends(alice.run("join", relay.invite, "--name", "Alice"))
        follower = alice.own()
        self.ends(alice.run("whoami"))
        follower.terminate()
        follower.communicate(timeout=PATIENCE)

    def test_a_relay_that_went_away_comes_back_to_a_follower(self):
        relay, alice, bob = self.alice_and_bob()
        follower = alice.own()
        self.ends(bob.run("send", "Alice", "before"))
        self.assertEqual(json.loads(follower.stdout.readline())["text"], "before")
        relay.stop(signal.SIGKILL)
        relay.start()
        self.ends(bob.run("send", "Alice", "after"))
        self.assertEqual(json.loads(follower.stdout.readline())["text"], "after")
        follower.terminate()
        follower.communicate(timeout=PATIENCE)


if __name__ == "__main__":
    unittest.main()
