from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

import psycopg
import pytest
from click.testing import CliRunner, Result

from sqlkit.cli.app import app

if TYPE_CHECKING:
    from pathlib import Path

    from sqlkit.testing.server import Server

Run: TypeAlias = Callable[..., Result]

MIGRATION = """
create type mood as enum ('good', 'bad');
create table notes (
    id bigint generated always as identity primary key,
    body text not null unique,
    mood mood,
    tags text[] not null default '{}',
    data jsonb,
    price numeric(10, 2),
    due date,
    created_at timestamptz not null default '2026-01-31 10:00+00'
);
insert into notes (body, mood, price, due) values
    ('first', 'good', 1.50, '2026-02-01'),
    ('second', null, null, null);
"""
QUERIES = """\
-- name: get_note :one
-- @row Note
select id, body, mood, price, due from notes where id = :id;

-- name: find_note :maybe
-- @row Note
select id, body, mood, price, due from notes where body = :body;

-- name: list_notes :many
-- @row Note
select id, body, mood, price, due
from notes
where true
    and mood = :mood --? mood
    and due is not null --? dated
order by id desc --? sort = newest (default)
order by body --? sort = name
limit :max_rows;

-- name: count_notes :one
select count(*) from notes;

-- name: set_mood :affected
update notes set mood = :mood where id = any(:ids);

-- name: add_note :one
-- @row FullNote
insert into notes (body, tags, data, price, due)
values (:body, :tags, :data, :price, :due)
returning id, tags, data, price, due;

-- name: touch :exec
update notes set created_at = now() where true;

-- name: export_notes :copy
select id, body from notes order by id;

-- name: import_notes :copy
copy notes (body, price) from stdin;

-- name: tidy :script
delete from notes where body = 'second';
delete from notes where body = 'third';
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, with nothing in the environment that names a database."""
    for name in list(os.environ):
        if name == "DATABASE_URL" or name.startswith("PG"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def sqlkit(here: Path) -> Run:
    """Runs a command in the folder, as the console would."""

    def run(*arguments: str, exit_code: int = 0, **options: object) -> Result:
        result = CliRunner().invoke(app, arguments, **options)  # type: ignore[arg-type]  # as invoke
        assert result.exit_code == exit_code, result.output
        return result

    return run


@pytest.fixture
def project(here: Path, sqlkit_server: Server, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a migration and queries, whose throw-away server is the run's."""
    monkeypatch.setenv("SQLKIT_TEST_DSN", sqlkit_server.url)
    monkeypatch.delenv("SQLKIT_TEST_PG", raising=False)
    (here / "pyproject.toml").write_text("[tool.sqlkit]\n", encoding="utf-8")
    for name, text in {"migrations/0001.notes.sql": MIGRATION, "sql/notes.sql": QUERIES}.items():
        file = here / name
        file.parent.mkdir()
        file.write_text(text, encoding="utf-8")
    return here


@pytest.fixture(scope="session")
def with_notes(sqlkit_server: Server) -> Iterator[str]:
    """The name of a database with what the project's migration makes, to copy."""
    with sqlkit_server.database() as url:
        with psycopg.connect(url) as connection:
            connection.execute(MIGRATION)
            name = connection.info.dbname
        yield name


@pytest.fixture
def dsn(project: Path, sqlkit_server: Server, with_notes: str) -> Iterator[str]:
    """A database of the test's own with the project's schema."""
    with sqlkit_server.database(template=with_notes) as url:
        yield url
