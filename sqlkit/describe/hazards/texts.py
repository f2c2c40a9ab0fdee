"""Texts that hold what was meant as something else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlkit.describe.hazards.rule import Found, hazard
from sqlkit.sqlfile.lexer import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlkit.describe.hazards.look import Look

# The whole of a literal: a time, JSON and a regular expression have colons within.
_ONLY_A_NAME = re.compile(r"'(%*):([^\W\d]\w*)(%*)'")


@hazard(
    bad="select id from users where email like '%:text%'",
    good="select id from users where email like '%' || :text || '%'",
    manual=("String Constants", "sql-syntax-lexical.html#SQL-SYNTAX-STRINGS"),
)
def parameter_in_text(look: Look) -> Iterator[Found]:
    """Between quotes a parameter is text, and no parameter.

    The function has no such argument, and the query looks for the name with its colon. A value
    needs no quotes; in a pattern it is joined with what stands around it.
    """
    sql = look.variant.sql
    if not look.text:
        return
    for kind, start, end in tokens(sql, 0, len(sql)):
        match = _ONLY_A_NAME.fullmatch(sql, start, end) if kind == "string" else None
        if match:
            before, name, after = match.groups()
            parts = [before and f"'{before}'", f":{name}", after and f"'{after}'"]
            yield Found(
                f"in quotes :{name} is text, and no parameter",
                f"write {' || '.join(filter(None, parts))}",
                start,
            )
