"""The values of many rows, column by column, from how their fields are declared. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlkit.errors import WrongArgument
from sqlkit.seeding.chance import Chance
from sqlkit.seeding.declared import Column, Declared, Lazy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Columns = dict[str, list[Any]]


def columns(
    factory: str,
    declarations: Mapping[str, Any],
    numbers: Sequence[int],
    seed: int,
    made: Mapping[str, list[Any]],
) -> Columns:
    """The columns of the rows with these numbers; ``made`` are keys and parents that exist.

    Raises `WrongArgument` for lazy fields that wait for each other.
    """
    found: Columns = dict(made)
    lazies: dict[str, Lazy] = {}
    for name, declared in declarations.items():
        if name in made:
            continue
        if isinstance(declared, Lazy):
            lazies[name] = declared
        elif isinstance(declared, Column):
            found[name] = declared.column(numbers, Chance(seed, factory, name), seed)
        elif not isinstance(declared, Declared):
            found[name] = _repeated(declared, len(numbers))
    if lazies:
        rows = [_Row(factory, index, found, lazies) for index in range(len(numbers))]
        found |= {name: [getattr(row, name) for row in rows] for name in lazies}
    return {name: found[name] for name in declarations if name in found}


def _repeated(value: Any, count: int) -> list[Any]:
    """A plain value for each row; a list or a dict is copied, so that no two rows share one."""
    if isinstance(value, (list, dict, set)):
        return [value.copy() for _ in range(count)]  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] # of any type
    return [value] * count


class _Row:
    """A row in the making: a lazy field is worked out when it is first asked for."""

    def __init__(
        self, factory: str, index: int, found: Columns, lazies: Mapping[str, Lazy]
    ) -> None:
        self._factory = factory
        self._index = index
        self._found = found
        self._lazies = lazies
        self._asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        # Only called for what isn't in __dict__ yet: a field is made once.
        if name in self._lazies:
            value = self._worked_out(name)
        elif name in self._found:
            value = self._found[name][self._index]
        elif name.startswith("__"):
            raise AttributeError(name)
        else:
            raise WrongArgument(
                f'{self._factory}: a lazy field asks for "{name}", which has no value'
            )
        self.__dict__[name] = value
        return value

    def _worked_out(self, name: str) -> Any:
        if name in self._asked:
            circle = " → ".join((*self._asked[self._asked.index(name) :], name))
            raise WrongArgument(f"{self._factory}: lazy fields wait for each other: {circle}")
        self._asked.append(name)
        value = self._lazies[name].function(self)
        self._asked.pop()
        return value
