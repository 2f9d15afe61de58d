#!/usr/bin/env python3
"""What people and scripts get wrong: links, names, messages, passphrases, streams, and many
processes at once. Each gets its exit code and one sentence, and harms nothing that was accepted.

Of the issue's list, damaged files are in damage.py, what happens on the wire in broken_wire.py and
silence.py, a full disk in full_disk.py, a clock that is a year off in clock.py.
"""

import os
import shutil
import socket
import subprocess
import threading
import time
import unittest

from programs import BISIK, PATIENCE
from scene import Scene
from wire import Wire


class Links(Scene):
    """`join` and `add`, with links that are not what they should be."""

    def setUp(self):
        super().setUp()
        self.relay = self.folder.relay()
        self.alice = self.folder.person("Alice")
        self.secrets = [self.relay.invite.split("#")[1]]

    def join(self, link):
        return self.alice.run("join", link, "--name", "Alice")

    def still_joins(self):
        self.assertEqual(self.join(self.relay.invite).code, 0)

    def test_a_relay_with_another_key_is_not_trusted(self):
        address, token = self.relay.invite.split("#")
        where, key = address.rsplit("/", 1)
        for other in ("A" * 42 + "Q", key[1:] + key[:1]):
            done = self.join(f"{where}/{other}#{token}")
            self.assertIn(done.code, (1, 3), done)  # 1 where those bytes are no key at all
            self.one_sentence(done.err)
        self.still_joins()

    def test_a_mangled_link_is_said_to_be_one(self):
        invite = self.relay.invite
        cut_anywhere = [invite[:length] for length in range(0, len(invite), 7)]
        one_letter = [invite[:at] + "!" + invite[at + 1:] for at in range(8, len(invite), 7)]
        for link in [*cut_anywhere, *one_letter, invite * 20, "http" + invite[5:], "🐦",
                     invite.replace("#", "%23"), "bisik://:0/", invite + "A" * 60]:
            if link.split("#")[0] == self.relay.link and "#" not in link:
                continue  # cut at the '#': a good link of the relay, only that it invites nobody
            done = self.join(link)
            self.assertIn(done.code, (1, 3, 6), (link, done))
            self.one_sentence(done.err)
        self.still_joins()

    def test_an_invite_works_once(self):
        self.still_joins()
        bob = self.folder.person("Bob")
        self.complains(bob.run("join", self.relay.invite, "--name", "Bob"), 6, "Ask for a new one")
        self.assertEqual(self.join(self.relay.invite).code, 1, "Alice has joined already")
        self.assertEqual(self.alice.json("whoami")[0]["name"], "Alice")

    def test_an_invite_expires(self):
        invite = self.relay.new_invite("--expires", "1s")
        threading.Event().wait(max(0, invite["expires_at"] + 1 - time.time()))
        self.complains(self.join(invite["link"]), 6, "expired")
        self.still_joins()

    def test_an_invite_of_another_relay_is_refused(self):
        address, _ = self.relay.invite.split("#")
        other = self.relay.new_invite()["link"].split("#")[1]
        swapped = other[:-4] + ("AAAA" if other[-4:] != "AAAA" else "BBBB")
        done = self.join(f"{address}#{swapped}")
        self.assertIn(done.code, (1, 6), done)
        self.one_sentence(done.err)
        self.still_joins()

    def at(self, address):
        """The invite, as if the relay were there."""
        _, rest = self.relay.invite[len("bisik://"):].split("/", 1)
        return f"bisik://{address}/{rest}"

    def test_nobody_listens(self):
        with Wire() as wire:
            closed = wire.address
        self.complains(self.join(self.at(closed)), 3, closed)
        self.still_joins()

    def test_a_server_that_is_no_relay(self):
        for answer in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff" * 100_000, b"\0\0", b""):
            with socket.create_server(("127.0.0.1", 0)) as server:
                talking = threading.Thread(target=talk, args=(server, answer))
                talking.start()
                done = self.join(self.at("127.0.0.1:%d" % server.getsockname()[1]))
                server.shutdown(socket.SHUT_RDWR)
                talking.join()
            self.complains(done, 3, "127.0.0.1")
        self.still_joins()

    def test_no_network(self):
        isolate = ["unshare", "--map-root-user", "--net"]
        allowed = shutil.which("unshare") and not subprocess.run([*isolate, "true"]).returncode
        if not allowed:
            self.skipTest("SKIPPED: this system lets nobody be without a network (unshare --net)")
        done = subprocess.run([*isolate, BISIK, "join", self.relay.invite, "--name", "Alice"],
                              env=dict(os.environ, BISIK_HOME=self.alice.home), text=True,
                              capture_output=True, timeout=PATIENCE, check=False)
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        self.one_sentence(done.stderr)
        self.still_joins()


def talk(server, answer):
    """Says the same to everyone, until the socket is shut down."""
    while True:
        try:
            stream, _ = server.accept()
        except OSError:
            return
        with stream:
            try:
                stream.recv(4096)
                stream.sendall(answer)
            except OSError:
                pass


class Messages(Scene):
    def test_what_is_no_message_is_refused_and_nothing_is_kept(self):
        _relay, alice, bob = self.alice_and_bob()
        self.complains(bob.run("send", "Eve", "hello"), 1, "Eve")
        self.complains(bob.run("history", "Eve"), 1, "Eve")
        self.complains(bob.run("send", "Alice", ""), 1, "empty")
        self.complains(bob.run("send", "Alice", input=b""), 1, "empty")
        self.complains(bob.run("send", "Alice", input=b"\n"), 1, "empty")
        self.complains(bob.run("send", "Alice", "-", input=b"x" * 51_201), 1, "51201", "51200")
        self.complains(bob.run("send", "Alice", "-", input=b"x" * 10_000_000), 1, "51200")
        self.complains(bob.run("send", "Alice", "x" * 60_000), 1, "51200")
        self.complains(bob.run("send", "Alice", "-", input=b"caf\xe9"), 1, "UTF-8")
        self.complains(bob.run("send", b"caf\xe9", "hello"), 1, "UTF-8")
        self.assertEqual(bob.json("outbox") + bob.json("history", "Alice"), [])
        self.assertEqual(bob.run("send", "Alice", "-", input=b"y" * 51_200).code, 0)
        self.arrives(alice, "y" * 51_200)

    def test_where_one_of_several_people_is_not_known_nobody_gets_it(self):
        _relay, alice, bob = self.alice_and_bob()
        done = bob.run("send", "Eve", "Alice", "hello")
        self.assertEqual(done.code, 1)
        self.assertIn("Eve", done.err)
        bob.must("send", "Alice", "to her alone")
        self.arrives(alice, "to her alone")


class Streams(Scene):
    """No terminal, no standard input, no standard output, and a passphrase that is wrong."""

    def test_closed_streams(self):
        _relay, alice, bob = self.alice_and_bob()
        self.complains(bob.run("send", "Alice", stdin=None, preexec_fn=lambda: os.close(0)), 1,
                       "empty")
        sent = bob.run("send", "Alice", "hello", stdin=None, preexec_fn=lambda: os.closerange(0, 3))
        self.assertEqual((sent.code, sent.out, sent.err), (0, "", ""))
        # What nobody could read is shown again; where there is no output at all it went nowhere.
        read, write = os.pipe()
        os.close(read)
        result = alice.run("receive", "--timeout", "10", "--max", "1", stdout=write)
        self.assertEqual(result.code, 1)
        os.close(write)
        with open("/dev/full", "wb") as full:
            done = alice.run("receive", stdout=full)
        self.assertEqual(done.code, 1)
        self.one_sentence(done.err)
        self.arrives(alice, "hello")

    def test_without_a_terminal_nothing_is_asked(self):
        relay = self.folder.relay()
        alice = self.folder.person("Alice")
        alone = {"start_new_session": True}
        self.complains(alice.run("join", relay.invite, "--name", "Alice", "--passphrase", **alone),
                       1, "--passphrase-file")
        done = alice.run(**alone)
        self.assertEqual((done.code, done.out), (1, ""))
        self.assertEqual(alice.run("join", relay.invite, "--name", "Alice", **alone).code, 0)

    def test_a_wrong_passphrase(self):
        relay = self.folder.relay()
        alice = self.folder.person("Alice")
        self.secrets = ["correct horse", "battery staple"]
        right = {"input": b"correct horse\n"}
        alice.must("join", relay.invite, "--name", "Alice", "--passphrase", "--passphrase-fd", "0",
                   **right)
        for wrong in (b"battery staple\n", b"correct horse \n", b"\n", b"", b"x" * 5000):
            done = alice.run("whoami", "--passphrase-fd", "0", input=wrong)
            self.complains(done, 1, "assphrase")
        self.complains(alice.run("whoami", "--passphrase-file", "/nonexistent"), 1, "/nonexistent")
        self.complains(alice.run("whoami", "--passphrase-fd", "77"), 1)
        alice.must("whoami", "--passphrase-fd", "0", **right)


class Together(Scene):
    """Twenty processes on one profile at the same time."""

    def finish(self, processes):
        ended = []
        for process in processes:
            out, err = process.communicate(timeout=PATIENCE)
            self.assertEqual(process.returncode, 0, err)
            ended.append(out.decode())
        return ended

    def test_each_message_of_twenty_senders_arrives_once(self):
        _relay, alice, bob = self.alice_and_bob()
        texts = [f"message {number}" for number in range(20)]
        self.finish([bob.start("send", "Alice", text) for text in texts])
        got = alice.texts("receive", "--timeout", "10", "--max", "20") + alice.texts("receive")
        self.assertEqual(sorted(got), sorted(texts))
        self.assertEqual(bob.texts("history", "Alice"), got, "the order in which they were sent")

    def test_twenty_with_one_idempotency_key_are_one_message(self):
        _relay, alice, bob = self.alice_and_bob()
        words = ("send", "Alice", "hello", "--idempotency-key", "one")
        self.finish([bob.start(*words) for _ in range(20)])
        self.arrives(alice, "hello")

    def test_ten_senders_and_ten_readers(self):
        _relay, alice, bob = self.alice_and_bob()
        texts = [f"{number} is a message" for number in range(10)]
        senders = [bob.start("send", "Alice", text) for text in texts]
        readers = [alice.start("receive", "--timeout", "1") for _ in range(10)]
        self.finish(senders)
        shown = "".join(self.finish(readers)) + alice.must("receive", "--timeout", "1").out
        self.assertEqual(sorted(alice.texts("history", "Bob")), sorted(texts))
        for text in texts:
            self.assertIn(f"{text}\n", shown, "at least one reader has it")


if __name__ == "__main__":
    unittest.main()
