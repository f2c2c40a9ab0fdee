"""Types as Python annotations (DESIGN §5's table), under whatever names a module gives them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from sqlkit.describe.types import (
    JSON,
    STR,
    Array,
    Composite,
    Domain,
    Enum,
    Multirange,
    Name,
    Range,
    Scalar,
    Text,
    undomained,
)

if TYPE_CHECKING:
    from sqlkit.describe.types import Type

_LIST = Name("builtins", "list")
_OBJECT = Name("builtins", "object")
_SEQUENCE = Name("collections.abc", "Sequence")
_RANGE = Name("psycopg.types.range", "Range")
_MULTIRANGE = Name("psycopg.types.multirange", "Multirange")


class Names(Protocol):
    """How a module names what its annotations need."""

    def of(self, name: Name) -> str:
        """The name of a Python class."""
        ...

    def of_type(self, type_: Enum | Composite) -> str:
        """The name of the alias or class made for an enum or a composite type."""
        ...


def annotation(
    type_: Type, names: Names, *, result: bool, nullable: bool = False, null_elements: bool = True
) -> str:
    """The annotation of a column (``result``) or a parameter."""
    text = _annotation(type_, names, result=result, null_elements=null_elements)
    return f"{text} | None" if nullable and text != "None" else text


def _annotation(type_: Type, names: Names, *, result: bool, null_elements: bool) -> str:
    match type_:
        case Scalar(python=python):
            # A parameter takes whatever msgspec encodes: ``Json`` would refuse too much.
            taken = (_OBJECT,) if python == (JSON,) and not result else python
            return " | ".join(map(names.of, taken))
        case Text():
            return names.of(STR)
        case Enum() | Composite():
            return names.of_type(type_)
        case Domain(base=base):
            return _annotation(base, names, result=result, null_elements=null_elements)
        case Array(element=element):
            inner = _annotation(element, names, result=result, null_elements=True)
            takes_all = not result and undomained(element) == Scalar(element.sql, (JSON,))
            or_none = " | None" if null_elements and not takes_all else ""
            return f"{names.of(_LIST if result else _SEQUENCE)}[{inner}{or_none}]"
        case Range(subtype=subtype):
            inner = _annotation(subtype, names, result=result, null_elements=True)
            return f"{names.of(_RANGE)}[{inner}]"
        case Multirange(subtype=subtype):
            inner = _annotation(subtype, names, result=result, null_elements=True)
            return f"{names.of(_MULTIRANGE)}[{inner}]"


class _Plain:
    def of(self, name: Name) -> str:
        return name.name

    def of_type(self, type_: Enum | Composite) -> str:
        return camel(type_.name)


def plain(type_: Type, *, result: bool, null_elements: bool = True) -> str:
    """The annotation with bare names, as a person would write it: ``list[UUID | None]``."""
    return annotation(type_, _Plain(), result=result, null_elements=null_elements)


def camel(name: str) -> str:
    """``campaign_status`` as ``CampaignStatus``; always an identifier."""
    words = [word for word in re.split(r"[\W_]+", name) if word]
    text = "".join(word[0].upper() + word[1:] for word in words)
    return text if text.isidentifier() and text != "None" else f"Type{text}"
