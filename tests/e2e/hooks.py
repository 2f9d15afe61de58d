"""A daemon that hands messages to programs and addresses: in order, acknowledged when they are
done with them and not before, whatever fails, hangs or is killed."""

import collections
import hashlib
import hmac
import http.server
import json
import os
import signal
import socket
import ssl
import subprocess
import threading
import time
import unittest

from bot import BotScene, line_of
from programs import PATIENCE, Failed, lasting_port, until


def hosts_here():
    """What this machine calls itself, each with what a certificate for that says."""
    hosts = {"127.0.0.1": "IP:127.0.0.1"}
    try:
        socket.getaddrinfo("localhost", None)
        hosts["localhost"] = "DNS:localhost"
    except OSError:
        print("NOT CHECKED by name: localhost does not resolve here", flush=True)
    return hosts


class HookScene(BotScene):
    def setUp(self):
        super().setUp()
        self.log = os.path.join(self.folder.path, "log")
        open(self.log, "wb").close()

    def program(self, text):
        path = os.path.join(self.folder.path, "handler")
        with open(path, "w", encoding="ascii") as file:
            file.write("#!/bin/sh\n" + text)
        os.chmod(path, 0o700)
        return path

    def logged(self, count):
        """The first `count` lines of what programs have written."""
        until(lambda: len(self.lines_logged()) >= count,
              lambda: f"{count} lines, but {self.lines_logged()}")
        return self.lines_logged()

    def lines_logged(self):
        with open(self.log, encoding="utf-8") as file:
            return file.read().splitlines()

    def acknowledged(self, consumer):
        until(lambda: self.waiting().get(consumer) == 0,
              lambda: f"{consumer} acknowledges all, but there wait {self.waiting()}")

    def waiting(self):
        return {one["name"]: one["waiting"] for one in self.alice.json("consumers")}

    def said(self, daemon, *words):
        """A line on the daemon's standard error that has these words."""
        deadline = time.monotonic() + PATIENCE
        before = []
        try:
            while line := line_of(daemon, deadline):
                if all(word in line for word in words):
                    return line
                before.append(line)
        except Failed as silence:
            before.append(str(silence))
        self.fail(f"the daemon never said {words}, but {before[-3:]}")


class Programs(HookScene):
    def test_each_message_is_an_object_on_standard_input_in_order_and_acknowledged(self):
        handler = self.program(f'[ "$1" = -x ] || exit 9\ncat >>"{self.log}"\n')
        self.daemon(self.alice, "--exec", handler, "--", "-x")
        for number in range(5):
            self.bob.must("send", "Alice", f"message {number}")
        messages = [json.loads(line) for line in self.logged(5)]
        self.assertEqual([message["text"] for message in messages],
                         [f"message {number}" for number in range(5)])
        self.assertEqual((messages[0]["from"], messages[0]["ours"]), ("Bob", False))
        self.acknowledged("exec")
        self.assertEqual(len(self.alice.json("receive")), 5, "for everybody else they are new")

    def test_a_failure_comes_again_before_what_follows_it(self):
        marker = os.path.join(self.folder.path, "failed")
        handler = self.program(f'echo "$$" >/dev/null\nif ! [ -e "{marker}" ]; then '
                               f': >"{marker}"; exit 3; fi\ncat >>"{self.log}"\n')
        daemon = self.daemon(self.alice, "--exec", handler, "--consumer", "work")
        self.bob.must("send", "Alice", "first")
        self.bob.must("send", "Alice", "second")
        self.said(daemon, "work of Bob/1 failed: exit 3")
        texts = [json.loads(line)["text"] for line in self.logged(2)]
        self.assertEqual(texts, ["first", "second"])
        self.acknowledged("work")

    def test_one_that_never_ends_is_ended_with_what_it_started(self):
        handler = self.program(f'trap "" TERM\nsleep 600 & echo $! >>"{self.log}"\nwait\n'
                               "while :; do sleep 600; done\n")
        daemon = self.daemon(self.alice, "--exec", handler, "--hook-timeout", "0.3")
        self.bob.must("send", "Alice", "first")
        self.said(daemon, "failed: it took too long")
        sleeper = int(self.logged(1)[0])
        until(lambda: self.is_zombie(sleeper), "what it had started ends")
        daemon.send_signal(signal.SIGTERM)
        self.ends(daemon)

    @staticmethod
    def is_zombie(pid):
        """Or not even that any more."""
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
                return stat.read().split(") ")[1][0] == "Z"
        except OSError:
            return True

    def test_a_killed_daemon_hands_over_again_what_was_not_done(self):
        started = os.path.join(self.folder.path, "started")
        handler = self.program(f'echo x >>"{started}"\n[ -e "{started}.go" ] || sleep 600\n'
                               f'cat >>"{self.log}"\n')
        daemon = self.daemon(self.alice, "--exec", handler)
        self.bob.must("send", "Alice", "precious")
        until(lambda: os.path.exists(started), "the program is started")
        daemon.kill()
        daemon.wait(PATIENCE)
        open(f"{started}.go", "wb").close()
        self.daemon(self.alice, "--exec", handler)
        self.assertEqual([json.loads(line)["text"] for line in self.logged(1)], ["precious"])
        self.acknowledged("exec")

    def test_what_was_taken_back_before_the_daemon_began_is_handed_over_without_its_text(self):
        self.alice.must("receive", "--consumer", "work")
        sent, = self.bob.json("send", "Alice", "not for you")
        self.assertEqual(self.alice.texts("receive", "--timeout", "20", "--max", "1"),
                         ["not for you"])
        self.bob.must("delete", sent["id"], "--for-everyone")
        handler = self.program(f'cat >>"{self.log}"\n')
        self.daemon(self.alice, "--exec", handler, "--consumer", "work")
        self.assertNotIn("not for you", "".join(self.logged(2)))

    def test_a_handler_speaks_for_the_same_profile(self):
        handler = self.program('cat >/dev/null\n"$BISIK" send Bob "got it"\n')
        self.daemon(self.alice, "--exec", handler)
        self.bob.must("send", "Alice", "are you there?")
        self.arrives(self.bob, "got it")

    def test_what_cannot_be_is_said_at_once(self):
        self.complains(self.alice.run("daemon", "--exec", "/nonexistent"), 1, "/nonexistent")
        self.complains(self.alice.run("daemon", "stray"), 1, "--exec")
        self.complains(self.alice.run("daemon", "--webhook", "https://x/", "--webhook-ca", "/no"),
                       1, "/no")
        self.complains(self.alice.run("daemon", "--webhook", "http://x/", "--webhook-ca", "/no"),
                       1, "http://")
        self.complains(self.alice.run("daemon", "--webhook", "nonsense"), 1, "http://")
        self.complains(self.alice.run("daemon", "--consumer", "x"), 1, "needs --exec")
        for value in ("0", "65", "some"):
            self.complains(self.alice.run("daemon", "--exec", "cat", "--parallel", value), 1,
                           "--parallel")

    def test_an_option_that_has_nothing_to_do_is_a_mistake(self):
        for words, needs in ((("--parallel", "2"), "--exec or --webhook"),
                             (("--hook-timeout", "2"), "--exec or --webhook"),
                             (("--webhook-secret", "x"), "--webhook"),
                             (("--exec", "cat", "--webhook-secret", "x"), "--webhook"),
                             (("--exec", "cat", "--webhook-ca", "x"), "--webhook"),
                             (("--socket", "--token-file", "x"), "--tcp or --http"),
                             (("--socket", "--no-token"), "--tcp or --http"),
                             (("--receive-mode", "manual"), "--socket, --tcp or --http"),
                             (("--link", "x"), "--socket, --tcp or --http")):
            self.complains(self.alice.run("daemon", *words), 1, f"it needs {needs}.")

    def test_a_mistake_is_told_before_anything_is_waited_for(self):
        owner = self.alice.start("receive", "--follow")
        self.processes.append(owner)
        until(lambda: os.path.exists(os.path.join(self.alice.home, "api.sock")), "it is owned")
        for words in (("--exec", "cat", "--consumer", "a b"), ("--exec", "/nonexistent"),
                      ("--exec", "cat", "--consumer", "x" * 65), ("--webhook", "nonsense"),
                      ("--webhook", "https://x/", "--webhook-ca", "/nonexistent"),
                      ("--exec", "cat", "--webhook", "http://x/", "--consumer", "x")):
            self.complains(self.alice.run("daemon", *words), 1)

    def test_one_consumer_too_many_is_told_before_it_is_ready(self):
        for number in range(16):
            self.alice.must("receive", "--consumer", f"c{number}")
        self.complains(self.alice.run("daemon", "--exec", "cat"), 5, "16 consumers already")
        self.daemon(self.alice, "--exec", "cat", "--consumer", "c0")


class Server(http.server.ThreadingHTTPServer):
    """Answers as it is told to, and keeps what it was told. Over TLS with the `context` of one."""

    daemon_threads = True

    def __init__(self, context=None, port=0):
        super().__init__(("127.0.0.1", port), Handler)
        self.context = context
        self.posts = collections.deque()
        self.answers = collections.deque()
        self.came = threading.Condition()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.serve_forever, daemon=True,
                                       kwargs={"poll_interval": 0.05})
        self.thread.start()

    def finish_request(self, request, client_address):
        """In the connection's own thread: one that never ends its handshake holds up no other."""
        if not self.context:
            return super().finish_request(request, client_address)
        request.settimeout(PATIENCE)
        try:
            with self.context.wrap_socket(request, server_side=True) as stream:
                return super().finish_request(stream, client_address)
        except OSError:
            return None  # it does not believe the certificate, or has gone

    def end(self):
        """Nobody listens any more."""
        threading.Thread(target=self.shutdown, daemon=True).start()
        self.thread.join(PATIENCE)
        if self.thread.is_alive():
            raise Failed("the server of this test does not end")
        self.server_close()

    def wait_for(self, count):
        with self.came:
            if not self.came.wait_for(lambda: len(self.posts) >= count, PATIENCE):
                raise Failed(f"not {count} posts within {PATIENCE} s, but {list(self.posts)}")
            return list(self.posts)


class Handler(http.server.BaseHTTPRequestHandler):
    timeout = PATIENCE

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.came:
            self.server.posts.append((self.path, dict(self.headers), body))
            answer = self.server.answers.popleft() if self.server.answers else 204
            self.server.came.notify_all()
        if answer == "hang":
            self.server.over.wait(PATIENCE)
        elif answer == "nonsense":
            self.wfile.write(b"x" * 10_000)
        else:
            self.send_response(answer)
            self.end_headers()

    def log_message(self, *_):
        pass


class Webhooks(HookScene):
    def setUp(self):
        super().setUp()
        self.server = Server()
        self.addCleanup(self.server.end)
        self.addCleanup(self.server.over.set)
        self.url = f"http://127.0.0.1:{self.server.server_port}/in?x=1"

    def texts(self, count):
        return [json.loads(body)["text"] for _path, _headers, body in self.server.wait_for(count)]

    def test_each_message_is_posted_signed_and_acknowledged_by_2xx(self):
        self.daemon(self.alice, "--webhook", self.url)
        self.bob.must("send", "Alice", "Gr\u00fc\u00dfe")
        (path, headers, body), = self.server.wait_for(1)
        self.assertEqual(path, "/in?x=1")
        self.assertEqual(json.loads(body)["text"], "Gr\u00fc\u00dfe")
        with open(os.path.join(self.alice.home, "webhook.secret"), encoding="ascii") as file:
            secret = file.read().strip()
        mac = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        self.assertEqual(headers["X-Bisik-Signature"], f"sha256={mac}")
        self.assertEqual(os.stat(file.name).st_mode & 0o777, 0o600)
        self.acknowledged("webhook")

    def test_500_and_what_is_no_answer_come_again_in_order(self):
        self.server.answers.extend([500, "nonsense"])
        daemon = self.daemon(self.alice, "--webhook", self.url)
        self.bob.must("send", "Alice", "first")
        self.bob.must("send", "Alice", "second")
        self.said(daemon, "failed: HTTP 500")
        self.said(daemon, "failed: the answer is not HTTP")
        self.assertEqual(self.texts(4), ["first", "first", "first", "second"])
        self.acknowledged("webhook")

    def test_one_that_hangs_is_given_up_and_holds_up_no_other_chat(self):
        carol = self.folder.person("Carol")
        carol.must("join", self.alice.must("invite").out.strip(), "--name", "Carol")
        until(lambda: self.alice.must("receive") and len(self.alice.json("contacts")) == 2,
              "Alice hears of Carol")
        self.server.answers.append("hang")
        daemon = self.daemon(self.alice, "--webhook", self.url, "--hook-timeout", "2")
        self.bob.must("send", "Alice", "stuck")
        self.server.wait_for(1)
        carol.must("send", "Alice", "not stuck")
        self.assertEqual(self.texts(2), ["stuck", "not stuck"])
        self.said(daemon, "webhook of Bob/1 failed: no answer in time")
        self.assertEqual(self.texts(3)[2], "stuck")
        self.acknowledged("webhook")

    def test_nobody_there_is_tried_again_and_nothing_is_lost(self):
        port = lasting_port()  # which nobody else is given meanwhile
        self.bob.must("send", "Alice", "patience")
        for host in hosts_here():
            daemon = self.daemon(self.alice, "--webhook", f"http://{host}:{port}/")
            self.said(daemon, "webhook of Bob/1 failed: Connection refused")
            daemon.send_signal(signal.SIGTERM)
            self.ends(daemon)
        self.assertEqual(self.alice.texts("receive", "--consumer", "webhook"), ["patience"])


class Encrypted(HookScene):
    """An address over TLS: spoken to only if its certificate is believed, and is its own."""

    def server(self, name):
        """With a certificate of its own making; whoever trusts it gives its file."""
        certificate = os.path.join(self.folder.path, name + ".crt")
        key = os.path.join(self.folder.path, name + ".key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                        "/CN=" + name, "-addext", "subjectAltName=" + name, "-keyout", key, "-out",
                        certificate], check=True, capture_output=True, timeout=PATIENCE)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return self.serving(Server(context)), certificate

    def serving(self, server):
        self.addCleanup(server.end)
        return server

    def daemon_for(self, server, host, *words):
        return self.daemon(self.alice, "--webhook", f"https://{host}:{server.server_port}/in",
                           *words)

    def test_who_is_trusted_is_told_in_order_signed_and_again_after_a_failure(self):
        for host, name in hosts_here().items():
            server, certificate = self.server(name)
            server.answers.append(500)
            daemon = self.daemon_for(server, host, "--webhook-ca", certificate, "--consumer", host)
            self.bob.must("send", "Alice", f"first to {host}")
            self.bob.must("send", "Alice", f"second to {host}")
            posts = server.wait_for(3)
            self.assertEqual([json.loads(body)["text"] for _path, _headers, body in posts[-3:]],
                             [f"first to {host}"] * 2 + [f"second to {host}"])
            self.assertEqual(posts[0][1]["Host"], f"{host}:{server.server_port}")
            self.assertIn("X-Bisik-Signature", posts[0][1])
            self.acknowledged(host)
            daemon.send_signal(signal.SIGTERM)
            self.ends(daemon)
            self.alice.must("receive")

    def test_who_is_not_trusted_or_is_somebody_else_is_told_nothing(self):
        other, of_other = self.server("DNS:other.example")
        plain = self.serving(Server())
        for number, (host, name) in enumerate(hosts_here().items(), 1):
            own, certificate = self.server(name)
            self.bob.must("send", "Alice", f"precious to {host}")
            for server, words, why_not in (
                    (own, [], "the server's certificate is not trusted: self-signed certificate."),
                    (own, ["--webhook-ca", of_other], "is not trusted: "),
                    (other, ["--webhook-ca", of_other], "is for another host."),
                    (plain, [], "the server speaks no TLS that is served here.")):
                daemon = self.daemon_for(server, host, *words)
                line = self.said(daemon, f"webhook of Bob/{number} failed: ", why_not)
                self.assertTrue(line.endswith(" Again in 1 s.\n"), line)
                daemon.send_signal(signal.SIGTERM)
                self.ends(daemon)
                self.assertFalse(server.posts)
            daemon = self.daemon_for(own, host, "--webhook-ca", certificate)
            (_path, _headers, body), = own.wait_for(1)
            self.assertEqual(json.loads(body)["text"], f"precious to {host}")
            self.acknowledged("webhook")
            daemon.send_signal(signal.SIGTERM)
            self.ends(daemon)

    def test_who_never_ends_the_handshake_holds_up_nobody(self):
        server, certificate = self.server("IP:127.0.0.1")
        with socket.create_connection(server.server_address, PATIENCE):
            self.daemon_for(server, "127.0.0.1", "--webhook-ca", certificate)
            self.bob.must("send", "Alice", "not held up")
            (_path, _headers, body), = server.wait_for(1)
        self.assertEqual(json.loads(body)["text"], "not held up")


if __name__ == "__main__":
    unittest.main()
