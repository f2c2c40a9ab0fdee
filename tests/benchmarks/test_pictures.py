from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from benchmarks.measure.result import Result, Run
from benchmarks.plot.axis import Axis
from benchmarks.plot.density import density
from benchmarks.plot.pictures import PICTURES, draw
from tests.benchmarks import made

if TYPE_CHECKING:
    from pathlib import Path

SVG = "{http://www.w3.org/2000/svg}"


def test_pictures_are_well_formed_and_show_every_way(tmp_path: Path) -> None:
    files = draw(made.run(), tmp_path)
    assert [file.name for file in files] == list(PICTURES)
    shown = {file.name: _texts(file) for file in files}
    assert {"one row <by key> & more", "by hand", "0.50", "≤ 0.55"} <= shown["ratios.svg"]
    assert {"sqlkit", "by hand"} <= shown["latency.svg"]
    assert {"linear (rows^1.00)", "flat (rows^0.00)"} <= shown["growth.svg"]


def test_nothing_is_drawn_outside_of_its_picture(tmp_path: Path) -> None:
    for file in draw(made.run(3.0), tmp_path):
        root = ET.fromstring(file.read_text("utf-8"))
        width, height = float(root.attrib["width"]), float(root.attrib["height"])
        for text in root.iter(f"{SVG}text"):
            assert 0 <= float(text.attrib["x"]) <= width
            assert 0 <= float(text.attrib["y"]) <= height


def test_a_run_with_a_failed_benchmark_can_be_drawn(tmp_path: Path) -> None:
    failed = Result("x", "what failed", pinned=False, ways={}, failed="ValueError: no")
    assert draw(Run({}, [failed, *made.run().results]), tmp_path)


@pytest.mark.parametrize("logarithmic", [False, True])
def test_an_axis_marks_round_values_inside_itself(logarithmic: bool) -> None:
    axis = Axis(30, 4_700, 0, 100, logarithmic)
    marks = axis.marks()
    assert 3 <= len(marks) <= 7
    assert all(0 <= axis.at(mark) <= 100 for mark in marks)
    assert all(f"{mark:.0e}"[0] in "1235468" for mark in marks)


def test_a_density_is_highest_where_most_latencies_are() -> None:
    percentiles = made.measured(1e-4).percentiles
    values = [0.5e-4, 1.3e-4, 3e-4]
    low, middle, high = density(percentiles, values)
    assert middle > 0.9
    assert low < 0.1
    assert high < 0.1


def _texts(file: Path) -> set[str]:
    return {text.text or "" for text in ET.fromstring(file.read_text("utf-8")).iter(f"{SVG}text")}
