from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sqlkit.compile import Memory, Settings, plan

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

USERS = "-- name: list_users :many\n-- @row User\nselect id, email from users;\n"
OTHERS = "-- name: list_campaigns :many\nselect id, status from campaigns where status = :status;\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("users.sql", USERS.replace("email", "full_name")),
        ("users.sql", "-- Of users.\n\n" + USERS),
        (
            "others.sql",
            OTHERS + "\n-- name: first :many\n-- @row User\nselect id, email from users;",
        ),
        ("others.sql", OTHERS.replace(", status from", " from").replace("status =", "title =")),
        ("more.sql", "-- name: home :many\nselect home, id from users;\n"),
        ("more.sql", "-- name: bad :many\nselect nothing;\n"),
        ("users.sql", ""),
    ],
)
def test_with_a_memory_compiling_comes_to_the_same(
    connection: psycopg.Connection[Any], tmp_path: Path, name: str, text: str
) -> None:
    memory, folder = Memory(), tmp_path / "sql"
    folder.mkdir()
    (folder / "users.sql").write_text(USERS, encoding="utf-8")
    (folder / "others.sql").write_text(OTHERS, encoding="utf-8")
    plan(connection, tmp_path, folder, memory=memory)
    if text:
        (folder / name).write_text(text, encoding="utf-8")
    else:
        (folder / name).unlink()

    again, anew = (plan(connection, tmp_path, folder, memory=one) for one in (memory, None))

    assert again.files == anew.files
    assert again.removed == anew.removed
    assert list(map(str, again.errors)) == list(map(str, anew.errors))
    assert again.descriptions == anew.descriptions


def test_other_settings_are_not_missed(connection: psycopg.Connection[Any], tmp_path: Path) -> None:
    memory, file = Memory(), tmp_path / "users.sql"
    file.write_text("-- name: tags :many\nselect tags from users;\n", encoding="utf-8")
    plan(connection, tmp_path, tmp_path, memory=memory)

    changed = plan(connection, tmp_path, tmp_path, Settings(null_elements=False), memory=memory)

    assert "list[str]]" in changed.files[file.with_suffix(".py")]
