"""Chance that is the same each time: what row ``n`` draws depends on nothing but its name.

Each field of each row has 64 bits of its own, from SHAKE-256 of (root seed, factory, field, n).
So a row is the same whatever was made before it, on whichever thread, and a new field changes no
other. The bits of 64 rows come from one hash, since a hash for each row would cost more than
everything else of it.
"""

from __future__ import annotations

from hashlib import sha256, shake_256
from random import Random
from struct import Struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

BLOCK = 64
_WORDS = Struct(f">{BLOCK}Q")


class Chance:
    """The draws of one field of one factory."""

    __slots__ = ("_start",)

    def __init__(self, seed: int, factory: str, field: str) -> None:
        self._start = shake_256(f"{seed}\0{factory}\0{field}\0".encode())

    def words(self, numbers: Iterable[int]) -> list[int]:
        """What everything of these rows is drawn from: for each an integer below 2⁶⁴."""
        words: list[int] = []
        at, block = -1, tuple[int, ...]()
        for number in numbers:
            if number // BLOCK != at:
                at = number // BLOCK
                block = self._block(at)
            words.append(block[number % BLOCK])
        return words

    def word(self, number: int) -> int:
        """What everything of one row is drawn from."""
        return self.words((number,))[0]

    def _block(self, number: int) -> tuple[int, ...]:
        hashed = self._start.copy()
        hashed.update(b"%d" % number)
        return _WORDS.unpack(hashed.digest(_WORDS.size))


class Stream(Random):
    """A `random.Random` that can be set to a row's place at no cost; `start` sets it."""

    def __init__(self) -> None:
        super().__init__(0)
        self._digest = b""
        self._pool = 0
        self._bits = 0

    def start(self, word: int) -> Stream:
        """Begin anew, from these 64 bits."""
        self._digest = b"%d" % word
        self._pool = word
        self._bits = 64
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
