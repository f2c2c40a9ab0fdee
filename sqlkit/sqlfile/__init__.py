"""From the text of a ``.sql`` file to its queries. Pure: reads no file, asks no server."""

from __future__ import annotations

from sqlkit.sqlfile.copy_in import CopyIn
from sqlkit.sqlfile.line import Condition, Kind, Line, Parameter, State, Text
from sqlkit.sqlfile.options import ColumnOption, Options, ParamOption
from sqlkit.sqlfile.parse import Parsed, parse, read
from sqlkit.sqlfile.query import Query
from sqlkit.sqlfile.source import Place, Source
from sqlkit.sqlfile.variant import Variant

__all__ = [
    "ColumnOption",
    "Condition",
    "CopyIn",
    "Kind",
    "Line",
    "Options",
    "ParamOption",
    "Parameter",
    "Parsed",
    "Place",
    "Query",
    "Source",
    "State",
    "Text",
    "Variant",
    "parse",
    "read",
]
