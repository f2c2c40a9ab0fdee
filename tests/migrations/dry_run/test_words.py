"""What is decided by the words of a statement."""

from __future__ import annotations

import pytest

from sqlkit.migrations.dry_run.guard import ends_transaction
from sqlkit.migrations.dry_run.modes import spoken, strongest
from sqlkit.migrations.dry_run.safer import APART, safer
from sqlkit.migrations.dry_run.substitute import substitute
from sqlkit.migrations.dry_run.usual import names, usual


@pytest.mark.parametrize(
    ("sql", "plain"),
    [
        ("create unique index concurrently i on t (a)", "create unique index i on t (a)"),
        ("-- why\nCREATE INDEX  CONCURRENTLY i ON t (a)", "-- why\nCREATE INDEX i ON t (a)"),
        ("drop index concurrently if exists i", "drop index if exists i"),
        ("vacuum t", None),
        ("reindex table concurrently t", None),
    ],
)
def test_an_index_is_tried_without_concurrently(sql: str, plain: str | None) -> None:
    assert substitute(sql) == plain


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("alter table t alter a set not null", "check (column is not null) not valid"),
        ("alter table t add constraint f foreign key (a) references b", "foreign key not valid"),
        ("alter table t add check (a > 0)", "add the constraint not valid"),
        ("alter table t add unique (a)", "using index"),
        ("alter table t alter a type bigint", "column of the new type"),
        ("alter table t add a float default random()", "without its default"),
        ("create index i on t (a)", "concurrently"),
        ("refresh materialized view m", "unique index"),
        ("update t set a = 1", "in batches"),
        ("do $$ begin end $$", APART),
    ],
)
def test_the_safer_way(sql: str, words: str) -> None:
    assert words in safer(sql)


@pytest.mark.parametrize(
    ("sql", "mode"),
    [
        ("alter table t add a int", "AccessExclusiveLock"),
        ("alter table t validate constraint c", "ShareUpdateExclusiveLock"),
        ("alter table t add foreign key (a) references b", "ShareRowExclusiveLock"),
        ("create index i on t (a)", "ShareLock"),
        ("delete from t", "RowExclusiveLock"),
        ("select 1", "AccessShareLock"),
    ],
)
def test_the_usual_lock(sql: str, mode: str) -> None:
    assert usual(sql) == mode


def test_a_table_is_named_with_and_without_its_schema() -> None:
    assert names("alter table Users add a int", "app.users")
    assert names('alter table "Users" add a int', 'app."Users"')
    assert not names("alter table users_old add a int", "users")


def test_the_strongest_lock_and_its_name() -> None:
    assert strongest(["ShareLock", "AccessExclusiveLock", "RowShareLock"]) == "AccessExclusiveLock"
    assert strongest([]) is None
    assert spoken("ShareRowExclusiveLock") == "SHARE ROW EXCLUSIVE"


def test_a_commit_in_python_is_seen_and_a_function_called_rollback_is_not() -> None:
    assert ends_transaction("conn.execute('COMMIT')")
    assert ends_transaction('conn.execute("update a set b = 1; commit;")')
    assert not ends_transaction("def rollback(conn):\n    conn.execute('drop table a')")
    assert not ends_transaction("step('insert into a values (1)', rollback='delete from a')")
