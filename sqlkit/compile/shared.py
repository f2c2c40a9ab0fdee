"""``_types.py``: the enums and composite types that the modules of a package share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.compile.layout import INDENT, Group, docstring, head, quoted, render
from sqlkit.compile.names import ModuleNames, identifier, is_identifier
from sqlkit.describe.annotation import annotation
from sqlkit.describe.types import Composite, Enum, Name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sqlkit.describe.types import Type

_DOC = "Types of the database that the queries of this package share."


def shared_source(
    types: Iterable[Type],
    type_names: Mapping[tuple[str, str], str],
    *,
    null_elements: bool,
    local: Collection[str] = (),
) -> str:
    """The text of ``_types.py`` without its header; empty if there is nothing to share."""
    found = {(one.schema, one.name): one for one in types if isinstance(one, (Enum, Composite))}
    if not found:
        return ""
    fields = {name for one in found.values() for name in _fields(one)}
    names = ModuleNames({*type_names.values(), *fields}, type_names, None, local)
    ordered = sorted(found.values(), key=lambda one: type_names[one.schema, one.name])
    aliases = [_alias(one, names) for one in ordered if isinstance(one, Enum)]
    rows = [_row(one, names, null_elements) for one in ordered if isinstance(one, Composite)]
    text = "\n\n".join([head(_DOC, names.imports()), *aliases])
    return "\n\n\n".join([text, *rows]) + "\n"


def _alias(enum: Enum, names: ModuleNames) -> str:
    start = f"{names.of_type(enum)}: {names.of(Name('typing', 'TypeAlias'))} = "
    if enum.labels:
        literal = f"{names.of(Name('typing', 'Literal'))}["
        value = render(Group(start + literal, tuple(map(quoted, enum.labels)), "]"))
    else:
        value = start + names.of(Name("builtins", "str"))
    return f"{value}\n{docstring(f'Enum {enum.schema}.{enum.name}.')}".rstrip("\n")


def _row(composite: Composite, names: ModuleNames, null_elements: bool) -> str:
    base = names.of(Name("sqlkit.row", "Row"))
    doc = docstring(f"Composite type {composite.schema}.{composite.name}.", 1)
    types = [
        annotation(field.type, names, result=True, nullable=True, null_elements=null_elements)
        for field in composite.fields
    ]
    pairs = zip(_fields(composite), types, strict=True)
    fields = "\n".join(f"{INDENT}{name}: {type_}" for name, type_ in pairs)
    return f"class {names.of_type(composite)}({base}):\n{doc}\n{fields}".rstrip("\n")


def _fields(type_: Enum | Composite) -> list[str]:
    """A composite's fields as Python names: values come by place, so these may differ a little."""
    found: list[str] = []
    for field in type_.fields if isinstance(type_, Composite) else ():
        fits = is_identifier(field.name) and not field.name.startswith("__")
        name = field.name if fits else identifier(field.name)
        while name in found:
            name += "_"
        found.append(name)
    return found
