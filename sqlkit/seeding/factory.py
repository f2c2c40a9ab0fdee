"""`Factory`: rows for tests and demonstrations, built or put into a database."""

# A class as a callable, whose parameters become the method's: both type checkers follow it where a
# method is called, which is what makes a wrong field an error. Where it is declared, pyright holds
# it against typeshed's ``classmethod``, which knows only ``type[T]``.
# pyright: reportArgumentType=false

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Generic,
    ParamSpec,
    TypeVar,
    dataclass_transform,
    overload,
)

from sqlkit.database.async_connection import AsyncConnection
from sqlkit.errors import WrongArgument
from sqlkit.row import Row
from sqlkit.seeding import making
from sqlkit.seeding.filling import TableFactory
from sqlkit.seeding.numbering import numbers_of
from sqlkit.seeding.recipe import Recipe, row_of
from sqlkit.seeding.table import look_up
from sqlkit.seeding.waiting import wait, wait_async

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlkit.database.connection import Connection

P = ParamSpec("P")
R = TypeVar("R", bound=Row)


@dataclass_transform(kw_only_default=True)
class Factory(Generic[R]):
    """Makes rows of class ``R``; a subclass declares how.

        class UserFactory(Factory[User], table="users"):
            id: int = key()
            email: str = sequence(lambda n: f"user{n}@example.com")
            full_name: str | None = fake("name")
            anonymous: bool = trait(full_name=None)

        UserFactory.build(email="ada@example.com")             # a User, without a database
        UserFactory.create(db, anonymous=True)                 # the User that the database has
        UserFactory.create_batch(db, 10_000)                   # by COPY
        await UserFactory.create(async_db)

    Fields and traits are given by name, and their names and types are checked, by type checkers as
    when it runs; a field may be given a declaration too (``email=sequence(…)``). A field that isn't
    declared is left to the database, and can't be built without it.

    ``count`` is a number of rows, or a range, which says which rows: row 7 is the same each time,
    in the block of one `seeded` as in another of the same seed.
    """

    recipe: ClassVar[Recipe]

    def __init_subclass__(cls, *, table: str = "") -> None:
        super().__init_subclass__()
        base = getattr(cls, "recipe", None)
        bodies = [vars(each) for each in reversed(cls.__mro__) if _is_factory(each)]
        for name in (name for body in bodies for name in body):
            if name in _RESERVED:
                raise WrongArgument(f"{cls.__name__}: no field of a factory can be named {name}")
        table = table or (base.table if base else "")
        cls.recipe = Recipe.of(cls.__name__, row_of(cls, Factory), table, bodies)

    def __init__(self, **_fields: Any) -> None:
        """Refused: a factory is used as it is, and gives rows."""
        name = type(self).__name__
        raise WrongArgument(f"{name} is not called: {name}.build(…), {name}.create(db, …)")

    @staticmethod
    def of(db: Connection, table: str) -> TableFactory:
        """A factory for a table of which only the catalog is known: every row it makes is valid.

        Raises `SeedingError` if there is no such table.
        """
        wait(db, look_up(table, "Factory.of"))
        return TableFactory(table)

    @classmethod
    def build(cls: Callable[P, Factory[R]], /, *args: P.args, **fields: P.kwargs) -> R:
        """A row that is in no database; its key is its number."""
        row: R = _build(cls, 1, args, fields)[0]
        return row

    @classmethod
    def build_batch(
        cls: Callable[P, Factory[R]], count: int | range, /, *args: P.args, **fields: P.kwargs
    ) -> list[R]:
        """Rows that are in no database."""
        return _build(cls, count, args, fields)

    @overload
    @classmethod
    def create(
        cls: Callable[P, Factory[R]], db: Connection, /, *args: P.args, **fields: P.kwargs
    ) -> R: ...

    @overload
    @classmethod
    def create(
        cls: Callable[P, Factory[R]], db: AsyncConnection, /, *args: P.args, **fields: P.kwargs
    ) -> Awaitable[R]: ...

    @classmethod
    def create(
        cls: Callable[P, Factory[R]],
        db: Connection | AsyncConnection,
        /,
        *args: P.args,
        **fields: P.kwargs,
    ) -> R | Awaitable[R]:
        """Put a row into the database, its parents first, and give it as the database has it."""
        created = _create(cls, db, 1, args, fields)
        return created[0] if isinstance(created, list) else _first(created)

    @overload
    @classmethod
    def create_batch(
        cls: Callable[P, Factory[R]],
        db: Connection,
        count: int | range,
        /,
        *args: P.args,
        **fields: P.kwargs,
    ) -> list[R]: ...

    @overload
    @classmethod
    def create_batch(
        cls: Callable[P, Factory[R]],
        db: AsyncConnection,
        count: int | range,
        /,
        *args: P.args,
        **fields: P.kwargs,
    ) -> Awaitable[list[R]]: ...

    @classmethod
    def create_batch(
        cls: Callable[P, Factory[R]],
        db: Connection | AsyncConnection,
        count: int | range,
        /,
        *args: P.args,
        **fields: P.kwargs,
    ) -> list[R] | Awaitable[list[R]]:
        """Put rows into the database in one transaction, by COPY if the table has a primary key."""
        return _create(cls, db, count, args, fields)

    @classmethod
    def after_create(cls, db: Connection, row: R) -> None:
        """Called with each row that was created, in the same transaction; does nothing."""

    @classmethod
    async def after_create_async(cls, db: AsyncConnection, row: R) -> None:
        """What `after_create` is, for an async connection."""


_RESERVED = frozenset(name for name in vars(Factory) if not name.startswith(("_", "after_"))) - {
    "recipe"
}


def _is_factory(cls: type) -> bool:
    return issubclass(cls, Factory) and cls is not Factory


def _build(cls: Any, count: int | range, args: Any, fields: dict[str, Any]) -> list[Any]:
    return making.build(cls, _numbers(cls, count, args), fields)


def _create(
    cls: Any,
    db: Connection | AsyncConnection,
    count: int | range,
    args: Any,
    fields: dict[str, Any],
) -> list[Any] | Awaitable[list[Any]]:
    conversation = making.create(cls, _numbers(cls, count, args), fields)
    if isinstance(db, AsyncConnection):
        return wait_async(db, conversation)
    return wait(db, conversation)


def _numbers(cls: Any, count: int | range, args: Any) -> range:
    if args:
        raise WrongArgument(f"{cls.__name__}: fields are given by name")
    return numbers_of(cls.__name__, count)


async def _first(created: Awaitable[list[Any]]) -> Any:
    return (await created)[0]
