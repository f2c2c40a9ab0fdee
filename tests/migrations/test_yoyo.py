"""yoyo's own command on our backend; and its ledger, read by yoyo's own backend."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from sqlkit.errors import ProjectError
from sqlkit.migrations.settings import Settings

Write: TypeAlias = Callable[..., Path]
Run: TypeAlias = Callable[..., list[str]]
Yoyo: TypeAlias = Callable[..., Any]
States: TypeAlias = Callable[[], dict[str, str]]
Query: TypeAlias = Callable[[str], list[Any]]


@pytest.fixture
def two(write: Write) -> None:
    write("0001.a", "create table a (n int);\nselect 'printed' as it;", "drop table a")
    write("0002.b", "-- depends: 0001.a\ncreate table b (n int)", "drop table b")


def listed(yoyo: Yoyo, **options: Any) -> list[str]:
    """What ``yoyo list`` says: ``A`` is applied, ``U`` not."""
    rows = yoyo("list", **options).stdout.splitlines()[2:]
    return [row.split()[0] for row in rows]


@pytest.mark.usefixtures("two")
def test_every_command_of_yoyos_works(yoyo: Yoyo, query: Query, states: States) -> None:
    assert listed(yoyo) == ["U", "U"]
    assert "printed" in yoyo("apply").stdout
    assert listed(yoyo) == ["A", "A"]
    yoyo("rollback")
    assert listed(yoyo) == ["A", "U"]
    yoyo("reapply")
    yoyo("mark")
    assert listed(yoyo) == ["A", "A"]
    assert query("select to_regclass('b') is null") == [True]
    assert states() == {"0001.a": "applied", "0002.b": "applied"}
    yoyo("unmark", "--all")
    assert listed(yoyo) == ["U", "U"]
    assert query("select id from _sqlkit_migration") == []
    yoyo("break-lock")
    yoyo("mark", "--revision", "0001")
    yoyo("develop")
    assert listed(yoyo) == ["A", "A"]
    operations = query("select operation from _yoyo_log order by created_at_utc")
    assert operations == [
        *("apply", "apply", "rollback", "rollback", "apply", "mark"),
        *("unmark", "unmark", "mark", "apply"),
    ]


@pytest.mark.usefixtures("two")
def test_no_table_is_made_to_find_something_out(yoyo: Yoyo, query: Query) -> None:
    yoyo("apply")
    assert query(
        "select relname from pg_class where relkind = 'r' and relname like '%yoyo%' order by 1"
    ) == ["_yoyo_log", "_yoyo_migration", "_yoyo_version"]


@pytest.mark.usefixtures("two")
def test_the_ledger_reads_back_with_yoyos_own_backend(
    yoyo: Yoyo, apply: Run, query: Query, states: States
) -> None:
    apply()
    assert listed(yoyo, driver="psycopg") == ["A", "A"]
    yoyo("rollback", driver="psycopg")
    assert states() == {"0001.a": "applied", "0002.b": "pending"}
    yoyo("apply", driver="psycopg")
    assert listed(yoyo) == ["A", "A"]
    assert query("select count(*) from b") == [0]


@pytest.mark.usefixtures("two")
def test_what_yoyo_applied_alone_is_adopted_and_an_edit_noticed_from_then_on(
    yoyo: Yoyo, write: Write, apply: Run, states: States
) -> None:
    yoyo("apply", driver="psycopg")
    write("0002.b", "-- depends: 0001.a\ncreate table b (m int)")
    assert states() == {"0001.a": "applied", "0002.b": "applied"}
    told: list[str] = []
    assert apply(tell=told) == []
    assert told == [
        "0001.a, 0002.b had been applied without a checksum: from now on an edit is noticed"
    ]
    assert apply(tell=told) == []
    assert len(told) == 1
    write("0002.b", "-- depends: 0001.a\ncreate table b (o int)")
    assert states()["0002.b"] == "changed"


@pytest.mark.usefixtures("two")
def test_what_yoyo_applied_again_alone_has_no_checksum_any_more(
    yoyo: Yoyo, write: Write, apply: Run, states: States
) -> None:
    apply()
    yoyo("rollback", driver="psycopg")
    write("0002.b", "-- depends: 0001.a\ncreate table b (other int)")
    yoyo("apply", driver="psycopg")
    assert states()["0002.b"] == "applied"


@pytest.mark.usefixtures("two")
def test_yoyos_command_says_what_is_wrong_in_its_last_lines(
    yoyo: Yoyo, write: Write, query: Query
) -> None:
    yoyo("apply")
    write("0001.a", "create table a (m int)")
    error = yoyo("apply", exit_code=1).stderr
    assert "sqlkit.errors.MigrationError: " in error
    assert "0001.a.sql was edited after it was applied" in error.splitlines()[-2]


@pytest.mark.usefixtures("two")
def test_a_selection_of_yoyos_may_leave_nothing_out(
    yoyo: Yoyo, write: Write, states: States
) -> None:
    write("0003.c", "create table c (n int)")
    error = yoyo("apply", "--match", "c$", exit_code=1).stderr
    assert "0001.a is pending and comes before 0003.c, which is to be applied without it" in error
    yoyo("apply", "--match", "c$", more="out_of_order=true")
    assert states()["0003.c"] == "applied"
    yoyo("apply", "--revision", "0002", more="out_of_order=true")
    assert set(states().values()) == {"applied"}


def test_what_can_not_be_read_is_not_passed_over(yoyo: Yoyo, write: Write) -> None:
    write("0001.a.py", "this is no Python")
    assert "0001.a.py" in yoyo("apply", exit_code=1).stderr


@pytest.mark.usefixtures("two")
def test_forced_yoyo_passes_over_errors_of_single_steps(yoyo: Yoyo, write: Write) -> None:
    write("0003.c", "select nope; create table c (n int)")
    yoyo("apply", "--force")
    assert listed(yoyo) == ["A", "A", "A"]


@pytest.mark.usefixtures("two")
def test_another_table_for_the_ledger_has_its_own_beside_it(yoyo: Yoyo, query: Query) -> None:
    yoyo("apply", "--migration-table", "_yoyo_other")
    assert query("select count(*) from _yoyo_other") == [2]
    assert query("select count(*) from _sqlkit_other") == [2]


def test_settings_are_read_from_the_url() -> None:
    parameters = {"lock_timeout": "5", "attempts": "3", "drop_invalid": "1", "sslmode": "prefer"}
    assert Settings.taken_from(parameters) == Settings(
        lock_timeout=5.0, attempts=3, drop_invalid=True
    )
    assert parameters == {"sslmode": "prefer"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"out_of_order": "yes"}, "out_of_order in the database's URL is true or false, not 'yes'"),
        ({"attempts": "many"}, "attempts in the database's URL is a number, not 'many'"),
    ],
)
def test_a_wrong_setting_in_the_url_is_an_error(given: dict[str, str], message: str) -> None:
    with pytest.raises(ProjectError, match=message):
        Settings.taken_from(given)
