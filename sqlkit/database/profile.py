"""What is set for the sessions of a database, or for each transaction where none is its own. Pure.

Behind a pooler in transaction mode the next transaction may run on another server connection. So
nothing may be set, prepared or held for longer than a transaction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from sqlkit.database import limit

if TYPE_CHECKING:
    from collections.abc import Mapping

FLOAT_DIGITS = "current_setting('extra_float_digits')::int"
"""With 0 or less, a float's text is another number. PostgreSQL manual, 20.11.2."""

Pooler: TypeAlias = Literal["transaction"]


def check_pooler(pooler: object) -> None:
    """Raise ValueError for a mode that isn't known."""
    if pooler is not None and pooler not in get_args(Pooler):
        allowed = ", ".join(map(repr, get_args(Pooler)))
        raise ValueError(f"pooler is None or one of {allowed}, not {pooler!r}")


def unreadable_styles(date: bytes | None, interval: bytes | None) -> Mapping[str, str]:
    """The styles to ask for, where the server's are others than those the driver reads.

    Types without a binary form come as text, and only ISO dates are read from text.
    """
    if (date or b"").startswith(b"ISO") and interval in (None, b"postgres"):
        return {}
    return {"DateStyle": "ISO", "IntervalStyle": "postgres"}


@dataclass(frozen=True, slots=True)
class Profile:
    """How a database's connections are set up.

    ``timeout``: seconds that a statement may take if nothing else is said. ``pooled``: there is a
    pooler in transaction mode in between. ``read_only``: what transactions are, unless they say
    otherwise; without a pooler it is a startup option. ``styles``: settings without which the
    server's answers can't be read.
    """

    timeout: float = math.inf
    pooled: bool = False
    read_only: bool = False
    styles: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def is_strict(self) -> bool:
        """Whether no statement may run without what is set for its transaction."""
        return self.pooled and self.read_only

    @property
    def before_script(self) -> bytes:
        """What goes before a script, which may hold transactions of its own."""
        return b"SET LOCAL transaction_read_only = on;\n" if self.is_strict else b""

    def at_connect(self) -> bytes:
        """Gives the limit in force in seconds, 0 for none, and how many digits floats have as text.

        Sets up a session, where it is ours.
        """
        timeout = math.inf if self.pooled else self.timeout
        parts = [f"extract(epoch from {limit.in_session(timeout)})::text", FLOAT_DIGITS]
        if self.pooled:
            return f"SELECT {', '.join(parts)}".encode()
        parts.append(f"set_config('extra_float_digits', greatest({FLOAT_DIGITS}, 1)::text, false)")
        parts += [f"set_config('{name}', '{value}', false)" for name, value in self.styles.items()]
        return f"SELECT {', '.join(parts)}".encode()

    def begin(self, command: bytes, in_force: float) -> bytes:
        """The command that begins a transaction, with what has to be set in it.

        SET LOCAL and no function, since a query would take the transaction's snapshot already.
        ``in_force``: the limit that is there anyway.
        """
        if not self.pooled:
            return command
        settings = self._local(read_only=b"READ WRITE" not in command)
        if self.timeout < in_force:
            settings = {"statement_timeout": str(limit.milliseconds(self.timeout)), **settings}
        parts = [f"SET LOCAL {name} = '{value}'" for name, value in settings.items()]
        return b"; ".join([command, *(part.encode() for part in parts)])

    def alone(self) -> list[str]:
        """What is selected before a statement that is a transaction of its own."""
        settings = self._local(read_only=True) if self.pooled else {}
        return [f"set_config('{name}', '{value}', true)" for name, value in settings.items()]

    def _local(self, *, read_only: bool) -> dict[str, str]:
        said = {"transaction_read_only": "on"} if self.read_only and read_only else {}
        return {**said, **self.styles}
