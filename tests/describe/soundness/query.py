"""Random queries: joins, subqueries, set operations, groups, windows, WITH and RETURNING."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.describe.soundness.expression import Expressions
from tests.describe.soundness.schema import TYPES, Column, Table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    Columns = Sequence[tuple[str, str]]

JOINS = ("join", "left join", "left join", "right join", "full join")
AGGREGATES = {
    "int": ("count(*)", "count({int})", "max({int})", "sum({int})::int", "min(length({text}))"),
    "text": ("string_agg({text}, ',')", "max({text})", "mode() within group (order by {text})"),
    "bool": ("bool_and({bool})", "every({bool})", "bool_or({bool})"),
    "numeric": (
        "avg({int})",
        "stddev({int})",
        "sum({numeric})",
        "var_pop({int})",
        "max({numeric})",
    ),
    "int[]": ("array_agg({int})", "array_agg({int} order by {int})"),
    "text[]": ("array_agg({text})", "array_agg(distinct {text})"),
    "jsonb": ("jsonb_agg({int})", "jsonb_object_agg('a', {text})"),
}
FRAMES = (
    *(
        "",
        "",
        "rows between 1 preceding and current row",
        "rows between 2 preceding and 1 preceding",
    ),
    *("rows between 1 following and 2 following", "groups between 1 preceding and 1 following"),
    *("rows between 1 preceding and current row exclude current row", "range unbounded preceding"),
    *("rows between current row and unbounded following exclude ties",),
)


COMPARED = ("exists ({})", "1 in ({})", "2 not in ({})", "1 > all ({})")
NUMBERED = ("rank()", "row_number()", "ntile(2)", "count(*)")
NEIGHBOURS = (
    *("lag({0})", "lead({0}, 1, {1})", "first_value({0})", "last_value({0})"),
    "nth_value({0}, 2)",
)
STEPS = ("n + 1, m", "n + 1, null", "n + 1, n", "m + 1, n", "n + 1, nullif(m, n)")


class Queries:
    """Makes queries over tables; ``returning_old``: the server is 18 or newer."""

    def __init__(self, random: Random, tables: Sequence[Table], *, version: int) -> None:
        self._random = random
        self._tables = list(tables)
        self._version = version
        self._numbers = 0

    def statement(self) -> str:
        """A query, sometimes one that writes."""
        roll = self._random.random()
        if roll < 0.2:
            return self._write()
        if roll < 0.35:
            return self._with()
        return self.query(2)

    def query(self, depth: int, outer: Columns = (), types: Sequence[str] | None = None) -> str:
        """A query with columns of these types, or of any."""
        if types is None and self._random.random() < 0.5:
            return self._columns(depth, outer)
        types = types or [self._random.choice(TYPES) for _ in range(self._random.randint(1, 4))]
        if depth and self._random.random() < 0.2:
            operator = self._random.choice(
                ("union all", "union all", "intersect all", "except all")
                if "jsonb" in types or "pair" in types
                else ("union", "union all", "intersect", "except")
            )
            left, right = (self.query(depth - 1, outer, types) for _ in range(2))
            return f"(({left}) {operator} ({right}))"
        return self._select(depth, outer, types)

    def _columns(self, depth: int, outer: Columns) -> str:
        """Columns as FROM has them: what joins and conditions do is seen best."""
        source, columns = self._from(depth, outer)
        cells = self._random.sample(columns, min(6, len(columns)))
        named = ", ".join(f"{cell} as o{place}" for place, (cell, _) in enumerate(cells))
        condition = self._expressions(columns, depth).condition()
        where = f" where {condition}" if self._random.random() < 0.5 else ""
        return f"select {named} from {source}{where}"

    def _name(self) -> str:
        self._numbers += 1
        return f"s{self._numbers}"

    def _expressions(self, columns: Columns, depth: int) -> Expressions:
        def subquery(type_: str, around: Columns) -> str:
            if type_ == "bool" and self._random.random() < 0.5:
                kind = self._random.choice(
                    ("exists ({})", "1 in ({})", "2 not in ({})", "1 > all ({})")
                )
                types = ["bool"] if kind.startswith("exists") else ["int"]
                return f"({kind.format(self.query(0, around, types))})"
            if type_ in ("int[]", "text[]") and self._random.random() < 0.5:
                return f"array({self.query(0, around, [type_[:-2]])})"
            if self._random.random() < 0.3 and type_ in AGGREGATES:
                return f"({self._select(0, around, [type_], grouped=True)})"
            return f"({self.query(0, around, [type_])} limit 1)"

        return Expressions(self._random, columns, subquery if depth else None)

    def _select(
        self, depth: int, outer: Columns, types: Sequence[str], *, grouped: bool = False
    ) -> str:
        random = self._random
        source, columns = self._from(depth, outer)
        rows = self._expressions([*columns, *(outer if random.random() < 0.4 else ())], depth)
        where = f" where {rows.condition()}" if random.random() < 0.5 else ""
        if grouped:
            group, cells = "", [self._aggregate(rows, type_) for type_ in types]
        elif random.random() < 0.3:
            group, cells = self._groups(columns, rows, types)
        else:
            group = ""
            cells = [
                self._window(rows, type_) if random.random() < 0.15 else rows.of(type_)
                for type_ in types
            ]
        named = ", ".join(f"{cell} as o{place}" for place, cell in enumerate(cells))
        return f"select {named} from {source}{where}{group}"

    def _groups(
        self, columns: Columns, rows: Expressions, types: Sequence[str]
    ) -> tuple[str, list[str]]:
        random = self._random
        keys = [(name, of) for name, of in columns if of not in ("jsonb", "pair")]
        keys = random.sample(keys, min(len(keys), random.randint(0, 3)))
        names = [name for name, _ in keys]
        shape = random.random()
        if not names:
            group = random.choice(("", " group by ()"))
        elif shape < 0.4:
            group = f" group by {', '.join(names)}"
        elif shape < 0.6:
            group = f" group by rollup ({', '.join(names)})"
        elif shape < 0.8:
            sets = [
                f"({', '.join(random.sample(names, random.randint(0, len(names))))})"
                for _ in range(2)
            ]
            group = f" group by grouping sets ({', '.join(sets)}, ({', '.join(names)}))"
        else:
            group = f" group by {names[0]}, cube ({', '.join(names)})"
        over = Expressions(random, keys)
        cells = [
            self._aggregate(rows, type_) if not names or random.random() < 0.5 else over.of(type_)
            for type_ in types
        ]
        if names and random.random() < 0.3:
            group += f" having {over.condition()}"
        return group, cells

    def _aggregate(self, rows: Expressions, type_: str) -> str:
        if type_ not in AGGREGATES:
            return f"null::{type_}"
        call = rows.filled(self._random.choice(AGGREGATES[type_]), 2)
        filtered = self._random.random() < 0.2
        return f"{call} filter (where {rows.condition(1)})" if filtered else call

    def _window(self, rows: Expressions, type_: str) -> str:
        random = self._random
        if type_ == "int" and random.random() < 0.4:
            return f"({random.choice(NUMBERED)} over (order by {rows.of('int', 1)}))::int"
        call = random.choice(NEIGHBOURS).format(rows.of(type_, 1), rows.of(type_, 1))
        if type_ in ("int", "text", "numeric") and random.random() < 0.4:
            call = f"max({rows.of(type_, 1)})"
        return f"{call} over (order by {rows.of('int', 1)} {random.choice(FRAMES)})"

    def _from(self, depth: int, outer: Columns) -> tuple[str, Columns]:
        source, columns = self._source(depth, outer)
        for _ in range(self._random.choice((0, 1, 1, 2)) if depth else 0):
            source, columns = self._joined(source, columns, depth, outer)
        return source, columns

    def _joined(self, left: str, known: Columns, depth: int, outer: Columns) -> tuple[str, Columns]:
        random = self._random
        right, more = self._source(depth, outer)
        if random.random() < 0.2:
            right, more = self._lateral(known, depth)
            kind = random.choice(("cross join", "left join"))
            return f"{left} {kind} {right}" + (" on true" if kind == "left join" else ""), [
                *known,
                *more,
            ]
        if random.random() < 0.3:
            inner, extra = self._source(depth, outer)
            on = self._expressions([*more, *extra], 0).condition(1)
            right, more = f"({right} {random.choice(JOINS[:4])} {inner} on {on})", [*more, *extra]
        columns = [*known, *more]
        if random.random() < 0.15:
            return f"{left} cross join {right}", columns
        first = next((name for name, of in known if of == "int"), None)
        second = next((name for name, of in more if of == "int"), None)
        on = f"{first} = {second}" if first and second else "true"
        kind = random.choice(JOINS)
        if kind != "full join" and random.random() < 0.5:
            on = f"{on} and {self._expressions(columns, 0).condition(1)}"
        return f"{left} {kind} {right} on {on}", columns

    def _source(self, depth: int, outer: Columns) -> tuple[str, Columns]:
        random, name = self._random, self._name()
        roll = random.random()
        if depth and roll < 0.2:
            types = [random.choice(TYPES) for _ in range(3)]
            columns = [(f"{name}.o{place}", type_) for place, type_ in enumerate(types)]
            return f"({self.query(depth - 1, (), types)}) as {name}", columns
        if depth and roll < 0.28:
            return self._using(name)
        if roll < 0.35:
            one = Expressions(random, [])
            rows = ", ".join(f"({one.of('int', 1)}, {one.of('text', 1)})" for _ in range(2))
            return f"(values {rows}) as {name} (a, b)", [
                (f"{name}.a", "int"),
                (f"{name}.b", "text"),
            ]
        table = random.choice(self._tables)
        only = "only " if table.writable and random.random() < 0.3 else ""
        columns = [(f"{name}.{column.name}", column.type) for column in table.columns]
        return f"{only}{table.name} as {name}", columns

    def _using(self, name: str) -> tuple[str, Columns]:
        """Two tables by their column ``k``, merged."""
        tables = [table for table in self._tables if any(c.name == "k" for c in table.columns)]
        one, other = self._random.choice(tables), self._random.choice(tables)
        kind = self._random.choice(JOINS)
        inner = f"select k, a.id as i, b.id as j from {one.name} a {kind} {other.name} b using (k)"
        if self._random.random() < 0.5:
            condition = self._random.choice(
                ("k > 0", "k is not null", "a.id > 0", "b.id is not null")
            )
            inner += f" where {condition}"
        return f"({inner}) as {name}", [(f"{name}.{column}", "int") for column in "kij"]

    def _lateral(self, known: Columns, depth: int) -> tuple[str, Columns]:
        name = self._name()
        arrays = [column for column, of in known if of == "int[]"]
        if arrays and self._random.random() < 0.4:
            array = self._random.choice(arrays)
            return f"unnest({array}) with ordinality as {name} (u, n)", [(f"{name}.u", "int")]
        types = [self._random.choice(TYPES) for _ in range(2)]
        columns = [(f"{name}.o{place}", type_) for place, type_ in enumerate(types)]
        return f"lateral ({self.query(depth - 1, known, types)}) as {name}", columns

    def _with(self) -> str:
        random, name = self._random, self._name()
        if random.random() < 0.4:
            step = random.choice(
                ("n + 1, m", "n + 1, null", "n + 1, n", "m + 1, n", "n + 1, nullif(m, n)")
            )
            text = (
                f"select 1, {random.choice(('1', 'null::int', '2'))} union all"
                f" select {step} from {name} where n < 4"
            )
            head = f"with recursive {name} (n, m) as ({text})"
            columns: tuple[Column, ...] = (Column("n", "int"), Column("m", "int"))
        else:
            types = [random.choice(TYPES) for _ in range(3)]
            kind = random.choice(("", "materialized", "not materialized"))
            head = f"with {name} as {kind} ({self.query(1, (), types)})"
            columns = tuple(Column(f"o{place}", type_) for place, type_ in enumerate(types))
        self._tables.append(Table(name, columns, writable=False))
        text = f"{head} {self.query(1)}"
        self._tables.pop()
        return text

    def _write(self) -> str:
        random = self._random
        table = random.choice([table for table in self._tables if table.writable])
        columns = [(f"w.{column.name}", column.type) for column in table.columns]
        own = self._expressions(columns, 1)
        roll = random.random()
        if roll < 0.35:
            target = random.choice(table.columns[1:])
            values = Expressions(random, [])
            free = [
                c for c in table.columns if (c.name != "id" and random.random() < 0.6) or c.not_null
            ]
            cells = ["9" if c.name == "id" else self._stored(values, c) for c in free]
            names = ", ".join(c.name for c in free)
            update = f" on conflict (id) do update set {target.name} = excluded.{target.name}"
            conflict = random.choice(("", " on conflict do nothing", update))
            text = f"insert into {table.name} as w ({names}) values ({', '.join(cells)}){conflict}"
        elif roll < 0.75:
            target = random.choice(table.columns[1:])
            value = self._stored(own, target)
            other, more = self._source(0, ())
            text = f"update {table.name} as w set {target.name} = {value}"
            if random.random() < 0.4:
                text += f" from {other} where {self._expressions([*columns, *more], 0).condition()}"
                columns = [*columns, *more]
            elif random.random() < 0.7:
                text += f" where {own.condition()}"
        else:
            other, more = self._source(0, ())
            condition = self._expressions([*columns, *more], 0).condition()
            text = f"delete from {table.name} as w using {other} where {condition}"
            columns = [*columns, *more]
        given = Expressions(random, columns)
        outputs = [name for name, _ in random.sample(columns, min(4, len(columns)))]
        outputs += [given.of(random.choice(TYPES), 1)]
        if self._version >= 18:
            outputs += [random.choice(("old.", "new.")) + random.choice(table.columns).name]
        named = ", ".join(f"{cell} as o{place}" for place, cell in enumerate(outputs))
        return f"{text} returning {named}"

    def _stored(self, values: Expressions, column: Column) -> str:
        value = values.of(column.type, 1)
        if column.not_null:
            constant = Expressions(self._random, [])
            for _ in range(9):
                text = constant.constant(column.type)
                if not text.startswith("null"):
                    return f"coalesce({value}, {text})"
        return value
