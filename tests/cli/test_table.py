from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlkit.cli.table import print_csv, print_json, print_table

if TYPE_CHECKING:
    import pytest


def test_away_from_a_terminal_a_long_cell_stays_on_its_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_table(["id", "body"], [(1, "x" * 500), (2, "y")])

    assert "x" * 500 in capsys.readouterr().out


def test_numbers_stand_to_the_right_and_null_is_told_from_an_empty_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_table(["price", "body"], [(Decimal("10.50"), ""), (Decimal("9.50"), None)])

    lines = capsys.readouterr().out.splitlines()
    assert any("│ 10.50 │      │" in line for line in lines), lines
    assert any("│  9.50 │ NULL │" in line for line in lines), lines


def test_markup_and_control_characters_of_a_value_do_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_table(["a"], [("[bold]x[/bold] :smile: \x1b[31m\x07",)])

    assert "[bold]x[/bold] :smile: \\x1b[31m\\x07" in capsys.readouterr().out


def test_csv_quotes_what_needs_it(capsys: pytest.CaptureFixture[str]) -> None:
    print_csv(["a", "b"], [('say "hi", all', None), ("two\nlines", True)])

    assert capsys.readouterr().out == 'a,b\n"say ""hi"", all",\n"two\nlines",true\n'


def test_json_is_indented_and_keeps_letters_as_they_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_json([{"name": "Zoë"}])

    assert capsys.readouterr().out == '[\n  {\n    "name": "Zoë"\n  }\n]\n'
