"""What a factory's field can be declared as, besides a plain value.

Each function is typed to give what the field holds, so that a type checker compares a field's
declaration with its annotation: ``email: str = sequence(lambda n: n)`` is an error. What they give
in truth is a `Declared`, which makes the field's values for many rows at once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from sqlkit.errors import WrongArgument
from sqlkit.seeding.chance import Chance, Stream
from sqlkit.seeding.pool import pool

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from random import Random

P = ParamSpec("P")
T = TypeVar("T")


class Declared:
    """How the values of a field are made."""


class Column(Declared, ABC):
    """Made by a row's number alone, and so for many rows at once."""

    @abstractmethod
    def column(self, numbers: Sequence[int], chance: Chance, seed: int) -> list[Any]:
        """The values of the rows with these numbers."""


@dataclass(frozen=True, slots=True)
class _Sequence(Column):
    function: Callable[[int], Any]

    def column(self, numbers: Sequence[int], chance: Chance, seed: int) -> list[Any]:  # noqa: ARG002
        return list(map(self.function, numbers))


@dataclass(frozen=True, slots=True)
class _Drawn(Column):
    function: Callable[[Random], Any]

    def column(self, numbers: Sequence[int], chance: Chance, seed: int) -> list[Any]:  # noqa: ARG002
        stream = Stream()
        return [self.function(stream.start(word)) for word in chance.words(numbers)]


@dataclass(frozen=True, slots=True)
class _OneOf(Column):
    values: Sequence[Any]
    weights: Sequence[int]

    def column(self, numbers: Sequence[int], chance: Chance, seed: int) -> list[Any]:  # noqa: ARG002
        values, words = self.values, chance.words(numbers)
        if not self.weights:
            return _picked(values, words)
        sums = list(accumulate(self.weights))
        return [values[bisect(sums, word % sums[-1])] for word in words]


@dataclass(frozen=True, slots=True)
class _Fake(Column):
    provider: str
    locale: str | None
    options: Mapping[str, Any]

    def column(self, numbers: Sequence[int], chance: Chance, seed: int) -> list[Any]:
        values = pool(seed, self.provider, self.locale, self.options)
        return _picked(values, chance.words(numbers))


def _picked(values: Sequence[Any], words: Sequence[int]) -> list[Any]:
    size = len(values)
    return [values[word % size] for word in words]


@dataclass(frozen=True, slots=True)
class Lazy(Declared):
    """Made from other fields of the same row."""

    function: Callable[[Any], Any]


class Key(Declared):
    """A number of the column's own sequence; in a row that is only built, the row's number."""


@dataclass(frozen=True, slots=True)
class Sub(Declared):
    """The key of a row of another factory; ``shared`` rows of a batch have the same one."""

    factory: Any
    fields: Mapping[str, Any]
    shared: int = 1


@dataclass(frozen=True, slots=True)
class Trait:
    """Other declarations for some fields, under one name."""

    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])


def sequence(function: Callable[[int], T]) -> T:
    """A value made from the row's number: ``sequence(lambda n: f"user{n}@example.com")``."""
    return cast("T", _Sequence(function))


def lazy(function: Callable[[Any], T]) -> T:
    """A value made from other fields of the row: ``lazy(lambda it: it.first + " " + it.last)``."""
    return cast("T", Lazy(function))


def drawn(function: Callable[[Random], T]) -> T:
    """A value drawn at random, the same one each time: ``drawn(lambda r: r.randrange(100))``."""
    return cast("T", _Drawn(function))


def one_of(values: Sequence[T], weights: Sequence[int] = ()) -> T:
    """One of some values; with ``weights``, the heavier the more often."""
    if not values or (weights and (len(weights) != len(values) or sum(weights) <= 0)):
        raise WrongArgument("one_of takes at least one value, and no weights or one for each")
    return cast("T", _OneOf(values, weights))


def fake(provider: str, *, locale: str | None = None, **options: Any) -> Any:
    """A value of Faker's: ``fake("name")``, ``fake("sentence", nb_words=4)``.

    A thousand of them are made once and drawn from, since one name costs Faker what a hundred rows
    cost PostgreSQL: so values repeat. They change with Faker's version. Needs the extra ``seed``.
    """
    return cast("Any", _Fake(provider, locale, options))


def key() -> int:
    """The row's key, taken from the sequence of its column before the row is made."""
    return cast("int", Key())


def sub(factory: Callable[P, Any], /, *args: P.args, **fields: P.kwargs) -> Any:
    """The key of a row of another factory, which is made first; ``fields`` are that row's."""
    return _sub(1, factory, *args, **fields)


def shared(rows: int, factory: Callable[P, Any], /, *args: P.args, **fields: P.kwargs) -> Any:
    """As `sub`, but ``rows`` rows of a batch, one after the other, have the same parent."""
    if rows < 1:
        raise WrongArgument("shared takes the number of rows that have one parent: 1 or more")
    return _sub(rows, factory, *args, **fields)


def _sub(rows: int, factory: Any, /, *args: Any, **fields: Any) -> Any:
    if args:
        raise WrongArgument(f"{factory.__name__}: fields are given by name")
    factory.recipe.check(fields)
    return Sub(factory, fields, rows)


def trait(**fields: Any) -> bool:
    """Other declarations for some fields, to be had by name: ``UserFactory.build(shy=True)``."""
    return cast("bool", Trait(fields))
