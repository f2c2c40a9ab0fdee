from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from benchmarks.__main__ import main
from benchmarks.measure.result import Run
from benchmarks.peers import aiosql
from benchmarks.report import kept
from benchmarks.report.document import BEGIN, END, section
from benchmarks.run import conduct, data
from benchmarks.suite import BENCHMARKS
from tests.benchmarks import made

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def little_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """A data set that is quickly made."""
    for size in ("USERS", "CAMPAIGNS", "READINGS"):
        monkeypatch.setattr(data, size, 1_000)


def test_list_names_every_benchmark() -> None:
    said = CliRunner().invoke(main, ["list"])
    assert said.exit_code == 0
    assert [line.split()[0] for line in said.output.splitlines()] == [b.name for b in BENCHMARKS]


def test_no_two_benchmarks_have_one_name() -> None:
    assert len({benchmark.name for benchmark in BENCHMARKS}) == len(BENCHMARKS)


def test_an_unknown_name_brings_the_near_one() -> None:
    said = CliRunner().invoke(main, ["run", "one-rwo"])
    assert said.exit_code == 2
    assert "did you mean one-row?" in said.output


@pytest.mark.usefixtures("little_data")
def test_a_run_is_shown_kept_and_compared_and_missing_peers_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_there(name: str) -> object:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(aiosql, "import_module", not_there)
    file = tmp_path / "run.json"
    names = ["one-row", "growth-columns"]
    arguments = ["run", *names, "--rounds", "3", "--quick", "--peers", "--json", str(file)]
    said = CliRunner().invoke(main, arguments)
    assert said.exit_code == 0, said.output
    assert "psycopg, autocommit" in said.output
    assert "aiosql: is not installed" in said.output
    run = kept.read(file)
    assert [result.name for result in run.results] == names
    first = run.results[0]
    assert all(len(way.seconds) == 3 for way in first.ways.values())
    assert first.ways["sqlkit"].cpu
    assert first.pinned


def test_a_regression_ends_with_1_once_it_was_measured_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _compared(tmp_path, monkeypatch, made.run(0.9, seed=3), made.run(0.8, seed=4)) == 1


def test_what_only_seemed_to_be_a_regression_ends_with_0(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _compared(tmp_path, monkeypatch, made.run(0.9, seed=3), made.run(0.5, seed=4)) == 0


def test_a_report_replaces_the_results_of_a_document(tmp_path: Path) -> None:
    file, document = tmp_path / "some.json", tmp_path / "page.md"
    kept.write(made.run(), file)
    document.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    for _ in range(2):
        said = CliRunner().invoke(main, ["report", str(file), "--document", str(document)])
        assert said.exit_code == 0, said.output
    text = document.read_text("utf-8")
    assert "old" not in text
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "| one row <by key> & more | by hand | ≤ 0.55 | 0.50 | met |" in text
    assert "linear (rows^1.00)" in text
    assert (tmp_path / "page" / "ratios.svg").is_file()
    assert kept.read(tmp_path / "page" / "run.json").results == kept.read(file).results


@pytest.mark.parametrize(("load", "is_said"), [("1.9", False), ("2.5", True)])
def test_a_busy_machine_is_said_in_the_report(load: str, *, is_said: bool) -> None:
    run = made.run()
    text = section(Run({"cores": "2", "load before": load}, run.results), "pictures")
    assert ("Preliminary" in text) == is_said


def test_a_file_that_is_no_run_is_said(tmp_path: Path) -> None:
    file = tmp_path / "some.json"
    file.write_text("{}")
    said = CliRunner().invoke(main, ["plot", str(file)])
    assert said.exit_code == 1
    assert "some.json" in said.output


def _compared(folder: Path, monkeypatch: pytest.MonkeyPatch, *runs: Run) -> int:
    """The exit status, where these are the run and its repetition."""
    left = list(runs)

    def run(_plan: object, _progress: object) -> Run:
        return left.pop(0)

    monkeypatch.setattr(conduct, "run", run)
    file = folder / "before.json"
    kept.write(made.run(0.5), file)
    status = CliRunner().invoke(main, ["run", "one-row", "--compare", str(file)]).exit_code
    assert not left
    return status
