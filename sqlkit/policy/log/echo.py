"""Print each call to the terminal, while developing."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlkit.policy.flow import Policy
from sqlkit.policy.log import shown
from sqlkit.policy.setting import check
from sqlkit.policy.words.label import AD_HOC, label, sql, title
from sqlkit.policy.words.outcome import named

if TYPE_CHECKING:
    from rich.console import Console

    from sqlkit.policy.call import Call

Part = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Echo(Policy):
    """Print each call to standard error: query, rows, time and parameters' values.

    For development only, since values may be secrets. In colour on a terminal where rich is
    installed, unless ``NO_COLOR`` is set. ``slow``: from how many seconds on the time stands out.
    ``length``: how many characters of a value, or of SQL written in place, are shown.
    """

    slow: float = 0.1
    length: int = 200

    def __post_init__(self) -> None:
        check(self, "seconds", "slow", least=0)
        check(self, "characters", "length", least=1, whole=True)

    def leave(self, call: Call, entered: Any) -> None:
        """Print the line."""
        parts = [self._name(call), *self._ending(call), *self._parameters(call)]
        terminal = console()
        if terminal is None:
            sys.stderr.write("  ".join(text for text, _ in parts) + "\n")
        else:
            _print(terminal, parts)

    def _name(self, call: Call) -> Part:
        text = sql(call) if label(call.name, call.query) == AD_HOC else ""
        return shown.cut(" ".join(text.split()), self.length) or title(call), "bold"

    def _ending(self, call: Call) -> list[Part]:
        ending: list[Part] = []
        if call.error is not None:
            ending.append((named(call.error), "bold red"))
        elif call.query is not None:
            ending.append((shown.rows(call), "green"))
        seconds = call.seconds
        ending.append((shown.duration(seconds), "yellow" if seconds >= self.slow else "dim"))
        if call.attempts > 1:
            ending.append((f"{call.attempts} attempts", "yellow"))
        return ending

    def _parameters(self, call: Call) -> list[Part]:
        values = shown.parameters(call, self.length)
        return [(f"{name}={value}", "cyan") for name, value in values.items()]


@cache
def console() -> Console | None:
    """What to print on in colour; None where rich isn't installed."""
    try:
        from rich.console import Console
    except ImportError:
        return None
    return Console(stderr=True, soft_wrap=True)


def _print(terminal: Console, parts: list[Part]) -> None:
    from rich.text import Text

    terminal.print(Text("  ").join(Text(text, style) for text, style in parts))
