"""Habits from psycopg, and other slips of the hand: each is told what to do instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sqlkit import AsyncDatabase, Database, WrongArgument, sql
from sqlkit.database.types.json import encode

if TYPE_CHECKING:
    from sqlkit import Transaction


def total() -> Any:
    """Stands for a generated function."""
    return sql("select 1", kind="one")


SLIPS = [
    ("select 1", r"run takes a statement, not a str: sqlkit.sql\(...\) makes one of SQL text"),
    (total, r"run takes a statement, not a function: call total\(...\) to make one"),
    (7, "run takes a statement, not a int: a generated function makes one"),
]


@pytest.mark.parametrize(("slip", "message"), SLIPS)
def test_what_is_no_statement_is_told_how_to_become_one(
    database_url: str, slip: Any, message: str
) -> None:
    with Database(database_url) as db:
        with pytest.raises(WrongArgument, match=message):
            db.run(slip)
        with pytest.raises(WrongArgument, match=message), db.transaction() as tx:
            tx.run(slip)
        with pytest.raises(WrongArgument, match="stream takes"), db.stream(slip):
            pass
        with pytest.raises(WrongArgument, match="a batch takes"):
            db.batch([slip])


@pytest.mark.parametrize(("slip", "message"), SLIPS)
async def test_what_is_no_statement_is_told_so_by_the_async_side_too(
    database_url: str, slip: Any, message: str
) -> None:
    async with AsyncDatabase(database_url) as db:
        with pytest.raises(WrongArgument, match=message):
            await db.run(slip)


def test_a_coroutine_function_is_no_function_to_transact(database_url: str) -> None:
    async def transfer(_tx: Transaction) -> int:
        return 1

    refused = pytest.raises(TypeError, match="a plain function, not a coroutine function")
    with Database(database_url) as db, refused:
        answer: object = db.transact(transfer)
        assert answer is None


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_json_has_not_is_refused_wherever_it_hides(
    database_url: str, number: float
) -> None:
    with Database(database_url) as db:
        for value in (number, {"a": [1, {"b": number}]}, (None, number)):
            with pytest.raises(WrongArgument, match="JSON has no NaN and no infinity"):
                db.run(sql("select :value::jsonb", value=value))


def test_a_json_null_among_numbers_is_no_such_number() -> None:
    assert encode({"a": None, "b": [1.5, "null"]}) == b'{"a":null,"b":[1.5,"null"]}'
