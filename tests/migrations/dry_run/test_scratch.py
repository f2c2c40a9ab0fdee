"""Trying migrations and their rollbacks on a copy of the schema."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg
import pytest

from sqlkit import migrations
from sqlkit.errors import MigrationError, ProjectError
from sqlkit.migrations.backend import Backend
from sqlkit.migrations.dry_run import Again, Reversal, scratch
from sqlkit.migrations.dry_run.dump import dump, restore

if TYPE_CHECKING:
    from sqlkit.testing.server import Server

Write: TypeAlias = Callable[..., Path]
Reverse: TypeAlias = Callable[[], tuple[list[Reversal], Again]]


@pytest.fixture
def reverse(open_backend: Any, folder: Path, server: Server, pg_dump: Path) -> Reverse:
    """Tries what is pending on a copy of the test's database."""

    def run() -> tuple[list[Reversal], Again]:
        with open_backend() as backend:
            found, _ = migrations.look(backend, migrations.read(folder))
            schema = dump(pg_dump, backend)
        pending = [one.migration for one in migrations.plan(found)]
        with server.database() as url:
            with psycopg.connect(url, autocommit=True) as connection:
                restore(connection, schema)
            with Backend.open(url) as copy:
                return scratch(copy, pending, lambda: dump(pg_dump, copy))

    return run


@pytest.mark.usefixtures("tables")
def test_rollbacks_that_reverse(
    write: Write, reverse: Reverse, apply: Any, schema: Callable[..., str]
) -> None:
    write("0000.first", "create table first (n int)")
    apply()
    before = schema(), schema("--data-only")
    write("0001.a", "alter table first add a int", "alter table first drop a")
    index = "-- transactional: false\ncreate index concurrently i on first (a)"
    write("0002.b", index, "-- transactional: false\ndrop index concurrently i")
    found, again = reverse()
    assert found == [Reversal("0002.b", "reversed"), Reversal("0001.a", "reversed")]
    assert again == Again("equal")
    assert (schema(), schema("--data-only")) == before


def test_a_rollback_that_leaves_something_is_found(write: Write, reverse: Reverse) -> None:
    write("0001.a", "create table a (n int)", "drop table a")
    write("0002.b", "create table b (n int); create type t as enum ('x')", "drop table b")
    found, again = reverse()
    assert [one.outcome for one in found] == ["differs", "reversed"]
    assert "+CREATE TYPE public.t AS ENUM (" in found[0].detail
    assert again.outcome == "failed"
    assert 'type "t" already exists' in again.detail


def test_a_rollback_that_fails_is_found(write: Write, reverse: Reverse) -> None:
    write("0001.a", "create table a (n int)", "drop table a")
    write("0002.b", "create table b (n int)", "drop table nope")
    found, again = reverse()
    assert [one.outcome for one in found] == ["failed", "not reached"]
    assert 'table "nope" does not exist' in found[0].detail
    assert again == Again("equal")


def test_a_schema_that_is_another_one_when_applied_again_is_found(
    write: Write, reverse: Reverse
) -> None:
    write("0001.a", "create table if not exists a (n int)", "alter table a rename n to m")
    found, again = reverse()
    assert [one.outcome for one in found] == ["differs"]
    assert again.outcome == "differs"
    assert "+    m integer" in again.detail


def test_what_nobody_can_roll_back_is_said(write: Write, reverse: Reverse) -> None:
    write("0001.a", "create table a (n int)", "drop table a")
    write("0002.b", "create table b (n int)")
    write("0003.c", "create table c (n int)", "drop table c")
    found, again = reverse()
    assert [one.outcome for one in found] == ["reversed", "no rollback", "not reached"]
    assert not any(one.is_dangerous for one in found)
    assert again == Again("equal")


def test_a_migration_that_fails_is_told_as_by_apply(write: Write, reverse: Reverse) -> None:
    write("0001.a", "create table a (n nope)")
    with pytest.raises(psycopg.errors.UndefinedObject) as caught:
        reverse()
    assert "in the migration 0001.a" in caught.value.__notes__[0]


def test_without_pg_dump_it_says_so(open_backend: Any, tmp_path: Path) -> None:
    program = tmp_path / "pg_dump"
    with open_backend() as backend:
        with pytest.raises(ProjectError, match="there is no pg_dump at"):
            dump(program, backend)
        program.write_text("#!/bin/sh\necho server version mismatch >&2; exit 1")
        program.chmod(0o755)
        with pytest.raises(MigrationError, match="can't be dumped: server version mismatch"):
            dump(program, backend)
