"""Trying migrations on the real database, and what is seen of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import psycopg
import pytest

from sqlkit.errors import MigrationError, MigrationLocked
from sqlkit.migrations.dry_run import Facts, Limits, findings
from tests.migrations.dry_run.tables import ACCESS, CHECK, UPDATE

Write: TypeAlias = Callable[..., Path]
Verify: TypeAlias = Callable[..., list[Facts]]

SLEEPING = (
    "select pid from pg_stat_activity"
    " where datname = current_database() and wait_event = 'PgSleep'"
)


@pytest.mark.usefixtures("tables")
def test_nothing_changes_by_a_byte(
    write: Write, try_out: Verify, apply: Any, schema: Callable[..., str]
) -> None:
    write("0000.first", "create table first (n int)")
    apply()
    before = schema(), schema("--data-only")
    write("0001.a", "alter table users add a int; drop table orgs; update users set b = 3")
    write("0002.b", "-- transactional: false\ncreate index concurrently i on users (a)")
    write("0003.c", "create table new (n int); alter type mood add value 'b'")
    write("0004.d", "-- transactional: false\nvacuum users")
    write("0005.e.py", "from yoyo import step\nsteps = [step('alter table users drop a')]")
    found = try_out()
    assert [one.error for one in found] == [None] * 8
    assert (schema(), schema("--data-only")) == before


def test_a_database_without_a_ledger_stays_without(
    write: Write, try_out: Verify, schema: Callable[..., str]
) -> None:
    before = schema()
    write("0001.a", "create table a (n int)")
    (facts,) = try_out()
    assert facts.touched == ()
    assert schema() == before


@pytest.mark.usefixtures("tables")
def test_rows_and_the_place_of_each_statement_are_told(write: Write, try_out: Verify) -> None:
    path = write(
        "0001.a", "update users set b = 1 where id <= 30;\n\ndelete from users where b = 1"
    )
    first, second = try_out()
    assert (first.rows, second.rows) == (30, 30)
    assert second.place == f"{path}:3"
    assert second.as_dict()["tables"][0]["table"] == "users"


@pytest.mark.usefixtures("tables")
def test_an_index_built_concurrently_is_substituted_and_its_own_lock_told(
    write: Write, try_out: Verify
) -> None:
    write("0001.a", "-- transactional: false\ncreate index concurrently i on users (b)")
    write("0002.a", "-- transactional: false\ndrop index concurrently i")
    built, dropped = try_out()
    assert "create index i on users" in (built.substitute or "")
    assert [one.level for one in findings(built, Limits(rows=1))] == ["note"]
    for facts in (built, dropped):
        assert [one.locks for one in facts.touched] == [(UPDATE,)]


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize(
    "sql", ["vacuum users", "alter system set work_mem = '5MB'", "create database nope",
            "alter table parts detach partition part1 concurrently",
            "reindex table concurrently users"],
)  # fmt: skip
def test_what_has_no_form_in_a_transaction_is_skipped_and_said(
    write: Write, try_out: Verify, sql: str
) -> None:
    write("0001.a", f"-- transactional: false\n{sql}")
    (facts,) = try_out()
    (finding,) = findings(facts, Limits())
    assert finding.level == "warning"
    assert finding.message.startswith("not verified: it runs only outside a transaction")


@pytest.mark.usefixtures("tables")
def test_a_scan_of_another_table_under_an_exclusive_lock_is_dangerous(
    write: Write, try_out: Verify
) -> None:
    write("0001.a", "alter table orgs add a int; create index i on users (b)")
    write("0002.a", "create index j on users (id, b)")
    _, under, apart = try_out()
    (danger,) = [one for one in findings(under, Limits(rows=1000)) if one.is_dangerous]
    assert danger.message.startswith("reads all of users (about 2,000 rows")
    assert danger.message.endswith("while orgs is under an ACCESS EXCLUSIVE lock")
    assert danger.blocks == "all reads and writes of orgs"
    assert [one.level for one in findings(apart, Limits(rows=1000))] == ["warning"]


@pytest.mark.usefixtures("tables")
def test_a_lock_taken_again_in_a_later_migration_is_told_again(
    write: Write, try_out: Verify
) -> None:
    write("0001.a", f"alter table users add a int; {CHECK} not valid")
    write("0002.b", "alter table users validate constraint ck")
    write("0003.c", "alter table users alter b set not null; alter table users add z int")
    _, _, validated, scanned, added = try_out()
    assert [one.held for one in validated.touched] == [UPDATE]
    assert not findings(validated, Limits(rows=1000, size=1 << 40))
    assert [one.held for one in added.touched] == [ACCESS]
    # The constraint of 0001 proves it: no scan.
    assert [one.scanned for one in scanned.touched] == [2000]


@pytest.mark.usefixtures("tables")
def test_attaching_a_partition_reads_it_under_its_lock(write: Write, try_out: Verify) -> None:
    write("0001.a", "alter table parts attach partition part1 for values from (0) to (10)")
    (facts,) = try_out()
    held = {one.table: one.held for one in facts.touched}
    assert held == {"part1": ACCESS, "parts": UPDATE}
    (finding,) = findings(facts, Limits(rows=1000, size=1 << 40))
    assert finding.level == "danger"
    assert "CHECK constraint that says what the partition's bounds say" in (finding.safer or "")


@pytest.mark.usefixtures("tables")
def test_a_failing_statement_ends_the_trial_with_its_error(write: Write, try_out: Verify) -> None:
    write("0001.a", "alter table users add a int; alter table nope add a int; select 1")
    first, second = try_out()
    assert first.error is None
    assert second.error == 'relation "nope" does not exist [42P01]'
    assert findings(second, Limits())[0].is_dangerous


def test_a_deferred_constraint_that_breaks_at_commit_is_an_error(
    write: Write, try_out: Verify
) -> None:
    write("0001.a", "create table t (n int unique deferrable initially deferred)")
    write("0002.b", "insert into t values (1), (1); insert into t values (2)")
    facts = try_out()[-1]
    assert facts.error == 'duplicate key value violates unique constraint "t_n_key" [23505]'


@pytest.mark.usefixtures("tables")
def test_a_new_value_of_an_enum_can_be_used_only_by_a_later_migration(
    write: Write, try_out: Verify
) -> None:
    write("0001.a", "alter type mood add value 'b'")
    write("0002.b", "select 'b'::mood")
    assert "unsafe use of new value" in (try_out()[1].skipped or "")
    write("0001.a", "alter type mood add value 'b'; select 'b'::mood")
    assert "unsafe use of new value" in (try_out()[1].error or "")


@pytest.mark.usefixtures("tables")
def test_a_table_in_use_is_not_waited_for_long(
    write: Write, try_out: Verify, database_url: str
) -> None:
    write("0001.a", "alter table users add a int")
    with psycopg.connect(database_url) as reader:
        reader.execute("select from users limit 1")
        (facts,) = try_out(lock_timeout=0.1)
    assert (facts.error or "").startswith("canceling statement due to lock timeout [55P03]")


def test_a_statement_ends_with_its_timeout(write: Write, try_out: Verify) -> None:
    write("0001.a", "select 1")
    write("0002.b", "select pg_sleep(600)")
    facts = try_out(Limits(statement_timeout=0.2))[1]
    assert facts.error == "canceling statement due to statement timeout [57014]"


def test_what_apply_refuses_is_refused(write: Write, try_out: Verify, apply: Any) -> None:
    write("0002.b", "select 1")
    apply()
    write("0001.a", "select 1")
    with pytest.raises(MigrationError, match=r"0001\.a is pending and comes before 0002\.b"):
        try_out()
    write("0002.b", "select 2")
    with pytest.raises(MigrationError, match="edited after it was applied"):
        try_out(out_of_order=True)


def test_others_do_not_migrate_meanwhile(
    write: Write, try_out: Verify, apply: Any, query: Callable[[str], list[Any]]
) -> None:
    write("0001.a", "select pg_sleep(600)")
    thread = threading.Thread(target=try_out, args=(Limits(statement_timeout=2),))
    thread.start()
    try:
        while not query(SLEEPING):
            assert thread.is_alive()
        with pytest.raises(MigrationLocked):
            apply(wait=0)
    finally:
        thread.join()


def test_a_dry_run_can_not_be_committed(
    write: Write, try_out: Verify, query: Callable[[str], list[Any]]
) -> None:
    step = "from yoyo import step\nsteps = [step('create table a ()'), step('{}')]\n"
    write("0001.a.py", step.format("commit"))
    assert "Python that ends its transaction itself" in (try_out()[1].skipped or "")
    write("0001.a.py", step.format("com' 'mit"))
    with pytest.raises(psycopg.Error, match="a dry run is never committed"):
        try_out()
    write("0001.a.py", step.format("roll' 'back"))
    with pytest.raises(psycopg.Error) as caught:
        try_out()
    assert "the dry run's transaction ended in" in caught.value.__notes__[-1]
    assert query("select to_regclass('a') is null") == [True]


def test_a_migration_may_check_constraints_early(write: Write, try_out: Verify) -> None:
    write("0001.a", "create table a (); set constraints all immediate; select 1")
    assert [one.error for one in try_out()] == [None] * 3
