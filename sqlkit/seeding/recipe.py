"""What a factory's class says: which row it makes, and how each field of it is declared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast, get_args, get_origin

from sqlkit.errors import WrongArgument
from sqlkit.seeding.declared import Declared, Trait
from sqlkit.seeding.meant import meant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlkit.row import Row

# Functions and the like in a class's body are its own business, not fields.
_NO_FIELD = (classmethod, staticmethod, property)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a factory makes its rows.

    ``declared``: how each field is made (a `Declared`, or the value itself); ``traits``: other
    declarations, by the trait's name; ``table``: where `create` puts the rows.
    """

    name: str
    row: type[Row]
    table: str
    declared: Mapping[str, Any]
    traits: Mapping[str, Trait]

    @classmethod
    def of(
        cls, name: str, row: type[Row], table: str, bodies: Iterable[Mapping[str, Any]]
    ) -> Recipe:
        """The recipe of a class, from its body and those of its bases, the nearest last.

        Raises `WrongArgument` for a field that the row doesn't have.
        """
        body = {
            key: value for each in bodies for key, value in each.items() if _is_field(key, value)
        }
        traits = {key: value for key, value in body.items() if isinstance(value, Trait)}
        declared = {key: value for key, value in body.items() if key not in traits}
        recipe = cls(name, row, table, declared, traits)
        recipe.check(declared)
        for trait in traits.values():
            recipe.check(trait.fields)
        return recipe

    @property
    def fields(self) -> tuple[str, ...]:
        """The row's fields, in order."""
        return self.row.__struct_fields__

    def check(self, fields: Iterable[str]) -> None:
        """Raise `WrongArgument` if one of these is neither a field of the row nor a trait."""
        known = (*self.fields, *self.traits)
        for name in fields:
            if name not in known:
                raise WrongArgument(f'{self.name} has no field "{name}"{meant(name, known)}')

    def declarations(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """How each field is made when these are given: a given field goes before a trait's."""
        self.check(given)
        made = dict(self.declared)
        for name, trait in self.traits.items():
            if given.get(name):
                made.update(trait.fields)
        made.update({name: value for name, value in given.items() if name not in self.traits})
        return made

    def build(self, columns: Mapping[str, list[Any]], count: int) -> list[Any]:
        """Rows of these columns; raises `WrongArgument` if a field has no value."""
        missing = [name for name in self.fields if name not in columns]
        if missing:
            raise WrongArgument(
                f"{self.name}: no value for {', '.join(missing)}: declare it, give it, or create "
                "the row, if the database gives it one"
            )
        if not count:
            return []
        return list(map(self.row, *(columns[name] for name in self.fields)))


def row_of(cls: type, factory: type) -> type[Row]:
    """The row class that a factory, or a base of it, says in ``Factory[…]``.

    Raises `WrongArgument` if none does.
    """
    for each in cls.__mro__:
        for base in vars(each).get("__orig_bases__", ()):
            if get_origin(base) is factory and isinstance(get_args(base)[0], type):
                return cast("type[Row]", get_args(base)[0])
    raise WrongArgument(f"{cls.__name__} must say which row it makes: Factory[User]")


def _is_field(name: str, value: object) -> bool:
    if name.startswith("_") or isinstance(value, (*_NO_FIELD, Recipe)):
        return False
    return isinstance(value, Declared) or not callable(value)
