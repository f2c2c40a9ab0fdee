"""Generated modules under mypy, pyright and ruff, and at run time, with no database."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import typing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from sqlkit.compile import plan
from sqlkit.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

HERE = Path(__file__).parent
ROOT = HERE.parent.parent

# What a person would write with the golden modules; each line marked E is an error.
USE = """
from __future__ import annotations

from generated import names
from generated.sub import campaigns
from generated.users import User, UserName, create_user, find_user, get_user, import_users
from sqlkit.statement import Statement

one: Statement[User] = find_user(email="a@b")
maybe: Statement[User | None] = get_user(id=1)
new: Statement[int] = create_user(email="a", full_name=None, home=None)
count: Statement[int] = import_users([("a", None, ["x", None])])
many: Statement[list[campaigns.Campaign]] = campaigns.list_campaigns(
    owner_id=1, max_rows=2, status="draft", poor=True, sort="newest"
)
owner: Statement[UserName | None] = campaigns.get_owner(id=1)
several: Statement[list[names.ListRow]] = names.list()
get_user(id="1")  # E
get_user(1)  # E
get_user()  # E
campaigns.list_campaigns(owner_id=1, max_rows=2, sort="oldest")  # E
campaigns.list_campaigns(owner_id=1, max_rows=2, status="lost")  # E
User(1, "a", None, [], None).id  # E
"""


@pytest.fixture(scope="module")
def package(
    tmp_path_factory: pytest.TempPathFactory, connection: psycopg.Connection[Any]
) -> Iterator[Path]:
    """The golden files and the odd names, compiled as the package ``generated``."""
    root = tmp_path_factory.mktemp("project")
    folder = root / "generated"
    for path in (HERE / "golden").rglob("*.sql"):
        target = folder / path.relative_to(HERE / "golden")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(path.read_text())
    (folder / "names.sql").write_text((HERE / "names.sql").read_text())
    made = plan(connection, root, folder)
    assert [str(error) for error in made.errors] == []
    made.write()
    (root / "use.py").write_text(USE)
    sys.path.insert(0, str(root))
    yield root
    sys.path.remove(str(root))
    for name in [name for name in sys.modules if name.partition(".")[0] == "generated"]:
        del sys.modules[name]


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


WRONG = {number for number, line in enumerate(USE.splitlines(), 1) if line.endswith("# E")}


def test_mypy_strict_finds_what_is_wrong_and_nothing_else(package: Path) -> None:
    said = run("mypy", "--strict", "--no-color-output", "generated", "use.py", cwd=package)
    places = [line.split(":")[:2] for line in said.splitlines() if ": error:" in line]
    assert {place[0] for place in places} == {"use.py"}, said
    assert {int(place[1]) for place in places} == WRONG, said


def test_pyright_strict_finds_what_is_wrong_and_nothing_else(package: Path) -> None:
    settings = {
        "typeCheckingMode": "strict",
        "include": ["generated", "use.py"],
        "extraPaths": [str(ROOT)],
        "reportUnusedExpression": "none",
    }
    (package / "pyrightconfig.json").write_text(json.dumps(settings))
    said = run("pyright", "--pythonpath", sys.executable, "--outputjson", cwd=package)
    found = json.loads(said[said.index("{") :])["generalDiagnostics"]
    assert {Path(one["file"]).name for one in found} == {"use.py"}, said
    assert {one["range"]["start"]["line"] + 1 for one in found} == WRONG, said


def test_ruff_has_nothing_to_change(package: Path) -> None:
    line = "line-length=100"
    format_ = ("format", "--isolated", "--check", "--diff", "--config", line, "generated")
    assert "already formatted" in run("ruff", *format_, cwd=package)
    said = run("ruff", "check", "--isolated", "--config", line, "generated", cwd=package)
    assert said.strip() == "All checks passed!"


def test_functions_build_statements_without_a_database(package: Path) -> None:
    users = importlib.import_module("generated.users")
    campaigns = importlib.import_module("generated.sub.campaigns")
    statement: Statement[Any] = users.get_user(id=7)
    assert isinstance(statement, Statement)
    assert statement.args == (7,)
    assert statement.query.name == "users.get_user"
    assert statement.query.source == "generated/users.sql:3"
    assert statement.variant().sql.endswith("where id = $1;")
    listed = campaigns.list_campaigns(owner_id=1, max_rows=5, status="done")
    assert "order by budget desc" in listed.variant().sql
    assert "budget is null" not in listed.variant().sql
    assert [listed.args[place] for place in listed.variant().arguments] == [1, "done", 5]


@pytest.mark.parametrize("module", ["users", "names", "sub.campaigns", "_types", "_rows"])
def test_fields_resolve_to_the_types_that_are_meant(module: str, package: Path) -> None:
    found = importlib.import_module(f"generated.{module}")
    rows = [
        one
        for one in vars(found).values()
        if isinstance(one, type)
        and issubclass(one, msgspec.Struct)
        and one.__module__ == found.__name__
    ]
    assert rows
    for row in rows:
        hints = typing.get_type_hints(row)
        assert not [name for name, hint in hints.items() if callable(hint) and not _is_type(hint)]
        if row.__name__ != "OddRow":  # msgspec has no unions of several ipaddress classes
            with pytest.raises(msgspec.ValidationError, match="missing required field"):
                msgspec.convert({}, row)


def _is_type(hint: object) -> bool:
    return isinstance(hint, type) or typing.get_origin(hint) is not None or hint is Any


def test_a_row_of_hostile_names_holds_its_values(package: Path) -> None:
    names = importlib.import_module("generated.names")
    row = names.IntRow(1, "a", None)
    assert (row.id, row.Query, row.uuid) == (1, "a", None)
    assert names.int(str="a", list=1, _Query="b", self=2).args == ("a", 1, "b", 2)
    statement = names.datetime(datetime=1, list=None, _Statement="x", _DATETIME="y")
    assert (type(statement), statement.args) == (Statement, (1, None, "x", "y"))


def test_a_deprecated_query_warns_when_it_is_called(package: Path) -> None:
    users = importlib.import_module("generated.users")
    with pytest.warns(DeprecationWarning, match="use get_user"):
        users.old_user(id=1)
