"""How migrations stand, and what is the matter with them: without a database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sqlkit.errors import MigrationError
from sqlkit.migrations import Folder, Migration, Record
from sqlkit.migrations.problem import problems, refuse
from sqlkit.migrations.standing import standings

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def migration(id_: str, *depends: str, text: str = "select 1") -> Migration:
    return Migration(id_, Path(f"migrations/{id_}.sql"), text, depends, True, None)


def applied(one: Migration, sha256: str | None = None, *, dirty: bool = False) -> Record:
    return Record(
        id=one.id, applied=NOON, sha256=sha256 or one.sha256, dirty=dirty, error="it broke"
    )


A, B, C = migration("1.a"), migration("2.b"), migration("3.c")


def found(
    *files: Migration, records: tuple[Record, ...] = (), out_of_order: bool = False
) -> dict[str, str]:
    stand = standings(Folder(files), {one.id: one for one in records})
    return {one.id: one.kind for one in problems(stand, out_of_order=out_of_order)}


def test_each_state_is_told() -> None:
    records = {
        "1.a": applied(A),
        "2.b": applied(B, "0" * 64),
        "9.z": Record(id="9.z", applied=NOON),
        "8.y": Record(id="8.y", dirty=True),
        "7.x": Record(id="7.x", sha256="0" * 64),
    }
    stand = standings(Folder((A, B, C)), records)
    assert {one.id: one.state for one in stand} == {
        "1.a": "applied",
        "2.b": "changed",
        "3.c": "pending",
        "9.z": "missing",
        "8.y": "dirty",
    }


def test_an_edited_file_is_named_with_both_checksums_and_the_way_out() -> None:
    stand = standings(Folder((A,)), {"1.a": applied(A, "0123456789" + "0" * 54)})
    with pytest.raises(MigrationError) as caught:
        refuse(problems(stand))
    message = str(caught.value)
    assert "migrations/1.a.sql was edited after it was applied" in message
    assert f"its checksum is {A.sha256[:8]}…, and was 01234567… on 2026-01-31 12:00:00" in message
    assert '"sqlkit migrate resolve --applied 1.a"' in message


def test_a_missing_file_and_a_dirty_migration_say_what_to_do() -> None:
    stand = standings(
        Folder((A,)), {"1.a": applied(A, dirty=True), "2.b": Record(id="2.b", applied=NOON)}
    )
    dirty, missing = map(str, problems(stand, left={"1.a": ["public.x"]}))
    assert "began to be rolled back" in dirty
    assert "it broke; it left the INVALID index public.x" in dirty
    assert '"sqlkit migrate resolve --rolled-back 1.a --drop-invalid"' in dirty
    assert "2.b was applied on 2026-01-31 12:00:00 UTC, and its file is gone" in missing
    assert "git log --all" in missing
    assert '"sqlkit migrate resolve --rolled-back 2.b"' in missing


def test_order_is_kept_unless_allowed() -> None:
    assert found(A, B, C, records=(applied(A),)) == {}
    assert found(A, B, C, records=(applied(A), applied(C))) == {"2.b": "order"}
    assert found(A, B, C, records=(applied(C),), out_of_order=True) == {}


def test_nothing_is_left_out_before_what_is_selected() -> None:
    stand = standings(Folder((A, B, C)), {})
    assert [str(one) for one in problems(stand, selected={"1.a", "2.b"})] == []
    (one,) = problems(stand, selected={"1.a", "3.c"})
    assert "2.b is pending and comes before 3.c, which is to be applied without it" in str(one)


def test_two_heads_after_one_migration_are_a_conflict() -> None:
    left, right = migration("2.left", "1.a"), migration("2.right", "1.a")
    assert found(A, left, right) == {"2.right": "heads"}
    assert found(A, left, right, records=(applied(A), applied(left))) == {"2.right": "heads"}
    assert found(A, left, right, records=tuple(map(applied, (A, left, right)))) == {}
    assert found(A, left, right, out_of_order=True) == {}
    assert found(A, left, right, migration("3.merge", "2.left", "2.right")) == {}
    stand = standings(Folder((A, left, right)), {})
    assert '"-- depends: 2.left" in 2.right' in str(problems(stand)[0])


def test_migrations_without_dependencies_are_no_heads() -> None:
    assert found(A, B, C) == {}
