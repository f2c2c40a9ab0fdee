"""``_rows.py``: the row classes that several modules of a package share.

It stands beside ``_types.py`` and is imported by the modules, so that none imports another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.compile.layout import head
from sqlkit.compile.names import ModuleNames

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlkit.compile.row import RowClass

_DOC = 'Rows that queries of several files share by "@row".'


def shared_rows_source(
    rows: Sequence[RowClass],
    type_names: Mapping[tuple[str, str], str],
    *,
    null_elements: bool,
    local: Collection[str] = (),
) -> str:
    """The text of ``_rows.py`` without its header; empty if there is nothing to share."""
    if not rows:
        return ""
    taken = {row.name for row in rows} | {one.name for row in rows for one in row.fields}
    names = ModuleNames(taken, type_names, ".", local)
    texts = [row.source(names, null_elements=null_elements) for row in rows]
    return "\n\n\n".join([head(_DOC, names.imports()), *texts]) + "\n"
