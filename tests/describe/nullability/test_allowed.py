"""Every function of the lists, called with every odd value of its types on a real server."""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sqlkit.describe.nullability.allowed import ALWAYS, BY_FIRST, VALUES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_CALLS = 60
ODD = {
    "bool": "true", "int2": "'0' '3' '-1'", "int4": "0 3 -1", "int8": "0 3 -1", "oid": "'0' '1259'",
    "float4": "0 'NaN' 'Infinity'", "float8": "0 0.5 'NaN' '-Infinity'",
    "numeric": "0 0.5 'NaN' 'Infinity'", "money": "'1' '0'",
    "text": "'' 'a' 'UTC' 'day' '1' 'hex' 'NFC'", "varchar": "'' 'a'", "bpchar": "'' 'a'",
    "char": "'' 'a'", "name": "'' 'a' 'UTF8'", "bytea": "'' 'a'", "bit": "'1' ''",
    "varbit": "'1' ''",
    "date": "'2020-01-01' 'infinity' '-infinity'", "time": "'12:00' '24:00'",
    "timetz": "'12:00+00'",
    "timestamp": "'2020-01-01' 'infinity' '-infinity'",
    "timestamptz": "'2020-01-01' 'infinity' '-infinity'", "interval": "'1day' '0' '-3month'",
    "uuid": "'00000000-0000-0000-0000-000000000000'", "inet": "'127.0.0.1' '::1/64'",
    "cidr": "'10.0.0.0/8'", "macaddr": "'08:00:2b:01:02:03'",
    "json": "'{}' 'null' '[1,null]' '{\"a\":null}'",
    "jsonb": "'{}' 'null' '[1,null]' '{\"a\":null}'",
    "anyrange": "'empty'::int4range '[1,2)'::int4range '(,)'::int4range",
    "anycompatiblerange": "'empty'::int4range '[1,2)'::int4range",
    "anymultirange": "'{}'::int4multirange '{[1,2)}'::int4multirange",
    "anyarray": "'{}'::int[] '{1,2}'::int[] '{null}'::int[] '{{1},{2}}'::int[]",
    "anycompatiblearray": "'{}'::int[] '{1,2}'::int[] '{null}'::int[]",
    "anyelement": "1", "anycompatible": "1", "anynonarray": "1", "anyenum": "'x'::letter",
    "anycompatiblenonarray": "1", "any": "1 ''::text", "record": "row(1,null)",
    "_text": "'{}' '{a}' '{null}'", "_int4": "'{}' '{1}'", "_numeric": "'{}' '{1}'",
    "_float8": "'{}' '{1}'", "tsvector": "'' 'a'", "tsquery": "'' 'a'", "regconfig": "'simple'",
    "regclass": "'counter'", "point": "'(0,0)'", "_interval": "'{}'",
}  # fmt: skip
_POLYMORPHIC = ("any", "record")

FUNCTIONS = """
select p.proname::text, array(
    select t.typname::text from unnest(p.proargtypes) with ordinality as a(oid, place)
    join pg_catalog.pg_type as t on t.oid = a.oid order by a.place
), p.prorettype::regtype::text
from pg_catalog.pg_proc as p
where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind = 'f' and not p.proretset
"""


@pytest.fixture(scope="module")
def functions(tables: psycopg.Connection[Any]) -> list[tuple[str, list[str], str]]:
    tables.execute("create type letter as enum ('x'); create sequence counter")
    tables.execute("select nextval('counter')")
    return tables.execute(FUNCTIONS).fetchall()


def _values(type_: str) -> list[str]:
    values = ODD[type_].split(" ")
    if type_.startswith(_POLYMORPHIC):
        return values
    name = '"char"' if type_ == "char" else f"{type_[1:]}[]" if type_.startswith("_") else type_
    return [f"{value}::{name}" for value in values]


def _calls(name: str, types: Sequence[str]) -> Iterator[str]:
    for arguments in islice(product(*map(_values, types)), MOST_CALLS):
        yield f'select (pg_catalog."{name}"({", ".join(arguments)}))::text is null'


def _answers(connection: psycopg.Connection[Any], calls: Iterator[str]) -> dict[str, bool]:
    """Whether each call that the server accepts gives NULL."""
    found: dict[str, bool] = {}
    for sql in calls:
        try:
            [[is_null]] = connection.execute(sql.encode()).fetchall()
        except psycopg.Error:
            continue
        found[sql] = is_null
    return found


def test_functions_of_the_lists_give_a_value_for_values(
    functions: list[tuple[str, list[str], str]], tables: psycopg.Connection[Any]
) -> None:
    listed = VALUES | ALWAYS | BY_FIRST.keys()
    called, nulls = set[str](), list[str]()
    for name, types, _ in functions:
        signature = f"{name}({','.join(types)})"
        if not {name, signature} & listed or not all(type_ in ODD for type_ in types):
            continue
        answers = _answers(tables, _calls(name, types))
        nulls += [sql for sql, is_null in answers.items() if is_null]
        called |= {name, signature} & listed if answers else set()
    assert not nulls, "\n".join(nulls)
    assert len(called) > 0.95 * len(listed & _known(functions)), sorted(listed - called)


def _known(functions: list[tuple[str, list[str], str]]) -> set[str]:
    """What this version has of them, by name and by signature."""
    signatures = {f"{name}({','.join(types)})" for name, types, _ in functions}
    return signatures | {name for name, _, _ in functions}
