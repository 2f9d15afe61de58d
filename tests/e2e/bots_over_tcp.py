"""Bots over TCP and HTTP: the token, what a browser's page may not do, events, and streams that
are not what they should be."""

import http.client
import json
import os
import signal
import socket
import stat
import unittest

from bot import Bot, BotScene
from programs import PATIENCE, until


class OverTcp(BotScene):
    def serve(self, *words):
        """Where the daemon of Alice serves, and its token."""
        self.process = self.daemon(self.alice, *words)
        self.host, self.port = self.ready.split()[-1].removeprefix("http://").rsplit(":", 1)
        try:
            with open(os.path.join(self.alice.home, "rpc.token"), encoding="ascii") as file:
                self.token = file.read().strip()
        except FileNotFoundError:
            self.token = None

    def connect(self):
        stream = socket.create_connection((self.host, int(self.port)), timeout=PATIENCE)
        self.addCleanup(stream.close)
        return stream

    def hung_up(self, stream):
        try:
            while stream.recv(4096):
                pass
            return True
        except ConnectionResetError:
            return True


class Http(OverTcp):
    def setUp(self):
        super().setUp()
        self.serve("--http", "127.0.0.1:0")

    def ask(self, method, path, body=None, **headers):
        """Status and body."""
        connection = http.client.HTTPConnection(self.host, int(self.port), timeout=PATIENCE)
        self.addCleanup(connection.close)
        fields = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        fields.update({name.replace("_", "-"): value for name, value in headers.items()})
        fields = {name: value for name, value in fields.items() if value is not None}
        connection.request(method, path, body=body, headers=fields)
        response = connection.getresponse()
        return response.status, response.read()

    def call(self, method, **params):
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        status, body = self.ask("POST", "/api/v1/rpc", json.dumps(request))
        self.assertEqual(status, 200)
        return json.loads(body)

    def events(self, query=""):
        stream = self.connect()
        stream.sendall(f"GET /api/v1/events{query} HTTP/1.1\r\nHost: {self.host}\r\n"
                       f"Authorization: Bearer {self.token}\r\n\r\n".encode())
        lines = stream.makefile("rb")
        self.addCleanup(lines.close)
        self.assertIn(b" 200 ", lines.readline())
        while lines.readline().strip():
            pass
        return lines

    def event(self, lines):
        self.assertEqual(lines.readline(), b"event: receive\n")
        data = lines.readline()
        self.assertTrue(data.startswith(b"data: "))
        self.assertEqual(lines.readline(), b"\n")
        return json.loads(data[6:])

    def test_methods_are_answered_and_notifications_are_not(self):
        self.assertIn("version", self.call("version")["result"])
        self.assertEqual(self.call("register")["error"]["code"], -32601)
        sent = self.call("send", recipient="Bob", message="over HTTP")["result"]
        self.assertEqual(sent["results"][0]["type"], "SUCCESS")
        self.arrives(self.bob, "over HTTP")
        quiet = json.dumps({"jsonrpc": "2.0", "method": "version"})
        self.assertEqual(self.ask("POST", "/api/v1/rpc", quiet), (201, b""))
        one = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "version"})
        status, body = self.ask("POST", "/api/v1/rpc", f"[{one},{quiet},{one}]")
        self.assertEqual((status, len(json.loads(body))), (200, 2))
        status, body = self.ask("POST", "/api/v1/rpc", "nonsense")
        self.assertEqual(json.loads(body)["error"]["code"], -32700)
        self.assertEqual(self.call("subscribeReceive")["error"]["code"], -1)

    def test_without_the_token_or_from_a_page_there_is_nothing(self):
        mode = os.stat(os.path.join(self.alice.home, "rpc.token")).st_mode
        self.assertEqual(stat.S_IMODE(mode), 0o600)
        request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "version"})
        for wrong in (None, "Bearer x", "Bearer " + "A" * 43):
            self.assertEqual(self.ask("POST", "/api/v1/rpc", request, Authorization=wrong)[0], 401)
            self.assertEqual(self.ask("GET", "/api/v1/events", Authorization=wrong)[0], 401)
        self.assertEqual(self.ask("POST", "/api/v1/rpc", request, Origin="null")[0], 403)
        self.assertEqual(self.ask("GET", "/api/v1/events", Sec_Fetch_Site="cross-site")[0], 403)
        status, _ = self.ask("POST", "/api/v1/rpc", request, Content_Type="text/plain")
        self.assertEqual(status, 415)
        self.assertEqual(self.ask("GET", "/api/v1/check", Authorization=None)[0], 200)
        self.assertEqual(self.ask("GET", "/")[0], 404)

    def test_a_connection_is_kept_for_the_next_request(self):
        connection = http.client.HTTPConnection(self.host, int(self.port), timeout=PATIENCE)
        self.addCleanup(connection.close)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        ports = set()
        for number in range(20):
            request = json.dumps({"jsonrpc": "2.0", "id": number, "method": "listContacts"})
            connection.request("POST", "/api/v1/rpc", body=request, headers=headers)
            ports.add(connection.sock.getsockname())
            self.assertEqual(json.loads(connection.getresponse().read())["id"], number)
        self.assertEqual(len(ports), 1)

    def test_messages_are_events_each_once(self):
        lines = self.events()
        for text in ("one", "two", "three"):
            self.bob.must("send", "Alice", text)
            event = self.event(lines)
            self.assertEqual(event["envelope"]["dataMessage"]["message"], text)
            self.assertIn("account", event)
        self.assertEqual(lines.readline(), b":\n")  # a sign of life
        self.process.send_signal(signal.SIGTERM)
        self.ends(self.process)
        self.assertEqual(self.alice.json("receive"), [])

    def test_a_consumer_has_events_of_its_own_and_again_what_it_did_not_acknowledge(self):
        first, other = self.events("?consumer=first&ack=true"), self.events("?consumer=other")
        for text in ("one", "two"):
            self.bob.must("send", "Alice", text)
        events = [self.event(first) for _ in range(2)]
        self.assertEqual([self.text_of(event) for event in events], ["one", "two"])
        self.assertEqual([self.text_of(self.event(other)) for _ in range(2)], ["one", "two"])
        first.close()
        done = self.call("ack", consumer="first", cursor=events[0]["cursor"])
        self.assertEqual(done["result"], {})
        again = self.events("?consumer=first&ack=true")
        self.assertEqual(self.text_of(self.event(again)), "two")
        until(lambda: self.waiting() == {"first": 1, "other": 0}, self.waiting)
        behind = self.events(f"?consumer=first&since={events[1]['cursor']}")
        until(lambda: self.waiting() == {"first": 0, "other": 0}, self.waiting)
        self.bob.must("send", "Alice", "three")
        self.assertEqual(self.text_of(self.event(behind)), "three")

    @staticmethod
    def text_of(event):
        return event["envelope"]["dataMessage"]["message"]

    def waiting(self):
        return {one["name"]: one["waiting"] for one in self.alice.json("consumers")}

    def test_a_stream_of_events_that_cannot_be_is_refused_and_says_why(self):
        for query, word in (("?consumer=b%20t", b"letters"), ("?consumer=%00", b"letters"),
                            ("?consumer=" + "x" * 5000, b"letters"), ("?since=x", b"number"),
                            ("?ack=perhaps", b"true or false"), ("?account=other", b"account")):
            status, body = self.ask("GET", "/api/v1/events" + query)
            self.assertEqual(status, 400, query)
            self.assertIn(word, body)
        self.assertEqual(self.alice.json("consumers"), [])

    def test_receive_over_http_waits_and_acknowledges(self):
        self.bob.must("send", "Alice", "waited for")
        got = self.call("receive", timeout=20, maxMessages=1)["result"]
        self.assertEqual(got[0]["envelope"]["dataMessage"]["message"], "waited for")
        self.assertEqual(self.call("receive", timeout=0)["result"], [])

    def test_who_has_gone_is_handed_nothing(self):
        request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "receive",
                              "params": {"timeout": PATIENCE}}).encode()
        with self.connect() as stream:
            stream.sendall(b"POST /api/v1/rpc HTTP/1.1\r\nContent-Type: application/json\r\n"
                           b"Authorization: Bearer " + self.token.encode() +
                           b"\r\nContent-Length: %d\r\n\r\n" % len(request) + request)
            self.assertIn("version", self.call("version")["result"])
        self.assertIn("version", self.call("version")["result"])
        self.bob.must("send", "Alice", "for who is there")
        got = self.call("receive", timeout=20, maxMessages=1)["result"]
        self.assertEqual(got[0]["envelope"]["dataMessage"]["message"], "for who is there")

    def test_what_is_no_request_ends_its_own_connection_alone(self):
        huge = f"POST /api/v1/rpc HTTP/1.1\r\nHost: x\r\nContent-Length: {2 ** 30}\r\n\r\n".encode()
        endless = b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 100_000
        for nonsense in (b"nonsense\r\n\r\n", b"\x16\x03\x01\0\0" * 9, huge, endless, b"\0" * 100,
                         b"POST /api/v1/rpc HTTP/1.1\r\nContent-Length: -1\r\n\r\n"):
            stream = self.connect()
            try:
                stream.sendall(nonsense)
            except (ConnectionResetError, BrokenPipeError):
                pass  # it was enough
            self.assertTrue(self.hung_up(stream), nonsense[:40])
        self.assertIn("version", self.call("version")["result"])

    def test_half_a_request_is_not_waited_for_without_end(self):
        stream = self.connect()
        stream.sendall(b"POST /api/v1/rpc HTTP/1.1\r\nContent-Le")
        self.assertIn("version", self.call("version")["result"])
        self.assertTrue(self.hung_up(stream))


class Tcp(OverTcp):
    def bot(self, first_line):
        stream = self.connect()
        bot = Bot(stream.makefile("rb"), stream.makefile("wb"), stream)
        self.addCleanup(bot.close)
        if first_line is not None:
            bot.say(first_line)
        return bot

    def test_the_token_comes_first(self):
        self.serve("--tcp", "127.0.0.1:0")
        bot = self.bot(self.token)
        self.assertIn("version", bot.call("version"))
        self.bob.must("send", "Alice", "over TCP")
        self.assertEqual(bot.text(), "over TCP")
        for wrong in ("A" * 43, "", "x" * 1000, '{"jsonrpc":"2.0","id":1,"method":"version"}'):
            stream = self.connect()
            stream.sendall(wrong.encode() + b"\n")
            self.assertTrue(self.hung_up(stream))

    def test_without_a_token_only_this_machine_is_served(self):
        done = self.alice.run("daemon", "--tcp", "0.0.0.0:0", "--no-token")
        self.complains(done, 1, "--no-token")
        done = self.alice.run("daemon", "--http", "[::]:0", "--no-token")
        self.complains(done, 1, "--no-token")
        self.complains(self.alice.run("daemon", "--tcp", "example.org:1"), 1, "ADDRESS")
        self.complains(self.alice.run("daemon", "--tcp", "127.0.0.1:65537"), 1, "ADDRESS")
        self.serve("--tcp", "127.0.0.1:0", "--no-token")
        self.assertIsNone(self.token)
        self.assertIn("version", self.bot(None).call("version"))

    def test_without_a_token_a_page_cannot_hide_a_request_in_what_it_posts(self):
        self.serve("--tcp", "127.0.0.1:0", "--no-token")
        send = {"jsonrpc": "2.0", "id": 1, "method": "send",
                "params": {"recipient": "Bob", "message": "forged"}}
        stream = self.connect()
        stream.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n\r\n" + json.dumps(send).encode() + b"\n")
        self.assertTrue(self.hung_up(stream))
        self.assertEqual(self.alice.json("history", "Bob"), [])

    def test_a_token_that_others_may_read_is_none(self):
        path = os.path.join(self.folder.path, "token")
        with open(path, "w", encoding="ascii") as file:
            file.write("A" * 43 + "\n")
        os.chmod(path, 0o644)
        words = ("daemon", "--tcp", "127.0.0.1:0", "--token-file", path)
        self.complains(self.alice.run(*words), 1, "chmod 600")
        os.chmod(path, 0o600)
        self.serve(*words[1:])
        self.assertIn("version", self.bot("A" * 43).call("version"))


if __name__ == "__main__":
    unittest.main()
