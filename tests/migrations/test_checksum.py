from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqlkit.migrations.checksum import checksum, short

TEXT = "create table a (\n    n int\n);\n"


@pytest.mark.parametrize(
    "same",
    [
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("\n", "\r"),
        TEXT.replace("\n", " \t\n"),
        TEXT + "\n\n",
        TEXT.rstrip("\n"),
    ],
)
def test_line_endings_and_trailing_blanks_do_not_count(same: str) -> None:
    assert checksum(same) == checksum(TEXT)


@given(st.integers(0, len(TEXT) - 2), st.characters(min_codepoint=33, max_codepoint=126))
def test_every_other_byte_counts(at: int, character: str) -> None:
    changed = TEXT[:at] + character + TEXT[at + 1 :]
    assert (checksum(changed) == checksum(TEXT)) is (changed == TEXT)


def test_blanks_at_the_beginning_of_a_line_count() -> None:
    assert checksum(TEXT.replace("    n", "   n")) != checksum(TEXT)


def test_the_short_form_is_its_beginning() -> None:
    assert short("0123456789abcdef") == "01234567…"
