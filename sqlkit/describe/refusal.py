"""PostgreSQL's answer to a query that it refuses, as an error at a place in the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from sqlkit.errors import DescribeError, SourceError

if TYPE_CHECKING:
    from sqlkit.sqlfile import Place, Query, Variant

E = TypeVar("E", bound=SourceError)

SYNTAX_ERROR = "42601"
INDETERMINATE_TYPE = "42P18"
AMBIGUOUS_PARAMETER = "42P08"
UNDEFINED_FUNCTION = "42883"
UNDEFINED_COLUMN = "42703"

_WORD = re.compile(
    r'(?:"(?:[^"]|"")*"|[^\W\d][\w$]*)(?:\.(?:"(?:[^"]|"")*"|[^\W\d][\w$]*))*|\d+|\S'
)
_NAME = re.compile(r'"((?:[^"]|"")*)"|([^."]+)')
NUMBER = re.compile(r"\$(\d+)")
"""A parameter as PostgreSQL knows it."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the server said. ``position`` counts characters of the text, from 1; 0: it said none."""

    sqlstate: str
    message: str
    detail: str | None = None
    hint: str | None = None
    position: int = 0


def error_of(refusal: Refusal, variant: Variant, hint: str | None = None) -> DescribeError:
    """The error to show; ``hint`` is what to say instead of what the server advises."""
    place, width = _place(refusal, variant), 1
    if match := _WORD.match(place.source, place.column - 1):
        width = max(place.width, len(match.group()))
    message = refusal.message + (f" ({refusal.detail})" if refusal.detail else "")
    if variant.query.conditions:
        message += f" (with {variant.when})"
    return DescribeError(
        named(message, variant),
        file=variant.query.file,
        line=place.line,
        column=place.column,
        source=place.source,
        width=width,
        hint=hint or refusal.hint,
        sqlstate=refusal.sqlstate,
    )


def word_at(refusal: Refusal, sql: str) -> str:
    """The last name of the dotted word that the server points at, as the catalog spells it."""
    return dotted_word_at(refusal, sql).rpartition(".")[2]


def dotted_word_at(refusal: Refusal, sql: str) -> str:
    """The whole word there; quoted names without their quotes."""
    match = _WORD.match(sql, refusal.position - 1) if refusal.position else None
    names = _NAME.findall(match.group()) if match else []
    return ".".join(quoted.replace('""', '"') if quoted else name.lower() for quoted, name in names)


def error_at(
    query: Query, message: str, *, option: tuple[str, ...] = (), hint: str | None = None
) -> DescribeError:
    """An error at an option of a query's header, or at its name."""
    return pointed(DescribeError, query, message, option, hint)


def pointed(
    error: type[E], query: Query, message: str, option: tuple[str, ...], hint: str | None
) -> E:
    """The same, of any class."""
    place = option_place(query, option)
    return error(
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
    number = NUMBER.search(refusal.message)
    if number and refusal.sqlstate == INDETERMINATE_TYPE:
        for match in re.finditer(rf"\${number.group(1)}\b", variant.sql):
            place = variant.place(match.start())
            if place.source.startswith(":", place.column - 1):
                return place
    return variant.place(len(variant.sql) - len(variant.sql.lstrip()))


def named(message: str, variant: Variant) -> str:
    """A message with ``:name`` for the ``$n`` that the file doesn't have."""

    def name(match: re.Match[str]) -> str:
        number = int(match.group(1))
        known = 0 < number <= len(variant.parameters)
        return f":{variant.parameters[number - 1]}" if known else match.group()

    return NUMBER.sub(name, message)
