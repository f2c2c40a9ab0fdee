"""Columns that nobody named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlkit.describe.codes import TABLE
from sqlkit.describe.hazards.bare import depth
from sqlkit.describe.hazards.rule import Found, hazard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlkit.describe.hazards.look import Look

_STAR = re.compile(r"(?:\b(?:select|distinct|all|returning)\s+|,\s*)(\*)|([\w$]+)\s*\.\s*(\*)")


@hazard(
    bad="""
        -- name: get_user :one
        select * from users where id = :id
    """,
    good="""
        -- name: get_user :one
        select id, email, full_name from users where id = :id
    """,
    manual=("Select Lists", "queries-select-lists.html"),
)
def select_star(look: Look) -> Iterator[Found]:
    """The result's columns are whatever the table has.

    The generated function knows the columns of the day it was compiled. Once a migration adds one,
    the program that still runs gets rows of another width, and a prepared statement fails with
    "cached plan must not change result type". It also fetches what nobody reads. Stars within
    EXISTS, in subqueries, in COPY, and over a WITH query or subquery that names its columns do no
    harm.
    """
    if look.kind == "copy":
        return
    for match in _STAR.finditer(look.text):
        place = match.start(1) if match[1] else match.start(3)
        if depth(look.text, place) == 0 and _is_of_table(look, match[2]):
            yield Found(
                "the columns are whatever the table has when this runs",
                "name the columns",
                place,
            )


def _is_of_table(look: Look, alias: str | None) -> bool:
    block = look.top
    tables = [n for n, entry in enumerate(block.rtable, 1) if entry.number("rtekind") == TABLE]
    names = [block.name(number) for number in tables]
    # A quoted name is blanked out.
    return bool(tables) and (alias is None or alias in names or not alias.strip("_"))
