"""What a statement is by its first words."""

from __future__ import annotations

import pytest

from sqlkit.database import control


@pytest.mark.parametrize(
    ("sql", "may"),
    [
        ("call close_day()", True),
        ("DO $$ begin commit; end $$", True),
        ("-- at night\n  /* all **/ call close_day()", True),
        ("select call()", False),
        ("-- call it\nselect 1", False),
        ("document", False),
        ("callers", False),
    ],
)
def test_a_procedure_stands_alone(sql: str, *, may: bool) -> None:
    assert control.may_commit(sql) is may


@pytest.mark.parametrize(
    ("sql", "ends"),
    [
        ("commit", True),
        ("END", True),
        ("abort;", True),
        ("-- now\nrollback", True),
        ("rollback and chain", True),
        ("rollback work", True),
        ("prepare /* for the other */ transaction 'a'", True),
        ("rollback to savepoint a", False),
        ("rollback work to a", False),
        ("rollback transaction -- not all\nto a", False),
        ("savepoint a", False),
        ("prepare transactions as select 1", False),
        ("select 'commit'", False),
        ("committed", False),
    ],
)
def test_what_ends_a_transaction_is_known_by_its_words(sql: str, *, ends: bool) -> None:
    assert control.ends_transaction(sql) is ends


@pytest.mark.parametrize(
    ("sql", "planned"),
    [
        ("select 1", True),
        ("((select 1) union select 2)", True),
        ("/* a */ WITH t as (select 1) table t", True),
        ("execute s", False),
        ("fetch all from c", False),
        ("show all", False),
    ],
)
def test_what_is_planned_is_known_by_its_words(sql: str, *, planned: bool) -> None:
    assert control.is_planned(sql) is planned
