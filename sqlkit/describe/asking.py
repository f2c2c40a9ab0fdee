"""What PostgreSQL says of a few texts: parameters and columns, the analysed query, or a refusal.

Each text is parsed and described by the protocol (PostgreSQL manual, "Message Flow, Extended
Query"), then made the body of a temporary SQL function, whose stored form is the analysed query
tree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg import pq

from sqlkit.describe.findings import Answer, RawColumn
from sqlkit.describe.hints import hint_of
from sqlkit.describe.lookup import Lookup
from sqlkit.describe.meant import Names
from sqlkit.describe.refusal import Refusal, error_of
from sqlkit.describe.slips import double_quotes
from sqlkit.describe.tree import read_query

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg.pq.abc import PGresult

    from sqlkit.describe.catalog import Catalog
    from sqlkit.describe.connection import Server
    from sqlkit.describe.tree import Tree
    from sqlkit.errors import DescribeError
    from sqlkit.sqlfile import Variant

_MOST_ARGUMENTS = 100  # FUNC_MAX_ARGS

_FUNCTION = """create function pg_temp.sqlkit_query({types}) returns void language sql
begin atomic {sql}
; end"""
_BODY = (
    b"select prosqlbody::text from pg_catalog.pg_proc"
    b" where proname = 'sqlkit_query' and pronamespace = pg_catalog.pg_my_temp_schema()"
)


class Asking:
    """Asks a server; ``catalog`` has what its answers so far touch."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._names = Names(server.execute)
        self._lookup = Lookup(server.execute)

    @property
    def catalog(self) -> Catalog:
        """What is known of the catalog."""
        return self._lookup.catalog

    def answers(self, variants: Sequence[Variant]) -> list[Answer | DescribeError]:
        """The answer to each variant, or why it is refused."""
        texts = [_text(variant) for variant in variants]
        asked = list(zip(variants, texts, self._server.describe(texts), strict=True))
        taken = [(text, result) for _, text, result in asked if not _refusal(result)]
        self._lookup.types(one for _, result in taken for one in _types(result))
        trees = iter(self._trees(taken))
        answers = [
            self._refused(variant, text, refusal)
            if (refusal := _refusal(result))
            else Answer(variant, _parameters(result), _columns(result), next(trees))
            for variant, text, result in asked
        ]
        self._lookup.touched(answer for answer in answers if isinstance(answer, Answer))
        return answers

    def _refused(self, variant: Variant, text: str, refusal: Refusal) -> DescribeError:
        hint = (
            hint_of(refusal, variant)
            or self._names.meant(refusal, text)
            or double_quotes(refusal, variant)
        )
        return error_of(refusal, variant, hint)

    def _trees(self, taken: Sequence[tuple[str, PGresult]]) -> list[Tree | None]:
        """The analysed queries; None where there is none to be had (a utility command, say)."""
        fit = [result.nparams <= _MOST_ARGUMENTS for _, result in taken]
        made = iter(
            self._server.make(
                [self._function(*one) for one, fits in zip(taken, fit, strict=True) if fits], _BODY
            )
        )
        return [_tree(next(made)) if fits else None for fits in fit]

    def _function(self, sql: str, described: PGresult) -> str:
        names = self.catalog.type_names
        types = ", ".join(names[oid, None] for oid in _parameters(described))
        return _FUNCTION.format(types=types, sql=sql)


def _text(variant: Variant) -> str:
    copy = variant.query.copy
    return copy.select if copy else variant.sql


def _types(described: PGresult) -> list[tuple[int, int | None]]:
    columns = _columns(described)
    return [
        *((oid, None) for oid in _parameters(described)),
        *((column.type_oid, column.typmod) for column in columns),
        *((column.type_oid, -1) for column in columns),
    ]


def _parameters(described: PGresult) -> list[int]:
    return [described.param_type(number) for number in range(described.nparams)]


def _columns(described: PGresult) -> list[RawColumn]:
    return [
        RawColumn(
            (described.fname(number) or b"").decode(),
            described.ftype(number),
            described.fmod(number),
            described.ftable(number),
            described.ftablecol(number),
        )
        for number in range(described.nfields)
    ]


def _tree(made: PGresult) -> Tree | None:
    if _refusal(made):
        return None
    return read_query((made.get_value(0, 0) or b"<>").decode())


def _refusal(result: PGresult) -> Refusal | None:
    if result.status != pq.ExecStatus.FATAL_ERROR:
        return None

    def said(code: pq.DiagnosticField) -> str | None:
        value = result.error_field(code)
        return value.decode(errors="replace") if value is not None else None

    sqlstate = said(pq.DiagnosticField.SQLSTATE)
    if sqlstate is None:  # libpq's own word: the connection is gone
        raise psycopg.OperationalError(result.error_message.decode(errors="replace").strip())
    return Refusal(
        sqlstate,
        said(pq.DiagnosticField.MESSAGE_PRIMARY) or "",
        said(pq.DiagnosticField.MESSAGE_DETAIL),
        said(pq.DiagnosticField.MESSAGE_HINT),
        int(said(pq.DiagnosticField.STATEMENT_POSITION) or 0),
    )
