from __future__ import annotations

import pytest

from sqlkit.migrations.statement import Statement, placed


@pytest.mark.parametrize(
    ("sql", "ends"),
    [
        ("commit;", True),
        ("-- why\n/* and\nhow */ COMMIT", True),
        ("end", True),
        ("abort", True),
        ("rollback", True),
        ("Rollback work", True),
        ("prepare transaction 'x'", True),
        ("rollback to savepoint a", False),
        ("rollback work to a", False),
        ("begin", False),
        ("endpoint", False),
        ("-- commit\nselect 1", False),
        ("select 'commit'", False),
        ("comment on table a is 'commit'", False),
    ],
)
def test_what_ends_a_transaction_is_known(sql: str, ends: bool) -> None:
    assert Statement(sql, 1).ends_transaction is ends


@pytest.mark.parametrize(
    ("sql", "outside", "concurrent"),
    [
        ("create index concurrently on a (b)", True, True),
        ("CREATE UNIQUE INDEX\n  CONCURRENTLY if not exists x on a (b)", True, True),
        ("drop index concurrently x", True, True),
        ("reindex (verbose) table concurrently a", True, True),
        ("alter table a detach partition b concurrently", True, True),
        ("vacuum a", True, False),
        ("alter system set x = 1", True, False),
        ("create database x", True, False),
        ("create index x on a (b)", False, False),
        ("refresh materialized view concurrently a", False, False),
        ("reindex table a", False, False),
        ("select 'create index concurrently'", False, False),
    ],
)
def test_what_can_not_be_in_a_transaction_is_known(
    sql: str, outside: bool, concurrent: bool
) -> None:
    one = Statement(sql, 1)
    assert (one.needs_no_transaction, one.concurrent) == (outside, concurrent)


def test_statements_know_their_line() -> None:
    text = "-- head\n\nselect 1;\n\n  select\n 2;select 1;\n"
    found = list(placed(["select 1;", "select\n 2;", "select 1;"], text))
    assert [one.line for one in found] == [3, 5, 6]
    assert found[1].line_of(9) == 6
    assert found[1].line_of(1) == 5
