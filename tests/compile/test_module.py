from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sqlkit.compile import Settings
from sqlkit.compile.names import type_names
from sqlkit.describe.types import Enum

if TYPE_CHECKING:
    from tests.compile.conftest import Folder

GOLDEN = Path(__file__).parent / "golden"


def test_a_package_is_written_as_it_always_was(folder: Folder) -> None:
    """To accept a change: copy what is written over the files in ``golden``, and read the diff."""
    for path in sorted(GOLDEN.rglob("*.sql")):
        folder.write(path.relative_to(GOLDEN).as_posix(), path.read_text())
    folder.plan().write()
    for wanted in sorted(GOLDEN.rglob("*.txt")):
        made = folder.sql / wanted.relative_to(GOLDEN).with_suffix("")
        assert made.read_text() == wanted.read_text()


def test_an_enum_and_a_composite_are_shared_by_the_package(folder: Folder) -> None:
    folder.write("a.sql", "-- name: a :one\nselect status from campaigns;\n")
    folder.write("deep/er/b.sql", "-- name: b :many\nselect home from users;\n")
    files = folder.plan().files
    shared = files[folder.sql / "_types.py"]
    assert 'CampaignStatus: _TypeAlias = _Literal["draft", \'it\\\'s "on"\', "done"]' in shared
    assert "    class_: _Json | None\n" in shared
    assert "from ._types import CampaignStatus as _C" in files[folder.sql / "a.py"]
    deep = files[folder.sql / "deep" / "er" / "b.py"]
    assert "from ..._types import Address as _Address" in deep
    assert 'composites={"public.address": _Address},' in deep


def test_types_of_one_name_have_their_schema_before_it(folder: Folder) -> None:
    text = folder.compiled(
        "-- name: a :one\nselect status from campaigns;\n"
        "-- name: b :exec\nselect :c::other.campaign_status;\n"
    )
    assert "def b(*, c: _OtherCampaignStatus) ->" in text
    assert "-> _Statement[_PublicCampaignStatus]:" in text


@pytest.mark.parametrize(
    ("name", "written"), [("none", "TypeNone"), ("2d", "Type2d"), ("my type", "MyType"), ("ä", "Ä")]
)
def test_any_type_has_a_name(name: str, written: str) -> None:
    assert type_names([Enum(name, "public", name, ("a",))]) == {("public", name): written}


def test_null_elements_can_be_given_up(folder: Folder) -> None:
    text = "-- name: a :one\nselect tags from users where tags = :tags;\n"
    assert "(*, tags: _Sequence[str | None]) -> _Statement[list[str | None]]" in folder.compiled(
        text
    )
    given_up = folder.compiled(text, Settings(null_elements=False))
    assert "(*, tags: _Sequence[str]) -> _Statement[list[str]]" in given_up


def test_a_column_takes_the_type_that_the_header_names(folder: Folder) -> None:
    text = folder.compiled(
        "-- name: a :many\n-- @type settings app.types.Settings\n"
        "select id, settings, null::jsonb as other from users;\n"
    )
    assert "from app.types import Settings as _Settings\n" in text
    assert "    settings: _Settings\n    other: _Json | None\n" in text
    assert "converts={1: _Settings}," in text


@pytest.mark.parametrize("key", ["users.settings", "public.users.settings", "jsonb"])
def test_a_column_takes_the_type_that_the_project_names(key: str, folder: Folder) -> None:
    settings = Settings(types={key: "app.Settings"})
    text = folder.compiled("-- name: a :maybe\nselect settings from users;\n", settings)
    assert "def a() -> _Statement[_Settings | None]:" in text
    assert "converts={0: _Settings}," in text


def test_the_projects_own_modules_are_imported_apart(folder: Folder) -> None:
    (folder.root / "app.py").touch()
    text = folder.compiled("-- name: a :one\n-- @type x app.X\nselect '1'::jsonb as x;\n")
    assert "import Statement as _Statement\n\nfrom app import X as _X\n\n" in text


def test_the_first_column_of_several_may_be_asked_for(folder: Folder) -> None:
    text = folder.compiled(
        "-- name: get-id(email)$\nselect id, email from users where email = :email;"
    )
    assert "def get_id(*, email: str) -> _Statement[int | None]:" in text
    assert "row=_first_column," in text


def test_options_are_part_of_the_query(folder: Folder) -> None:
    text = folder.compiled(
        "-- name: a :affected\n-- @timeout 2s\n-- @retry never\n-- @idempotent\ndelete from users;"
    )
    assert "    timeout=2.0,\n    retry=False,\n    idempotent=True,\n" in text


@pytest.mark.parametrize(
    ("file", "hint"),
    [("2024.sql", "_2024"), ("my-queries.sql", "my_queries"), ("class.sql", "class_")],
)
def test_a_file_that_can_be_no_module_is_refused(file: str, hint: str, folder: Folder) -> None:
    folder.write(file, "-- name: a :one\nselect 1;\n")
    [error] = folder.plan().errors
    assert str(error) == (
        f"sql/{file}:1:1: {file[:-4]} can't be the name of a Python module\n"
        f"hint: rename it, to {hint} for one"
    )


def test_a_file_beside_a_folder_of_its_name_is_refused(folder: Folder) -> None:
    folder.write("a.sql", "-- name: a :one\nselect 1;\n")
    folder.write("a/b.sql", "-- name: b :one\nselect 1;\n")
    assert "a folder has the name of the module a" in str(folder.plan().errors[0])


def test_a_file_that_is_not_utf8_is_refused_with_its_line(folder: Folder) -> None:
    (folder.sql / "a.sql").write_bytes(b"-- name: a :one\nselect '\xff';\n")
    assert str(folder.plan().errors[0]) == "sql/a.sql:2:1: the file is not UTF-8"
