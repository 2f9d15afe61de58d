#!/usr/bin/env python3
"""Who says nothing, or nothing that makes sense, is waited for, but not without end: strangers by
the relay, and a relay that fell silent by those who read from it. Both take their time by design,
so whatever waits for the same deadline waits together.
"""

import contextlib
import itertools
import os
import resource
import socket
import unittest

from programs import PATIENCE, Done
from scene import WireScene
from wire import LONGEST, Mute, framed

GARBAGE = [b"\0", b"\xff", b"\0\0", b"\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0" * 4,
           b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03",
           framed(b""), framed(b"\1"), framed(bytes(66)), framed(b"\1" + bytes(80)),
           framed(b"\2" + os.urandom(80)), framed(b"\3" + os.urandom(80)),
           framed(os.urandom(256)), framed(os.urandom(257)), framed(os.urandom(LONGEST)),
           framed(b"\1" * 100, LONGEST), os.urandom(100_000)]


class Silence(WireScene):
    def stranger(self, says):
        host, port = self.relay.listen.rsplit(":", 1)
        stream = self.enterContext(socket.create_connection((host, int(port))))
        stream.settimeout(PATIENCE)
        with contextlib.suppress(ConnectionError):
            stream.sendall(says)
        return stream

    def test_strangers_get_a_closed_connection_and_disturb_nobody(self):
        # Those who say nothing, and he who says a byte now and then, wait for the deadline.
        strangers = [self.stranger(says) for says in GARBAGE * 5 + [b""] * 50]
        slow = self.stranger(b"")
        self.heal_and_send_again()
        self.dripping_ends(slow)
        for stranger in strangers:
            with contextlib.suppress(ConnectionError):
                self.assertEqual(stranger.recv(1), b"", "a stranger got an answer")
        self.all_arrived()

    def dripping_ends(self, slow):
        slow.settimeout(0.2)
        with self.assertRaises(ConnectionError):
            for byte in itertools.islice(itertools.cycle(framed(bytes(200))), 5 * PATIENCE):
                slow.sendall(bytes([byte]))
                with contextlib.suppress(TimeoutError):
                    if slow.recv(1) == b"":
                        raise ConnectionResetError

    def test_who_reads_from_a_relay_that_fell_silent_hears_of_it(self):
        self.wire.make_tap = Mute
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        waiting = [self.alice.start("receive", "--timeout", "0.5"),
                   self.bob.start("whoami", "--server-view")]
        for each in waiting:
            out, err = each.communicate(timeout=PATIENCE)
            self.complains(Done(each.returncode, out, err), 3, self.wire.address)
        used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
        self.assertLess(used, 5, "seconds of computing, while there was nothing but to wait")


if __name__ == "__main__":
    unittest.main()
