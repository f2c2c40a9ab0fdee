"""What other databases, drivers and template languages write, and what is written here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlkit.describe.refusal import (
    NUMBER,
    SYNTAX_ERROR,
    UNDEFINED_COLUMN,
    UNDEFINED_FUNCTION,
    named,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit.describe.refusal import Refusal
    from sqlkit.sqlfile import Variant

_AMBIGUOUS_FUNCTION = "42725"
_INVALID_DATETIME = "22007"
_INVALID_TEXT = "22P02"

_PERCENT = re.compile(r"%(?:\((\w+)\)s|s)\b")
_BRACES = re.compile(r"\{+\s*(\w*)")
# To PostgreSQL a question mark is an operator, so that it stops at what comes after it.
_QUESTION_BEFORE = re.compile(r"[\s=(,<>]\?\s*\Z")
_PERCENT_HERE = re.compile(r"%\s*\$(\d+)")
_PERCENT_BEFORE = re.compile(r"\$(\d+)\s*%\s*\Z")
_QUOTE_BEFORE = re.compile(r"'\s*\Z")
_TABLE_BEFORE = re.compile(r"\b(?:from|join|into|update|table)\s+\Z", re.IGNORECASE)
_TYPE_BEFORE = re.compile(r"\b(interval|date|time|timestamp|timestamptz)\s*\Z", re.IGNORECASE)
_BY_BEFORE = re.compile(r"\b(order|group|partition)\s+\Z", re.IGNORECASE)
_TOP_BEFORE = re.compile(r"\bselect\s+(?:distinct\s+)?top\s*\(?\s*\Z", re.IGNORECASE)
_PLUS = re.compile(r"\+\s*(?:'|\$\d+\s*\+\s*')")
_QUOTED_NAME = re.compile(r"'[^':]*:([^\W\d]\w*)[^']*'")
_BACKTICK = re.compile(r"`\w*`?\s*\Z")


def slip(refusal: Refusal, variant: Variant) -> str | None:
    """What to write instead, if what the server stopped at is somebody else's spelling."""
    rules = _RULES.get(refusal.sqlstate, ())
    return next((hint for rule in rules if (hint := rule(refusal, variant))), None)


def _percent(refusal: Refusal, variant: Variant) -> str | None:
    """``%(name)s``: to PostgreSQL it is an operator, a call or a column."""
    at = refusal.position - 1
    for match in _PERCENT.finditer(variant.sql):
        if match.start() <= at < match.end():
            return _parameter(match[1])
    return None


def _question(refusal: Refusal, variant: Variant) -> str | None:
    """``limit ?``."""
    return _parameter() if _QUESTION_BEFORE.search(variant.sql, 0, refusal.position - 1) else None


def _braces(refusal: Refusal, variant: Variant) -> str | None:
    """``{name}``, ``{{ name }}``."""
    match = _BRACES.match(variant.sql, refusal.position - 1)
    return _parameter(match[1]) if match else None


def _parameter(name: str | None = None) -> str:
    return f"a parameter is written :{name or 'name'}"


def _pattern(refusal: Refusal, variant: Variant) -> str | None:
    """``like %:text%``, ``like '%' :text``."""
    at, sql = refusal.position - 1, variant.sql
    found = _PERCENT_HERE.match(sql, at) or _PERCENT_BEFORE.search(sql, 0, at)
    if not found and _QUOTE_BEFORE.search(sql, 0, at):
        found = NUMBER.match(sql, at)
    if not found:
        return None
    name = named(f"${found[1]}", variant)
    return f"texts are joined with ||, as in '%' || {name} || '%'"


def _plus(refusal: Refusal, variant: Variant) -> str | None:
    """``'%' + :text``."""
    at, sql = refusal.position - 1, variant.sql
    if _PLUS.match(sql, at) or (sql.startswith("+", at) and _QUOTE_BEFORE.search(sql, 0, at)):
        return "texts are joined with ||"
    return None


def _quoted_name(refusal: Refusal, variant: Variant) -> str | None:
    """``interval ':days days'``."""
    match = _QUOTED_NAME.match(variant.sql, refusal.position - 1)
    if not match:
        return None
    instead = "; an interval is made by make_interval(days => :days)"
    return f"in quotes :{match[1]} is text, and no parameter" + (
        instead if "interval" in refusal.message else ""
    )


def _misplaced(refusal: Refusal, variant: Variant) -> str | None:
    """``from :table``, ``interval :length``."""
    at, sql = refusal.position - 1, variant.sql
    number = NUMBER.match(sql, at)
    if number and _TABLE_BEFORE.search(sql, 0, at):
        return "a parameter is a value: a table can't be one"
    if number and (type_ := _TYPE_BEFORE.search(sql, 0, at)):
        return (
            f"the type stands behind a parameter: {named(number[0], variant)}::{type_[1].lower()}"
        )
    return None


def _clause(refusal: Refusal, variant: Variant) -> str | None:
    """``order id``, ``select top 5 id``."""
    at, sql = refusal.position - 1, variant.sql
    if by := _BY_BEFORE.search(sql, 0, at):
        return f"did you mean {by[1].lower()} by?"
    return "write limit at the end, in place of top" if _TOP_BEFORE.search(sql, 0, at) else None


def _backtick(refusal: Refusal, variant: Variant) -> str | None:
    at, sql = refusal.position - 1, variant.sql
    if sql.startswith("`", at) or _BACKTICK.search(sql, 0, at):
        return "a name needs no quotes, or double ones: no backticks"
    return None


def _equality(refusal: Refusal, variant: Variant) -> str | None:
    return "equality is written =" if variant.sql.startswith("==", refusal.position - 1) else None


def double_quotes(refusal: Refusal, variant: Variant) -> str | None:
    """What to write for ``"text"``, if no column has a name like it."""
    if refusal.sqlstate != UNDEFINED_COLUMN or refusal.hint or not refusal.position:
        return None
    if variant.sql.startswith('"', refusal.position - 1):
        return "double quotes are for names; a text stands in single quotes"
    return None


_RULES: dict[str, tuple[Callable[[Refusal, Variant], str | None], ...]] = {
    SYNTAX_ERROR: (_percent, _question, _braces, _pattern, _misplaced, _clause, _backtick),
    UNDEFINED_COLUMN: (_percent,),
    UNDEFINED_FUNCTION: (_percent, _plus, _equality, _backtick),
    _AMBIGUOUS_FUNCTION: (_plus,),
    _INVALID_DATETIME: (_quoted_name,),
    _INVALID_TEXT: (_quoted_name,),
}
