"""Every type that has a Python class, made-up values of it, and how psycopg itself reads them."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from ipaddress import ip_interface
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from psycopg.types import TypeInfo
from psycopg.types.composite import CompositeInfo, register_composite
from psycopg.types.multirange import Multirange, MultirangeInfo, register_multirange
from psycopg.types.range import Range, RangeInfo, register_range
from psycopg.types.string import TextBinaryLoader, TextLoader

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg
    from hypothesis.strategies import SearchStrategy

MADE = """
create type mood as enum ('sad', 'ok', 'it''s "so", so');
create type size as (width int, label text, at timestamptz);
create type box_ as (size size, moods mood[], extra jsonb, sizes size[]);
create domain positive as int;
create domain very_positive as positive;
create domain label as text;
create domain plan as jsonb;
create type words as range (subtype = text, collation = "C", multirange_type_name = many_words);
create type days as range (subtype = date, multirange_type_name = many_days);
"""


@dataclass(frozen=True)
class Type:
    """A PostgreSQL type with values of it.

    ``plain``: what psycopg is asked for instead, where it knows nothing of the type. ``is_kept``:
    what is read is what was sent, and not PostgreSQL's way to write the same. ``read``: takes away
    what differs between text and binary.
    """

    name: str
    values: SearchStrategy[Any]
    plain: str = ""
    is_kept: bool = True
    read: Callable[[Any], Any] = lambda value: value

    @property
    def array(self) -> Type:
        def read(values: list[Any] | None) -> list[Any] | None:
            return None if values is None else list(map(self.read, values))

        values = st.lists(st.none() | self.values, max_size=3)
        plain = self.plain and f"{self.plain}[]"
        return Type(f"{self.name}[]", values, plain, self.is_kept, read)


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
JSON = st.recursive(
    st.booleans() | st.integers() | st.floats(-1e15, 1e15) | TEXT,
    lambda inner: (
        st.lists(st.none() | inner, max_size=3)
        | st.dictionaries(TEXT, st.none() | inner, max_size=3)
    ),
    max_leaves=4,
)
DATES = st.dates()
MOMENTS = st.datetimes(
    datetime(2, 1, 1),
    datetime(9998, 1, 1),
    timezones=st.integers(-12 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
)
DECIMALS = st.just(Decimal("NaN")) | st.decimals(allow_nan=False, allow_infinity=False).filter(
    lambda d: abs(d.adjusted()) < 200
)
# One whose prefix is the whole address is read as that address.
INTERFACES = st.tuples(st.ip_addresses(), st.integers(0, 31)).map(ip_interface)
MOODS = st.sampled_from(["sad", "ok", 'it\'s "so", so'])
SIZES = st.tuples(st.none() | st.integers(-9, 9), st.none() | TEXT, st.none() | MOMENTS)


def single(value: float | None) -> float | None:
    """The nearest number of 4 bytes: as text, one has the fewest digits that tell it apart."""
    return None if value is None else float(struct.unpack("f", struct.pack("f", value))[0])


def ranges(bounds: SearchStrategy[Any]) -> SearchStrategy[Range[Any]]:
    def made(pair: list[Any], kind: str, *, lower: bool, upper: bool) -> Range[Any]:
        low, high = sorted(pair)
        return Range(low if lower else None, high if upper else None, kind)

    return st.just(Range[Any](empty=True)) | st.builds(
        made,
        st.lists(bounds, min_size=2, max_size=2),
        st.sampled_from(["[)", "[]", "()", "(]"]),
        lower=st.booleans(),
        upper=st.booleans(),
    )


def multiranges(bounds: SearchStrategy[Any]) -> SearchStrategy[Multirange[Any]]:
    return st.lists(ranges(bounds), max_size=3).map(Multirange)


_INT4 = st.integers(-(2**31), 2**31 - 2)
_INT8 = st.integers(-(2**63), 2**63 - 2)
_PLAIN_DATES = st.dates(date(1, 1, 1), date(9999, 12, 30))
_PLAIN_MOMENTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1))
_FINITE = st.decimals(allow_nan=False, allow_infinity=False, places=3)

GROUPS: dict[str, list[Type]] = {
    "numbers": [
        Type("smallint", st.integers(-(2**15), 2**15 - 1)),
        Type("integer", st.integers(-(2**31), 2**31 - 1)),
        Type("bigint", st.integers(-(2**63), 2**63 - 1)),
        Type("oid", st.integers(0, 2**32 - 1)),
        Type("real", st.floats(width=32), read=single),
        Type("double precision", st.floats()),
        Type("numeric", DECIMALS),
        Type("numeric(30, 4)", _FINITE.filter(lambda d: abs(d) < 10**25), is_kept=False),
        Type("boolean", st.booleans()),
    ],
    "texts": [
        Type("text", TEXT),
        Type("varchar(8)", TEXT),
        Type("char(9)", TEXT, is_kept=False),
        Type("name", TEXT.filter(lambda t: len(t.encode()) < 64)),
        Type('"char"', st.characters(min_codepoint=1, max_codepoint=127)),
        Type("bytea", st.binary(max_size=20)),
        Type("uuid", st.uuids()),
        Type("mood", MOODS),
        Type("label", TEXT, "text"),
    ],
    "times": [
        Type("date", DATES),
        Type("time", st.times()),
        Type("timestamp", st.datetimes()),
        Type("timestamptz", MOMENTS),
        Type("interval", st.timedeltas()),
    ],
    "documents": [
        Type("json", JSON),
        Type("jsonb", JSON),
        Type("plan", JSON, "jsonb"),
        Type("inet", st.ip_addresses() | INTERFACES),
        Type("cidr", INTERFACES.map(lambda interface: interface.network)),
    ],
    "ranges": [
        Type("int4range", ranges(_INT4), is_kept=False),
        Type("int8range", ranges(_INT8), is_kept=False),
        Type("numrange", ranges(_FINITE), is_kept=False),
        Type("daterange", ranges(_PLAIN_DATES), is_kept=False),
        Type("tsrange", ranges(_PLAIN_MOMENTS), is_kept=False),
        Type("tstzrange", ranges(MOMENTS), is_kept=False),
        Type("int4multirange", multiranges(_INT4), is_kept=False),
        Type("datemultirange", multiranges(_PLAIN_DATES), is_kept=False),
        Type("tstzmultirange", multiranges(MOMENTS), is_kept=False),
        Type("words", ranges(st.text("abc", max_size=3)), is_kept=False),
        Type("many_days", multiranges(_PLAIN_DATES), is_kept=False),
    ],
    "made": [
        Type("positive", st.integers(1, 2**31 - 1), "int"),
        Type("very_positive", st.integers(1, 2**31 - 1), "int"),
        Type("size", SIZES),
        Type(
            "box_",
            st.tuples(
                st.none() | SIZES,
                st.none() | st.lists(st.none() | MOODS, max_size=2),
                st.none() | JSON,
                st.none() | st.lists(st.none() | SIZES, max_size=2),
            ),
        ),
    ],
}


def introduce(conn: psycopg.Connection[Any]) -> None:
    """Tell psycopg of the made types, as its manual says."""
    mood = TypeInfo.fetch(conn, "mood")
    assert mood is not None
    mood.register(conn)
    for loader in (TextLoader, TextBinaryLoader):
        conn.adapters.register_loader(mood.oid, loader)
    for name in ("size", "box_"):
        info = CompositeInfo.fetch(conn, name)
        assert info is not None
        register_composite(info, conn)
    for name in ("words", "days"):
        range_info = RangeInfo.fetch(conn, name)
        assert range_info is not None
        register_range(range_info, conn)
    for name in ("many_words", "many_days"):
        multirange_info = MultirangeInfo.fetch(conn, name)
        assert multirange_info is not None
        register_multirange(multirange_info, conn)
