#!/usr/bin/env python3
"""A bot of the npm package signal-sdk, unchanged, with a bisik account.

    BISIK=build/release/client/bisik BISIK_RELAY=build/release/server/bisik-relay tests/sdk/run.py

Fetches the package from the npm registry without running its scripts. Where that cannot be done it
says SKIPPED and ends with 77; it is no part of ./bootstrap test.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))

# pylint: disable=wrong-import-position
from programs import BISIK, PATIENCE, Folder, Person, introduce  # noqa: E402

NPM_PATIENCE = 300
SKIPPED = 77


def install(folder):
    """The package below `folder`; what stopped it, if anything did."""
    shutil.copy(os.path.join(HERE, "package.json"), folder)
    shutil.copy(os.path.join(HERE, "talk.js"), folder)
    command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock",
               "--fetch-retries=1", "--fetch-timeout=30000"]
    try:
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=NPM_PATIENCE, check=False)
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        return str(error)
    return None if done.returncode == 0 else done.stderr.strip()


class Named(Person):
    """A profile that has a name, as bots give one."""

    def start(self, *words, **options):
        options["env"] = {"XDG_DATA_HOME": self.home, "BISIK_HOME": ""}
        return super().start("--profile", self.name.lower(), *words, **options)


class SignalSdk(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(Folder())
        relay = self.folder.relay()
        data = os.path.join(self.folder.path, "data")
        self.alice, self.bob = Named(data, "Alice"), Named(data, "Bob")
        introduce(relay, self.alice, self.bob)
        environment = dict(os.environ, XDG_DATA_HOME=data, BISIK_HOME="")
        self.bot = subprocess.Popen(["node", "talk.js", BISIK, "alice", "Bob"], cwd=PACKAGE,
                                    env=environment, stdin=subprocess.DEVNULL,
                                    stdout=subprocess.PIPE, text=True)
        watch = threading.Timer(PATIENCE, self.bot.kill)
        watch.start()
        self.addCleanup(self.bot.stdout.close)
        self.addCleanup(self.bot.wait)
        self.addCleanup(self.bot.kill)
        self.addCleanup(watch.cancel)
        self.beside = []

    def hears(self, what):
        """The next thing that the bot tells, which is this one. What comes beside messages, and may
        come at any time, is put by."""
        while True:
            told = json.loads(self.bot.stdout.readline() or '{"what": "nothing", "details": null}')
            if told["what"] == what:
                return told["details"]
            self.assertEqual(told["what"], "beside", told)
            self.beside.append(told["details"])

    def test_it_connects_sends_and_answers_what_it_is_sent(self):
        self.assertIn("version", self.hears("connected"))
        contact, = self.hears("contacts")
        self.assertEqual((contact["name"], contact["number"]), ("Bob", None))
        self.assertEqual(self.hears("groups"), [])
        self.assertEqual([device["id"] for device in self.hears("devices")], [1])
        self.assertEqual(len(self.hears("identities")[0]["safetyNumber"]), 60)
        sent = self.hears("sent")
        self.assertEqual([result["type"] for result in sent["results"]], ["SUCCESS"])
        self.assertIn("[-1]", self.hears("refused"))
        self.hears("ready")
        got, = self.bob.json("receive", "--timeout", "20", "--max", "1")
        self.assertEqual((got["text"], got["timestamp"]), ("hello from a bot", sent["timestamp"]))
        written, = self.bob.json("send", "Alice", "react")
        self.hears("message")
        self.assertEqual(self.hears("answered")["results"][0]["type"], "SUCCESS")
        self.assertEqual(self.hears("reacted")["results"][0]["type"], "SUCCESS")
        self.hears("deleted")
        answer, reaction, deletion = self.bob.json("receive", "--timeout", "20", "--max", "3")
        self.assertEqual((answer["text"], answer["deleted"]), ("", True))  # before it was fetched
        self.assertEqual((reaction["reaction"]["id"], reaction["reaction"]["emoji"]),
                         (written["id"], "+"))
        self.assertEqual(deletion["deletion_of"]["id"], answer["id"])
        self.assertNotIn("you said: react", self.bob.texts("history", "Alice"))
        self.assertEqual(self.bob.run("react", got["id"], "-").code, 0)
        while not any("reaction" in each.get("dataMessage", {}) for each in self.beside):
            self.beside.append(self.hears("beside"))
        told, = (each["dataMessage"]["reaction"] for each in self.beside if "dataMessage" in each)
        self.assertEqual((told["emoji"], told["targetSentTimestamp"]), ("-", sent["timestamp"]))
        for text in ("Gr\u00fc\u00dfe \U0001f600", "long " * 2_000, "the end"):
            written, = self.bob.json("send", "Alice", text)
            envelope = self.hears("message")["envelope"]
            self.assertEqual(envelope["sourceUuid"], contact["uuid"])
            self.assertEqual(envelope["timestamp"], written["timestamp"])
            self.assertEqual(envelope["dataMessage"]["message"], text)
            self.assertEqual(self.hears("answered")["results"][0]["type"], "SUCCESS")
            self.assertEqual(self.bob.texts("receive", "--timeout", "20", "--max", "1"),
                             [f"you said: {text}"])
        self.hears("ended")
        self.assertEqual(self.bot.wait(PATIENCE), 0)
        self.assertEqual(self.alice.json("receive"), [])


if __name__ == "__main__":
    with Folder() as packages:
        PACKAGE = packages.path
        WHY = install(PACKAGE)
        if WHY is not None:
            print(f"SKIPPED: signal-sdk could not be fetched with npm: {WHY[-300:]}")
            sys.exit(SKIPPED)
        unittest.main()
