"""Where output goes: results to standard output, everything said about them to standard error.

Colours and moving bars are for terminals; ``NO_COLOR`` turns colours off there too (rich sees to
both). Nothing is read as markup and nothing is cut off: away from a terminal no line is wrapped.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from rich.console import Console
    from rich.text import Text

T = TypeVar("T")

AT_ONCE = 50
UNWRAPPED = 1_000_000


def stdout() -> Console:
    """For results."""
    return _console()


def stderr() -> Console:
    """For messages, errors and progress."""
    return _console(stderr=True)


def say(message: str | Text) -> None:
    """A remark about the work, to standard error."""
    stderr().print(message, soft_wrap=True)


@contextmanager
def busy(message: str) -> Generator[None]:
    """Show on a terminal that something is being done."""
    console = stderr()
    if not console.is_terminal:
        yield
        return
    with console.status(message):
        yield


def bar(items: Sequence[T], message: str) -> Generator[Sequence[T]]:
    """The items, some at a time, with a moving bar on a terminal."""
    from rich.progress import Progress

    console = stderr()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(message, total=len(items))
        for start in range(0, len(items), AT_ONCE):
            yield items[start : start + AT_ONCE]
            progress.advance(task, AT_ONCE)


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    console = Console(stderr=stderr, markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = UNWRAPPED
    return console
