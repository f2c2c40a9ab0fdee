"""The command: ``python -m benchmarks run|list|profile|plot|report``."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

NAMES = ("run", "list", "profile", "plot", "report")


class Commands(click.Group):
    """Command ``x`` is ``command`` in ``benchmarks/command/x.py``."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """The commands, the commonest first."""
        return list(NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name."""
        if cmd_name not in NAMES:
            return None
        command: Any = import_module(f"benchmarks.command.{cmd_name}").command
        return command  # type: ignore[no-any-return]


@click.command(cls=Commands)
def main() -> None:
    """What sqlkit costs, beside other ways to do the same work, on a server of its own."""


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
