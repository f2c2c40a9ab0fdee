"""Telling how far a run is: a bar on a terminal, a line for each benchmark elsewhere."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Protocol, TypeVar

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence


class Named(Protocol):
    """What has a name."""

    @property
    def name(self) -> str:
        """The name."""
        ...


N = TypeVar("N", bound=Named)


class Progress:
    """Goes to standard error."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False, markup=False)
        self._begun = monotonic()
        self._bars = Bars(
            TextColumn("{task.description:<28}"),
            BarColumn(),
            TextColumn("{task.completed:.0f} of {task.total:.0f}"),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._all = self._bars.add_task("benchmarks", visible=False, total=1)
        self._now = self._bars.add_task("rounds", visible=False, total=1)

    def say(self, what: str) -> None:
        """What is going on."""
        took = monotonic() - self._begun
        self._console.print(f"{took:5.0f} s  {what}", soft_wrap=True)

    def each(self, benchmarks: Sequence[N]) -> Generator[N]:
        """The benchmarks, with a bar while they run."""
        with self._bars:
            self._bars.update(self._all, total=len(benchmarks), visible=True)
            for benchmark in benchmarks:
                if not self._console.is_terminal:
                    self.say(benchmark.name)
                self._bars.update(
                    self._now, description=f"  {benchmark.name}", visible=True, completed=0, total=1
                )
                yield benchmark
                self._bars.advance(self._all)

    def rounds(self, done: int, total: int) -> None:
        """So many rounds of the present benchmark are done."""
        self._bars.update(self._now, completed=done, total=total)
