"""What holds the project together: its reference layer shows everything, its files agree."""

from __future__ import annotations

import configparser
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import psycopg

from sqlkit import sqlfile
from sqlkit.statement import Kind

if TYPE_CHECKING:
    from sqlkit.testing.server import Server

ROOT = Path(__file__).parent.parent
MIGRATIONS = sorted(
    path for path in (ROOT / "migrations").glob("*.sql") if not path.stem.endswith(".rollback")
)
TEXTS = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "sql").glob("*.sql"))]


def test_the_reference_layer_uses_every_kind() -> None:
    assert {query.kind for text in TEXTS for query in sqlfile.parse(text)} == set(get_args(Kind))


def test_the_reference_layer_uses_every_option() -> None:
    used = {word for text in TEXTS for word in text.split() if word.startswith("@")}

    assert used >= {
        *("@row", "@param", "@column", "@type", "@timeout", "@retry", "@idempotent", "@deprecated")
    }


def test_every_query_of_the_reference_layer_says_what_it_is_for() -> None:
    for text in TEXTS:
        assert [query.name for query in sqlfile.parse(text) if not query.doc] == []


def test_every_migration_can_be_taken_back() -> None:
    assert MIGRATIONS
    for migration in MIGRATIONS:
        assert migration.with_suffix(".rollback.sql").is_file(), migration.name


def test_migrations_apply_roll_back_and_apply_again_with_stock_yoyo(
    sqlkit_server: Server,
) -> None:
    with sqlkit_server.database() as url:
        bare = schema_of(url)
        yoyo(url, "apply")
        applied = schema_of(url)
        yoyo(url, "rollback", "--all")
        assert schema_of(url) == bare
        yoyo(url, "apply")
        assert schema_of(url) == applied
        assert len(applied) > len(bare)


def test_the_version_has_its_place_in_the_changelog() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert "## [Unreleased]" in changelog or f"## [{project['version']}]" in changelog


def test_setup_cfg_is_about_sql_alone() -> None:
    # Metadata there is ignored, or breaks the build, beside [project] in pyproject.toml.
    config = configparser.ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg", encoding="utf-8")

    assert config.sections()
    assert all(section.startswith("sqlfluff") for section in config.sections())


def yoyo(url: str, command: str, *options: str) -> None:
    """Run yoyo's own command line, as the README shows it."""
    address = url.replace("postgresql://", "postgresql+psycopg://", 1)
    program = Path(sys.executable).with_name("yoyo")
    subprocess.run(
        [program, command, "--batch", "--database", address, *options, "migrations"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )


def schema_of(url: str) -> list[tuple[object, ...]]:
    """Tables with their columns, indexes, constraints and types; not yoyo's own tables."""
    with psycopg.connect(url) as connection:
        return connection.execute(
            """
            select 'column', attrelid::regclass::text, attname, format_type(atttypid, atttypmod)
            from pg_attribute join pg_class as c on c.oid = attrelid
            where relnamespace = 'public'::regnamespace and attnum > 0 and relname !~ 'yoyo'
            union all
            select 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
            from pg_constraint
            where connamespace = 'public'::regnamespace and conrelid::regclass::text !~ 'yoyo'
            union all
            select 'type', typname, typtype::text, format_type(typbasetype, typtypmod)
            from pg_type where typnamespace = 'public'::regnamespace and typname !~ 'yoyo'
            order by 1, 2, 3, 4
            """
        ).fetchall()
