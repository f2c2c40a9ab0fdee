"""How rows get into the database, as a conversation (see `sqlkit.seeding.conversation`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlkit.errors import SeedingError, WrongArgument
from sqlkit.seeding import statements
from sqlkit.seeding.columns import Columns, columns
from sqlkit.seeding.conversation import Created, copied, read
from sqlkit.seeding.declared import Key, Sub
from sqlkit.seeding.numbering import current, numbers_below
from sqlkit.seeding.statements import Reading
from sqlkit.seeding.table import Column, Table, look_up

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlkit.seeding.conversation import Conversation
    from sqlkit.seeding.recipe import Recipe
    from sqlkit.statement import Statement

FEW = 1


def build(
    factory: Any, numbers: Sequence[int], given: Mapping[str, Any], path: tuple[str, ...] = ()
) -> list[Any]:
    """Rows with these numbers, without a database: a key is the row's number."""
    recipe: Recipe = factory.recipe
    declarations = recipe.declarations(given)
    path = _deeper(path, recipe)
    made: Columns = {}
    for name, declared in declarations.items():
        if isinstance(declared, Key):
            made[name] = list(numbers)
        elif isinstance(declared, Sub):
            groups = _groups(numbers, declared)
            firsts = [group * declared.shared + 1 for group in dict.fromkeys(groups)]
            below = numbers_below(_path(path, name), firsts)
            parents = build(declared.factory, below, declared.fields, path)
            made[name] = _spread(_keys(declared, parents), groups)
    made = columns(recipe.name, declarations, numbers, current().seed, made)
    return recipe.build(made, len(numbers))


def create(
    factory: Any, numbers: Sequence[int], given: Mapping[str, Any], path: tuple[str, ...] = ()
) -> Conversation[list[Any]]:
    """Put rows with these numbers into the factory's table, their parents first."""
    recipe: Recipe = factory.recipe
    declarations = recipe.declarations(given)
    path = _deeper(path, recipe)
    if not recipe.table:
        raise SeedingError(f'{recipe.name} has no table: class {recipe.name}(…, table="…")')
    table = yield from look_up(recipe.table, recipe.name)
    reading = Reading(recipe.row, table.pick(recipe.fields, recipe.name))
    made: Columns = {}
    for name, declared in declarations.items():
        if isinstance(declared, Key):
            made[name] = yield _reserved(recipe, table, name, len(numbers))
        elif isinstance(declared, Sub):
            groups = _groups(numbers, declared)
            # A group may have been begun by an earlier call: its parent is there, and this is
            # another one, numbered by the first row that it has here.
            first = dict(zip(reversed(groups), reversed(numbers), strict=True))
            firsts = [first[group] for group in dict.fromkeys(groups)]
            below = numbers_below(_path(path, name), firsts)
            parents = yield from create(declared.factory, below, declared.fields, path)
            made[name] = _spread(_keys(declared, parents), groups)
    made = columns(recipe.name, declarations, numbers, current().seed, made)
    rows = yield from put(recipe.name, table, reading, made, len(numbers))
    yield Created(factory, rows)
    return rows


def put(
    name: str, table: Table, reading: Reading, made: Columns, count: int
) -> Conversation[list[Any]]:
    """Put rows into a table and read them back: many by COPY, if a key finds them again."""
    sent = [column for column in table.columns if column.name in made and not column.generated]
    rows = list(zip(*(made[column.name] for column in sent), strict=True)) or [()] * count
    key = table.key
    if count <= FEW or not key or not set(key) <= set(sent):
        inserted: list[Any] = yield statements.insert(name, table, sent, reading, rows)
        return inserted
    name = f"{name}.create_batch"
    yield from copied(name, table.name, statements.listed(sent), rows)
    return (yield from read(name, table, key, reading, [made[column.name] for column in key]))


def _reserved(recipe: Recipe, table: Table, name: str, count: int) -> Statement[list[int]]:
    column: Column = table.pick([name], recipe.name)[0]
    if column.sequence is None:
        raise SeedingError(
            f"{recipe.name}: {name} is key(), but no sequence numbers {table.name}.{name}: "
            "declare how it is made"
        )
    return statements.reserve(column.sequence, count)


def _deeper(path: tuple[str, ...], recipe: Recipe) -> tuple[str, ...]:
    if recipe.name in path:
        circle = " → ".join((*path[path.index(recipe.name) :], recipe.name))
        raise WrongArgument(f"factories need each other's rows: {circle}; give one of the fields")
    return (*path, recipe.name)


def _path(path: tuple[str, ...], field: str) -> str:
    return "/".join((*path, field))


def _groups(numbers: Sequence[int], declared: Sub) -> list[int]:
    """Which rows have one parent: rows 1, 2, 3 are group 0 if three share one."""
    return [(number - 1) // declared.shared for number in numbers]


def _spread(keys: list[Any], groups: list[int]) -> list[Any]:
    found = dict(zip(dict.fromkeys(groups), keys, strict=True))
    return [found[group] for group in groups]


def _keys(declared: Sub, parents: Sequence[Any]) -> list[Any]:
    """The keys of parents: the field that is declared `key`, or else named ``id``."""
    recipe: Recipe = declared.factory.recipe
    names = [name for name, value in recipe.declared.items() if isinstance(value, Key)] or ["id"]
    if names[0] not in recipe.fields:
        raise WrongArgument(f"{recipe.name} has no key() for others to refer to")
    return [getattr(parent, names[0]) for parent in parents]
