"""The command line at a terminal: prompts, colours, QR codes, and the chat while one types."""

import codecs
import os
import pty
import re
import select
import subprocess
import time
import unittest

from harness import BISIK, CommandLineTest, PATIENCE


NEEDS_TERMINALS = unittest.skipUnless(os.path.exists("/dev/pts/ptmx"),
                                     "no terminals here: mount devpts")


class Terminal:
    """A program with a terminal of its own, and what it has shown so far."""

    def __init__(self, person, *words, env=None):
        self.master, slave = pty.openpty()
        environment = dict(os.environ, BISIK_HOME=person.home, TZ="UTC", TERM="xterm")
        environment.update(env or {})

        def take_terminal():  # opening it makes it the one of the new session
            os.close(os.open(os.ttyname(0), os.O_RDWR))

        self.process = subprocess.Popen([BISIK, *words], env=environment, stdin=slave, stdout=slave,
                                        stderr=slave, start_new_session=True,
                                        preexec_fn=take_terminal)
        os.close(slave)
        self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.shown = ""

    def type(self, text):
        os.write(self.master, text.encode())

    def until(self, pattern):
        """Everything up to the pattern, which is taken off what was shown."""
        deadline = time.monotonic() + PATIENCE
        while True:
            found = re.search(pattern, self.shown)
            if found:
                before, self.shown = self.shown[:found.end()], self.shown[found.end():]
                return before
            ready, _, _ = select.select([self.master], [], [], deadline - time.monotonic())
            assert ready, f"waited in vain for {pattern!r} in {self.shown!r}"
            self.read()

    def read(self):
        try:
            part = os.read(self.master, 65536)
        except OSError:  # the other side is closed
            part = b""
        assert part, f"ended: {self.shown!r}"
        self.shown += self.decoder.decode(part)

    def end(self):
        """The rest of what it shows, and its exit code."""
        try:
            while True:
                self.read()
        except AssertionError:
            pass
        os.close(self.master)
        return self.process.wait(PATIENCE)


@NEEDS_TERMINALS
class Prompts(CommandLineTest):
    def test_alone_it_asks_what_to_begin_with(self):
        terminal = Terminal(self.person("Alice"))
        terminal.until("Which")
        terminal.type("3\n")
        terminal.until("bisik-relay up")
        self.assertEqual(terminal.end(), 0)

    def test_a_passphrase_is_asked_for_without_echo(self):
        relay = self.relay()
        alice = self.person("Alice")
        terminal = Terminal(alice, "join", relay.invite, "--name", "Alice", "--passphrase")
        terminal.until("New passphrase: ")
        terminal.type("correct horse\n")
        shown = terminal.until("The same again: ")
        terminal.type("correct horse\n")
        shown += terminal.until("You are Alice")
        self.assertEqual(terminal.end(), 0)
        self.assertNotIn("horse", shown + terminal.shown)

        terminal = Terminal(alice, "whoami")
        terminal.until("Passphrase: ")
        terminal.type("wrong\n")
        terminal.until("Wrong passphrase")
        self.assertEqual(terminal.end(), 1)

    def test_two_passphrases_that_differ_make_nothing(self):
        relay = self.relay()
        alice = self.person("Alice")
        terminal = Terminal(alice, "join", relay.invite, "--name", "Alice", "--passphrase")
        terminal.until("New passphrase: ")
        terminal.type("one\n")
        terminal.until("again: ")
        terminal.type("two\n")
        terminal.until("differ")
        self.assertEqual(terminal.end(), 1)
        self.ends(alice.run("join", relay.invite, "--name", "Alice"))

    def test_a_link_is_a_qr_code_too_and_says_what_to_do_with_it(self):
        relay = self.relay()
        alice = self.person("Alice")
        self.ends(alice.run("join", relay.invite, "--name", "Alice"))
        terminal = Terminal(alice, "invite")
        self.assertIn("\u2580", terminal.until("bisik://"))
        terminal.until("bisik join")
        self.assertEqual(terminal.end(), 0)

    def test_no_color_means_no_escape_sequences(self):
        _relay, alice, bob = self.alice_and_bob()
        self.ends(bob.run("send", "Alice", "hello"))
        for setting, escapes in (({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True)):
            terminal = Terminal(alice, "receive", "--ack", "--timeout", "10", "--max", "1",
                                env=setting)
            self.assertEqual("\x1b" in terminal.until("hello"), escapes)
            self.assertEqual(terminal.end(), 0)


@NEEDS_TERMINALS
class Chatting(CommandLineTest):
    def setUp(self):
        super().setUp()
        self.relay_, self.alice, self.bob = self.alice_and_bob()
        self.ends(self.bob.run("send", "Alice", "hello"))
        self.alice.texts("receive", "--timeout", "10", "--max", "1")
        self.chat = Terminal(self.alice, "chat", "Bob")
        self.chat.until("e2e unverified · post-quantum")
        self.chat.until("hello")
        self.chat.until("Enter sends")

    def leave(self):
        self.chat.type("\x04")
        self.assertEqual(self.chat.end(), 0)

    def test_what_arrives_stands_above_what_is_being_typed(self):
        self.chat.type("half a sen")
        self.chat.until("half a sen")
        self.ends(self.bob.run("send", "Alice", "an answer"))
        shown = self.chat.until("an answer")
        self.assertIn("\r\x1b[J", shown)
        self.chat.until("half a sen")
        self.chat.type("tence\r")
        self.chat.until("Alice.*half a sentence")
        self.assertEqual(self.bob.texts("receive", "--timeout", "10", "--max", "1"),
                         ["half a sentence"])
        self.leave()

    def test_a_long_message_is_broken_between_words(self):
        self.ends(self.bob.run("send", "Alice", " ".join(["wonderful"] * 20)))
        shown = self.chat.until(r"(wonderful\s+){19}wonderful")
        text = re.sub("\x1b\\[[0-9]*[a-zA-Z]", "", shown)
        lines = text[text.index("Bob: w"):].split("\r\n")
        self.assertGreater(len(lines), 2, lines)
        for line in lines[1:]:
            self.assertRegex(line, "^ {7}wonderful( wonderful)*$")
            self.assertLess(len(line), 80)
        self.leave()

    def test_a_paste_waits_for_enter(self):
        self.chat.type("\x1b[200~one\ntwo\n\x1b[201~")
        self.chat.until("one\u23cetwo\u23ce")
        self.chat.type("\x7f\r")
        self.chat.until("Alice")
        self.assertEqual(self.bob.texts("receive", "--timeout", "10", "--max", "1"), ["one\ntwo"])
        self.leave()

    def test_escape_sequences_of_the_other_side_stay_harmless(self):
        self.ends(self.bob.run("send", "Alice", "a\x1b]0;owned\x07\x1b[2Jb"))
        shown = self.chat.until("b")
        self.assertNotIn("\x1b]", shown)
        self.assertNotIn("\x1b[2J", shown)
        self.leave()

    def test_without_the_relay_a_message_waits_visibly_and_then_leaves(self):
        self.relay_.stop()
        self.chat.type("later\r")
        self.chat.until("\u2026 later")
        self.relay_.start()
        self.chat.until("Alice.*later.*\u2713")
        self.leave()

    def test_the_label_follows_when_the_keys_are_compared(self):
        self.ends(self.alice.run("verify", "Bob", "--confirm"))
        self.chat.until("e2e ✓ verified")
        self.ends(self.alice.run("verify", "Bob", "--withdraw"))
        self.chat.until("e2e unverified")
        self.leave()

    def test_what_was_sent_is_shown_to_have_arrived_and_to_have_been_read(self):
        self.chat.type("lunch?\r")
        self.chat.until("lunch\\?.* \u2713")
        bob = self.bob.start("receive", "--follow", "--ack")
        self.addCleanup(bob.communicate)
        self.addCleanup(bob.kill)
        self.chat.until("\u2713\u2713 delivered  lunch")
        self.ends(self.bob.run("ack", self.bob.json("history", "Alice")[-1]["id"]))
        self.chat.until("\u2713\u2713 read  lunch")
        self.leave()

    def test_what_another_command_sends_stands_in_the_conversation_once(self):
        self.chat.type("typed\r")
        shown = self.chat.until("Alice.*typed.*\u2713")
        self.ends(self.alice.run("send", "Bob", "from elsewhere"))
        shown += self.chat.until("Alice.*from elsewhere.*\u2713")
        self.ends(self.bob.run("send", "Alice", "an answer"))
        shown += self.chat.until("Bob.*an answer")
        for text in ("typed", "from elsewhere"):
            self.assertEqual(len(re.findall(f"Alice[^\n]*{text}", shown)), 1, shown)
        self.leave()

    def test_what_another_command_leaves_in_the_outbox_waits_visibly_too(self):
        self.relay_.stop()
        for text in ("kept", "regretted"):
            self.ends(self.alice.run("send", "Bob", text, "--queue"))
            self.chat.until(f"\u2026 {text}")
        self.ends(self.alice.run("outbox", "cancel", self.alice.json("outbox")[1]["id"]))
        self.chat.until(r"Alice.*regretted.*\(failed\)")
        self.relay_.start()
        self.chat.until("Alice.*kept.*\u2713")
        self.leave()

    def test_the_outbox_says_what_waits_for_what(self):
        self.says_of_the_outbox("Nothing waits")
        self.relay_.stop()
        self.ends(self.alice.run("send", "Bob", "later", "--at", "1h"))
        self.assertNotIn("relay", self.says_of_the_outbox("takes one back"))
        self.ends(self.alice.run("send", "Bob", "now", "--queue"))
        self.assertIn("The others go by themselves", self.says_of_the_outbox("takes one back"))
        self.ends(self.alice.run("outbox", "cancel", "Bob/2"))
        self.assertNotIn("What has a time", self.says_of_the_outbox("These go.*takes one back"))
        self.leave()

    def says_of_the_outbox(self, pattern):
        outbox = Terminal(self.alice, "outbox")
        said = outbox.until(pattern)
        self.assertEqual(outbox.end(), 0)
        return said

    def chat_of_bob(self, *options):
        self.ends(self.alice.run("send", "Bob", "an answer"))  # before, nobody is told of typing
        self.bob.texts("receive", "--timeout", "10", "--max", "1")
        his = Terminal(self.bob, "chat", "Alice", *options)
        his.until("Enter sends")
        return his

    def is_shown_typing(self, chat):
        chat.type("z")
        shown = chat.until("> z")
        chat.type("\x7f")
        chat.until("> ")
        return "is typing" in shown

    def end(self, chat):
        chat.type("\x04")
        self.assertEqual(chat.end(), 0)

    def test_that_the_other_types_is_shown_until_he_has_written(self):
        his = self.chat_of_bob()
        his.type("some")
        self.chat.until("Bob is typing\u2026")
        his.type("thing\r")
        self.chat.until("Bob.*something")
        self.chat.type("x")
        self.chat.until("> x")
        self.chat.type("y")
        self.assertNotIn("is typing", self.chat.until("> xy"))
        his.until("Alice is typing\u2026")
        self.chat.type("\x7f\x7f")  # nothing is left of it: she has stopped
        begun = time.monotonic()
        while self.is_shown_typing(his):
            self.assertLess(time.monotonic(), begun + 10, "for which nobody has to be told")
        self.end(his)
        self.leave()

    def test_who_keeps_it_back_is_not_seen_typing(self):
        for options, switch in ((("--no-typing",), "on"), ((), "off")):
            self.ends(self.bob.run("receipts", "Alice", "--typing", switch))
            his = self.chat_of_bob(*options)
            his.type(f"{switch}!")
            his.until(f"> {switch}!")
            his.type("\r")
            self.assertNotIn("is typing", self.chat.until(f"Bob.*{switch}!"))
            self.end(his)
        self.leave()

    def test_interrupting_clears_the_line_first_and_then_leaves(self):
        self.chat.type("never mind")
        self.chat.until("never mind")
        self.chat.type("\x03")
        self.chat.until("\r\x1b\\[J")
        self.chat.type("\x03")
        self.assertEqual(self.chat.end(), 0)
        self.assertEqual(self.alice.texts("history", "Bob"), ["hello"])


if __name__ == "__main__":
    unittest.main()
