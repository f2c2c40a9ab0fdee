"""``sqlkit init``: write a minimal working project."""

from __future__ import annotations

import tomllib
from pathlib import Path

import click

from sqlkit.cli.starter import FILES, NEW_PYPROJECT, NEXT, PYPROJECT
from sqlkit.errors import ProjectError
from sqlkit.project import FILE


@click.command("init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
def command(folder: Path) -> None:
    """Write a minimal working project into FOLDER (here).

    A section of pyproject.toml, a migration with its rollback, a file of queries and an example
    that calls them. Nothing that is there already is overwritten: then nothing is written at all.
    """
    pyproject = _with_section(folder / FILE)
    there = [name for name in FILES if (folder / name).exists()]
    if there:
        raise ProjectError(f"{', '.join(there)} already there; nothing was written")
    for name, text in {FILE: pyproject, **FILES}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        click.echo(f"wrote {path}")
    _say_what_is_next(folder)


def _with_section(file: Path) -> str:
    """The text of pyproject.toml with a ``[tool.sqlkit]`` at its end."""
    if not file.exists():
        return NEW_PYPROJECT
    text = file.read_text(encoding="utf-8")
    whole = text.rstrip("\n") + "\n\n" + PYPROJECT if text.strip() else PYPROJECT
    try:
        if "sqlkit" in tomllib.loads(text).get("tool", {}):
            raise ProjectError(f"{file} has a [tool.sqlkit] already; nothing was written")
        tomllib.loads(whole)
    except tomllib.TOMLDecodeError as error:
        raise ProjectError(f"{file}: {error}; nothing was written") from error
    return whole


def _say_what_is_next(folder: Path) -> None:
    click.echo("\nNext:\n")
    if folder.resolve() != Path.cwd():
        click.echo(f"  cd {folder}")
    width = max(len(line) for line, _ in NEXT)
    for line, why in NEXT:
        click.echo(f"  {line:<{width}}  # {why}")
