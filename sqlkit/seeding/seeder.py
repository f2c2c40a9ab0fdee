"""`Seeder`: rows that a database should have, told apart by a natural key."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from sqlkit.errors import SeedingError, WrongArgument
from sqlkit.row import Row
from sqlkit.seeding.meant import meant

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from sqlkit.database.async_connection import AsyncConnection
    from sqlkit.database.connection import Connection

R = TypeVar("R", bound=Row)


class Seeded:
    """What the seeders before this one left in the database: ``seeded[users]`` are its rows."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Any]] = {}

    def __getitem__(self, seeder: Seeder[R]) -> list[R]:
        """The rows of a seeder that this one comes after, as the database has them."""
        if seeder.name not in self._rows:
            raise WrongArgument(f"the seeder {seeder.name} has not run: name it in after=…")
        return self._rows[seeder.name]

    def keep(self, seeder: Seeder[R], rows: list[R]) -> None:
        """Remember what a seeder left."""
        self._rows[seeder.name] = rows


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Seeder(Generic[R]):
    """Rows for one table; made by `seeder`."""

    name: str
    table: str
    key: tuple[str, ...]
    rows: Callable[[Seeded], Iterable[R]]
    after: tuple[Seeder[Any], ...] = ()
    environments: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    then: Callable[[Connection], object] | None = None
    then_async: Callable[[AsyncConnection], Awaitable[object]] | None = None

    def is_for(self, environment: str) -> bool:
        """Whether it is meant for this environment; without any said, it is for all."""
        return not self.environments or environment in self.environments


def seeder(
    table: str,
    *,
    key: str | Sequence[str],
    name: str | None = None,
    after: Sequence[Seeder[Any]] = (),
    environments: str | Sequence[str] = (),
    keep: str | Sequence[str] = (),
    then: Callable[[Connection], object] | None = None,
    then_async: Callable[[AsyncConnection], Awaitable[object]] | None = None,
) -> Callable[[Callable[[Seeded], Iterable[R]]], Seeder[R]]:
    """Make a function that gives rows into a `Seeder` of that table.

    ``key`` are the columns that tell whether a row is there already: then what differs in it is
    changed, but for the columns ``keep``. Keys that the database numbers are left to it. ``after``
    are seeders whose rows this one needs, ``environments`` those it is meant for (none: all),
    ``then`` is called with the transaction, if any row was inserted or changed; ``then_async`` is
    what an async connection calls instead.

    Raises `WrongArgument` for a function that is a coroutine's, and for names in ``after``.
    """

    for each in cast("Sequence[object]", after):
        if not isinstance(each, Seeder):
            raise WrongArgument(f"after takes seeders themselves, not {each!r}: after=[users]")

    def made(rows: Callable[[Seeded], Iterable[R]]) -> Seeder[R]:
        if iscoroutinefunction(rows):
            raise WrongArgument(
                f"the seeder {name or table} gives rows and waits for nothing: def, not async def"
            )
        return Seeder(
            name=name or table,
            table=table,
            key=_names(key),
            rows=rows,
            after=tuple(after),
            environments=_names(environments),
            keep=_names(keep),
            then=then,
            then_async=then_async,
        )

    return made


def in_order(
    seeders: Iterable[Seeder[Any]], names: Iterable[str], environment: str
) -> list[Seeder[Any]]:
    """The seeders of these names (none: all that are for the environment), dependencies first.

    Raises `WrongArgument` for an unknown name, and `SeedingError` for one that isn't for the
    environment or needs one that isn't, and for two seeders of one name.
    """
    known = _by_name(seeders)
    names = tuple(names)
    for name in names:
        if name not in known:
            raise WrongArgument(f'there is no seeder "{name}"{meant(name, known)}')
    chosen = [known[name] for name in names] or [
        each for each in known.values() if each.is_for(environment)
    ]
    ordered: dict[str, Seeder[Any]] = {}
    for each in chosen:
        _add(each, environment, ordered)
    return list(ordered.values())


def _by_name(seeders: Iterable[Seeder[Any]]) -> dict[str, Seeder[Any]]:
    known: dict[str, Seeder[Any]] = {}
    for each in seeders:
        if known.setdefault(each.name, each) is not each:
            raise SeedingError(f'two seeders are named {each.name}: say name="…" for one of them')
    return known


def _add(seeder: Seeder[Any], environment: str, ordered: dict[str, Seeder[Any]]) -> None:
    if seeder.name in ordered:
        return
    if not seeder.is_for(environment):
        meant_for = ", ".join(seeder.environments)
        raise SeedingError(
            f"the seeder {seeder.name} is not for {environment}, but for {meant_for}"
        )
    for other in seeder.after:
        _add(other, environment, ordered)
    ordered[seeder.name] = seeder


def _names(names: str | Sequence[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)
