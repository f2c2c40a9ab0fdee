"""All pictures of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.plot.latencies import latencies
from benchmarks.plot.lines import growths, throughput
from benchmarks.plot.ratios import ratios

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.measure.result import Run

PICTURES = {
    "ratios.svg": ratios,
    "latency.svg": latencies,
    "throughput.svg": throughput,
    "growth.svg": growths,
}


def draw(run: Run, folder: Path) -> list[Path]:
    """Write the pictures into a folder, and give their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    found: list[Path] = []
    whole = run.without_failures()
    for name, picture in PICTURES.items():
        file = folder / name
        file.write_text(picture(whole), encoding="utf-8")
        found.append(file)
    return found
