"""A compiled query, and one call of it as a value.

A `Query` is what a generated module holds: text, kind and row class, made once. A `Statement` is a
query with its arguments: building one does nothing, a database runs it. A query with conditional
lines has several texts; `Query.variant` picks the one that a call's arguments ask for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeAlias, TypeVar

from sqlkit.errors import WrongArgument

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Kind: TypeAlias = Literal["one", "maybe", "many", "affected", "exec", "copy", "script"]
State: TypeAlias = "bool | str"
Volatility: TypeAlias = Literal["immutable", "stable", "volatile"]

T_co = TypeVar("T_co", covariant=True)


class Line:
    """Part of a query's text: literal text and, as numbers, places of arguments.

    ``when`` is ``(condition, state)``: the line is part of the query only while the condition with
    that number is in that state. Without it, always.
    """

    __slots__ = ("pieces", "when")

    def __init__(self, *pieces: str | int, when: tuple[int, State] | None = None) -> None:
        self.pieces = pieces
        self.when = when


@dataclass(frozen=True, slots=True)
class Condition:
    """What conditional lines ask about one argument.

    Without ``words`` its state is whether the argument is there (``given``: not None) or true. With
    ``words`` the argument is one of them, and the state is that word; ``default`` is the one that
    need not be said.
    """

    argument: int
    given: bool = False
    words: tuple[str, ...] = ()
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Effects:
    """What PostgreSQL's analysed query says that running it does, whichever lines it has.

    ``reads`` and ``writes`` are qualified tables and views, such as ``public.users``, and the
    tables under those views. ``volatility`` is that of the least stable thing in it (a write is
    volatile); ``locks``: rows that are there are locked. What a trigger, a cascading key or the
    body of a function does is not in the analysed query, and so not in here.
    """

    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    volatility: Volatility = "volatile"
    locks: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """One text of a query, as it is prepared and sent; ``$1`` is argument ``arguments[0]``."""

    query: Query[Any]
    sql: str
    arguments: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Query(Generic[T_co]):
    """A query once compiled; ``T_co`` is what running it gives.

    Compared and hashed by identity: what a connection prepared is remembered by it.

    Fields: ``name`` such as ``users.get_user``; ``lines``, the text; ``parameters``, the arguments'
    names in the order of `Statement.args`; ``row``, called with the values of a row (None: one
    column gives its value, several a named tuple made at run time, as does one column if
    ``named``); ``copy_in``, for ``copy … from stdin``, the select over the same columns that tells
    their types; ``source``, file and line; ``timeout`` in seconds (None: the database's);
    ``effects``, None where they are unknown, as for a query that was not compiled; ``composites``,
    row classes by the composite type's qualified name; ``converts``, types for `msgspec.convert`
    by column number, from 0; ``only``, its text where it has no conditional lines, once it was
    asked for.
    """

    name: str
    lines: Sequence[Line]
    kind: Kind | None = None
    parameters: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    row: Callable[..., Any] | None = None
    named: bool = False
    copy_in: str | None = None
    source: str = ""
    timeout: float | None = None
    retry: bool = True
    idempotent: bool = False
    effects: Effects | None = None
    composites: Mapping[str, Callable[..., Any]] = field(default_factory=dict[str, Any])
    converts: Mapping[int, Any] = field(default_factory=dict[int, Any])
    only: Variant | None = field(default=None, init=False, repr=False)
    _variants: dict[tuple[State, ...], Variant] = field(
        default_factory=dict["tuple[State, ...]", Variant], init=False, repr=False
    )

    def variant(self, args: Sequence[Any]) -> Variant:
        """The text that these arguments ask for, made when first asked for.

        Raises `WrongArgument` if an argument is none of the words its lines know.
        """
        states: tuple[State, ...] = ()
        if self.conditions:
            states = tuple(self._state(condition, args) for condition in self.conditions)
        found = self._variants.get(states)
        if found is None:
            found = self._variants.setdefault(states, self._render(states))  # or another thread's
            if not self.conditions:
                object.__setattr__(self, "only", found)
        return found

    def _state(self, condition: Condition, args: Sequence[Any]) -> State:
        value = args[condition.argument]
        if condition.given:
            return value is not None
        if condition.words:
            if value in condition.words:
                return str(value)
            expected = "one of " + ", ".join(map(repr, condition.words))
        elif isinstance(value, bool):
            return value
        else:
            expected = "True or False"
        raise WrongArgument(
            f"{self.name}: {self.parameters[condition.argument]} must be {expected}"
        )

    def _render(self, states: tuple[State, ...]) -> Variant:
        text: list[str] = []
        numbers: dict[int, int] = {}
        for line in self.lines:
            if line.when is None or states[line.when[0]] == line.when[1]:
                text += [
                    piece
                    if isinstance(piece, str)
                    else f"${numbers.setdefault(piece, len(numbers) + 1)}"
                    for piece in line.pieces
                ]
        return Variant(self, "".join(text), tuple(numbers))

    def __repr__(self) -> str:
        return f"<Query {self.name} {self.source}>"


@dataclass(frozen=True, slots=True, repr=False)
class Statement(Generic[T_co]):
    """One call of a query, as a value: nothing happens until a database runs it.

    Two statements of the same query and arguments are equal. The repr shows no argument.
    """

    query: Query[T_co]
    args: tuple[Any, ...] = ()

    def variant(self) -> Variant:
        """The text that this call's arguments ask for."""
        return self.query.variant(self.args)

    def __repr__(self) -> str:
        return f"<Statement {self.query.name}({', '.join(self.query.parameters)})>"
