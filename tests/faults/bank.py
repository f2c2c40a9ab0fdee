"""Transfers between a few accounts, while the server ends one session after another."""

from __future__ import annotations

import random
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg

from sqlkit import Statement
from sqlkit.statement import Effects, Line, Query
from tests.awaited import Awaited, together

if TYPE_CHECKING:
    from collections.abc import Generator

    from sqlkit import AsyncConnection, AsyncDatabase
    from sqlkit.database.begin import Isolation

ACCOUNTS = 10
BALANCE = 1000
TABLES = f"""
create table bank (id int primary key, balance int not null);
insert into bank select id, {BALANCE} from generate_series(1, {ACCOUNTS}) as id;
create table transfers (id int not null);
"""
LEVELS: list[Isolation] = ["read committed", "repeatable read", "serializable"]

_BALANCE: Query[int] = Query(
    name="get_balance",
    lines=(Line("select balance from bank where id = ", 0, " for update"),),
    kind="one",
    parameters=("id",),
    effects=Effects(reads=("public.bank",), volatility="volatile", locks=True),
)
_MOVE: Query[int] = Query(
    name="move",
    lines=(Line("update bank set balance = balance + ", 1, " where id = ", 0),),
    kind="affected",
    parameters=("id", "amount"),
    effects=Effects(writes=("public.bank",)),
)
_KEEP: Query[int] = Query(
    name="keep",
    lines=(Line("insert into transfers values (", 0, ")"),),
    kind="affected",
    parameters=("id",),
    effects=Effects(writes=("public.transfers",)),
)


@dataclass
class Bank:
    """What became of the transfers of a round."""

    isolation: Isolation
    done: list[int] = field(default_factory=list[int])
    attempts: int = 0
    ended: int = 0
    failed: list[Exception] = field(default_factory=list[Exception])

    async def work(self, db: AsyncDatabase, worker: int, until: float) -> None:
        """Make transfers until a moment of `time.monotonic`."""
        chance = random.Random(worker)
        number = worker * 1_000_000
        while time.monotonic() < until:
            number += 1
            try:
                await self._transfer(db, number, *chance.sample(range(1, ACCOUNTS + 1), 2))
            except Exception as error:
                self.failed.append(error)
            else:
                self.done.append(number)

    async def _transfer(self, db: AsyncDatabase, number: int, source: int, target: int) -> None:
        async def move(tx: AsyncConnection) -> None:
            self.attempts += 1
            if await tx.run(Statement(_BALANCE, (source,))) > 0:
                await tx.run(Statement(_MOVE, (source, -1)))
                await tx.run(Statement(_MOVE, (target, 1)))
            await tx.run(Statement(_KEEP, (number,)))

        await db.transact(move, isolation=self.isolation)

    def assert_right(self, conn: psycopg.Connection[Any]) -> None:
        """No call gave up, no money was lost, and each transfer was made once."""
        assert not self.failed, f"{len(self.failed)} gave up, the first: {self.failed[0]!r}"
        assert conn.execute("select sum(balance) from bank").fetchone() == (ACCOUNTS * BALANCE,)
        made = [number for (number,) in conn.execute("select id from transfers order by id")]
        assert made == sorted(self.done)

    def __repr__(self) -> str:
        repeated = self.attempts - len(self.done)
        done = f"{len(self.done)} transfers, {repeated} repeated"
        return f"{self.isolation}: {done}, {self.ended} sessions ended"


class Terminator:
    """Ends one of a database's sessions every so many seconds."""

    def __init__(self, url: str, every: float) -> None:
        self.ended = 0
        self._url = url
        self._every = every
        self._over = threading.Event()

    def _end_sessions(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as conn:
            while not self._over.wait(self._every):
                cursor = conn.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where datname = current_database() and application_name = 'sqlkit'"
                    " order by random() limit 1"
                )
                self.ended += cursor.rowcount

    @contextmanager
    def at_work(self) -> Generator[None]:
        """For the length of a block."""
        thread = threading.Thread(target=self._end_sessions)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()


async def business(db: AsyncDatabase, url: str, isolation: Isolation, seconds: float) -> Bank:
    """Transfers in 8 threads or 64 tasks, while a session ends every 0.2 s; raises if not right.

    ``url``: the same database's, which is new.
    """
    bank = Bank(isolation)
    terminator = Terminator(url, every=0.2)
    with psycopg.connect(url, autocommit=True) as direct:
        direct.execute(TABLES.encode())
        until = time.monotonic() + seconds
        with terminator.at_work():
            workers = 8 if isinstance(db, Awaited) else 64
            await together(db, *(bank.work(db, i, until) for i in range(workers)))
        bank.ended = terminator.ended
        bank.assert_right(direct)
    return bank
