"""Describes random queries, runs them, and looks for a NULL where none was said to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.types.string import TextLoader

from sqlkit.describe import Description, describe
from sqlkit.sqlfile import read
from tests.describe.soundness.query import Queries
from tests.describe.soundness.schema import make_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BATCH = 50


@dataclass
class Outcome:
    """How many queries were described, refused by the server, failed when run, gave rows."""

    described: int = 0
    refused: int = 0
    failed: int = 0
    with_rows: int = 0
    columns: int = 0
    not_null: int = 0
    wrong: list[str] = field(default_factory=list[str])

    def __str__(self) -> str:
        return (
            f"{self.described} queries described ({self.refused} refused, {self.failed} failed when"
            f" run, {self.with_rows} with rows), {self.columns} columns, {self.not_null} of them"
            f" called not null: {len(self.wrong)} wrong"
        )


def connect(url: str) -> psycopg.Connection[Any]:
    """A connection that tells NULL from JSON's null, and reads infinite dates."""
    connection = psycopg.connect(url, autocommit=True)
    for type_ in ("date", "json", "jsonb"):
        connection.adapters.register_loader(type_, TextLoader)
    connection.execute("set statement_timeout = '1s'")
    connection.execute("set jit = off")
    return connection


def check(connection: psycopg.Connection[Any], seeds: Sequence[int]) -> Outcome:
    """One random schema for each seed, and `BATCH` random queries over it."""
    outcome = Outcome()
    for seed in seeds:
        _check_schema(connection, seed, outcome)
    return outcome


def _check_schema(connection: psycopg.Connection[Any], seed: int, outcome: Outcome) -> None:
    random = Random(seed)
    schema = make_schema(random)
    for statement in schema.statements:
        try:
            connection.execute(statement.encode())
        except (psycopg.errors.CheckViolation, psycopg.errors.NotNullViolation):
            continue  # the trigger's doing
    version = connection.info.server_version // 10000
    statements = [Queries(random, schema.tables, version=version).statement() for _ in range(BATCH)]
    text = "".join(f"-- name: q{n}\n{sql};\n" for n, sql in enumerate(statements))
    parsed = read(text, file="x.sql", module="x")
    for sql, said in zip(statements, describe(connection, parsed.queries), strict=True):
        if not isinstance(said, Description):
            outcome.refused += 1
            continue
        outcome.described += 1
        outcome.columns += len(said.columns)
        outcome.not_null += sum(not column.nullable for column in said.columns)
        outcome.wrong += [
            f"seed {seed}: column {place}: {what}\n{sql}"
            for place, what in _contradictions(connection, sql, said, outcome)
        ]


def _contradictions(
    connection: psycopg.Connection[Any], sql: str, said: Description, outcome: Outcome
) -> Iterator[tuple[int, str]]:
    try:
        with connection.transaction(force_rollback=True):
            rows = connection.execute(sql.encode()).fetchall()
    except psycopg.Error:
        outcome.failed += 1
        return
    outcome.with_rows += bool(rows)
    for place, column in enumerate(said.columns):
        values = [row[place] for row in rows]
        if not column.nullable and None in values:
            yield place, "NULL"
        if not column.null_elements and any(map(_holds_null, values)):
            yield place, "a NULL element"


def _holds_null(value: Any) -> bool:
    if value.__class__ is not list:
        return False
    return any(one is None or _holds_null(one) for one in value)
