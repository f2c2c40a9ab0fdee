"""What a session is set to changes nothing of what is read and sent."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.types.range import Range

from sqlkit import UnreadableValue, sql
from tests.database.fast.sameness import same

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit import AsyncDatabase

DAY, MOMENT = date(2024, 3, 2), datetime(2024, 7, 1, 22, 30, 0, 5, tzinfo=UTC)
NAIVE = datetime(2024, 2, 1, 23, 59, 59, 999999)
LONG = timedelta(days=-400, hours=-3, microseconds=7)
VALUES: dict[str, tuple[str, Any]] = {
    "d": ("date", DAY),
    "t": ("time", time(1, 2, 3, 4)),
    "naive": ("timestamp", NAIVE),
    "moment": ("timestamptz", MOMENT),
    "long": ("interval", LONG),
    "n": ("numeric", Decimal("-1234567.890")),
    "real": ("float4", 0.5),
    "double": ("float8", 3.141592653589793),
    "tiny": ("float8", 5e-324),
    "word": ("text", "Łódź 😀 \\ '"),
    "doc": ("jsonb", {"é": [1.5, None, "2024-01-02"]}),
    "days": ("daterange", Range(DAY, date(2024, 12, 1))),
    "moments": ("tstzrange", Range(MOMENT, None)),
    "many": ("timestamptz[]", [MOMENT, None]),
    "longs": ("interval[]", [LONG]),
    "data": ("bytea", bytes(range(256))),
    "datas": ("bytea[]", [b"\\\\x00\xff", None]),
}
TEXT = "select " + ", ".join(f":{name}::{type_} as {name}" for name, (type_, _) in VALUES.items())
ARGUMENTS = {name: value for name, (_, value) in VALUES.items()}
EXPECTED = tuple(ARGUMENTS.values())
# A type without a binary form makes all come as text, and all be sent as text.
QUERIES = [
    sql(TEXT, kind="one", **ARGUMENTS),
    sql(f"{TEXT}, 'a'::tsvector as vector", kind="one", **ARGUMENTS),
    sql(f"{TEXT}, (:vector::tsvector)::text as v", kind="one", **ARGUMENTS, vector="a"),
]
SETTINGS = [
    "timezone = 'Asia/Kathmandu'",
    "timezone = 'America/St_Johns'",
    "timezone = '-13:30'",
    "timezone = '<+03:17>-03:17'",
    "datestyle = 'German'",
    "datestyle = 'SQL, DMY'",
    "datestyle = 'Postgres, MDY'",
    "datestyle = 'ISO, YMD'",
    "intervalstyle = 'sql_standard'",
    "intervalstyle = 'postgres_verbose'",
    "intervalstyle = 'iso_8601'",
    "bytea_output = 'escape'",
    "client_encoding = 'latin1'",
    "client_encoding = 'sql_ascii'",
    "extra_float_digits = -15",
    "extra_float_digits = 0",
    "standard_conforming_strings = off",
    "extra_float_digits = 3",
    "array_nulls = on",
    "search_path = ''",
]
BY_HAND = [s for s in SETTINGS if "client_encoding" not in s and "digits" not in s]


async def read(db: Any) -> list[Any]:
    """Every query by every way of reading."""
    found: list[Any] = []
    for query in QUERIES:
        found += [await db.run(query), *(await db.batch([query, query]))]
    async with db.stream(sql(f"{TEXT}, 'a'::tsvector as vector", **ARGUMENTS)) as rows:
        found += [row async for row in rows]
    return found


def hold(found: list[Any], setting: str) -> None:
    for row in found:
        for name, value, expected in zip(VALUES, row, EXPECTED, strict=False):
            assert same(value, expected), f"{setting}: {name} is {value!r}, not {expected!r}"
        assert row.moment.tzinfo is row.many[0].tzinfo is row.moments.lower.tzinfo is UTC


async def test_what_a_database_sets_for_its_sessions_changes_nothing(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> None:
    name = conninfo_to_dict(database_url)["dbname"]
    async with make_both(database_url, max_size=1) as owner:
        hold(await read(owner), "nothing set")
        for setting in SETTINGS:
            await owner.run(sql(f"alter database {name} set {setting}", kind="exec"))
            async with make_both(database_url, max_size=1) as db:
                hold(await read(db), setting)
            await owner.run(sql(f"alter database {name} reset all", kind="exec"))


@pytest.mark.parametrize("setting", SETTINGS[:1] + SETTINGS[4:5] + SETTINGS[10:13])
async def test_what_the_conninfo_sets_changes_nothing(
    make_both: Callable[..., AsyncDatabase], module_url: str, setting: str
) -> None:
    options = "-c " + setting.replace(" = ", "=").replace("'", "").replace(" ", "\\ ")
    async with make_both(make_conninfo(module_url, options=options), max_size=1) as db:
        hold(await read(db), setting)


async def test_what_libpq_s_environment_sets_changes_nothing(
    make_both: Callable[..., AsyncDatabase], module_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGTZ", "Asia/Kathmandu")
    monkeypatch.setenv("PGDATESTYLE", "German")
    monkeypatch.setenv("PGCLIENTENCODING", "latin1")
    async with make_both(module_url, max_size=1) as db:
        assert await db.run(sql("show timezone", kind="one")) == "Asia/Kathmandu"
        hold(await read(db), "the environment")


@pytest.mark.parametrize("setting", BY_HAND)
async def test_what_is_set_in_a_transaction_gives_no_wrong_value(
    make_both: Callable[..., AsyncDatabase], module_url: str, setting: str
) -> None:
    """What is set by hand may make a value unreadable; it is said then."""
    async with make_both(module_url, max_size=1) as db:
        hold(await read(db), "before")
        async with db.transaction() as tx:
            await tx.run(sql(f"set local {setting}", kind="exec"))
            hold([await tx.run(QUERIES[0])], setting)
            with suppress(*([UnreadableValue] if "style" in setting else [])):
                hold([await tx.run(QUERIES[1])], setting)
        hold(await read(db), "after")
