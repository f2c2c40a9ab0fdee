from __future__ import annotations

import errno

import psycopg
import pytest
from rich.console import Console

from sqlkit.cli.failure import drawn, status
from sqlkit.errors import (
    DescribeError,
    ForeignFile,
    NoRow,
    NoServer,
    ProjectError,
    SqlkitError,
    WrongArgument,
)

AT = DescribeError(
    'column "emial" does not exist',
    file="sql/users.sql",
    line=3,
    column=8,
    source="select emial from users",
    width=5,
    sqlstate="42703",
    hint="did you mean email?",
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AT, 1),
        (NoRow("no row"), 1),
        (ForeignFile("not ours"), 1),
        (SqlkitError("any other"), 1),
        (ProjectError("wrong setting"), 2),
        (NoServer("none found"), 2),
        (WrongArgument("users.get_user: id must be int"), 2),
        (psycopg.errors.UniqueViolation("duplicate key"), 1),
        (psycopg.OperationalError("connection refused"), 2),
        (PermissionError(errno.EACCES, "Permission denied"), 1),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), None),
        (RuntimeError("a fault of sqlkit"), None),
    ],
)
def test_an_error_brings_its_exit_status(error: Exception, code: int | None) -> None:
    assert status(error) == code


def test_a_file_that_cannot_be_read_is_named_first() -> None:
    error = FileNotFoundError(errno.ENOENT, "No such file or directory", "sql/users.sql")

    assert drawn(error).plain == "error: sql/users.sql: No such file or directory"


def test_an_error_in_a_file_is_drawn_with_place_caret_and_hint() -> None:
    assert drawn(AT).plain == str(AT)


def test_on_a_terminal_the_caret_is_coloured_and_no_color_turns_that_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = _on_terminal()
    monkeypatch.setenv("NO_COLOR", "1")
    plain = _on_terminal()

    assert "\x1b[1;31m" in coloured
    assert "31m" not in plain
    assert "^^^^^" in plain


def _on_terminal() -> str:
    console = Console(force_terminal=True, width=80)
    with console.capture() as capture:
        console.print(drawn(AT))
    return capture.get()


def test_notes_of_an_error_are_shown() -> None:
    error = NoRow("users.get_user gave no row")
    error.add_note("in users.get_user, sql/users.sql:3")

    assert "in users.get_user, sql/users.sql:3" in drawn(error).plain


@pytest.mark.parametrize(
    ("message", "cure"),
    [
        ('FATAL:  password authentication failed for user "u"', "check the user and the password"),
        ("fe_sendauth: no password supplied", "check the user and the password"),
        ('FATAL:  role "u" does not exist', "check the user in --dsn"),
        ('FATAL:  database "d" does not exist', "create the database"),
        ("connection failed: Connection refused", "is the server running?"),
    ],
)
def test_a_failed_connection_brings_a_cure(message: str, cure: str) -> None:
    assert cure in drawn(psycopg.OperationalError(message)).plain


def test_the_sqlstate_stands_behind_the_message_and_before_the_details() -> None:
    error = psycopg.errors.CheckViolation("budget is wrong\nDETAIL:  more")

    assert drawn(error).plain == "error: budget is wrong [23514]\nDETAIL:  more"
