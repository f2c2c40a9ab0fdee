"""Random tables, views and rows, with a NULL wherever one is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

TYPES = (
    "int",
    "text",
    "bool",
    "numeric",
    "date",
    "mood",
    "email",
    "int[]",
    "text[]",
    "jsonb",
    "pair",
)

PREAMBLE = """
drop schema if exists public cascade;
create schema public;
create type mood as enum ('sad', 'ok');
create type pair as (a int, b text);
create domain email as text check (value <> 'x');
create domain known as int not null;
create function changed() returns trigger language plpgsql as
'begin if new.c2::text = ''2'' then new.c3 := null; end if; return new; end';
"""

VALUES = {
    "int": ("0", "1", "2", "3"),
    "text": ("''", "'a'", "'b'"),
    "bool": ("true", "false"),
    "numeric": ("0", "1.5", "'NaN'", "'Infinity'"),
    "date": ("'2020-01-01'", "'infinity'", "'-infinity'"),
    "mood": ("'sad'", "'ok'"),
    "email": ("'a@b'", "'c@d'"),
    "int[]": ("'{}'", "'{1}'", "'{2,3}'", "'{1,null}'"),
    "text[]": ("'{}'", "'{a}'", "'{null}'", "'{a,b}'"),
    "jsonb": ("'{}'", "'null'", """'{"a": 1}'""", """'{"a": null}'""", "'[1, null]'"),
    "pair": ("(1,'a')", "(null,null)", "(2,null)"),
}
FULL = {"int[]": ("'{}'", "'{1}'", "'{2,3}'"), "text[]": ("'{}'", "'{a}'", "'{a,b}'")}


@dataclass(frozen=True)
class Column:
    """A column of a table or query."""

    name: str
    type: str
    not_null: bool = False


@dataclass(frozen=True)
class Table:
    """A table or view; ``writable``: rows can be put into it. ``k`` is always an int."""

    name: str
    columns: tuple[Column, ...]
    writable: bool = True


@dataclass(frozen=True)
class Schema:
    """Statements that make it, and what there is then."""

    statements: tuple[str, ...]
    tables: tuple[Table, ...]


def make_schema(random: Random) -> Schema:
    """Tables of random columns with a few rows, keys, checks, triggers, heirs and parts."""
    statements, tables = [PREAMBLE], list[Table]()
    for number in range(4):
        table, lines = _table(random, f"t{number}", number)
        statements += lines
        tables.append(table)
    return Schema(tuple(statements), tuple(tables))


def _table(random: Random, name: str, number: int) -> tuple[Table, list[str]]:
    columns = [Column("id", "int", not_null=True), Column("k", "int", random.random() < 0.5)]
    columns += [
        Column(f"c{place}", random.choice(TYPES), random.random() < 0.4) for place in range(2, 6)
    ]
    full = {c.name for c in columns if c.type in FULL and random.random() < 0.5}
    lines = [f"{c.name} {c.type}{' not null' if c.not_null else ''}" for c in columns]
    lines[0] = "id int primary key"
    lines += [f"check (array_position({c}, null) is null)" for c in sorted(full)]
    statements = [f"create table {name} ({', '.join(lines)})"]
    if number == 1 and random.random() < 0.5:
        statements.append(f"create table {name}_heir () inherits ({name})")
    if number == 2 and random.random() < 0.5 and not columns[3].not_null:
        statements.append(
            f"create trigger changes before insert or update on {name}"
            " for each row execute function changed()"
        )
    for row in range(random.choice((0, 2, 4, 5))):
        cells = [str(row)] + [_cell(random, c, c.name in full) for c in columns[1:]]
        statements.append(f"insert into {name} values ({', '.join(cells)})")
    return Table(name, tuple(columns)), statements


def _cell(random: Random, column: Column, full: bool) -> str:
    if not column.not_null and random.random() < 0.4:
        return "null"
    return random.choice(FULL[column.type] if full else VALUES[column.type])
