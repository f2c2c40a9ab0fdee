"""Transactions: three selects, and what an application would write."""

from __future__ import annotations

from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from benchmarks.benchmark import Benchmark
from benchmarks.measure.result import SUBJECT, Target
from benchmarks.measure.sample import each
from benchmarks.peers import by_hand
from benchmarks.peers.by_hand import TRANSACTION
from benchmarks.peers.text import for_psycopg
from sql import campaigns, users
from sqlkit import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from psycopg_pool import ConnectionPool

    from benchmarks.benchmark import Open
    from benchmarks.measure.sample import Ways
    from benchmarks.run.place import Place
    from sqlkit import Statement

Statements = tuple["Statement[Any]", ...]


def _selects(user: int, campaign: int) -> Statements:
    return (
        users.get_user(id=user),
        campaigns.get_campaign(id=campaign),
        users.is_taken(email="user7@example.com"),
    )


def _writes(user: int, campaign: int) -> Statements:
    return (
        campaigns.get_campaign(id=campaign),
        campaigns.charge_campaign(id=campaign, amount=Decimal("0.01"), kind="click", details=None),
        campaigns.add_member(campaign_id=campaign, user_id=user, role="viewer"),
    )


def _ways(statements: Callable[[int, int], Statements]) -> Open:
    @contextmanager
    def open_ways(place: Place) -> Generator[Ways]:
        user_ids, campaign_ids = place.user_ids(), place.campaign_ids()
        chosen = [(next(user_ids), next(campaign_ids)) for _ in range(1000)]
        by_text = [[for_psycopg(one) for one in statements(*ids)] for ids in chosen]
        with Database(place.url) as db, by_hand.pool(place.url) as pool:
            ids, texts = _endless(chosen), _endless(by_text)
            yield {
                SUBJECT: each(lambda: _run(db, statements(*next(ids)))),
                TRANSACTION: each(lambda: _run_by_hand(pool, next(texts))),
            }

    return open_ways


def _run(db: Database, statements: Statements) -> None:
    with db.transaction() as tx:
        for statement in statements:
            tx.run(statement)


def _run_by_hand(pool: ConnectionPool[Any], texts: Sequence[tuple[str, Any]]) -> None:
    with pool.connection() as conn:
        for text, args in texts:
            cursor = conn.execute(text, args)
            if cursor.description is not None:
                cursor.fetchone()


def _endless(values: Sequence[Any]) -> Generator[Any]:
    while True:
        yield from values


SELECTS = Benchmark(
    "transaction",
    "a transaction of three selects",
    _ways(_selects),
    targets=(Target(TRANSACTION, at_most=0.60),),
)
WRITES = Benchmark(
    "transaction-write",
    "a transaction that looks, charges, and adds a member",
    _ways(_writes),
)
