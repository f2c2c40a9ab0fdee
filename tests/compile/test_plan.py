from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from sqlkit.compile import Notice, Stale, compare, offline
from sqlkit.errors import DescribeError, ForeignFile, SourceError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.compile.conftest import Folder

GOOD = "-- name: a :one\nselect 1;\n"
BAD = "-- name: b :one\nselect nope;\n"


def files(folder: Folder) -> set[str]:
    return {path.relative_to(folder.sql).as_posix() for path in folder.sql.rglob("*.*")}


def test_modules_and_packages_are_written_beside_the_queries(folder: Folder) -> None:
    folder.write("a.sql", GOOD)
    folder.write("b/c.sql", GOOD)
    written = folder.plan().write()
    assert written == tuple(
        folder.sql / name for name in ("__init__.py", "a.py", "b/__init__.py", "b/c.py")
    )
    assert files(folder) == {"__init__.py", "a.py", "a.sql", "b/__init__.py", "b/c.py", "b/c.sql"}


def test_what_stands_already_is_not_touched(folder: Folder) -> None:
    folder.write("a.sql", GOOD)
    folder.plan().write()
    before = (folder.sql / "a.py").stat().st_mtime_ns
    assert folder.plan().write() == ()
    assert (folder.sql / "a.py").stat().st_mtime_ns == before


def test_nothing_is_written_if_any_query_fails(folder: Folder) -> None:
    folder.write("a.sql", GOOD)
    folder.write("b.sql", BAD + "-- name: c :one\nselect nope_too;\n")
    made = folder.plan()
    assert [error.line for error in made.errors] == [2, 4]
    assert len(made.descriptions) == 1
    with pytest.raises(DescribeError, match="nope") as raised:
        made.write()
    assert "nope_too" in raised.value.__notes__[0]
    assert files(folder) == {"a.sql", "b.sql"}


def test_errors_of_every_kind_come_together_in_order(folder: Folder) -> None:
    folder.write("a.sql", "-- nmae: x :one\nselect 1;\n" + BAD)
    folder.write("b.sql", "-- name: c :many\nselect 1 as x, 2 as x;\n" + BAD)
    errors = folder.plan().errors
    assert [(error.file, error.line) for error in errors] == sorted(
        (error.file, error.line) for error in errors
    )
    assert {type(error).__name__ for error in errors} == {
        "SqlFileError",
        "CompileError",
        "DescribeError",
    }


def test_a_file_that_sqlkit_did_not_write_is_never_overwritten(folder: Folder) -> None:
    folder.write("a.sql", GOOD)
    folder.write("b.sql", GOOD)
    mine = folder.write("b.py", "print('mine')\n")
    with pytest.raises(ForeignFile, match=r"b\.py was not written by sqlkit"):
        folder.plan().write()
    assert mine.read_text() == "print('mine')\n"
    assert not (folder.sql / "a.py").exists()


def test_a_package_of_ones_own_stays(folder: Folder) -> None:
    folder.write("a.sql", GOOD)
    mine = folder.write("__init__.py", "")
    folder.plan().write()
    assert mine.read_text() == ""


def test_a_module_whose_file_is_gone_is_removed(folder: Folder) -> None:
    folder.write("a.sql", GOOD)
    gone = folder.write("b.sql", GOOD)
    mine = folder.write("c.py", "")
    folder.plan().write()
    gone.unlink()
    assert compare(folder.plan())[0].reason == "orphan"
    assert offline(folder.sql) == [Stale(folder.sql / "b.py", "orphan")]
    assert folder.plan().write() == (folder.sql / "b.py",)
    assert mine.exists()


def test_folders_of_other_databases_are_left_out(folder: Folder) -> None:
    folder.write("a.sql", GOOD)
    folder.write("other/b.sql", BAD)
    folder.plan(exclude=[folder.sql / "other"]).write()
    assert offline(folder.sql, exclude=[folder.sql / "other"]) == []
    assert not (folder.sql / "other" / "b.py").exists()


def test_what_is_as_it_should_be_passes(folder: Folder) -> None:
    folder.write("a.sql", "-- name: a :one\nselect status, home from campaigns, users;\n")
    folder.plan().write()
    assert compare(folder.plan()) == []
    assert offline(folder.sql) == []


def test_a_changed_query_is_stale_with_a_diff(folder: Folder) -> None:
    path = folder.write("a.sql", GOOD)
    folder.plan().write()
    path.write_text(GOOD.replace("1", "2"))
    [found] = compare(folder.plan())
    assert found.reason == "stale"
    assert '-    lines=(_Line("select 1;"),),\n+    lines=(_Line("select 2;"),),\n' in found.diff
    assert offline(folder.sql) == [Stale(folder.sql / "a.py", "stale")]


def test_a_changed_schema_is_stale_only_with_a_server(folder: Folder) -> None:
    folder.write("a.sql", "-- name: a :one\nselect title from campaigns;\n")
    folder.plan().write()
    with folder.connection.transaction(force_rollback=True):
        folder.connection.execute("alter table campaigns alter title drop not null")
        assert [one.reason for one in compare(folder.plan())] == ["stale"]
    assert offline(folder.sql) == []


def test_a_module_changed_by_hand_is_found(folder: Folder) -> None:
    folder.write("a.sql", GOOD)
    folder.plan().write()
    path = folder.sql / "a.py"
    path.write_text(path.read_text() + "x = 1\n")
    assert [(one.path, one.reason) for one in compare(folder.plan())] == [(path, "edited")]
    assert offline(folder.sql) == [Stale(path, "edited")]


def test_a_missing_and_a_foreign_module_are_found(folder: Folder) -> None:
    folder.write("a.sql", GOOD)
    folder.write("b.sql", GOOD)
    folder.plan().write()
    (folder.sql / "a.py").unlink()
    (folder.sql / "b.py").write_text("x = 1\n")
    assert [one.reason for one in compare(folder.plan())] == ["missing", "foreign"]
    assert [one.reason for one in offline(folder.sql)] == ["missing", "foreign"]


def test_line_ends_of_another_system_are_no_change(folder: Folder) -> None:
    path = folder.write("a.sql", GOOD)
    folder.plan().write()
    path.write_bytes(GOOD.replace("\n", "\r\n").encode())
    assert offline(folder.sql) == []


NOTICES = [
    (":maybe\nselect full_name from users", "None may mean that there is no row"),
    (":maybe\nselect id from users", None),
    (":maybe\n-- @row X\nselect full_name from users", None),
    (":one\nupdate users set full_name = 'x' returning id", "stands even if it raises TooManyRows"),
    (":one\nupdate users set full_name = 'x' where id = :id returning id", None),
    (":one\ninsert into users (email) values (:email) returning id", None),
    (":many\ndelete from users returning id", None),
    (":many\nshow work_mem", "no analysed tree of it, so every column is taken to be nullable"),
    (":exec\nlisten x", None),
    (":one\n-- @cache 5s\nselect 1", "@cache has no effect yet"),
    (":many\nselect doc from campaigns", "tsvector is treated as text"),
    (":many\nselect 1 where :a::bit = b'1'", "bit is treated as text"),
]


@pytest.mark.parametrize(("query", "notice"), NOTICES, ids=[query for query, _ in NOTICES])
def test_what_is_worth_knowing_is_said(query: str, notice: str | None, folder: Folder) -> None:
    folder.write("x.sql", f"-- name: q {query};\n")
    made = folder.plan()
    assert made.errors == ()
    messages = [str(one) for one in made.notices]
    assert len(messages) == (notice is not None)
    for message in messages:
        assert message.startswith("sql/x.sql:1: q: ")
        assert str(notice) in message


def test_a_notice_is_json_too() -> None:
    assert Notice("a.sql", 3, "x").as_dict() == {"file": "a.sql", "line": 3, "message": "x"}


def test_five_hundred_queries_compile_in_under_ten_seconds(folder: Folder) -> None:
    query = (
        "select u.id, u.email, c.title, c.budget, count(*) as n\n"
        "from users u left join campaigns c on c.owner_id = u.id\n"
        "where u.id = :id and c.status = :status group by u.id, c.id limit :n;\n"
    )
    for number in range(10):
        queries = [f"-- name: q{one} :many\n-- Query {one}.\n{query}" for one in range(50)]
        folder.write(f"q{number}.sql", "\n".join(queries))
    start = time.process_time()  # a clock on the wall tells of the machine
    made = folder.plan()
    made.write()
    assert time.process_time() - start < 5
    assert (len(made.descriptions), made.errors) == (500, ())


def test_a_write_that_fails_leaves_no_drafts(folder: Folder, tmp_path: Path) -> None:
    folder.write("a.sql", GOOD)
    made = folder.plan()
    (folder.sql / "a.py").mkdir()
    with pytest.raises(OSError, match=r"a\.py"):
        made.write()
    assert not list(tmp_path.rglob("*.draft"))


def test_an_error_has_the_facts_for_json(folder: Folder) -> None:
    folder.write("b.sql", BAD)
    [error] = folder.plan().errors
    assert isinstance(error, SourceError)
    assert error.as_dict() == {
        "file": "sql/b.sql",
        "line": 2,
        "column": 8,
        "sqlstate": "42703",
        "message": 'column "nope" does not exist',
        "hint": None,
    }
