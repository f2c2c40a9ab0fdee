"""The group of all commands: finds a command's file, and shows any error as a message."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from sqlkit.cli.failure import show, status

NAMES = ("init", "compile", "check", "describe", "run", "migrate", "seed", "db")


class Commands(click.Group):
    """Command ``x`` is ``command`` in ``sqlkit/cli/x.py``, imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """The commands, in the order in which a newcomer meets them."""
        return list(NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """The command of that name; an unknown one is wrong use, and brings the near one."""
        if cmd_name not in NAMES:
            close = get_close_matches(cmd_name, NAMES, 1)
            meant = f" Did you mean {close[0]}?" if close else ""
            raise click.UsageError(f"No such command {cmd_name!r}.{meant}", ctx)
        command: click.Command = import_module(f"sqlkit.cli.{cmd_name}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what sqlkit, PostgreSQL or the system refuses ends as a message."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            code = status(error)
            if code is None:
                raise
            show([error])
            ctx.exit(code)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sqlkit-pg", message="%(package)s %(version)s")
def app() -> None:
    """Hand-written SQL files become typed Python functions on PostgreSQL."""
