"""Row classes that queries of several files share."""

from __future__ import annotations

import importlib
import sys
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from sqlkit.compile import compare, offline
from sqlkit.errors import CompileError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.compile.conftest import Folder

ROW = "-- @row Campaign\nselect id, status, budget from campaigns"
A = f"-- name: get_campaign :one\n{ROW} where id = :id;\n"
B = f"-- name: list_campaigns :many\n{ROW};\n"


@pytest.fixture
def imported(folder: Folder) -> Iterator[Folder]:
    """A project whose modules can be imported."""
    sys.path.insert(0, str(folder.root))
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if _is_ours(name)}
    yield folder
    sys.path.remove(str(folder.root))
    for name in [name for name in sys.modules if _is_ours(name)]:
        del sys.modules[name]
    sys.modules.update(kept)


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] == "sql"


def test_queries_of_several_files_give_one_class(folder: Folder) -> None:
    folder.write("a.sql", A)
    folder.write("deep/b.sql", B)
    files = folder.plan().files
    assert files[folder.sql / "_rows.py"].partition("\n")[2] == dedent('''\
        """Rows that queries of several files share by "@row"."""

        from __future__ import annotations

        from decimal import Decimal as _Decimal

        from sqlkit.row import Row as _Row

        from ._types import CampaignStatus as _CampaignStatus


        class Campaign(_Row):
            """Row of a.get_campaign, deep.b.list_campaigns."""

            id: int
            status: _CampaignStatus
            budget: _Decimal | None
        ''')
    assert "from ._rows import Campaign as _Campaign\n" in files[folder.sql / "a.py"]
    deep = files[folder.sql / "deep" / "b.py"]
    assert "from .._rows import Campaign as _Campaign\n\nCampaign = _Campaign\n\n" in deep
    assert "def list_campaigns() -> _Statement[list[Campaign]]:" in deep
    assert "class" not in deep
    assert "_Decimal" not in deep, "what only the class needs is not imported"


def test_every_module_has_the_class_by_its_name(imported: Folder) -> None:
    imported.write("a.sql", A)
    imported.write("deep/b.sql", B)
    imported.plan().write()
    a, b = importlib.import_module("sql.a"), importlib.import_module("sql.deep.b")
    assert a.Campaign is b.Campaign
    assert a.get_campaign(id=1).query.row is a.Campaign


def test_a_row_of_one_file_stays_in_its_module(folder: Folder) -> None:
    folder.write("a.sql", A + B)
    folder.write("b.sql", B.replace("Campaign", "Other"))
    files = folder.plan().files
    assert folder.sql / "_rows.py" not in files
    assert '"""Row of get_campaign, list_campaigns."""' in files[folder.sql / "a.py"]


def test_rows_without_a_name_of_their_own_are_not_shared(folder: Folder) -> None:
    for file in ("a.sql", "b.sql"):
        folder.write(file, "-- name: get_user :one\nselect id, email from users;\n")
    assert folder.sql / "_rows.py" not in folder.plan().files


def test_two_databases_have_rows_of_their_own(folder: Folder) -> None:
    folder.write("a.sql", A)
    folder.write("other/b.sql", B.replace("id,", "id, title,"))
    made = folder.plan(exclude=[folder.sql / "other"])
    assert made.errors == ()
    assert folder.sql / "_rows.py" not in made.files


def test_the_shared_module_goes_when_nothing_is_shared_any_more(folder: Folder) -> None:
    folder.write("a.sql", A)
    other = folder.write("b.sql", B)
    folder.plan().write()
    assert compare(folder.plan()) == []
    assert offline(folder.sql) == []
    other.unlink()
    assert folder.sql / "_rows.py" in folder.plan().write()
    assert "class Campaign(_Row):" in (folder.sql / "a.py").read_text()


def test_a_file_can_not_have_the_shared_modules_name(folder: Folder) -> None:
    folder.write("_rows.sql", A)
    [error] = folder.plan().errors
    assert isinstance(error, CompileError)
    assert error.message == "_rows.py is written by sqlkit itself"


def test_part_of_a_plan_takes_along_who_shares_rows_that_change(folder: Folder) -> None:
    a, b = folder.write("a.sql", A), folder.write("b.sql", B)
    folder.write("c.sql", "-- name: c :one\nselect 1;\n")
    folder.plan().write()
    b.write_text("-- name: list_campaigns :many\nselect 1;\n")
    (folder.sql / "c.py").unlink()
    written = folder.plan().only([b]).write()
    assert {path.name for path in written} == {"a.py", "b.py", "_rows.py"}
    a.write_text(A.replace(":one", ":maybe"))
    assert [path.name for path in folder.plan().only([b]).write()] == []
    assert {path.name for path in folder.plan().only([folder.sql]).write()} == {"a.py", "c.py"}


WHOLE = "-- name: get :one\n-- @row User\nselect * from users where id = :id;\n"


@pytest.mark.parametrize(
    "other",
    [
        "select * from users where full_name is not null",
        "select u.* from users as u join campaigns as c on c.title = u.full_name",
        "update users set full_name = 'x' where id = :id returning *",
        "insert into users (email, full_name) values (:email, 'x') returning *",
    ],
)
def test_a_query_of_all_columns_of_a_table_may_share_its_row(other: str, folder: Folder) -> None:
    text = folder.compiled(f"{WHOLE}-- name: b :many\n-- @row User\n{other};\n")
    assert "    id: int\n" in text
    assert "    full_name: str | None\n" in text


def test_the_first_of_two_may_be_the_one_that_is_widened(folder: Folder) -> None:
    text = folder.compiled(
        WHOLE.replace("where", "where full_name is not null and")
        + WHOLE.replace("get", "get_all").replace(":one", ":many")
    )
    assert "    full_name: str | None\n" in text


def test_a_condition_that_all_queries_have_holds_for_the_row(folder: Folder) -> None:
    text = WHOLE.replace("where", "where full_name is not null and")
    assert "    full_name: str\n" in folder.compiled(text + text.replace("get", "all"))


@pytest.mark.parametrize(
    ("other", "difference"),
    [
        (
            "select u.* from campaigns as c left join users as u on u.id = c.owner_id",
            "id: int in x.get, int | None in x.b",
        ),
        (
            "select id, email, coalesce(full_name, '') as full_name, tags, home, created_at,\n"
            "settings from users",
            "full_name: str | None in x.get, str in x.b",
        ),
    ],
)
def test_what_is_not_the_tables_row_does_not_share_it(
    other: str, difference: str, folder: Folder
) -> None:
    message = folder.refused(f"{WHOLE}-- name: b :many\n-- @row User\n{other};\n")
    assert f"      {difference}\n" in message


def test_a_mark_holds_against_the_table(folder: Folder) -> None:
    message = folder.refused(
        f"{WHOLE}-- name: b :one\n-- @row User\n-- @column full_name!\nselect * from users;\n"
    )
    assert message.endswith('hint: remove "-- @column full_name!" from x.b (sql/x.sql:4)')
