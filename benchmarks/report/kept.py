"""A run in a file, as JSON; all times in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click
import msgspec

from benchmarks.measure.result import Run

if TYPE_CHECKING:
    from pathlib import Path


def write(run: Run, file: Path) -> None:
    """Write a run to a file."""
    file.write_bytes(msgspec.json.encode(_rounded(msgspec.to_builtins(run))) + b"\n")


def read(file: Path) -> Run:
    """A run from a file; raises click.ClickException where it is none."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Run)
    except (OSError, msgspec.DecodeError) as error:
        raise click.ClickException(f"{file}: {error}") from error


def _rounded(value: object) -> object:
    """Without the digits that mean nothing."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        table = cast("dict[str, object]", value)
        return {key: _rounded(one) for key, one in table.items()}
    if isinstance(value, list):
        return [_rounded(one) for one in cast("list[object]", value)]
    return value
