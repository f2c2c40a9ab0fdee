from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]


@pytest.fixture
def run(sqlkit: Run, dsn: str) -> Run:
    """Runs a query on the test's database."""

    def command(*arguments: str, **options: Any) -> Result:
        return sqlkit("run", "--dsn", dsn, *arguments, **options)

    return command


@pytest.fixture
def run_json(run: Run) -> Callable[..., Any]:
    """As ``run``, giving what ``--json`` printed."""
    return lambda *arguments: json.loads(run("--json", *arguments).stdout)


FIRST = {"id": 1, "body": "first", "mood": "good", "price": "1.50", "due": "2026-02-01"}
SECOND = {"id": 2, "body": "second", "mood": None, "price": None, "due": None}


def test_a_row_is_shown_as_a_table(run: Run) -> None:
    result = run("notes.get_note", "id=1")

    assert "│  1 │ first │ good │  1.50 │ 2026-02-01 │" in result.stdout
    assert result.stderr == "1 row\n"


def test_json_is_what_the_kind_gives(run_json: Callable[..., Any]) -> None:
    assert run_json("notes.get_note", "id=1") == FIRST
    assert run_json("notes.find_note", "body=second") == SECOND
    assert run_json("notes.find_note", "body=nothing") is None
    assert run_json("notes.list_notes", "max_rows=9") == [SECOND, FIRST]
    assert run_json("notes.count_notes") == {"count": 2}
    assert run_json("notes.export_notes") == [
        {"id": 1, "body": "first"},
        {"id": 2, "body": "second"},
    ]
    assert run_json("notes.set_mood", "mood=bad", "ids={1,2,3}") == 2
    assert run_json("notes.touch") is None
    assert run_json("notes.tidy") is None
    assert run_json("notes.count_notes") == {"count": 1}


def test_csv_has_a_heading_and_empty_nulls(run: Run) -> None:
    assert run("--csv", "notes.list_notes", "max_rows=9").stdout == (
        "id,body,mood,price,due\n2,second,,,\n1,first,good,1.50,2026-02-01\n"
    )
    assert run("--csv", "notes.set_mood", "mood=bad", "ids={1}").stdout == "affected\n1\n"


def test_a_write_is_written_and_says_how_many_rows(run: Run, dsn: str) -> None:
    assert run("notes.set_mood", "mood=bad", "ids=[1, 2]").stdout == "2 rows affected\n"

    with psycopg.connect(dsn) as connection:
        moods = connection.execute("select distinct mood from notes").fetchall()
    assert moods == [("bad",)]


def test_values_are_in_postgresqls_own_syntax(run_json: Callable[..., Any]) -> None:
    note = run_json(
        "notes.add_note",
        "body=a = b",
        'tags={x,"y z",NULL}',
        'data={"deep": [1, true, null]}',
        "price=12.5",
        "due=31 jan 2026",
    )

    assert note == {
        "id": 3,
        "tags": ["x", "y z", None],
        "data": {"deep": [1, True, None]},
        "price": "12.50",
        "due": "2026-01-31",
    }


def test_an_array_may_be_a_json_list_and_null_is_said(run_json: Callable[..., Any]) -> None:
    note = run_json(
        "notes.add_note",
        "body=",
        'tags=["x", "y, z", null]',
        *("--null", "data", "--null", "price", "--null", "due"),
    )

    assert note == {"id": 3, "tags": ["x", "y, z", None], "data": None, "price": None, "due": None}


def test_conditions_may_be_left_out_or_said(run_json: Callable[..., Any]) -> None:
    assert run_json("notes.list_notes", "max_rows=9", "sort=name") == [FIRST, SECOND]
    assert run_json("notes.list_notes", "max_rows=9", "dated=yes") == [FIRST]
    assert run_json("notes.list_notes", "max_rows=9", "mood=bad") == []


@pytest.mark.parametrize(
    ("arguments", "messages"),
    [
        (["notes.get_nte", "id=1"], ["there is no query notes.get_nte", "notes.get_note"]),
        (["get_note", "id=1"], ["did you mean notes.get_note?"]),
        (["notes.get_note"], ["missing: id", "  id  bigint"]),
        (
            ["notes.list_notes", "maxrows=1"],
            [
                "no parameter maxrows (did you mean max_rows?)",
                "max_rows  bigint",
                "mood      mood, or --null; may be left out",
                "dated     boolean; may be left out",
                "sort      newest | name; may be left out",
            ],
        ),
        (
            ["notes.get_note", "id=one"],
            ["id is bigint", 'invalid input syntax for type bigint: "one"'],
        ),
        (["notes.get_note", "1"], ["'1' is not name=value"]),
        (["notes.get_note", "id=1", "id=2"], ["id is given twice"]),
        (["notes.list_notes", "max_rows=1", "sort=size"], ["'newest', 'name'"]),
        (["notes.import_notes"], ["takes rows"]),
    ],
)
def test_wrong_use_says_what_would_be_right(
    run: Run, arguments: list[str], messages: list[str]
) -> None:
    result = run(*arguments, exit_code=2)

    for message in messages:
        assert message in result.stderr
    assert "Traceback" not in result.output


def test_what_the_database_refuses_is_a_problem_found(run: Run) -> None:
    result = run(
        *("notes.add_note", "body=first", "tags={}"),
        *("--null", "data", "--null", "price", "--null", "due"),
        exit_code=1,
    )

    assert "[23505]" in result.stderr
    assert "notes.add_note" in result.stderr
    assert "Traceback" not in result.output


def test_a_row_that_is_not_there_is_a_problem_found(run: Run) -> None:
    assert "notes.get_note" in run("notes.get_note", "id=99", exit_code=1).stderr


def test_a_query_that_the_database_refuses_is_shown_in_its_file(run: Run, project: Path) -> None:
    (project / "sql" / "bad.sql").write_text("-- name: bad :one\nselect a from b;\n", "utf-8")

    assert "sql/bad.sql:2:15: " in run("bad.bad", exit_code=1).stderr


def test_database_url_names_the_database(
    sqlkit: Run, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)

    assert "first" in sqlkit("run", "notes.get_note", "id=1").stdout


def test_libpqs_own_variables_name_the_database(
    sqlkit: Run, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from psycopg.conninfo import conninfo_to_dict

    names = {"host": "PGHOST", "port": "PGPORT", "dbname": "PGDATABASE"}
    for key, value in conninfo_to_dict(dsn).items():
        monkeypatch.setenv(names.get(key, f"PG{key.upper()}"), str(value))

    assert "first" in sqlkit("run", "notes.get_note", "id=1").stdout


@pytest.mark.parametrize("command", [("run", "notes.count_notes"), ("seed", "--fill", "notes=1")])
def test_a_server_that_is_not_there_is_said_once(
    sqlkit: Run, project: Path, caplog: pytest.LogCaptureFixture, command: tuple[str, ...]
) -> None:
    result = sqlkit(*command, "--dsn", "host=127.0.0.1 port=1", exit_code=2)

    assert "is the server running?" in result.stderr
    assert "sqlkit db start" in result.stderr
    assert not caplog.records


def test_without_a_database_the_message_says_where_to_name_one(sqlkit: Run, project: Path) -> None:
    result = sqlkit("run", "notes.get_note", "id=1", exit_code=2)

    assert "give --dsn, set DATABASE_URL" in result.stderr


@pytest.mark.parametrize(
    ("type_", "value", "stored"),
    [
        ("char(3)", "EUR", "EUR"),
        ("char(3)[]", "{EUR,USD}", "{EUR,USD}"),
        ("char(3)[]", '["EUR", "USD"]', "{EUR,USD}"),
        ("bit(8)", "10101010", "10101010"),
        ("bit(8)[]", "{10101010}", "{10101010}"),
        ("varbit", "10101", "10101"),
        ('"char"', "x", "x"),
    ],
)
def test_a_value_keeps_its_length(
    run: Run, project: Path, dsn: str, type_: str, value: str, stored: str
) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute(f"create table kept (a {type_})".encode())
    (project / "sql" / "kept.sql").write_text(
        "-- name: keep :one\ninsert into kept values (:a) returning a::text as a;\n", "utf-8"
    )

    assert json.loads(run("--json", "kept.keep", f"a={value}").stdout) == {"a": stored}
