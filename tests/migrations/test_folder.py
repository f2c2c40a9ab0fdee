"""Reading migrations: their order, their directives, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from sqlkit.errors import MigrationError, ProjectError
from sqlkit.migrations import read

Write: TypeAlias = Callable[..., Path]


def test_the_order_is_by_id_but_after_what_is_depended_on(folder: Path, write: Write) -> None:
    write("0001.a", "-- depends: 0003.c\nselect 1")
    write("0002.b", "select 1")
    write("0003.c", "select 1")
    write("0004.d.py", "from yoyo import step\n__depends__ = {'0001.a'}\nsteps = [step('x')]")
    write("post-apply", "select 1")

    found = read(folder)

    assert [one.id for one in found] == ["0002.b", "0003.c", "0001.a", "0004.d"]
    assert [one.id for one in found.post_apply] == ["post-apply"]
    assert found.find("0004.d").depends == ("0001.a",)


def test_statements_and_rollback_are_parted_with_their_lines(folder: Path, write: Write) -> None:
    write("0001.a", "-- What for.\n-- depends:\n\nselect 1;\nselect\n2;", "drop a;\ndrop b")
    write("0002.b", "-- transactional: false\nvacuum;")

    first, second = read(folder)

    assert [(one.sql, one.line) for one in first.statements] == [
        ("select 1;", 4),
        ("select\n2;", 5),
    ]
    assert [one.line for one in first.rollback] == [1, 2]
    assert (first.transactional, first.has_rollback) == (True, True)
    assert (second.transactional, second.has_rollback, second.rollback) == (False, False, ())


def test_a_rollback_that_does_nothing_is_one(folder: Path, write: Write) -> None:
    write("0001.a", "select 1", "-- nothing to undo\n")
    assert read(folder).migrations[0].has_rollback


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "-- depend: 0001.a\nselect 1",
            r'0002\.b\.sql:1: "-- depend:".*did you mean "-- depends:"',
        ),
        ("\n-- transactionl: false\n", r'0002\.b\.sql:2: .*did you mean "-- transactional:"'),
        ("-- transactional: no\n", r'"-- transactional:" is true or false, once, not \'no\''),
        ("-- depends: 0001.aa\n", r"0002\.b\.sql: depends on 0001\.aa, .* did you mean 0001\.a\?"),
        ("-- depends: 0002.b\n", r"0002\.b\.sql depends on itself"),
    ],
)
def test_a_wrong_head_is_an_error(folder: Path, write: Write, text: str, message: str) -> None:
    write("0001.a", "select 1")
    write("0002.b", text)
    with pytest.raises(MigrationError, match=message):
        read(folder)


def test_a_comment_like_a_directive_is_one_no_more_below_the_first_statement(
    folder: Path, write: Write
) -> None:
    write("0001.a", "-- note: this\n-- TODO: that\nselect 1;\n-- depend: x\nselect 2;")
    assert len(read(folder).migrations[0].statements) == 2


def test_the_same_id_twice_names_both_files(folder: Path, write: Write, tmp_path: Path) -> None:
    first = write("0001.a", "select 1")
    other = tmp_path / "other"
    other.mkdir()
    second = other / "0001.a.py"
    second.write_text("")
    with pytest.raises(MigrationError, match=r"two migrations have the id 0001\.a") as caught:
        read(folder, other)
    assert f"{first} and {second}" in str(caught.value)
    assert "rename" in str(caught.value)


def test_two_folders_are_read_as_one(folder: Path, write: Write, tmp_path: Path) -> None:
    write("0001.a", "select 1")
    other = tmp_path / "other"
    other.mkdir()
    (other / "0000.b.sql").write_text("-- depends: 0001.a\n")
    assert [one.id for one in read(folder, other)] == ["0001.a", "0000.b"]


def test_a_circle_names_who_is_in_it(folder: Path, write: Write) -> None:
    write("0001.a", "-- depends: 0003.c\nselect 1")
    write("0002.b", "select 1")
    write("0003.c", "-- depends: 0001.a\nselect 1")
    with pytest.raises(MigrationError, match="in a circle: ") as caught:
        read(folder)
    assert "0001.a" in str(caught.value)
    assert "0003.c" in str(caught.value)
    assert "0002.b" not in str(caught.value)


def test_python_that_cannot_be_loaded_is_an_error(folder: Path, write: Write) -> None:
    write("0001.a.py", "this is no Python")
    with pytest.raises(MigrationError, match=r"0001\.a\.py:1 can't be loaded: .*invalid syntax"):
        read(folder)


def test_bytes_that_are_no_text_are_an_error(folder: Path) -> None:
    (folder / "0001.a.sql").write_bytes(b"select '\xff'")
    with pytest.raises(MigrationError, match=r"0001\.a\.sql can't be read"):
        read(folder)


def test_a_folder_that_is_not_there_is_an_error(folder: Path) -> None:
    with pytest.raises(ProjectError, match="there is no folder of migrations at"):
        read(folder / "nope")


def test_an_id_may_be_said_by_its_beginning(folder: Path, write: Write) -> None:
    for name in ("0001.a", "0002.b", "0002.c"):
        write(name, "select 1")
    found = read(folder)
    assert found.find("0001").id == "0001.a"
    with pytest.raises(MigrationError, match=r"0002 may be 0002\.b, 0002\.c"):
        found.find("0002")
    with pytest.raises(MigrationError, match=r"no migration 0002\.x; did you mean 0002\.[bc]"):
        found.find("0002.x")


def test_files_with_names_that_yoyo_does_not_know_are_told(folder: Path, write: Write) -> None:
    write("0001.a", "select 1", "select 2")
    write("0002.b.rollback", "select 1")
    (folder / "0003.c.Sql").touch()
    (folder / "README.md").touch()
    assert [text.partition(" is ")[0] for text in read(folder).strays] == [
        str(folder / "0002.b.rollback.sql"),
        str(folder / "0003.c.Sql"),
    ]


@pytest.mark.parametrize("name", ["0001.a.rolback", "0001.a-down", "0001.a_undo.py", "0001.a.Down"])
def test_a_rollback_with_a_wrong_name_is_not_taken_for_a_migration(
    folder: Path, write: Write, name: str
) -> None:
    write("0001.a", "select 1")
    write(name, "steps = []" if name.endswith(".py") else "drop table a")
    with pytest.raises(MigrationError, match=r"looks like the rollback of 0001\.a\n"):
        read(folder)


@pytest.mark.parametrize("name", ["0001.a.index", "0001.downtime", "0002.down", "0001.a.undone"])
def test_other_words_in_a_name_are_free(folder: Path, write: Write, name: str) -> None:
    write("0001.a", "select 1")
    write(name, "select 1")
    assert len(read(folder)) == 2
