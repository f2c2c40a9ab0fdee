"""Random expressions of a wanted type over the columns in sight."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.describe.soundness.schema import VALUES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random


_ARGUMENT = re.compile(rf"\{{({'|'.join(map(re.escape, VALUES))}|any)\}}")

# By type: templates with the types of their arguments in braces.
OPERATIONS = {
    "int": (
        *("({int} + {int})", "-{int}", "abs({int})", "length({text})", "array_length({int[]}, 1)"),
        *("cardinality({text[]})", "array_position({int[]}, {int})", "({int[]})[1]"),
        *("({date} - date '2020-01-01')", "({pair}).a", "(row({int}, {text})).f1", "{bool}::int"),
        *("nullif({int}, {int})", "greatest({int}, {int})", "least({int}, 1)", "{int}::text::int"),
        *("jsonb_array_length('[1]')", "num_nulls({text}, {int})"),
        "extract(month from {date})::int",
    ),
    "text": (
        *("({text} || {text})", "lower({text})", "{int}::text", "{mood}::text", "{email}::text"),
        *("concat({text}, {int})", "concat_ws({text}, {text})", "({text[]})[1]", "{jsonb} ->> 'a'"),
        *("substring({text} from 'a')", "nullif({text}, 'a')", "({pair}).b", "left({text}, 1)"),
        *("to_char({date}, 'YYYY')", "array_to_string({text[]}, ',')", "format({text}, 1)"),
        *("replace({text}, 'a', 'b')", "split_part({text}, 'a', 1)", "jsonb_typeof({jsonb})"),
    ),
    "bool": (
        *("({int} = {int})", "({text} <> {text})", "({int} < {int})", "({text} like 'a%')"),
        *("({any} is null)", "({any} is not null)", "({int} is distinct from {int})", "not {bool}"),
        *("({bool} and {bool})", "({bool} or {bool})", "({bool} is true)", "({bool} is not false)"),
        *("({bool} is unknown)", "({bool} is not unknown)", "({int} in (1, {int}))"),
        *("({int} not in (1, 2))", "({int} = any ({int[]}))", "({int} <> all ({int[]}))"),
        *("({int} between 1 and {int})", "(({int}, {int}) < ({int}, 2))", "({jsonb} ? 'a')"),
        *("({jsonb} @> '{}')", "({int} is not distinct from 1)", "({mood} = 'ok')"),
        *("(({int}, {text}) = (1, {text}))", "({bool} is not true)", "({int[]} && {int[]})"),
    ),
    "numeric": (
        *("({numeric} + 1)", "round({numeric})", "{int}::numeric", "abs({numeric})"),
        *("scale({numeric})", "({numeric} * {int})", "{numeric}::numeric(5, 1)::text::numeric"),
    ),
    "date": ("({date} + 1)", "({date} + {int})", "make_date(2000, 1, 1)", "nullif({date}, {date})"),
    "mood": ("greatest({mood}, {mood})", "{mood}::text::mood"),
    "email": ("({text} || 'y')::email", "coalesce({email}, 'z')"),
    "int[]": (
        *("array[{int}, {int}]", "({int[]} || {int})", "({int[]} || {int[]})", "({int[]})[1:2]"),
        *("array_append({int[]}, {int})", "array_remove({int[]}, null)"),
        "{text[]}::text::text[]::int[]",
        *("array_prepend({int}, {int[]})", "array_remove({int[]}, 1)", "'{1}'::int[]"),
    ),
    "text[]": (
        *("array[{text}]", "string_to_array({text}, 'a')", "{int[]}::text[]"),
        "({text[]} || {text})",
        *("string_to_array({text}, 'a', 'b')", "array_cat({text[]}, {text[]})"),
        "array_replace({text[]}, 'a', {text})",
    ),
    "jsonb": (
        *("({jsonb} -> 'a')", "to_jsonb({int})", "jsonb_build_object('a', {text})"),
        *("({jsonb} || '{}')", "jsonb_strip_nulls({jsonb})", "({jsonb} #> '{a}')"),
    ),
    "pair": ("row({int}, {text})::pair", "nullif({pair}, {pair})"),
}  # fmt: skip


class Expressions:
    """Makes expressions; ``subquery`` is asked for one of a wanted type and the columns around."""

    def __init__(
        self,
        random: Random,
        columns: Sequence[tuple[str, str]],
        subquery: Callable[[str, Sequence[tuple[str, str]]], str] | None = None,
    ) -> None:
        self._random = random
        self._columns = columns
        self._subquery = subquery

    def of(self, type_: str, depth: int = 2) -> str:
        """An expression of this type."""
        random = self._random
        fitting = [name for name, of in self._columns if of == type_]
        roll = random.random()
        if fitting and (roll < 0.5 or depth <= 0):
            return random.choice(fitting)
        if depth <= 0 or roll < 0.55:
            return self.constant(type_)
        if roll < 0.75:
            return self.filled(random.choice(OPERATIONS[type_]), depth)
        if roll < 0.85:
            return f"coalesce({self.of(type_, depth - 1)}, {self.of(type_, depth - 1)})"
        if roll < 0.95 or self._subquery is None:
            return self._case(type_, depth)
        return self._subquery(type_, self._columns)

    def condition(self, depth: int = 2) -> str:
        """A condition, more often of a shape that proves something."""
        roll = self._random.random()
        if roll < 0.3 and self._columns:
            return f"{self._random.choice(self._columns)[0]} is not null"
        if roll < 0.4:
            return (
                f"({self.condition(depth - 1)} and {self.condition(depth - 1)})"
                if depth
                else "true"
            )
        if roll < 0.5:
            return (
                f"({self.condition(depth - 1)} or {self.condition(depth - 1)})" if depth else "true"
            )
        if roll < 0.57:
            return f"not {self.condition(depth - 1)}" if depth else "true"
        return self.of("bool", depth)

    def constant(self, type_: str) -> str:
        """A constant, NULL too."""
        if self._random.random() < 0.25:
            return f"null::{type_}"
        return f"{self._random.choice(VALUES[type_])}::{type_}"

    def _case(self, type_: str, depth: int) -> str:
        parts = [
            f"when {self.condition(1)} then {self.of(type_, depth - 1)}"
            for _ in range(self._random.choice((1, 1, 2)))
        ]
        if self._random.random() < 0.7:
            parts.append(f"else {self.of(type_, depth - 1)}")
        return f"(case {' '.join(parts)} end)"

    def filled(self, template: str, depth: int) -> str:
        """A template with an expression for each type in braces."""

        def of(match: re.Match[str]) -> str:
            type_ = match.group(1)
            if type_ == "any":
                type_ = self._random.choice(("int", "text", "bool", "date", "jsonb", "pair"))
            return self.of(type_, depth - 1)

        return _ARGUMENT.sub(of, template)
