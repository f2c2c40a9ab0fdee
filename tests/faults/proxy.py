"""A TCP proxy between a database and its server, that fails as networks do.

Each connection through it is a link, with a thread of its own. A link may be told to break after so
many bytes in one direction, with FIN or with RST; all of them can be made a black hole, slow, or be
refused.
"""

from __future__ import annotations

import select
import socket
import struct
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Generator

Direction = Literal["to the server", "to the client"]

_HURRY = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST and drops what isn't sent yet


class Cut(NamedTuple):
    """Break a link once so many bytes have passed in a direction."""

    after: int
    direction: Direction
    reset: bool


# What passes each way, more or less, until a connection is there to be used.
_CONNECTED = {"to the server": 65, "to the client": 410}


def random_cuts(chance: random.Random, most: int) -> Callable[[], Cut | None]:
    """A cut for each link, up to ``most`` bytes after it is connected; one in ten is before."""

    def cut() -> Cut:
        direction: Direction = "to the server" if chance.random() < 0.5 else "to the client"
        connected = _CONNECTED[direction]
        is_early = chance.random() < 0.1
        after = chance.randrange(connected) if is_early else connected + chance.randrange(most)
        return Cut(after, direction, chance.random() < 0.5)

    return cut


class Proxy:
    """Listens on a port of its own, and passes what it gets on to a server.

    ``latency``: seconds before anything is passed on. ``next_cut``: asked for each new link.
    ``lose`` and ``lose_answer_to``: text of a message that breaks its link, before the server gets
    it or once the server has answered; for one message. ``abandons``: the server isn't told of
    that. ``cuts``: how often a link was broken so.
    """

    def __init__(self, host: str, port: int) -> None:
        self.upstream = (host, port)
        self.latency = 0.0
        self.next_cut: Callable[[], Cut | None] = lambda: None
        self.cuts = 0
        self.abandons = False
        self.abandoned: list[socket.socket] = []
        self.lose: bytes | None = None
        self.lose_answer_to: bytes | None = None
        self.flows = threading.Event()
        self.flows.set()
        self._links: set[Link] = set()
        self._port = 0
        self._listen()

    @property
    def port(self) -> int:
        return self._port

    def _listen(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self._port))
        self._port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, args=(self._listener,), daemon=True)
        self._thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self.upstream)
            except OSError:
                client.close()
                continue
            self._links = {link for link in self._links if link.is_alive()}
            link = Link(self, client, server, self.next_cut())
            self._links.add(link)
            link.start()

    def _stop_listening(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    @contextmanager
    def refusing(self) -> Generator[None]:
        """Break all links and refuse new ones: the machine is there, the server isn't."""
        self._stop_listening()
        self.break_links()
        try:
            yield
        finally:
            self._listen()

    @contextmanager
    def black_hole(self) -> Generator[None]:
        """Pass nothing on, and say nothing about it."""
        self.flows.clear()
        try:
            yield
        finally:
            self.flows.set()

    def break_links(self) -> None:
        """Break all that is connected."""
        for link in self._links:
            link.end()
        for link in self._links:
            link.join()
        self._links = set()

    def close(self) -> None:
        self._stop_listening()
        self.flows.set()
        self.break_links()
        for end in self.abandoned:
            end.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class Link(threading.Thread):
    """One connection through a proxy."""

    def __init__(
        self, proxy: Proxy, client: socket.socket, server: socket.socket, cut: Cut | None
    ) -> None:
        super().__init__(daemon=True)
        self._proxy = proxy
        self._client = client
        self._server = server
        self._cut = cut
        self._passed = {"to the server": 0, "to the client": 0}
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def run(self) -> None:
        reset = False
        try:
            while True:
                readable, _, _ = select.select([self._client, self._server], [], [])
                for source in readable:
                    direction = "to the server" if source is self._client else "to the client"
                    if self._pass(source, direction):
                        self._proxy.cuts += 1
                        reset = self._cut is not None and self._cut.reset
                        return
        except (OSError, EOFError):
            pass
        finally:
            ends = [self._client, self._server]
            if self._proxy.abandons:
                self._proxy.abandoned.append(ends.pop())
            for end in ends:
                if reset:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _HURRY)
                end.close()

    def _pass(self, source: socket.socket, direction: str) -> bool:
        """Pass on what is there to read; True if the link is to be cut now."""
        data = source.recv(65536)
        if not data:
            raise EOFError
        self._proxy.flows.wait()
        time.sleep(self._proxy.latency)
        if direction == "to the server" and self._is_named(data):
            return True
        room = len(data)
        if self._cut is not None and self._cut.direction == direction:
            room = self._cut.after - self._passed[direction]
        sink = self._server if source is self._client else self._client
        sink.sendall(data[:room])
        self._passed[direction] += len(data)
        return room < len(data)

    def _is_named(self, data: bytes) -> bool:
        """Whether this is what is to be lost, or its answer, which then is on its way."""
        proxy = self._proxy
        if proxy.lose is not None and proxy.lose in data:
            proxy.lose = None
            return True
        if proxy.lose_answer_to is not None and proxy.lose_answer_to in data:
            proxy.lose_answer_to = None
            self._server.sendall(data)
            select.select([self._server], [], [], 10)
            return True
        return False

    def end(self) -> None:
        """Break it from outside."""
        for end in (self._client, self._server):
            with suppress(OSError):  # it is broken already
                end.shutdown(socket.SHUT_RDWR)
