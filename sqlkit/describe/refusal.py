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

_WORD = re.compile(
    r'(?:"(?:[^"]|"")*"|[^\W\d][\w$]*)(?:\.(?:"(?:[^"]|"")*"|[^\W\d][\w$]*))*|\d+|\S'
)
_NUMBER = re.compile(r"\$(\d+)")
# A parameter at either side of an operator.
_OPERAND = re.compile(r"\s*(?:[-+*/<>=~!@#%^&|`?]+\s*)?\$(\d+)\b")
_OPERAND_BEFORE = re.compile(r"\$(\d+)\s*\Z")


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
    if refusal.sqlstate == INDETERMINATE_TYPE:
        number = _NUMBER.search(refusal.message)
        name = _named(number.group(), variant) if number else ":name"
        return (
            f"say its type, {name}::text for one; or, to leave a condition out while it is None, "
            f"end its line in --? {name[1:]}"
        )
    if refusal.sqlstate in (AMBIGUOUS_PARAMETER, UNDEFINED_FUNCTION) and refusal.position:
        return _two_types(refusal, variant)
    if refusal.sqlstate == SYNTAX_ERROR and not refusal.position:
        # A syntax error has a position; without one it is a second statement (any language).
        return "two statements stand where one is allowed: split them, or use :script"
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
    name = _named(f"${here[1]}", variant)
    first = places[0]
    return (
        f"{name} has its type from {variant.query.file}:{first.line}:{first.column}: "
        f"{first.source.strip()}\n"
        f"      cast it in one of the two places, {name}::text for one, or use two parameters"
    )
