"""Values of PostgreSQL's types, there and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Network,
)
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from psycopg.errors import FeatureNotSupported
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from sqlkit import Query, Row, Statement, UnreadableValue, sql
from sqlkit.statement import Line

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit import AsyncDatabase
    from sqlkit.statement import Kind

MOMENT = datetime(2024, 2, 29, 12, 30, 0, 123456, tzinfo=UTC)
MILAN = timezone(timedelta(hours=2))

SCALARS: list[tuple[str, Any]] = [
    ("smallint", -(2**15)),
    ("integer", 2**31 - 1),
    ("bigint", -(2**63)),
    ("oid", 2**32 - 1),
    ("real", 0.5),
    ("real", float("inf")),
    ("double precision", 0.1),
    ("double precision", float("-inf")),
    ("numeric", Decimal("12345678901234567890.123456789")),
    ("numeric(10, 2)", Decimal("-1.50")),
    ("numeric", Decimal("1E-20")),
    ("boolean", True),
    ("boolean", False),
    ("text", "Łódź 😀 'quoted' \\ \n\t"),
    ("text", ""),
    ("varchar(10)", "a"),
    ("char(3)", "a  "),
    ("name", "a"),
    ('"char"', "a"),
    ("date", date(1, 1, 1)),
    ("date", date(9999, 12, 31)),
    ("time", time(23, 59, 59, 999999)),
    ("timestamp", datetime(2024, 2, 29, 1, 2, 3, 4)),
    ("timestamptz", MOMENT),
    ("interval", timedelta(days=-3, seconds=5, microseconds=7)),
    ("uuid", UUID("12345678-1234-5678-1234-567812345678")),
    ("bytea", bytes(range(256))),
    ("bytea", b""),
    ("inet", IPv4Address("10.0.0.1")),
    ("inet", IPv4Interface("10.0.0.1/8")),
    ("inet", IPv6Address("::1")),
    ("cidr", IPv4Network("10.0.0.0/8")),
    ("cidr", IPv6Network("2001:db8::/32")),
    ("jsonb", {"a": [1, 2.5, None, True, {"b": "ü"}], "c": {}}),
    ("json", "text"),
    ("jsonb", [[1], [2, [3]]]),
    ("jsonb", 2**70),
    ("jsonb", -0.1),
    ("jsonb", False),
    ("int4range", Range(1, 5)),
    ("int4range", Range(empty=True)),
    ("tstzrange", Range(MOMENT, None)),
    ("numrange", Range(Decimal("1.5"), Decimal(2), "(]")),
    ("int4multirange", Multirange([Range(1, 3), Range(7, 9)])),
    ("datemultirange", Multirange[date]([])),
    # Types without a Python class are PostgreSQL's text.
    ("tsvector", "'a' 'b'"),
    ("bit(3)", "101"),
    ("xml", "<a/>"),
    ("point", "(1,2)"),
    ("money", "$1.50"),
    ("timetz", "12:00:00+02"),
    ("regtype", "integer"),
    ("pg_lsn", "16/B374D848"),
    ("macaddr", "08:00:2b:01:02:03"),
]
USER_TYPES = """
create type mood as enum ('sad', 'ok', 'it''s "so", so');
create type size as (width int, label text);
create type box_ as (outer_ size, moods mood[], at timestamptz, extra jsonb, sizes size[]);
create domain positive as int check (value > 0);
create domain very_positive as positive check (value > 10);
create domain tag as text;
create domain tags as text[];
create domain plan as jsonb;
create type moods as range (subtype = text);
create type days as range (subtype = date, multirange_type_name = many_days);
"""
SIZE = (3, "three")
OF_USER_TYPES: list[tuple[str, Any]] = [
    ("mood", "sad"),
    ("mood", 'it\'s "so", so'),
    ("size", SIZE),
    ("size", (None, None)),
    ("size", (1, 'a,b ("c") \\ \' {}')),
    ("box_", (SIZE, ["ok", None], MOMENT, {"a": [1]}, [SIZE, None])),
    ("box_", (None, [], None, None, None)),
    ("positive", 1),
    ("very_positive", 11),
    ("tag", "a"),
    ("tags", ["a", None]),
    ("plan", {"a": 1}),
    ("plan", [1, [2]]),
    ("moods", Range("a", "b")),
    ("days", Range(date(2024, 1, 1), date(2024, 2, 1))),
    ("many_days", Multirange([Range(date(2024, 1, 1), date(2024, 2, 1))])),
]

COMPOSITES = ("size", "box_")


async def there_and_back(db: AsyncDatabase, type_: str, value: Any) -> Any:
    return await db.run(sql(f"select :value::{type_}", kind="one", value=value))


async def check(db: AsyncDatabase, type_: str, value: Any) -> None:
    """A value as a parameter and a column: alone, in arrays, in a composite, stored, streamed."""
    back = await there_and_back(db, type_, value)
    assert back == value
    assert type(back) is type(value) or type_ in COMPOSITES
    assert await there_and_back(db, type_, None) is None
    in_array = await there_and_back(db, f"{type_}[]", [value, None, value])
    assert in_array == [value, None, value]
    assert await there_and_back(db, f"{type_}[]", [[value], [None]]) == [[value], [None]]
    assert await there_and_back(db, f"{type_}[]", (value,)) == [value]
    assert await there_and_back(db, f"{type_}[]", []) == []
    await db.run(
        sql(
            f"create type wrapped as (v {type_}, vs {type_}[]);"
            f"create table stored (id int generated always as identity, v {type_}, w wrapped)",
            kind="script",
        )
    )
    wrapped: tuple[Any, ...] = (value, [value, None])
    insert = sql(
        "insert into stored (v, w) values (:v, :w) returning v, w", "one", v=value, w=wrapped
    )
    assert await db.run(insert) == (value, wrapped)
    assert await db.run(sql("select w from stored")) == [wrapped]
    async with db.stream(sql("select v, w from stored")) as rows:
        assert [row async for row in rows] == [(value, wrapped)]
    async with db.stream(sql("select v, w from stored", kind="copy")) as rows:
        assert [row async for row in rows] == [(value, wrapped)]
    # A type that can only be had as text makes the others come as text too.
    beside = sql("select v, w, 'a'::tsvector as t from stored", kind="one")
    assert await db.run(beside) == (value, wrapped, "'a'")


@pytest.mark.parametrize(("type_", "value"), SCALARS)
async def test_a_value_is_the_same_there_and_back(
    both: AsyncDatabase, type_: str, value: Any
) -> None:
    if type_ == "xml":
        await skip_without_xml(both)
    if isinstance(value, list):  # its elements are no dimensions of an array
        assert await there_and_back(both, type_, value) == value
        assert await there_and_back(both, f"{type_}[]", [value, None]) == [value, None]
        return
    await check(both, type_, value)


async def skip_without_xml(db: AsyncDatabase) -> None:
    try:
        await db.run(sql("select '<a/>'::xml"))
    except FeatureNotSupported:
        pytest.skip("this server was built without libxml")


@pytest.mark.parametrize(("type_", "value"), OF_USER_TYPES)
async def test_a_value_of_a_made_type_is_the_same_there_and_back(
    both: AsyncDatabase, type_: str, value: Any
) -> None:
    await both.run(sql(USER_TYPES, kind="script"))
    if isinstance(value, list):
        assert await there_and_back(both, type_, value) == value
        return
    await check(both, type_, value)


ODD = [
    ("select '1 2'::int2vector", "1 2"),
    ("select '{a,b}'::name[]", ["a", "b"]),
    ("""select '{a,b}'::"char"[]""", ["a", "b"]),
    ("select (1, 'a', null)", "(1,a,)"),
    ("select array[row(1, 2)]", ["(1,2)"]),
    ("select '{int4,text}'::regtype[]", ["integer", "text"]),
    ("select '(0,1)'::tid", "(0,1)"),
    ("select '$.a'::jsonpath", '$."a"'),
    ("select null", None),
    ("select 'a'", "a"),
    ("select array[[1, 2], [3, null]]", [[1, 2], [3, None]]),
    ("select '[5:6]={1,2}'::int[]", [1, 2]),
    ("select interval '1 month 2 days'", timedelta(days=32)),
    ("select 'NaN'::numeric::text", "NaN"),
    ("select '\\xDEAD'::bytea", b"\xde\xad"),
]


@pytest.mark.parametrize(("text", "expected"), ODD)
async def test_what_else_the_server_sends_can_be_read(
    both: AsyncDatabase, text: str, expected: Any
) -> None:
    assert await both.run(sql(text, kind="one")) == expected
    assert await both.run(sql(f"{text}, null::tsvector", kind="one")) == (expected, None)
    async with both.stream(sql(text, kind="copy")) as rows:
        assert [row async for row in rows] == [expected]


async def test_not_a_number_stays_what_it_is(both: AsyncDatabase) -> None:
    for type_, value in (
        ("float8", float("nan")),
        ("real", float("nan")),
        ("numeric", Decimal("NaN")),
    ):
        back = await there_and_back(both, type_, value)
        assert back != back


@pytest.mark.parametrize("zone", ["UTC", "Europe/Rome", "Asia/Kathmandu", "America/St_Johns"])
async def test_moments_are_utc_whatever_the_session_s_zone(
    make_both: Callable[..., AsyncDatabase], module_url: str, zone: str
) -> None:
    moment = datetime(2024, 7, 1, 2, 30, tzinfo=MILAN)
    text = "select :m::timestamptz as m, array[:m::timestamptz] as ms"
    with_text = sql(f"{text}, 'a'::tsvector as t", m=moment)
    fixed = "select '2024-07-01 02:30+02'::timestamptz as m, 'a'::tsvector as t"
    async with make_both(module_url, max_size=1) as db:
        await db.run(sql(f"alter database {await name(db)} set timezone = '{zone}'", kind="exec"))
        async with make_both(module_url) as again:
            assert await again.run(sql("show timezone", kind="one")) == zone
            plain = await again.run(sql(text, kind="one", m=moment))
            (texted,) = await again.run(with_text)
            async with again.stream(with_text) as rows:
                (streamed,) = [row async for row in rows]
            async with again.stream(sql(fixed, kind="copy")) as rows:
                (copied,) = [row async for row in rows]
        await db.run(sql(f"alter database {await name(db)} reset timezone", kind="exec"))
    for found in (plain.m, plain.ms[0], texted.m, texted.ms[0], streamed.m, copied.m):
        assert found == moment
        assert found.tzinfo is UTC


async def name(db: AsyncDatabase) -> str:
    found: str = await db.run(sql("select current_database()", kind="one"))
    return found


async def test_dates_are_read_whatever_the_server_s_style(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> None:
    day = date(2024, 3, 2)
    query = sql(
        "select :d::date as d, interval '1 day 2 hours' as i, 'a'::tsvector as t",
        kind="one",
        d=day,
    )
    async with make_both(database_url, max_size=1) as db:
        me = await name(db)
        await db.run(sql(f"alter database {me} set datestyle = 'German, DMY'", kind="exec"))
        await db.run(sql(f"alter database {me} set intervalstyle = 'iso_8601'", kind="exec"))
    expected = (day, timedelta(days=1, hours=2), "'a'")
    async with make_both(database_url, max_size=1) as db:
        assert await db.run(query) == expected
        async with db.connection() as held:
            assert await held.run(query) == expected
        assert await db.run(query) == expected


UNREADABLE = [
    ("'infinity'::timestamptz", "timestamp too large"),
    ("'-infinity'::timestamp", "timestamp too small"),
    ("'infinity'::date", "date too large"),
    ("'0044-03-15 BC'::date", "date too small"),
    ("'24:00'::time", "(time not supported by Python|can't parse time)"),
    ("'10000-01-01'::date", "date too large"),
]


@pytest.mark.parametrize(("value", "reason"), UNREADABLE)
@pytest.mark.parametrize("also", ["", ", 'a'::tsvector as t"])
async def test_what_python_can_not_hold_names_query_column_and_row(
    both: AsyncDatabase, value: str, reason: str, also: str
) -> None:
    text = (
        f"select n, case when n = 2 then {value} end as late{also}"
        " from generate_series(1, 3) as n order by n"
    )
    with pytest.raises(UnreadableValue, match=rf"^sql: column late, row 2: {reason}"):
        await both.run(sql(text))
    with pytest.raises(UnreadableValue, match=rf"^sql: column late, row 2: {reason}"):
        await drain(both, sql(text))
    with pytest.raises(UnreadableValue, match=r"^sql: column late, row 2: "):
        await drain(both, sql(text, kind="copy"))
    assert await both.run(sql("select 1", kind="one")) == 1


async def test_the_row_of_an_unreadable_value_is_counted_over_all_that_was_streamed(
    both: AsyncDatabase,
) -> None:
    text = """
        select case when n = 2500 then 'infinity'::date end as late
        from generate_series(1, 3000) as n order by n"""
    kinds: tuple[Kind, ...] = ("many", "copy")
    for kind in kinds:
        with pytest.raises(UnreadableValue, match="column late, row 2500:"):
            await drain(both, sql(text, kind=kind))


async def drain(db: AsyncDatabase, statement: Statement[list[Any]]) -> None:
    async with db.stream(statement) as rows:
        async for _ in rows:
            pass


async def test_bytes_of_20_megabytes_go_there_and_back(both: AsyncDatabase) -> None:
    data = bytes(range(256)) * (20 * 4096)
    back = await both.run(sql("select :data::bytea as d", kind="one", data=data))
    assert back == data


async def test_a_composite_is_the_query_s_row_class(both: AsyncDatabase) -> None:
    class Size(Row):
        width: int | None
        label: str | None

    await both.run(sql(USER_TYPES, kind="script"))
    schema = await both.run(sql("select current_schema()", kind="one"))
    query: Query[Any] = Query(
        name="sizes.get",
        kind="one",
        lines=(Line("select ", 0, "::size as a, array[", 0, "::size, null] as b"),),
        parameters=("size",),
        composites={f"{schema}.size": Size},
    )
    row = await both.run(Statement(query, (Size(1, "a"),)))
    assert row == (Size(1, "a"), [Size(1, "a"), None])
    assert type(row.a) is Size


async def test_numbers_of_two_classes_may_stand_in_one_array(both: AsyncDatabase) -> None:
    mixed = [1, Decimal("2.5")]
    assert await there_and_back(both, "numeric[]", mixed) == mixed
    assert await there_and_back(both, "float8[]", [1, 2.5]) == [1.0, 2.5]
    assert await there_and_back(both, "bigint[]", [1, 2**40]) == [1, 2**40]


async def test_an_array_has_the_delimiter_of_its_type(both: AsyncDatabase) -> None:
    boxes = ["(2,2),(1,1)", None, "(3,3),(0,0)"]
    assert await there_and_back(both, "box[]", boxes) == boxes
