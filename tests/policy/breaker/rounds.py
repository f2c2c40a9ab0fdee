"""Rounds of fifty threads that all call at once when an open breaker's time is over."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Lock
from typing import TYPE_CHECKING

from sqlkit.errors import CircuitOpen
from sqlkit.policy.breaker import Breaker
from sqlkit.policy.call import Call
from sqlkit.policy.drive import drive
from sqlkit.policy.flow import Chain
from tests.policy.breaker.clock import Clock, fail

if TYPE_CHECKING:
    from collections.abc import Generator

THREADS = 50
PERMITS = 3


@contextmanager
def switching_often() -> Generator[None]:
    """Let Python change threads after a microsecond, and so in the middle of anything."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


class Server:
    """Counts the calls that reach it, and answers when all threads have asked or been refused."""

    def __init__(self) -> None:
        self.reached = 0
        self._lock = Lock()
        self.everybody = Barrier(THREADS)

    def answer(self) -> None:
        with self._lock:
            self.reached += 1
        self.everybody.wait(60)


def reached_in_each(rounds: int) -> list[int]:
    """How many calls reached the server in each round; the breaker closes at the end of each."""
    clock, server, start = Clock(), Server(), Barrier(THREADS)
    breaker = Breaker(permits=PERMITS, clock=clock)
    chain = Chain([breaker])
    counts: list[int] = []

    def open_it() -> None:
        server.reached = 0
        fail(breaker, breaker.minimum_calls)
        clock.now += breaker.open_for

    def play(number: int) -> None:
        for _ in range(rounds):
            start.wait(60)
            try:
                drive(chain, Call("f"), server.answer)
            except CircuitOpen:
                server.everybody.wait(60)
            start.wait(60)
            if number == 0:
                counts.append(server.reached)
                open_it()

    open_it()
    with switching_often(), ThreadPoolExecutor(THREADS) as threads:
        for played in [threads.submit(play, number) for number in range(THREADS)]:
            played.result()
    return counts
