"""Profiles that are damaged, locked or without room: one sentence, the right code, no harm."""

import os
import shutil
import socket
import struct
import unittest

from harness import CommandLineTest, PATIENCE


class Damage(CommandLineTest):
    def joined(self, *more, **options):
        relay = self.relay()
        alice = self.person("Alice")
        self.ends(alice.run("join", relay.invite, "--name", "Alice", *more, **options))
        return alice

    def snapshot(self, alice):
        files = {}
        for name in sorted(os.listdir(alice.home)):
            with open(alice.file(name), "rb") as file:
                files[name] = file.read()
        return files

    def rewrite(self, alice, name, change):
        with open(alice.file(name), "rb") as file:
            content = change(file.read())
        with open(alice.file(name), "wb") as file:
            file.write(content)

    def test_a_key_file_that_is_missing_cut_or_another_one(self):
        alice = self.joined()
        key = alice.file("key")
        shutil.move(key, key + ".away")
        self.complains(alice.run("whoami"), 1, "key")
        for content in (b"", b"short", b"k" * 32, b"k" * 33):
            with open(key, "wb") as file:
                file.write(content)
            self.complains(alice.run("whoami"), 1, "key file")
        shutil.move(key + ".away", key)
        self.ends(alice.run("whoami"))

    def test_a_wrong_passphrase_is_refused_and_the_right_one_still_works(self):
        alice = self.joined("--passphrase", "--passphrase-fd", "0", input=b"correct horse\n")
        self.assertFalse(os.path.exists(alice.file("key")))
        self.ends(alice.run("whoami", "--passphrase-fd", "0", input=b"correct horse\n"))
        self.complains(alice.run("whoami", "--passphrase-fd", "0", input=b"battery staple\n"), 1,
                       "Wrong passphrase")
        self.complains(alice.run("whoami"), 1, "--passphrase-file")
        path = os.path.join(self.folder, "passphrase")
        with open(path, "w", encoding="utf-8") as file:
            file.write("correct horse\nsecond line")
        self.ends(alice.run("whoami", "--passphrase-file", path))

    def test_a_truncated_database_is_damage_and_is_not_written_over(self):
        alice = self.joined()
        whole = self.snapshot(alice)["profile.db"]
        for size in (0, 100, 4096, len(whole) // 2):
            self.rewrite(alice, "profile.db", lambda content, size=size: whole[:size])
            before = self.snapshot(alice)["profile.db"]
            self.complains(alice.run("whoami"), 2)
            self.complains(alice.run("join", "bisik://x", "--name", "Alice"), 2)
            self.assertEqual(self.snapshot(alice)["profile.db"][:size], before)
        self.rewrite(alice, "profile.db", lambda content: whole)
        self.ends(alice.run("whoami"))

    def test_flipped_bits_never_pass_and_never_crash(self):
        alice = self.joined()
        whole = self.snapshot(alice)["profile.db"]
        noticed = 0
        for at in range(0, len(whole), max(1, len(whole) // 24)):
            flipped = whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1:]
            self.rewrite(alice, "profile.db", lambda content, flipped=flipped: flipped)
            for leftover in ("profile.db-wal", "profile.db-shm"):
                if os.path.exists(alice.file(leftover)):
                    os.remove(alice.file(leftover))
            done = alice.run("whoami")
            self.assertIn(done.returncode, (0, 1, 2), done.err)
            if done.returncode != 0:
                noticed += 1
                self.assertEqual(done.err.count("\n"), 1, done.err)
        self.assertGreater(noticed, 0)

    def test_doctor_names_what_is_wrong(self):
        alice = self.joined()
        os.chmod(alice.home, 0o755)
        os.chmod(alice.file("key"), 0o644)
        rows = {row["check"]: row for row in alice.json("doctor")}
        self.assertEqual(rows["profile"]["verdict"], "warn")
        self.assertIn("chmod 600", rows["key"]["words"])
        os.remove(alice.file("key"))
        done = self.ends(alice.run("doctor"), 1)
        self.assertIn("fail  vault", done.out)


class TheSocket(CommandLineTest):
    """Garbage from another process of the same person harms neither the owner nor the others."""

    def test_garbage_only_ends_its_own_connection(self):
        relay = self.relay()
        alice = self.person("Alice")
        self.ends(alice.run("join", relay.invite, "--name", "Alice"))
        owner = alice.own()
        for garbage in (b"\xff" * 4096, struct.pack(">I", 0x80000000), struct.pack(">I", 0),
                        struct.pack(">I", 5) + b"\x08", struct.pack(">I", 3) + b"\xff\xff\xff",
                        struct.pack(">I", 2) + b"\x08\x01"):
            visitor = socket.socket(socket.AF_UNIX)
            visitor.settimeout(PATIENCE)
            visitor.connect(alice.file("api.sock"))
            try:
                visitor.sendall(garbage)
                visitor.shutdown(socket.SHUT_WR)
                while visitor.recv(4096):
                    pass
            except ConnectionError:
                pass
            visitor.close()
            self.ends(alice.run("whoami"))
        self.assertIsNone(owner.poll())
        owner.terminate()
        owner.communicate(timeout=PATIENCE)

    def test_only_its_person_may_come_in(self):
        relay = self.relay()
        alice = self.person("Alice")
        self.ends(alice.run("join", relay.invite, "--name", "Alice"))
        owner = alice.own()
        self.assertEqual(os.stat(alice.file("api.sock")).st_mode & 0o777, 0o600)
        self.assertEqual(os.stat(alice.home).st_mode & 0o777, 0o700)
        owner.terminate()
        owner.communicate(timeout=PATIENCE)


if __name__ == "__main__":
    unittest.main()
