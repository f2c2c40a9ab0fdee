from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]

BROKEN = """\
-- name: typo :one
select emial from notes;

-- name: fine :one
select id, id from notes limit 1;

-- name: kindless :oen
select 1;
"""


def test_json_tells_all_of_a_query(sqlkit: Run, project: Path) -> None:
    answer = json.loads(sqlkit("describe", "--json").stdout)

    assert answer.keys() == {"queries", "errors"}
    assert answer["errors"] == []
    described = {query["name"]: query for query in answer["queries"]}
    assert described["notes.get_note"] == {
        "name": "notes.get_note",
        "file": "sql/notes.sql",
        "line": 1,
        "kind": "one",
        "sql": "select id, body, mood, price, due from notes where id = $1;",
        "params": [{"name": "id", "type": "bigint", "python": "int", "nullable": False}],
        "columns": [
            {"name": "id", "type": "bigint", "python": "int", "nullable": False},
            {"name": "body", "type": "text", "python": "str", "nullable": False},
            {"name": "mood", "type": "mood", "python": "Mood", "nullable": True},
            {"name": "price", "type": "numeric(10,2)", "python": "Decimal", "nullable": True},
            {"name": "due", "type": "date", "python": "date", "nullable": True},
        ],
        "reads": ["public.notes"],
        "writes": [],
        "volatility": "stable",
        "locks": False,
        "reads_columns": [
            "public.notes.body",
            "public.notes.due",
            "public.notes.id",
            "public.notes.mood",
            "public.notes.price",
        ],
        "writes_columns": [],
        "variants": [
            {
                "when": "",
                "sql": "select id, body, mood, price, due from notes where id = $1;",
                "params": ["id"],
            }
        ],
    }
    assert described["notes.set_mood"]["writes"] == ["public.notes"]
    assert described["notes.set_mood"]["volatility"] == "volatile"
    variants = described["notes.list_notes"]["variants"]
    assert len(variants) == 8
    assert all(variant.keys() == {"when", "sql", "params"} for variant in variants)


def test_one_bad_query_hides_no_other(sqlkit: Run, project: Path) -> None:
    (project / "sql" / "bad.sql").write_text(BROKEN, encoding="utf-8")

    result = sqlkit("describe", "--json", "sql/bad.sql", exit_code=1)

    answer = json.loads(result.stdout)
    assert [query["name"] for query in answer["queries"]] == ["bad.fine"]
    assert [column["name"] for column in answer["queries"][0]["columns"]] == ["id", "id"]
    assert [(error["line"], error["sqlstate"]) for error in answer["errors"]] == [
        (2, "42703"),
        (7, None),
    ]
    assert answer["errors"][0].keys() == {
        "file",
        "line",
        "column",
        "sqlstate",
        "message",
        "hint",
    }


def test_the_table_shows_the_sound_queries_and_the_errors(sqlkit: Run, project: Path) -> None:
    (project / "sql" / "bad.sql").write_text(BROKEN, encoding="utf-8")

    result = sqlkit("describe", "sql/bad.sql", exit_code=1)

    assert "bad.fine" in result.stdout
    assert "notes.get_note" not in result.stdout
    assert "sql/bad.sql:2:8: " in result.stderr


def test_a_file_with_errors_alone_needs_no_server(sqlkit: Run, project: Path) -> None:
    (project / "sql" / "notes.sql").write_text("-- name: x :oen\nselect 1;\n", encoding="utf-8")

    result = sqlkit("describe", "--json", exit_code=1)

    assert "schema:" not in result.stderr
    assert len(json.loads(result.stdout)["errors"]) == 1
