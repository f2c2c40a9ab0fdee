"""Statements that were built and never run."""

from __future__ import annotations

from pathlib import Path

import pytest

from sqlkit import Database, sql
from sqlkit.statement import Line, Query, Statement
from sqlkit.testing.forgotten import Forgotten, no_forgotten_statements

GET: Query[None] = Query(name="pears.get_pear", kind="exec", lines=(Line("select 1"),))


def get_pear() -> Statement[None]:
    """As a generated module has it."""
    return Statement(GET)


def test_a_statement_never_run_is_named_with_the_line_that_built_it() -> None:
    with pytest.raises(Forgotten) as caught, no_forgotten_statements():
        get_pear()
    line = str(caught.value).splitlines()[1]
    assert line.startswith("  pears.get_pear, built at ")
    place, _, number = line.rpartition(":")
    assert place.endswith(Path(__file__).name)
    assert "get_pear()" in Path(__file__).read_text().splitlines()[int(number) - 1]


def test_each_of_two_equal_statements_counts(db: Database) -> None:
    def run_one_of_two() -> None:
        with no_forgotten_statements():
            db.run(get_pear())
            get_pear()

    with pytest.raises(Forgotten) as caught:
        run_one_of_two()
    assert len(caught.value.built) == 1


def test_statements_that_run_stream_or_are_batched_are_not_forgotten(
    db: Database, no_forgotten_statements: None
) -> None:
    db.run(get_pear())
    db.batch(get_pear() for _ in range(3))
    with db.stream(sql("select 1 as n")) as rows:
        assert list(rows) == [1]


def test_nor_are_those_whose_text_was_prepared_before(database_url: str) -> None:
    with Database(database_url) as db:
        db.run(get_pear())
        with no_forgotten_statements():
            db.run(get_pear())
            with db.transaction() as tx:
                tx.run(get_pear())
                tx.batch([get_pear()])


def test_the_error_of_the_block_is_the_one_to_see() -> None:
    def fail() -> None:
        with no_forgotten_statements():
            get_pear()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()


def test_afterwards_statements_are_as_before() -> None:
    before = (Statement.__dict__["__init__"], Statement.__dict__["variant"])
    with no_forgotten_statements():
        pass
    assert (Statement.__dict__["__init__"], Statement.__dict__["variant"]) == before
