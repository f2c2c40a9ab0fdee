"""What to write instead of what PostgreSQL refused, as far as the query's text tells."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from sqlkit.describe.refusal import (
    AMBIGUOUS_PARAMETER,
    INDETERMINATE_TYPE,
    NUMBER,
    SYNTAX_ERROR,
    UNDEFINED_FUNCTION,
    named,
)
from sqlkit.describe.slips import slip

if TYPE_CHECKING:
    from sqlkit.describe.refusal import Refusal
    from sqlkit.sqlfile import Variant

_CLAUSES = """
all and as asc between by case conflict cross delete desc distinct do else end except exists for
from full group having ilike in inner insert intersect into is join left like limit not nothing null
offset on or order outer over partition recursive returning right select set share then union update
using values when where with
"""
KEYWORDS = frozenset(_CLAUSES.split())
"""What clauses are made of."""

_LONG = [word for word in KEYWORDS if len(word) > 3]  # almost any word is like a short one
_ALIKE = 0.7
_NAME = re.compile(r"([^\W\d]\w*)")
_WORD_BEFORE = re.compile(r"\b([^\W\d]\w*)\s+\Z")
_COMMA_BEFORE = re.compile(r",\s*\Z")
# What no list goes on with.
_NO_MORE = re.compile(r"\)|;|\Z|(?:from|where|group|order|having|limit|returning)\b", re.IGNORECASE)
_TWO_STATEMENTS = "two statements stand where one is allowed: split them, or use :script"


# A parameter at either side of an operator.
_OPERAND = re.compile(r"\s*(?:[-+*/<>=~!@#%^&|`?]+\s*)?\$(\d+)\b")
_OPERAND_BEFORE = re.compile(r"\$(\d+)\s*\Z")
_IN_BEFORE = re.compile(r"\b(not\s+)?in\s*\Z", re.IGNORECASE)
# Where a condition was, or should have been.
_AND_OR = re.compile(r"(?:and|or)\b", re.IGNORECASE)
_CONDITION_BEFORE = re.compile(r"\b(?:where|having|and|or)[\s;]*\Z", re.IGNORECASE)


def hint_of(refusal: Refusal, variant: Variant) -> str | None:
    """What to write instead, where the text of the query tells."""
    if _without_type(refusal):
        return _say_type(refusal, variant)
    if not refusal.position:
        # A syntax error has a position; without one it is a second statement (any language).
        return _TWO_STATEMENTS if refusal.sqlstate == SYNTAX_ERROR else None
    if hint := slip(refusal, variant):
        return hint
    if refusal.sqlstate in (AMBIGUOUS_PARAMETER, UNDEFINED_FUNCTION):
        return _two_types(refusal, variant)
    if refusal.sqlstate == SYNTAX_ERROR:
        rules = (_list, _conditions, _comma, _keyword)
        return next((hint for rule in rules if (hint := rule(refusal, variant))), None)
    return None


def _without_type(refusal: Refusal) -> bool:
    # Of two types, the detail says which (parse_param.c); without one, it is the first use of a
    # parameter that has its type from a later one.
    ambiguous = refusal.sqlstate == AMBIGUOUS_PARAMETER and not refusal.detail
    return ambiguous or refusal.sqlstate == INDETERMINATE_TYPE


def _say_type(refusal: Refusal, variant: Variant) -> str:
    number = NUMBER.search(refusal.message)
    name = named(number.group(), variant) if number else ":name"
    return (
        f"cast it, {name}::timestamptz say; or, to leave a condition out while it is None, "
        f"end its line in --? {name[1:]}"
    )


def _list(refusal: Refusal, variant: Variant) -> str | None:
    at, sql = refusal.position - 1, variant.sql
    number, before = NUMBER.match(sql, at), _IN_BEFORE.search(sql, 0, at)
    if not number or not before:
        return None
    name = named(number.group(), variant)
    return f"a list is one value here: write {f'<> all({name})' if before[1] else f'= any({name})'}"


def _conditions(refusal: Refusal, variant: Variant) -> str | None:
    """What to write if a line left out takes the WHERE, or all that follows it, along."""
    at, sql = refusal.position - 1, variant.sql
    states = {c.name: c.states[0] for c in variant.query.conditions}
    if variant.states == states or not (
        _AND_OR.match(sql, at) or _CONDITION_BEFORE.search(sql, 0, at)
    ):
        return None
    return "begin the conditions with `where true`, and each conditional line with `and`"


def _comma(refusal: Refusal, variant: Variant) -> str | None:
    at, sql = refusal.position - 1, variant.sql
    if _COMMA_BEFORE.search(sql, 0, at) and _NO_MORE.match(sql, at):
        return "the comma before it is one too many"
    return None


def _keyword(refusal: Refusal, variant: Variant) -> str | None:
    """The keyword that was meant, by the word that the server stopped at or the one before."""
    at, sql = refusal.position - 1, variant.sql
    before, here = _WORD_BEFORE.search(sql, 0, at), _NAME.match(sql, at)
    for word in (match[1].lower() for match in (before, here) if match):
        if word not in KEYWORDS and (close := get_close_matches(word, _LONG, 1, _ALIKE)):
            return f"did you mean {close[0]}?"
    return None


def _two_types(refusal: Refusal, variant: Variant) -> str | None:
    """Where else a parameter is used, if that is what gave it a type that doesn't fit here."""
    at, sql = refusal.position - 1, variant.sql
    here = _OPERAND.match(sql, at) or _OPERAND_BEFORE.search(sql, 0, at)
    uses = re.finditer(rf"\${here[1]}\b", sql[:at]) if here else iter(())
    places = [variant.place(use.start()) for use in uses if not here or use.start() < here.start()]
    places = [place for place in places if place.source.startswith(":", place.column - 1)]
    if not here or not places:
        return None
    name = named(f"${here[1]}", variant)
    first = places[0]
    return (
        f"{name} has its type from {variant.query.file}:{first.line}:{first.column}: "
        f"{first.source.strip()}\n"
        f"      cast it in one of the two places, {name}::text for one, or use two parameters"
    )
