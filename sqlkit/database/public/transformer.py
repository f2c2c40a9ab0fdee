"""Values to what PostgreSQL takes and back, by the dumpers and loaders that the adapters know.

psycopg manual, "Data adaptation configuration".
"""

from __future__ import annotations

from types import NoneType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from psycopg import pq
    from psycopg.abc import Buffer, Dumper, Loader, PyFormat
    from psycopg.adapt import AdaptersMap
    from psycopg.pq.abc import PGresult


class Context:
    """What dumpers and loaders are made in: `psycopg.abc.AdaptContext`, without a connection."""

    connection = None

    def __init__(self, adapters: AdaptersMap) -> None:
        self.adapters = adapters


class Transformer:
    """Dumpers and loaders for given types; `psycopg.adapt.Transformer`, as far as it is used."""

    def __init__(self, adapters: AdaptersMap) -> None:
        self.adapters = adapters
        self.pgresult: Any = None
        self._context = Context(adapters)
        self._dumpers: list[Dumper] = []
        self._loads: list[Callable[[Any], Any]] = []

    def set_dumper_types(self, types: Sequence[int], format_: pq.Format) -> None:
        """From now on, `dump_sequence` writes values of these types."""
        get = self.adapters.get_dumper_by_oid
        self._dumpers = [get(oid, format_)(NoneType, self._context) for oid in types]

    def set_loader_types(self, types: Sequence[int], format_: pq.Format) -> None:
        """From now on, rows are read as values of these types."""
        self._loads = [self.get_loader(oid, format_).load for oid in types]

    def dump_sequence(
        self,
        params: Sequence[Any],
        formats: Sequence[PyFormat] = (),  # noqa: ARG002 # named so by psycopg too
    ) -> list[Buffer | None]:
        """One value for each type, as it is sent; their format is that of the types."""
        return [
            None if value is None else dumper.dump(value)
            for dumper, value in zip(self._dumpers, params, strict=True)
        ]

    def set_pgresult(self, result: PGresult | None, **_set_loaders: bool) -> None:
        """The result that `load_row` and `load_rows` read, with the loaders that are set."""
        self.pgresult = result

    def load_row(self, row: int, make_row: Callable[[Sequence[Any]], Any]) -> Any:
        """One row of the result."""
        result = self.pgresult
        fields = [result.get_value(row, column) for column in range(result.nfields)]
        return make_row(self.load_sequence(fields))

    def load_rows(
        self, first: int, end: int, make_row: Callable[[Sequence[Any]], Any]
    ) -> list[Any]:
        """Some rows of the result."""
        return [self.load_row(row, make_row) for row in range(first, end)]

    def load_sequence(self, fields: Sequence[Buffer | None]) -> tuple[Any, ...]:
        """One value for each type."""
        return tuple(
            None if data is None else load(data)
            for load, data in zip(self._loads, fields, strict=True)
        )

    def get_loader(self, oid: int, format_: pq.Format) -> Loader:
        """What reads values of a type; where nothing does, what reads those of none."""
        make: Any = self.adapters.get_loader(oid, format_) or self.adapters.get_loader(0, format_)
        loader: Loader = make(oid, self._context)
        return loader
