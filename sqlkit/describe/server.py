"""The one file that asks PostgreSQL what queries are. What the answers mean is decided elsewhere.

Everything happens in one transaction that is rolled back; no query is ever executed. Each text is
parsed and described by the protocol (PostgreSQL manual, "Message Flow, Extended Query"), then made
the body of a temporary SQL function, whose stored form is the analysed query tree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import count
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import pq
from psycopg.rows import tuple_row

from sqlkit.describe import catalog as catalogs
from sqlkit.describe.catalog import Catalog
from sqlkit.describe.conclude import Answer, RawColumn, conclude, describe_script
from sqlkit.describe.effects import function_oids, relation_oids
from sqlkit.describe.refusal import Refusal, error_of, word_at
from sqlkit.describe.tree import read_query
from sqlkit.describe.typed import type_of
from sqlkit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from psycopg.pq.abc import PGresult

    from sqlkit.describe.description import Description
    from sqlkit.describe.relation import Relation
    from sqlkit.describe.tree import Tree
    from sqlkit.sqlfile import Query, Variant

_MOST_ARGUMENTS = 100  # FUNC_MAX_ARGS

_BODY = (
    b"select prosqlbody::text from pg_catalog.pg_proc"
    b" where proname = $1 and pronamespace = pg_catalog.pg_my_temp_schema()"
)

_UNDEFINED_TABLE = "42P01"

# What may have been meant, by the SQLSTATE of what was not found: tables and columns of the user's
# own only, since anything looks like one of PostgreSQL's. The last
# pattern is of yoyo's tables.
_CANDIDATES = {
    _UNDEFINED_TABLE: """
        select c.relname::text
        from pg_catalog.pg_class as c
        join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
        where c.relkind in ('r', 'v', 'm', 'f', 'p')
            and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
            and c.relname !~ '^(_yoyo_|yoyo_lock$)'
    """,
    "42703": """
        select distinct a.attname::text
        from pg_catalog.pg_attribute as a
        join pg_catalog.pg_class as c on c.oid = a.attrelid
        join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
        where a.attnum > 0 and not a.attisdropped
            and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
            and c.relname = any(regexp_split_to_array(%s, '\\W+'))
    """,
    "42704": """
        select typname::text from pg_catalog.pg_type where typtype <> 'p' and typelem = 0
        union select pg_catalog.format_type(oid, null) from pg_catalog.pg_type where typtype = 'b'
    """,
    "42883": "select distinct proname::text from pg_catalog.pg_proc",
    "3F000": "select nspname::text from pg_catalog.pg_namespace",
}

_NO_TABLES = "this database has no tables: migrations/ is empty, or not applied to it"


def describe(
    connection: psycopg.Connection[Any], queries: Sequence[Query]
) -> list[Description | SourceError]:
    """What PostgreSQL says of each query, in order; one bad query doesn't hide the others.

    Changes nothing: all is rolled back. Raises `psycopg.Error` if the connection fails.
    """
    outermost = connection.info.transaction_status == pq.TransactionStatus.IDLE
    with connection.transaction(force_rollback=True):
        if outermost and connection.info.parameter_status("in_hot_standby") != "on":
            # A guard against accidents, where it is set, would forbid even a temporary function.
            connection.execute("set transaction read write")
        server = _Server(connection)
        asked = [server.ask(query) for query in queries]
        catalog = server.catalog([one for one in asked if isinstance(one, list)])
    return [
        one if isinstance(one, SourceError) else _concluded(query, one, catalog)
        for query, one in zip(queries, asked, strict=True)
    ]


def _concluded(
    query: Query, answers: Sequence[Answer], catalog: Catalog
) -> Description | SourceError:
    if query.kind == "script":
        return describe_script(query)
    try:
        return conclude(query, answers, catalog)
    except SourceError as error:
        return error


@dataclass(slots=True)
class _Server:
    connection: psycopg.Connection[Any]
    _numbers: count[int] = field(default_factory=count)
    _names: dict[int, str] = field(default_factory=dict[int, str])

    def __post_init__(self) -> None:
        # The body is analysed all the same; only the planner's look at it is left out.
        self._execute("set local check_function_bodies = off")
        # Questions to the catalog are quick, but look costly enough to be compiled.
        self._execute("set local jit = off")
        self._execute("set local client_encoding = 'UTF8'")
        self._execute("savepoint sqlkit")

    def ask(self, query: Query) -> list[Answer] | SourceError:
        """The answers to each variant of a query, or the first refusal."""
        if query.kind == "script":
            return []
        try:
            return [self._answer(variant) for variant in query.variants()]
        except SourceError as error:
            return error

    def catalog(self, asked: Iterable[list[Answer]]) -> Catalog:
        """What the catalog says of everything in the answers."""
        answers = [answer for one in asked for answer in one]
        columns = [column for answer in answers for column in answer.columns]
        modified: set[tuple[int, int | None]]
        modified = {(oid, None) for answer in answers for oid in answer.parameters}
        modified |= {(column.type_oid, column.typmod) for column in columns}
        trees = [answer.tree for answer in answers if answer.tree]
        relations, trees = self._relations({column.table_oid for column in columns}, trees)
        functions = {oid for tree in trees for oid in function_oids(tree)}
        used = {type_of(node) for tree in trees for node in tree.nodes} - {0}
        oids, typmods = [oid for oid, _ in modified], [typmod for _, typmod in modified]
        return Catalog(
            types=catalogs.types(self._execute(catalogs.TYPES, [oids])),
            type_names={
                (oid, typmod): name
                for oid, typmod, name in self._execute(catalogs.TYPE_NAMES, [oids, typmods])
            },
            relations=relations,
            functions=catalogs.functions(self._execute(catalogs.FUNCTIONS, [list(functions)])),
            used_types=catalogs.used_types(self._execute(catalogs.USED_TYPES, [list(used)])),
            equalities={oid for (oid,) in self._execute(catalogs.EQUALITIES)},
        )

    def _relations(
        self, oids: set[int], trees: list[Tree]
    ) -> tuple[dict[int, Relation], list[Tree]]:
        """Tables and views, those inside views too, and the trees with those of the views."""
        known: dict[int, Relation] = {}
        trees, wanted = list(trees), oids.union(*map(relation_oids, trees))
        while wanted:
            rows = self._execute(catalogs.RELATIONS, [list(wanted)])
            attributes = self._execute(catalogs.ATTRIBUTES, [list(wanted)])
            checks = self._execute(catalogs.CHECKS, [list(wanted)] * 2)
            found = catalogs.relations(rows, attributes, checks)
            rules = [relation.rule for relation in found.values() if relation.rule]
            known |= found
            trees += rules
            wanted = {oid for rule in rules for oid in relation_oids(rule)} - known.keys()
        return known, trees

    def _answer(self, variant: Variant) -> Answer:
        copy = variant.query.copy
        sql = copy.select if copy else variant.sql
        described = self._describe(sql)
        if isinstance(described, Refusal):
            raise error_of(described, variant, self._meant(described, sql))
        parameters = [described.param_type(i) for i in range(described.nparams)]
        columns = [
            RawColumn(
                (described.fname(i) or b"").decode(),
                described.ftype(i),
                described.fmod(i),
                described.ftable(i),
                described.ftablecol(i),
            )
            for i in range(described.nfields)
        ]
        return Answer(variant, parameters, columns, self._tree(sql, parameters))

    def _describe(self, sql: str) -> PGresult | Refusal:
        pgconn = self.connection.pgconn
        parsed = pgconn.prepare(b"", sql.encode())
        if parsed.status == pq.ExecStatus.COMMAND_OK:
            parsed = pgconn.describe_prepared(b"")
        return parsed if parsed.status == pq.ExecStatus.COMMAND_OK else self._refused(parsed)

    def _tree(self, sql: str, parameters: Sequence[int]) -> Tree | None:
        """The analysed query; None where there is none to be had (a utility command, say)."""
        if len(parameters) > _MOST_ARGUMENTS:
            return None
        name = f"sqlkit_{next(self._numbers)}"
        types = ", ".join(map(self._type_name, parameters))
        made = self.connection.pgconn.exec_params(
            f"create function pg_temp.{name}({types}) returns void language sql"
            f" begin atomic {sql}\n; end".encode(),
            None,
        )
        if made.status != pq.ExecStatus.COMMAND_OK:
            self._refused(made)
            return None
        stored = self.connection.pgconn.exec_params(_BODY, [name.encode()])
        return read_query((stored.get_value(0, 0) or b"<>").decode())

    def _type_name(self, oid: int) -> str:
        if oid not in self._names:
            [(self._names[oid],)] = self._execute("select pg_catalog.format_type(%s, null)", [oid])
        return self._names[oid]

    def _refused(self, result: PGresult) -> Refusal:
        def said(code: pq.DiagnosticField) -> str | None:
            value = result.error_field(code)
            return value.decode(errors="replace") if value is not None else None

        sqlstate = said(pq.DiagnosticField.SQLSTATE)
        if sqlstate is None:  # libpq's own word: the connection is gone
            raise psycopg.OperationalError(result.error_message.decode(errors="replace").strip())
        self._execute("rollback to savepoint sqlkit")
        return Refusal(
            sqlstate,
            said(pq.DiagnosticField.MESSAGE_PRIMARY) or "",
            said(pq.DiagnosticField.MESSAGE_DETAIL),
            said(pq.DiagnosticField.MESSAGE_HINT),
            int(said(pq.DiagnosticField.STATEMENT_POSITION) or 0),
        )

    def _meant(self, refusal: Refusal, sql: str) -> str | None:
        """What the catalog has that is spelled like the name the server doesn't know."""
        word, candidates = word_at(refusal, sql), _CANDIDATES.get(refusal.sqlstate)
        if not word or not candidates or (refusal.hint and refusal.sqlstate != "42883"):
            return None
        names = self._execute(candidates, [sql] if "%s" in candidates else None)
        if not names and refusal.sqlstate == _UNDEFINED_TABLE:
            return _NO_TABLES
        close = get_close_matches(word, [name for (name,) in names])
        return f"did you mean {close[0]}?" if close and close[0] != word else None

    def _execute(self, sql: str, parameters: Sequence[object] | None = None) -> list[Any]:
        cursor = psycopg.Cursor(self.connection, row_factory=tuple_row)
        cursor.execute(sql.encode(), parameters, prepare=False)
        return cursor.fetchall() if cursor.description else []
