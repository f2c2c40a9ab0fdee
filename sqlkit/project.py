"""The user's project: its root, its folders and what ``[tool.sqlkit]`` in pyproject.toml says.

    [tool.sqlkit]
    sql = "sql"                  # the folder of the .sql files
    migrations = "migrations"    # the folder of the yoyo migrations
    seeds = "sql/seeds.py"       # the file of the seeders
    null_elements = true         # false: array elements are typed as never None
    allow = ["select_star"]      # hazards that "sqlkit check" doesn't look for

    [tool.sqlkit.types]          # a column, or a PostgreSQL type, as a Python type
    "campaigns.settings" = "app.types.Settings"

    [tool.sqlkit.databases.reports]    # one more database, with folders of its own
    sql = "sql/reports"
    migrations = "migrations/reports"
    search_path = "reports, public"

Every key may be left out, the section too. What is not one of these is an error.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from sqlkit.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Table: TypeAlias = "dict[str, Any]"

FILE = "pyproject.toml"
KEYS = ("sql", "migrations", "seeds", "null_elements", "allow", "types", "databases")
DATABASE_KEYS = ("sql", "migrations", "search_path")


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
    the named ones; ``sql`` and ``migrations`` are the unnamed one's.
    """

    root: Path
    sql: Path
    migrations: Path
    seeds: Path
    null_elements: bool = True
    allow: tuple[str, ...] = ()
    types: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
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
                + _suggestion(name, self.databases)
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
    tool = _Reader(file, "", content).table("tool") or {}
    return _Reader(file, "tool", tool).table("sqlkit")


def _project(file: Path, section: Table) -> Project:
    root = file.parent
    read = _Reader(file, "tool.sqlkit", section)
    read.refuse_all_but(KEYS)
    types = _Reader(file, "tool.sqlkit.types", read.table("types") or {})
    databases = _Reader(file, "tool.sqlkit.databases", read.table("databases") or {})
    return Project(
        root=root,
        sql=root / read.text("sql", "sql"),
        migrations=root / read.text("migrations", "migrations"),
        seeds=root / read.text("seeds", "sql/seeds.py"),
        null_elements=read.flag("null_elements", default=True),
        allow=read.texts("allow"),
        types=MappingProxyType({name: types.text(name) for name in types.values}),
        databases=MappingProxyType(
            {name: _database(databases, name, root) for name in databases.values}
        ),
    )


def _database(databases: _Reader, name: str, root: Path) -> DatabaseFolders:
    table = databases.table(name) or {}
    read = _Reader(databases.file, f"{databases.name}.{name}", table)
    read.refuse_all_but(DATABASE_KEYS)
    return DatabaseFolders(
        name,
        sql=root / read.text("sql", f"sql/{name}"),
        migrations=root / read.text("migrations", f"migrations/{name}"),
        search_path=read.text("search_path") if "search_path" in table else None,
    )


class _Reader:
    """A table of the file, whose errors name the file, the table and the key."""

    def __init__(self, file: Path, name: str, values: Table) -> None:
        self.file, self.name, self.values = file, name, values

    def refuse_all_but(self, keys: Iterable[str]) -> None:
        keys = tuple(keys)
        for key in self.values:
            if key not in keys:
                raise self._error(f'has no key "{key}"{_suggestion(key, keys)}')

    def text(self, key: str, default: str = "") -> str:
        value = self.values.get(key, default)
        if isinstance(value, str) and value:
            return value
        raise self._wrong(key, "a string with something in it")

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.values.get(key, [])
        listed = cast("list[object]", values) if isinstance(values, list) else [values]
        texts = [one for one in listed if isinstance(one, str)]
        if isinstance(values, list) and len(texts) == len(listed):
            return tuple(texts)
        raise self._wrong(key, "a list of strings")

    def flag(self, key: str, *, default: bool) -> bool:
        value = self.values.get(key, default)
        if isinstance(value, bool):
            return value
        raise self._wrong(key, "true or false")

    def table(self, key: str) -> Table | None:
        value = self.values.get(key)
        if value is None or isinstance(value, dict):
            return cast("Table | None", value)
        raise self._wrong(key, "a table")

    def _wrong(self, key: str, expected: str) -> ProjectError:
        return self._error(f'"{key}" must be {expected}, not {self.values[key]!r}')

    def _error(self, message: str) -> ProjectError:
        table = f"[{self.name}] " if self.name else ""
        return ProjectError(f"{self.file}: {table}{message}")


def _suggestion(word: str, known: Iterable[str]) -> str:
    known = tuple(known)
    close = get_close_matches(word, known, 1)
    if close:
        return f'; did you mean "{close[0]}"?'
    return f"; there is {', '.join(known)}" if known else ""
