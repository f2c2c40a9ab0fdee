"""A query's text prepared on one connection, with all that a call of it needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlkit.database import control, values
from sqlkit.database.driver import Decoder, Encoder
from sqlkit.database.types.columns import all_fit, with_lists
from sqlkit.database.types.typed_json import TypedAdapters, stand_in
from sqlkit.database.wire.collecting import MANY, not_collecting
from sqlkit.errors import WrongArgument
from sqlkit.policy.retry.repeatable import only_reads

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from psycopg import pq
    from psycopg.abc import Buffer
    from psycopg.pq.abc import PGresult

    from sqlkit.database.types import Types
    from sqlkit.database.types.accepts import Accepts
    from sqlkit.statement import Query, Variant

_VALUE = re.compile(r""":| ['"]""")


class Bound:
    """A query's text prepared on one connection, with all that a call of it needs.

    Behind a pooler nothing stays prepared: ``name`` is empty, and the text sent each time.
    ``alone``: the statement can be in no transaction with another. ``in_order``: its parameters are
    the query's, in that order. ``styled``: types that come as text, though they need not, and as
    the session's settings say. ``is_planned``: what it gives has always the columns described;
    ``is_fixed``: and they are of the types known.
    """

    __slots__ = (
        "accepts",
        "alone",
        "columns",
        "decoder",
        "encoder",
        "in_order",
        "is_fixed",
        "is_planned",
        "kind",
        "name",
        "only_reads",
        "query",
        "shape",
        "styled",
        "variant",
    )

    def __init__(
        self,
        name: bytes,
        variant: Variant,
        parameter_types: Sequence[int],
        described: PGresult,
        types: Types,
        *,
        result_format: pq.Format,
    ) -> None:
        self.name = name
        self.alone = control.may_commit(variant.sql)
        self.variant = variant
        self.query: Query[Any] = variant.query
        self.only_reads = only_reads(self.query)
        self.kind = self.query.kind or ("many" if described.nfields else "exec")
        self.columns = column_names(described)
        oids = column_types(described)
        self.is_planned = bool(name) and control.is_planned(variant.sql)
        self.is_fixed = self.is_planned and not types.may_change(oids)
        adapters = types.adapters([*parameter_types, *oids], self.query.composites)
        self.encoder = Encoder(adapters, parameter_types, types.format(parameter_types))
        typed = types.typed_json(oids, self.query.converts)
        self.decoder = Decoder(
            TypedAdapters(adapters, typed) if typed else adapters,
            oids,
            result_format,
            [stand_in(i) if i in typed else oid for i, oid in enumerate(oids)],
        )
        has_choice = types.format(oids) != result_format
        self.styled = types.styled(oids) if has_choice else frozenset[str]()
        self.accepts: list[Accepts] = [types.accepts(oid) for oid in parameter_types]
        self.shape = values.Shape(self.query, self.columns, typed)
        self.in_order = variant.arguments == tuple(range(len(self.query.parameters)))

    def encode(self, args: Sequence[Any]) -> Sequence[Buffer | None]:
        """The arguments as they are sent. Raises `WrongArgument`."""
        sent = args if self.in_order else [args[i] for i in self.variant.arguments]
        for i, accepts in enumerate(self.accepts):
            value = sent[i]
            if type(value) is accepts.exact or value is None:
                continue
            within = accepts.within
            if within is not None and type(value) is accepts.usual and within(value):
                continue
            if not accepts.fits(value):
                raise self._wrong(i, accepts.refusal(value))
            if accepts.is_array and not isinstance(value, list):
                sent = [*sent[:i], list(value), *sent[i + 1 :]]
        try:
            return self.encoder.encode(sent)
        except Exception:
            # The cause is left away: its message may hold the value.
            raise self._refused(sent) from None

    def encode_all(self, rows: Sequence[Sequence[Any]]) -> list[Sequence[Buffer | None]]:
        """`encode` for many calls, which is much faster for all of them together."""
        if not (self.in_order and all_fit(rows, self.accepts)):
            return [self.encode(row) for row in rows]
        try:
            return list(map(self.encoder.encode, with_lists(rows, self.accepts)))
        except Exception:  # one by one, to find which it is
            return [self.encode(row) for row in rows]

    def _refused(self, sent: Sequence[Any]) -> WrongArgument:
        for i, value in enumerate(sent):
            if (error := self.encoder.failure(i, value)) is not None:
                words = self.accepts[i].words
                return self._wrong(i, f"can't be sent as {words}: {reason(error)}")
        return WrongArgument(f"{self.query.name}: the arguments can't be sent")

    def _wrong(self, i: int, what: str) -> WrongArgument:
        name = self.query.parameters[self.variant.arguments[i]]
        return WrongArgument(f"{self.query.name}: {name} {what}")

    def value(self, result: PGresult) -> Any:
        """What running the statement gives, by the query's kind. Raises `UnreadableValue`."""
        kind = self.kind
        if kind == "many":
            return self.rows(result)
        if kind not in ("one", "maybe"):
            return (result.command_tuples or 0) if kind == "affected" else None
        if result.ntuples != 1:
            values.check_count(self.query, result.ntuples)
            return None
        if result.nfields != len(self.columns):  # psycopg's C code would read past its loaders
            raise values.have_changed(self.query)
        try:
            return self.shape.one(self.decoder.row(result))
        except Exception as error:
            raise self._unreadable(_fields(result), 0, error) from error

    def rows(self, result: PGresult, before: int = 0) -> list[Any]:
        """The rows of a result; ``before``: how many of the statement's came earlier.

        Raises `UnreadableValue`.
        """
        if result.nfields != len(self.columns):  # psycopg's C code would read past its loaders
            raise values.have_changed(self.query)
        try:
            if result.ntuples < MANY:
                return self.shape.many(self.decoder.rows(result))
            with not_collecting():
                return self.shape.many(self.decoder.rows(result))
        except Exception as error:
            raise self._unreadable(_fields(result), before, error) from error

    def copied(self, rows: Sequence[memoryview], before: int) -> list[Any]:
        """Rows of a copy out, as `rows`."""
        try:
            with not_collecting():
                return self.shape.many(map(self.decoder.copied_row, rows))
        except Exception as error:
            fields = map(self.decoder.copied_fields, rows)
            raise self._unreadable(fields, before, error) from error

    def _unreadable(
        self, rows: Iterable[Sequence[bytes | None]], before: int, error: Exception
    ) -> Exception:
        for number, row in enumerate(rows, before + 1):
            for i, data in enumerate(row):
                try:
                    if data is not None:
                        values.convert_one(self.query, i, self.decoder.value(i, data))
                except Exception as found:
                    return values.unreadable(self.query, self.columns[i], number, reason(found))
        return error


def column_names(result: PGresult) -> list[str]:
    """The names of a result's columns."""
    return [_text(result.fname(i)) for i in range(result.nfields)]


def column_types(result: PGresult) -> list[int]:
    """The oids of a result's columns."""
    return [result.ftype(i) for i in range(result.nfields)]


def reason(error: Exception) -> str:
    """What an error of an encoder or decoder says, without the value."""
    if isinstance(error, UnicodeError):
        return "it is no Unicode text"
    # What psycopg's message quotes, or says after a colon, may be the value.
    return _VALUE.split(str(error))[0] or type(error).__name__


def _fields(result: PGresult) -> Iterator[list[bytes | None]]:
    for row in range(result.ntuples):
        yield [result.get_value(row, column) for column in range(result.nfields)]


def _text(name: bytes | None) -> str:
    return name.decode() if name else ""
