"""Columns of JSON are read as the types that ``@type`` names, each as its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from sqlkit import Query, Statement, UnreadableValue, sql
from sqlkit.statement import Line

if TYPE_CHECKING:
    from sqlkit import AsyncDatabase


class Point(msgspec.Struct):
    x: int


def typed(text: str, converts: dict[int, Any], kind: Any = "many") -> Statement[Any]:
    query: Query[Any]
    query = Query(name="things.ask", lines=(Line(text),), kind=kind, converts=converts)
    return Statement(query)


# In binary, and, since a tsvector has no binary form, as text.
@pytest.mark.parametrize("also", ["", ", 'a'::tsvector as vector"])
@pytest.mark.parametrize("kind", ["many", "copy"])
async def test_each_column_has_its_own_type(both: AsyncDatabase, also: str, kind: str) -> None:
    text = (
        """select '{"x": 1}'::jsonb as a, 1 as b, '[2, 3]'::jsonb as c, '{"x": 4}'::jsonb as d,"""
        f""" '{{"x": 5}}'::json as e{also}"""
    )
    statement = typed(text, {0: Point, 2: set[int], 4: Point}, kind)
    for _ in range(2):
        (row,) = await both.run(statement)
        assert tuple(row)[:5] == (Point(1), 1, {2, 3}, {"x": 4}, Point(5))


async def test_null_is_none_whether_json_s_or_sql_s(both: AsyncDatabase) -> None:
    text = "select 'null'::jsonb as a, null::jsonb as b"
    assert await both.run(typed(text, {0: Point, 1: Point}, "one")) == (None, None)


async def test_a_domain_over_json_is_json(both: AsyncDatabase) -> None:
    await both.run(sql("create domain pg_temp.point as jsonb", kind="exec"))
    text = """select '{"x": 1}'::pg_temp.point"""
    assert await both.run(typed(text, {0: Point}, "one")) == Point(1)


async def test_what_is_not_of_the_type_is_said_without_the_value(both: AsyncDatabase) -> None:
    text = """select '{"x": "secret"}'::jsonb as place"""
    with pytest.raises(UnreadableValue, match=r"column place, row 1: ") as caught:
        await both.run(typed(text, {0: Point}))
    assert "secret" not in str(caught.value)
