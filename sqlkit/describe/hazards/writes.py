"""Writes that reach further than they look."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlkit.describe.codes import DELETE, DO_NOTHING, INSERT, UPDATE
from sqlkit.describe.hazards.look import NOWHERE
from sqlkit.describe.hazards.rule import Found, hazard
from sqlkit.describe.hazards.shapes import is_true

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlkit.describe.hazards.block import Block
    from sqlkit.describe.hazards.look import Look

_NO_COLUMNS = (
    r"\binsert\s+into\s+((?:[\w$]+\s*\.\s*)?[\w$]+)(?:\s+as\s+[\w$]+)?"
    r"\s*(?:\(\s*(?:select|with|values|table)\b|\b(?:select|with|values|table|overriding)\b)"
)


@hazard(
    bad="update users set score = 0",
    good="update users set score = 0 where id = :id",
    manual=("UPDATE", "sql-update.html"),
)
def update_without_where(look: Look) -> Iterator[Found]:
    """An UPDATE without WHERE changes every row of the table.

    Mostly the WHERE was forgotten, or all of it stands in conditional lines and a call gives none
    of them. An UPDATE that is for every row says `where true`; where all its lines are conditional
    it can't, and says `@allow`.
    """
    yield from _without_where(look, UPDATE, "update", "changes")


@hazard(
    bad="delete from orders",
    good="delete from orders where placed_at < :before",
    manual=("DELETE", "sql-delete.html"),
)
def delete_without_where(look: Look) -> Iterator[Found]:
    """A DELETE without WHERE deletes every row of the table.

    As with UPDATE: the WHERE was forgotten, or no conditional line of it is left. A DELETE that is
    for every row says `where true`.
    """
    yield from _without_where(look, DELETE, "delete", "deletes")


def _without_where(look: Look, command: int, word: str, does: str) -> Iterator[Found]:
    for block in look.blocks:
        if block.command == command and _reaches_all(look, block):
            table = block.name(block.query.number("resultRelation"))
            yield Found(
                f"this {does} every row of {table}",
                "say which rows in a WHERE; where all are meant, write `where true`"
                if block.quals is None
                else "keep a condition that always stands, or @allow it if all rows may be meant",
                _command_at(look, block, word),
            )


def _reaches_all(look: Look, block: Block) -> bool:
    # Between conditional lines `where true` says nothing: it is how their WHERE begins.
    return block.quals is None or (bool(look.query.conditions) and is_true(block.quals))


def _command_at(look: Look, block: Block, word: str) -> int:
    start = look.start(block)
    if start != NOWHERE:
        return look.word(rf"\b{word}\b", before=start)
    return look.word(rf"\b{word}\b", after=look.at(block.via))


@hazard(
    bad="insert into archived_orders select id, status from orders",
    good="insert into archived_orders (id, status) select id, status from orders",
    manual=("INSERT", "sql-insert.html"),
)
def insert_without_columns(look: Look) -> Iterator[Found]:
    """An INSERT that doesn't name its columns fills them in the order they happen to have.

    A column that is added, dropped or made anew by a migration moves the others: with luck the
    types no longer fit, without it values land in the wrong column.
    """
    if not any(block.command == INSERT for block in look.blocks):
        return
    for match in re.finditer(_NO_COLUMNS, look.text):
        yield Found(
            "this INSERT doesn't say which columns it fills",
            "name them: insert into table (column, …)",
            match.start(1),
        )


@hazard(
    bad="""
        -- name: add_user :one
        insert into users (email) values (:email)
        on conflict (email) do nothing
        returning id
    """,
    good="""
        -- name: add_user :maybe
        insert into users (email) values (:email)
        on conflict (email) do nothing
        returning id
    """,
    manual=("INSERT", "sql-insert.html#SQL-ON-CONFLICT"),
)
def do_nothing_in_one(look: Look) -> Iterator[Found]:
    """ON CONFLICT DO NOTHING returns no row for one that is there already.

    RETURNING gives only the rows that were inserted, so a `:one` query raises `NoRow` whenever it
    meets a conflict: the very case that DO NOTHING is for.
    """
    conflict = look.top.query.node("onConflict")
    if look.kind == "one" and conflict and conflict.number("action") == DO_NOTHING:
        yield Found(
            "this gives no row where there is a conflict, and a :one must",
            "make it :maybe, or DO UPDATE with a column set to itself",
            look.word(r"\bdo\s+nothing\b"),
        )
