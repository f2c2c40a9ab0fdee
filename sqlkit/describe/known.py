"""Descriptions that are kept, for whoever asks again and again while a schema stays as it is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlkit.describe.description import Description
from sqlkit.describe.server import describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

    from sqlkit.errors import SourceError
    from sqlkit.sqlfile import Query

_Key: TypeAlias = tuple[str, str, str, str]


@dataclass(slots=True)
class Known:
    """What is known of queries on one schema; of what was not asked for again, nothing is kept."""

    _found: dict[_Key, Description] = field(default_factory=dict[_Key, Description])

    def describe(
        self, connection: psycopg.Connection[Any], queries: Sequence[Query]
    ) -> list[Description | SourceError]:
        """As `describe`, but the server is asked only of queries whose text is new."""
        keys = [_key(query) for query in queries]
        new = [query for query, key in zip(queries, keys, strict=True) if key not in self._found]
        answers = dict(zip(new, describe(connection, new) if new else (), strict=True))
        all_answers = [
            answers[query] if query in answers else replace(self._found[key], line=query.line)
            for query, key in zip(queries, keys, strict=True)
        ]
        self._found = {
            key: answer
            for key, answer in zip(keys, all_answers, strict=True)
            if isinstance(answer, Description)
        }
        return all_answers


def _key(query: Query) -> _Key:
    """All that a description depends on but for the schema and the place in the file."""
    source = query.source
    text = source.text[source.line_start(query.offset) : query.end]
    return query.file, query.full_name, text, query.sql  # which goes on to after the final ;
