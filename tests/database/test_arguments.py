"""Arguments that don't fit their parameter: refused by name, before anything is sent."""

from __future__ import annotations

import traceback
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from sqlkit import Query, Statement, WrongArgument, sql
from sqlkit.statement import Line

if TYPE_CHECKING:
    from sqlkit import AsyncDatabase

SECRET = "hunter2"
NAIVE = datetime(2024, 1, 1, 12)
AWARE = NAIVE.replace(tzinfo=UTC)

WRONG: list[tuple[str, Any, str]] = [
    ("smallint", 2**15, "is out of range: .* smallint"),
    ("integer", -(2**31) - 1, "is out of range: .* integer"),
    ("bigint", 2**63, "is out of range: .* bigint"),
    ("oid", -1, "is out of range: .* oid"),
    ("integer", 1.0, "must be an int .*, not float"),
    ("integer", SECRET, "must be an int .*, not str"),
    ("integer", Decimal(1), "must be an int .*, not Decimal"),
    ("real", 1e39, "is out of range: .* real"),
    ("double precision", "1.0", "must be float, not str"),
    ("double precision", Decimal(1), "must be float, not Decimal"),
    ("double precision", 10**400, "can't be sent as float: "),
    ("numeric", 1.5, "must be Decimal, not float"),
    ("boolean", 1, "must be bool, not int"),
    ("boolean", "true", "must be bool, not str"),
    ("text", True, "must be str, not bool"),
    ("text", 1, "must be str, not int"),
    ("text", b"hunter2", "must be str, not bytes"),
    ("text", f"{SECRET}\0", "must not contain NUL"),
    ("text", f"{SECRET}\ud800", "can't be sent as str.*: it is no Unicode text"),
    ("varchar(3)", 1, "must be str, not int"),
    ("bytea", SECRET, "must be bytes, not str"),
    ("date", NAIVE, r"must be date, not datetime"),
    ("date", "2024-01-01", r"must be date, not str"),
    ("time", time(1, tzinfo=UTC), "must be time without a time zone: it has one"),
    ("time", timedelta(1), "must be time without a time zone, not timedelta"),
    ("timestamp", AWARE, "must be datetime without a time zone: it has one"),
    ("timestamp", date(2024, 1, 1), "must be datetime without a time zone, not date"),
    ("timestamptz", NAIVE, "must be datetime with a time zone: it has none"),
    ("timestamptz", "now", "must be datetime with a time zone, not str"),
    ("interval", 5, "must be timedelta, not int"),
    ("uuid", "12345678-1234-5678-1234-567812345678", "must be UUID, not str"),
    ("inet", "10.0.0.1", "must be an address of the module ipaddress, not str"),
    ("inet", IPv4Network("10.0.0.0/8"), "must be an address .*, not IPv4Network"),
    ("cidr", IPv4Address("10.0.0.1"), "must be a network of ipaddress, not IPv4Address"),
    ("jsonb", object(), "can't be sent as a JSON value: "),
    ("jsonb", {"a": {SECRET: object()}}, "can't be sent as a JSON value: "),
    ("jsonb[]", {"a": 1}, "must be a sequence of a JSON value, not dict"),
    ("text[]", SECRET, "must be a sequence of str, not str"),
    ("text[]", ["a", 1], "must be a sequence of str: element 2 must be str, not int"),
    ("text[]", [["a"], ["b", 1]], "must be .*: element 2 must be .*: element 2 must be str, not"),
    ("text[]", [("a",)], "must be a sequence of str: element 1 must be str, not tuple"),
    ("integer[]", [(1, 2)], "must be a sequence of an int .*: element 1 must be an int .* tuple"),
    ("text[]", {"a"}, "must be a sequence of str, not set"),
    ("integer[]", [1, 2**31], "must be a sequence of an int .*: element 2 is out of range"),
    ("integer[]", [[1], [2, 3]], "can't be sent as a sequence of an int "),
    ("integer[]", 1, "must be a sequence of an int .*, not int"),
    ("integer[]", (n for n in (1, 2)), "must be a sequence of an int .*, not generator"),
    ("int4range", (1, 2), "must be a Range of an int .*, not tuple"),
    ("int4range", Range(1, SECRET), "must be a Range of an int "),
    ("int8range", Range(1, 2**63), "must be a Range of an int "),
    ("int4multirange", Range(1, 2), "must be a Multirange of an int .*, not Range"),
    ("int4multirange", Multirange([Range("a", "b")]), "must be a Multirange of an int "),
    ("mood", 1, "must be str, not int"),
    ("size", (1,), r"must be a row of size \(.*\)"),
    ("size", ("1", "a"), r"must be a row of size \(.*\)"),
    ("size", [1, "a"], r"must be a row of size \(.*\), not list"),
    ("size", {"width": 1}, r"must be a row of size \(.*\), not dict"),
    ("tagged", ("a", ("b",)), r"must be a row of tagged \(str, a list of str\)"),
    (
        "size[]",
        [(1, 2)],
        "must be a sequence of a row of size .*: element 1 must be a row of size ",
    ),
    ("positive", SECRET, "must be an int .*, not str"),
    ("tsvector", 1, "must be str, not int"),
]


@pytest.mark.parametrize(("type_", "value", "what"), WRONG)
async def test_a_wrong_argument_is_named_and_never_shown(
    both: AsyncDatabase, type_: str, value: Any, what: str
) -> None:
    await both.run(
        sql(
            "create table t (n int); create type mood as enum ('ok');"
            "create type size as (width int, label text);"
            "create type tagged as (label text, tags text[]);"
            "create domain positive as int check (value > 0)",
            kind="script",
        )
    )
    query: Query[Any] = Query(
        name="things.add",
        kind="one",
        lines=(
            Line("with w as (insert into t values (1)) select ", 0, "::int, ", 1, f"::{type_}"),
        ),
        parameters=("first", "value"),
    )
    async with both.transaction() as tx:
        with pytest.raises(WrongArgument, match=rf"^things\.add: value {what}") as caught:
            await tx.run(Statement(query, (1, value)))
        # Nothing was sent: the transaction goes on.
        assert await tx.run(sql("select count(*) from t", kind="one")) == 0
    shown = "".join(traceback.format_exception_only(caught.value))
    assert SECRET not in shown
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert isinstance(caught.value, TypeError)


async def test_sub_classes_are_taken_for_what_they_are(both: AsyncDatabase) -> None:
    class Name(str):
        __slots__ = ()

    class Number(int):
        pass

    text = "select :a::text, :b::bigint, :c::text[], :d::bigint[]"
    given = {"a": Name("x"), "b": Number(7), "c": [Name("x")], "d": (Number(7),)}
    assert await both.run(sql(text, kind="one", **given)) == ("x", 7, ["x"], [7])


async def test_none_is_null_for_every_type(both: AsyncDatabase) -> None:
    for type_ in ("int", "text", "jsonb", "int[]", "int4range", "timestamptz", "bytea"):
        assert await both.run(sql(f"select :v::{type_} is null", kind="one", v=None)) is True


async def test_a_json_null_is_a_null_inside_json_only(both: AsyncDatabase) -> None:
    query = sql("select :v::jsonb -> 'a' = 'null'::jsonb", kind="one", v={"a": None})
    assert await both.run(query) is True


async def test_a_wrong_word_names_the_words(both: AsyncDatabase) -> None:
    text = """
        select n from generate_series(1, 2) as n
        order by n       --? sort = up
        order by n desc  --? sort = down"""
    assert await both.run(sql(text, sort="down")) == [2, 1]
    with pytest.raises(WrongArgument, match=r"^sql: sort must be one of 'up', 'down'$"):
        await both.run(sql(text, sort=SECRET))


async def test_an_unknown_label_of_an_enum_is_the_server_s_error(both: AsyncDatabase) -> None:
    await both.run(sql("create type mood as enum ('ok')", kind="exec"))
    with pytest.raises(psycopg.errors.InvalidTextRepresentation, match="mood"):
        await both.run(sql("select :m::mood", m="bad"))
