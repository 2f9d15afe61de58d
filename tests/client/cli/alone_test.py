"""The command line where there is no relay: parsing, profiles, what is refused at once."""

import base64
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import threading
import unittest

from harness import CommandLineTest, free_port

COMMANDS = ["join", "invite", "add", "contacts", "whoami", "verify", "send", "receive", "ack",
            "consumers", "history", "trace", "chat", "outbox", "daemon", "demo", "doctor",
            "limits", "version", "completion"]


def base64url(content):
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


KEY = base64url(bytes([9] + [0] * 31))  # of nobody
INVITE = base64url(b"\x0a\x20" + bytes(range(32)))


class Parsing(CommandLineTest):
    def test_help_says_how_a_command_is_typed(self):
        for words in (("send",), ("devices", "remove")):
            shown = self.ends(self.person("Alice").run(*words, "--help")).out
            self.assertIn(f"Usage: bisik {' '.join(words)} [OPTIONS]", shown)

    def test_help_names_every_command(self):
        shown = self.ends(self.person("Alice").run("--help")).out
        for command in COMMANDS:
            self.assertIn(f"\n  {command} ", shown)

    def test_every_command_has_help_with_an_example(self):
        for command in COMMANDS:
            shown = self.ends(self.person("Alice").run(command, "--help")).out
            self.assertIn(f"Example:\n  bisik {command}", shown)

    def test_help_names_every_exit_code(self):
        shown = self.ends(self.person("Alice").run("--help")).out
        codes = shown[shown.index("Exit codes:"):]
        for code in range(8):
            self.assertRegex(codes, rf"[ \n]{code} [a-z]")

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

    def test_a_mistake_says_what_to_type(self):
        alice = self.person("Alice")
        self.complains(alice.run("sned", "bob"), 1, "no command sned", "mean send?")
        self.complains(alice.run("frobnicate"), 1, "no command frobnicate. See bisik --help")
        self.complains(alice.run("send"), 1, "needs TO... [TEXT|-]. See bisik send --help")
        self.complains(alice.run("join", "LINK"), 1, "bisik join needs --name")
        self.complains(alice.run("outbox", "cancel"), 1, "bisik outbox cancel needs ID")
        self.complains(alice.run("contacts", "bob"), 1, "bisik contacts does not take bob")
        self.complains(alice.run("whoami", "--nope"), 1, "does not take --nope")

    def test_a_number_that_cannot_be_says_between_which_to_choose(self):
        alice = self.person("Alice")
        for words, sentence in (
                (("send", "bob", "x", "--timeout", "0"), "0 is no number from 0.001 to 86400."),
                (("send", "bob", "x", "--timeout", "nan"), "nan is no number from 0.001 to 86400."),
                (("receive", "--timeout", "x"), "x is no number from 0 to 31536000."),
                (("receive", "--max", "0"), "0 is no whole number from 1 on."),
                (("receive", "--max", "-1"), "-1 is no whole number from 1 on."),
                (("history", "bob", "--last", "1.5"), "1.5 is no whole number from 1 on."),
                (("ack", "--cursor", "x"), "x is no whole number from 1 on."),
                (("ack", "--cursor", "-1"), "-1 is no whole number from 1 on."),
                (("daemon", "--parallel", "65"), "65 is no whole number from 1 to 64.")):
            name, = [word for word in words if word.startswith("--")]
            self.complains(alice.run(*words), 1, f"{name}: {sentence} See bisik {words[0]} --help")

    def test_a_value_of_the_wrong_kind_is_named(self):
        alice = self.person("Alice")
        self.complains(alice.run("contacts", "--passphrase-fd", "x"), 1,
                       "--passphrase-fd cannot be x. See bisik contacts --help")
        self.complains(alice.run("contacts", env={"BISIK_JSON": "maybe"}), 1,
                       "--json cannot be maybe: it is true or false. See bisik contacts --help")
        self.complains(alice.run("send", "a", "b", env={"BISIK_SEND_QUEUE": "maybe"}), 1,
                       "--queue cannot be maybe: it is true or false. See bisik send --help")

    def test_where_no_bot_can_come_in_is_said_before_anything_is_waited_for(self):
        alice = self.person("Alice")
        for door in ("--tcp", "--http"):
            for nowhere in ("example.org:80", "127.0.0.1:http", "127.0.0.1:65537"):
                self.complains(alice.run("daemon", door, nowhere), 1, "that is not ADDRESS:PORT")
            for open_to_all in ("0.0.0.0:0", "[::]:0"):
                self.complains(alice.run("daemon", door, open_to_all, "--no-token"), 1,
                               f"{open_to_all} can be reached from other machines")
            for own in ("", "0", "localhost:0", "[::1]:0"):  # no fault: the profile is missing
                self.complains(alice.run("daemon", door, own, "--no-token"), 1, "no profile")

    def test_an_option_with_nothing_in_it_is_a_mistake(self):
        alice = self.person("Alice")
        for words in (("send", "bob", "x", "--at", ""), ("receive", "--consumer", ""),
                      ("receive", "--chat", ""), ("send", "--reply", "", "bob", "x"),
                      ("--profile", "", "contacts")):
            name, = [word for word in words if word.startswith("--")]
            self.complains(alice.run(*words), 1, f"{name} is empty. See bisik ")

    def test_help_and_version_are_there_as_people_ask_for_them(self):
        alice = self.person("Alice")
        for words, asked in ((("help",), ("--help",)), (("help", "send"), ("send", "--help")),
                             (("help", "devices", "remove"), ("devices", "remove", "--help")),
                             (("--version",), ("version",))):
            self.assertEqual(self.ends(alice.run(*words)).out.strip(),
                             self.ends(alice.run(*asked)).out.strip())
        self.ends(alice.run("contacts", env={"BISIK_VERSION": "true"}), 1)

    def test_a_mistake_in_the_line_is_json_for_programs(self):
        for words, env in ((("send", "--json"), {}), (("--json", "sned"), {}),
                           (("sned",), {"BISIK_JSON": "true"})):
            done = self.person("Alice").run(*words, env=env)
            self.complains(done, 1)
            self.assertEqual(json.loads(done.err)["error"]["code"], 1)

    def test_version_is_json_for_programs(self):
        version, = self.person("Alice").json("version")
        self.assertEqual(version["protocol"], 1)

    def test_a_closed_standard_input_or_error_harms_nothing(self):
        def close():
            os.close(0)
            os.close(2)
        done = self.person("Alice").run("version", stdin=None, preexec_fn=close)
        self.ends(done)


class Defaults(CommandLineTest):
    def version(self, *words, config=None, code=0, **env):
        if config is not None:
            env["BISIK_CONFIG"] = os.path.join(self.folder, "config")
            with open(env["BISIK_CONFIG"], "w", encoding="utf-8") as file:
                file.write(config)
        return self.ends(self.person("Alice").run("version", *words, env=env), code)

    def test_the_line_comes_before_the_environment_and_that_before_the_file(self):
        self.assertFalse(self.version().out.startswith("{"))
        self.assertTrue(self.version(BISIK_JSON="true").out.startswith("{"))
        self.assertTrue(self.version(config="json = true").out.startswith("{"))
        self.assertFalse(self.version(config="json = true", BISIK_JSON="false").out.startswith("{"))
        self.assertTrue(self.version("--json", BISIK_JSON="false").out.startswith("{"))

    def test_the_file_is_found_where_configurations_are(self):
        folder = os.path.join(self.folder, "bisik")
        os.mkdir(folder)
        with open(os.path.join(folder, "config"), "w", encoding="utf-8") as file:
            file.write("json = true\n[send]\ntimeout = 5\n")
        self.assertTrue(self.version(XDG_CONFIG_HOME=self.folder).out.startswith("{"))

    def test_an_option_of_a_command_is_set_for_that_command(self):
        alice = self.person("Alice")
        env = {"BISIK_RECEIVE_SINCE": "soon"}
        self.complains(alice.run("receive", env=env), 1, "--since")
        self.ends(alice.run("version", env=env))
        self.complains(alice.run("send", "bob", "x", env={"BISIK_SEND_TIMEOUT": "soon"}), 1)

    def test_a_mistake_in_the_file_is_named_and_help_is_there_still(self):
        for config, word in (("json", "line 1"), ("\nnonsense = 1", "line 2"),
                             ("[send]\nfollow = true", "of send")):
            self.assertIn(word, self.version(config=config, code=1).err)
            self.version("--help", config=config)
        self.assertIn("names config", self.version(config="config = other", code=1).err)

    def test_the_file_may_be_named_in_the_line_of_any_command(self):
        named = os.path.join(self.folder, "named")
        with open(named, "w", encoding="utf-8") as file:
            file.write("json = true\n[receive]\nsince = soon\n")
        env = {"BISIK_CONFIG": "/nonexistent"}  # which the line comes before
        alice = self.person("Alice")
        for words in (("--config", named, "version"), ("version", "--config", named),
                      ("version", f"--config={named}")):
            self.assertTrue(self.ends(alice.run(*words, env=env)).out.startswith("{"))
        self.assertEqual(self.ends(alice.run("version")).out[:1], "b", "nothing stays of it")
        for command in COMMANDS:
            self.ends(alice.run(command, "--help", "--config", named))
        self.complains(alice.run("receive", "--config", named), 1, "--since")

    def test_a_file_that_is_named_and_cannot_be_read_is_a_mistake(self):
        for command in (("version",), ("contacts",), ("completion", "bash")):
            alice = self.person("Alice")
            self.complains(alice.run(*command, "--config", "/nonexistent"), 1, "no such file")
            self.complains(alice.run(*command, env={"BISIK_CONFIG": "/nonexistent"}), 1, "no such")
            self.complains(alice.run(*command, "--config", self.folder), 1, "cannot be read")
        self.complains(alice.run("version", "--config"), 1, "--config")
        self.ends(alice.run("version", "--help", "--config", "/nonexistent"))


class Completion(CommandLineTest):
    def script(self, shell):
        return self.ends(self.person("Alice").run("completion", shell)).out

    def complete(self, *words):
        """What bash offers for the last word; a file of it where it offers files."""
        script = "compopt() { offers=; }; offers=FILES\n" + self.script("bash") + \
            "COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _bisik\n" \
            "printf '%s\\n' \"${COMPREPLY[@]:-$offers}\"\n"
        done = subprocess.run(["bash", "-c", script, "bash", "bisik", *words], check=True,
                              capture_output=True, text=True, timeout=60)
        return done.stdout.split()

    def test_bash_offers_commands_and_their_options(self):
        self.assertEqual(self.complete("se"), ["send"])
        self.assertEqual(self.complete("send", "bob", "--q"), ["--queue", "--quiet"])
        self.assertEqual(self.complete("--json", "devices", "re"), ["remove"])
        self.assertIn("--json", self.complete("devices", "remove", "--"))
        self.assertNotIn("--follow", self.complete("send", "--"))

    def test_bash_offers_the_values_of_an_option(self):
        self.assertEqual(self.complete("send", "bob", "x", "--wait", ""), ["delivered", "read"])
        self.assertEqual(self.complete("send", "bob", "x", "--wait", "=", "r"), ["read"])
        self.assertEqual(self.complete("send", "bob", "x", "--wait", "="), ["delivered", "read"])
        self.assertEqual(self.complete("receipts", "bob", "--read", "o"), ["on", "off"])
        self.assertEqual(self.complete("daemon", "--receive-mode", "on-s"), ["on-start"])
        self.assertEqual(self.complete("jsonRpc", "--describe", "o"), ["openrpc"])
        self.assertIn("--link", self.complete("jsonRpc", "--describe", "--"), "it may be absent")
        self.assertEqual(self.complete("completion", "f"), ["fish"])
        self.assertEqual(self.complete("send", "bob", "x", "--timeout", ""), [])
        self.assertEqual(self.complete("send", "--", "--wait", ""), [], "that is text")

    def test_bash_offers_files_where_a_path_is_wanted_and_nowhere_else(self):
        for words in (("daemon", "--exec"), ("daemon", "--socket"), ("daemon", "--webhook-ca"),
                      ("--config",), ("send", "bob", "--passphrase-file"), ("restore",),
                      ("restore", "x", "--code-file"), ("daemon", "--exec", "python3", "--")):
            self.assertEqual(self.complete(*words, "x"), ["FILES"], words)
        for words in (("send", "--at"), ("send", "bob"), ("trace",), ("join",), ("send", "--"),
                      ("daemon", "--webhook"), ("daemon", "--tcp")):
            self.assertEqual(self.complete(*words, "x"), [], words)

    def test_fish_knows_values_and_files_too(self):
        script = self.script("fish").splitlines()
        wait, = [line for line in script if " -l wait " in line]
        self.assertIn(" -l wait -x -a 'delivered read' ", wait)
        for option, value in (("exec", " -r -F "), ("timeout", " -x "), ("queue", " -d ")):
            lines = [line for line in script if f" -l {option}{value}" in line]
            self.assertTrue(lines, option)
        self.assertIn("complete -c bisik -n '__bisik_at \"restore\"' -F", script)

    def test_fish_tells_commands_of_one_name_apart(self):
        script = self.script("fish").splitlines()
        stay, = [line for line in script if " -l no " in line]
        self.assertIn(" -n '__bisik_at \"accept\"' -l no", stay)
        accept = [line for line in script if " -a 'accept' " in line]
        self.assertCountEqual([line.split("'")[1] for line in accept],
                              ['__bisik_at ""', '__bisik_at "devices"'])

    @unittest.skipUnless(shutil.which("fish"), "no fish here")
    def test_fish_offers_what_belongs_to_the_command_alone(self):
        def offered(line):
            words = self.script("fish") + f"complete -C {shlex.quote(line)}\n"
            done = subprocess.run(["fish", "-N", "-c", words], check=True, capture_output=True,
                                  text=True, timeout=60)
            self.assertEqual(done.stderr, "")
            return [each.split("\t")[0] for each in done.stdout.splitlines()]

        self.assertEqual(offered("bisik accept --na"), ["--name"])
        self.assertEqual(offered("bisik devices accept --na"), [])
        self.assertEqual(offered("bisik --json devices re"), ["remove"])
        self.assertEqual(offered("bisik devices accept re"), [])
        self.assertEqual(offered("bisik send bob --wait r"), ["read"])
        self.assertIn("--json", offered("bisik devices accept --"))

    @unittest.skipUnless(shutil.which("zsh"), "no zsh here")
    def test_zsh_offers_the_same(self):
        for words, offered in ((("send", "bob", "--wait", ""), ["delivered", "read"]),
                               (("send", "bob", "--wait=r"), ["delivered", "read"]),
                               (("restore", ""), ["FILES", "--help"]), (("send", "--at", ""), [])):
            script = "compadd() { shift; print -l -- \"$@\" }; _files() { print FILES }\n" \
                "compset() { :; }; compdef() { :; }\n" + self.script("zsh") + \
                "words=(bisik \"$@\"); CURRENT=$#words; _bisik\n"
            done = subprocess.run(["zsh", "-f", "-c", script, "zsh", *words], check=True,
                                  capture_output=True, text=True, timeout=60)
            self.assertEqual(done.stderr, "")
            self.assertEqual(done.stdout.split()[:2], offered)

    def test_each_shell_can_read_its_script(self):
        for shell in ("bash", "zsh", "fish"):
            script = self.script(shell)
            self.assertIn("consumer", script)
            if shutil.which(shell):
                subprocess.run([shell, "-n"], input=script, check=True, text=True, timeout=60)
        self.complains(self.person("Alice").run("completion", "tcsh"), 1)

    def test_every_command_of_help_is_offered(self):
        offered = self.complete("")
        for command in COMMANDS:
            self.assertIn(command, offered)


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
