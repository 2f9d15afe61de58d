"""The command line where there is no relay: parsing, profiles, what is refused at once."""

import base64
import json
import os
import socket
import threading
import unittest

from harness import CommandLineTest, free_port

COMMANDS = ["join", "invite", "add", "contacts", "whoami", "verify", "send", "receive", "ack",
            "history", "chat", "outbox", "demo", "doctor", "version"]


def base64url(content):
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


KEY = base64url(bytes([9] + [0] * 31))  # of nobody
INVITE = base64url(b"\x0a\x20" + bytes(range(32)))


class Parsing(CommandLineTest):
    def test_help_names_every_command(self):
        shown = self.ends(self.person("Alice").run("--help")).out
        for command in COMMANDS:
            self.assertIn(f"\n  {command} ", shown)

    def test_every_command_has_help_with_an_example(self):
        for command in COMMANDS:
            shown = self.ends(self.person("Alice").run(command, "--help")).out
            self.assertIn(f"Example:\n  bisik {command}", shown)

    def test_alone_in_a_pipe_it_shows_what_there_is_and_fails(self):
        done = self.ends(self.person("Alice").run(), 1)
        self.assertEqual(done.out, "")
        self.assertIn("bisik demo", done.err)

    def test_unknown_words_are_one_sentence(self):
        alice = self.person("Alice")
        self.complains(alice.run("sned"), 1)
        self.complains(alice.run("send"), 1)
        self.complains(alice.run("send", "--nonsense", "bob", "x"), 1)
        self.complains(alice.run("receive", "--timeout", "soon"), 1)
        self.complains(alice.run("verify", "bob", "--confirm", "--withdraw"), 1)

    def test_version_is_json_for_programs(self):
        version, = self.person("Alice").json("version")
        self.assertEqual(version["protocol"], 1)

    def test_a_closed_standard_input_or_error_harms_nothing(self):
        def close():
            os.close(0)
            os.close(2)
        done = self.person("Alice").run("version", stdin=None, preexec_fn=close)
        self.ends(done)


class WithoutAProfile(CommandLineTest):
    def test_commands_say_how_to_begin_and_create_nothing(self):
        alice = self.person("Alice")
        for words in (["contacts"], ["send", "bob", "x"], ["receive"], ["chat", "bob"],
                      ["invite"], ["whoami"], ["history", "bob"], ["outbox"]):
            self.complains(alice.run(*words), 1, "bisik join")
        self.assertFalse(os.path.exists(alice.home))

    def test_an_error_can_be_json(self):
        done = self.ends(self.person("Alice").run("contacts", "--json"), 1)
        self.assertEqual(json.loads(done.err)["error"]["code"], 1)

    def test_no_text_and_no_terminal_reads_standard_input(self):
        alice = self.person("Alice")
        self.complains(alice.run("send", "bob", input=b"x" * 60_000), 1, "bisik join")


class Joining(CommandLineTest):
    def join(self, link, *more, **options):
        return self.person("Alice").run("join", link, "--name", "Alice", *more, **options)

    def test_a_mangled_link_is_said_to_be_one(self):
        for link in ("", "hello", "bisik://", "http://127.0.0.1/", "bisik://127.0.0.1:7443/AAA",
                     f"bisik://127.0.0.1:99999/{KEY}", f"bisik://127.0.0.1:7443/{KEY}#!!!"):
            self.complains(self.join(link), 1)

    def test_nobody_there_is_a_matter_of_the_network(self):
        link = f"bisik://127.0.0.1:{free_port()}/{KEY}#{INVITE}"
        self.complains(self.join(link), 3, "127.0.0.1")

    def test_a_server_that_is_no_relay_is_not_trusted(self):
        server = socket.create_server(("127.0.0.1", 0))

        def talk_http():
            for _ in range(64):
                try:
                    stream, _address = server.accept()
                except OSError:
                    return
                stream.recv(100)
                stream.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                stream.close()

        talker = threading.Thread(target=talk_http)
        talker.start()
        link = f"bisik://127.0.0.1:{server.getsockname()[1]}/{KEY}#{INVITE}"
        self.complains(self.join(link), 3)
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        talker.join()

    def test_a_passphrase_is_never_asked_for_without_a_terminal(self):
        done = self.join(f"bisik://127.0.0.1:{free_port()}/{KEY}", "--passphrase")
        self.complains(done, 1, "--passphrase-file")
        self.assertFalse(os.path.exists(self.person("Alice").file("profile.db-wal")))

    def test_a_folder_that_cannot_be_made_is_named(self):
        path = os.path.join(self.folder, "file")
        with open(path, "w", encoding="utf-8") as file:
            file.write("mine")
        done = self.join("bisik://x", env={"BISIK_HOME": path + "/profile"})
        self.complains(done, 1, path)


if __name__ == "__main__":
    unittest.main()
