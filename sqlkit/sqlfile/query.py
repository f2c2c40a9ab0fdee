"""What a ``.sql`` file says of a query, before anything was asked of a server."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import msgspec

from sqlkit.sqlfile.line import Parameter, cut_off
from sqlkit.sqlfile.options import Options
from sqlkit.sqlfile.variant import Variant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlkit.sqlfile.copy_in import CopyIn
    from sqlkit.sqlfile.line import Condition, Kind, Line, State
    from sqlkit.sqlfile.source import Place, Source

MOST_VARIANTS = 1024


class Query(msgspec.Struct, frozen=True, eq=False, kw_only=True, gc=False):
    """A query as its file says it.

    ``kind`` is None where the header says none. ``offset`` and ``width`` are the place of the name
    in the header. ``copy`` is there for ``copy … from stdin`` only.
    Queries without conditional lines have one `Variant`, the others one for each combination.
    """

    name: str
    kind: Kind | None = None
    doc: str = ""
    options: Options = Options()
    lines: tuple[Line, ...] = ()
    conditions: tuple[Condition, ...] = ()
    copy: CopyIn | None = None
    module: str = ""
    offset: int = 0
    width: int = 1
    end: int = 0
    source: Source

    @property
    def file(self) -> str:
        """The file's name, as it was given to `read`."""
        return self.source.file

    @property
    def line(self) -> int:
        """The header's line."""
        return self.source.line(self.offset)

    @property
    def full_name(self) -> str:
        """The name with its module, such as ``users.get_user``."""
        return f"{self.module}.{self.name}" if self.module else self.name

    @property
    def place(self) -> Place:
        """Where the header says the name."""
        return self.source.place(self.offset, self.width)

    @property
    def sql(self) -> str:
        """The text with ``$n``, of the variant with every line in, or the default or first word."""
        return self.variant({}).sql

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters of `sql`, in ``$n`` order."""
        return self.variant({}).parameters

    @property
    def all_parameters(self) -> tuple[str, ...]:
        """The names of the parameters of every variant, by first appearance in the file."""
        pieces = (piece for line in self.lines for piece in line.pieces)
        return tuple(dict.fromkeys(piece.name for piece in pieces if isinstance(piece, Parameter)))

    @property
    def statement_lines(self) -> tuple[Line, ...]:
        """The lines up to before the final ``;`` and what comments follow."""
        return cut_off(self.lines, self.end)

    @property
    def statement_sql(self) -> str:
        """`sql` up to before the final ``;`` and what comments follow: fit for parentheses."""
        return Variant.render(self, self.statement_lines, self._states({})).sql

    def variant(self, states: Mapping[str, State]) -> Variant:
        """The text while the conditions are in these states; those not said as `sql` has them.

        Raises `ValueError` for a condition or a state that the query doesn't know.
        """
        return Variant.render(self, self.lines, self._states(states))

    def variants(self) -> Iterator[Variant]:
        """Every combination, made one by one, first the one that `sql` shows.

        Raises `SqlFileError`, before the first, if there are more than 1,024.
        """
        count = 1
        for condition in self.conditions:
            count *= len(condition.states)
            if count > MOST_VARIANTS:
                raise self.source.error(
                    f"{self.name} has more than {MOST_VARIANTS:,} combinations of lines",
                    condition.offset,
                    len(condition.name),
                    hint="split it into several queries",
                )
        names = [condition.name for condition in self.conditions]
        for states in product(*(condition.states for condition in self.conditions)):
            yield self.variant(dict(zip(names, states, strict=True)))

    def _states(self, said: Mapping[str, State]) -> dict[str, State]:
        states = {c.name: said.get(c.name, c.states[0]) for c in self.conditions}
        for condition in self.conditions:
            if states[condition.name] not in condition.states:
                raise ValueError(f"{condition.name} can't be {states[condition.name]!r}")
        if unknown := said.keys() - states.keys():
            raise ValueError(f"{self.name} has no conditional line for {', '.join(unknown)}")
        return states
