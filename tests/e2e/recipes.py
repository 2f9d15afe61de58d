"""The recipes of docs/scripting.md, run as they stand there."""

import os
import re
import subprocess
import sys
import unittest

from bot import BotScene
from programs import BISIK, PATIENCE, lasting_port

DOCUMENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs",
                        "scripting.md")


def read_recipes():
    """Language and text, by title."""
    with open(DOCUMENT, encoding="utf-8") as file:
        part = file.read().split("\n## Recipes\n")[1].split("\n## ")[0]
    found = re.findall(r"^### (.+?)\n.*?^```(\w+)\n(.*?)^```$", part, re.MULTILINE | re.DOTALL)
    return {title: (language, text) for title, language, text in found}


RECIPES = read_recipes()


class Recipes(BotScene):
    def setUp(self):
        super().setUp()
        self.tools = self.file("tools")
        os.mkdir(self.tools)
        os.symlink(BISIK, os.path.join(self.tools, "bisik"))
        self.path = self.tools + ":" + os.environ["PATH"]

    def file(self, name, text=None):
        path = os.path.join(self.folder.path, name)
        if text is not None:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        return path

    def read(self, name):
        with open(self.file(name), encoding="utf-8") as file:
            return file.read()

    def start(self, title, **variables):
        """The recipe, in the name of Alice."""
        language, text = RECIPES[title]
        interpreter = {"sh": "/bin/sh", "python": sys.executable}[language]
        environment = dict(os.environ, PATH=self.path, BISIK_HOME=self.alice.home, **variables)
        process = subprocess.Popen(
            [interpreter, self.file(title, text)], env=environment, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def cook(self, title, code=0, **variables):
        process = self.start(title, **variables)
        out, err = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, code, out + err)
        return out

    def carol(self):
        carol = self.folder.person("Carol")
        carol.must("join", self.alice.must("invite").out.strip(), "--name", "Carol")
        while len(self.alice.json("contacts")) < 2:
            self.alice.must("receive", "--timeout", "1")
        return carol

    def test_there_are_ten(self):
        self.assertEqual(len(RECIPES), 10, list(RECIPES))

    def test_cron_alert(self):
        self.cook("Cron alert", LIMIT="101")
        for used in (91, 91, 92, 91):
            disk = self.file("tools/df", f"#!/bin/sh\necho 'Use%\n {used}%'\n")
            os.chmod(disk, 0o700)
            self.cook("Cron alert")
        texts = self.bob.texts("receive", "--timeout", "10", "--max", "2") + \
            self.bob.texts("receive")
        self.assertEqual([text.split(": ")[1] for text in texts],
                         ["the disk is 91% full", "the disk is 92% full"])

    def test_backup_report(self):
        self.cook("Backup report", SOURCE=self.tools, DESTINATION=self.file("backup.tar.gz"))
        self.cook("Backup report", code=2, SOURCE=self.file("nothing"),
                  DESTINATION=self.file("other.tar.gz"))
        done, failed = self.bob.texts("receive", "--timeout", "10", "--max", "2")
        self.assertRegex(done, r"^Backup done: \S+$")
        self.assertRegex(failed, "(?s)^BACKUP FAILED: .*nothing")

    def test_bot_that_answers(self):
        path = self.file("bot.py", RECIPES["Bot that answers"][1])
        os.chmod(path, 0o700)
        daemon = self.alice.start("daemon", "--exec", path, env={"PATH": self.path})
        self.processes.append(daemon)
        self.assertTrue(daemon.stderr.readline().startswith(b"Ready"))
        self.bob.must("send", "Alice", "Kernel")
        answer, = self.bob.texts("receive", "--timeout", "20", "--max", "1")
        self.assertTrue(answer.startswith("Linux"), answer)
        self.bob.must("send", "Alice", "what?")
        self.arrives(self.bob, "I know one word: kernel.")

    def test_file_watch(self):
        folder = self.file("watched")
        os.mkdir(folder)
        self.file("watched/one", "1")
        variables = {"FOLDER": folder, "STAMP": self.file("stamp")}
        self.cook("File watch", **variables)
        self.arrives(self.bob, f"changed: {folder}/one")
        self.cook("File watch", **variables)
        self.file("watched/two", "2")
        os.utime(self.file("watched/two"), (2_000_000_000, 2_000_000_000))
        self.cook("File watch", **variables)
        self.arrives(self.bob, f"changed: {folder}/two")

    def test_two_way_bridge_over_stdio(self):
        bridge = self.start("Two-way bridge over stdio")
        bridge.stdin.write("to bob\n")
        bridge.stdin.flush()
        self.arrives(self.bob, "to bob")
        self.bob.must("send", "Alice", "from bob")
        self.assertEqual(bridge.stdout.readline(), "from bob\n")
        bridge.stdin.close()
        bridge.stdin = None
        bridge.communicate(timeout=PATIENCE)
        self.assertEqual(bridge.returncode, 0)

    def test_webhook(self):
        port = str(lasting_port())
        secret = os.path.join(self.alice.home, "webhook.secret")
        hook = self.start("Webhook", SECRET=secret, PORT=port)
        self.daemon(self.alice, "--webhook", f"http://127.0.0.1:{port}/")
        self.bob.must("send", "Alice", "hello")
        self.assertEqual(hook.stdout.readline(), "Bob wrote hello\n")

    def test_delivery_check(self):
        said = self.cook("Delivery check", code=3, PATIENCE="5", TEXT="nobody is there")
        self.assertEqual(self.steps(said), ["queued", "relay"])
        listening = self.bob.start("receive", "--follow")
        self.processes.append(listening)
        said = self.cook("Delivery check")
        self.assertEqual(self.steps(said)[:3], ["queued", "relay", "delivered"])
        self.relay.stop()
        self.assertEqual(self.cook("Delivery check", code=3), "")

    @staticmethod
    def steps(trace):
        return re.findall(r'"step":"(\w+)"', trace)

    def test_bulk_send_within_limits(self):
        carol = self.carol()
        listed = self.file("list", "Bob\tfirst\nNobody\tlost\nCarol\tsecond\n")
        for _again in range(2):
            self.cook("Bulk send within limits", code=1, LIST=listed, CAMPAIGN="november")
        self.arrives(self.bob, "first")
        self.arrives(carol, "second")

    def test_broadcast_list(self):
        carol = self.carol()
        variables = {"PEOPLE": self.file("people", "Bob\nCarol\n"),
                     "MESSAGE": self.file("message", "to all of you\n"),
                     "FAILED": self.file("failed")}
        self.cook("Broadcast list", **variables)
        self.arrives(self.bob, "to all of you")
        self.arrives(carol, "to all of you")
        self.file("people", "Bob\nNobody\n")
        self.cook("Broadcast list", code=1, **variables)
        self.assertIn('"to":"Nobody"', self.read("failed"))

    def test_daily_digest(self):
        digest = {"DIGEST": self.file("digest")}
        self.cook("Daily digest", **digest)
        for text in ("one", "two"):
            self.bob.must("send", "Alice", text)
        self.alice.must("receive", "--ack", "--timeout", "20", "--max", "2")
        self.relay.stop()
        self.cook("Daily digest", code=3, **digest)
        self.relay.start()
        self.cook("Daily digest", **digest)
        self.arrives(self.bob, "2 from Bob")
        self.cook("Daily digest", **digest)
        self.assertEqual(self.bob.texts("receive"), [])


if __name__ == "__main__":
    unittest.main()
