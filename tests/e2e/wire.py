"""A TCP proxy between the clients and the relay, on a loopback port of its own.

It passes everything on and can keep what passed; a subclass of Tap may change, swallow or cut it.
Each direction of each connection is kept in one piece, so that a search finds what crosses packets.
"""

import socket
import threading

CHUNK = 64 * 1024
LONGEST = 0xFFFF  # of one message
UP, DOWN = "up", "down"  # from the client to the relay, and back


class Tap:
    """What happens to one connection. This one changes nothing."""

    over = False  # once true, the connection is cut

    def pass_on(self, _direction, data):
        """What to send instead of `data`."""
        return data


class Mute(Tap):
    """The handshake comes back, and after it nothing."""

    def __init__(self):
        self.answers = 0

    def pass_on(self, direction, data):
        self.answers += direction == DOWN
        return data if direction == UP or self.answers == 1 else b""


def framed(message, length=None):
    """As Noise messages and records cross the wire; perhaps with another length than it has."""
    return (len(message) if length is None else length).to_bytes(2, "big") + message


class Wire:
    """Threads: one that accepts, two for each connection. As a context, it ends them all."""

    def __init__(self, record=None):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.target = None  # where the relay listens; None: nobody is there
        self.make_tap = Tap
        self.connections = 0
        self.recorded_bytes = 0
        self._record = open(record, "wb") if record else None
        self._lock = threading.Lock()
        self._open = set()
        self._threads = set()
        self._accepting = threading.Thread(target=self._accept)

    def __enter__(self):
        self._accepting.start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self._accepting.join()
        with self._lock:
            sockets, threads = list(self._open), list(self._threads)
        for each in sockets:
            cut(each)
        for each in threads:
            each.join()
        if self._record:
            self._record.close()

    def settle(self):
        """Waits until every connection of now has ended and is on record."""
        with self._lock:
            threads = list(self._threads)
        for each in threads:
            each.join()
        if self._record:
            self._record.flush()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            try:
                host, port = (self.target or "127.0.0.1:1").rsplit(":", 1)
                relay = socket.create_connection((host, int(port)))
            except OSError:
                client.close()
                continue
            self._serve(client, relay)

    def _serve(self, client, relay):
        tap = self.make_tap()
        threads = [threading.Thread(target=self._pump, args=(tap, UP, client, relay)),
                   threading.Thread(target=self._pump, args=(tap, DOWN, relay, client))]
        with self._lock:
            self._open |= {client, relay}
            self._threads |= set(threads)
        for each in threads:
            each.start()

    def _pump(self, tap, direction, source, sink):
        kept = bytearray()
        try:
            while data := source.recv(CHUNK):
                if self._record:
                    kept += data
                sink.sendall(tap.pass_on(direction, data))
                if tap.over:
                    break
        except OSError:
            pass
        cut(source)
        cut(sink)
        with self._lock:
            if self._record:
                self._record.write(kept)
                self.recorded_bytes += len(kept)
            self._threads.discard(threading.current_thread())
            if source in self._open:  # the first of both directions to end
                self._open -= {source, sink}
            else:
                source.close()
                sink.close()


def cut(stream):
    """Ends a connection for both sides, also for a thread that reads from it."""
    try:
        stream.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
