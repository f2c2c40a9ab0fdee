"""Statements without compiling: `sql` for one written in place, `load` for a folder of files.

For a shell or a notebook. Types are the server's, rows are named tuples made at run time, and
nothing is checked before the statement runs.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, get_args

from sqlkit import sqlfile
from sqlkit.errors import ProjectError, SqlFileError, WrongArgument
from sqlkit.statement import Condition, Kind, Line, Query, Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class _Loaded(SimpleNamespace):
    """A file's queries, or a folder's files, as attributes."""

    def __getattr__(self, name: str) -> Any:
        """Raise AttributeError for a name that isn't there, with one that is like it."""
        # With a name of its own the error has no second "Did you mean" in its traceback.
        raise AttributeError(
            f"nothing loaded is called {name}{_meant(name, vars(self))}", name=name
        )


def sql(text: str, /, kind: Kind = "many", **params: Any) -> Statement[Any]:
    """A statement written in place, such as ``sql("select :a::int + 1", a=1)``.

    Text and kind are remembered, so that the same text is prepared only once. Raises
    `SqlFileError` for text that can't be read and `WrongArgument` for a kind that is none, or a
    parameter that is missing or unknown.
    """
    if kind not in get_args(Kind):
        raise WrongArgument(
            f"kind is one of {', '.join(get_args(Kind))}; parameters are written :name in the text "
            "and given by keyword, and none can be called kind"
        )
    return _statement(_written_in_place(text, kind), params)


@lru_cache(maxsize=512)
def _written_in_place(text: str, kind: Kind) -> Query[Any]:
    try:
        (parsed,) = sqlfile.parse(f"-- name: sql :{kind}\n{text}", file="<sql>")
    except SqlFileError as error:
        error.line = max(1, error.line - 1)  # the header is ours
        raise
    return _query(parsed, "")


def load(folder: str | Path = "sql") -> Any:
    """The queries of a folder of ``.sql`` files: ``load("sql").users.get_user(id=1)``.

    A file is a namespace, a folder too. Raises the first `SqlFileError`, and `ProjectError` if the
    folder isn't there or two things in it have one name.
    """
    root = Path(folder)
    if not root.is_dir():
        raise ProjectError(f"{root} is no folder: it should hold your .sql files")
    return _folder(root, "")


def _folder(folder: Path, module: str) -> _Loaded:
    found = _Loaded()
    for path in sorted(folder.iterdir()):
        name = path.stem
        inside = f"{module}.{name}" if module else name
        if path.suffix == ".sql":
            content = _file(path, inside)
        elif path.is_dir() and any(path.rglob("*.sql")):
            content = _folder(path, inside)
        else:
            continue
        if name in vars(found):
            raise ProjectError(f"{path}: a file and a folder of one name can't both be modules")
        setattr(found, name, content)
    return found


def _file(path: Path, module: str) -> _Loaded:
    queries = sqlfile.parse(path.read_text("utf-8-sig"), file=path.as_posix())
    return _Loaded(**{parsed.name: _function(parsed, module) for parsed in queries})


def _function(parsed: sqlfile.Query, module: str) -> Callable[..., Statement[Any]]:
    query = _query(parsed, module)

    def build(*args: Any, **params: Any) -> Statement[Any]:
        if query.copy_in is not None:
            return _copy(query, *args, **params)
        if args:
            raise WrongArgument(f"{query.name}: arguments are given by name")
        return _statement(query, params)

    build.__name__ = build.__qualname__ = parsed.name
    build.__doc__ = parsed.doc
    return build


def _copy(query: Query[Any], *args: Any, **params: Any) -> Statement[Any]:
    given = (*args, *params.values())
    if len(given) != 1 or not set(params) <= {"rows"}:
        raise WrongArgument(f"{query.name} takes the rows, and no more")
    return Statement(query, given)


def _statement(query: Query[Any], params: dict[str, Any]) -> Statement[Any]:
    given = {**_defaults(query), **params}
    for name in given:
        if name not in query.parameters:
            meant = _meant(name, query.parameters)
            raise WrongArgument(f"{query.name} has no parameter {name}{meant}")
    for name in query.parameters:
        if name not in given:
            raise WrongArgument(f"{query.name}: the parameter {name} is missing")
    return Statement(query, tuple(given[name] for name in query.parameters))


def _defaults(query: Query[Any]) -> dict[str, Any]:
    """What conditions stand at if nothing is said: not given, false, or the word marked default."""
    defaults: dict[str, Any] = {}
    for condition in query.conditions:
        name = query.parameters[condition.argument]
        if condition.given:
            defaults[name] = None
        elif not condition.words:
            defaults[name] = False
        elif condition.default is not None:
            defaults[name] = condition.default
    return defaults


def _query(parsed: sqlfile.Query, module: str) -> Query[Any]:
    options = parsed.options
    names = (*parsed.all_parameters, *(c.name for c in parsed.conditions if not c.given))
    is_copy_in = parsed.copy is not None
    return Query(
        name=f"{module}.{parsed.name}" if module else parsed.name,
        lines=_lines(parsed, names),
        kind=parsed.kind,
        parameters=("rows",) if is_copy_in else names,
        conditions=tuple(_condition(c, names) for c in parsed.conditions),
        row=_first if options.first_column else None,
        named=options.row is not None,
        copy_in=parsed.copy.select if parsed.copy is not None else None,
        source=f"{parsed.file}:{parsed.line}" if module else "",
        timeout=options.timeout,
        retry=options.retry,
        idempotent=options.idempotent,
    )


def _meant(name: str, names: Iterable[str]) -> str:
    close = get_close_matches(name, names, 1)
    return f"; did you mean {close[0]}?" if close else ""


def _first(*row: Any) -> Any:
    return row[0]


def _lines(parsed: sqlfile.Query, names: tuple[str, ...]) -> tuple[Line, ...]:
    conditions = [condition.name for condition in parsed.conditions]
    lines = parsed.statement_lines if parsed.kind == "copy" else parsed.lines
    return tuple(
        Line(
            *(p.text if isinstance(p, sqlfile.Text) else names.index(p.name) for p in line.pieces),
            when=line.when and (conditions.index(line.when[0]), line.when[1]),
        )
        for line in lines
    )


def _condition(condition: sqlfile.Condition, names: tuple[str, ...]) -> Condition:
    argument = names.index(condition.name)
    return Condition(argument, condition.given, condition.words, condition.default)
