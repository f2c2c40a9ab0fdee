"""The user's project: its root, its folders and what ``[tool.sqlkit]`` in pyproject.toml says.

    [tool.sqlkit]
    sql = "sql"                  # the folder of the .sql files
    migrations = "migrations"    # the folder of the yoyo migrations
    seeds = "sql/seeds.py"       # the file of the seeders
    null_elements = true         # false: array elements are typed as never None
    allow = ["select_star"]      # hazards that "sqlkit check" doesn't look for

    [tool.sqlkit.types]          # a column, or a PostgreSQL type, as a Python type
    "campaigns.settings" = "app.types.Settings"

    [tool.sqlkit.migrate]        # what "sqlkit migrate" does unless its options say otherwise
    lock_timeout = 2.0           # seconds that a statement waits for a lock (0: for ever)
    wait = 60.0                  # seconds to wait while another process migrates
    attempts = 10                # how often to try a migration that lacks a lock
    danger_rows = 10000          # a dry run: from how many rows on a table is big
    danger_size = 8388608        # or from how many bytes on
    statement_timeout = 60.0     # a dry run: seconds that a statement may take
    squawk = true                # false: squawk isn't asked, though it is installed

    [tool.sqlkit.databases.reports]    # one more database, with folders of its own
    sql = "sql/reports"
    migrations = "migrations/reports"
    search_path = "reports, public"

Every key may be left out, the section too. What is not one of these is an error.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlkit.errors import ProjectError
from sqlkit.toml import TomlTable, suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlkit.toml import Table

FILE = "pyproject.toml"
KEYS = ("sql", "migrations", "seeds", "null_elements", "allow", "types", "migrate", "databases")
DATABASE_KEYS = ("sql", "migrations", "search_path")
MIGRATE_KEYS = (
    *("lock_timeout", "wait", "attempts"),
    *("danger_rows", "danger_size", "statement_timeout", "squawk"),
)
_WHOLE = ("attempts", "danger_rows", "danger_size")


@dataclass(frozen=True, slots=True)
class DatabaseFolders:
    """One database of a project: where its queries and migrations are.

    ``search_path`` as PostgreSQL writes it; None leaves the server's own.
    """

    name: str
    sql: Path
    migrations: Path
    search_path: str | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """A project's settings; every path is absolute, and none needs to exist.

    ``allow`` are names of hazards, which are checked where they are known. ``types`` maps
    ``table.column`` or a PostgreSQL type to a dotted Python type. ``databases`` are
    the named ones; ``sql`` and ``migrations`` are the unnamed one's. ``migrate`` has what
    ``[tool.sqlkit.migrate]`` says of `MIGRATE_KEYS`, times in seconds, and nothing else.
    """

    root: Path
    sql: Path
    migrations: Path
    seeds: Path
    null_elements: bool = True
    allow: tuple[str, ...] = ()
    types: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    migrate: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    databases: Mapping[str, DatabaseFolders] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def find(cls, start: Path | None = None) -> Project:
        """The project around ``start`` (the current folder): the nearest ``[tool.sqlkit]`` upward.

        Without one, the nearest folder with a pyproject.toml, else ``start``, with the defaults.
        Raises `ProjectError` for a file that can't be read and for unknown or wrong keys.
        """
        start = (start or Path.cwd()).resolve()
        files = [p for folder in (start, *start.parents) if (p := folder / FILE).is_file()]
        for file in files:
            section = _section(file)
            if section is not None:
                return _project(file, section)
        return _project(files[0] if files else start / FILE, {})

    @property
    def cache(self) -> Path:
        """The folder of what sqlkit keeps between two commands; see `make_cache`."""
        return self.root / ".sqlkit"

    def make_cache(self) -> Path:
        """The cache folder, made if need be, with a .gitignore that keeps it out of git."""
        self.cache.mkdir(exist_ok=True)
        ignore = self.cache / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
        return self.cache

    def database(self, name: str | None = None) -> DatabaseFolders:
        """The database of that name (None: the unnamed one), or `ProjectError`."""
        if name is None:
            return DatabaseFolders("default", self.sql, self.migrations)
        if name not in self.databases:
            raise ProjectError(
                f"{self.root / FILE}: no [tool.sqlkit.databases.{name}]"
                + suggestion(name, self.databases)
            )
        return self.databases[name]

    def all_databases(self) -> tuple[DatabaseFolders, ...]:
        """The unnamed database, then the named ones."""
        return (self.database(), *self.databases.values())


def _section(file: Path) -> Table | None:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProjectError(f"{file}: {error}") from error
    tool = TomlTable(file, "", content).table("tool") or {}
    return TomlTable(file, "tool", tool).table("sqlkit")


def _project(file: Path, section: Table) -> Project:
    root = file.parent
    read = TomlTable(file, "tool.sqlkit", section)
    read.refuse_all_but(KEYS)
    types = TomlTable(file, "tool.sqlkit.types", read.table("types") or {})
    databases = TomlTable(file, "tool.sqlkit.databases", read.table("databases") or {})
    return Project(
        root=root,
        sql=root / read.text("sql", "sql"),
        migrations=root / read.text("migrations", "migrations"),
        seeds=root / read.text("seeds", "sql/seeds.py"),
        null_elements=read.flag("null_elements", default=True),
        allow=read.texts("allow"),
        migrate=MappingProxyType(_migrate(read)),
        types=MappingProxyType({name: types.text(name) for name in types.values}),
        databases=MappingProxyType(
            {name: _database(databases, name, root) for name in databases.values}
        ),
    )


def _migrate(section: TomlTable) -> dict[str, float]:
    table = section.table("migrate") or {}
    read = TomlTable(section.file, f"{section.name}.migrate", table)
    read.refuse_all_but(MIGRATE_KEYS)
    found: dict[str, float] = {
        key: read.number(key, whole=key in _WHOLE, least=1 if key == "attempts" else 0)
        for key in table
        if key != "squawk"
    }
    return {**found, "squawk": read.flag("squawk", default=True)} if "squawk" in table else found


def _database(databases: TomlTable, name: str, root: Path) -> DatabaseFolders:
    table = databases.table(name) or {}
    read = TomlTable(databases.file, f"{databases.name}.{name}", table)
    read.refuse_all_but(DATABASE_KEYS)
    return DatabaseFolders(
        name,
        sql=root / read.text("sql", f"sql/{name}"),
        migrations=root / read.text("migrations", f"migrations/{name}"),
        search_path=read.text("search_path") if "search_path" in table else None,
    )
