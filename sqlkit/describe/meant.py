"""What a person may have meant by a name that PostgreSQL doesn't know."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from sqlkit.describe.hints import KEYWORDS
from sqlkit.describe.refusal import (
    UNDEFINED_COLUMN,
    UNDEFINED_FUNCTION,
    dotted_word_at,
    word_at,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.describe.lookup import Execute
    from sqlkit.describe.refusal import Refusal

_UNDEFINED_TABLE = "42P01"
_SOURCE = re.compile(
    r"(?:\b(?:from|join|update|into|using|only)|,)\s+(?:\w+\.)?(\w+)(?:\s+(?:as\s+)?(\w+))?",
    re.IGNORECASE,
)

# What may have been meant, by the SQLSTATE of what was not found: tables and columns of the user's
# own only, since anything looks like one of PostgreSQL's. The last pattern is of yoyo's tables
# and the one beside them.
_CANDIDATES = {
    _UNDEFINED_TABLE: """
        select case
            when pg_catalog.pg_table_is_visible(c.oid) then c.relname::text
            else n.nspname || '.' || c.relname
        end
        from pg_catalog.pg_class as c
        join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
        where c.relkind in ('r', 'v', 'm', 'f', 'p')
            and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
            and c.relname !~ '^(_yoyo_|_sqlkit_|yoyo_lock$)'
    """,
    UNDEFINED_COLUMN: """
        select distinct a.attname::text
        from pg_catalog.pg_attribute as a
        join pg_catalog.pg_class as c on c.oid = a.attrelid
        join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
        where a.attnum > 0 and not a.attisdropped
            and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
            and c.relname = any(regexp_split_to_array(%s, '\\W+'))
    """,
    "42704": """
        select typname::text from pg_catalog.pg_type where typtype <> 'p' and typelem = 0
        union select pg_catalog.format_type(oid, null) from pg_catalog.pg_type where typtype = 'b'
    """,
    UNDEFINED_FUNCTION: "select distinct proname::text from pg_catalog.pg_proc",
    "3F000": "select nspname::text from pg_catalog.pg_namespace",
}

# What other databases call it.
_FUNCTIONS = {
    **dict.fromkeys(("isnull", "ifnull", "nvl"), "coalesce"),
    **dict.fromkeys(("getdate", "sysdate", "curdate"), "now"),
    **dict.fromkeys(("charindex", "instr", "locate"), "strpos"),
    **dict.fromkeys(("group_concat", "listagg"), "string_agg"),
    "len": "length",
    "rand": "random",
    "newid": "gen_random_uuid",
}
_ALIKE = 0.6
_ALIKE_AMONG_MANY = 0.75  # there are thousands of functions, and any word is a little like one

_NO_TABLES = "this database has no tables: migrations/ is empty, or not applied to it"


class Names:
    """The names in the catalog, asked for when one is missing, and once each."""

    def __init__(self, execute: Execute) -> None:
        self._execute = execute
        self._found: dict[tuple[str, str], list[str]] = {}

    def meant(self, refusal: Refusal, sql: str) -> str | None:
        """The hint that names what is spelled like the name that the server doesn't know."""
        word = word_at(refusal, sql)
        if not word or (refusal.hint and refusal.sqlstate != UNDEFINED_FUNCTION):
            return None
        if refusal.sqlstate == _UNDEFINED_TABLE:
            return self._table(refusal, sql)
        if refusal.sqlstate == UNDEFINED_FUNCTION:
            return self._function(word, sql)
        return _close(word, self._candidates(refusal.sqlstate, sql))

    def _function(self, word: str, sql: str) -> str | None:
        if word in _FUNCTIONS:
            return f"did you mean {_FUNCTIONS[word]}?"
        return _close(word, self._candidates(UNDEFINED_FUNCTION, sql), _ALIKE_AMONG_MANY)

    def _table(self, refusal: Refusal, sql: str) -> str | None:
        dotted = dotted_word_at(refusal, sql)
        if "." in dotted and f'"{dotted}"' not in refusal.message:
            # A column of what FROM and JOIN don't name.
            return _close(dotted.partition(".")[0], _sources(sql))
        names = self._candidates(refusal.sqlstate, sql)
        if not names:
            return _NO_TABLES
        if "." in dotted:
            return _close(dotted, names)
        elsewhere = {name.rpartition(".")[2]: name for name in sorted(names)}
        close = get_close_matches(dotted, elsewhere, 1)
        return f"did you mean {elsewhere[close[0]]}?" if close else None

    def _candidates(self, sqlstate: str, sql: str) -> list[str]:
        question = _CANDIDATES.get(sqlstate)
        if question is None:
            return []
        asked = sqlstate, sql if "%s" in question else ""
        if asked not in self._found:
            rows = self._execute(question, [sql] if asked[1] else None)
            self._found[asked] = [name for (name,) in rows]
        return self._found[asked]


def _close(word: str, names: Sequence[str], alike: float = _ALIKE) -> str | None:
    close = get_close_matches(word, names, 1, alike)
    return f"did you mean {close[0]}?" if close and close[0] != word else None


def _sources(sql: str) -> list[str]:
    """The tables and aliases that FROM, JOIN and the like name."""
    names = [name for pair in _SOURCE.findall(sql) for name in pair]
    return [name for name in map(str.lower, names) if name and name not in KEYWORDS]
