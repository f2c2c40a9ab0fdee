"""The files that ``sqlkit init`` writes: the smallest project that does something."""

from __future__ import annotations

PYPROJECT = """\
[tool.sqlkit]
sql = "sql"
migrations = "migrations"
"""

NEW_PYPROJECT = f"""\
{PYPROJECT}
[tool.pytest.ini_options]
pythonpath = ["."]  # so that tests find the package sql
"""

MIGRATION = """\
create table notes (
    id bigint generated always as identity primary key,
    body text not null,
    created_at timestamptz not null default now()
);
"""

ROLLBACK = """\
drop table notes;
"""

QUERIES = """\
-- name: create_note :one
-- Write a note down.
-- @row Note
insert into notes (body) values (:body)
returning id, body, created_at;

-- name: list_notes :many
-- The newest notes.
-- @row Note
select id, body, created_at
from notes
order by id desc
limit :max_rows;
"""

EXAMPLE = '''\
"""Write a note and read the newest ones: python example.py"""

from sql import notes
from sqlkit import Database

with Database() as db:  # the database of DATABASE_URL
    note = db.run(notes.create_note(body="The first one from Python"))
    print(f"wrote note {note.id}")
    for note in db.run(notes.list_notes(max_rows=5)):
        print(f"{note.created_at:%H:%M:%S}  {note.body}")
'''

FILES = {
    "migrations/0001.create-notes.sql": MIGRATION,
    "migrations/0001.create-notes.rollback.sql": ROLLBACK,
    "sql/notes.sql": QUERIES,
    "example.py": EXAMPLE,
}

NEXT = (
    ("sqlkit db start", "a PostgreSQL of this project's own, with migrations/ applied"),
    ("sqlkit compile", "sql/notes.sql becomes sql/notes.py"),
    ("sqlkit run notes.create_note body='Hello'", "any query, from here"),
    ('export DATABASE_URL="$(sqlkit db url)"', "for Python to find it"),
    ("python example.py", "and from Python"),
)
