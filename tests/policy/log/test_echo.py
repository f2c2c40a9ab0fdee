from __future__ import annotations

import re
import subprocess
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sqlkit import sql
from sqlkit.policy.call import Call
from sqlkit.policy.drive import drive
from sqlkit.policy.flow import Chain
from sqlkit.policy.log import echo as echo_module
from sqlkit.policy.log.echo import Echo
from sqlkit.statement import Line, Query

if TYPE_CHECKING:
    from collections.abc import Iterator

GET_USER: Query[Any] = Query(
    name="users.get_user",
    kind="one",
    lines=(Line("select … where id = ", 0, " and name = ", 1),),
    parameters=("id", "name"),
    source="sql/users.sql:3",
)


@pytest.fixture(autouse=True, params=["rich", "plain"])
def dress(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test runs with rich, and as if it weren't installed."""
    if request.param == "plain":
        monkeypatch.setitem(sys.modules, "rich.console", None)
    echo_module.console.cache_clear()
    yield
    echo_module.console.cache_clear()


def printed(
    capsys: pytest.CaptureFixture[str], *calls: Call, error: Exception | None = None
) -> str:
    def attempt() -> Any:
        if error:
            raise error
        return "a row"

    for call in calls:
        with nullcontext() if error is None else pytest.raises(type(error)):
            drive(Chain([Echo()]), call, attempt)
    return capsys.readouterr().err


def test_a_call_is_a_line_with_rows_time_and_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    call = Call("users.get_user", GET_USER, (7, "[bold]Ann\x1b[0m"))
    line = printed(capsys, call)
    values = re.escape("id=7  name='[bold]Ann\\x1b[0m'")
    assert re.fullmatch(rf"users\.get_user  1 row  \d+\.\d ms  {values}\n", line)


def test_a_long_line_is_left_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    line = printed(capsys, Call("users.get_user", GET_USER, (7, "x" * 1000)))
    assert line.count("\n") == 1
    assert len(line) < 300


def test_sql_written_in_place_is_shown_itself(capsys: pytest.CaptureFixture[str]) -> None:
    statement = sql("select\n  :a::int", "one", a=1)
    line = printed(capsys, Call("sql", statement.query, statement.args))
    assert line.startswith("select $1::int  1 row  ")


def test_a_failed_call_shows_error_and_sqlstate(capsys: pytest.CaptureFixture[str]) -> None:
    error = psycopg.errors.UniqueViolation("Key (email)=(a@b.c) already exists.")
    line = printed(capsys, Call("users.get_user", GET_USER, (7, "Ann")), error=error)
    assert line.startswith("users.get_user  UniqueViolation 23505  ")
    assert "already exists" not in line


def test_a_decorated_function_is_told_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, Call("transfer")).startswith("transfer  0.")


PROGRAM = """
from rich.console import Console
from sqlkit.policy.log import echo
from sqlkit.policy.call import Call
from sqlkit.policy.drive import drive
from sqlkit.policy.flow import Chain
echo.console = lambda: Console(stderr=True, soft_wrap=True, force_terminal=True)
drive(Chain([echo.Echo()]), Call("transfer"), lambda: None)
"""


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_no_color_turns_colours_off(no_color: str, coloured: bool) -> None:
    environment = {"NO_COLOR": no_color, "TERM": "xterm-256color"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
    )
    assert ("\x1b[33m" in done.stderr or "\x1b[2m" in done.stderr) or not coloured
    assert not coloured or "transfer" in done.stderr
    if not coloured:
        assert "\x1b[3" not in done.stderr
