"""Chance that is the same each time: what row ``n`` draws depends on nothing but its name.

Each field of each row has a stream of its own, from SHA-256 of (root seed, factory, field, n). So a
row is the same whatever was made before it, on whichever thread, and a new field changes no other.
SHA-256 and not `Random.seed`, since seeding a Mersenne twister costs more than making a row.
"""

from __future__ import annotations

from hashlib import sha256
from random import Random


class Chance:
    """The draws of one field of one factory."""

    __slots__ = ("_start",)

    def __init__(self, seed: int, factory: str, field: str) -> None:
        self._start = sha256(f"{seed}\0{factory}\0{field}\0".encode())

    def digest(self, number: int) -> bytes:
        """What everything of row ``number`` is drawn from: 32 bytes."""
        hashed = self._start.copy()
        hashed.update(b"%d" % number)
        return hashed.digest()

    def below(self, limit: int, number: int) -> int:
        """An integer of row ``number``, at least 0 and below ``limit`` (which is far below 2⁶⁴)."""
        return int.from_bytes(self.digest(number)[:8], "big") % limit


class Stream(Random):
    """A `random.Random` that can be set to a row's place at no cost; `start` sets it."""

    def __init__(self) -> None:
        super().__init__(0)
        self._digest = b""
        self._pool = 0
        self._bits = 0

    def start(self, digest: bytes) -> Stream:
        """Begin anew, from these bytes."""
        self._digest = digest
        self._pool = int.from_bytes(digest, "big")
        self._bits = 256
        self.gauss_next = None
        return self

    def getrandbits(self, k: int, /) -> int:
        """The next ``k`` bits; everything else that `random.Random` gives is made of these."""
        while self._bits < k:
            self._digest = sha256(self._digest).digest()
            self._pool |= int.from_bytes(self._digest, "big") << self._bits
            self._bits += 256
        value = self._pool & ((1 << k) - 1)
        self._pool >>= k
        self._bits -= k
        return value

    def random(self) -> float:
        """A float at least 0 and below 1."""
        return self.getrandbits(53) * 2.0**-53
