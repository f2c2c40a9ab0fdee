from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit.describe import Description

INET = "IPv4Address | IPv4Interface | IPv6Address | IPv6Interface"

# PostgreSQL's type, the annotation of a column, and that of a parameter where it differs.
TYPES = [
    ("smallint", "int", ""),
    ("integer", "int", ""),
    ("bigint", "int", ""),
    ("oid", "int", ""),
    ("real", "float", ""),
    ("double precision", "float", ""),
    ("numeric", "Decimal", ""),
    ("boolean", "bool", ""),
    ("text", "str", ""),
    ("character varying", "str", ""),
    ("character", "str", ""),
    ('"char"', "str", ""),
    ("name", "str", ""),
    ("date", "date", ""),
    ("time without time zone", "time", ""),
    ("timestamp without time zone", "datetime", ""),
    ("timestamp with time zone", "datetime", ""),
    ("interval", "timedelta", ""),
    ("uuid", "UUID", ""),
    ("bytea", "bytes", ""),
    ("inet", INET, ""),
    ("cidr", "IPv4Network | IPv6Network", ""),
    ("json", "Json", "object"),
    ("jsonb", "Json", "object"),
    ("jsonb[]", "list[Json | None]", "Sequence[object]"),
    ("mood", "Mood", ""),
    ("mood[]", "list[Mood | None]", "Sequence[Mood | None]"),
    ("email", "str", ""),
    ("work_email", "str", ""),
    ("email[]", "list[str | None]", "Sequence[str | None]"),
    ("integer[]", "list[int | None]", "Sequence[int | None]"),
    ("uuid[]", "list[UUID | None]", "Sequence[UUID | None]"),
    ("int4range", "Range[int]", ""),
    ("tstzrange", "Range[datetime]", ""),
    ("slots", "Range[int]", ""),
    ("numrange[]", "list[Range[Decimal] | None]", "Sequence[Range[Decimal] | None]"),
    ("int4multirange", "Multirange[int]", ""),
    ("point3", "Point3", ""),
    ("point3[]", "list[Point3 | None]", "Sequence[Point3 | None]"),
    ("users", "Users", ""),
    ("tsvector", "str", ""),
    ("bit varying", "str", ""),
    ("xml", "str", ""),
    ("time with time zone", "str", ""),
    ("money", "str", ""),
    ("int2vector", "str", ""),
]


@pytest.mark.parametrize(("type_", "result", "parameter"), TYPES, ids=[row[0] for row in TYPES])
def test_a_type_is_the_python_type_that_the_design_names(
    type_: str, result: str, parameter: str, ask: Callable[[str], Description]
) -> None:
    said = ask(f"select :b::{type_} as a, :b::{type_} is null as b").as_json()
    assert said["columns"][0]["python"] == result
    assert said["params"] == [
        {"name": "b", "type": type_, "python": parameter or result, "nullable": False}
    ]


def test_a_type_shows_its_modifier(ask: Callable[[str], Description]) -> None:
    said = ask("select 1::numeric(6, 2) as a, 'x'::varchar(9) as b")
    assert [column.sql_type for column in said.columns] == ["numeric(6,2)", "character varying(9)"]


def test_a_column_of_a_domain_is_told_as_its_base_type(ask: Callable[[str], Description]) -> None:
    assert ask("select email from users").columns[0].sql_type == "text"


def test_void_is_none(ask: Callable[[str], Description]) -> None:
    said = ask("select pg_notify('a', 'b')").as_json()["columns"]
    assert said == [{"name": "pg_notify", "type": "void", "python": "None", "nullable": True}]


def test_types_outside_the_search_path_are_named_with_their_schema(
    ask: Callable[[str], Description],
) -> None:
    said = ask("select null::other.mood as a").as_json()["columns"]
    assert said == [{"name": "a", "type": "other.mood", "python": "Mood", "nullable": True}]
