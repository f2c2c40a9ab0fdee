"""PostgreSQL's answer to a query that it refuses, as an error at a place in the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlkit.errors import DescribeError

if TYPE_CHECKING:
    from sqlkit.sqlfile import Place, Query, Variant

SYNTAX_ERROR = "42601"
INDETERMINATE_TYPE = "42P18"
AMBIGUOUS_PARAMETER = "42P08"
UNDEFINED_FUNCTION = "42883"
UNDEFINED_COLUMN = "42703"

_TWO_STATEMENTS = "two statements stand where one is allowed: split them, or use :script"

_WORD = re.compile(
    r'(?:"(?:[^"]|"")*"|[^\W\d][\w$]*)(?:\.(?:"(?:[^"]|"")*"|[^\W\d][\w$]*))*|\d+|\S'
)
_NUMBER = re.compile(r"\$(\d+)")
# A parameter at either side of an operator.
_OPERAND = re.compile(r"\s*(?:[-+*/<>=~!@#%^&|`?]+\s*)?\$(\d+)\b")
_OPERAND_BEFORE = re.compile(r"\$(\d+)\s*\Z")
_IN_BEFORE = re.compile(r"\b(not\s+)?in\s*\Z", re.IGNORECASE)
# Parameters as other Python drivers write them.
_PERCENT = re.compile(r"%(?:\((\w+)\)s|s)\b")
# Where a condition was, or should have been.
_AND_OR = re.compile(r"(?:and|or)\b", re.IGNORECASE)
_CONDITION_BEFORE = re.compile(r"\b(?:where|having|and|or)[\s;]*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the server said. ``position`` counts characters of the text, from 1; 0: it said none."""

    sqlstate: str
    message: str
    detail: str | None = None
    hint: str | None = None
    position: int = 0


def error_of(refusal: Refusal, variant: Variant, hint: str | None = None) -> DescribeError:
    """The error to show; ``hint`` is what to say where the server has none."""
    place, width = _place(refusal, variant), 1
    if match := _WORD.match(place.source, place.column - 1):
        width = max(place.width, len(match.group()))
    message = refusal.message + (f" ({refusal.detail})" if refusal.detail else "")
    if variant.query.conditions:
        message += f" (with {variant.when})"
    return DescribeError(
        _named(message, variant),
        file=variant.query.file,
        line=place.line,
        column=place.column,
        source=place.source,
        width=width,
        hint=_own_hint(refusal, variant) or hint or refusal.hint,
        sqlstate=refusal.sqlstate,
    )


def word_at(refusal: Refusal, sql: str) -> str:
    """The last name of the dotted word that the server points at, as the catalog spells it."""
    match = _WORD.match(sql, refusal.position - 1) if refusal.position else None
    name = re.split(r"\.(?=[^\"]*$)", match.group())[-1] if match else ""
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()


def error_at(
    query: Query, message: str, *, option: tuple[str, ...] = (), hint: str | None = None
) -> DescribeError:
    """An error at an option of a query's header, or at its name."""
    place = option_place(query, option)
    return DescribeError(
        message,
        file=query.file,
        line=place.line,
        column=place.column,
        source=place.source,
        width=place.width,
        hint=hint,
    )


def option_place(query: Query, option: tuple[str, ...]) -> Place:
    """Where the header says an option; where it says the name, if it has no such option."""
    offset = query.options.offsets.get(option)
    if offset is None:
        return query.place
    return query.source.place(query.source.text.index(option[-1], offset), len(option[-1]))


def _place(refusal: Refusal, variant: Variant) -> Place:
    if refusal.position and variant.query.copy:
        # What was described is the select over the same columns, made up from these words.
        word = _WORD.match(variant.query.copy.select, refusal.position - 1)
        return variant.place(variant.sql.find(word.group()) if word else 0)
    if refusal.position:
        return variant.place(refusal.position - 1)
    number = _NUMBER.search(refusal.message)
    if number and refusal.sqlstate == INDETERMINATE_TYPE:
        for match in re.finditer(rf"\${number.group(1)}\b", variant.sql):
            place = variant.place(match.start())
            if place.source.startswith(":", place.column - 1):
                return place
    return variant.place(len(variant.sql) - len(variant.sql.lstrip()))


def _named(message: str, variant: Variant) -> str:
    """The message with ``:name`` for the ``$n`` that the file doesn't have."""

    def name(match: re.Match[str]) -> str:
        number = int(match.group(1))
        known = 0 < number <= len(variant.parameters)
        return f":{variant.parameters[number - 1]}" if known else match.group()

    return _NUMBER.sub(name, message)


def _own_hint(refusal: Refusal, variant: Variant) -> str | None:
    if _without_type(refusal):
        return _say_type(refusal, variant)
    if not refusal.position:
        # A syntax error has a position; without one it is a second statement (any language).
        return _TWO_STATEMENTS if refusal.sqlstate == SYNTAX_ERROR else None
    if hint := _percent(refusal, variant):
        return hint
    if refusal.sqlstate in (AMBIGUOUS_PARAMETER, UNDEFINED_FUNCTION):
        return _two_types(refusal, variant)
    if refusal.sqlstate == SYNTAX_ERROR:
        return _list(refusal, variant) or _conditions(refusal, variant)
    return None


def _without_type(refusal: Refusal) -> bool:
    # Of two types, the detail says which (parse_param.c); without one, it is the first use of a
    # parameter that has its type from a later one.
    ambiguous = refusal.sqlstate == AMBIGUOUS_PARAMETER and not refusal.detail
    return ambiguous or refusal.sqlstate == INDETERMINATE_TYPE


def _say_type(refusal: Refusal, variant: Variant) -> str:
    number = _NUMBER.search(refusal.message)
    name = _named(number.group(), variant) if number else ":name"
    return (
        f"cast it, {name}::timestamptz say; or, to leave a condition out while it is None, "
        f"end its line in --? {name[1:]}"
    )


def _percent(refusal: Refusal, variant: Variant) -> str | None:
    """What to write for ``%(name)s``: to PostgreSQL it is an operator, a call or a column."""
    if refusal.sqlstate not in (SYNTAX_ERROR, UNDEFINED_COLUMN, UNDEFINED_FUNCTION):
        return None
    at = refusal.position - 1
    for match in _PERCENT.finditer(variant.sql):
        if match.start() <= at < match.end():
            return f"a parameter is written :{match[1] or 'name'}"
    return None


def _list(refusal: Refusal, variant: Variant) -> str | None:
    at, sql = refusal.position - 1, variant.sql
    number, before = _NUMBER.match(sql, at), _IN_BEFORE.search(sql, 0, at)
    if not number or not before:
        return None
    name = _named(number.group(), variant)
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


def _two_types(refusal: Refusal, variant: Variant) -> str | None:
    """Where else a parameter is used, if that is what gave it a type that doesn't fit here."""
    at, sql = refusal.position - 1, variant.sql
    here = _OPERAND.match(sql, at) or _OPERAND_BEFORE.search(sql, 0, at)
    uses = re.finditer(rf"\${here[1]}\b", sql[:at]) if here else iter(())
    places = [variant.place(use.start()) for use in uses if not here or use.start() < here.start()]
    places = [place for place in places if place.source.startswith(":", place.column - 1)]
    if not here or not places:
        return None
    name = _named(f"${here[1]}", variant)
    first = places[0]
    return (
        f"{name} has its type from {variant.query.file}:{first.line}:{first.column}: "
        f"{first.source.strip()}\n"
        f"      cast it in one of the two places, {name}::text for one, or use two parameters"
    )
