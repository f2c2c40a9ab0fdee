"""The types of one database that psycopg does not know by itself, and the adapters for them.

Enums, domains, composites, ranges and their arrays have an oid of their own in each database. What
the catalog says of them is read when a statement first needs it and kept for the whole pool; of a
composite, which ALTER TYPE changes under its oid, each time that a statement is prepared.

Types without a Python class in `sqlkit.database.types.accepts` travel as PostgreSQL's own text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import pq
from psycopg.adapt import AdaptersMap

from sqlkit.database.types import accepts, formats, register
from sqlkit.database.types.accepts import PLAIN
from sqlkit.database.types.base import ADAPTERS, JSON
from sqlkit.database.types.catalog import PgType
from sqlkit.database.types.typed_json import Typed, is_for_json

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

    from sqlkit.database.types.accepts import Accepts

_KNOWN_TO_PSYCOPG = frozenset(PLAIN) | {"text", "varchar", "name"}


class Types:
    """What is known of the types of one database. Shared by the connections of a pool."""

    def __init__(self) -> None:
        self._known = dict(_BUILT_IN)

    def missing(self, oids: Iterable[int]) -> list[int]:
        """Those of the oids that the catalog must be asked about, for the first time or again."""
        return sorted({o for o in oids if o not in self._known or self._has_composite(o)})

    def may_change(self, oids: Iterable[int]) -> bool:
        """Whether one of the types may become another and keep its oid, as a composite may."""
        return any(map(self._has_composite, oids))

    def _has_composite(self, oid: int) -> bool:
        if oid in _BUILT_IN:
            return False
        found = self._known[oid]
        return found.kind == "c" or (found.kind in "adrm" and self._has_composite(found.of))

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Take in rows of `CATALOG`."""
        for row in rows:
            plain: list[Any] = [tuple(v) if isinstance(v, list) else v for v in row]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] # of any type
            found = PgType(*plain)
            self._known[found.oid] = found

    def accepts(self, oid: int) -> Accepts:
        """Which Python values a parameter of this type takes."""
        found = self._known[oid]
        match found.kind:
            case "a":
                return accepts.accepts_array(self.accepts(found.of))
            case "d":
                return self.accepts(found.of)
            case "r":
                return accepts.accepts_range(self.accepts(found.of))
            case "m":
                return accepts.accepts_multirange(self.accepts(self._known[found.of].of))
            case "c":
                fields = [self.accepts(field) for field in found.field_types or ()]
                return accepts.accepts_composite(found.name, fields)
            case _:
                return accepts.accepts_plain(found.name)

    def format(self, oids: Iterable[int]) -> pq.Format:
        """Binary, unless one of the types can only be had as text."""
        return pq.Format.BINARY if all(map(self._has_binary, oids)) else pq.Format.TEXT

    def result_format(self, oids: Sequence[int], unsure: Container[str]) -> pq.Format:
        """The format that is read faster; ``unsure``: as `formats.faster` has it."""
        if self.format(oids) == pq.Format.TEXT:
            return pq.Format.TEXT
        return formats.faster(map(_built_in_name, oids), unsure)

    def styled(self, oids: Iterable[int]) -> frozenset[str]:
        """Those of the types that are written as the session's settings say."""
        return (formats.DATES | formats.FLOATS).intersection(map(_built_in_name, oids))

    def _has_binary(self, oid: int) -> bool:
        found = self._known[oid]
        match found.kind:
            case "e":
                return True
            case "b":
                return found.name in PLAIN or found.name in formats.TEXT_IN_BINARY
            case "a" | "d" | "r" | "m":
                return self._has_binary(found.of)
            case "c":
                return all(map(self._has_binary, found.field_types or ()))
            case _:
                return found.name == "void"

    def _base_name(self, oid: int) -> str:
        """The name of the type below a domain, or of the type itself."""
        found = self._known[oid]
        return self._base_name(found.of) if found.kind == "d" else found.name

    def adapters(
        self, oids: Sequence[int], composites: Mapping[str, Callable[..., Any]]
    ) -> AdaptersMap:
        """Adapters for these types and all they consist of, with row classes by composite."""
        if all(oid in _BUILT_IN for oid in oids):
            return ADAPTERS
        adapters = AdaptersMap(ADAPTERS)
        registered: set[int] = set()
        for oid in oids:
            self._register(oid, adapters, composites, registered)
        return adapters

    def typed_json(self, oids: Sequence[int], wanted: Mapping[int, Any]) -> dict[int, Typed]:
        """Those of the types wanted for columns, by their places, that JSON is read as at once."""
        found: dict[int, Typed] = {}
        for i, type_ in wanted.items():
            name = self._base_name(oids[i]) if i < len(oids) else ""
            if name in JSON and is_for_json(type_):
                found[i] = Typed(type_, name == "jsonb")
        return found

    def _register(
        self,
        oid: int,
        adapters: AdaptersMap,
        composites: Mapping[str, Callable[..., Any]],
        registered: set[int],
    ) -> None:
        if oid in registered or oid in _BUILT_IN:
            return
        registered.add(oid)
        found = self._known[oid]
        for part in (found.of, *(found.field_types or ())):
            if part:
                self._register(part, adapters, composites, registered)
        match found.kind:
            case "r" if adapters.types.get(oid) is None:
                register.add_range(found, adapters)
            case "m" if adapters.types.get(oid) is None:
                register.add_multirange(found, self._known[found.of], adapters)
            case "c":
                register.add_composite(found, composites, adapters)
            case "d":
                register.add_domain(found, adapters, is_json=self._base_name(oid) in JSON)
            case "r" | "m" | "a":
                pass
            case "p" if found.name == "void":
                register.add_void(oid, adapters)
            case _:
                register.add_text(found, adapters)


def _built_in() -> Iterator[tuple[int, PgType]]:
    for info in ADAPTERS.types:
        if info.name in _KNOWN_TO_PSYCOPG:
            yield info.oid, PgType(info.oid, info.name, "pg_catalog", "b", info.array_oid, 0)
            yield (
                info.array_oid,
                PgType(info.array_oid, f"_{info.name}", "pg_catalog", "a", 0, info.oid),
            )


def _built_in_name(oid: int) -> str:
    """The name of PostgreSQL's own type; a table may be called ``date`` too, and be a row."""
    found = _BUILT_IN.get(oid)
    return found.name if found is not None else ""


_BUILT_IN = dict(_built_in())
